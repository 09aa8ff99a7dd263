"""The deadline ledger: every clock of every matter, with each entry that changed its date."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel, UniqueConstraint


class Deadline(SQLModel, table=True):
    """One clock. `due_at` is the first instant at which it is late; without one it is paused.

    `next_at` is when its next rung fires, and is empty once it is closed, paused or out of rungs: sweeps look there.
    """

    __tablename__ = "deadline"
    __table_args__ = (
        Index("deadline_to_fire", "next_at", sqlite_where=text("next_at IS NOT NULL"),
              postgresql_where=text("next_at IS NOT NULL")),
        Index("deadline_of_matter", "matter", "status"),
        Index("deadline_by_day", "due_on", sqlite_where=text("status = 'open'"), postgresql_where=text("status = 'open'")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id")
    name: str = Field(max_length=64)
    status: str = Field(default="open", max_length=16)  # open, paused, met, late, dropped
    started_on: date
    budget: str = Field(max_length=64)
    due_on: date | None = None
    due_at: datetime | None = None
    provisional: bool = False
    calendar_version: str = Field(max_length=64)
    rungs_fired: int = 0
    next_at: datetime | None = None
    opened_at: datetime
    closed_at: datetime | None = None


class DeadlineEntry(SQLModel, table=True):
    """One line of the ledger: opened, paused, resumed, extended, recomputed, fired, closed; by whom, why, to what date."""

    __tablename__ = "deadline_entry"

    id: int | None = Field(default=None, primary_key=True)
    deadline: int = Field(foreign_key="deadline.id", index=True)
    kind: str = Field(max_length=16)
    on: date
    at: datetime
    by: str = Field(max_length=64)
    reason: str = Field(default="", max_length=1000)
    period: str | None = Field(default=None, max_length=64)
    due_on: date | None = None
    event: int | None = Field(default=None, foreign_key="event.id")


class Firing(SQLModel, table=True):
    """That a rung of a deadline fired. The unique row is the claim: no rung fires twice, whoever sweeps."""

    __tablename__ = "firing"
    __table_args__ = (UniqueConstraint("deadline", "rung"),)

    id: int | None = Field(default=None, primary_key=True)
    deadline: int = Field(foreign_key="deadline.id")
    rung: str = Field(max_length=64)
    at: datetime
    event: int = Field(foreign_key="event.id")
