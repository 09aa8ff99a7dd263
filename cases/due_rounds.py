"""Opening the rounds whose day has come: each slot has one outcome, however often and by however many this runs.

A worker takes programmes by locking their rows (PostgreSQL passes over those another holds; SQLite has one writer), so
nobody else sees them due until their slots are on record, in the same transaction. Should that ever fail, a slot is
still one row by its key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from cases import drawing, inspections, opening
from cases.history import CLOCK
from cases.inspections import (
    CAUGHT_UP,
    MACHINE,
    MISSED,
    OPENED,
    OUTAGE,
    RUN_ALL,
    RUN_ONCE,
    SAME_DAY,
    SKIP,
    SKIPPED,
    Programme,
    Slot,
)
from cases.office import Office
from states.calendars import LAST_ON, DayOutsideCalendar
from states.facts import Refused
from states.recurrence import When

BATCH = 100  # programmes in one transaction
MOST_BATCHES = 100_000
MOST_ROUNDS = 31  # of one programme in one run that opens all it missed: the next run goes on
REASONS = {
    "": ("", ""),
    CAUGHT_UP: ("当日无人启动，由 {instead} 的检查一并补做。",
                "Nothing opened it on its day; the round of {instead} was opened in its stead."),
    SAME_DAY: ("顺延后与 {instead} 的检查同日，由该次检查代替。",
               "It came to the same working day as the round of {instead}, which stands for it."),
    OUTAGE: ("当日无人启动；按计划约定，中断期间错过的不再补做。",
             "Nothing opened it on its day; by its plan, what an outage missed is not made up for."),
}  # fmt: skip

Unit = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done about one slot. `number` is its round's, if it has one."""

    programme: str
    slot: date
    outcome: str
    why: str = ""
    instead: date | None = None
    number: str | None = None

    def as_dict(self, lang: str = "en") -> dict[str, Any]:
        """For JSON."""
        return {"programme": self.programme, "slot": self.slot.isoformat(), "outcome": self.outcome,
                "number": self.number, "reason": reason(self.why, self.instead, lang)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """Rounds opened, slots put on record as missed or skipped, and programmes that could not be opened, with the why."""

    opened: int
    missed: int
    skipped: int = 0
    failed: int = 0
    outcomes: tuple[Outcome, ...] = field(default=(), compare=False, repr=False)
    faults: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class _Owed:
    """A slot that is due, the day it opens on, and what will be put down about it."""

    when: When
    opens_on: date
    outcome: str = OPENED
    why: str = ""
    instead: date | None = None


def reason(why: str, instead: date | None, lang: str) -> str:
    """Why a slot has no round of its own, in `lang`."""
    zh, en = REASONS[why]
    return (zh if lang == "zh" else en).format(instead=instead)


def sweep(unit: Unit, office: Office, *, at: datetime) -> Opened:
    """Give every due slot of every programme its outcome, in batches of a transaction each."""
    outcomes: list[Outcome] = []
    faults: list[tuple[str, str]] = []
    after = ""
    for _ in range(MOST_BATCHES):
        with unit() as session:
            taken = {one.code: one for one in _taken(session, office.day(at), after=after)}
            for code, one in taken.items():
                try:
                    with session.begin_nested():
                        outcomes += _settle(session, office, one, at=at)
                except (
                    ValueError,
                    LookupError,
                    Refused,
                ) as fault:  # it fails alone, and is tried again next time
                    faults.append((code, f"{type(fault).__name__}: {fault}"))
        if len(taken) < BATCH:
            break
        after = max(taken)
    return _counted(outcomes, faults)


def _counted(outcomes: Sequence[Outcome], faults: Sequence[tuple[str, str]]) -> Opened:
    counts = [sum(one.outcome == what for one in outcomes) for what in (OPENED, MISSED, SKIPPED)]
    return Opened(*counts, len(faults), tuple(outcomes), tuple(faults))


def _taken(session: Session, today: date, *, after: str) -> Sequence[Programme]:
    """The next programmes by code that may have something due, locked until the transaction ends."""
    due = or_(col(Programme.next_on).is_(None), col(Programme.next_on) <= today)
    query = select(Programme).where(col(Programme.active), due, col(Programme.code) > after)
    return session.exec(
        query.order_by(col(Programme.code)).limit(BATCH).with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip


def _settle(session: Session, office: Office, programme: Programme, *, at: datetime) -> list[Outcome]:
    """Put down the outcome of each due slot of one programme, and when the next one is due."""
    owed, next_on = _owed(session, office, programme, office.day(at))
    judged = list(_judged(owed, programme.on_outage, office.day(at)))
    new = _claim(session, programme, judged, at=at)
    found = [Outcome(programme.code, one.when.on, one.outcome, one.why, one.instead) for one in new]
    opened = [replace(one, number=_open(session, office, programme, one.slot, at=at)) if one.outcome == OPENED else one
              for one in found]  # fmt: skip
    if judged:
        programme.done_until = judged[-1].when.on
    programme.next_on = office.day(at) if len(judged) < len(owed) else next_on
    session.add(programme)
    session.flush()
    return opened


def _owed(
    session: Session, office: Office, programme: Programme, today: date
) -> tuple[list[_Owed], date | None]:
    """The slots whose day to open has come, and the day on which the one after them opens (None: unknown)."""
    marks = inspections.milestones(session, programme.project) if programme.project else {}
    asked = inspections.given(programme, office.calendar, marks)
    owed: list[_Owed] = []
    for when in inspections.slots(programme, asked, until=LAST_ON):
        try:
            opens_on = office.calendar.next_working_day(when.on)
        except DayOutsideCalendar:
            break
        if opens_on > today:
            return owed, opens_on
        owed.append(_Owed(when, opens_on))
    return owed, LAST_ON  # nothing more to come; a milestone or a calendar that is set anew clears this


def _judged(owed: Sequence[_Owed], policy: str, today: date) -> Iterator[_Owed]:
    """Each slot with its outcome by the plan's policy."""
    if not owed:
        return
    if policy == RUN_ALL:
        yield from owed[:MOST_ROUNDS]
        return
    newest = owed[-1]
    runs = policy == RUN_ONCE or newest.opens_on == today
    for one in owed[:-1]:
        if runs and one.opens_on == newest.opens_on:
            yield replace(one, outcome=SKIPPED, why=SAME_DAY, instead=newest.when.on)
        elif policy == SKIP:
            yield replace(one, outcome=SKIPPED, why=OUTAGE)
        else:
            yield replace(one, outcome=MISSED, why=CAUGHT_UP, instead=newest.when.on)
    yield newest if runs else replace(newest, outcome=SKIPPED, why=OUTAGE)


def _claim(session: Session, programme: Programme, judged: Sequence[_Owed], *, at: datetime) -> list[_Owed]:
    """Put the slots on record; those that had no outcome yet."""
    if not judged:
        return []
    keys = [one.when.key for one in judged]
    first = judged[0].when.on - timedelta(days=366)  # one whose day a calendar moved lies near
    held = select(col(Slot.key), col(Slot.slot)).where(col(Slot.programme) == programme.code)
    near = held.where(or_(col(Slot.slot) >= first, col(Slot.key) == keys[0]))
    known = session.execute(near).all()
    there = {key for key, _ in known} | {on.isoformat() for _, on in known}
    new = [one for one in judged if one.when.key not in there and one.when.on.isoformat() not in there]
    into = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {"programme": programme.code, "slot": one.when.on, "key": one.when.key, "outcome": one.outcome, "at": at,
         "why": one.why, "instead": one.instead, "reason": reason(one.why, one.instead, "en")}
        for one in new
    ]  # fmt: skip
    if rows:
        session.connection().execute(into(Slot), rows)
    return new


_MATTER = (
    update(Slot)
    .where(col(Slot.programme) == bindparam("of"), col(Slot.slot) == bindparam("day"))
    .values(matter=bindparam("round"))
)


def _open(session: Session, office: Office, programme: Programme, slot: date, *, at: datetime) -> str:
    """Open the round of a slot, with its place and its inspectors drawn; its number."""
    chosen = drawing.for_slot(session, programme, slot, at=at)
    values: dict[str, Any] = {"title": programme.title, "programme": programme.code, "slot": slot.isoformat(),
                              "kind": programme.kind, "inspectors": chosen.inspectors}  # fmt: skip
    values |= {"place": chosen.place} if chosen.place else {}
    values |= {"link": programme.link} if programme.link else {}
    moved = opening.open_by_programme(session, office, MACHINE, organisation=programme.organisation,
                                      project=programme.project, values=values, actor=CLOCK, at=at)  # fmt: skip
    matter = opening.id_of(session, moved.number)
    session.connection().execute(_MATTER, {"of": programme.code, "day": slot, "round": matter})
    return moved.number


def work_out_anew(session: Session, project: str | None = None) -> None:
    """Forget when the next slots are due, of one project or of all: a milestone moved, or a calendar arrived."""
    anew = update(Programme).where(col(Programme.active)).values(next_on=None)
    session.execute(anew.where(col(Programme.project) == project) if project is not None else anew)
