"""Rulebooks on file: published once, never changed, and every matter stays on the version it was opened under."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlmodel import Field, Session, SQLModel, col, select

from states.rulebook import Rulebook


class PublishedRulebook(SQLModel, table=True):
    """A published version, as the JSON it was published in."""

    __tablename__ = "rulebook"

    key: str = Field(primary_key=True, max_length=128)
    sha256: str = Field(max_length=64)
    text: str
    published_at: datetime


class Installation(SQLModel, table=True):
    """The one row that says what this database is: a rehearsal or the real thing, and the rulebook new matters get."""

    __tablename__ = "installation"

    id: int = Field(default=1, primary_key=True)
    uid: str = Field(max_length=36)
    rehearsal: bool
    rulebook: str = Field(foreign_key="rulebook.key", max_length=128)
    created_at: datetime


class AlreadyPublished(Exception):
    """A rulebook of this name and version is already published with other content: give the new one a new version."""


class NotSetUp(Exception):
    """This database is not set up, or its setting up was cut off: run `plumbline init`."""


@dataclass(frozen=True, slots=True)
class OnFileRulebooks:
    """What an installation works by."""

    rulebooks: dict[str, Rulebook]
    current: str
    rehearsal: bool
    uid: str


def publish(session: Session, rulebook: Rulebook, *, at: datetime) -> str:
    """Put a rulebook on file under its key; again, the same one changes nothing. Raises AlreadyPublished."""
    text = rulebook.model_dump_json(by_alias=True)
    mark = hashlib.sha256(text.encode()).hexdigest()
    held = session.get(PublishedRulebook, rulebook.key)
    if held is None:
        session.add(PublishedRulebook(key=rulebook.key, sha256=mark, text=text, published_at=at))
        session.flush()
    elif held.sha256 != mark:
        raise AlreadyPublished(
            f"{rulebook.key} is already published with other content: give it a new version."
        )
    return rulebook.key


def make_current(session: Session, key: str) -> str:
    """From now on new matters get the published rulebook `key`; the key of the one they got before."""
    here = session.exec(select(Installation)).one()
    before, here.rulebook = here.rulebook, key
    session.add(here)
    session.flush()
    return before


def on_file(session: Session) -> OnFileRulebooks:
    """Every published rulebook, and which one is current. Raises NotSetUp."""
    here = session.exec(select(Installation)).first()
    if here is None:
        raise NotSetUp(str(NotSetUp.__doc__))
    texts = session.exec(select(PublishedRulebook).order_by(col(PublishedRulebook.key))).all()
    return OnFileRulebooks(
        {row.key: _read(row.text) for row in texts}, here.rulebook, here.rehearsal, here.uid
    )


@lru_cache(maxsize=32)
def _read(text: str) -> Rulebook:
    return Rulebook.model_validate_json(text)
