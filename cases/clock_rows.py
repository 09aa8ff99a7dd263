"""The clocks of matters as rows of the database: what the gate reads of them, and how it changes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, literal, select, update
from sqlmodel import Session, col

from cases import gathering
from cases.deadlines import Deadline, DeadlineEntry
from cases.office import Office
from cases.prepared import Prepared
from states.facts import Link

RUNNING = ("open", "paused")

Entry = tuple[str, date, str | None, str, str]  # kind, on, period, by, reason


class Clock(NamedTuple):
    """A clock that runs or stands, as far as a move needs to know it."""

    id: int
    name: str
    status: str
    started_on: date
    budget: str
    due_at: datetime | None
    rungs_fired: int


_OPENED = ("matter", "name", "status", "started_on", "budget", "due_on", "due_at", "provisional", "calendar_version",
           "rungs_fired", "next_at", "opened_at", "closed_at")  # fmt: skip
_LINE = ("deadline", "kind", "on", "at", "by", "reason", "period", "due_on", "event")
_OPEN = Prepared(
    select(*(getattr(Deadline, name) for name in Clock._fields))
    .where(col(Deadline.matter) == bindparam("of"), col(Deadline.status).in_([literal(one) for one in RUNNING]))
)  # fmt: skip
_INSERT = Prepared(
    insert(Deadline).values({name: bindparam(name) for name in _OPENED}).returning(col(Deadline.id))
)
_ENTRY = Prepared(insert(DeadlineEntry).values({name: bindparam(name) for name in _LINE}))
_CLOSE = Prepared(
    update(Deadline)
    .where(col(Deadline.id) == bindparam("deadline"))
    .values(status=bindparam("new_status"), closed_at=bindparam("at"), next_at=None)
)


@cache
def _changing(names: tuple[str, ...]) -> Prepared:
    """The update of these columns of a clock."""
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    return Prepared(update(Deadline).where(col(Deadline.id) == bindparam("deadline")).values(values))


@dataclass(frozen=True, slots=True)
class Filed:
    """Clocks on file, read and written in the transaction of this session."""

    session: Session
    office: Office

    def running(self, matter: int) -> Mapping[str, Clock]:
        """The clocks of a matter that run or are paused, by name."""
        return {row[1]: Clock(*row) for row in _OPEN.rows(self.session, {"of": matter})}

    def put(self, row: Mapping[str, Any]) -> Clock:
        """A new clock on file."""
        made = _INSERT.rows(self.session, row)[0][0]
        return Clock(made, *(row[name] for name in Clock._fields[1:]))

    def change(self, clock: Clock, changes: Mapping[str, Any]) -> None:
        """Set these columns of a clock."""
        _changing(tuple(changes)).change(self.session, {"deadline": clock.id, **changes})

    def close(self, clock: Clock, *, status: str, at: datetime) -> None:
        """Nothing of it fires any more."""
        _CLOSE.change(self.session, {"deadline": clock.id, "new_status": status, "at": at})

    def enter(self, clock: Clock, line: Mapping[str, Any]) -> None:
        """A line in the ledger of a clock."""
        _ENTRY.change(self.session, {**line, "deadline": clock.id})

    def entries(self, clock: Clock) -> list[Entry]:
        """The lines in the ledger of a clock, oldest first."""
        return entries(self.session, clock.id)

    def links(self, matter: int) -> tuple[Link, ...]:
        """What is linked to the matter."""
        return gathering.links(self.session, self.office, matter)


def entries(session: Session, deadline: int) -> list[Entry]:
    """The lines in the ledger of the clock with this id, oldest first."""
    query = (
        select(*(getattr(DeadlineEntry, name) for name in ("kind", "on", "period", "by", "reason")))
        .where(col(DeadlineEntry.deadline) == deadline)
        .order_by(col(DeadlineEntry.id))
    )
    return [(row.kind, row.on, row.period, row.by, row.reason) for row in session.execute(query)]
