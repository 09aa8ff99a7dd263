"""Bad rows come back in a workbook, with the reason in each cell."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cases.ledger import Fault
from cases.ledger_errors import write_errors
from cases.ledger_sheets import NotWritable
from tests.cases.ledgers import AT, EXPECTED, GIVEN, HEADER, port_centre, read, row, workbook

ZONE = port_centre().zone


def written(tmp_path: Path, source: Path, **how: Any) -> Any:
    path = write_errors(read(source), tmp_path / "errors.xlsx", at=AT, zone=ZONE, **how)
    assert path is not None
    return openpyxl.load_workbook(path).active


def test_every_bad_row_of_the_given_ledger_comes_back_with_its_reason(tmp_path: Path) -> None:
    sheet = written(tmp_path, GIVEN)
    titles = [cell.value for cell in sheet[3]]
    where, why = titles.index("row in the file"), titles.index("what is wrong")
    lines = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=4)]
    assert [line[where] for line in lines] == sorted(bad["row"] for bad in EXPECTED["bad"])
    assert lines[0][why] == "收到时间: no such date"


def test_the_bad_cell_is_marked_and_says_why(tmp_path: Path) -> None:
    sheet = written(
        tmp_path, workbook(tmp_path / "l.xlsx", HEADER, row(), row(number="A-2", received_on="2026-02-30"))
    )
    bad = sheet["B4"]
    assert bad.value == "2026-02-30"
    assert bad.comment.text == "no such date"
    assert bad.fill.fgColor.rgb == "FFFFD9D9"
    assert sheet["A4"].comment is None


def test_reasons_are_told_in_chinese_too(tmp_path: Path) -> None:
    sheet = written(tmp_path, workbook(tmp_path / "l.xlsx", HEADER, row(received_on="2026-02-30")), lang="zh")
    assert sheet["B4"].comment.text == "没有这一天"


def test_corrected_there_the_workbook_is_a_ledger_again(tmp_path: Path) -> None:
    path = tmp_path / "errors.xlsx"
    write_errors(read(GIVEN), path, at=AT, zone=ZONE)
    book = openpyxl.load_workbook(path)
    sheet: Any = book.active
    for place, line in enumerate(sheet.iter_rows(min_row=4), start=1):
        line[1].value, line[3].value, line[9].value = f"MGJ-2026-9{place:03d}", "2026-01-05", "已更正"
        line[12].value = line[14].value = None
    book.save(path)
    again = read(path)
    assert (len(again.rows), again.bad) == (32, ())
    assert again.unknown_headers == ("row in the file", "what is wrong")


def test_where_nothing_is_bad_there_is_no_workbook(tmp_path: Path) -> None:
    ledger = read(workbook(tmp_path / "l.xlsx", HEADER, row()))
    assert write_errors(ledger, tmp_path / "errors.xlsx", at=AT, zone=ZONE) is None
    assert not (tmp_path / "errors.xlsx").exists()


def test_a_row_whose_number_is_taken_comes_back_too(tmp_path: Path) -> None:
    taken = Fault(2, "number", "MGJ-2026-0001", "this number is on file with another date of receipt")
    sheet = written(tmp_path, workbook(tmp_path / "l.xlsx", HEADER, row()), also=[taken])
    assert sheet["A4"].value == "MGJ-2026-0001"
    assert sheet["A4"].comment.text == taken.why


def test_only_the_owner_may_read_it_and_nothing_in_it_is_computed(tmp_path: Path) -> None:
    source = workbook(
        tmp_path / "l.xlsx", HEADER, row(received_on="abc", problem='=HYPERLINK("http://x","y")')
    )
    sheet = written(tmp_path, source)
    assert sheet["C4"].data_type == "s"
    assert sheet["C4"].value == '\'=HYPERLINK("http://x","y")'
    assert stat.S_IMODE((tmp_path / "errors.xlsx").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_folder_that_is_not_there_is_refused_with_a_sentence(tmp_path: Path) -> None:
    ledger = read(workbook(tmp_path / "l.xlsx", HEADER, row(received_on="abc")))
    with pytest.raises(NotWritable, match="cannot be written"):
        write_errors(ledger, tmp_path / "nowhere" / "errors.xlsx", at=AT, zone=ZONE)
