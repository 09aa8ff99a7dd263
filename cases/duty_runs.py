"""When each duty last ran, and what it did: a scheduler that is silent must be seen to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import JSON, Column, delete, func, insert
from sqlmodel import Field, Session, SQLModel, col, select


class DutyRun(SQLModel, table=True):
    """One run of a duty, with counts only. It acted as of `at`; `started_at` and `ended_at` are the wall clock's."""

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
    return dict(rows)


def newest(session: Session, duties: Iterable[str]) -> dict[str, DutyRun]:
    """For each of these duties that ever ran, its run that is last on file; however many there are, one look each."""
    last = select(DutyRun).order_by(col(DutyRun.id).desc()).limit(1)
    found = {duty: session.exec(last.where(DutyRun.duty == duty)).first() for duty in duties}
    return {duty: run for duty, run in found.items() if run is not None}


def forget(session: Session, *, before: datetime) -> int:
    """Drop the runs that acted before this instant, but never the newest of a duty; how many."""
    newest = select(func.max(col(DutyRun.id))).group_by(col(DutyRun.duty))
    dropped = session.execute(delete(DutyRun).where(col(DutyRun.at) < before, col(DutyRun.id).not_in(newest)))
    return int(dropped.rowcount)  # type: ignore[attr-defined]
