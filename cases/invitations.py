"""One-time links: how an account gets its first password or a new one, which nobody but its owner ever knows."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Field, Session, SQLModel, col, select

from cases import people

FIRST, INVITATION, RESET = "first", "invitation", "reset"
LASTS_FOR = timedelta(hours=24)


class OneTimeLink(SQLModel, table=True):
    """The hash of a link's secret; whose it is (the first administrator's is nobody's yet), until when, whether used.

    `clears_factor`: whoever uses it has lost the second factor, and enrols a new one.
    """

    __tablename__ = "one_time_link"

    id: int | None = Field(default=None, primary_key=True)
    hash: str = Field(unique=True, max_length=64)
    purpose: str = Field(max_length=16)
    login: str | None = Field(default=None, foreign_key="person.login", index=True, max_length=64)
    clears_factor: bool = False
    made_by: str = Field(max_length=64)
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class LinkRefused(Exception):
    """This link is not valid, was used already, or has expired: ask for a new one."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new link's secret, on its only appearance."""

    token: str
    expires_at: datetime


def make(
    session: Session, purpose: str, *, login: str | None, by: str, at: datetime, clears_factor: bool = False
) -> Made:
    """A new link; the earlier unused ones of the same account are void. Raises UnknownPerson."""
    if login is not None:
        login = people.person(session, login).login
    void(session, login, at=at)
    token = secrets.token_urlsafe(32)
    session.add(OneTimeLink(hash=_hash(token), purpose=purpose, login=login, clears_factor=clears_factor, made_by=by,
                            made_at=at, expires_at=at + LASTS_FOR))  # fmt: skip
    session.flush()
    return Made(token, at + LASTS_FOR)


def look(session: Session, token: str, *, at: datetime) -> OneTimeLink:
    """The link, without using it: a mail program that follows links uses none up. Raises LinkRefused."""
    found = session.exec(select(OneTimeLink).where(OneTimeLink.hash == _hash(token))).first()
    if found is None or found.used_at is not None or at >= found.expires_at:
        raise LinkRefused(str(LinkRefused.__doc__))
    if found.login is not None:
        try:
            people.person(session, found.login)
        except people.UnknownPerson:
            raise LinkRefused(str(LinkRefused.__doc__)) from None
    return found


def use(session: Session, token: str, *, at: datetime) -> OneTimeLink:
    """Use the link up. Of two who do so at once, one is refused. Raises LinkRefused."""
    found = look(session, token, at=at)
    unused = (col(OneTimeLink.id) == found.id, col(OneTimeLink.used_at).is_(None))
    if session.connection().execute(update(OneTimeLink).where(*unused).values(used_at=at)).rowcount != 1:
        raise LinkRefused(str(LinkRefused.__doc__))
    return found


def void(session: Session, login: str | None, *, at: datetime) -> None:
    """Unused links of an account (or of the first administrator) are good no more."""
    whose = col(OneTimeLink.login).is_(None) if login is None else col(OneTimeLink.login) == login
    session.execute(update(OneTimeLink).where(whose, col(OneTimeLink.used_at).is_(None)).values(used_at=at))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
