"""Sessions in a browser: begun by signing in, listed, ended. Only the hash of what the browser holds is on file."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy
from sqlalchemy import bindparam, update
from sqlmodel import Field, Session, SQLModel, col, select

from cases.people import Person
from cases.prepared import Prepared

WAITS_FOR_CODE = timedelta(minutes=5)  # between the password and the second factor
SEEN_EVERY = timedelta(
    minutes=1
)  # how exactly it is known when a session was last seen: no write for every page
MOST_CODES = 5  # wrong codes, then the password is asked for again
PASSWORD, CODE, RECOVERY, PROVIDER, LINK, REHEARSAL = (
    "password",
    "totp",
    "recovery",
    "oidc",
    "link",
    "rehearsal",
)


class WebSession(SQLModel, table=True):
    """A session. While `waits` is set it proves nothing yet: the second factor is still to come.

    `proved` says how the person signed in. Of the browser only its own words are kept; of where it was, nothing.
    """

    __tablename__ = "web_session"

    id: int | None = Field(default=None, primary_key=True)
    hash: str = Field(unique=True, max_length=64)
    login: str = Field(foreign_key="person.login", index=True, max_length=64)
    waits: bool = False
    wrong_codes: int = 0
    proved: str = Field(max_length=16)
    user_agent: str = Field(default="", max_length=200)
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None


class SessionOver(Exception):
    """The session has ended, or there never was one: sign in again."""


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long a session lasts without a request, and how long at most. Settings of the office; no law names a number."""

    idle: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Begun:
    """A new session, with what the browser is to hold, on its only appearance."""

    token: str
    waits: bool
    expires_at: datetime


def begin(
    session: Session, login: str, *, proved: str, waits: bool, at: datetime, lasting: Lasting, user_agent: str
) -> Begun:
    """Begin a session of `login`; one that waits for the second factor lasts five minutes."""
    token = secrets.token_urlsafe(32)
    expires_at = at + (WAITS_FOR_CODE if waits else lasting.longest)
    session.add(WebSession(
        hash=hash_of(token), login=login, waits=waits, proved=proved, user_agent=_plain(user_agent), created_at=at,
        seen_at=at, expires_at=expires_at))  # fmt: skip
    session.flush()
    return Begun(token, waits, expires_at)


class Current(NamedTuple):
    """A session that runs, the name of whose it is, and the language they want."""

    held: WebSession
    name: str
    lang: str


_KEPT = tuple(WebSession.model_fields)
_CURRENT = Prepared(
    sqlalchemy.select(col(Person.name), col(Person.lang), *(col(getattr(WebSession, name)) for name in _KEPT))
    .join(Person, col(Person.login) == col(WebSession.login))
    .where(col(WebSession.hash) == bindparam("hash"), col(Person.active))
)


def current(session: Session, token: str, *, at: datetime, lasting: Lasting, waits: bool = False) -> Current:
    """The session that a browser holds. Raises SessionOver: unknown, ended, expired, idle too long, account ended, or
    still waiting for its second factor (or no longer, where `waits` was asked for)."""
    row = _CURRENT.row(session, {"hash": hash_of(token)})
    if row is None:
        raise SessionOver(str(SessionOver.__doc__))
    name, lang, *kept = row
    found = WebSession(**dict(zip(_KEPT, kept, strict=True)))
    if found.waits is not waits or not _runs(found, at=at, lasting=lasting):
        raise SessionOver(str(SessionOver.__doc__))
    return Current(found, name, lang)


def whose(session: Session, token: str) -> tuple[int, str] | None:
    """The id of the session that a browser holds or held, and its login, whether or not it has ended; None for none, and
    for one that never proved who it was."""
    found = session.exec(select(WebSession).where(WebSession.hash == hash_of(token))).first()
    return (found.id or 0, found.login) if found is not None and not found.waits else None


def _runs(found: WebSession, *, at: datetime, lasting: Lasting) -> bool:
    return found.ended_at is None and at < found.expires_at and at - found.seen_at < lasting.idle


def seen(session: Session, key: int, *, at: datetime) -> None:
    """Note that a session was used."""
    later = (col(WebSession.id) == key, col(WebSession.seen_at) < at)
    session.execute(update(WebSession).where(*later).values(seen_at=at))


def wrong_code(session: Session, key: int, *, at: datetime) -> None:
    """Count a wrong code against a session that waits; the fifth ends it."""
    found = session.get_one(WebSession, key, populate_existing=True)
    found.wrong_codes += 1
    if found.wrong_codes >= MOST_CODES:
        found.ended_at = at
    session.add(found)
    session.flush()


def of(session: Session, login: str, *, at: datetime, lasting: Lasting) -> Sequence[WebSession]:
    """The sessions of an account that run now, the latest seen first."""
    query = select(WebSession).where(WebSession.login == login, col(WebSession.ended_at).is_(None))
    found = session.exec(query.order_by(col(WebSession.seen_at).desc(), col(WebSession.id).desc())).all()
    return [one for one in found if not one.waits and _runs(one, at=at, lasting=lasting)]


def end(session: Session, key: int, *, login: str, at: datetime) -> bool:
    """End one session of this account; whether there was such a one."""
    mine = (col(WebSession.id) == key, col(WebSession.login) == login, col(WebSession.ended_at).is_(None))
    return session.connection().execute(update(WebSession).where(*mine).values(ended_at=at)).rowcount == 1


def end_all(session: Session, login: str, *, at: datetime, but: int | None = None) -> int:
    """End every session of an account, but one if it is named; how many there were."""
    running = [col(WebSession.login) == login, col(WebSession.ended_at).is_(None)]
    if but is not None:
        running.append(col(WebSession.id) != but)
    return session.connection().execute(update(WebSession).where(*running).values(ended_at=at)).rowcount


def hash_of(token: str) -> str:
    """A plain SHA-256 is enough: 256 random bits cannot be guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(words: str) -> str:
    return "".join(sign for sign in words if sign.isprintable())[:200]
