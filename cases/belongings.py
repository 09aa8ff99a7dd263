"""What hangs on one person: matters they handle, drafted or sit on, with the clocks that run on these; programmes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, col

from cases import gathering, rounds
from cases.clock_rows import RUNNING
from cases.deadlines import Deadline
from cases.inspections import Programme
from cases.matters import Matter, OnFile, Seat
from cases.office import Office
from cases.rounds import RoundSeat
from states.rulebook import Machine, StateKind

VOTES = frozenset({"vote", "substitute"})  # parts in the record of a round


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that runs, or stands, on one of the matters."""

    name: str
    status: str
    due_on: str | None


@dataclass(frozen=True, slots=True)
class Belonging:
    """One matter in progress, and as what it hangs on the person: handler, opener, seat, substitute."""

    row: OnFile
    roles: frozenset[str]
    clocks: tuple[Clock, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the number, never the content."""
        return {"number": self.row.number, "machine": self.row.machine, "state": self.row.state,
                "as": sorted(self.roles),
                "clocks": [{"name": one.name, "status": one.status, "due_on": one.due_on}
                           for one in self.clocks]}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Belongings:
    """Everything that hangs on one person."""

    matters: tuple[Belonging, ...]
    programmes: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.matters or self.programmes)


def of(session: Session, office: Office, login: str) -> Belongings:
    """What hangs on this person now, by number. Matters that are over stay as they are: they are history."""
    found: dict[int, set[str]] = {}
    for role, query in _queries(login).items():
        for matter in session.execute(query).scalars():
            found.setdefault(matter, set()).add(role)
    rows = [gathering.load_by_id(session, matter).row for matter in sorted(found)]
    matters = [
        Belonging(row, roles, _clocks(session, row.id))
        for row in rows
        if not over(office, row) and (roles := _passing(row, found[row.id]))
    ]
    return Belongings(tuple(matters), tuple(one.code for one in programmes(session, login)))


def _passing(row: OnFile, roles: set[str]) -> frozenset[str]:
    """What of it passes on: once a round is decided, who voted in it is part of the record that its result comes from."""
    return frozenset(roles - VOTES if rounds.RESULT in row.values else roles)


def _queries(login: str) -> Mapping[str, Any]:
    return {
        "handler": select(col(Matter.id)).where(col(Matter.handler) == login),
        "opener": select(col(Matter.id)).where(col(Matter.opener) == login),
        "seat": select(col(Seat.matter)).where(col(Seat.person) == login),
        "vote": select(col(RoundSeat.matter)).where(col(RoundSeat.person) == login),
        "substitute": select(col(RoundSeat.matter)).where(col(RoundSeat.substitute) == login),
    }


def over(office: Office, row: OnFile) -> bool:
    """Whether nothing happens to a matter any more."""
    return machine_of(office, row).states[row.state].kind is StateKind.FINAL


def machine_of(office: Office, row: OnFile) -> Machine:
    """The rules a matter moves by."""
    return office.rulebook(row.rulebook).machines[row.machine]


def _clocks(session: Session, matter: int) -> tuple[Clock, ...]:
    query = select(col(Deadline.name), col(Deadline.status), col(Deadline.due_on)).where(
        or_(*(col(Deadline.status) == status for status in RUNNING)), col(Deadline.matter) == matter
    )
    return tuple(
        Clock(name, status, due_on.isoformat() if due_on else None)
        for name, status, due_on in session.execute(query.order_by(col(Deadline.id)))
    )


def programmes(session: Session, login: str) -> Sequence[Programme]:
    """The standing inspection programmes that send this person."""
    query = select(Programme).where(col(Programme.active)).order_by(col(Programme.code))
    return [one for one in session.execute(query).scalars() if login in one.inspectors]
