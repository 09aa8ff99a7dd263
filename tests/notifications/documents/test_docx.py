"""Papers as docx: what an office finishes in Word, in the form of the standard, always the same bytes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

pytest.importorskip("docxtpl")

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from notifications.documents import docx
from notifications.documents.context import NoticeContext
from notifications.documents.faulty import FaultyTemplate
from notifications.documents.shelf import SHIPPED
from tests.notifications.documents.sample import HARM, paper


def made(context: NoticeContext) -> bytes:
    return docx.docx(context, SHIPPED / docx.TEMPLATES[context.lang])


def opened(context: NoticeContext):  # type: ignore[no-untyped-def]
    return Document(io.BytesIO(made(context)))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_stands_in_it_and_no_tag_is_left(lang: str) -> None:
    context = paper(lang)
    document = opened(context)
    lines = [one.text for one in document.paragraphs] + [
        cell.text for row in document.tables[0].rows for cell in row.cells
    ]
    whole = "\n".join(lines)
    for told in (context.issuer, context.number, context.title, *context.body, *context.closing, context.dated,
                 context.contact, context.copies_to, context.printed, context.code_text, "MGJ-2026-0001"):  # fmt: skip
        assert told in whole
    rest = whole.replace(HARM, "")
    assert "{" not in rest
    assert "%" not in rest
    assert len(document.inline_shapes) == 1


def test_what_people_type_is_never_markup() -> None:
    document = opened(paper(title=HARM, particulars=()))
    assert [one.text for one in document.paragraphs].count(HARM) == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_same_paper_is_the_same_bytes_on_another_day(lang: str) -> None:
    first = made(paper(lang))
    assert made(paper(lang)) == first
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for part in package.namelist():
            if part.endswith((".xml", ".rels")):
                ET.fromstring(package.read(part))


def test_the_layout_is_the_standards() -> None:
    """GB/T 9704-2012: margins 37/35/28/26 mm, title 22 pt, body 16 pt FangSong on 28 pt lines, red head."""
    document = opened(paper())
    page = document.sections[0]
    sides = (
        page.page_width,
        page.page_height,
        page.top_margin,
        page.bottom_margin,
        page.left_margin,
        page.right_margin,
    )
    assert [round(side / Mm(1)) for side in sides] == [210, 297, 37, 35, 28, 26]
    by_text = {one.text: one for one in document.paragraphs}
    title, second = by_text[paper().title], by_text["第二段。"]
    assert title.runs[0].font.size == Pt(22)
    assert second.runs[0].font.size == Pt(16)
    assert second.runs[0]._element.rPr.rFonts.get(qn("w:eastAsia")) == "FangSong_GB2312"
    assert second.paragraph_format.first_line_indent == Pt(32)
    assert document.styles["Normal"].paragraph_format.line_spacing == Pt(28)
    head = next(one for one in document.paragraphs if one.text == paper().issuer)
    assert str(head.runs[0].font.color.rgb) == "D7000F"
    assert document.core_properties.created.date() == paper().dated_on


def test_lines_of_a_text_are_paragraphs_of_their_own() -> None:
    texts = [one.text for one in opened(paper(body=("一。\n二。\n\n三。",))).paragraphs]
    assert texts[texts.index("一。") : texts.index("一。") + 3] == ["一。", "二。", "三。"]


def test_a_broken_template_is_told_in_a_sentence(tmp_path: Path) -> None:
    for content in (b"", b"not a package", zipfile_of({"word/document.xml": b"<a/>"})):
        broken = tmp_path / "official-zh.docx"
        broken.write_bytes(content)
        with pytest.raises(FaultyTemplate, match=r"official-zh\.docx cannot be used"):
            docx.docx(paper(), broken)


def test_a_tag_that_means_nothing_is_named(tmp_path: Path) -> None:
    document = Document(str(SHIPPED / docx.TEMPLATES["zh"]))
    document.add_paragraph("{{ telephone }}")
    own = tmp_path / "official-zh.docx"
    document.save(str(own))
    with pytest.raises(FaultyTemplate, match="telephone"):
        docx.docx(paper(), own)


def zipfile_of(parts: dict[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return kept.getvalue()
