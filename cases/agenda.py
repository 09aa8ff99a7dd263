"""What is due when: the running clocks of what waits for somebody, or of all that their bodies let them see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import RowMapping, func, select
from sqlmodel import Session, col

from cases import access
from cases.deadlines import Deadline, DeadlineEntry
from cases.matters import Matter
from cases.office import Office
from cases.worklist import Looker
from states.rulebook import Label

MOST = 1000


@dataclass(frozen=True, slots=True)
class Due:
    """One running clock. `changes` counts the lines of its ledger, the last of which was written at `changed_at`."""

    id: int
    number: str
    machine: str
    name: str
    label: Label
    due_on: date
    due_at: datetime
    provisional: bool
    handler: str | None
    changes: int
    changed_at: datetime


def some(
    session: Session, looker: Looker, *, first: date, last: date, mine: bool, most: int | None = None
) -> tuple[tuple[Due, ...], bool]:
    """The first of these clocks, no more than `most` (MOST unless told), and whether there are others beyond them."""
    count = MOST if most is None else most
    found = agenda(session, looker, first=first, last=last, mine=mine, limit=count + 1)
    return found[:count], len(found) > count


def agenda(
    session: Session, looker: Looker, *, first: date, last: date, mine: bool, limit: int = MOST
) -> tuple[Due, ...]:
    """The clocks due from `first` to `last`, both included. `mine`: of what this person handles, sits on or opened
    without there being a handler yet; otherwise of all that they may see."""
    own = (getattr(Deadline, name) for name in ("id", "name", "due_on", "due_at", "provisional", "opened_at"))
    columns = (*own, *(getattr(Matter, name) for name in ("number", "machine", "handler", "rulebook")))
    wanted = [access.visible(looker.login, looker.postings, looker.office.rulebook()), col(Deadline.status) == "open",
              col(Deadline.due_on).between(first, last)]  # fmt: skip
    ledger = col(DeadlineEntry.deadline) == col(Deadline.id)
    changes = select(func.count()).select_from(DeadlineEntry).where(ledger).scalar_subquery()
    changed_at = select(func.max(col(DeadlineEntry.at))).where(ledger).scalar_subquery()
    query = (
        select(*columns, changes.label("changes"), changed_at.label("changed_at"))
        .join(Matter, col(Matter.id) == col(Deadline.matter))
        .where(*wanted)
        .order_by(col(Deadline.due_on), col(Deadline.due_at), col(Deadline.id))
        .limit(limit)
    )  # fmt: skip
    if mine:
        query = query.where(access.handled_by(looker.login))
    return tuple(_due(looker.office, row) for row in session.execute(query).mappings())


def _due(office: Office, row: RowMapping) -> Due:
    rule = office.rulebook(row["rulebook"]).machines[row["machine"]].deadlines.get(row["name"])
    label = rule.label if rule else Label(zh=row["name"], en=row["name"])
    kept = {
        name: row[name]
        for name in (
            "id",
            "number",
            "machine",
            "name",
            "due_on",
            "due_at",
            "provisional",
            "handler",
            "changes",
        )
    }
    return Due(**kept, label=label, changed_at=row["changed_at"] or row["opened_at"])


def by_day(found: Sequence[Due]) -> dict[date, list[Due]]:
    """The same, by day."""
    days: dict[date, list[Due]] = {}
    for one in found:
        days.setdefault(one.due_on, []).append(one)
    return days
