"""What is on file, as one person may see it: lists, one matter in full, its history. Nothing here changes anything.

Who reported stands in a table of its own that no query here reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, literal, or_, select, union_all
from sqlmodel import Session, col

from cases import access, carriages, gathering, plan_lists, readings, recusals, round_sight, worklist
from cases.deadlines import Deadline
from cases.errors import NoSuchMatter
from cases.history import Event
from cases.inspections import OPENED, SAME_DAY, Programme, Slot
from cases.matters import Matter, MatterLink, OnFile, Seat, Subject
from cases.office import Office
from cases.paging import Place, beyond
from cases.people import postings_of
from cases.prepared import Prepared
from cases.reads import AUDITOR
from cases.round_sight import Sight
from states.rulebook import FormField, Machine

MOST_MISSED = 100
ROUND = ("programme", "slot", "kind")  # what tells one inspection round from another


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list. `due_at` is the first instant at which the nearest of its clocks is late."""

    number: str
    state: str
    version: int
    title: str
    handler: str | None
    due_at: datetime | None
    round_: dict[str, Any]
    place: Place

    def as_dict(self) -> dict[str, Any]:
        """The form of contract.md; an inspection also says which round it is."""
        return {
            "number": self.number,
            "state": self.state,
            "version": self.version,
            "title": self.title,
            "handler": self.handler,
            "due_at": self.due_at.isoformat() if self.due_at else None,
        } | self.round_


@dataclass(frozen=True, slots=True)
class Page:
    """Lines of a list, how many there are in all, and where the list goes on (None: nowhere)."""

    lines: tuple[Listed, ...]
    total: int
    next: Place | None = None


def matters(
    session: Session, office: Office, machine: str, *, actor: str, at: datetime, state: str | None = None,
    mine: bool = False, overdue: bool = False, tab: str | None = None, limit: int = 100, q: str | None = None,
    after: Place | None = None,
) -> Page:  # fmt: skip
    """The matters of a machine that `actor` may see, the most urgent first.

    `mine`: those they handle or sit on, and those they opened that nobody handles yet. `overdue`: those with a clock
    that is late at `at`. `tab`: those under this tab of the worklist. `q`: those with this text in their number
    or title. `after`: what follows this place.
    """
    wanted = [access.visible_to(session, actor, office.rulebook(), machine=machine)]
    if state is not None:
        wanted.append(col(Matter.state) == state)
    if mine:
        wanted.append(access.handled_by(actor))
    if overdue:
        wanted.append(col(Matter.due_at) <= at)
    if tab is not None:
        wanted.append(worklist.tab(worklist.Looker.of(session, office, actor), machine, tab, at=at))
    if q is not None:
        wanted.append(
            or_(col(Matter.number).icontains(q, autoescape=True), col(Matter.title).icontains(q, autoescape=True))
        )  # fmt: skip
    total = session.execute(select(func.count()).select_from(Matter).where(*wanted)).scalar_one()
    lines = tuple(_lines(session, machine, wanted, limit + 1, after))
    return Page(lines[:limit], int(total), lines[limit - 1].place if len(lines) > limit else None)


def _lines(
    session: Session, machine: str, wanted: Iterable[ColumnElement[bool]], limit: int, after: Place | None
) -> Iterable[Listed]:
    due = col(Matter.due_at)
    query = (
        select(col(Matter.number), col(Matter.state), col(Matter.version), col(Matter.title), col(Matter.handler),
               due, col(Matter.values), col(Matter.id))
        .where(*wanted)
        .order_by(due.asc().nulls_last(), col(Matter.id))
        .limit(limit)
    )  # fmt: skip
    if after is not None:
        query = query.where(beyond(after, due, col(Matter.id)))
    rounds = ROUND if machine == "inspection" else ()
    for row in session.execute(query):
        yield Listed(row.number, row.state, row.version, row.title, row.handler, row.due_at,
                     {name: row.values.get(name) for name in rounds}, Place(row.due_at, row.id))  # fmt: skip


_OF_MACHINE = Prepared(
    select(col(Matter.id)).where(
        col(Matter.number) == bindparam("number"), col(Matter.machine) == bindparam("machine")
    )
)


def check_machine(session: Session, number: str, machine: str) -> None:
    """Raises NoSuchMatter where `number` is not a matter of this machine: a clue is not asked for as a task."""
    if _OF_MACHINE.row(session, {"number": number, "machine": machine}) is None:
        raise NoSuchMatter(number)


def shown(session: Session, office: Office, number: str, *, actor: str) -> dict[str, Any]:
    """One matter in full, as `actor` may see it. Raises NoSuchMatter."""
    loaded = gathering.load(session, office, number, login=actor, for_change=False)
    row, reads_only = loaded.row, loaded.actor.reads_only
    rules = office.rulebook(row.rulebook).machines[row.machine]
    state, sight = rules.states[row.state], round_sight.sight(session, office, row, actor=actor)
    return {
        "number": row.number, "machine": row.machine, "state": row.state, "version": row.version, "title": row.title,
        "state_label": {"zh": state.label.zh, "en": state.label.en}, "kind": state.kind.value,
        "waits_for": state.waits_for.model_dump() if state.waits_for else None, "owner": list(state.owner),
        "organisation": row.organisation, "addressee": row.addressee, "project": row.project, "opener": row.opener,
        "handler": row.handler, "received_on": row.received_on.isoformat() if row.received_on else None,
        "opened_at": row.opened_at.isoformat(), "moved_at": row.moved_at.isoformat(), "moved_by": row.moved_by,
        "rulebook": row.rulebook, "values": _open_values(rules, row, sight), "subjects": _subjects(session, row.id),
        "seats": _seats(session, row.id),
        "readers": [] if reads_only or not rules.puts_before else readings.listed(session, rules, row.id),
        "deadlines": _deadlines(session, rules, row.id),
        "links": _links(session, office, row.id, actor=actor),
        "carriages": carriages.of_matter(session, row.number) if rules.exchange is not None else [],
    }  # fmt: skip


def _open_values(rules: Machine, row: OnFile, sight: Sight) -> dict[str, Any]:
    """What forms left, as far as it is in sight. A private field is never kept there; this is the second lock."""
    private = {field.name for field in fields_of(rules) if field.private or field.vaulted}
    return {name: value for name, value in sight.values(row.values).items() if name not in private}


def fields_of(rules: Machine) -> Iterable[FormField]:
    """Every field of every form of a machine, and what is worked out from them."""
    yield from rules.register_
    yield from rules.worked_out
    for move in rules.moves.values():
        yield from move.fields


_MATTER: Any = bindparam("matter")
_SUBJECTS = Prepared(
    select(col(Subject.name), col(Subject.unit), col(Subject.post), col(Subject.managed_by))
    .where(col(Subject.matter) == _MATTER)
    .order_by(col(Subject.id))
)
_SEATS = Prepared(select(col(Seat.person)).where(col(Seat.matter) == _MATTER))
_DEADLINES = Prepared(
    select(col(Deadline.id), col(Deadline.name), col(Deadline.status), col(Deadline.due_on),
           col(Deadline.provisional), col(Deadline.closed_at))
    .where(col(Deadline.matter) == _MATTER)
    .order_by(col(Deadline.id))
)  # fmt: skip


def _subjects(session: Session, matter: int) -> list[dict[str, Any]]:
    found = _SUBJECTS.rows(session, {"matter": matter})
    return [
        {"name": name, "unit": unit, "post": post, "managed_by": body} for name, unit, post, body in found
    ]


def _seats(session: Session, matter: int) -> list[str]:
    return sorted(person for (person,) in _SEATS.rows(session, {"matter": matter}))


def _deadlines(session: Session, rules: Machine, matter: int) -> list[dict[str, Any]]:
    return [
        {
            "id": key, "deadline": name, "status": status,
            "label": rules.deadlines[name].label.model_dump() if name in rules.deadlines else None,
            "due_on": due_on.isoformat() if due_on else None, "provisional": provisional,
            "closed_at": closed_at.isoformat() if closed_at else None,
        }
        for key, name, status, due_on, provisional, closed_at in _DEADLINES.rows(session, {"matter": matter})
    ]  # fmt: skip


_LINKED = Prepared(
    union_all(
        select(col(MatterLink.id), literal("").label("up"), col(MatterLink.kind), col(MatterLink.child))
        .where(col(MatterLink.parent) == bindparam("matter")),
        select(col(MatterLink.id), literal("of_").label("up"), col(MatterLink.kind), col(MatterLink.parent))
        .where(col(MatterLink.child) == bindparam("matter")),
    )
)  # fmt: skip


def _links(session: Session, office: Office, matter: int, *, actor: str) -> list[dict[str, Any]]:
    """The linked matters, by number where this person may see them; the others do not exist for them."""
    linked = sorted(_LINKED.rows(session, {"matter": matter}), key=lambda one: (one[1], one[0]))
    if not linked:
        return []
    far = (col(Matter.id), col(Matter.number), col(Matter.machine), col(Matter.state))
    seen = access.visible_to(session, actor, office.rulebook())
    ends = {key for *_, key in linked}
    found = {row.id: row for row in session.execute(select(*far).where(col(Matter.id).in_(ends), seen))}
    return [
        {"link": up + kind, "number": found[key].number, "machine": found[key].machine, "state": found[key].state}
        for _, up, kind, key in linked if key in found
    ]  # fmt: skip


_OF_CHALLENGES = (recusals.ASKED_FOR, recusals.NOT_GRANTED)
_EVENTS = Prepared(
    select(col(Event.id), col(Event.seq), col(Event.at), col(Event.actor), col(Event.move), col(Event.from_state),
           col(Event.to_state), col(Event.version), col(Event.data), col(Event.hash))
    .where(col(Event.matter) == _MATTER)
    .order_by(col(Event.seq))
)  # fmt: skip


def history(session: Session, office: Office, number: str, *, actor: str) -> Sequence[dict[str, Any]]:
    """Every event of a matter in order. What one says of an item out of sight is left out, and that a recusal was asked
    for is for whoever asked and for the auditor. Raises NoSuchMatter."""
    row = gathering.load(session, office, number, login=actor, for_change=False).row
    rules = office.rulebook(row.rulebook).machines[row.machine]
    sight = round_sight.sight(session, office, row, actor=actor)
    audits = any(held.role == AUDITOR for held in postings_of(session, actor))
    return [
        {
            "id": key, "seq": seq, "at": when.isoformat(), "actor": who, "move": move, "label": _label(rules, move),
            "from": left, "to": entered, "version": version, "data": sight.event(data), "hash": digest,
        }
        for key, seq, when, who, move, left, entered, version, data, digest
        in _EVENTS.rows(session, {"matter": row.id})
        if audits or who == actor or move not in _OF_CHALLENGES
    ]  # fmt: skip


def missed_rounds(session: Session, office: Office, *, actor: str) -> list[dict[str, Any]]:
    """The slots of inspection programmes that nobody opened on their day and that have no round of their own, of the
    programmes `actor` sees (`plan_lists`); newest first. One that came to the same working day as another is not
    among them."""
    query = (
        select(col(Slot.programme), col(Slot.slot), col(Slot.reason), col(Slot.outcome))
        .join(Programme, col(Programme.code) == col(Slot.programme))
        .where(
            col(Slot.outcome) != OPENED,
            col(Slot.why) != SAME_DAY,
            plan_lists.of_programmes(session, office, actor),
        )
        .order_by(col(Slot.slot).desc())
        .limit(MOST_MISSED)
    )
    return [
        {
            "programme": row.programme,
            "slot": row.slot.isoformat(),
            "reason": row.reason,
            "outcome": row.outcome,
        }
        for row in session.execute(query)
    ]


def _label(rules: Machine, move: str) -> dict[str, str] | None:
    """What people call a move, or a rung that fired ("clock.DEADLINE.RUNG")."""
    if move in rules.moves:
        return rules.moves[move].label.model_dump()
    clock, _, rest = move.partition(".")
    name, _, rung = rest.partition(".")
    if clock == "clock" and name in rules.deadlines:
        for one in rules.deadlines[name].ladder:
            if one.name == rung:
                return one.label.model_dump()
    return None
