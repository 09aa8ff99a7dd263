"""What somebody finds on their desk: what is theirs, what is due or late, what waits for others, what they still owe.

However much there is, it is read in the same few queries: one for each list, and one each for the clocks, links and seats
of everything that is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    distinct,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)
from sqlmodel import Session, col

from cases import access, gathering, recusing
from cases.deadlines import Deadline
from cases.matters import Matter, MatterLink, OnFile, Seat
from cases.office import Office
from cases.people import Posting, postings_of
from cases.round_items import RoundItem
from cases.rounds import GivenOpinion, RoundSeat
from states.facts import Act, Actor, Facts, Link, Refused
from states.machine import judge
from states.rulebook import Label, Machine, State, StateKind

MOST = 15  # lines of one list; the work list has them all
OFFERED = 2  # moves of one line

_COLUMNS = tuple(getattr(Matter, part.name) for part in fields(OnFile))
Where = ColumnElement[bool]


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
    moves: tuple[tuple[str, Label], ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """Lines, and whether there are more of them."""

    lines: tuple[Line, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything on it. `pressing` is due today or late; `role` waits for somebody in a role this person holds;
    `waiting` is what they moved last and somebody else has to move now."""

    pressing: Listed
    mine: Listed
    role: Listed
    opinions: Listed
    owed: Listed
    waiting: Listed
    recusals: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class _Looking:
    """Who looks, when, and the conditions that the lists share."""

    session: Session
    office: Office
    actor: str
    at: datetime
    postings: Sequence[Posting]
    seen: Where = field(init=False)
    over: Where = field(init=False)
    owed: Where = field(init=False)

    def __post_init__(self) -> None:
        seen = access.visible(self.actor, self.postings, self.office.rulebook())
        for name, value in (("seen", seen), ("over", self.standing(_is_final)), ("owed", self._owed())):
            object.__setattr__(self, name, value)

    def standing(self, wanted: Any) -> Where:
        """The condition for a matter that stands in a state which `wanted` takes."""
        found = [
            and_(col(Matter.rulebook) == key, col(Matter.machine) == name, col(Matter.state).in_(states))
            for key, book in self.office.rulebooks.items() for name, machine in book.machines.items()
            if (states := [state for state, rule in machine.states.items() if wanted(rule)])
        ]  # fmt: skip
        return or_(*found) if found else false()

    def _owed(self) -> Where:
        """Reports that a rule opened and nobody has taken up."""
        found = [
            and_(col(Matter.rulebook) == key, col(Matter.machine) == opens.machine, col(Matter.state) == lies)
            for key, book in self.office.rulebooks.items() for machine in book.machines.values()
            for duty in machine.mandatory.values() if (opens := duty.opens) is not None and opens.by is not None
            if (lies := book.machines[opens.machine].moves[opens.by].to) is not None
        ]  # fmt: skip
        return or_(*found) if found else false()

    def in_role(self) -> Where:
        """Matters that one of the roles this person holds has to move, in the bodies they hold it in."""
        found = []
        for held in self.postings:
            here = or_(
                col(Matter.organisation) == held.organisation, col(Matter.addressee) == held.organisation
            )
            project = [] if held.project is None else [col(Matter.project) == held.project]
            found.append(and_(here, *project, self.standing(lambda rule, role=held.role: role in rule.owner)))
        return or_(*found) if found else false()

    def wants_opinion(self) -> Where:
        """Rounds that this person sits in, where opinions are given and they have not spoken on every item."""
        giving = [
            and_(col(Matter.rulebook) == key, col(Matter.machine) == name,
                 col(Matter.state).in_(machine.moves[machine.rounds.given_by].from_))
            for key, book in self.office.rulebooks.items() for name, machine in book.machines.items()
            if machine.rounds is not None
        ]  # fmt: skip
        this = col(Matter.id)
        seat = select(1).where(col(RoundSeat.matter) == this, col(RoundSeat.person) == self.actor)
        stands_in = select(1).where(col(RoundSeat.matter) == this, col(RoundSeat.substitute) == self.actor)
        seated = exists(select(1).where(col(Seat.matter) == this, col(Seat.person) == self.actor))
        given = select(func.count(distinct(col(GivenOpinion.item)))).where(
            col(GivenOpinion.matter) == this, col(GivenOpinion.person) == self.actor
        )
        further = select(func.count()).select_from(RoundItem).where(col(RoundItem.matter) == this)
        return and_(
            or_(*giving) if giving else false(), or_(exists(seat), and_(exists(stands_in), seated)),
            given.scalar_subquery() < 1 + further.scalar_subquery(),
        )  # fmt: skip


def desk(session: Session, office: Office, *, actor: str, at: datetime) -> Desk:
    """The desk of `actor` at the instant `at`."""
    looking = _Looking(session, office, actor, at, postings_of(session, actor))
    waits = and_(looking.standing(_waits), col(Matter.moved_by) == actor)
    mine, in_role = access.handled_by(actor), looking.in_role()
    open_, speak = not_(looking.over), looking.wants_opinion()
    lists = {
        "pressing": (open_, _due_by(_tomorrow(office, at))),
        "mine": (open_, mine, not_(waits), not_(speak), not_(looking.owed)),
        "role": (open_, in_role, _is_not(mine), not_(waits), not_(looking.owed)),
        "opinions": (open_, speak),
        "owed": (looking.owed,),
        "waiting": (open_, waits),
    }
    rows = {name: _rows(looking, wanted) for name, wanted in lists.items()}
    shown = _shown(looking, {row.id: row for found in rows.values() for row in found[:MOST]})
    found = {
        name: Listed(tuple(shown[row.id] for row in found[:MOST]), len(found) > MOST)
        for name, found in rows.items()
    }
    return Desk(**found, recusals=_recusals(looking))


def _is_not(condition: Where) -> Where:
    """Not so, where nobody handles it either: SQL would not know."""
    return not_(func.coalesce(condition, false()))


def _is_final(rule: State) -> bool:
    return rule.kind is StateKind.FINAL


def _waits(rule: State) -> bool:
    return rule.kind is StateKind.WAITING


def _tomorrow(office: Office, at: datetime) -> datetime:
    """The instant at which what is due today becomes late."""
    day = office.day(at) + timedelta(days=1)
    return datetime(day.year, day.month, day.day, tzinfo=office.zone)


def _due_by(instant: datetime) -> Where:
    late = select(1).where(col(Deadline.matter) == col(Matter.id), col(Deadline.status) == "open",
                           col(Deadline.due_at) <= instant)  # fmt: skip
    return exists(late)


def _rows(looking: _Looking, wanted: Sequence[Where]) -> list[OnFile]:
    due = (
        select(func.min(Deadline.due_at))
        .where(col(Deadline.matter) == col(Matter.id), col(Deadline.status) == "open")
        .correlate(Matter)
        .scalar_subquery()
    )
    query = (
        select(*_COLUMNS)
        .where(looking.seen, *wanted)
        .order_by(due.is_(None), due, col(Matter.id).desc())
        .limit(MOST + 1)
    )
    return [OnFile(*row) for row in looking.session.execute(query)]


def _shown(looking: _Looking, rows: Mapping[int, OnFile]) -> dict[int, Line]:
    clocks, links, seats = _clocks(looking, rows), _links(looking, rows), _seats(looking, rows)
    return {
        key: _line(looking, row, clocks.get(key, (None, None)), links.get(key, ()), seated=key in seats)
        for key, row in rows.items()
    }


def _clocks(looking: _Looking, rows: Mapping[int, OnFile]) -> dict[int, tuple[date | None, datetime | None]]:
    """Of each matter the clock that runs out first."""
    query = (
        select(col(Deadline.matter), col(Deadline.due_on), col(Deadline.due_at))
        .where(col(Deadline.matter).in_(rows), col(Deadline.status) == "open")
        .order_by(col(Deadline.due_at).desc())
    )
    return {matter: (on, at) for matter, on, at in looking.session.execute(query).tuples()}


def _links(looking: _Looking, rows: Mapping[int, OnFile]) -> dict[int, tuple[Link, ...]]:
    """What is linked to each, as guards see it."""
    found: dict[int, list[Link]] = {}
    for here, kind, machine, state, rulebook in looking.session.execute(_linked(rows)):
        book = looking.office.rulebook(rulebook)
        final = book.machines[machine].states[state].kind is StateKind.FINAL
        found.setdefault(here, []).append(Link(kind, machine, state, final))
    return {here: tuple(links) for here, links in found.items()}


def _linked(rows: Mapping[int, OnFile]) -> Any:
    end = (col(Matter.machine), col(Matter.state), col(Matter.rulebook))
    down = (
        select(col(MatterLink.parent), col(MatterLink.kind), *end)
        .join(Matter, col(Matter.id) == col(MatterLink.child))
        .where(col(MatterLink.parent).in_(rows))
    )
    up = (
        select(col(MatterLink.child), literal("of_").concat(col(MatterLink.kind)), *end)
        .join(Matter, col(Matter.id) == col(MatterLink.parent))
        .where(col(MatterLink.child).in_(rows))
    )
    return union_all(down, up)


def _seats(looking: _Looking, rows: Mapping[int, OnFile]) -> set[int]:
    query = select(col(Seat.matter)).where(col(Seat.matter).in_(rows), col(Seat.person) == looking.actor)
    return set(looking.session.execute(query).scalars())


def _line(
    looking: _Looking, row: OnFile, clock: tuple[date | None, datetime | None], links: Sequence[Link], *, seated: bool
) -> Line:  # fmt: skip
    machine = looking.office.rulebook(row.rulebook).machines[row.machine]
    state = machine.states[row.state]
    actor = access.actor_towards(looking.actor, looking.postings, row, seated=seated)
    book = looking.office.rulebook(row.rulebook)
    takes_part = access.sees(looking.actor, looking.postings, book, row, seated=seated, recused=False)
    moves = () if machine.rounds or not takes_part else tuple(_likely(looking, row, machine, actor, links))
    return Line(
        row.number, row.machine, row.title, state.label, state.kind, state.waits_for, row.handler, *clock,
        is_round=machine.rounds is not None, moves=moves[:OFFERED],
    )  # fmt: skip


def _likely(
    looking: _Looking, row: OnFile, machine: Machine, actor: Actor, links: Sequence[Link]
) -> Iterator[tuple[str, Label]]:
    """The first moves that are open to this person: those that lead on before those that stay."""
    acts = {move: Act(who, date.fromisoformat(on)) for move, (who, on) in row.acts.items()}
    known = Facts(
        at=looking.at, today=looking.office.day(looking.at), state=row.state, actor=actor, acts=acts, links=links,
        values=row.values | gathering.columns(looking.office, row), owners=frozenset(machine.states[row.state].owner),
    )  # fmt: skip
    judging = judge(looking.office.rulebook(row.rulebook), row.machine)
    there = [name for name in machine.moves_from[row.state] if not machine.moves[name].engine]
    left = OFFERED
    for name in sorted(there, key=lambda name: machine.moves[name].to in (None, row.state)):
        if not left:
            return
        try:
            judging.fire(name, known)
        except Refused:
            continue
        left -= 1
        yield name, machine.moves[name].label


def _recusals(looking: _Looking) -> tuple[dict[str, Any], ...]:
    """The challenges that wait for this person; nobody else's desk asks for them."""
    book = looking.office.rulebook()
    if not {book.decides_recusals, book.receives}.intersection(held.role for held in looking.postings):
        return ()
    return tuple(recusing.to_decide(looking.session, looking.office, looking.actor))
