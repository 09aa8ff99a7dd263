"""The disclosure ledger: of everything that left, which fields, what was left out, to whom, by whom and when.

A line is written in the same transaction as what makes it leave. Of the content itself only its hash is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    JSON,
    Column,
    ColumnElement,
    Integer,
    Select,
    String,
    cast,
    column,
    insert,
    literal,
    null,
    or_,
    select,
    table,
    union_all,
)
from sqlmodel import Field, Session, SQLModel, col
from sqlmodel.sql.sqltypes import UTCDateTime

from cases import gathering, recusals, round_items
from cases.matters import Matter, MatterLink
from cases.office import Office
from cases.organisations import Organisation
from cases.people import Person, postings_of
from states.facts import ENGINE

NOTICE = "notice"  # the kind of a line that the outbox holds
OPINIONS = "opinions"  # of a line about what others said in a round, once it was opened
NOTICED = ("number", "document")  # all that a message says of a matter
LONGEST_NAME = 64


class Disclosure(SQLModel, table=True):
    """That something of a matter left: a brief, a packet, a reply, a paper, or what somebody came to see.

    `told` is an organisation's code, a login, or whom a paper names. `pages` is known of what has pages.
    """

    __tablename__ = "disclosure"

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id", index=True)
    kind: str = Field(max_length=16)
    fields: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    redactions: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    sha256: str = Field(default="", max_length=64)
    pages: int | None = None
    told: str = Field(index=True, max_length=LONGEST_NAME)
    by: str = Field(max_length=64)
    at: datetime


@dataclass(frozen=True, slots=True)
class Left:
    """What left: the names of its fields, of those left out, the hash of the content, and how many pages it has."""

    fields: Sequence[str]
    redactions: Sequence[str] = ()
    sha256: str = ""
    pages: int | None = None


def record(session: Session, matter: int, kind: str, left: Left, *, told: str, by: str, at: datetime) -> None:
    """Note that this much of a matter leaves now."""
    session.execute(insert(Disclosure).values(
        matter=matter, kind=kind, fields=sorted(left.fields), redactions=sorted(left.redactions), sha256=left.sha256,
        pages=left.pages, told=told[:LONGEST_NAME], by=by, at=at))  # fmt: skip


def repeat(session: Session, matter: int, kind: str, *, sha256: str, by: str, at: datetime) -> int:
    """Note that what left once leaves again as it was, to the same; to how many."""
    first = select(Disclosure).where(col(Disclosure.matter) == matter, col(Disclosure.kind) == kind,
                                     col(Disclosure.sha256) == sha256).order_by(col(Disclosure.id))  # fmt: skip
    told = {one.told: one for one in session.execute(first).scalars()}
    for one in told.values():
        left = Left(one.fields, one.redactions, one.sha256, one.pages)
        record(session, matter, kind, left, told=one.told, by=by, at=at)
    return len(told)


# The outbox stands above this package, so its table is read by name; a test holds these columns to it.
OUTBOX = table(
    "notice", column("matter", Integer), column("recipient", String), column("document", String),
    column("status", String), column("sent_at", UTCDateTime()),
)  # fmt: skip


def known(
    session: Session, office: Office, number: str, *, actor: str, told: str | None = None
) -> Sequence[dict[str, Any]]:
    """What left of a matter and of all that came out of it, oldest first; with `told`, what this body (and its people)
    or this account was told. Messages to people of other bodies are among it: they name the number and what it is.

    Who is not of the body that keeps the matter learns what they themselves and their bodies were told, and no more.
    Raises NoSuchMatter for what `actor` may not see.
    """
    row = gathering.load(session, office, number, login=actor, for_change=False).row
    affair = _affair(row.id)
    lines, notices = _lines(affair, actor), _notices(affair, actor)
    if told is not None:
        lines, notices = _narrowed(lines, notices, [told])
    own = {held.organisation for held in postings_of(session, actor)}
    if row.organisation not in own:
        lines, notices = _narrowed(lines, notices, sorted(own | {actor}))
    found = union_all(lines, notices).subquery()
    query = select(found).order_by(found.c.at, found.c.own_order)
    found_lines = [(one, _names(session, one, actor=actor)) for one in session.execute(query).all()]
    return [_shown(one, names) for one, names in found_lines if names or one.kind != OPINIONS]


def opinion_name(item: int, person: str, seq: int) -> str:
    """What a line calls an opinion: the item, whose it is, and which of theirs."""
    return f"opinion.{item}.{person}.{seq}"


def _names(session: Session, one: Any, *, actor: str) -> list[str]:
    """What a line names, as far as `actor` may know: of an item they are kept out of, not even who spoke on it."""
    if one.kind != OPINIONS:
        return list(NOTICED) if one.kind == NOTICE else one.fields
    matter = session.execute(select(col(Matter.id)).where(col(Matter.number) == one.number)).scalar_one()
    hidden = {str(item) for item, clue in round_items.clues(session, int(matter or 0)).items()
              if actor in recusals.out_of(session, clue)}  # fmt: skip
    return [name for name in one.fields if name.split(".")[1] not in hidden]


def _shown(one: Any, names: list[str]) -> dict[str, Any]:
    noticed = one.kind == NOTICE
    return {
        "number": one.number, "kind": one.kind, "fields": names,
        "redactions": [] if noticed else one.redactions, "pages": one.pages, "sha256": one.sha256, "to": one.told,
        "by": one.by, "at": one.at.isoformat(), "document": one.document,
    }  # fmt: skip


def _affair(matter: int) -> CTE:
    """The matter and everything that came out of it, at any depth; not what is an affair of its own."""
    found = select(literal(matter, Integer).label("id")).cte("affair", recursive=True)
    below = (
        select(col(MatterLink.child))
        .join(found, found.c.id == col(MatterLink.parent))
        .where(col(MatterLink.kind).not_in(recusals.APART))
    )
    return found.union(below)


def _lines(affair: CTE, actor: str) -> Select[Any]:
    return (
        select(col(Matter.number), col(Disclosure.kind), col(Disclosure.fields), col(Disclosure.redactions),
               col(Disclosure.pages), col(Disclosure.sha256), col(Disclosure.told), col(Disclosure.by),
               col(Disclosure.at), literal("").label("document"), col(Disclosure.id).label("own_order"))
        .join(Matter, col(Matter.id) == col(Disclosure.matter))
        .join(affair, affair.c.id == col(Matter.id))
        .where(~recusals.keeps_out(actor))
    )  # fmt: skip


def _notices(affair: CTE, actor: str) -> Select[Any]:
    """Messages that reached somebody of another body than the one that keeps the matter."""
    nothing = cast(null(), JSON)
    return (
        select(col(Matter.number), literal(NOTICE), nothing, nothing, cast(null(), Integer), literal(""),
               col(Person.organisation), literal(ENGINE), OUTBOX.c.sent_at, OUTBOX.c.document, literal(0))
        .select_from(OUTBOX)
        .join(Matter, col(Matter.id) == OUTBOX.c.matter)
        .join(affair, affair.c.id == col(Matter.id))
        .join(Person, col(Person.login) == OUTBOX.c.recipient)
        .where(OUTBOX.c.status == "sent", col(Person.organisation) != col(Matter.organisation),
               ~recusals.keeps_out(actor))
    )  # fmt: skip


def _narrowed(
    lines: Select[Any], notices: Select[Any], whom: Sequence[str]
) -> tuple[Select[Any], Select[Any]]:
    """Only what these bodies or accounts were told: by their code, by their name, or one of their people."""
    people = select(col(Person.login)).where(col(Person.organisation).in_(whom))
    named = [select(name).where(col(Organisation.code).in_(whom))
             for name in (col(Organisation.name_zh), col(Organisation.name_en))]  # fmt: skip
    told = col(Disclosure.told)
    to_them: ColumnElement[bool] = or_(told.in_(whom), told.in_(people), *(told.in_(name) for name in named))
    reached = or_(col(Person.organisation).in_(whom), OUTBOX.c.recipient.in_(whom))
    return lines.where(to_them), notices.where(reached)
