"""What somebody's desk holds of a kind of matter, line by line: what went up and came down, tasks, rounds, inspections.

Each line says where the matter stands, since when it travels and how that went, which clock is nearest, and which moves
this person's roles make from here. Whether a move may be made now, its form says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlmodel import Session, col

from cases import access
from cases.carriages import Carriage
from cases.deadlines import Deadline
from cases.errors import NoSuchMatter
from cases.matters import Matter
from cases.office import Office
from cases.people import Held, postings_of
from states.rulebook import Label, Machine, Rulebook, StateKind


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a matter on its way, by whom and on which day."""

    label: Label
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Line:
    """One matter. `late_by` counts local days from the nearest due date: 0 on the day itself, below 0 before it."""

    number: str
    machine: str
    title: str
    label: Label
    kind: StateKind
    waits_for: Label | None
    organisation: str
    addressee: str | None
    handler: str | None
    project: str | None
    sent_at: datetime | None
    owed: bool
    steps: tuple[Step, ...]
    clock: Label | None
    due_on: date | None
    late_by: int | None
    moves: tuple[tuple[str, Label], ...]
    carriages: tuple[Carriage, ...]

    @property
    def final(self) -> bool:
        """Whether nothing runs any more."""
        return self.kind is StateKind.FINAL

    @property
    def late(self) -> bool:
        """Whether its nearest date has passed."""
        return self.late_by is not None and self.late_by > 0


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines, how many there are in all, and which page of how many this is, from 1."""

    lines: tuple[Line, ...]
    total: int
    page: int
    pages: int


PAGE = 50


def outbox(session: Session, office: Office, *, actor: str, at: datetime, page: int = 1) -> Lines:
    """What this person's bodies send to others: owed first, then what has the nearest date."""
    bodies = _bodies(postings_of(session, actor))
    ours = and_(
        col(Matter.organisation).in_(bodies),
        or_(col(Matter.addressee).is_(None), col(Matter.addressee) != col(Matter.organisation)),
    )
    return of(session, office, travelling(office.rulebook()), actor=actor, at=at, page=page, where=ours)


def inbox(session: Session, office: Office, *, actor: str, at: datetime, page: int = 1) -> Lines:
    """What was sent to this person's bodies."""
    bodies = _bodies(postings_of(session, actor))
    theirs = and_(col(Matter.addressee).in_(bodies), col(Matter.sent_at).is_not(None))
    arrived = and_(
        col(Matter.addressee).in_(bodies), col(Matter.addressee) == col(Matter.organisation)
    )  # by a file
    return of(session, office, travelling(office.rulebook()), actor=actor, at=at, page=page,
              where=or_(theirs, arrived))  # fmt: skip


def travelling(book: Rulebook) -> tuple[str, ...]:
    """The machines whose matters go from one body to another."""
    return tuple(name for name, machine in book.machines.items() if machine.exchange is not None)


def of(
    session: Session, office: Office, machines: Sequence[str], *, actor: str, at: datetime, page: int = 1,
    where: ColumnElement[bool] | None = None,
) -> Lines:  # fmt: skip
    """The matters of these machines that `actor` may see; a page of them."""
    book = office.rulebook()
    wanted = [access.visible_to(session, actor, book), col(Matter.machine).in_(machines)]
    wanted += [where] if where is not None else []
    total = session.execute(select(func.count()).select_from(Matter).where(*wanted)).scalar_one()
    pages = max(1, -(-int(total) // PAGE))
    page = min(max(page, 1), pages)
    found = list(session.execute(_query(book, machines, wanted, page)).scalars())
    keys = [one.id or 0 for one in found]
    clocks, carried = _clocks(session, keys), _carried(session, keys)
    held = postings_of(session, actor)
    lines = tuple(
        _line(
            office,
            one,
            held,
            clocks.get(one.id or 0),
            tuple(carried.get(one.id or 0, ())),
            actor=actor,
            at=at,
        )
        for one in found
    )
    return Lines(lines, int(total), page, pages)


def one(session: Session, office: Office, number: str, *, actor: str, at: datetime) -> Line:
    """The line of one matter. Raises NoSuchMatter."""
    visible = access.visible_to(session, actor, office.rulebook())
    found = session.execute(select(Matter).where(col(Matter.number) == number, visible)).scalars().first()
    if found is None:
        raise NoSuchMatter(number)
    key = found.id or 0
    clock, carried = _clocks(session, [key]).get(key), tuple(_carried(session, [key]).get(key, ()))
    return _line(office, found, postings_of(session, actor), clock, carried, actor=actor, at=at)


def _query(book: Rulebook, machines: Sequence[str], wanted: Sequence[ColumnElement[bool]], page: int) -> Any:
    due = (
        select(func.min(Deadline.due_at))
        .where(col(Deadline.matter) == col(Matter.id), col(Deadline.status) == "open")
        .correlate(Matter)
        .scalar_subquery()
    )
    owed = or_(false(), *(_in(name, owed_in(book, name)) for name in machines))
    return (
        select(Matter)
        .where(*wanted)
        .order_by(case((owed, 0), else_=1), due.is_(None), due, col(Matter.id).desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )


def _in(machine: str, states: frozenset[str]) -> ColumnElement[bool]:
    return and_(col(Matter.machine) == machine, col(Matter.state).in_(states))


def owed_in(book: Rulebook, machine: str) -> frozenset[str]:
    """The states in which a matter lies that a rule demanded and nobody has taken up."""
    opened = (one for each in book.machines.values() for one in each.openings)
    states = (book.machines[machine].moves[one.by].to for one in opened if one.machine == machine and one.by)
    return frozenset(state for state in states if state is not None)


def _clocks(session: Session, matters: Sequence[int]) -> dict[int, Deadline]:
    """The nearest running clock of each."""
    query = (
        select(Deadline)
        .where(col(Deadline.matter).in_(matters), col(Deadline.status) == "open")
        .order_by(col(Deadline.due_at).desc())
    )
    return {one.matter: one for one in session.execute(query).scalars()}


def _carried(session: Session, matters: Sequence[int]) -> dict[int, list[Carriage]]:
    found: dict[int, list[Carriage]] = {}
    query = select(Carriage).where(col(Carriage.matter).in_(matters)).order_by(col(Carriage.way))
    for one in session.execute(query).scalars():
        found.setdefault(one.matter, []).append(one)
    return found


def _line(
    office: Office, one: Matter, held: Sequence[Held], clock: Deadline | None, carried: tuple[Carriage, ...], *,
    actor: str, at: datetime,
) -> Line:  # fmt: skip
    book = office.rulebook(one.rulebook)
    machine = book.machines[one.machine]
    state = machine.states[one.state]
    rule = machine.deadlines.get(clock.name) if clock is not None else None
    due = clock.due_on if clock is not None else None
    return Line(
        one.number, one.machine, one.title, state.label, state.kind, state.waits_for, one.organisation, one.addressee,
        one.handler, one.project, one.sent_at, one.state in owed_in(book, one.machine),
        tuple(_steps(machine, one.acts)), rule.label if rule is not None else None, due,
        (office.day(at) - due).days if due is not None else None,
        tuple(_moves(machine, one, held, actor)), carried,
    )  # fmt: skip


def _steps(machine: Machine, acts: Mapping[str, Sequence[str]]) -> Iterator[Step]:
    """How far it came on its way: sent, delivered, signed for, answered; by the day."""
    if machine.exchange is None:
        return
    sends = [name for name, move in machine.moves.items() if move.sends and not move.engine]
    for name in dict.fromkeys((*sends, machine.exchange.delivered, *machine.exchange.replies)):
        if name in acts:
            yield Step(machine.moves[name].label, acts[name][0], date.fromisoformat(acts[name][1]))


def _moves(machine: Machine, one: Matter, held: Sequence[Held], actor: str) -> Iterator[tuple[str, Label]]:
    """The moves from here that some role of this person's makes."""
    bodies = (one.organisation, one.addressee)
    roles = {
        each.role
        for each in held
        if one.handler == actor or (each.organisation in bodies and each.project in (None, one.project))
    }
    for name in machine.moves_from.get(one.state, ()):
        if not machine.moves[name].engine and not roles.isdisjoint(machine.moves[name].roles):
            yield name, machine.moves[name].label


def _bodies(held: Sequence[Held]) -> set[str]:
    return {one.organisation for one in held}
