"""The disclosure ledger: of everything that left, which fields, what was left out, to whom, by whom and when.

A line is written in the same transaction as what makes it leave. Of the content itself only its hash is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, insert, or_, select
from sqlmodel import Field, Session, SQLModel, col

from cases import gathering
from cases.matters import Matter, MatterLink
from cases.office import Office


class Disclosure(SQLModel, table=True):
    """That something of a matter left: a brief, a packet, a reply, an export."""

    __tablename__ = "disclosure"

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id", index=True)
    kind: str = Field(max_length=16)
    fields: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    redactions: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    sha256: str = Field(default="", max_length=64)
    told: str = Field(index=True, max_length=64)  # to whom: an organisation's code or a login
    by: str = Field(max_length=64)
    at: datetime


def record(
    session: Session, matter: int, kind: str, *, fields: Iterable[str], told: str, by: str, at: datetime,
    redactions: Iterable[str] = (), sha256: str = "",
) -> None:  # fmt: skip
    """Note that these fields of a matter leave now."""
    session.execute(insert(Disclosure).values(
        matter=matter, kind=kind, fields=sorted(fields), redactions=sorted(redactions), sha256=sha256, told=told, by=by,
        at=at))  # fmt: skip


def known(
    session: Session, office: Office, number: str, *, actor: str, told: str | None = None
) -> Sequence[dict[str, Any]]:
    """What left of a matter and of those that came out of it, oldest first; only what `told` was told, if given.

    Raises NoSuchMatter for what `actor` may not see.
    """
    own = gathering.load(session, office, number, login=actor, for_change=False).row.id
    children = select(col(MatterLink.child)).where(col(MatterLink.parent) == own)
    query = (
        select(col(Matter.number), col(Disclosure.kind), col(Disclosure.fields), col(Disclosure.redactions),
               col(Disclosure.sha256), col(Disclosure.told), col(Disclosure.by), col(Disclosure.at))
        .join(Matter, col(Matter.id) == col(Disclosure.matter))
        .where(or_(col(Disclosure.matter) == own, col(Disclosure.matter).in_(children)))
        .order_by(col(Disclosure.id))
    )  # fmt: skip
    if told is not None:
        query = query.where(col(Disclosure.told) == told)
    return [
        {"number": row.number, "kind": row.kind, "fields": row.fields, "redactions": row.redactions,
         "sha256": row.sha256, "to": row.told, "by": row.by, "at": row.at.isoformat()}
        for row in session.execute(query)
    ]  # fmt: skip
