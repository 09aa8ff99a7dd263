"""Papers that were issued: each with its number, the hash of its file, and all that is needed to print it again.

Apart from the printing itself, so that a database can be opened without what prints.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, select

from cases import access, gathering, round_sight
from cases.matters import Matter
from cases.office import Office


class IssuedDocument(SQLModel, table=True):
    """One paper that left the office. `event` is its line in the matter's history, which holds the same hash.

    `context` is everything that stands on it and `template` tells the templates it was made with: from both the same
    bytes can be made again, and `sha256` shows that they are.
    """

    __tablename__ = "issued_document"

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id", index=True)
    event: int = Field(foreign_key="event.id")
    document: str = Field(max_length=64)
    number: str = Field(max_length=64, unique=True)
    lang: str = Field(max_length=2)
    form: str = Field(max_length=8)
    sha256: str = Field(max_length=64)
    template: str = Field(max_length=16)
    context: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    issued_at: datetime
    issued_by: str = Field(foreign_key="person.login", max_length=64)


class NoSuchDocument(Exception):
    """There is no issued document of this id that you may see."""


class Listed(NamedTuple):
    """An issued paper, as lists show it: nothing of what it says."""

    id: int
    matter: str
    document: str
    number: str
    lang: str
    form: str
    sha256: str
    template: str
    issued_at: datetime
    issued_by: str


def documents(
    session: Session, office: Office, *, actor: str, matter: str | None = None, limit: int = 100
) -> Sequence[Listed]:  # fmt: skip
    """The newest papers about matters this person may see, or about one of them."""
    query = (
        select(IssuedDocument, Matter.number)
        .join(Matter, col(Matter.id) == col(IssuedDocument.matter))
        .where(access.visible_to(session, actor, office.rulebook()))
        .order_by(col(IssuedDocument.id).desc())
        .limit(limit)
    )
    if matter is not None:
        query = query.where(col(Matter.number) == matter)
    return [
        Listed(row.id or 0, number, row.document, row.number, row.lang, row.form, row.sha256, row.template,
               row.issued_at, row.issued_by) for row, number in session.exec(query)
    ]  # fmt: skip


def document(session: Session, office: Office, key: int, *, actor: str) -> IssuedDocument:
    """One issued paper about a matter that this person sees. Raises NoSuchDocument for what they may not see.

    Of a round, a paper speaks of every item: whoever is kept out of one (`seen_whole`) gets an extract, and never this.
    """
    query = (
        select(IssuedDocument)
        .join(Matter, col(Matter.id) == col(IssuedDocument.matter))
        .where(col(IssuedDocument.id) == key, access.visible_to(session, actor, office.rulebook()))
    )
    found = session.exec(query).first()
    if found is None:
        raise NoSuchDocument(NoSuchDocument.__doc__)
    return found


def seen_whole(session: Session, office: Office, matter: int, *, actor: str) -> bool:
    """Whether nothing of the matter is withheld from this person."""
    row = gathering.load_by_id(session, matter).row
    return round_sight.sight(session, office, row, actor=actor).whole
