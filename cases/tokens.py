"""Tokens: what proves from a shell or a script that somebody is who they say. Only hashes are on file."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Field, Session, SQLModel, col, select

from cases import people

PREFIX = "plumb_"  # so that a token found in a log or a repository is recognised as one
LASTS_FOR = timedelta(days=90)


class AccessToken(SQLModel, table=True):
    """A token's SHA-256, whose it is, and until when it holds. The token itself is shown once and kept nowhere."""

    __tablename__ = "access_token"

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(foreign_key="person.login", index=True, max_length=64)
    hash: str = Field(unique=True, max_length=64)
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class TokenRefused(Exception):
    """The token does not prove who acts: it is unknown, expired, revoked or somebody else's."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token, on its only appearance."""

    login: str
    token: str
    expires_at: datetime


def issue(session: Session, login: str, *, at: datetime, lasts_for: timedelta = LASTS_FOR) -> Issued:
    """Give `login` a new token. The earlier ones stay valid. Raises UnknownPerson."""
    person = people.person(session, login)
    token = PREFIX + secrets.token_urlsafe(32)
    expires_at = at + lasts_for
    session.add(AccessToken(login=person.login, hash=_hash(token), created_at=at, expires_at=expires_at))
    session.flush()
    return Issued(person.login, token, expires_at)


def prove(session: Session, login: str, token: str, *, at: datetime) -> None:
    """Nothing, if `token` is a valid one of `login` at `at`. Raises TokenRefused, without saying what was wrong."""
    mark = _hash(token)
    held = session.exec(select(AccessToken).where(AccessToken.hash == mark)).first()
    good = held is not None and hmac.compare_digest(held.login, login)
    if held is None or not good or held.revoked_at is not None or at >= held.expires_at:
        raise TokenRefused(str(TokenRefused.__doc__))


def revoke(session: Session, login: str, *, at: datetime) -> int:
    """End every token of `login`; how many were still valid."""
    valid = col(AccessToken.revoked_at).is_(None) & (col(AccessToken.expires_at) > at)
    ended = update(AccessToken).where(col(AccessToken.login) == login, valid).values(revoked_at=at)
    return int(session.connection().execute(ended).rowcount)


def tokens(session: Session, *, login: str | None = None) -> Sequence[AccessToken]:
    """The tokens on file, newest first; nothing in them proves anything."""
    query = select(AccessToken).order_by(col(AccessToken.id).desc())
    return session.exec(query if login is None else query.where(AccessToken.login == login)).all()


def _hash(token: str) -> str:
    """A plain SHA-256 is enough: 256 random bits cannot be guessed, unlike a password."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
