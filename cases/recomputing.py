"""When the calendar learns a newly decreed year: which due dates move, and moving them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert
from sqlmodel import Session, col, select

from cases import clocks
from cases.deadlines import Deadline, DeadlineEntry
from cases.history import CLOCK
from cases.matters import Matter
from cases.office import Office


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A due date that a newer calendar gives anew."""

    deadline: int
    old_on: date | None
    new_on: date | None

    @property
    def moved(self) -> bool:
        """Whether the date itself changed, not only its certainty."""
        return self.old_on != self.new_on


def recompute(session: Session, office: Office, *, at: datetime, keep: bool = True) -> list[Recomputed]:
    """Compute every running clock that was counted by another calendar anew. `keep=False` only previews it."""
    query = (
        select(Deadline, Matter)
        .join(Matter)
        .where(col(Deadline.status) == "open", Deadline.calendar_version != office.calendar.version)
        .order_by(col(Deadline.id))
    )
    found = []
    for deadline, matter in session.exec(query).all():
        rule = office.rulebook(matter.rulebook).machines[matter.machine].deadlines[deadline.name]
        ledger = clocks.ledger_on_file(session, deadline, roll=rule.roll)
        timing = clocks.timed(office, rule, ledger, rungs_fired=deadline.rungs_fired)
        found.append(Recomputed(deadline.id or 0, deadline.due_on, timing.due_on))
        if keep:
            _keep(session, office, deadline, timing, at=at)
    return found


def _keep(
    session: Session, office: Office, deadline: Deadline, timing: clocks.Timing, *, at: datetime
) -> None:
    if timing.due_on != deadline.due_on:
        session.execute(insert(DeadlineEntry).values(
            deadline=deadline.id, kind="recomputed", on=office.day(at), at=at, by=CLOCK, due_on=timing.due_on,
            reason=f"{deadline.calendar_version} -> {office.calendar.version}"))  # fmt: skip
    deadline.due_on, deadline.due_at = timing.due_on, timing.due_at
    deadline.next_at, deadline.provisional = timing.next_at, timing.provisional
    deadline.calendar_version = office.calendar.version
    session.add(deadline)
