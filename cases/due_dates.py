"""Deadlines as people ask about them: which are open, and how a date came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from cases import access, clocks, gathering
from cases.deadlines import Deadline, DeadlineEntry
from cases.errors import NoSuchMatter
from cases.matters import Matter
from cases.office import Office
from cases.paging import Place, beyond
from states import walks
from states.periods import Period, Unit
from states.rulebook import Deadline as DeadlineRule


class NoSuchDeadline(Exception):
    """There is no deadline of this id that you may see: `deadlines list` gives the ids."""


@dataclass(frozen=True, slots=True)
class OpenDeadlines:
    """Open and paused clocks, the nearest first, how many there are in all, and where the list goes on."""

    lines: tuple[dict[str, Any], ...]
    total: int
    next: Place | None = None


def open_deadlines(
    session: Session,
    office: Office,
    *,
    actor: str,
    at: datetime,
    until: datetime | None = None,
    limit: int = 100,
    after: Place | None = None,
) -> OpenDeadlines:
    """The running clocks of every matter that `actor` may see; with `until`, those late at that instant.

    `after`: what follows this place.
    """
    wanted = [access.visible_to(session, actor, office.rulebook()), col(Deadline.status).in_(clocks.RUNNING)]
    if until is not None:
        wanted.append(col(Deadline.due_at) <= until)
    joined = select(
        Deadline, col(Matter.number), col(Matter.machine), col(Matter.handler), col(Matter.rulebook)
    ).join(Matter, col(Matter.id) == col(Deadline.matter))
    query = joined.where(*wanted).order_by(
        col(Deadline.due_at).is_(None), col(Deadline.due_at), col(Deadline.id)
    )
    counted = select(func.count()).select_from(Deadline).join(Matter, col(Matter.id) == col(Deadline.matter))
    total = session.execute(counted.where(*wanted)).scalar_one()
    if after is not None:
        query = query.where(beyond(after, col(Deadline.due_at), col(Deadline.id)))
    found = session.execute(query.limit(limit + 1)).all()
    lines = tuple(
        _line(office, row, number=number, machine=machine, rulebook=rulebook, at=at) | {"handler": handler}
        for row, number, machine, handler, rulebook in found[:limit]
    )
    last = found[limit - 1][0] if len(found) > limit else None
    return OpenDeadlines(lines, int(total), Place(last.due_at, last.id) if last else None)


def _line(
    office: Office, row: Deadline, *, number: str, machine: str, rulebook: str, at: datetime
) -> dict[str, Any]:  # fmt: skip
    rule = _rule(office, row, machine=machine, rulebook=rulebook)
    return {
        "id": row.id, "number": number, "machine": machine, "deadline": row.name,
        "label": rule.label.model_dump() if rule else None, "status": row.status,
        "started_on": row.started_on.isoformat(), "budget": row.budget,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "due_at": row.due_at.isoformat() if row.due_at else None, "provisional": row.provisional,
        "overdue": row.status == "open" and row.due_at is not None and at >= row.due_at,
        "next_at": row.next_at.isoformat() if row.next_at else None,
    }  # fmt: skip


def explained(session: Session, office: Office, deadline: int, *, actor: str, at: datetime) -> dict[str, Any]:
    """One clock: its rule and legal basis, every entry of its ledger, and the walk to its date, day by day.

    Raises NoSuchDeadline for what does not exist or belongs to a matter this person may not see.
    """
    row = session.get(Deadline, deadline)
    matter = session.get(Matter, row.matter) if row else None
    if row is None or matter is None:
        raise NoSuchDeadline(str(NoSuchDeadline.__doc__))
    try:
        gathering.load(session, office, matter.number, login=actor, for_change=False)
    except NoSuchMatter:
        raise NoSuchDeadline(str(NoSuchDeadline.__doc__)) from None
    rule = _rule(office, row, machine=matter.machine, rulebook=matter.rulebook)
    line = _line(office, row, number=matter.number, machine=matter.machine, rulebook=matter.rulebook, at=at)
    return line | {
        "calendar": row.calendar_version,
        "basis": rule.basis.model_dump() if rule else None,
        "entries": _entries(session, deadline),
        "walk": [step.as_dict() for step in _walk(session, office, row, rule)],
    }


def _rule(office: Office, row: Deadline, *, machine: str, rulebook: str) -> DeadlineRule | None:
    return office.rulebook(rulebook).machines[machine].deadlines.get(row.name)


def _walk(
    session: Session, office: Office, row: Deadline, rule: DeadlineRule | None
) -> tuple[walks.Step, ...]:
    """The walk by the office's present calendar. A period in hours has no days to walk."""
    if Period.parse(row.budget).unit is Unit.HOUR:
        return ()
    ledger = clocks.ledger_on_file(session, row, roll=rule.roll if rule else True)
    return walks.explain_ledger(ledger, office.calendar)


def _entries(session: Session, deadline: int) -> list[dict[str, Any]]:
    query = (
        select(DeadlineEntry).where(col(DeadlineEntry.deadline) == deadline).order_by(col(DeadlineEntry.id))
    )
    return [
        {
            "kind": one.kind, "on": one.on.isoformat(), "at": one.at.isoformat(), "by": one.by, "reason": one.reason,
            "period": one.period, "due_on": one.due_on.isoformat() if one.due_on else None, "event": one.event,
        }
        for one in session.execute(query).scalars()
    ]  # fmt: skip
