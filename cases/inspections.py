"""The inspection programme: which rounds are due when, opened exactly once per slot, and missed slots on record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr
from sqlalchemy import JSON, Column, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from cases import opening
from cases.history import CLOCK
from cases.office import Office

MOST_SLOTS = 1000  # of one programme in one run: three years of daily rounds, then the next run goes on


class Programme(SQLModel, table=True):
    """A standing plan to inspect: what, by whom, how often. `rule` is an RFC 5545 recurrence ("FREQ=WEEKLY;BYDAY=MO").

    A slot that falls on a rest day is opened on the next working day and keeps its own date. `done_until` is the last
    slot that has an outcome.
    """

    __tablename__ = "programme"

    code: str = Field(primary_key=True, max_length=32)
    kind: str = Field(max_length=64)
    title: str = Field(max_length=200)
    rule: str = Field(max_length=200)
    organisation: str = Field(foreign_key="organisation.code", max_length=32)
    project: str | None = Field(default=None, foreign_key="project.code", max_length=32)
    inspectors: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    starts_on: date
    done_until: date | None = None
    active: bool = True


class Slot(SQLModel, table=True):
    """What became of one slot of a programme: its round, or that it was missed and why. One row, ever."""

    __tablename__ = "programme_slot"
    __table_args__ = (UniqueConstraint("programme", "slot"),)

    id: int | None = Field(default=None, primary_key=True)
    programme: str = Field(foreign_key="programme.code", max_length=32)
    slot: date
    outcome: str = Field(max_length=16)  # opened, missed
    matter: int | None = Field(default=None, foreign_key="matter.id")
    reason: str = Field(default="", max_length=500)
    at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """Rounds opened, and slots put on record as missed."""

    opened: int
    missed: int


class NotARule(ValueError):
    """The recurrence cannot be read. Write it as in RFC 5545, for instance FREQ=MONTHLY;BYMONTHDAY=10."""


def slots(rule: str, *, starts_on: date, after: date | None, until: date) -> Iterator[date]:
    """The days of a recurrence from `starts_on` on, later than `after` and not later than `until`, oldest first.

    Raises NotARule.
    """
    try:
        series = rrulestr(rule, dtstart=datetime.combine(starts_on, time.min))  # dates: no zone is meant
    except (ValueError, TypeError, KeyError) as fault:
        raise NotARule(str(NotARule.__doc__)) from fault
    for moment in series:
        if moment.date() > until:
            return
        if after is None or moment.date() > after:
            yield moment.date()


def open_due(session: Session, office: Office, *, at: datetime) -> Opened:
    """Open the newest due slot of every programme, once, and put older ones that nobody opened on record as missed.

    After an outage one round catches up for all that were missed: ten rounds on one morning would inspect nothing.
    """
    today = office.day(at)
    opened = missed = 0
    for programme in session.exec(
        select(Programme).where(col(Programme.active)).order_by(col(Programme.code))
    ).all():
        due = _due(office, programme, today)
        for slot in due[:-1]:
            missed += _claim(session, programme, slot, outcome="missed", at=at, reason=_caught_up(due[-1]))
        if due:
            opened += _open(session, office, programme, due[-1], at=at)
            _done(session, programme, due[-1])
    return Opened(opened, missed)


def _due(office: Office, programme: Programme, today: date) -> Sequence[date]:
    """Slots without an outcome whose day to open has come."""
    found: list[date] = []
    for slot in slots(programme.rule, starts_on=programme.starts_on, after=programme.done_until, until=today):
        if office.calendar.next_working_day(slot) > today or len(found) >= MOST_SLOTS:
            break
        found.append(slot)
    return found


def _caught_up(by: date) -> str:
    return f"Nothing opened it on its day; the round of {by} was opened in its stead."


def _claim(
    session: Session, programme: Programme, slot: date, *, outcome: str, at: datetime, reason: str = ""
) -> int:
    """Take the slot: 1 if it is ours, 0 if somebody else already did."""
    into = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    row = into(Slot).values(programme=programme.code, slot=slot, outcome=outcome, reason=reason, at=at)
    taken = session.connection().execute(row.on_conflict_do_nothing().returning(col(Slot.id)))
    return int(taken.first() is not None)


def _open(session: Session, office: Office, programme: Programme, slot: date, *, at: datetime) -> int:
    if not _claim(session, programme, slot, outcome="opened", at=at):
        return 0
    values = {"title": programme.title, "programme": programme.code, "slot": slot.isoformat(), "kind": programme.kind,
              "inspectors": programme.inspectors}  # fmt: skip
    moved = opening.open_by_programme(session, office, "inspection", organisation=programme.organisation,
                                      project=programme.project, values=values, actor=CLOCK, at=at)  # fmt: skip
    here = (col(Slot.programme) == programme.code, col(Slot.slot) == slot)
    session.execute(update(Slot).where(*here).values(matter=opening.id_of(session, moved.number)))
    return 1


def _done(session: Session, programme: Programme, slot: date) -> None:
    session.execute(update(Programme).where(col(Programme.code) == programme.code).values(done_until=slot))


def plan(session: Session, programme: Programme) -> None:
    """Put a programme on file. Raises NotARule."""
    horizon = programme.starts_on + timedelta(days=400)
    next(slots(programme.rule, starts_on=programme.starts_on, after=None, until=horizon), None)
    session.execute(insert(Programme).values(programme.model_dump()))
