"""Notices: what is to be told to whom, by which channel, and how far that has come. The rows are the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import JSON, Column, Index, func, text
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from cases.matters import Matter

PENDING, SENDING, SENT, DEAD, DROPPED = "pending", "sending", "sent", "dead", "dropped"
STATUSES = (PENDING, SENDING, SENT, DEAD, DROPPED)
FINISHED = (SENT, DEAD, DROPPED)

DIGEST = "digest"  # the document of a notice that sums up a person's day and belongs to no event


class Notice(SQLModel, table=True):
    """One message to one person by one channel: for an event, or (without event and matter) a digest with its counts.

    `next_at` is the instant from which a worker may take it: the next try of a pending one, the end of the claim of
    one that is being sent; empty once it is sent, dead or dropped. `message_id` never changes, so that a receiver can
    tell a second copy from a second message.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("event", "recipient", "channel"),
        Index("notice_to_try", "next_at", sqlite_where=text("next_at IS NOT NULL"),
              postgresql_where=text("next_at IS NOT NULL")),
        Index("notice_dead", "id", sqlite_where=text("status = 'dead'"), postgresql_where=text("status = 'dead'")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    event: int | None = Field(default=None, foreign_key="event.id")
    matter: int | None = Field(default=None, foreign_key="matter.id")
    recipient: str = Field(foreign_key="person.login", max_length=64)
    channel: str = Field(max_length=16)
    document: str = Field(max_length=64)
    lang: str = Field(max_length=2)
    due_on: date | None = None
    counts: dict[str, int] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    message_id: str = Field(unique=True, max_length=80)
    status: str = Field(default=PENDING, max_length=16)
    attempts: int = 0
    next_at: datetime | None = None
    claimed_by: str | None = Field(default=None, max_length=128)
    last_error: str | None = Field(default=None, max_length=500)
    receipt: str | None = Field(default=None, max_length=500)
    revived_by: str | None = Field(default=None, max_length=64)
    planned_at: datetime
    sent_at: datetime | None = None


class Listed(NamedTuple):
    """A notice as lists show it: no title, no names of a matter; its number is all there is of it."""

    id: int
    number: str | None
    document: str
    recipient: str
    channel: str
    status: str
    attempts: int
    planned_at: datetime
    next_at: datetime | None
    sent_at: datetime | None
    last_error: str | None
    message_id: str


_LISTED = select(
    Notice.id, Matter.number, Notice.document, Notice.recipient, Notice.channel, Notice.status, Notice.attempts,
    Notice.planned_at, Notice.next_at, Notice.sent_at, Notice.last_error, Notice.message_id,
).join(Matter, col(Matter.id) == col(Notice.matter), isouter=True)  # type: ignore[call-overload]  # fmt: skip


def notices(
    session: Session, *, status: str | None = None, limit: int = 100, recipient: str | None = None,
    before: int | None = None,
) -> Sequence[Listed]:  # fmt: skip
    """The newest notices; of those with this status, to this person, before the one with this id.

    What was dropped because a person may not know of it any more is not among the notices to that person.
    """
    query = _LISTED.order_by(col(Notice.id).desc()).limit(limit)
    if status is not None:
        query = query.where(col(Notice.status) == status)
    if recipient is not None:
        query = query.where(col(Notice.recipient) == recipient, col(Notice.status) != DROPPED)
    if before is not None:
        query = query.where(col(Notice.id) < before)
    return [Listed(*row) for row in session.exec(query)]


def one_of(session: Session, key: int, *, login: str, everybodys: bool) -> Notice | None:
    """The notice with this id if it is among those that `login` may see: their own, or everybody's."""
    found = session.get(Notice, key)
    if found is None or everybodys:
        return found
    return found if found.recipient == login and found.status != DROPPED else None


def counts(session: Session) -> dict[str, int]:
    """How many notices there are of each status; every status is named."""
    query = select(Notice.status, func.count()).group_by(Notice.status)
    return dict.fromkeys(STATUSES, 0) | dict(session.exec(query).all())


def stuck(session: Session, *, at: datetime, attempts: int = 5, limit: int = 100) -> Sequence[Listed]:
    """What needs a person's eye, oldest first: every dead notice, and those still open after `attempts` tries.

    A notice that nobody has tried is stuck as well once delivery is late; `late` finds those.
    """
    open_too_long = col(Notice.next_at).is_not(None) & (col(Notice.attempts) >= attempts)
    query = _LISTED.where((col(Notice.status) == DEAD) | open_too_long).where(col(Notice.planned_at) <= at)
    return [Listed(*row) for row in session.exec(query.order_by(col(Notice.id)).limit(limit))]


def late(session: Session, *, before: datetime) -> int:
    """How many notices could have been tried before this instant and were not: is delivery running at all?"""
    return session.exec(select(func.count()).select_from(Notice).where(col(Notice.next_at) < before)).one()
