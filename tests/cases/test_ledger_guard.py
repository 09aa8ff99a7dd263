"""What is refused before it is opened, each with one sentence that says what to do."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from cases import ledger_guard
from cases.ledger_guard import NotALedger
from tests.cases.ledgers import HEADER, read, repacked, row, workbook

SHEET = "xl/worksheets/sheet1.xml"
OPENING = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
CLOSING = b"</sheetData></worksheet>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return workbook(tmp_path / "good.xlsx", HEADER, row())


def with_sheet(tmp_path: Path, good: Path, body: bytes) -> Path:
    return repacked(tmp_path / "made.xlsx", good, {SHEET: OPENING + body + CLOSING})


def test_a_good_workbook_passes(good: Path) -> None:
    assert ledger_guard.check(good) == "workbook"
    assert read(good).read == 1


@pytest.mark.parametrize("content, sentence", [
    (b"", "is empty"),
    (b"line,number\n", "is not an Excel workbook"),
    (b"%PDF-1.7", "is not an Excel workbook"),
    (b"PK\x03\x04 and then nothing", "is damaged"),
    (OLE, "old .xls workbook"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), "remove the password"),
])  # fmt: skip
def test_what_is_no_workbook_is_refused(content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "l.xlsx"
    path.write_bytes(content)
    with pytest.raises(NotALedger, match=sentence) as refusal:
        read(path)
    assert refusal.value.message.zh
    assert "l.xlsx" in refusal.value.message.zh


def test_a_file_that_is_not_there_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(NotALedger, match="There is no file"):
        read(tmp_path / "nowhere.xlsx")
    with pytest.raises(NotALedger, match="is a folder"):
        read(tmp_path)
    with pytest.raises(NotALedger, match="cannot be read"):
        read(Path("x" * 5000 + ".xlsx"))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_refused(good: Path) -> None:
    good.chmod(0)
    with pytest.raises(NotALedger, match="cannot be read"):
        read(good)


def test_another_kind_of_document_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "l.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("word/document.xml", "<document/>")
    with pytest.raises(NotALedger, match="is damaged, or not an Excel workbook"):
        read(path)


def test_a_workbook_cut_short_is_refused(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.xlsx"
    path.write_bytes(good.read_bytes()[:-40])
    with pytest.raises(NotALedger, match="is damaged"):
        read(path)


def test_a_workbook_whose_sheet_is_broken_is_refused(good: Path, tmp_path: Path) -> None:
    with pytest.raises(NotALedger, match="is damaged"):
        read(repacked(tmp_path / "broken.xlsx", good, {"xl/workbook.xml": b"<workbook"}))


def cell(place: str, more: bytes = b"") -> bytes:
    return b'<row><c r="%s"%s><v>1</v></c></row>' % (place.encode(), more)


@pytest.mark.parametrize("body", [
    cell("A1") + cell("XFD1048576"),
    b"<row><c s='0' r = 'XFD1048576'><v>1</v></c></row>",
    b'<row><x:c r="XFD1048576"><x:v>1</x:v></x:c></row>',
    cell("CV1"),
    b"<row>" + b"<c><v>1</v></c>" * 5000 + b"</row>",
    cell("A200000"),
])  # fmt: skip
def test_two_cells_far_apart_do_not_end_the_program(body: bytes, good: Path, tmp_path: Path) -> None:
    with pytest.raises(NotALedger, match=r"rows|column 99"):
        read(with_sheet(tmp_path, good, body))


def test_the_last_cell_that_fits_still_fits(good: Path, tmp_path: Path) -> None:
    assert ledger_guard.check(with_sheet(tmp_path, good, cell("CU199999"))) == "workbook"


def test_empty_cells_with_a_format_down_to_the_last_row_do_no_harm(good: Path, tmp_path: Path) -> None:
    body = cell("A1") + b'<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert ledger_guard.check(with_sheet(tmp_path, good, body)) == "workbook"


def test_too_many_rows_are_refused_also_where_they_do_not_say_their_numbers(
    good: Path, tmp_path: Path
) -> None:
    with pytest.raises(NotALedger, match="split it by year"):
        read(with_sheet(tmp_path, good, b"<row><c><v>1</v></c></row>" * 200_000))


def test_a_zip_bomb_is_refused(good: Path, tmp_path: Path) -> None:
    text = b'<row><c t="inlineStr" r="A1"><is><t>' + b"a" * (20 * 2**20) + b"</t></is></c></row>"
    path = with_sheet(tmp_path, good, text)
    assert path.stat().st_size < 100_000
    with pytest.raises(NotALedger, match="zip bomb"):
        read(path)


def test_a_text_file_with_too_many_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("a\n" * 200_001)
    with pytest.raises(NotALedger, match="split it by year"):
        read(path)
