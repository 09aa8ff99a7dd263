"""The paper as docx, for offices that finish their papers in Word or WPS: always the same bytes.

Fonts are named, not embedded: Word and WPS have the prescribed ones.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime, time
from pathlib import Path
from typing import Any

from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from notifications.documents import codes
from notifications.documents.context import NoticeContext
from notifications.documents.faulty import FaultyTemplate

TEMPLATES = {"zh": "official-zh.docx", "en": "official-en.docx"}
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day a zip file knows


def docx(context: NoticeContext, template: Path) -> bytes:
    """The docx of a paper. Raises FaultyTemplate with the words of the template engine if it cannot be filled in."""
    try:
        paper = DocxTemplate(template)
        paper.render(
            _values(context, paper), SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
        )
        _date(paper, context)
        kept = io.BytesIO()
        paper.save(kept)
    except (TemplateError, PackageNotFoundError, KeyError, ValueError, OSError, zipfile.BadZipFile) as fault:
        raise FaultyTemplate(template.name, str(fault) or type(fault).__name__) from fault
    return _steady(kept.getvalue())


def _values(context: NoticeContext, paper: DocxTemplate) -> dict[str, Any]:
    """The paper's texts; paragraphs are one line each, because a line break inside one is not justified."""
    found = context.model_dump() | {
        "body": _lines(context.body), "closing": _lines(context.closing), "qr": "",
    }  # fmt: skip
    if context.code:
        found["qr"] = InlineImage(paper, io.BytesIO(codes.png(context.code)), width=Mm(24))
    return found


def _lines(texts: tuple[str, ...]) -> list[str]:
    return [line for text in texts for line in text.split("\n") if line]


def _date(paper: DocxTemplate, context: NoticeContext) -> None:
    """The file's own date and title are the paper's."""
    own = paper.docx.core_properties
    own.title, own.author = context.title, context.issuer
    own.created = own.modified = datetime.combine(context.dated_on, time(12))
    own.revision = 1


def _steady(package: bytes) -> bytes:
    """The same parts with no time of writing in them, uncompressed: compressors differ between machines."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(kept, "w") as target:
        for part in source.infolist():
            target.writestr(zipfile.ZipInfo(part.filename, _EPOCH), source.read(part), zipfile.ZIP_STORED)
    return kept.getvalue()
