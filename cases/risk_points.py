"""Risk points on file: where each of them stands, so that what happens at its link or to its holder finds it by an index.

What a point is stands with its matter, and every grade in its history. The row here follows from both and is written by
the gate alone; the audit holds it against them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, insert, update
from sqlmodel import Field, Session, SQLModel, col

from cases.matters import OnFile
from states.grading_rules import GRADE, HOLDER, LINK
from states.rulebook import Machine, StateKind

MACHINE = "risk"


class RiskPoint(SQLModel, table=True):
    """Where a point stands, and how grave it is (1: the gravest; None: not graded yet). What happened before `since` was
    known when it was last graded. `live`: it is not retired."""

    __tablename__ = "risk_point"
    __table_args__ = (
        Index("risk_point_by_link", "link", "organisation", "live"),
        Index("risk_point_by_holder", "holder", "live"),
    )

    matter: int = Field(primary_key=True, foreign_key="matter.id")
    organisation: str = Field(foreign_key="organisation.code", max_length=32)
    project: str | None = Field(default=None, foreign_key="project.code", max_length=32)
    link: str | None = Field(default=None, max_length=64)
    holder: str | None = Field(default=None, foreign_key="person.login", max_length=64)
    gravity: int | None = None
    since: datetime
    live: bool = True


def standing(machine: Machine, row: OnFile, since: datetime) -> dict[str, Any]:
    """What the row of a point holds, from its matter and the instant of its last grading (or, without one, its opening)."""
    grades = list(machine.grading.grades) if machine.grading else []
    grade = row.values.get(GRADE)
    return {
        "organisation": row.organisation, "project": row.project, "link": row.values.get(LINK),
        "holder": row.values.get(HOLDER), "gravity": grades.index(grade) + 1 if grade in grades else None,
        "since": since, "live": machine.states[row.state].kind is not StateKind.FINAL,
    }  # fmt: skip


def opened(session: Session, machine: Machine, row: OnFile) -> None:
    """Put a new point down."""
    if machine.grading is not None:
        session.execute(insert(RiskPoint).values(matter=row.id, **standing(machine, row, row.opened_at)))


def moved(session: Session, machine: Machine, after: OnFile, *, move: str, at: datetime) -> None:
    """Put down anew how a point stands after a move."""
    if machine.grading is None:
        return
    changes = standing(machine, after, at)
    if machine.grading.scheme_of(move) is None:
        del changes["since"]
    session.execute(
        update(RiskPoint)
        .where(col(RiskPoint.matter) == after.id)
        .values(**changes)
        .execution_options(synchronize_session=False)
    )
