"""History: every event of every matter, chained by hash per matter. Rows are only ever added."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import JSON, Column, Index, bindparam, func, insert, select, text, update
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col

from cases.matters import Matter, OnFile
from cases.prepared import Prepared
from states.facts import ENGINE

CLOCK = "clock"  # the actor of rungs that fire
SITE = "site:"  # and before the code of a body whose signed file, from its own site, made the move


def is_person(actor: str) -> bool:
    """Whether this actor of an event is somebody with an account, not the engine, a clock or another site."""
    return actor not in (ENGINE, CLOCK) and not actor.startswith(SITE)


class Event(SQLModel, table=True):
    """One thing that happened to a matter. `data` holds the form as it was filled in, without private fields."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("matter", "seq"), Index("event_by_actor", "actor", "matter"))

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id")
    seq: int
    at: datetime
    actor: str = Field(max_length=64)
    move: str = Field(max_length=200)
    from_state: str | None = Field(default=None, max_length=64)
    to_state: str = Field(max_length=64)
    version: int
    data: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    prev_hash: str = Field(default="", max_length=64)
    hash: str = Field(max_length=64)


class Checkpoint(SQLModel, table=True):
    """The ends of all chains that grew since the last checkpoint, itself chained: `{number: [seq, hash]}`.

    `ledgers` are the seals of the ledgers that grew (`cases.ledger_seals`): `{table: [last id, digest]}`.
    """

    __tablename__ = "checkpoint"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    heads: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    ledgers: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, server_default="{}")
    )
    prev_hash: str = Field(default="", max_length=64)
    hash: str = Field(max_length=64)


def digest(
    *, number: str, seq: int, at: datetime, actor: str, move: str, from_state: str | None, to_state: str,
    version: int, data: dict[str, Any], prev_hash: str,
) -> str:  # fmt: skip
    """SHA-256 (hex) over the event's canonical JSON: sorted keys, UTC to the microsecond, UTF-8.

    The matter's number stands in it, so that an event cannot be carried over to another matter.
    """
    instant = at.astimezone(UTC).isoformat(timespec="microseconds")
    record = [number, seq, instant, actor, move, from_state, to_state, version, data, prev_hash]
    return hashlib.sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).hexdigest()


@dataclass(frozen=True, slots=True)
class Hashed:
    """An event with its place in the chain, not yet on file."""

    matter: int
    seq: int
    at: datetime
    actor: str
    move: str
    from_state: str | None
    to_state: str
    version: int
    data: dict[str, Any]
    prev_hash: str
    hash: str


_HASHED = tuple(part.name for part in fields(Hashed))
_APPEND = Prepared(insert(Event).values({name: bindparam(name) for name in _HASHED}).returning(col(Event.id)))


def chained(
    matter: OnFile, *, at: datetime, actor: str, move: str, from_state: str | None, data: Mapping[str, Any]
) -> Hashed:
    """The next event of a matter. `matter` is as it will stand: its new state, version and `head_seq`, with
    `head_hash` still that of the event before."""
    kept = dict(data)
    mark = digest(number=matter.number, seq=matter.head_seq, at=at, actor=actor, move=move, from_state=from_state,
                  to_state=matter.state, version=matter.version, data=kept, prev_hash=matter.head_hash)  # fmt: skip
    return Hashed(matter.id, matter.head_seq, at, actor, move, from_state, matter.state, matter.version, kept,
                  matter.head_hash, mark)  # fmt: skip


def append(session: Session, event: Hashed) -> int:
    """Put an event on file; its id."""
    return int(_APPEND.rows(session, {name: getattr(event, name) for name in _HASHED})[0][0])


_SEQUENCE = text("SELECT nextval(pg_get_serial_sequence('event', 'id')) FROM generate_series(1, :count)")
_LAST = select(func.max(Event.id))
_APPEND_NUMBERED = Prepared(insert(Event).values({name: bindparam(name) for name in ("id", *_HASHED)}))


def append_all(session: Session, events: Sequence[Hashed]) -> list[int]:
    """Put many events on file at once; their ids, in order.

    The ids are taken first: from the sequence on PostgreSQL; on SQLite, where a writer is alone, after the last one.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        ids = [int(one) for one in connection.execute(_SEQUENCE, {"count": len(events)}).scalars()]
    else:
        last = connection.execute(_LAST).scalar() or 0
        ids = list(range(last + 1, last + 1 + len(events)))
    _APPEND_NUMBERED.change_each(session, [
        {"id": key} | {name: getattr(event, name) for name in _HASHED} for key, event in zip(ids, events, strict=True)
    ])  # fmt: skip
    return ids


_HEAD = (
    update(Matter)
    .where(col(Matter.id) == bindparam("matter"), col(Matter.head_seq) == bindparam("seen"))
    .values(head_seq=bindparam("new_seq"), head_hash=bindparam("new_hash"))
    .execution_options(synchronize_session=False)
)


def note(
    session: Session, matter: OnFile, *, at: datetime, actor: str, move: str, data: Mapping[str, Any]
) -> int:
    """Put something on record that changes neither state nor version, such as an extension; the event's id."""
    after = replace(matter, head_seq=matter.head_seq + 1)
    event = chained(after, at=at, actor=actor, move=move, from_state=matter.state, data=data)
    changed = session.connection().execute(_HEAD, {
        "matter": matter.id, "seen": matter.head_seq, "new_seq": event.seq, "new_hash": event.hash})  # fmt: skip
    if changed.rowcount != 1:
        raise LookupError(f"The history of {matter.number} grew meanwhile.")
    return append(session, event)
