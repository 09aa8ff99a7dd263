"""The paper as PDF: set by typst from data, with its fonts inside, archivable (PDF/A-2b), always the same bytes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import typst

from notifications.documents import codes
from notifications.documents.context import NoticeContext
from notifications.documents.faulty import FaultyTemplate
from notifications.documents.fonts import Faces

TEMPLATE = "official.typ"


def pdf(context: NoticeContext, template: Path, *, faces: Faces) -> bytes:
    """The PDF of a paper. Raises FaultyTemplate with typst's own words if the template cannot be set."""
    day = context.dated_on
    data = context.model_dump(mode="json") | {
        "qr": codes.svg(context.code), "on": [day.year, day.month, day.day],
        "faces": {"body": faces.body, "title": faces.title, "head": faces.head},
    }  # fmt: skip
    try:
        made = typst.compile(template, format="pdf", sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
                             font_paths=list(faces.folders), pdf_standards=["a-2b"], timestamp=_noon(context))  # fmt: skip
    except typst.TypstError as fault:
        raise FaultyTemplate(template.name, str(fault)) from fault
    assert isinstance(made, bytes)  # noqa: S101 - without an output file, typst gives bytes
    return made


def pages(content: bytes) -> int | None:
    """How many pages a PDF of typst's has, by the root of its tree of pages; None where it is not written plainly."""
    found = re.findall(rb"/Type\s*/Pages\b[^>]*?/Count\s+(\d+)|/Count\s+(\d+)[^>]*?/Type\s*/Pages\b", content)
    counts = [int(first or second) for first, second in found]
    return max(counts, default=None)


def _noon(context: NoticeContext) -> int:
    """The paper's day as seconds since 1970, for the file's own date."""
    return (context.dated_on.toordinal() - 719_163) * 86_400 + 43_200
