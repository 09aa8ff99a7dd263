"""Signs for integrity files: that a matter ended which may flow into somebody's, or that somebody's duties changed. Noted
with what happened, taken up by the next sweep. Whom a sign leads to is decided there; it is for the engine alone.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, Session, SQLModel

from cases import journal
from cases.matters import OnFile
from cases.office import Office


class FileSign(SQLModel, table=True):
    """A sign that waits: the event by which a matter ended, or an entry of the journal about somebody."""

    __tablename__ = "file_sign"

    id: int | None = Field(default=None, primary_key=True)
    event: int | None = Field(default=None, foreign_key="event.id", unique=True)
    entry: int | None = Field(
        default=None, foreign_key=f"{journal.AccountEvent.__tablename__}.id", unique=True
    )
    person: str | None = Field(default=None, max_length=64)
    at: datetime


def of_move(session: Session, office: Office, after: OnFile, *, move: str, event: int, at: datetime) -> None:
    """Note a move with which a matter ends and may flow into a file."""
    if (after.machine, move) in office.rulebook().flows:
        _put(session, FileSign(event=event, at=at))


def of_duty(session: Session, login: str, *, entry: int, at: datetime) -> None:
    """Note that somebody's postings changed, or that their account ended."""
    _put(session, FileSign(entry=entry, person=login, at=at))


def _put(session: Session, sign: FileSign) -> None:
    session.add(sign)
    session.flush()
