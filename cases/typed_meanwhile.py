"""What somebody was typing when their session ended, kept for them alone until they are back. It is no part of the record.

It is sealed with a key that only the browser holds in which it was typed: whoever reads the database reads nothing. It is
given back once, to the person whose session it was and to nobody else, and kept for an hour at most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import orjson
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete, or_
from sqlmodel import Field, Session, SQLModel, col, select

from cases.sessions import hash_of

LASTS_FOR = timedelta(hours=1)
LONGEST = 200_000  # bytes of a form; more than anybody types


class TypedMeanwhile(SQLModel, table=True):
    """The sealed words of a session that ended; of each session the last. `hash` is that of the browser's key."""

    __tablename__ = "typed_meanwhile"

    session: int = Field(
        primary_key=True, foreign_key="web_session.id", sa_column_kwargs={"autoincrement": False}
    )
    hash: str = Field(unique=True, max_length=64)
    sealed: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Words:
    """Who typed what into the form of which page."""

    login: str
    page: str
    fields: Mapping[str, Sequence[str]]


def keep(session: Session, web_session: int, words: Words, *, at: datetime) -> str | None:
    """Keep these words, in the place of what was kept of that session; the browser's key, or None for too many."""
    plain = orjson.dumps(asdict(words))
    if len(plain) > LONGEST:
        return None
    key = Fernet.generate_key()
    over = or_(col(TypedMeanwhile.session) == web_session, col(TypedMeanwhile.expires_at) <= at)
    session.execute(delete(TypedMeanwhile).where(over))
    session.add(TypedMeanwhile(session=web_session, hash=hash_of(key.decode()), expires_at=at + LASTS_FOR,
                               sealed=Fernet(key).encrypt(plain).decode()))  # fmt: skip
    session.flush()
    return key.decode()


def is_kept(session: Session, key: str, *, at: datetime) -> bool:
    """Whether anything is kept under this key."""
    return _row(session, key, at=at) is not None


def given_back(
    session: Session, key: str, *, login: str, page: str, at: datetime
) -> Mapping[str, Sequence[str]] | None:
    """What this person typed into the form of this page, once; None if there is nothing, or it is not theirs."""
    row = _row(session, key, at=at)
    if row is None:
        return None
    try:
        words = Words(**orjson.loads(Fernet(key).decrypt(row.sealed)))
    except (InvalidToken, ValueError):
        return None
    if (words.login, words.page) != (login, page):
        return None
    session.delete(row)
    session.flush()
    return words.fields


def _row(session: Session, key: str, *, at: datetime) -> TypedMeanwhile | None:
    kept = (TypedMeanwhile.hash == hash_of(key), col(TypedMeanwhile.expires_at) > at)
    return session.exec(select(TypedMeanwhile).where(*kept)).first()
