"""Papers as PDF: real text, fonts inside, the margins of the standard, always the same bytes."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("typst")
pypdf = pytest.importorskip("pypdf")

from notifications.documents import fonts, pdf  # noqa: E402
from notifications.documents.context import NoticeContext  # noqa: E402
from notifications.documents.faulty import FaultyTemplate  # noqa: E402
from notifications.documents.fonts import Faces, faces  # noqa: E402
from notifications.documents.shelf import SHIPPED  # noqa: E402
from tests.notifications.documents.sample import HARM, paper  # noqa: E402

LAYOUT = SHIPPED / pdf.TEMPLATE
MM = 72 / 25.4


def printed(context: NoticeContext) -> bytes:
    return pdf.pdf(context, LAYOUT, faces=faces())


def text_of(content: bytes) -> str:
    """Its text as a reader copies it, without the blanks that justification makes."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_on_a_paper_is_text(lang: str) -> None:
    context = paper(lang)
    found = text_of(printed(context))
    told = [context.issuer, context.number, context.title, context.addressee, *context.body, *context.closing,
            *context.attachments, context.dated, context.contact, context.copies_to, context.printed, context.copy_no,
            context.classification, context.urgency, context.code_text, context.words["seal"]]  # fmt: skip
    told += [part for one in context.particulars for part in (one.label, one.value)]
    for one in told:
        assert re.sub(r"\s+", "", one) in found, one


def test_what_people_type_is_never_markup() -> None:
    found = text_of(printed(paper(title=HARM, issuer=HARM[:20], addressee=HARM)))
    assert found.count(re.sub(r"\s+", "", HARM)) == 3  # title, addressee, body


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_same_paper_is_the_same_bytes(lang: str) -> None:
    assert printed(paper(lang)) == printed(paper(lang))


def test_another_process_prints_the_same_bytes() -> None:
    program = (
        "import hashlib; from tests.notifications.documents.test_pdf import printed, paper; "
        "print(hashlib.sha256(printed(paper())).hexdigest())"
    )
    root = Path(__file__).parents[3]
    told = {
        subprocess.run(
            [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    }
    assert len(told) == 1


def test_another_word_is_another_file() -> None:
    assert printed(paper()) != printed(paper(number="港纪督〔2026〕13号"))


def test_a4_with_every_font_inside_and_made_for_archives() -> None:
    content = printed(paper())
    reader = pypdf.PdfReader(io.BytesIO(content))
    for page in reader.pages:
        assert (round(page.mediabox.width / MM), round(page.mediabox.height / MM)) == (210, 297)
        for font in page["/Resources"]["/Font"].values():
            (inner,) = font.get_object()["/DescendantFonts"]
            descriptor = inner.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)
    assert reader.metadata.title == paper().title
    assert reader.metadata.creation_date.date() == paper().dated_on
    assert b"pdfaid" in reader.xmp_metadata.stream.get_data()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_text_keeps_to_the_margins(lang: str) -> None:
    """37 mm above, 35 below, 28 left, 26 right (GB/T 9704-2012, 5.2.1); only the page number stands below."""
    long = "\n".join(["依照规定办理，" * 12 if lang == "zh" else "As the rules require. " * 12] * 20)
    pages = pypdf.PdfReader(io.BytesIO(printed(paper(lang, body=(long,))))).pages
    assert len(pages) > 2
    for page in pages:
        places: list[tuple[float, float]] = []

        def note(
            text: str, cm: list[float], tm: list[float], *_: object, seen: list[tuple[float, float]] = places
        ) -> None:  # fmt: skip
            if text.strip() and not re.fullmatch(r"[—\d\s]+", text.strip()):
                seen.append((tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]))

        page.extract_text(visitor_text=note)
        assert places
        assert all(28 * MM - 1 <= x <= (210 - 26) * MM for x, _ in places)
        assert all(35 * MM - 1 <= y <= (297 - 37) * MM for _, y in places)


def test_its_pages_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    for body in (("一句。",), ("很长。" * 900,), ("很长。" * 3000,)):
        content = printed(paper(body=body))
        assert pdf.pages(content) == len(pypdf.PdfReader(io.BytesIO(content)).pages)
    assert pdf.pages(b"%PDF-1.7 and nothing plain") is None


@pytest.mark.parametrize("contact", ["", "联系人：何敏"])
def test_who_printed_it_stands_at_the_bottom_of_the_last_page(contact: str) -> None:
    """Also where the foot has a page to itself."""
    for count in range(0, 500, 60):
        pages = pypdf.PdfReader(
            io.BytesIO(printed(paper(body=("依照规定。" * count,), contact=contact)))
        ).pages
        heights: list[float] = []

        def note(
            text: str, cm: list[float], tm: list[float], *_: object, seen: list[float] = heights
        ) -> None:
            if "印发" in text:
                seen.append(tm[4] * cm[1] + tm[5] * cm[3] + cm[5])

        pages[-1].extract_text(visitor_text=note)
        assert heights, count
        assert 35 * MM <= heights[0] <= 42 * MM, count


def test_a_title_keeps_a_number_and_its_word_together() -> None:
    content = printed(paper(title="关于限期办结MGJ-2026-0001号问题线索的督办函"))
    lines = [
        re.sub(r"\s+", "", line)
        for line in pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text().splitlines()
    ]
    assert any("MGJ-2026-0001号问题线索" in line for line in lines), lines


def test_what_is_empty_leaves_no_trace() -> None:
    bare = paper(copy_no="", classification="", urgency="", addressee="", particulars=(), closing=(), attachments=(),
                 contact="", copies_to="", code="", code_text="", number="")  # fmt: skip
    found = text_of(printed(bare))
    for gone in ("附件", "抄送", "：", "核验码", "〔2026〕"):
        assert gone not in found.replace(re.sub(r"\s+", "", HARM), "")


def test_a_draft_says_so_on_every_page() -> None:
    content = printed(paper(stamp="草稿", body=("很长。" * 900,)))
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    assert len(pages) > 1
    assert all("草稿" in page.extract_text() for page in pages)


def test_a_very_long_issuer_and_title_still_fit() -> None:
    content = printed(
        paper(
            issuer="某某市某某区港口集团有限公司纪律检查委员会派驻港口中心项目工作组联合办公室",
            title="关于" * 60,
        )
    )
    assert "联合办公室" in text_of(content)


def test_a_faulty_template_is_told_in_a_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "official.typ"
    broken.write_text("#let d = json(bytes(sys.inputs.data))\n#d.nothing_of_this_name")
    with pytest.raises(
        FaultyTemplate, match=r"official\.typ cannot be used \(.*nothing_of_this_name"
    ) as fault:
        pdf.pdf(paper(), broken, faces=faces())
    assert "\n" not in str(fault.value)


def test_a_template_cannot_read_what_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "own").mkdir()
    nosy = tmp_path / "own" / "official.typ"
    nosy.write_text('#read("../secret.txt")')
    with pytest.raises(FaultyTemplate):
        pdf.pdf(paper(), nosy, faces=faces())


def test_faces_are_named_and_missing_ones_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert faces().body in fonts.BODY
    monkeypatch.setattr(fonts, "BODY", ("A face nobody has",))
    faces.cache_clear()
    try:
        with pytest.raises(
            fonts.NoChineseFont, match=r"install one, such as the package fonts-noto-cjk, or set"
        ):
            faces(tmp_path)
    finally:
        faces.cache_clear()


def test_faces_are_data_too() -> None:
    odd = Faces("Noto Serif SC", "No such face", "No such face", faces().folders)
    assert "督办函" in text_of(pdf.pdf(paper(), LAYOUT, faces=odd))
