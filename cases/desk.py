"""What somebody finds on their desk: what is theirs, what is due or late, what waits for others, what they still owe.

However much there is, it is read in the same few queries: one that finds what stands in which list
(`cases.desk_lists`), and one each for the rows, clocks, links and seats of everything that is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, CompoundSelect, literal, select, union_all
from sqlmodel import Session, col

from cases import access, checklist_facts, desk_lists, gathering, recusing
from cases.deadlines import Deadline
from cases.history import Event
from cases.matters import Matter, MatterLink, OnFile, Seat
from cases.office import Office
from cases.people import Held, postings_of
from cases.prepared import PreparedForLists
from states.facts import Act, Actor, Facts, Link, Made, Reason
from states.machine import Judge, judge
from states.rulebook import Label, StateKind

MOST = 15  # lines of one list; the work list has them all
OFFERED = 2  # moves of one line

_COLUMNS = tuple(getattr(Matter, part.name) for part in fields(OnFile))


@dataclass(frozen=True, slots=True)
class Line:
    """One matter on a desk: where it stands, its nearest clock, and the moves most likely to come next."""

    number: str
    machine: str
    title: str
    state: Label
    kind: StateKind
    waits_for: Label | None
    handler: str | None
    due_on: date | None
    due_at: datetime | None
    is_round: bool
    awaited: tuple[Reason, ...] = ()  # answers, such as signatures, without which it is not decided
    moves: tuple[tuple[str, Label], ...] = ()
    by_checklist: bool = False  # and it is being gone through now


@dataclass(frozen=True, slots=True)
class Listed:
    """Lines, and whether there are more of them."""

    lines: tuple[Line, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything on it. `pressing` is due today or late; `role` waits for somebody in a role this person holds;
    `put_before` what was copied or delegated to them, or is for them to sign; `waiting` is what they moved last and
    somebody else has to move now."""

    pressing: Listed
    mine: Listed
    role: Listed
    opinions: Listed
    put_before: Listed
    owed: Listed
    waiting: Listed
    recusals: tuple[dict[str, Any], ...]


class _Clock(NamedTuple):
    """Of the clocks that run, the one that runs out first."""

    name: str | None = None
    due_on: date | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class _Looking:
    """Who looks, and when."""

    session: Session
    office: Office
    actor: str
    at: datetime
    postings: Sequence[Held]


def desk(session: Session, office: Office, *, actor: str, at: datetime) -> Desk:
    """The desk of `actor` at the instant `at`."""
    looking = _Looking(session, office, actor, at, postings_of(session, actor))
    first = desk_lists.first(session, office, looking.postings, login=actor, tomorrow=_tomorrow(office, at),
                             most=MOST + 1)  # fmt: skip
    shown = _shown(looking, _rows(session, {key for keys in first.values() for key in keys[:MOST]}))
    found = {
        name: Listed(tuple(shown[key] for key in keys[:MOST]), len(keys) > MOST)
        for name, keys in first.items()
    }
    return Desk(**found, recusals=_recusals(looking))


def _tomorrow(office: Office, at: datetime) -> datetime:
    """The instant at which what is due today becomes late."""
    day = office.day(at) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=office.zone)


def _linked(lists: Mapping[str, Sequence[BindParameter[Any]]]) -> CompoundSelect[Any]:
    end = (col(Matter.machine), col(Matter.state), col(Matter.rulebook))
    down = (
        select(col(MatterLink.parent), col(MatterLink.kind), *end)
        .join(Matter, col(Matter.id) == col(MatterLink.child))
        .where(col(MatterLink.parent).in_(lists["keys"]))
    )
    up = (
        select(col(MatterLink.child), literal("of_").concat(col(MatterLink.kind)), *end)
        .join(Matter, col(Matter.id) == col(MatterLink.parent))
        .where(col(MatterLink.child).in_(lists["keys"]))
    )
    return union_all(down, up)


_LINKED = PreparedForLists(_linked)
_ROWS = PreparedForLists(lambda lists: select(*_COLUMNS).where(col(Matter.id).in_(lists["keys"])))
_CLOCKS = PreparedForLists(
    lambda lists: (
        select(col(Deadline.matter), col(Deadline.name), col(Deadline.due_on), col(Deadline.due_at))
        .where(col(Deadline.matter).in_(lists["keys"]), col(Deadline.status) == "open")
        .order_by(col(Deadline.due_at).desc())
    )
)
_COURSES = PreparedForLists(
    lambda lists: (
        select(col(Event.matter), col(Event.move), col(Event.actor), col(Event.from_state), col(Event.data))
        .where(col(Event.matter).in_(lists["keys"]))
        .order_by(col(Event.matter), col(Event.seq))
    )
)
_SEATS = PreparedForLists(
    lambda lists: select(col(Seat.matter)).where(
        col(Seat.matter).in_(lists["keys"]), col(Seat.person).in_(lists["person"])
    )
)


def _rows(session: Session, keys: set[int]) -> dict[int, OnFile]:
    return {row.id: row for row in (OnFile(*one) for one in _ROWS.rows(session, keys=sorted(keys)))}


def _shown(looking: _Looking, rows: Mapping[int, OnFile]) -> dict[int, Line]:
    clocks, links, seats = _clocks(looking, rows), _links(looking, rows), _seats(looking, rows)
    courses = _courses(looking, rows)
    return {
        key: _line(looking, row, clocks.get(key, _Clock()), links.get(key, ()), courses.get(key, ()),
                   seated=key in seats)
        for key, row in rows.items()
    }  # fmt: skip


def _clocks(looking: _Looking, rows: Mapping[int, OnFile]) -> dict[int, _Clock]:
    return {matter: _Clock(*clock) for matter, *clock in _CLOCKS.rows(looking.session, keys=sorted(rows))}


def _links(looking: _Looking, rows: Mapping[int, OnFile]) -> dict[int, tuple[Link, ...]]:
    """What is linked to each, as guards see it."""
    found: dict[int, list[Link]] = {}
    for here, kind, machine, state, rulebook in _LINKED.rows(looking.session, keys=sorted(rows)):
        book = looking.office.rulebook(rulebook)
        final = book.machines[machine].states[state].kind is StateKind.FINAL
        found.setdefault(here, []).append(Link(kind, machine, state, final))
    return {here: tuple(links) for here, links in found.items()}


def _courses(looking: _Looking, rows: Mapping[int, OnFile]) -> dict[int, list[Made]]:
    """What was done so far, of those matters alone in which somebody was asked for an answer that is waited for."""
    keys = [key for key, row in rows.items() if not _asks(looking, row).isdisjoint(row.acts)]
    found: dict[int, list[Made]] = {}
    for matter, *made in _COURSES.rows(looking.session, keys=sorted(keys)) if keys else ():
        if "." not in made[0]:
            found.setdefault(matter, []).append(Made(*made))
    return found


def _asks(looking: _Looking, row: OnFile) -> frozenset[str]:
    return judge(looking.office.rulebook(row.rulebook), row.machine).asks_by(row.state)


def _seats(looking: _Looking, rows: Mapping[int, OnFile]) -> set[int]:
    return {key for (key,) in _SEATS.rows(looking.session, keys=sorted(rows), person=[looking.actor])}


def _line(
    looking: _Looking, row: OnFile, clock: _Clock, links: Sequence[Link], course: Sequence[Made], *, seated: bool
) -> Line:  # fmt: skip
    book = looking.office.rulebook(row.rulebook)
    machine = book.machines[row.machine]
    state = machine.states[row.state]
    takes_part = access.sees(looking.actor, looking.postings, book, row, seated=seated, recused=False)
    actor = access.actor_towards(looking.actor, looking.postings, row, seated=seated)
    known = _facts(looking, row, replace(actor, reads_only=not takes_part), links, course)
    judging = judge(book, row.machine)
    moves = () if machine.rounds else tuple(_likely(judging, known, clock.name))
    return Line(
        row.number, row.machine, row.title, state.label, state.kind, state.waits_for, row.handler,
        clock.due_on, clock.due_at, is_round=machine.rounds is not None, moves=moves,
        awaited=judging.awaited(known) if takes_part else (),  # who only reads does not learn who else does
        by_checklist=takes_part and checklist_facts.is_gone_through(machine, row),
    )  # fmt: skip


def _facts(
    looking: _Looking, row: OnFile, actor: Actor, links: Sequence[Link], course: Sequence[Made]
) -> Facts:
    acts = {move: Act(who, date.fromisoformat(on)) for move, (who, on) in row.acts.items()}
    machine = looking.office.rulebook(row.rulebook).machines[row.machine]
    return Facts(
        at=looking.at, today=looking.office.day(looking.at), state=row.state, actor=actor, acts=acts, links=links,
        values=row.values | gathering.columns(looking.office, row), course=course,
        owners=frozenset(machine.states[row.state].owner),
    )  # fmt: skip


def _likely(judging: Judge, known: Facts, clock: str | None) -> list[tuple[str, Label]]:
    """The first moves that are open to this person: what is due first, then what leads on, then what stays."""
    may = (name for name in _in_order(judging, known.state, clock) if judging.may(name, known))
    return [(name, judging.machine.moves[name].label) for name in islice(may, OFFERED)]


@lru_cache(maxsize=4096)
def _in_order(judging: Judge, state: str, clock: str | None) -> tuple[str, ...]:
    machine = judging.machine
    there = [name for name in machine.moves_from[state] if not machine.moves[name].engine]
    due = machine.deadlines[clock].stops if clock is not None and clock in machine.deadlines else ()
    first = {name: place for place, name in enumerate(due)}  # a clock names what it mostly waits for first
    there.sort(key=lambda name: (first.get(name, len(first)), machine.moves[name].to in (None, state)))
    return tuple(there)


def _recusals(looking: _Looking) -> tuple[dict[str, Any], ...]:
    """The challenges that wait for this person; nobody else's desk asks for them."""
    book = looking.office.rulebook()
    if not {book.decides_recusals, book.receives}.intersection(held.role for held in looking.postings):
        return ()
    return tuple(recusing.to_decide(looking.session, looking.office, looking.actor))
