"""The inspection programme: plans, the programmes in them with their recurrence, and what became of each slot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, insert
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from states.calendars import Calendar
from states.recurrence import ONE_DAY, Given, When
from states.recurrence_words import parse

MACHINE = "inspection"
WHY = "why"  # the field of a round that says why it was arranged
UNANNOUNCED = "unannounced"
KINDS = ("daily", "special", UNANNOUNCED, "joint", "embedded", "look_back")
RUN_ONCE, RUN_ALL, SKIP = "run_once", "run_all", "skip"
POLICIES = (RUN_ONCE, RUN_ALL, SKIP)
CHANGES = (
    "kind",
    "title",
    "rule",
    "link",
    "inspectors",
    "sites",
    "take",
    "team",
    "ends_on",
    "on_outage",
    "checklist",
)
OPENED, MISSED, SKIPPED = "opened", "missed", "skipped"
CAUGHT_UP, SAME_DAY, OUTAGE = "caught_up", "same_day", "outage"  # why a slot has no round of its own


class Plan(SQLModel, table=True):
    """The plan of a year ("2026") or a quarter ("2026Q3"), of an organisation and, where named, for one project."""

    __tablename__ = "inspection_plan"

    code: str = Field(primary_key=True, max_length=32)
    title: str = Field(max_length=200)
    period: str = Field(max_length=8)
    organisation: str = Field(foreign_key="organisation.code", index=True, max_length=32)
    project: str | None = Field(default=None, foreign_key="project.code", max_length=32)
    made_by: str = Field(max_length=64)
    made_at: datetime


class Programme(SQLModel, table=True):
    """A standing plan to inspect: what, by whom, how often; `rule` as `states.recurrence_words` reads it.

    A slot that falls on a rest day is opened on the next working day and keeps its own date. `done_until` is the last
    slot that has an outcome; `next_on` the day on which the next one opens, None where it has to be worked out anew.
    `on_outage` says what becomes of slots that nobody opened on their day. Of `sites` ({"name", "weight", "unit"}), `take`
    are drawn for each round (0: all are looked at); of `inspectors`, `team` (0: all of them go).
    From `change_on` on it is as `change` says: slots before it are of the old rule, those from it on of the new one;
    `changed_on` is the day of the last change that came. Each round takes the version of `checklist` that is in force as
    it is opened, and `why`, where somebody said why this programme was made.
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
    plan: str | None = Field(default=None, foreign_key="inspection_plan.code", index=True, max_length=32)
    link: str | None = Field(default=None, max_length=64)
    ends_on: date | None = None
    on_outage: str = Field(default=RUN_ONCE, max_length=16)
    sites: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    take: int = 0
    team: int = 0
    next_on: date | None = Field(default=None, index=True)
    checklist: str | None = Field(default=None, max_length=32)
    made_by: str | None = Field(default=None, max_length=64)
    made_at: datetime | None = None
    why: str = Field(default="", max_length=2000)
    change_on: date | None = None
    change: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    changed_on: date | None = None

    @property
    def is_unannounced(self) -> bool:
        """Whether nobody may know the place before the day."""
        return self.kind == UNANNOUNCED


class Slot(SQLModel, table=True):
    """What became of one slot of a programme: its round, or that it was missed or skipped and why. One row, ever.

    `key` names the slot even where a calendar or a milestone moves its day. `why` is a word for the reason, `instead`
    the slot whose round stands for it.
    """

    __tablename__ = "programme_slot"
    __table_args__ = (UniqueConstraint("programme", "slot"), UniqueConstraint("programme", "key"))

    id: int | None = Field(default=None, primary_key=True)
    programme: str = Field(foreign_key="programme.code", max_length=32)
    slot: date
    outcome: str = Field(max_length=16)  # opened, missed, skipped
    matter: int | None = Field(default=None, foreign_key="matter.id")
    reason: str = Field(default="", max_length=500)
    at: datetime
    key: str = Field(max_length=80)
    why: str = Field(default="", max_length=32)
    instead: date | None = None


class Milestone(SQLModel, table=True):
    """A day in the life of a project that rounds are counted from, such as its acceptance. It may be put off."""

    __tablename__ = "milestone"

    project: str = Field(primary_key=True, foreign_key="project.code", max_length=32)
    name: str = Field(primary_key=True, max_length=64)
    falls_on: date


def slots(programme: Programme, given: Given, *, until: date) -> Iterator[When]:
    """The slots of a programme that have no outcome yet, as far as `done_until` tells, oldest first; from the day of a
    change on those of its new rule. Raises NotARule."""
    after, first = programme.done_until, programme.change_on
    old_until = _least(until, programme.ends_on, first - ONE_DAY if first else None)
    found = parse(programme.rule).slots(given, until=old_until)
    yield from (one for one in found if after is None or one.on > after)
    if first is not None and first <= until:
        new = changed(programme)
        anew = Given(first, given.calendar, given.milestones)
        yield from parse(new["rule"]).slots(anew, until=_least(until, new["ends_on"]))


def changed(programme: Programme) -> dict[str, Any]:
    """What may change of a programme, as it will be from the day of the change on; as it is, where none is to come."""
    found = {name: getattr(programme, name) for name in CHANGES} | dict(programme.change or {})
    ends_on = found["ends_on"]
    return found | {"ends_on": date.fromisoformat(ends_on) if isinstance(ends_on, str) else ends_on}


def take_over(programme: Programme) -> None:
    """The day of the change has come, and every slot before it has its outcome: from here on it is another programme."""
    for name, value in changed(programme).items():
        setattr(programme, name, value)
    if programme.change_on is not None:
        programme.starts_on = programme.changed_on = programme.change_on
    programme.change_on = programme.change = None


def _least(*days: date | None) -> date:
    return min(day for day in days if day is not None)


def given(programme: Programme, calendar: Calendar, milestones_: Mapping[str, date]) -> Given:
    """What the programme's rule is asked with."""
    return Given(programme.starts_on, calendar, milestones_)


def milestones(session: Session, project: str | None) -> dict[str, date]:
    """The milestones of a project by name."""
    query = select(col(Milestone.name), col(Milestone.falls_on)).where(col(Milestone.project) == project)
    return {one.name: one.falls_on for one in session.execute(query)}


def plan(session: Session, programme: Programme) -> None:
    """Put a programme on file. Raises NotARule."""
    parse(programme.rule)
    session.execute(insert(Programme).values(programme.model_dump()))
