"""One durable move through the gate, beside the bare driver writing the same rows into a copy of the database.

The move is `approve_assignment` of the shipped Port Centre rulebook: the head approves who handles a clue. It checks who
sees the clue and may decide, that the proposer is not the approver and that the handler holds the office; it stops one
clock and starts another, adds a line to the ledger of each, chains the event, and plans two notices: eight rows.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks import bare, office
from benchmarks.bare import Step
from benchmarks.measuring import Result, interleaved, micros, timed
from cases.advance import advance
from plumbline.database import sqlite
from plumbline.work import Work

MOVE, ACTOR, FIELDS = "approve_assignment", "head", {"handler": "officer"}
CHANGED = ("state", "version", "values", "acts", "handler", "moved_at", "moved_by", "progressed_at", "head_seq",
           "head_hash")  # fmt: skip
TIMES, WARM = 400, 40


def move(work: Work, number: str, turn: int = 0) -> int:
    """The move, acknowledged, `turn` seconds after noon; its event."""
    at = office.AT + timedelta(seconds=turn)
    with work.unit() as session:
        return advance(session, work.office, number, MOVE, actor=ACTOR, at=at, fields=FIELDS).event


def written(connection: Any, event: int) -> list[Step]:
    """The rows a move wrote, as steps that write them again."""
    lines = bare.found(connection, "deadline_entry", "event = ?", [event])
    clocks = {line["deadline"]: line["kind"] for line in lines}
    told = bare.found(connection, "event", "id = ?", [event])[0]
    matter = bare.found(connection, "matter", "id = ?", [told["matter"]])[0]
    closed = [key for key, kind in clocks.items() if kind == "closed"]
    return [
        bare.change(
            "matter", matter["id"], {name: matter[name] for name in CHANGED}, version=matter["version"] - 1
        ),
        bare.insertion(connection, "event", "id = ?", [event]),
        *(_closing(connection, key) for key in closed),
        *(bare.insertion(connection, "deadline", "id = ?", [key]) for key in clocks if key not in closed),
        *(bare.insertion(connection, "deadline_entry", "id = ?", [line["id"]]) for line in lines),
        bare.insertion(connection, "notice", "event = ?", [event]),
    ]


def _closing(connection: Any, key: int) -> Step:
    row = bare.found(connection, "deadline", "id = ?", [key])[0]
    return bare.change("deadline", key, {name: row[name] for name in ("status", "closed_at", "next_at")})


def measure(*, times: int = TIMES, warm: int = WARM) -> list[Result]:
    """The pair. The ratio says what part of the time the bare driver needs; at least 0.4 is wanted."""
    with office.folder() as home:
        work = office.opened(home)
        numbers = office.proposed(work, times + warm)
        found = _measured(work, numbers, home, times=times, warm=warm)
        work.engine.dispose()
    return [found]


def _measured(work: Work, numbers: list[str], home: Path, *, times: int, warm: int) -> Result:
    reader = bare.connected(home / "plumbline.db")
    writer = bare.connected(office.copied(work, home / "bare.db"))
    events: dict[int, int] = {}
    rows = 0

    def ours(turn: int) -> float:
        taken: list[float] = []
        with timed(taken):
            events[turn] = move(work, numbers[turn], turn)
        return taken[0]

    def plain(turn: int) -> float:
        nonlocal rows
        steps = written(reader, events[turn])
        rows = sum(len(step.rows) for step in steps)
        taken: list[float] = []
        with timed(taken):
            bare.write(writer, steps)
        return taken[0]

    mine, theirs = interleaved([ours, plain], times=times, warm=warm)
    return Result("move", micros(mine), micros(theirs), f"bare {sqlite.__name__}, the same {rows} rows",
                  "microseconds per durable move", times, target=0.4,
                  more={"move": MOVE, "ours_min": min(mine) * 1e6, "baseline_min": min(theirs) * 1e6})  # fmt: skip
