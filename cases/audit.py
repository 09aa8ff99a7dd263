"""Whether the file is as it was written: every chain recomputed, every row held against its history.

A chain shows what was edited, deleted or put in between; the ends kept in `matter` and in checkpoints show what was cut
off; checkpoints show a history that was written anew from some event on. Whoever can also rewrite every checkpoint is
found out only by a checkpoint that was noted down elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import func, select, tuple_
from sqlmodel import Session, col

from cases import (
    audit_assessments,
    audit_clocks,
    audit_evidence,
    audit_files,
    audit_readers,
    audit_recusals,
    audit_risks,
    audit_rounds,
    audit_rows,
    audit_zero,
    checkpoints,
    ledger_seals,
    rulebooks,
)
from cases.audit_rows import Fault
from cases.evidence import EvidenceRoom
from cases.history import Checkpoint, Event
from cases.matters import Matter
from states.rulebook import Label, Rulebook

MOST_FAULTS = 1000  # told one by one; whatever is beyond is counted
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and what was wrong."""

    events: int
    checkpoints: int
    faults: tuple[Fault, ...]
    more: int
    head: str

    @property
    def ok(self) -> bool:
        """Whether nothing was wrong."""
        return not self.faults

    def as_dict(self, lang: str) -> dict[str, Any]:
        """The answer of contract.md; `head` is the newest checkpoint's hash, worth noting down elsewhere."""
        return {"ok": self.ok, "events": self.events, "checkpoints": self.checkpoints,
                "faults": [fault.as_dict(lang) for fault in self.faults], "more_faults": self.more,
                "head": self.head}  # fmt: skip


def verify(session: Session, room: EvidenceRoom | None = None) -> Verified:
    """Recompute everything; given the evidence room, also the hashes of attachments.

    Rows are streamed: the memory it takes does not grow with the file.
    """
    books, faulty = _rulebooks(session)
    found = _chain(
        faulty, audit_rows.faults(session, books), audit_clocks.faults(session, books),
        audit_rows.subjects(session), audit_rounds.faults(session), audit_recusals.faults(session),
        audit_readers.faults(session, books), audit_risks.faults(session, books), audit_files.faults(session),
        audit_assessments.faults(session), audit_zero.faults(session),
        audit_evidence.faults(session, room), _checkpoints(session), ledger_seals.faults(session),
    )  # fmt: skip
    faults = tuple(islice(found, MOST_FAULTS))
    more = sum(1 for _ in found)
    events = session.execute(select(func.count()).select_from(Event)).scalar_one()
    set_so_far = session.execute(select(func.count()).select_from(Checkpoint)).scalar_one()
    last = checkpoints.last(session)
    return Verified(int(events), int(set_so_far), faults, more, last.hash if last else "")


def _chain(*parts: Iterable[Fault]) -> Iterator[Fault]:
    for part in parts:
        yield from part


def _rulebooks(session: Session) -> tuple[Mapping[str, Rulebook], list[Fault]]:
    """The published rulebooks that still read as they were published, and a fault for each that does not."""
    good: dict[str, Rulebook] = {}
    faults: list[Fault] = []
    for row in session.execute(select(rulebooks.PublishedRulebook)).scalars():
        if hashlib.sha256(row.text.encode()).hexdigest() == row.sha256:
            good[row.key] = Rulebook.model_validate_json(row.text)
        else:
            faults.append(Fault(row.key, None, "rulebook_changed", Label(
                en="The rulebook was changed after it was published.", zh="规则在发布后被改动。")))  # fmt: skip
    return good, faults


def _checkpoints(session: Session) -> Iterator[Fault]:
    before = ""
    ids = session.execute(select(col(Checkpoint.id)).order_by(col(Checkpoint.id))).scalars().all()
    for key in ids:
        row = session.get_one(Checkpoint, key)
        subject = f"checkpoint {row.id}"
        if row.prev_hash != before:
            yield Fault(subject, None, "checkpoint_missing", Label(
                en="It does not follow the checkpoint before it: one was deleted or replaced.",
                zh="与前一检查点不相衔接：有检查点被删除或替换。"))  # fmt: skip
        if (
            checkpoints.digest(at=row.at, heads=row.heads, ledgers=row.ledgers, prev_hash=row.prev_hash)
            != row.hash
        ):
            yield Fault(subject, None, "checkpoint_altered", Label(
                en="The checkpoint was altered.", zh="检查点内容被改动。"))  # fmt: skip
        before = row.hash
        yield from _heads(session, row)
        session.expunge(row)


def _heads(session: Session, row: Checkpoint) -> Iterator[Fault]:
    """Whether history still holds the events that stood at the ends when the checkpoint was set."""
    numbers = sorted(row.heads)
    for start in range(0, len(numbers), CHUNK):
        wanted = {number: row.heads[number] for number in numbers[start : start + CHUNK]}
        found = _events_at(session, [(number, seq) for number, (seq, _) in wanted.items()])
        for number, (seq, mark) in wanted.items():
            event, held = found.get((number, seq), (None, None))
            if held is None:
                yield Fault(number, None, "cut_off", Label(
                    en=f"Event {seq}, noted in checkpoint {row.id}, is gone: the end of the history was cut off.",
                    zh=f"检查点 {row.id} 记载的第 {seq} 条记录已不存在：历史末尾被截去。"))  # fmt: skip
            elif held != mark:
                yield Fault(number, event, "rewritten", Label(
                    en=f"Event {seq} is not the one noted in checkpoint {row.id}: the history was written anew.",
                    zh=f"第 {seq} 条记录与检查点 {row.id} 所载不符：历史被重写。"))  # fmt: skip


def _events_at(session: Session, places: Sequence[tuple[str, int]]) -> dict[tuple[str, int], tuple[int, str]]:
    query = (
        select(col(Matter.number), col(Event.seq), col(Event.id), col(Event.hash))
        .join(Matter, col(Matter.id) == col(Event.matter))
        .where(tuple_(col(Matter.number), col(Event.seq)).in_(places))
    )
    return {(number, seq): (key, mark) for number, seq, key, mark in session.execute(query)}
