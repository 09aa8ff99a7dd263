"""What was done to accounts: by whom, when, what. Rows are only ever added; nothing in them proves anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, select

CONSOLE = "console"  # whoever has the database itself, while there is no operator yet


class AccountEvent(SQLModel, table=True):
    """One thing that happened to an account, or (without `login`) to the office's people, bodies and programmes."""

    __tablename__ = "account_event"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    actor: str = Field(max_length=64)
    login: str | None = Field(default=None, index=True, max_length=64)
    what: str = Field(max_length=64)
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


def note(
    session: Session, what: str, *, actor: str, login: str | None = None, at: datetime, **data: Any
) -> int:
    """Put it on record; its number there."""
    entry = AccountEvent(at=at, actor=actor, login=login, what=what, data=data)
    session.add(entry)
    session.flush()
    return int(entry.id or 0)


def of(session: Session, login: str, *, most: int = 50) -> Sequence[AccountEvent]:
    """What happened to an account, newest first."""
    query = select(AccountEvent).where(AccountEvent.login == login).order_by(col(AccountEvent.id).desc())
    return session.exec(query.limit(most)).all()
