"""Tokens: what proves from a shell, a script or another program that somebody is who they say.

Only hashes are on file. A token's scopes narrow what may be done with it, never widen what its owner may do.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update
from sqlmodel import Field, Session, SQLModel, col, select

from cases import people
from cases.people import Person
from cases.prepared import Prepared

SCOPES = ("read", "write", "notices", "audit", "webhooks", "staff")
ALL = "all"  # every scope there is: a token for the shell, and every token from before there were scopes
USED_AGAIN_FOR = timedelta(minutes=10)  # how exactly it is kept when a token was last used

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
    scopes: str = Field(default=ALL, max_length=100, sa_column_kwargs={"server_default": ALL})
    last_used_at: datetime | None = None


class TokenRefused(Exception):
    """The token does not prove who acts: it is unknown, expired, revoked, somebody else's, or not for this."""


class UnknownScope(Exception):
    """There is no such scope."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"There is no scope {scope[:40]!r}; there are: {', '.join(SCOPES)}.")


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token, on its only appearance."""

    login: str
    token: str
    expires_at: datetime
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who holds a token that is good, and what it is good for."""

    id: int
    login: str
    scopes: frozenset[str]
    last_used_at: datetime | None


_HELD = Prepared(
    select(AccessToken.id, AccessToken.login, AccessToken.scopes, AccessToken.last_used_at)
    .join(Person, col(Person.login) == col(AccessToken.login))
    .where(
        col(AccessToken.hash) == bindparam("hash"), col(AccessToken.revoked_at).is_(None),
        col(AccessToken.expires_at) > bindparam("at"), col(Person.active),
    )
)  # fmt: skip


def issue(
    session: Session, login: str, *, at: datetime, lasts_for: timedelta = LASTS_FOR, scopes: Collection[str] = ()
) -> Issued:  # fmt: skip
    """Give `login` a new token for these scopes, or without any for everything. The earlier ones stay valid.

    Raises UnknownPerson, UnknownScope.
    """
    if unknown := next((scope for scope in scopes if scope not in SCOPES), None):
        raise UnknownScope(unknown)
    person = people.person(session, login)
    token = PREFIX + secrets.token_urlsafe(32)
    expires_at = at + lasts_for
    kept = " ".join(sorted(set(scopes))) or ALL
    row = AccessToken(
        login=person.login, hash=_hash(token), created_at=at, expires_at=expires_at, scopes=kept
    )
    session.add(row)
    session.flush()
    return Issued(person.login, token, expires_at, tuple(kept.split()))


def bearer(session: Session, token: str, *, at: datetime) -> Bearer:
    """Who holds this token, where nothing but the token is given. Raises TokenRefused, without saying what was wrong.

    It is looked up by its hash: how long that takes tells nothing of how near a guess was.
    """
    found = _HELD.row(session, {"hash": _hash(token), "at": at})
    if found is None:
        raise TokenRefused(str(TokenRefused.__doc__))
    key, login, scopes, last_used_at = found
    return Bearer(key, login, frozenset(SCOPES if scopes == ALL else scopes.split()), last_used_at)


def is_stale(held: Bearer, *, at: datetime) -> bool:
    """Whether it should be noted again that this token was used: not at every single request."""
    return held.last_used_at is None or at - held.last_used_at >= USED_AGAIN_FOR


def note_use(session: Session, held: Bearer, *, at: datetime) -> None:
    """Keep that a token was used."""
    session.connection().execute(
        update(AccessToken).where(col(AccessToken.id) == held.id).values(last_used_at=at)
    )


def prove(session: Session, login: str, token: str, *, at: datetime) -> None:
    """Nothing, if `token` is a valid one of `login` at `at`, for everything: the shell knows no narrower ones.

    Raises TokenRefused, without saying what was wrong.
    """
    mark = _hash(token)
    held = session.exec(select(AccessToken).where(AccessToken.hash == mark)).first()
    good = held is not None and hmac.compare_digest(held.login, login)
    if held is None or not good or held.revoked_at is not None or at >= held.expires_at or held.scopes != ALL:
        raise TokenRefused(str(TokenRefused.__doc__))


def revoke(session: Session, login: str, *, at: datetime, only: int | None = None) -> int:
    """End every token of `login`, or the one with the id `only`; how many were still valid."""
    valid = col(AccessToken.revoked_at).is_(None) & (col(AccessToken.expires_at) > at)
    ended = update(AccessToken).where(col(AccessToken.login) == login, valid).values(revoked_at=at)
    if only is not None:
        ended = ended.where(col(AccessToken.id) == only)
    return int(session.connection().execute(ended).rowcount)


def tokens(session: Session, *, login: str | None = None) -> Sequence[AccessToken]:
    """The tokens on file, newest first; nothing in them proves anything."""
    query = select(AccessToken).order_by(col(AccessToken.id).desc())
    return session.exec(query if login is None else query.where(AccessToken.login == login)).all()


def _hash(token: str) -> str:
    """A plain SHA-256 is enough: 256 random bits cannot be guessed, unlike a password."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
