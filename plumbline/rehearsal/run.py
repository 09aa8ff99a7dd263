"""Replaying a log: what a rulebook would have refused, which dates would have been missed, who would have been told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter

from cases.office import Office
from notifications import outbox
from plumbline.rehearsal import log as logs
from plumbline.rehearsal import store as stores
from plumbline.rehearsal import walk
from plumbline.rehearsal.log import Log
from plumbline.rehearsal.mapping import LogMapping
from plumbline.rehearsal.report import Rehearsed
from plumbline.rehearsal.rows import Reader
from plumbline.rehearsal.store import Store
from plumbline.rehearsal.tally import Tally
from plumbline.rehearsal.walk import Stage
from states.calendars import china
from states.machine import judge
from states.rulebook import Rulebook

Progress = Callable[[int, int], None]
"""Told now and then how many moves were played, and of how many."""


def _silent(_done: int, _total: int) -> None:
    """Nobody watches."""


def rehearse(
    log: Path, rulebook: Rulebook, mapping: LogMapping, *, store_url: str, progress: Progress = _silent
) -> Rehearsed:  # fmt: skip
    """Replay the log in this file under the rulebook, into a new SQLite store at `store_url`.

    The same log, rulebook and mapping give the same answer and the same store every time; no clock is read but for
    `seconds`. Raises UnreadableLog and UnusableStore; then nothing is left behind.
    """
    began = perf_counter()
    office = Office({rulebook.key: rulebook}, rulebook.key, china(), outbox.plan)
    reopening = frozenset(move for text in mapping.counts.reopenings for move in mapping.spelt_out(text))
    tally = Tally(mapping.counts, reopening)
    with (
        logs.opened(log, mapping) as read,
        stores.opened(store_url, office, mapping.organisation, at=read.ends_at) as store,
    ):
        judging = judge(rulebook, mapping.machine)
        code = mapping.organisation.code
        stage = Stage(office, judging, mapping.machine, code, Reader(mapping), store, tally, read.ends_at)
        _play(stage, read, progress)
        _count_notices(store, office, tally)
        read.close()
    return Rehearsed(rulebook, judging.machine, tally, read, store_url, perf_counter() - began)


def _play(stage: Stage, read: Log, progress: Progress) -> None:
    for number, case in enumerate(read):
        walk.play(stage, case)
        if number % 100 == 0:
            progress(stage.tally.moves, read.rows)
    stage.store.flush()
    progress(read.rows, read.rows)


def _count_notices(store: Store, office: Office, tally: Tally) -> None:
    for document, recipient, planned_at in store.notices():
        tally.notices[document, recipient] += 1
        day = office.day(planned_at)
        tally.weeks[day - timedelta(days=day.weekday())].notices += 1
