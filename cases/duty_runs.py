"""When each duty last ran, and what it did: a scheduler that is silent must be seen to be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import JSON, Column, func, insert
from sqlmodel import Field, Session, SQLModel, col, select


class DutyRun(SQLModel, table=True):
    """One run of a duty. `at` is the instant it acted at, `started_at` and `ended_at` are the wall clock's; counts only."""

    __tablename__ = "duty_run"

    id: int | None = Field(default=None, primary_key=True)
    duty: str = Field(index=True, max_length=64)
    at: datetime
    started_at: datetime
    ended_at: datetime
    outcome: str = Field(max_length=16)
    counts: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


def record(
    session: Session, *, duty: str, at: datetime, started_at: datetime, ended_at: datetime, outcome: str,
    counts: Mapping[str, int],
) -> None:  # fmt: skip
    """Put a run on file."""
    session.execute(insert(DutyRun).values(duty=duty, at=at, started_at=started_at, ended_at=ended_at,
                                           outcome=outcome, counts=dict(counts)))  # fmt: skip


def last_runs(session: Session) -> dict[str, datetime]:
    """For each duty that ever ran, the instant its newest run acted at."""
    rows = session.exec(select(DutyRun.duty, func.max(col(DutyRun.at))).group_by(col(DutyRun.duty))).all()
    return {duty: at for duty, at in rows}
