"""Matters as they stood at an instant, put together from their histories: whoever asks later comes to the same.

A matter's state, values and handler are what the events up to the instant say, not what its row says now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from cases.deadlines import Deadline, DeadlineEntry
from cases.history import Event
from cases.listing import fields_of
from cases.matters import Matter
from cases.office import Office
from cases.people import Person
from states.hours import due_at
from states.names import near, of_firm, same
from states.rulebook import Rulebook

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Then:
    """A matter as it stood. `moves`: each with its instant, oldest first; the opening is the first."""

    id: int
    number: str
    machine: str
    rulebook: str
    organisation: str
    addressee: str | None
    project: str | None
    state: str
    handler: str | None
    values: Mapping[str, Any]
    moves: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class ClockThen:
    """A clock as it stood: its day, when it was closed and by which move, if it was."""

    matter: int
    due_on: date
    closed_at: datetime | None
    closed_by: str | None


@dataclass(frozen=True)
class Past:
    """The office as of `at`, under the rules of `book`; of its matters, those that `keeper` keeps or is addressed by."""

    session: Session
    office: Office
    book: Rulebook
    at: datetime
    keeper: str
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of bodies, by code

    @cached_property
    def bodies_of_people(self) -> Mapping[str, str]:
        """Which body each person belongs to; as the accounts say now."""
        return dict(self.session.execute(select(Person.login, Person.organisation)).tuples().all())

    def kept(self, machine: str, *, addressed: bool = False) -> tuple[ColumnElement[bool], ...]:
        """The condition on `matter`: of this machine, there at the instant, and of this commission."""
        place = col(Matter.addressee) if addressed else col(Matter.organisation)
        return col(Matter.machine) == machine, place == self.keeper, col(Matter.opened_at) <= self.at

    def matters(self, keys: Collection[int]) -> list[Then]:
        """These matters as they stood, oldest first."""
        found: list[Then] = []
        ordered = sorted(keys)
        for start in range(0, len(ordered), CHUNK):
            some = ordered[start : start + CHUNK]
            rows = self.session.exec(
                select(Matter).where(col(Matter.id).in_(some)).order_by(col(Matter.id))
            ).all()
            events = self._events(some)
            found += [
                self._then(row, events[int(row.id or 0)]) for row in rows if events.get(int(row.id or 0))
            ]
        return found

    def every(self, machine: str) -> list[Then]:
        """All matters of a machine."""
        keys = self.session.exec(select(Matter.id).where(*self.kept(machine))).all()
        return self.matters([int(one or 0) for one in keys])

    def _events(self, keys: Sequence[int]) -> dict[int, list[Event]]:
        query = (
            select(Event)
            .where(col(Event.matter).in_(keys), col(Event.at) <= self.at)
            .order_by(col(Event.matter), col(Event.seq))
        )
        found: dict[int, list[Event]] = {}
        for event in self.session.exec(query):
            found.setdefault(event.matter, []).append(event)
        return found

    def _then(self, row: Matter, events: Sequence[Event]) -> Then:
        values: dict[str, Any] = {}
        handler: str | None = None
        handling = self._handling(row.rulebook, row.machine)
        for event in events:
            values |= event.data
            named = [event.data[name] for name in handling if event.data.get(name) is not None]
            handler = str(named[-1]) if named else handler
        return Then(
            int(row.id or 0), row.number, row.machine, row.rulebook, row.organisation, row.addressee, row.project,
            events[-1].to_state, handler, values, tuple((event.move, event.at) for event in events),
        )  # fmt: skip

    def _handling(self, book: str, machine: str) -> tuple[str, ...]:
        rules = self.office.rulebook(book).machines[machine]
        return tuple(dict.fromkeys(one.name for one in fields_of(rules) if one.sets == "handler"))

    def clocks(
        self, machine: str, name: str, *, first_on: date, last_on: date, addressed: bool
    ) -> list[ClockThen]:
        """The clocks of this name whose day lay in these days as of the instant, by matter. A paused one has no day."""
        touched = (
            select(DeadlineEntry.deadline)
            .join(Deadline, col(Deadline.id) == col(DeadlineEntry.deadline))
            .join(Matter, col(Matter.id) == col(Deadline.matter))
            .where(*self.kept(machine, addressed=addressed), col(Deadline.name) == name)
            .where(col(DeadlineEntry.due_on) >= first_on, col(DeadlineEntry.due_on) <= last_on)
            .where(col(DeadlineEntry.at) <= self.at)
        )
        keys = sorted(set(self.session.exec(touched).all()))
        found: dict[
            tuple[int, date], ClockThen
        ] = {}  # of one that was opened anew for the same day, the newest
        for start in range(0, len(keys), CHUNK):
            for one in self._clocks(keys[start : start + CHUNK], first_on, last_on):
                found[one.matter, one.due_on] = one
        return [found[key] for key in sorted(found)]

    def _clocks(self, keys: Sequence[int], first_on: date, last_on: date) -> Iterable[ClockThen]:
        query = (
            select(Deadline.matter, DeadlineEntry, Event.move)
            .join(Deadline, col(Deadline.id) == col(DeadlineEntry.deadline))
            .join(Event, col(Event.id) == col(DeadlineEntry.event), isouter=True)
            .where(col(DeadlineEntry.deadline).in_(keys), col(DeadlineEntry.at) <= self.at)
            .order_by(col(DeadlineEntry.deadline), col(DeadlineEntry.id))
        )
        by_clock: dict[int, ClockThen | None] = {}
        paused: set[int] = set()
        for matter, entry, move in self.session.exec(query):
            held = by_clock.get(entry.deadline)
            if entry.kind == "closed":
                by_clock[entry.deadline] = held and ClockThen(matter, held.due_on, entry.at, move)
                continue
            paused = (paused | {entry.deadline}) if entry.kind == "paused" else paused
            paused = (paused - {entry.deadline}) if entry.kind == "resumed" else paused
            if entry.due_on is not None:
                by_clock[entry.deadline] = ClockThen(matter, entry.due_on, None, None)
        for key, one in by_clock.items():
            if one is not None and key not in paused and first_on <= one.due_on <= last_on:
                yield one

    def late_from(self, due_on: date) -> datetime:
        """The first instant at which what was due on this day is late."""
        return due_at(due_on, self.office.zone)

    def last_acts(self, machine: str) -> dict[int, tuple[str, datetime]]:
        """By matter: the state it stood in, and its last substantive act."""
        last = (
            select(col(Event.matter).label("matter"), func.max(col(Event.seq)).label("seq"))
            .join(Matter, col(Matter.id) == col(Event.matter))
            .where(*self.kept(machine), col(Event.at) <= self.at)
            .group_by(col(Event.matter))
            .subquery()
        )
        states = select(Event.matter, Event.to_state).join(
            last, (last.c.matter == col(Event.matter)) & (last.c.seq == col(Event.seq))
        )
        rules = self.book.machines[machine]
        acts = [name for name, move in rules.moves.items() if move.substantive]
        since = (
            select(col(Event.matter), func.max(col(Event.at)))
            .join(Matter, col(Matter.id) == col(Event.matter))
            .where(*self.kept(machine), col(Event.at) <= self.at)
            .where((col(Event.seq) == 1) | col(Event.move).in_(acts))
            .group_by(col(Event.matter))
        )
        moved = dict(self.session.execute(since).tuples().all())
        return {matter: (state, moved[matter]) for matter, state in self.session.execute(states).tuples()}

    def belongs(self, one: Then, whose: Sequence[str], body: str) -> bool:
        """Whether a row is this body's: the first of these that is given decides."""
        for how in whose:
            given = list(self._given(one, how))
            if given:
                return any(self._is(how, said, body) for said in given)
        return False

    def _given(self, one: Then, how: str) -> Iterable[Any]:
        if how == "keeper":
            yield one.organisation
        elif how == "addressee":
            yield from [one.addressee] if one.addressee else []
        elif how == "handler":
            yield from [self.bodies_of_people.get(one.handler)] if one.handler else []
        else:
            names = how.partition(".")[2].split("/")
            yield from [one.values[name] for name in names if one.values.get(name)]

    def _is(self, how: str, said: Any, body: str) -> bool:
        if not how.startswith("said."):
            return bool(said == body)
        unit = of_firm(str(said))
        return any(same(unit, name) or near(unit, name) for name in map(of_firm, self.names[body]))
