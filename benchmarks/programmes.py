"""10,000 inspection programmes that nothing looked at for a year, put in order by one sweep, beside the bare driver writing
the same rows.

Each programme recurs by a rule an office would write, one of six; the sweep reads the rules, counts on the calendar, judges
every slot by the plan's policy, and puts its outcome on record with the reason: a row for each slot, and the programme's
mark of how far it is done. The bare driver gets finished rows in the same batches of 100 programmes.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import bare, office
from benchmarks.bare import Step
from benchmarks.measuring import Result, interleaved, timed
from cases import due_rounds
from plumbline.work import Work

COUNT, TIMES = 10_000, 3
AT = datetime(
    2026, 9, 1, 4, 0, tzinfo=UTC
)  # a Tuesday, on which none of these rules falls: no round is opened
SINCE = "2025-09-01"
RULES = ("every week on Monday", "every week on Thursday", "每周三", "every 2 weeks on Monday and Thursday",
         "every week on Friday", "FREQ=WEEKLY;BYDAY=SU")  # fmt: skip
_INSERT = """INSERT INTO programme (code, kind, title, rule, organisation, project, inspectors, starts_on, active, on_outage,
                                    sites, take, team, why)
    VALUES (?, 'daily', '每周巡查', ?, 'MGJ', 'PC', '["supervisor"]', ?, 0, 'skip', '[]', 0, 0, '')"""
_SLOT = """INSERT INTO programme_slot (programme, slot, outcome, reason, at, "key", why, instead)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_DONE = "UPDATE programme SET done_until = ?, next_on = ? WHERE code = ?"


def filled(home: Path, count: int, groups: int, *, since: str = SINCE) -> Work:
    """An office with groups of programmes that wait to be switched on."""
    work = office.opened(home)
    connection = bare.connected(home / "plumbline.db")
    rows = [(f"{group:02d}-{number:05d}", RULES[number % len(RULES)], since)
            for group in range(groups) for number in range(count)]  # fmt: skip
    bare.write(
        connection, [Step("UPDATE programme SET active = 0 WHERE active = ?", [(1,)]), Step(_INSERT, rows)]
    )
    connection.close()
    return work


def swept(work: Work, group: int) -> float:
    """Sweep the programmes of a group; the seconds."""
    _switch(work, group)
    taken: list[float] = []
    with timed(taken):
        done = due_rounds.sweep(work.unit, work.office, at=AT)
    if done.failed or not done.outcomes:
        raise AssertionError(f"{len(done.outcomes)} slots, {done.failed} programmes failed")
    return taken[0]


def written(connection: Any, group: int, *, like: int) -> float:
    """Write for `group` the rows that the sweep wrote for the group `like`; the seconds."""
    batches = _batches(connection, group, like)
    taken: list[float] = []
    with timed(taken):
        for steps in batches:
            bare.write(connection, steps)
    return taken[0]


def _batches(connection: Any, group: int, like: int) -> list[list[Step]]:
    name = f"{group:02d}-"
    slots = connection.execute(
        'SELECT programme, slot, outcome, reason, at, "key", why, instead FROM programme_slot WHERE programme LIKE ? '
        "ORDER BY programme, slot", [f"{like:02d}-%"],
    ).fetchall()  # fmt: skip
    marks = connection.execute(
        "SELECT done_until, next_on, code FROM programme WHERE code LIKE ? ORDER BY code", [f"{like:02d}-%"]
    ).fetchall()
    per: dict[str, list[Any]] = {code: [] for *_, code in marks}
    for programme, *rest in slots:
        per[programme].append((name + programme[3:], *rest))
    found = []
    for start in range(0, len(marks), due_rounds.BATCH):
        batch = marks[start : start + due_rounds.BATCH]
        found.append([
            Step(_SLOT, [row for *_, code in batch for row in per[code]]),
            Step(_DONE, [(done, next_on, name + code[3:]) for done, next_on, code in batch]),
        ])  # fmt: skip
    return found


def _switch(work: Work, group: int) -> None:
    with work.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE programme SET active = 0")
        connection.exec_driver_sql(f"UPDATE programme SET active = 1 WHERE code LIKE '{group:02d}-%'")


def measure(*, count: int = COUNT, times: int = TIMES) -> list[Result]:
    """One pair: a year of slots of every programme, by the sweep and by the bare driver."""
    with office.folder() as home:
        work = filled(home, count, groups=2 * times)
        connection = bare.connected(home / "plumbline.db")
        acts = [
            lambda turn: swept(work, 2 * turn),
            lambda turn: written(connection, 2 * turn + 1, like=2 * turn),
        ]
        ours, theirs = interleaved(acts, times=times)
        slots = connection.execute("SELECT count(*) FROM programme_slot").fetchone()[0] // (2 * times)
        connection.close()
        work.engine.dispose()
    unit = f"seconds for {count:,} programmes with {slots:,} slots"
    return [
        Result(
            "programme sweep",
            median(ours),
            median(theirs),
            "bare driver, the same rows in the same batches",
            unit,
            times,
            target=0.4,
            more={"slots": slots},
        )
    ]
