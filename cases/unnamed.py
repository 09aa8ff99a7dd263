"""Texts that leave name neither whom a clue is about nor who reported it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session, col, select

from cases.matters import Reporter, Subject
from states.names import parts_of

SHORTEST = 2  # a shorter text, such as a surname alone, would be found everywhere


def reporters(session: Session, matters: Iterable[int]) -> list[str]:
    """What is known of who reported these matters, as texts to look for."""
    rows = session.exec(select(Reporter).where(col(Reporter.matter).in_(list(matters)))).all()
    texts = [text.strip() for one in rows for text in one.details.values() if isinstance(text, str)]
    return [text for text in texts if len(text) >= SHORTEST]


def subjects(session: Session, matters: Iterable[int]) -> list[str]:
    """Whom these matters are about, and each of several who stand in one field."""
    known = session.exec(select(Subject.name).where(col(Subject.matter).in_(list(matters)))).all()
    return [name for name in known if len(name) >= SHORTEST] + [
        part for name in known for part in parts_of(name)
    ]
