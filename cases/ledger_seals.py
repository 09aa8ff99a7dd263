"""Ledgers that only grow, sealed at every checkpoint: what left, who looked, what came out of what, and every packet.

A matter's history is a chain; these ledgers are plain rows. A checkpoint notes for each how far it went and a digest over
every row up to there, so that a row changed, deleted or put in between later is found. What was added since the last
checkpoint is under no seal yet; `reconcile` sets one every night.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Column, func, select, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col

from cases.audit_rows import STREAM, Fault
from cases.disclosures import Disclosure
from cases.exchange import Exchanged
from cases.export_log import ExportLog
from cases.history import Checkpoint
from cases.matters import MatterLink
from cases.reads import ReadLog
from cases.risk_signs import RiskSign
from states.rulebook import Label

PATIENCE = (
    "300ms"  # that a seal waits for writers: less than the second after which PostgreSQL looks for deadlocks
)


@dataclass(frozen=True, slots=True)
class Ledger:
    """A table that only grows, and what a row says that never changes."""

    table: type[Any]
    label: Label
    mutable: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)

    @property
    def columns(self) -> list[Column[Any]]:
        return [one for one in self.table.__table__.columns if one.name not in self.mutable]


LEDGERS = tuple(
    Ledger(table, Label(zh=zh, en=en), frozenset(mutable))
    for table, zh, en, mutable in (
        (MatterLink, "事项关联", "links between matters", ()),
        (Disclosure, "披露台账", "ledger of disclosures", ()),
        (Exchanged, "收发件", "packets that left and came", ("taken",)),
        (ExportLog, "导出记录", "log of exports", ()),
        (ReadLog, "查阅记录", "log of who looked", ()),
        (RiskSign, "风险提示", "signs that risk points are looked at for", ("taken_at",)),
    )
)

Seals = dict[str, list[Any]]
"""Of each ledger: the id of the last row under the seal, and the digest over every row up to it."""


def reached(session: Session) -> Mapping[str, int]:
    """The id up to which every row of each ledger is on file for good, to be sealed by the next checkpoint.

    Ask in a transaction of its own that has written nothing. Empty on PostgreSQL where somebody goes on writing for
    longer than we wait: a row of a transaction still under way could later appear below the seal. The next checkpoint
    then seals it.
    """
    if not _still(session):
        return {}
    return {one.name: session.execute(select(func.max(one.table.id))).scalar() or 0 for one in LEDGERS}


def seal(session: Session, reached: Mapping[str, int]) -> Seals:
    """What a checkpoint notes of the ledgers that grew since the last seal."""
    known = _sealed(session)
    found: Seals = {}
    for ledger in LEDGERS:
        after, before = known.get(ledger.name, (0, ""))
        last = reached.get(ledger.name, 0)
        if last > after:
            found[ledger.name] = [last, _digest(session, ledger, before, after=after, last=last)]
    return found


def faults(session: Session) -> Iterator[Fault]:
    """What is not as it was when a checkpoint sealed it."""
    known: dict[str, tuple[int, str]] = {}
    for checkpoint, seals in _checkpoints(session):
        for ledger in LEDGERS:
            if ledger.name not in seals:
                continue
            last, noted = seals[ledger.name]
            after, before = known.get(ledger.name, (0, ""))
            if _digest(session, ledger, before, after=after, last=last) != noted:
                yield Fault(ledger.name, None, "ledger_altered", Label(
                    en=f"The {ledger.label.en}, rows {after + 1} to {last}: a row was changed, deleted or put in after "
                       f"checkpoint {checkpoint} had sealed them.",
                    zh=f"{ledger.label.zh}第 {after + 1} 至 {last} 行：检查点 {checkpoint} 封存之后，"
                       "有记录被改动、删除或者插入。"))  # fmt: skip
            known[ledger.name] = (last, noted)


def _digest(session: Session, ledger: Ledger, before: str, *, after: int, last: int) -> str:
    """SHA-256 (hex) over the digest before and the rows in (after, last], in the order they were added."""
    found = hashlib.sha256(before.encode())
    key = ledger.table.id
    query = select(*ledger.columns).where(key > after, key <= last).order_by(key)
    for row in session.execute(query, execution_options=STREAM):
        found.update(orjson.dumps([_plain(value) for value in row], option=orjson.OPT_SORT_KEYS))
    return found.hexdigest()


def _plain(value: Any) -> Any:
    """The same on every database: an instant to the microsecond in UTC."""
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def _sealed(session: Session) -> Mapping[str, tuple[int, str]]:
    known: dict[str, tuple[int, str]] = {}
    for _, seals in _checkpoints(session):
        known |= {name: (last, noted) for name, (last, noted) in seals.items()}
    return known


def _checkpoints(session: Session) -> list[tuple[int, Seals]]:
    query = select(col(Checkpoint.id), col(Checkpoint.ledgers)).order_by(col(Checkpoint.id))
    return [(key, seals) for key, seals in session.execute(query) if seals]


def _still(session: Session) -> bool:
    """Whether nobody is in the middle of writing; on SQLite, whoever writes is alone."""
    if session.connection().dialect.name != "postgresql":
        return True
    try:
        with session.begin_nested():
            session.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
            session.execute(text(f"LOCK TABLE {', '.join(one.name for one in LEDGERS)} IN SHARE MODE"))
    except OperationalError:
        return False
    return True
