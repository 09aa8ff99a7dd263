"""Offices with very many open deadlines, laid out so that 10,000 of them fall due together, as often as is wanted.

Each clue has two clocks, one event and real columns; they are made by SQL from one clue that went through the gate, because
a million moves would take an hour. What falls due together began together: a group lies in the tables in runs of a
hundred clues, a day's intake of a large office, far apart from each other; the two clocks of a clue in two groups.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import bare, office
from plumbline.work import Work

GROUP = 10_000
RUN = 100
CLOCKS = {"first": "opinion", "second": "assignment"}
DUE_ON = "2026-10-08"  # of every clock, so that the rungs after the first lie days ahead
FIRST_AT = datetime(
    2026, 9, 23, 0, 30, tzinfo=UTC
)  # when the first group's first rung fires; the next a second later

_SERIES = "WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n + 1 < :count) "
_EVENTS = """INSERT INTO event (matter, seq, at, actor, move, to_state, version, data, prev_hash, hash)
    SELECT :from + n, 1, one.at, one.actor, one.move, one.to_state, 1, one.data, '', one.hash
    FROM series, (SELECT * FROM event WHERE matter = :one AND seq = 1) AS one"""
_DEADLINES = """INSERT INTO deadline (matter, name, status, started_on, budget, due_on, due_at, provisional,
                                      calendar_version, rungs_fired, next_at, opened_at)
    SELECT :from + n / 2, one.name, 'open', one.started_on, one.budget, :due_on, one.due_at, 0, one.calendar_version, 0,
           strftime('%Y-%m-%d %H:%M:%S.000000', :at,
                    '+' || ((n / (2 * :run) * 2 + n % 2) % :groups) || ' seconds'), one.opened_at
    FROM series
    JOIN (SELECT *, name = :second AS place FROM deadline WHERE matter = :one AND name IN (:first, :second)) AS one
      ON one.place = n % 2"""


def due_at(group: int) -> datetime:
    """When the deadlines of this group, counted from 0, are due to fire."""
    return FIRST_AT + timedelta(seconds=group)


def filled(home: Path, count: int, *, group: int = GROUP) -> Work:
    """A rehearsal with `count` open deadlines, in groups of `group` that fall due a second after each other."""
    work = office.opened(home)
    number = office.proposed(work, 1)[0]
    connection = bare.connected(home / "plumbline.db")
    for pragma in ("foreign_keys=0", "synchronous=0", "cache_size=-262144"):
        connection.execute(f"PRAGMA {pragma}")
    one = bare.found(connection, "matter", "number = ?", [number])[0]
    connection.execute("BEGIN")
    _fill(connection, one, count, groups=max(count // group, 1))
    connection.execute("UPDATE deadline SET next_at = NULL, status = 'met' WHERE matter = ?", [one["id"]])
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return work


def _fill(connection: Any, one: dict[str, Any], count: int, *, groups: int) -> None:
    officers = "CASE n % 3 WHEN 0 THEN 'officer' WHEN 1 THEN 'officer2' ELSE 'officer3' END"
    values = {name: f'one."{name}"' for name in one}
    values |= {"id": ":from + n", "number": "printf('BENCH-%07d', n)", "handler": officers, "head_seq": "1"}
    columns = ", ".join(f'"{name}"' for name in values)
    chosen = f"SELECT {', '.join(values.values())} FROM series, matter AS one WHERE one.id = :one"
    given = {"one": one["id"], "from": one["id"] + 1, "count": count // 2}
    clocks = {
        "count": count,
        "groups": groups,
        "run": min(RUN, count // groups),
        "due_on": DUE_ON,
        "at": f"{FIRST_AT:%Y-%m-%d %H:%M:%S}",
    }
    connection.execute(f"{_SERIES} INSERT INTO matter ({columns}) {chosen}", given)
    connection.execute(_SERIES + _EVENTS, given)
    connection.execute(_SERIES + _DEADLINES, given | clocks | CLOCKS)
