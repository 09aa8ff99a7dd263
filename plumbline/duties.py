"""What the passing of time makes happen. Prefect's flows and the plain `tick` call these same functions.

Each takes the instant it acts at, does its own units of work, is harmless when run twice or by two at once, and answers
with counts only: nothing here may carry a clue's number, name or text into a log.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from cases import (
    audit,
    checkpoints,
    due_rounds,
    duty_runs,
    file_raising,
    ledger_seals,
    radar_telling,
    recomputing,
    risk_raising,
    zero_sweep,
)
from cases import sweep as sweeping
from cases.checkpoints import Taken
from cases.due_rounds import Outcome
from cases.sweep import Fired
from notifications import calling, digests, dispatch
from plumbline import carrying, clock
from plumbline.work import Work

R = TypeVar("R")

KEPT_FOR = timedelta(
    days=90
)  # how long runs of duties stay on record: deliveries alone are half a million a year


@dataclass(frozen=True, slots=True)
class Swept:
    """Rungs fired, notices planned for them, deadlines and signs that failed and will be tried again, risk points raised for
    review, steps of the radar that people were told of, and integrity files that something was put into or that are to be
    updated."""

    fired: int
    planned: int
    failed: int
    raised: int = 0
    told: int = 0
    filed: int = 0
    rungs: tuple[Fired, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Delivered:
    """Notices that left, that will be tried again, and that were given up and need a person."""

    delivered: int
    failed: int
    dead: int


@dataclass(frozen=True, slots=True)
class Opened:
    """Inspection rounds opened; slots missed or skipped, each now on record with its reason; programmes that failed and
    will be tried again."""

    opened: int
    missed: int
    skipped: int = 0
    failed: int = 0
    outcomes: tuple[Outcome, ...] = field(default=(), repr=False)

    def as_dict(self) -> dict[str, Any]:
        """The counts, and what was done about each slot."""
        counts = {name: getattr(self, name) for name in ("opened", "missed", "skipped", "failed")}
        return counts | {"slots": [one.as_dict() for one in self.outcomes]}


@dataclass(frozen=True, slots=True)
class Asked:
    """Zero reports opened, of them late; periods that an outage passed over, now on record; bodies that failed and will be
    tried again."""

    opened: int
    late: int
    lapsed: int
    failed: int


@dataclass(frozen=True, slots=True)
class Digested:
    """People who were sent their digest."""

    people: int


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Events verified, faults found, clocks recomputed under a newer calendar, dates that moved by it."""

    events: int
    faults: int
    recomputed: int
    moved: int


@dataclass(frozen=True, slots=True)
class Ticked:
    """All that one tick did."""

    at: datetime
    swept: Swept
    opened: Opened
    delivered: Delivered
    asked: Asked

    def as_dict(self) -> dict[str, Any]:
        """The answer of contract.md: {"at", "fired", "planned", "delivered", "failed"}."""
        return {
            "at": self.at.isoformat(),
            "fired": [asdict(one) for one in self.swept.rungs],
            "planned": self.swept.planned,
            "delivered": self.delivered.delivered,
            "failed": self.swept.failed + self.delivered.failed + self.delivered.dead,
            "zero_reports": asdict(self.asked),
            "inspections": self.opened.as_dict(),
            "risks": {"raised": self.swept.raised},
            "radar": {"told": self.swept.told},
            "files": {"filed": self.swept.filed},
        }


def sweep_deadlines(work: Work, *, at: datetime) -> Swept:
    """Raise the risk points and see to the integrity files that something happened to; fire every rung due at `at`, each
    once, oldest first; then tell of what stands still."""

    def act() -> Swept:
        signs = risk_raising.sweep(work.unit, work.office, at=at)
        filed = file_raising.sweep(work.unit, work.office, at=at)
        done = sweeping.sweep(work.unit, work.office, at=at)
        still = radar_telling.sweep(work.unit, work.office, at=at)
        failed = len(done.failed) + len(signs.failed) + len(filed.failed) + len(still.failed)
        planned = done.planned + still.planned
        return Swept(len(done.fired), planned, failed, signs.points, still.steps, filed.files, done.fired)

    return _recorded(work, "sweep_deadlines", at, act)


def deliver_notices(work: Work, *, at: datetime) -> Delivered:
    """Try every notice that is due for a try, through its channel, and bring packets to the sites that take them by
    wire; then call the webhooks. All of it outside any transaction."""

    def act() -> Delivered:
        report = dispatch.deliver_due(
            work.unit,
            work.channels,
            worker=worker_name(),
            at=at,
            letterhead=work.letterhead,
            hours=work.hours,
        )
        carried = carrying.carry(work, at=at)
        called = calling.call_due(
            work.unit,
            work.office,
            work.letterhead,
            worker=worker_name(),
            at=at,
            inside=work.settings.webhook_hosts,
        )
        return Delivered(
            report.delivered + carried.taken + called.told,
            report.failed + carried.failed + called.failed,
            report.dead + called.dead,
        )

    return _recorded(work, "deliver_notices", at, act)


def open_inspections(work: Work, *, at: datetime) -> Opened:
    """Open each inspection round whose slot has come, once per slot; put on record what became of missed ones."""

    def act() -> Opened:
        done = due_rounds.sweep(work.unit, work.office, at=at)
        return Opened(done.opened, done.missed, done.skipped, done.failed, done.outcomes)

    return _recorded(work, "open_inspections", at, act)


def open_zero_reports(work: Work, *, at: datetime) -> Asked:
    """Open the zero report of each body and period that is over, once; late ones and those not asked for are on record."""

    def act() -> Asked:
        done = zero_sweep.sweep(work.unit, work.office, at=at)
        return Asked(done.opened, done.late, done.lapsed, done.failed)

    return _recorded(work, "open_zero_reports", at, act)


def send_digests(work: Work, *, at: datetime) -> Digested:
    """Plan one digest per person and working morning."""

    def act() -> Digested:
        with work.unit() as session:
            return Digested(digests.plan_digests(session, work.office, at=at, channel=work.settings.channel,
                                                  set_up=work.channels))  # fmt: skip

    return _recorded(work, "send_digests", at, act)


def reconcile(work: Work, *, at: datetime) -> Reconciled:
    """Verify the whole history, set a checkpoint on it, and recompute dates that a newer calendar gives anew."""

    def act() -> Reconciled:
        with work.reading() as session:
            verified = audit.verify(session)
        checkpoint(work, at=at)
        with work.unit() as session:
            moved = recomputing.recompute(session, work.office, at=at)
            due_rounds.work_out_anew(session)  # a calendar that arrived moves slots as well
            duty_runs.forget(session, before=at - KEPT_FOR)
        return Reconciled(verified.events, len(verified.faults), len(moved), sum(one.moved for one in moved))

    return _recorded(work, "reconcile", at, act)


def checkpoint(work: Work, *, at: datetime) -> Taken:
    """Note where every chain ends and seal the ledgers. How far these go is asked in a transaction of its own."""
    with work.unit() as session:
        reached = ledger_seals.reached(session)
    with work.unit() as session:
        return checkpoints.take(session, at=at, seals=ledger_seals.seal(session, reached))


def tick(work: Work, *, at: datetime) -> Ticked:
    """Everything that is due, once, without Prefect: rounds, reports, rungs, then the notices these brought about."""
    opened = open_inspections(work, at=at)
    asked = open_zero_reports(work, at=at)
    swept = sweep_deadlines(work, at=at)
    return Ticked(at, swept, opened, deliver_notices(work, at=at), asked)


def worker_name() -> str:
    """This process, as the one that claimed a notice."""
    return f"{os.uname().nodename}:{os.getpid()}"


def _recorded(work: Work, duty: str, at: datetime, act: Callable[[], R]) -> R:
    """Do it, and put on record when it ran and with which counts: silence must be visible, and failure too."""
    started_at = clock.now()
    try:
        result = act()
    except Exception:
        with suppress(
            SQLAlchemyError
        ):  # what stopped the duty may stop this as well; the fault itself is raised
            _record(work, duty, at, started_at, outcome="failed", counts={})
        raise
    counts = {part.name: getattr(result, part.name) for part in fields(result)}  # type: ignore[arg-type]
    _record(work, duty, at, started_at, outcome="done",
            counts={name: value for name, value in counts.items() if isinstance(value, int)})  # fmt: skip
    return result


def _record(
    work: Work, duty: str, at: datetime, started_at: datetime, *, outcome: str, counts: dict[str, int]
) -> None:
    with work.unit() as session:
        duty_runs.record(session, duty=duty, at=at, started_at=started_at, ended_at=clock.now(), outcome=outcome,
                         counts=counts)  # fmt: skip
