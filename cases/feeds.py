"""A calendar program's way in: an address with a random token that shows one person's due dates and nothing else.

Only the token's hash is on file. The address is shown once; a new one voids the one before.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Field, Session, SQLModel, col, select

from cases import people
from cases.people import Person

LONGEST = 100


class CalendarFeed(SQLModel, table=True):
    """Whose due dates the token with this SHA-256 shows. One for each person."""

    __tablename__ = "calendar_feed"

    person: str = Field(primary_key=True, foreign_key="person.login", max_length=64)
    hash: str = Field(unique=True, max_length=64)
    made_at: datetime


def make(session: Session, login: str, *, at: datetime) -> str:
    """A new token for this person, on its only appearance; the one before is void."""
    token = secrets.token_urlsafe(32)
    revoke(session, login)
    session.add(CalendarFeed(person=people.person(session, login).login, hash=_hash(token), made_at=at))
    session.flush()
    return token


def revoke(session: Session, login: str) -> bool:
    """Void the token of this person; whether there was one."""
    return (
        session.connection().execute(delete(CalendarFeed).where(col(CalendarFeed.person) == login)).rowcount
        == 1
    )


def made_at(session: Session, login: str) -> datetime | None:
    """When this person's address was made; None where there is none."""
    found = session.get(CalendarFeed, login)
    return found.made_at if found else None


def owner(session: Session, token: str) -> Person | None:
    """Whose token this is. Looked up by its hash: how long that takes tells nothing of how near a guess was."""
    if not 0 < len(token) <= LONGEST:
        return None
    query = select(Person).join(CalendarFeed, col(CalendarFeed.person) == col(Person.login))
    return session.exec(query.where(CalendarFeed.hash == _hash(token), col(Person.active))).first()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
