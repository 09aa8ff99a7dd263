"""Checkpoints: where every chain ended at a moment, and the seals of the ledgers, each chained to the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import Session, col

from cases.history import Checkpoint
from cases.matters import Matter


@dataclass(frozen=True, slots=True)
class Taken:
    """A checkpoint that was set: over how many chains that had grown. Without any, none is set."""

    id: int | None
    heads: int
    hash: str


def take(session: Session, *, at: datetime, seals: Mapping[str, Any] | None = None) -> Taken:
    """Note the ends of all chains that grew since the last checkpoint, in a row chained to it.

    `seals` of the ledgers (`ledger_seals.seal`) are noted with it.
    """
    known: dict[str, Any] = {}
    for heads in session.execute(select(col(Checkpoint.heads)).order_by(col(Checkpoint.id))).scalars():
        known |= heads
    query = select(col(Matter.number), col(Matter.head_seq), col(Matter.head_hash)).order_by(col(Matter.id))
    grown = {
        number: [seq, head]
        for number, seq, head in session.execute(query, execution_options={"yield_per": 2000})
        if known.get(number) != [seq, head]
    }
    latest = last(session)
    before = latest.hash if latest else ""
    if not grown and not seals:
        return Taken(None, 0, before)
    mark = digest(at=at, heads=grown, ledgers=dict(seals or {}), prev_hash=before)
    row = Checkpoint(at=at, heads=grown, ledgers=dict(seals or {}), prev_hash=before, hash=mark)
    session.add(row)
    session.flush()
    return Taken(row.id, len(grown), row.hash)


def digest(*, at: datetime, heads: Mapping[str, Any], ledgers: Mapping[str, Any], prev_hash: str) -> str:
    """SHA-256 (hex) over a checkpoint's canonical JSON. Without seals it is what it was before there were any."""
    record: list[Any] = [at.astimezone(UTC).isoformat(timespec="microseconds"), dict(heads), prev_hash]
    record += [dict(ledgers)] if ledgers else []
    return hashlib.sha256(orjson.dumps(record, option=orjson.OPT_SORT_KEYS)).hexdigest()


def last(session: Session) -> Checkpoint | None:
    """The newest checkpoint."""
    return session.execute(select(Checkpoint).order_by(col(Checkpoint.id).desc()).limit(1)).scalar()
