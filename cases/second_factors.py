"""The second factor: codes by time (TOTP, RFC 6238) from a phone, each good once, and recovery codes on paper."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, update
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from cases.sealing import Sealing

STEP = 30  # seconds a code stands for
DRIFT = 1  # steps that a phone's clock may be off, either way
CODES = 10
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is read as another
ISSUER = "Plumbline"


class SecondFactor(SQLModel, table=True):
    """An account's TOTP secret, sealed with a key that is not in the database. It counts once `confirmed_at` is set.

    `last_step` is the step of the latest code that was used: neither it nor an earlier one is good again.
    """

    __tablename__ = "second_factor"

    login: str = Field(primary_key=True, foreign_key="person.login", max_length=64)
    secret: str = Field(max_length=500)
    made_at: datetime
    confirmed_at: datetime | None = None
    last_step: int = 0


class RecoveryCode(SQLModel, table=True):
    """The SHA-256 of a recovery code. The code itself, 79 random bits, is shown once and kept nowhere."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("login", "hash"),)

    id: int | None = Field(default=None, primary_key=True)
    login: str = Field(foreign_key="person.login", max_length=64)
    hash: str = Field(max_length=64)
    made_at: datetime
    used_at: datetime | None = None


def begin(session: Session, login: str, keys: Sealing, *, at: datetime) -> str:
    """A new secret for an account that has none confirmed yet; again, the same one until it is confirmed.

    Raises LookupError where one is confirmed: it is taken away first, by whoever has it.
    """
    found = session.get(SecondFactor, login)
    if found is not None and found.confirmed_at is not None:
        raise LookupError(f"{login} has a second factor already.")
    if found is not None and (known := _secret(found, keys)) is not None:
        return known
    secret = pyotp.random_base32()
    sealed = keys.seal(f"{login}\0{secret}")
    if found is None:
        session.add(SecondFactor(login=login, secret=sealed, made_at=at))
    else:
        found.secret, found.made_at = sealed, at
        session.add(found)
    session.flush()
    return secret


def address(secret: str, login: str) -> str:
    """The otpauth: address that a phone reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def confirm(session: Session, login: str, code: str, keys: Sealing, *, at: datetime) -> Sequence[str]:
    """Let the factor count, if `code` shows that a phone has it; the recovery codes, on their only appearance.

    Empty where the code is not good.
    """
    if not _use(session, login, code, keys, at=at, confirmed=False):
        return ()
    session.execute(update(SecondFactor).where(col(SecondFactor.login) == login).values(confirmed_at=at))
    return new_codes(session, login, at=at)


def proves(session: Session, login: str, code: str, keys: Sealing, *, at: datetime) -> bool:
    """Whether a code is good now. It is used up: no second request with it succeeds."""
    return _use(session, login, code, keys, at=at, confirmed=True)


def _use(session: Session, login: str, code: str, keys: Sealing, *, at: datetime, confirmed: bool) -> bool:
    found = session.get(SecondFactor, login, populate_existing=True)
    secret = _secret(found, keys) if found is not None else None
    if found is None or secret is None or (found.confirmed_at is not None) is not confirmed:
        return False
    step = step_of(secret, code, at=at)
    if step is None:
        return False
    unused = (col(SecondFactor.login) == login, col(SecondFactor.last_step) < step)
    changed = session.connection().execute(update(SecondFactor).where(*unused).values(last_step=step))
    return changed.rowcount == 1


def step_of(secret: str, code: str, *, at: datetime) -> int | None:
    """The step whose code this is, now or one step off; None where it is none of these."""
    digits = "".join(code.split())
    now = int(at.timestamp()) // STEP
    codes = pyotp.TOTP(secret)
    good = [
        step
        for step in range(now - DRIFT, now + DRIFT + 1)
        if secrets.compare_digest(codes.at(step * STEP).encode(), digits.encode())
    ]
    return good[-1] if good else None


def _secret(found: SecondFactor, keys: Sealing) -> str | None:
    """The secret, if it is this account's: one copied over from another account opens as nothing."""
    whose, _, secret = (keys.opened(found.secret) or "").partition("\0")
    return secret if whose == found.login and secret else None


def enrolled(session: Session, login: str) -> bool:
    """Whether an account asks for a code."""
    found = session.get(SecondFactor, login)
    return found is not None and found.confirmed_at is not None


def new_codes(session: Session, login: str, *, at: datetime) -> Sequence[str]:
    """Ten recovery codes instead of those before, on their only appearance."""
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.login) == login))
    codes = [
        "-".join("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4)) for _ in range(CODES)
    ]
    session.add_all(RecoveryCode(login=login, hash=_hash(code), made_at=at) for code in codes)
    session.flush()
    return codes


def recovers(session: Session, login: str, code: str, *, at: datetime) -> bool:
    """Whether a recovery code is good. It is used up."""
    unused = (
        col(RecoveryCode.login) == login,
        col(RecoveryCode.hash) == _hash(code),
        col(RecoveryCode.used_at).is_(None),
    )
    changed = session.connection().execute(update(RecoveryCode).where(*unused).values(used_at=at))
    return changed.rowcount == 1


def codes_left(session: Session, login: str) -> int:
    """How many recovery codes an account still has."""
    query = select(func.count()).select_from(RecoveryCode)
    return session.exec(query.where(RecoveryCode.login == login, col(RecoveryCode.used_at).is_(None))).one()


def forget(session: Session, login: str) -> None:
    """The account asks for no code any more."""
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.login) == login))
    session.execute(delete(SecondFactor).where(col(SecondFactor.login) == login))


def _hash(code: str) -> str:
    """Of the code's signs alone, however it was typed. A plain SHA-256 is enough for 79 random bits."""
    plain = "".join(sign for sign in code.casefold() if sign.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
