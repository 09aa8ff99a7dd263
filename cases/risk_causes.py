"""Why a point was raised. The history says that it was, and holds a seal; what it was stands here and nowhere else, and is
told only to those who may see that very thing.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

import orjson
from sqlmodel import Field, Session, SQLModel, UniqueConstraint

SEAL = "cause_seal"  # under which the history holds it


class RiskCause(SQLModel, table=True):
    """That a sign raised a point, once: the event of a clue or a round, or an entry of the journal about its holder.

    `raised` is the event of the point that tells of it. Without the salt nobody can guess from the seal what it was.
    """

    __tablename__ = "risk_cause"
    __table_args__ = (UniqueConstraint("point", "event"), UniqueConstraint("point", "entry"))

    id: int | None = Field(default=None, primary_key=True)
    point: int = Field(foreign_key="matter.id")
    event: int | None = Field(default=None, foreign_key="event.id")
    entry: int | None = Field(default=None, foreign_key="account_event.id")
    raised: int = Field(foreign_key="event.id", unique=True)
    salt: str = Field(max_length=64)
    at: datetime


def fresh_salt() -> str:
    """What a seal is made with."""
    return secrets.token_hex(16)


def seal(*, point: str, event: int | None, entry: int | None, salt: str) -> str:
    """SHA-256 (hex) over the point's number, what raised it, and the salt."""
    return hashlib.sha256(orjson.dumps([point, event, entry, salt])).hexdigest()


def keep(session: Session, cause: RiskCause) -> None:
    """Put it down."""
    session.add(cause)
    session.flush()
