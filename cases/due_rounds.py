"""Opening the rounds whose day has come: each slot has one outcome, however often and by however many this runs.

A worker takes programmes by locking their rows (PostgreSQL passes over those another holds; SQLite has one writer), so
nobody else sees them due until their slots are on record, in the same transaction. Should that ever fail, a slot is
still one row by its key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, insert, or_, update
from sqlmodel import Session, col, select

from cases import checklists, drawing, inspections, opening
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
from cases.prepared import Prepared
from states.calendars import LAST_ON, Calendar, DayOutsideCalendar
from states.facts import Refused
from states.recurrence import ONE_DAY, ByMilestone, Given, When
from states.recurrence_words import parse

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


@dataclass(frozen=True, slots=True)
class _Due:
    """What a programme owes, and the day on which its next slot opens."""

    slots: tuple[_Owed, ...]
    next_on: date


@lru_cache(maxsize=2**12)
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
            taken = _taken(session, office.day(at), after=after)
            codes = [one.code for one in taken]
            _settle(session, office, taken, outcomes, faults, at=at)
        if len(codes) < BATCH:
            break
        after = codes[-1]
    opened, missed, skipped = (
        sum(one.outcome == what for one in outcomes) for what in (OPENED, MISSED, SKIPPED)
    )
    return Opened(opened, missed, skipped, len(faults), tuple(outcomes), tuple(faults))


def _taken(session: Session, today: date, *, after: str) -> Sequence[Programme]:
    """The next programmes by code that may have something due, locked until the transaction ends."""
    due = or_(col(Programme.next_on).is_(None), col(Programme.next_on) <= today)
    query = select(Programme).where(col(Programme.active), due, col(Programme.code) > after)
    return session.exec(
        query.order_by(col(Programme.code)).limit(BATCH).with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip


def _settle(
    session: Session, office: Office, taken: Sequence[Programme], outcomes: list[Outcome],
    faults: list[tuple[str, str]], *, at: datetime,
) -> None:  # fmt: skip
    """Put down the outcome of each due slot, and when the next one is due. Those that open a round can each fail alone,
    and are tried again next time; the others are written together."""
    quiet: list[tuple[Programme, _Due]] = []
    for one in taken:
        code = one.code
        try:
            due = _due(session, office, one, office.day(at))
            change = _comes_now(one, due, office.day(at))
            if not change and not any(slot.outcome == OPENED for slot in due.slots):
                quiet.append((one, due))
                continue
            with session.begin_nested():
                due = _over_the_change(session, office, one, office.day(at)) if change else due
                found = _put_down(session, [(one, due)], at=at)
                opened = [_opened(session, office, one, slot, at=at) for slot in found]
            outcomes += opened
        except (ValueError, LookupError, Refused) as fault:
            faults.append((code, f"{type(fault).__name__}: {fault}"))
    outcomes += _put_down(session, quiet, at=at)


def _due(session: Session, office: Office, programme: Programme, today: date) -> _Due:
    """What a programme owes; of one that is to change, before the day of that. Raises NotARule, DayOutsideCalendar."""
    change_on, ends_on = programme.change_on, programme.ends_on
    if change_on is not None:
        ends_on = min(change_on - ONE_DAY, ends_on or change_on)
    due = _worked_out(_Asked.of(session, office, programme, ends_on=ends_on), programme.on_outage, today)
    if change_on is not None and due.next_on > change_on > today:
        return replace(due, next_on=change_on)
    return due


def _comes_now(programme: Programme, due: _Due, today: date) -> bool:
    """Whether the programme changes in this run: its day has come, and nothing of the time before is still to open."""
    return programme.change_on is not None and programme.change_on <= today and due.next_on == LAST_ON


def _over_the_change(session: Session, office: Office, programme: Programme, today: date) -> _Due:
    """What a programme owes by its old rule until the day before it changes and by its new one from then on, judged
    together by its new policy; the programme is changed."""
    last = (programme.change_on or LAST_ON) - ONE_DAY
    ends_on = min(last, programme.ends_on or LAST_ON)
    old, _ = _owed(_Asked.of(session, office, programme, ends_on=ends_on), today)
    inspections.take_over(programme)
    session.add(programme)
    session.flush()
    asked = _Asked.of(session, office, programme, ends_on=programme.ends_on)
    new, next_on = _owed(replace(asked, after=None), today)
    judged = tuple(_judged((*old, *new), programme.on_outage, today))
    return _Due(judged, today if len(judged) < len(old) + len(new) else next_on)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What decides which slots a programme owes. `since`: the day it was changed, which tells its slots from older ones."""

    rule: str
    starts_on: date
    after: date | None
    ends_on: date | None
    since: date | None
    calendar: Calendar
    marks: tuple[tuple[str, date], ...]

    @classmethod
    def of(cls, session: Session, office: Office, programme: Programme, *, ends_on: date | None) -> _Asked:
        """A programme as it is now. Raises NotARule."""
        marks: Mapping[str, date] = {}
        if isinstance(parse(programme.rule), ByMilestone) and programme.project is not None:
            marks = inspections.milestones(session, programme.project)
        return cls(
            programme.rule, programme.starts_on, programme.done_until, ends_on, programme.changed_on, office.calendar,
            tuple(sorted(marks.items())),
        )  # fmt: skip


@lru_cache(maxsize=2**12)
def _worked_out(asked: _Asked, policy: str, today: date) -> _Due:
    """The slots whose day to open has come, judged, and the day on which the next one opens. Kept, because many
    programmes of an office have the same rule and stand at the same place in it."""
    owed, next_on = _owed(asked, today)
    judged = tuple(_judged(owed, policy, today))
    return _Due(judged, today if len(judged) < len(owed) else next_on)


def _owed(asked: _Asked, today: date) -> tuple[list[_Owed], date]:
    owed: list[_Owed] = []
    next_on = LAST_ON  # nothing more to come; a milestone or a calendar that is set anew clears this
    given = Given(asked.starts_on, asked.calendar, dict(asked.marks))
    for when in parse(asked.rule).slots(given, until=asked.ends_on or LAST_ON):
        if asked.after is not None and when.on <= asked.after:
            continue
        try:
            opens_on = asked.calendar.next_working_day(when.on)
        except DayOutsideCalendar:
            break
        if opens_on > today:
            next_on = opens_on
            break
        owed.append(_Owed(_named(asked, when), opens_on))
    return owed, next_on


def _named(asked: _Asked, when: When) -> When:
    """A slot under the name it has on record: once a programme was changed, "the month of May" is another slot than before.
    A day is a day, and before a milestone one round is held, by whichever rule."""
    plain = (
        asked.since is None or when.key == when.on.isoformat() or isinstance(parse(asked.rule), ByMilestone)
    )
    return when if plain else replace(when, key=f"{when.key}@{asked.since}")


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


_LINE = ("programme", "slot", "key", "outcome", "at", "why", "instead", "reason")
_SLOT = Prepared(insert(Slot).values({name: bindparam(name) for name in _LINE}))
_DONE = Prepared(
    update(Programme)
    .where(col(Programme.code) == bindparam("of"))
    .values(done_until=bindparam("done"), next_on=bindparam("next"))
)


def _put_down(session: Session, due: Sequence[tuple[Programme, _Due]], *, at: datetime) -> list[Outcome]:
    """Put the slots that have no outcome yet on record, and mark how far their programmes are done; those slots."""
    rows, found = [], []
    for programme, one in due:
        code = programme.code
        held = _held(session, code, one.slots)
        for slot in one.slots:
            if slot.when.key in held or slot.when.on in held:
                continue
            rows.append({"programme": code, "slot": slot.when.on, "key": slot.when.key, "outcome": slot.outcome, "at": at,
                         "why": slot.why, "instead": slot.instead,
                         "reason": reason(slot.why, slot.instead, "en")})  # fmt: skip
            found.append(Outcome(code, slot.when.on, slot.outcome, slot.why, slot.instead))
    marks = [{"of": programme.code, "next": one.next_on,
              "done": one.slots[-1].when.on if one.slots else programme.done_until} for programme, one in due]  # fmt: skip
    _SLOT.change_each(session, rows)
    _DONE.change_each(session, marks)
    return found


def _held(session: Session, programme: str, slots: Sequence[_Owed]) -> set[str | date]:
    """Keys and days that have an outcome already. Slots that are named by their day are later than all of these; others a
    calendar or a milestone may have moved since."""
    if all(one.when.key == one.when.on.isoformat() for one in slots):
        return set()
    near = or_(
        col(Slot.key).in_([one.when.key for one in slots]), col(Slot.slot).in_([one.when.on for one in slots])
    )
    rows = session.execute(
        select(col(Slot.key), col(Slot.slot)).where(col(Slot.programme) == programme, near)
    )
    return {part for row in rows for part in row}


def _opened(session: Session, office: Office, programme: Programme, one: Outcome, *, at: datetime) -> Outcome:
    if one.outcome != OPENED:
        return one
    return replace(one, number=_open(session, office, programme, one.slot, at=at))


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
    values |= {checklists.FIELD: programme.checklist} if programme.checklist else {}
    values |= {inspections.WHY: programme.why} if programme.why else {}
    moved = opening.open_by_programme(session, office, MACHINE, organisation=programme.organisation,
                                      project=programme.project, values=values, actor=CLOCK, at=at)  # fmt: skip
    matter = opening.id_of(session, moved.number)
    session.connection().execute(_MATTER, {"of": programme.code, "day": slot, "round": matter})
    return moved.number


def work_out_anew(session: Session, project: str | None = None) -> None:
    """Forget when the next slots are due, of one project or of all: a milestone moved, or a calendar arrived."""
    anew = update(Programme).where(col(Programme.active)).values(next_on=None)
    session.execute(anew.where(col(Programme.project) == project) if project is not None else anew)
