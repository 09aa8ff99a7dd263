"""Webhooks out: who wants to be told of which events, at which address, and how far each telling has come.

A delivery is planned in the transaction that wrote its event, and only for what the owner may see. What is told is that
something happened: number, machine, move, state and version; whoever wants more asks the API, as themselves.
"""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import JSON, Column, Index, bindparam, insert, select, text, update
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col

from cases import access
from cases.matters import Matter
from cases.office import Occurred, Office
from cases.people import Person
from cases.prepared import Prepared
from notifications.channels.posting import BadUrl, checked_url
from notifications.channels.webhook import PREFIX
from notifications.notices import DEAD, PENDING

EVERYTHING = "*"
MOST_OF_ONE = 20  # subscriptions of one owner
STOPPED_BY_OWNER, STOPPED_BY_FAILURE = "by its owner", "it failed for too long"


class Hook(SQLModel, table=True):
    """A subscription. `events` names machines ("clue"), moves of one ("clue.register"), or everything ("*").

    `failing_since` is when the deliveries began to fail without one that got through; `stopped_at` ends it.
    """

    __tablename__ = "webhook"

    id: int | None = Field(default=None, primary_key=True)
    owner: str = Field(foreign_key="person.login", index=True, max_length=64)
    url: str = Field(max_length=500)
    secret: str = Field(max_length=100)
    events: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    created_at: datetime
    failing_since: datetime | None = None
    stopped_at: datetime | None = None
    stopped_why: str = Field(default="", max_length=100)


class Delivery(SQLModel, table=True):
    """One event for one subscription; the words are those of a notice in the outbox."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook", "event"),
        Index("webhook_to_try", "next_at", sqlite_where=text("next_at IS NOT NULL"),
              postgresql_where=text("next_at IS NOT NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    webhook: int = Field(foreign_key="webhook.id")
    event: int = Field(foreign_key="event.id")
    matter: int = Field(foreign_key="matter.id")
    status: str = Field(default=PENDING, max_length=16)
    attempts: int = 0
    next_at: datetime | None = None
    claimed_by: str | None = Field(default=None, max_length=128)
    last_error: str | None = Field(default=None, max_length=500)
    planned_at: datetime
    sent_at: datetime | None = None


class TooManyHooks(Exception):
    """This account has as many webhooks as one may have."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A subscription as it is asked for."""

    url: str
    events: tuple[str, ...]


_ACTIVE = Prepared(
    select(col(Hook.id), col(Hook.owner), col(Hook.events))
    .join(Person, col(Person.login) == col(Hook.owner))
    .where(col(Hook.stopped_at).is_(None), col(Person.active))
)
_COLUMNS = ("webhook", "event", "matter", "status", "attempts", "next_at", "planned_at")
_PLAN = Prepared(insert(Delivery).values({name: bindparam(name) for name in _COLUMNS}))


def allowed_url(url: str, *, inside: Collection[str]) -> str:
    """The URL, if a webhook may go there: by HTTPS to the outside world, or to one of the office's own hosts.

    Raises BadUrl. Where a name leads is looked at again when it is called.
    """
    host = (urlsplit(checked_url(url, secret=False)).hostname or "").lower()
    if host in inside:
        return url
    checked_url(url, secret=True)
    if urlsplit(url).scheme != "https" or host == "localhost" or not _is_outside(host):
        raise BadUrl("it leads into this machine or its network: only hosts the operator names may be there")
    return url


def _is_outside(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host  # a name; one without a dot is of this network


def subscribe(session: Session, wanted: Wanted, *, owner: str, at: datetime) -> int:
    """Put a subscription on file, with a secret of its own; its id. Raises TooManyHooks."""
    if len(of(session, owner)) >= MOST_OF_ONE:
        raise TooManyHooks(str(TooManyHooks.__doc__))
    row = Hook(owner=owner, url=wanted.url, events=list(wanted.events), created_at=at,
               secret=PREFIX + b64encode(secrets.token_bytes(32)).decode())  # fmt: skip
    session.add(row)
    session.flush()
    return row.id or 0


def of(session: Session, owner: str) -> Sequence[Hook]:
    """Somebody's subscriptions, but for those they ended."""
    mine = (col(Hook.owner) == owner, col(Hook.stopped_why) != STOPPED_BY_OWNER)
    return session.execute(select(Hook).where(*mine).order_by(col(Hook.id))).scalars().all()


def one(session: Session, key: int, *, owner: str) -> Hook | None:
    """One of somebody's subscriptions."""
    return next((hook for hook in of(session, owner) if hook.id == key), None)


def stop(session: Session, key: int, *, why: str, at: datetime) -> None:
    """End a subscription; what waits for it is given up."""
    session.execute(update(Hook).where(col(Hook.id) == key).values(stopped_at=at, stopped_why=why))
    waiting = (col(Delivery.webhook) == key, col(Delivery.next_at).is_not(None))
    session.execute(
        update(Delivery).where(*waiting).values(status=DEAD, next_at=None, last_error=f"Stopped: {why}.")
    )


def resume(session: Session, key: int) -> None:
    """Take a subscription up again that failed for too long."""
    changes = {"stopped_at": None, "stopped_why": "", "failing_since": None}
    session.execute(update(Hook).where(col(Hook.id) == key).values(**changes))


def plan(session: Session, office: Office, occurrences: Sequence[Occurred]) -> int:
    """Plan the deliveries of these events, in the transaction that wrote them; how many. What is in no history is none."""
    hooks = _ACTIVE.rows(session, {})
    if not hooks:
        return 0
    rows = [_row(key, event) for event in occurrences if event.event is not None for key, owner, wanted in hooks
            if wants(wanted, event.machine, event.move) and may_see(session, office, owner, event.matter)]  # fmt: skip
    return _PLAN.change_each(session, rows)


def _row(key: int, event: Occurred) -> dict[str, Any]:
    return {"webhook": key, "event": event.event, "matter": event.matter, "status": PENDING, "attempts": 0,
            "next_at": event.at, "planned_at": event.at}  # fmt: skip


def wants(events: Collection[str], machine: str, move: str) -> bool:
    """Whether a subscription to these events is for this move."""
    return not {EVERYTHING, machine, f"{machine}.{move}"}.isdisjoint(events)


def may_see(session: Session, office: Office, owner: str, matter: int) -> bool:
    """Whether the owner may see the matter, as it is now."""
    seen = access.visible_to(session, owner, office.rulebook())
    return session.execute(select(1).where(col(Matter.id) == matter, seen)).first() is not None
