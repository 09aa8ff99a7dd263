"""Attempts to sign in: slowed down where they fail, in a way that nobody can use to keep somebody else out.

Who fails waits: longer with every failure, per account and source. Whoever comes from a browser that this account has
signed in from before has a count of their own and is touched by nobody else's failures. An account that is tried from
everywhere makes strangers wait after each try of theirs, but the first try from a source is always heard.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Index, delete, func, text, update
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

FREE = 5  # failures before the first wait
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=15)
FREE_OF_SOURCE = 30  # failures from one source on whatever accounts, before it waits as well
EVERYWHERE = 50  # failures on one account by strangers, from which on each of them waits after every try
REMEMBERED = timedelta(hours=1)
KEPT = timedelta(days=1)
DEVICE_LASTS = timedelta(days=180)


class LoginAttempt(SQLModel, table=True):
    """One try. `account` and `source` are keyed hashes: of what was typed as the login, and of where it came from."""

    __tablename__ = "login_attempt"
    __table_args__ = (
        Index("login_attempt_on_account", "account", "at"),
        Index("login_attempt_from_source", "source", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(max_length=64)
    source: str = Field(max_length=64)
    device: int | None = Field(default=None, foreign_key="known_device.id")
    failed: bool = True
    at: datetime


class KnownDevice(SQLModel, table=True):
    """A browser from which an account has signed in: the hash of what it holds to show that."""

    __tablename__ = "known_device"
    __table_args__ = (UniqueConstraint("hash", "login"),)

    id: int | None = Field(default=None, primary_key=True)
    hash: str = Field(max_length=64)
    login: str = Field(foreign_key="person.login", index=True, max_length=64)
    created_at: datetime
    seen_at: datetime


class TooManyTries(Exception):
    """There were too many tries: wait a little, then try again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(str(TooManyTries.__doc__))
        self.until = until


@dataclass(frozen=True, slots=True)
class Tried:
    """Which account is tried, from where, and the known device it is tried from, if any."""

    account: str
    source: str
    device: int | None = None


def reserve(session: Session, tried: Tried, *, at: datetime) -> int:
    """Put a try on file, as failed until `succeeded` says otherwise; its id. Two at once are both counted.

    Raises TooManyTries, and then puts nothing on file: asking too early makes nobody wait longer.
    """
    if session.connection().dialect.name == "postgresql":  # SQLite has one writer anyway
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:account))"), {"account": tried.account})
    session.execute(delete(LoginAttempt).where(col(LoginAttempt.at) < at - KEPT))
    if (until := held_until(session, tried, at=at)) is not None and at < until:
        raise TooManyTries(until)
    attempt = LoginAttempt(account=tried.account, source=tried.source, device=tried.device, at=at)
    session.add(attempt)
    session.flush()
    return int(attempt.id or 0)


def succeeded(session: Session, attempt: int) -> None:
    """The try was good."""
    session.execute(update(LoginAttempt).where(col(LoginAttempt.id) == attempt).values(failed=False))


def held_until(session: Session, tried: Tried, *, at: datetime) -> datetime | None:
    """Until when such a try is not heard; None where it is."""
    on_account = col(LoginAttempt.account) == tried.account
    if tried.device is not None:
        return _until(session, (on_account, col(LoginAttempt.device) == tried.device), FREE, at=at)
    stranger = col(LoginAttempt.device).is_(None)
    here = (col(LoginAttempt.source) == tried.source, stranger)
    waits = [
        _until(session, (on_account, *here), FREE, at=at),
        _until(session, here, FREE_OF_SOURCE, at=at),
    ]
    if _failures(session, (on_account, stranger), at=at)[0] >= EVERYWHERE:
        _, last = _failures(session, (on_account, *here), at=at)
        waits.append(last + LONGEST_WAIT if last is not None else None)
    return max((one for one in waits if one is not None), default=None)


def _until(
    session: Session, which: tuple[ColumnElement[bool], ...], free: int, *, at: datetime
) -> datetime | None:
    count, last = _failures(session, which, at=at)
    if last is None or count < free:
        return None
    wait: timedelta = min(FIRST_WAIT * 2 ** min(count - free, 10), LONGEST_WAIT)
    return last + wait


def _failures(
    session: Session, which: tuple[ColumnElement[bool], ...], *, at: datetime
) -> tuple[int, datetime | None]:
    """How many tries failed since the latest good one, and the latest of them."""
    recent = (*which, col(LoginAttempt.at) > at - REMEMBERED)
    good = session.exec(select(func.max(LoginAttempt.id)).where(*recent, ~col(LoginAttempt.failed))).one()
    failed = (*recent, col(LoginAttempt.failed), col(LoginAttempt.id) > (good or 0))
    newest = select(LoginAttempt.at).where(*failed).order_by(col(LoginAttempt.id).desc())
    count = session.exec(select(func.count()).select_from(LoginAttempt).where(*failed)).one()
    return count, session.exec(newest).first()


def known(session: Session, token: str | None, login: str, *, at: datetime) -> int | None:
    """The device that a browser shows for this account; None where it shows none."""
    if not token:
        return None
    found = session.exec(
        select(KnownDevice).where(KnownDevice.hash == _hash(token), KnownDevice.login == login)
    ).first()
    return found.id if found is not None and at - found.seen_at < DEVICE_LASTS else None


def remember(session: Session, token: str | None, login: str, *, at: datetime) -> str:
    """Know the browser for this account from now on; what it is to hold: what it holds already, or something new."""
    token = token or secrets.token_urlsafe(32)
    held = select(KnownDevice).where(KnownDevice.hash == _hash(token), KnownDevice.login == login)
    device = session.exec(held).first() or KnownDevice(
        hash=_hash(token), login=login, created_at=at, seen_at=at
    )
    device.seen_at = at
    session.add(device)
    session.flush()
    return token


def forget(session: Session, login: str) -> None:
    """No browser is known for this account any more."""
    ids = select(KnownDevice.id).where(KnownDevice.login == login)
    session.execute(delete(LoginAttempt).where(col(LoginAttempt.device).in_(ids)))
    session.execute(delete(KnownDevice).where(col(KnownDevice.login) == login))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
