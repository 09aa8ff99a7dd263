"""A sweep that fires 10,000 deadlines among a million open ones, beside the bare driver writing the same rows.

Each rung that fires is an event chained to the one before it, a claim, the ladder set on its next rung, the head of its
clue's chain, and two notices: six rows, in batches of 500 with a transaction each. The bare driver gets finished rows; it
finds nothing, decides nothing and computes no hash.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks import bare, deadlines, office
from benchmarks.bare import Step
from benchmarks.measuring import Result, interleaved, peak_growth, timed
from cases import sweep
from plumbline.work import Work

FEW, MANY = 100_000, 1_000_000
TIMES = 3

_OWED = """SELECT d.id, d.name, m.id, m.state, m.version, m.head_seq, m.head_hash, m.handler
    FROM deadline AS d JOIN matter AS m ON m.id = d.matter WHERE d.next_at <= ? ORDER BY d.next_at, d.id"""
_EVENT = """INSERT INTO event (id, matter, seq, at, actor, move, from_state, to_state, version, data, prev_hash, hash)
    VALUES (?, ?, ?, ?, 'clock', ?, ?, ?, ?, '{"due_on":"2026-10-08"}', ?, ?)"""
_FIRING = "INSERT INTO firing (deadline, rung, at, event) VALUES (?, 'remind', ?, ?)"
_LADDER = "UPDATE deadline SET rungs_fired = 1, next_at = ? WHERE id = ?"
_HEAD = "UPDATE matter SET head_seq = ?, head_hash = ? WHERE id = ?"
_NOTICE = """INSERT INTO notice (event, matter, recipient, channel, document, lang, due_on, counts, message_id, status,
                                 attempts, next_at, planned_at)
    VALUES (?, ?, ?, 'folder', 'work_prompt', 'zh', '2026-10-08', NULL, ?, 'pending', 0, ?, ?)"""
_LATER = "2026-09-30 00:30:00.000000"  # about when the next rung fires


def swept(work: Work, group: int) -> float:
    """Sweep what this group owes; the seconds."""
    taken: list[float] = []
    with timed(taken):
        done = sweep.sweep(work.unit, work.office, at=deadlines.due_at(group))
    if done.failed or not done.fired:
        raise AssertionError(f"{len(done.fired)} rungs fired, {len(done.failed)} failed")
    return taken[0]


def written(connection: Any, group: int) -> float:
    """Write the rows that sweeping this group would write; the seconds, without those for making up the rows."""
    batches = _batches(connection, group)
    taken: list[float] = []
    with timed(taken):
        for steps in batches:
            bare.write(connection, steps)
    return taken[0]


class _Owed(NamedTuple):
    """A deadline that is due, its clue, and the event that its firing will be."""

    deadline: int
    name: str
    matter: int
    state: str
    version: int
    seq: int
    head: str
    handler: str
    event: int

    @property
    def mark(self) -> str:
        return sha256(str(self.event).encode()).hexdigest()

    def message(self, recipient: str) -> str:
        return f"<notice-{sha256(f'{self.event} {recipient}'.encode()).hexdigest()[:32]}@plumbline.invalid>"


def _batches(connection: Any, group: int) -> list[list[Step]]:
    at = f"{deadlines.due_at(group):%Y-%m-%d %H:%M:%S}.000000"
    last = connection.execute("SELECT max(id) FROM event").fetchone()[0]
    found = connection.execute(_OWED, [at]).fetchall()
    owed = [_Owed._make((*row, event)) for event, row in enumerate(found, start=last + 1)]
    return [_steps(owed[start : start + sweep.BATCH], at) for start in range(0, len(owed), sweep.BATCH)]


def _steps(owed: list[_Owed], at: str) -> list[Step]:
    return [
        Step(_EVENT, [(one.event, one.matter, one.seq + 1, at, f"clock.{one.name}.remind", one.state, one.state, one.version,
                       one.head, one.mark) for one in owed]),
        Step(_FIRING, [(one.deadline, at, one.event) for one in owed]),
        Step(_LADDER, [(_LATER, one.deadline) for one in owed]),
        Step(_HEAD, [(one.seq + 1, one.mark, one.matter) for one in owed]),
        Step(_NOTICE, [(one.event, one.matter, who, one.message(who), at, at)
                       for one in owed for who in (one.handler, "registrar")]),
    ]  # fmt: skip


def measure(
    *, few: int = FEW, many: int = MANY, group: int = deadlines.GROUP, times: int = TIMES
) -> list[Result]:
    """Three pairs: with the bare driver, among few and many, and the memory that both take."""
    with office.folder() as home:
        places = [home / "few", home / "many"]
        among = []
        for place, count in zip(places, (few, many), strict=True):
            place.mkdir()
            among.append(deadlines.filled(place, count, group=group))
        growth = [_growth_in_a_process_of_its_own(place) for place in places]
        found = _paired(*among, times=times)
        for work in among:
            work.engine.dispose()
    size = f"seconds for {group:,} of {many:,} open deadlines"
    same, above = f"the same sweep among {few:,} open", "MiB at the peak above the start"
    bare_rows = "bare driver, the same rows in the same batches"
    return [
        Result("sweep", found[1], found[2], bare_rows, size, times, target=0.4),
        Result("sweep among many", found[1], found[0], same, size, times, target=1 / 1.3),
        Result("sweep memory", growth[1], growth[0], same, above, 1, target=1 / 1.3),
    ]


def _paired(few: Work, many: Work, *, times: int) -> list[float]:
    """Medians of: our sweep among few, among many, and the bare driver among many."""
    writer = bare.connected(many.settings.home / "plumbline.db")
    acts = [
        lambda turn: swept(few, 1 + turn),
        lambda turn: swept(many, 1 + 2 * turn),
        lambda turn: written(writer, 2 + 2 * turn),
    ]
    seconds = interleaved(acts, times=times)
    writer.close()
    return [median(one) for one in seconds]


def _growth_in_a_process_of_its_own(home: Path) -> float:
    """How many MiB a first sweep adds, where nothing else has been done before."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_growth, home).result()


def _growth(home: Path) -> float:
    work = office.reopened(home)
    with peak_growth() as grown:
        swept(work, 0)
    work.engine.dispose()
    return grown[0]
