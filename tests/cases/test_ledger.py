"""The ledger that was given, and the same ledger as another office would have kept it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from cases.ledger import Ledger, NotALedger
from tests.cases.ledgers import EXPECTED, GIVEN, HEADER, TODAY, read, row, workbook


def said(ledger: Ledger) -> list[dict[str, Any]]:
    """The good rows in the words of the expected outcome."""
    names = ("number", "received_on", "project", "link", "subject", "real_name")
    return [
        {"row": place}
        | {name: values[name] for name in names}
        | {"received_on": values["received_on"].isoformat()}
        for place, values in ledger.rows.iterrows()
    ]


def outcome(ledger: Ledger) -> dict[str, Any]:
    return {
        "good": said(ledger),
        "bad": [{"row": fault.row, "column": fault.column, "why": fault.why} for fault in ledger.bad],
        "repeats": [{"row": repeat.row, "first": repeat.first} for repeat in ledger.repeats],
        "skipped_blank": ledger.skipped_blank,
        "skipped_total": ledger.skipped_total,
        "sheet": ledger.sheet,
        "header_row": ledger.header_row,
    }


def test_the_given_ledger_yields_exactly_what_it_must() -> None:
    ledger = read(GIVEN)
    assert outcome(ledger) == EXPECTED
    assert ledger.read == 243
    assert ledger.unknown_headers == ()


def given_rows() -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(GIVEN)).get_sheet_by_index(0).to_python()


OTHER_HEADERS = [
    ["序号", "编号", "来源渠道", "接收日期", "是否实名", "被举报人", "职务", "所属项目", "业务环节", "问题摘要",
     "处置类型", "经办人", "处置意见日期", "办理状态", "结案日期", "结论", "说明"],
    ["No", "Registration number", "Channel", "Date received", "Real name", "Person concerned", "Position",
     "Project name", "Process link", "Summary of problem", "Disposition", "Case officer", "Opinion date", "Status",
     "Closed on", "Result", "Notes"],
    ["序号", "登记号", "线索 来源", "受理日期\n（年月日）", "署名情况", "被反映对象*", "单位职务", "工程名称",
     "所属环节", "问题描述", "处置措施", "承办同志", "提出处置意见日期", "当前状态", "办结日期", "核查结果", "附注"],
]  # fmt: skip


@pytest.mark.parametrize("header", OTHER_HEADERS)
def test_another_offices_headers_yield_the_same(header: list[str], tmp_path: Path) -> None:
    rows = given_rows()
    other = workbook(tmp_path / "other.xlsx", *rows[:2], header, *rows[3:])
    ledger = read(other)
    assert outcome(ledger) == EXPECTED
    assert ledger.unknown_headers == ()


def test_headers_in_another_order_beside_unknown_ones_yield_the_same(tmp_path: Path) -> None:
    header, *rows = [list(reversed(line)) for line in given_rows()[2:]]
    rows = [["内部流转", *header, "领导批示"], *(["", *line, ""] for line in rows)]
    ledger = read(workbook(tmp_path / "other.xlsx", *rows))
    assert ledger.unknown_headers == ("内部流转", "领导批示")
    assert [repeat.first for repeat in ledger.repeats] == [repeat["first"] for repeat in EXPECTED["repeats"]]


def test_a_day_earlier_what_was_received_that_day_lies_in_the_future(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", HEADER, row(received_on=TODAY))
    assert read(path).bad == ()
    assert [fault.why for fault in read(path, today=date(2026, 11, 24)).bad] == ["in the future"]


def test_the_first_sheet_with_a_header_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    older = [HEADER, row(number="MGJ-2025-0009")]
    sheets: dict[str, list[Any]] = {
        "填表说明": [["请按要求填写。"]],
        "二〇二六年": [HEADER, row()],
        "二〇二五年": older,
    }
    path = workbook(tmp_path / "l.xlsx", sheets=sheets)
    ledger = read(path)
    assert ledger.sheet == "二〇二六年"
    assert ledger.unread_sheets == ("二〇二五年",)
    assert list(ledger.rows["number"]) == ["MGJ-2026-0001"]


def test_a_workbook_with_nothing_in_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotALedger, match="is empty"):
        read(workbook(tmp_path / "l.xlsx"))


def test_a_header_alone_is_a_ledger_of_no_clues(tmp_path: Path) -> None:
    ledger = read(workbook(tmp_path / "l.xlsx", HEADER))
    assert ledger.read == 0
    assert ledger.bad == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_file_is_read_and_its_encoding_said(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text(
        "\n".join(",".join(line) for line in (HEADER, row(), row(number="A-2"))), encoding=encoding
    )
    ledger = read(path)
    assert ledger.encoding == encoding
    assert list(ledger.rows["subject"]) == ["王建国", "王建国"]
    assert [repeat.first for repeat in ledger.repeats] == ["MGJ-2026-0001"]


def test_a_text_file_that_is_neither_utf8_nor_gb18030_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes("线索编号,收到时间".encode("gb18030") + b"\xff\xff\n")
    with pytest.raises(NotALedger, match="UTF-8"):
        read(path)


def test_a_quotation_mark_that_is_never_closed_is_refused_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("\n".join([",".join(HEADER), ",".join(row()), '"open,2026-03-05']), encoding="utf-8")
    with pytest.raises(NotALedger, match="row 3"):
        read(path)


def test_a_formula_is_never_evaluated(tmp_path: Path) -> None:
    path = tmp_path / "l.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, row())
        sheet.write_formula(1, 2, "=1+1", value="what its program last computed")
    assert list(read(path).rows["problem"]) == ["what its program last computed"]
