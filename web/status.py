"""How the office's machinery is doing, in counts and instants. Read fresh for every page; no clue is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import case, func, select
from sqlmodel import Session, col

from cases import duty_runs
from cases.deadlines import Deadline
from cases.duty_runs import DutyRun
from notifications import notices
from plumbline import setup
from plumbline.work import Work
from states.rulebook import Label

TOO_LONG = 3
"""Intervals without a run after which a duty counts as silent."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty of `plumbline.duties`, and how often it is to run. The intervals agree with prefect.yaml."""

    name: str
    label: Label
    every: timedelta


DUTIES = (
    Duty("sweep_deadlines", Label(zh="期限巡查", en="Deadline sweep"), timedelta(minutes=5)),
    Duty("deliver_notices", Label(zh="通知投递", en="Notice delivery"), timedelta(minutes=1)),
    Duty("open_inspections", Label(zh="监督检查计划", en="Inspection programme"), timedelta(days=1)),
    Duty("open_zero_reports", Label(zh="零报告", en="Zero reports"), timedelta(days=1)),
    Duty("send_digests", Label(zh="每日提要", en="Officers' digests"), timedelta(days=1)),
    Duty("reconcile", Label(zh="台账核对", en="Ledger reconciliation"), timedelta(weeks=1)),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A duty with its last run, if it ever ran: when, as of when, its counts. Silent: it should have run since."""

    duty: Duty
    ran_at: datetime | None
    acted_at: datetime | None
    counts: Mapping[str, int]
    silent: bool


@dataclass(frozen=True, slots=True)
class Status:
    """Everything the status page tells. Clocks are `running` (of them `late`) or `paused`; `due` rungs wait to fire."""

    at: datetime
    duties: tuple[Shown, ...]
    notices: Mapping[str, int]
    waiting: int
    running: int
    late: int
    paused: int
    due: int
    database: str
    schema: str | None
    newest_schema: str | None
    rehearsal: bool

    @property
    def migrated(self) -> bool:
        """Whether the schema is the one this program was made for."""
        return self.schema == self.newest_schema

    @property
    def tick(self) -> Shown:
        """The duty on which everything else waits: the sweep of the clocks."""
        return self.duties[0]

    @property
    def never_ticked(self) -> bool:
        """Whether clocks have come due and no sweep has ever run: neither Prefect nor a `plumbline tick` does its work."""
        return self.tick.ran_at is None and self.due > 0

    @property
    def silent(self) -> bool:
        """Whether any duty is silent, or the clocks were never swept."""
        return self.never_ticked or any(shown.silent for shown in self.duties)


def status(work: Work, *, at: datetime) -> Status:
    """How it is at the instant `at`. Raises sqlalchemy's DBAPIError where the database cannot be read."""
    with work.reading() as session:
        last = duty_runs.newest(session, [duty.name for duty in DUTIES])
        running, late, paused, due = _deadlines(session, at)
        return Status(
            at=at, duties=tuple(_shown(duty, last.get(duty.name), at) for duty in DUTIES),
            notices=notices.counts(session), waiting=notices.late(session, before=at), running=running, late=late,
            paused=paused, due=due, database=work.engine.dialect.name,
            schema=MigrationContext.configure(session.connection()).get_current_revision(),
            newest_schema=newest_schema(), rehearsal=work.rehearsal,
        )  # fmt: skip


def newest_schema() -> str | None:
    """The schema this program was made for."""
    return ScriptDirectory.from_config(setup.configuration()).get_current_head()


def _shown(duty: Duty, last: DutyRun | None, at: datetime) -> Shown:
    """Silence is measured on the wall clock, even where a rehearsal plays other days."""
    if last is None:
        return Shown(duty, None, None, {}, silent=False)
    silent = at - last.started_at > TOO_LONG * duty.every
    return Shown(duty, last.started_at, last.at, dict(last.counts), silent=silent)


def _deadlines(session: Session, at: datetime) -> tuple[int, int, int, int]:
    """Clocks running, those of them that are late, paused ones, and rungs that are due and have not fired."""
    is_late = case((col(Deadline.due_at) <= at, 1), else_=0)
    counted = select(col(Deadline.status), func.count(), func.sum(is_late)).group_by(col(Deadline.status))
    found = {status: (count, late) for status, count, late in session.execute(counted).tuples()}
    (running, late), (paused, _) = found.get("open", (0, 0)), found.get("paused", (0, 0))
    due = session.execute(select(func.count()).where(col(Deadline.next_at) <= at)).scalar_one()
    return running, late, paused, due
