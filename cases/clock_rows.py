"""The clocks of matters as rows of the database: what the gate reads of them, and how it changes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session, col

from cases import gathering
from cases.deadlines import Deadline, DeadlineEntry
from cases.office import Office
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


_OPEN = select(
    *(getattr(Deadline, name) for name in Clock._fields)
).where(col(Deadline.matter) == bindparam("of"), col(Deadline.status).in_(RUNNING))  # fmt: skip
_INSERT = insert(Deadline)
_ENTRY = insert(DeadlineEntry)
_CLOSE = (
    update(Deadline)
    .where(col(Deadline.id) == bindparam("deadline"))
    .values(status=bindparam("new_status"), closed_at=bindparam("at"), next_at=None)
    .execution_options(synchronize_session=False)
)


@dataclass(frozen=True, slots=True)
class Filed:
    """Clocks on file, read and written in the transaction of this session."""

    session: Session
    office: Office

    def running(self, matter: int) -> Mapping[str, Clock]:
        """The clocks of a matter that run or are paused, by name."""
        return {row.name: Clock(*row) for row in self.session.connection().execute(_OPEN, {"of": matter})}

    def put(self, row: Mapping[str, Any]) -> Clock:
        """A new clock on file."""
        made = self.session.connection().execute(_INSERT, row).inserted_primary_key
        return Clock(made[0] if made else 0, *(row[name] for name in Clock._fields[1:]))

    def change(self, clock: Clock, changes: Mapping[str, Any]) -> None:
        """Set these columns of a clock."""
        self.session.execute(update(Deadline).where(col(Deadline.id) == clock.id).values(**changes))

    def close(self, clock: Clock, *, status: str, at: datetime) -> None:
        """Nothing of it fires any more."""
        self.session.connection().execute(_CLOSE, {"deadline": clock.id, "new_status": status, "at": at})

    def enter(self, clock: Clock, line: Mapping[str, Any]) -> None:
        """A line in the ledger of a clock."""
        self.session.connection().execute(_ENTRY, {**line, "deadline": clock.id})

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
