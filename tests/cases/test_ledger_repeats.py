"""Repeat reports: kept, and linked to the first; a second source is not a repeat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cases.ledgers import HEADER, read, row, workbook


def repeats(tmp_path: Path, *rows: list[Any], header: tuple[str, ...] = HEADER) -> list[tuple[int, str]]:
    ledger = read(workbook(tmp_path / "l.xlsx", header, *rows))
    assert ledger.bad == ()
    assert len(ledger.rows) == len(rows)
    return [(repeat.row, repeat.first) for repeat in ledger.repeats]


def test_the_same_report_on_another_day_repeats_the_first_whatever_its_number(tmp_path: Path) -> None:
    rows = [
        row(number="A-1"),
        row(number="B-7", received_on="2026-04-01", progress="已办结"),
        row(number="C-9"),
    ]
    assert repeats(tmp_path, *rows) == [(3, "A-1"), (4, "A-1")]


def test_width_blanks_and_stops_make_no_difference(tmp_path: Path) -> None:
    rows = [
        row(number="A-1", problem="虚增 84 万元。"),
        row(number="B-7", problem="虚增８４万元", subject=" 王建国　"),
    ]
    assert repeats(tmp_path, *rows) == [(3, "A-1")]


def test_another_person_project_or_problem_is_another_report(tmp_path: Path) -> None:
    rows = [row(number="A-1"), row(number="A-5", subject="李丽华"), row(number="B-6", project="二期"),
            row(number="C-7", problem="虚增工程量")]  # fmt: skip
    assert repeats(tmp_path, *rows) == []


def test_the_same_by_another_way_is_a_second_source(tmp_path: Path) -> None:
    header = (*HEADER, "线索来源")
    assert (
        repeats(tmp_path, [*row(number="A-1"), "来信"], [*row(number="B-2"), "审计移交"], header=header) == []
    )


def test_where_nobody_is_named_nothing_says_that_it_is_the_same(tmp_path: Path) -> None:
    assert repeats(tmp_path, row(number="A-1", subject=""), row(number="B-2", subject="")) == []


def test_a_number_that_says_so_needs_only_the_same_person_and_project(tmp_path: Path) -> None:
    rows = [row(number="A-2026-0083"), row(number="A-2026-0083-2", problem="补充反映：另有两次"),
            row(number="A-2026-0083-3", problem="又补充"), row(number="A-2026-0083-4", subject="李丽华")]  # fmt: skip
    assert repeats(tmp_path, *rows) == [(3, "A-2026-0083"), (4, "A-2026-0083")]


def test_a_bad_row_is_nobodys_first(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "l.xlsx",
        HEADER,
        row(number="A-1", received_on="abc"),
        row(number="B-2"),
        row(number="C-3"),
    )
    assert [(repeat.row, repeat.first) for repeat in read(path).repeats] == [(4, "B-2")]
