"""The ways of counting that a sheet of assessment is made of, each over matters as they stood at the sheet's instant.

Every way answers the rows it counted, each with whether it is a hit: the figure is those rows and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from cases import recusals
from cases.assessment_past import Past, Then
from cases.history import Event
from cases.inspections import Programme, Slot
from cases.matters import Matter
from cases.organisations import Project
from cases.recusals import Recusal
from cases.rounds import RoundSeat
from states import radar
from states.assessing import Count
from states.assessment_rules import Of
from states.rulebook import StateKind


@dataclass(frozen=True, slots=True)
class Row:
    """Something that was counted: a matter, by its key and number, or a slot that has none (then `name` says which).

    `hit`: of a share, whether it is in the numerator.
    """

    matter: int | None
    name: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """What a figure counted."""

    count: Count
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One figure of one body and period, at an instant."""

    past: Past
    of: Of
    body: str
    first_on: date
    last_on: date

    @property
    def session(self) -> Session:
        return self.past.session

    def within(self, at: datetime) -> bool:
        """Whether an instant lies in the period."""
        return self.first_on <= self.past.office.day(at) <= self.last_on

    def mine(self, found: Iterable[Then]) -> Iterator[Then]:
        """Of these, the body's."""
        return (one for one in found if self.past.belongs(one, self.of.whose, self.body))


def count(how: str, asked: Asked) -> Counted:
    """Count one figure."""
    return WAYS[how](asked)


def _share(rows: Iterable[Row]) -> Counted:
    rows = tuple(rows)
    return Counted(Count(sum(one.hit for one in rows), len(rows)), rows)


def _alone(rows: Iterable[Row]) -> Counted:
    rows = tuple(one for one in rows if one.hit)
    return Counted(Count(len(rows)), rows)


def _clocks(asked: Asked) -> Iterator[tuple[Then, bool, bool]]:
    """Each clock that was due: its matter, whether it was met in time, whether it runs on and is late."""
    past, of = asked.past, asked.of
    addressed = of.whose[0] == "addressee"
    found = [
        one
        for one in past.clocks(
            of.machine, of.clock or "", first_on=asked.first_on, last_on=asked.last_on, addressed=addressed
        )
        if one.closed_by not in of.without
    ]
    there = {one.id: one for one in asked.mine(past.matters({one.matter for one in found}))}
    for clock in found:
        late_from = past.late_from(clock.due_on)
        if clock.matter not in there or (clock.closed_at is None and past.at < late_from):
            continue  # its day is not over: nobody can tell yet
        met = clock.closed_at is not None and clock.closed_at < late_from
        yield there[clock.matter], met, clock.closed_at is None


def in_time(asked: Asked) -> Counted:
    """Of the clocks whose day lay in the period and that were closed or over, those met in time."""
    return _share(Row(one.id, one.number, met) for one, met, _ in _clocks(asked))


def still_late(asked: Asked) -> Counted:
    """The clocks whose day lay in the period, that are over and still run."""
    return _alone(Row(one.id, one.number, late) for one, _, late in _clocks(asked))


def followed(asked: Asked) -> Counted:
    """The matters in which one of `base` was made in the period and one of `hit` after it."""
    past, of = asked.past, asked.of
    query = (
        select(Event.matter)
        .join(Matter, col(Matter.id) == col(Event.matter))
        .where(*past.kept(of.machine), col(Event.move).in_(of.hit), col(Event.at) <= past.at)
    )
    rows: list[Row] = []
    for one in asked.mine(past.matters(set(asked.session.exec(query).all()))):
        made = [at for move, at in one.moves if move in of.base and asked.within(at)]
        after = bool(made) and any(move in of.hit and at >= made[0] for move, at in one.moves)
        rows.append(Row(one.id, one.number, after))
    return _alone(rows)


def noted(asked: Asked) -> Counted:
    """The matters put on file in the period."""
    past = asked.past
    query = select(Matter.id, Matter.opened_at).where(*past.kept(asked.of.machine))
    keys = {int(key or 0) for key, at in asked.session.exec(query) if asked.within(at)}
    return _alone(Row(one.id, one.number, hit=True) for one in asked.mine(past.matters(keys)))


def standing(asked: Asked) -> Counted:
    """So many as are wanted stood in these states, in their term, on the last day of the period or on the sheet's."""
    past, of = asked.past, asked.of
    day = min(asked.last_on, past.office.day(past.at))
    found = [
        one for one in asked.mine(past.every(of.machine))
        if one.state in of.states and (not of.term or _in_term(one.values, day))
    ]  # fmt: skip
    least = _least(asked)
    if not of.per_project:
        return _stood(found, least, of)
    projects = select(Project.code).where(Project.organisation == asked.body).order_by(col(Project.code))
    parts = [
        _stood([one for one in found if one.project == code], least, of)
        for code in asked.session.exec(projects)
    ]
    hits, wanted = sum(one.count.hits for one in parts), least * len(parts)
    return Counted(Count(hits, wanted), tuple(row for one in parts for row in one.rows))


def _least(asked: Asked) -> int:
    said = asked.past.book.settings.get(asked.of.least_by or "")
    return said.value if said is not None and type(said.value) is int else asked.of.least


def _in_term(values: Mapping[str, Any], day: date) -> bool:
    begins, ends = values.get("begins_on"), values.get("ends_on")
    return isinstance(begins, str) and isinstance(ends, str) and begins <= day.isoformat() <= ends


def _stood(found: Iterable[Then], least: int, of: Of) -> Counted:
    seen: set[Any] = set()
    rows: list[Row] = []
    for one in found:
        what = one.values.get(of.distinct) if of.distinct else one.id
        if what not in seen and len(rows) < least:
            rows.append(Row(one.id, one.number, hit=True))
            seen.add(what)
    return Counted(Count(len(rows), least), tuple(rows))


def opinions(asked: Asked) -> Counted:
    """Of the body's seats in rounds opened in the period and concluded since, those from which an opinion was given. A
    seat whose holder was kept out by the sheet's instant is not counted."""
    past, of = asked.past, asked.of
    query = select(Event.matter, Event.at).join(Matter, col(Matter.id) == col(Event.matter))
    opened = query.where(*past.kept(of.machine), col(Event.move).in_(of.base), col(Event.at) <= past.at)
    keys = {matter for matter, at in asked.session.exec(opened) if asked.within(at)}
    rules = past.book.machines[of.machine].rounds
    given_by = rules.given_by if rules is not None else ""
    rows: list[Row] = []
    for one in past.matters(keys):
        if not any(move in of.hit for move, _ in one.moves):
            continue
        said = _spoke(asked, one.id, given_by)
        for seat in asked.session.exec(
            select(RoundSeat).where(RoundSeat.matter == one.id, RoundSeat.organisation == asked.body)
            .order_by(col(RoundSeat.person))
        ):  # fmt: skip
            if _was_out(asked, one.id, seat.person):
                continue
            rows.append(Row(one.id, one.number, hit=bool({seat.person, seat.substitute} & said)))
    return _share(rows)


def _spoke(asked: Asked, matter: int, move: str) -> set[str | None]:
    query = select(Event.actor).where(
        Event.matter == matter, Event.move == move, col(Event.at) <= asked.past.at
    )
    return set(asked.session.exec(query).all())


def _was_out(asked: Asked, matter: int, person: str) -> bool:
    query = select(Recusal.id).where(
        Recusal.matter == matter, Recusal.person == person, Recusal.state == recusals.IN_FORCE,
        func.coalesce(col(Recusal.decided_at), col(Recusal.asked_at)) <= asked.past.at,
    )  # fmt: skip
    return asked.session.exec(query.limit(1)).first() is not None


def slots(asked: Asked) -> Counted:
    """Of the slots of the body's programmes in the period that were not left out by their plan, those whose round came to
    one of `hit`."""
    past = asked.past
    query = (
        select(Slot)
        .join(Programme, col(Programme.code) == col(Slot.programme))
        .where(Programme.organisation == asked.body, col(Slot.at) <= past.at, Slot.outcome != "skipped")
        .where(col(Slot.slot) >= asked.first_on, col(Slot.slot) <= asked.last_on)
        .order_by(col(Slot.slot), col(Slot.programme))
    )
    found = asked.session.exec(query).all()
    rounds = {one.id: one for one in past.matters({one.matter for one in found if one.matter is not None})}
    rows = []
    for slot in found:
        there = rounds.get(slot.matter or 0)
        hit = there is not None and any(move in asked.of.hit for move, _ in there.moves)
        rows.append(
            Row(there.id if there else None, there.number if there else f"{slot.programme} {slot.slot}", hit)
        )
    return _share(rows)


def standing_still(asked: Asked) -> Counted:
    """The live matters that stood at a step of the radar on the day of the sheet's instant."""
    past, of = asked.past, asked.of
    book = past.book
    steps = book.radar.steps.get(of.machine) if book.radar is not None else None
    if steps is None or book.radar is None:
        return _alone(())
    left_out = book.radar.leaves_out.get(of.machine, ())
    live = {name for name, one in book.machines[of.machine].states.items()
            if one.kind is not StateKind.FINAL and name not in left_out}  # fmt: skip
    today = past.office.day(past.at)
    before = radar.reached_before(past.office.calendar, today, steps[0])
    keys = {matter for matter, (state, at) in past.last_acts(of.machine).items()
            if state in live and past.office.day(at) < before}  # fmt: skip
    return _alone(Row(one.id, one.number, hit=True) for one in asked.mine(past.matters(keys)))


WAYS: Mapping[str, Callable[[Asked], Counted]] = {
    "in_time": in_time, "still_late": still_late, "followed": followed, "standing": standing, "opinions": opinions,
    "slots": slots, "standing_still": standing_still, "noted": noted,
}  # fmt: skip
