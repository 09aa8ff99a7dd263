"""Rows judged: every fault of every cell, in words that say what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from cases import ledger_cells
from cases.ledger_cells import BadCell
from tests.cases.ledgers import HEADER, read, row, workbook


def faults(tmp_path: Path, *rows: list[Any], header: tuple[str, ...] = HEADER) -> list[tuple[int, str, str]]:
    ledger = read(workbook(tmp_path / "l.xlsx", header, *rows))
    return [(fault.row, fault.column, fault.why) for fault in ledger.bad]


@pytest.mark.parametrize("changes, column, why", [
    ({"number": ""}, "number", "missing"),
    ({"received_on": "　"}, "received_on", "missing"),
    ({"received_on": "/"}, "received_on", "missing"),
    ({"problem": "\u200b"}, "problem", "missing"),
    ({"received_on": "2026年2月30日"}, "received_on", "no such date"),
    ({"received_on": "8/3/26"}, "received_on", "ambiguous"),
    ({"received_on": "2026-11-26"}, "received_on", "in the future"),
    ({"number": 110101199003074512}, "number", ledger_cells.DIGITS_LOST),
    ({"number": "1.10101E+17"}, "number", ledger_cells.DIGITS_LOST),
    ({"number": "A" * 65}, "number", "too long"),
    ({"subject": "王" * 201}, "subject", "too long"),
    ({"problem": "问" * 20_001}, "problem", "too long"),
    ({"problem": "a\u202eb"}, "problem", "holds a character that is not allowed (U+202E)"),
    ({"subject": "a\x01b"}, "subject", "holds a character that is not allowed (U+0001)"),
])  # fmt: skip
def test_a_bad_cell_is_named_with_its_reason(
    changes: dict[str, Any], column: str, why: str, tmp_path: Path
) -> None:
    assert faults(tmp_path, row(number="MGJ-2026-0009"), row(**changes)) == [(3, column, why)]


def test_every_fault_of_a_row_is_told_at_once(tmp_path: Path) -> None:
    found = faults(tmp_path, row(number="", received_on="abc", problem="", progress="???"))
    assert [column for _, column, _ in found] == ["number", "received_on", "problem", "progress"]


def test_unknown_words_are_answered_with_the_known_ones(tmp_path: Path) -> None:
    found = faults(tmp_path, row(progress="飞行中", disposition="祈祷"))
    assert "待分办" in found[0][2]
    assert "初步核实" in found[1][2]


DATED = (*HEADER, "处置意见提出时间", "办结时间")


def test_an_opinion_and_an_end_may_not_lie_before_the_receipt(tmp_path: Path) -> None:
    same_day = [*row(), "2026-03-05", "2026-03-05"]
    day_before = [*row(number="A-2"), "2026-03-04", "2026-03-04"]
    assert faults(tmp_path, same_day, day_before, header=DATED) == [
        (3, "opinion_on", "before it was received"), (3, "closed_on", "before it was received"),
    ]  # fmt: skip


def test_where_the_receipt_is_wrong_nothing_is_said_about_what_followed(tmp_path: Path) -> None:
    rows = [
        [*row(received_on="2027-01-01"), "2026-03-04", ""],
        [*row(number="A-2", received_on="2026-02-30"), "2026-03-04", ""],
    ]
    assert [column for _, column, _ in faults(tmp_path, *rows, header=DATED)] == [
        "received_on",
        "received_on",
    ]


def test_a_number_used_twice_is_refused_from_the_second_time_on(tmp_path: Path) -> None:
    rows = [row(), row(number="ＭＧＪ—2026—0001 ", problem="别的"), row(problem="再一件")]
    assert faults(tmp_path, *rows) == [
        (3, "number", "already used in this file"),
        (4, "number", "already used in this file"),
    ]


def test_a_number_is_used_also_where_its_row_is_bad(tmp_path: Path) -> None:
    assert faults(tmp_path, row(problem=""), row()) == [
        (2, "problem", "missing"), (3, "number", "already used in this file"),
    ]  # fmt: skip


@pytest.mark.parametrize("grade", ["秘密", "机密", "绝密", "国家秘密", "secret"])
def test_a_state_secret_is_refused_with_what_to_do_instead(grade: str, tmp_path: Path) -> None:
    found = faults(tmp_path, [*row(), grade], header=(*HEADER, "密级"))
    assert [column for _, column, _ in found] == ["classification"]
    assert "on paper" in found[0][2]


def test_blank_rows_totals_and_signatures_are_no_clues(tmp_path: Path) -> None:
    header = ("序号", *HEADER)
    path = workbook(
        tmp_path / "l.xlsx", header, [1, *row()], [], [2], ["", "　", ""], ["小计", "", "", "", "1件"],
        [3, *row(number="A-2")], ["", "合计：2件"], ["填表人：何敏", "", "", "审核人：孙岩"],
    )  # fmt: skip
    ledger = read(path)
    assert list(ledger.rows.index) == [2, 7]
    assert (ledger.skipped_blank, ledger.skipped_total, ledger.skipped_footnotes) == (3, 2, 1)
    assert ledger.bad == ()


def test_a_clue_about_a_total_is_still_a_clue(tmp_path: Path) -> None:
    ledger = read(workbook(tmp_path / "l.xlsx", HEADER, row(problem="合计金额与明细不符", subject="合计")))
    assert (ledger.read, ledger.skipped_total) == (1, 0)


def test_names_lose_stray_blanks_and_keep_every_character(tmp_path: Path) -> None:
    names = [" 王某　", "李　明", "𠮷田·阿卜杜拉", "Zhang  San", "ＡＢ"]
    rows = [row(number=f"A-{place}", subject=name) for place, name in enumerate(names)]
    assert list(read(workbook(tmp_path / "l.xlsx", HEADER, *rows)).rows["subject"]) == [
        "王某", "李明", "𠮷田·阿卜杜拉", "Zhang San", "ＡＢ",
    ]  # fmt: skip


def test_a_cell_merged_over_several_rows_speaks_for_each(tmp_path: Path) -> None:
    path = tmp_path / "l.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for place, line in enumerate(
            [HEADER, row(), row(number="A-2", project=""), row(number="A-3", project="二期")]
        ):
            sheet.write_row(place, 0, line)
        sheet.merge_range(1, 4, 2, 4, "港口中心项目")
    assert list(read(path).rows["project"]) == ["港口中心项目", "港口中心项目", "二期"]


@pytest.mark.parametrize("progress, disposition, opinion_on, closed_on, state", [
    ("待分办", "", "", "", "registered"),
    ("待分办", "初步核实", "", "", "registered"),
    ("办理中", "", "", "", "assigned"),
    ("办理中", "", "2026-03-09", "", "disposition_proposed"),
    ("办理中", "谈话函询", "2026-03-09", "", "talk_letter"),
    ("办理中", "初步核实", "2026-03-09", "", "verifying"),
    ("办理中", "暂存待查", "2026-03-09", "", "held"),
    ("办理中", "予以了结", "2026-03-09", "", "disposition_proposed"),
    ("办理中", "督促整改", "2026-03-09", "", "rectifying"),
    ("在办", "移送", "2026-03-09", "", "referred"),
    ("已办结", "初步核实", "2026-03-09", "2026-05-09", "concluded"),
    ("In progress", "Verification", "2026-03-09", "", "verifying"),
    ("", "", "", "", "registered"),
    ("", "初核", "", "", "verifying"),
    ("", "", "", "2026-05-09", "concluded"),
    ("归档", "", "", "", "archived"),
])  # fmt: skip
def test_the_state_a_clue_comes_in(
    progress: str, disposition: str, opinion_on: str, closed_on: str, state: str, tmp_path: Path
) -> None:
    line = [*row(progress=progress, disposition=disposition), opinion_on, closed_on]
    ledger = read(workbook(tmp_path / "l.xlsx", DATED, line))
    assert ledger.bad == ()
    assert list(ledger.rows["state"]) == [state]


@given(st.text(max_size=40))
def test_what_was_defused_is_told_back_unchanged(text: str) -> None:
    assert ledger_cells.undefused(ledger_cells.defused(text)) == text


@given(
    st.one_of(
        st.text(max_size=60), st.floats(allow_nan=False, allow_infinity=False), st.integers(), st.booleans()
    )
)
def test_whatever_stands_in_a_cell_is_text_or_a_reason(cell: Any) -> None:
    for read_cell in (ledger_cells.line, ledger_cells.story, ledger_cells.name, ledger_cells.number):
        try:
            text = read_cell(cell)
        except BadCell as reason:
            text = str(reason)
        assert isinstance(text, str)
