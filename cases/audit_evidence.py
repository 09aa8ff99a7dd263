"""Whether attachments are as they were handed in: each row held against its event, and its bytes against their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from cases.attachments import ADDED, ARRIVED, CARRIED, MARKED, RELEASED, Attachment
from cases.audit_rows import STREAM, Fault
from cases.evidence import EvidenceRoom
from cases.history import Event
from cases.matters import Matter
from states.rulebook import Label

_EVENTS = tuple(f"attachment.{how}" for how in (ADDED, ARRIVED, CARRIED, MARKED, RELEASED))
_SAYS = {
    "missing": Label(zh="附件原件缺失。", en="The bytes of an attachment are missing."),
    "damaged": Label(
        zh="附件原件已被改动。", en="The bytes of an attachment are not those that were handed in."
    ),
}


def faults(session: Session, room: EvidenceRoom | None) -> Iterator[Fault]:
    """What is wrong with any attachment; of its bytes only where the evidence room is at hand."""
    yield from _rows(session)
    yield from _gone(session)
    if room is not None:
        yield from bytes_faults(session, room)


def _rows(session: Session) -> Iterator[Fault]:
    query = (
        select(Attachment.number, Attachment.name, Attachment.sha256, Attachment.size, Attachment.media_type,
               Attachment.how, Event.id, Event.move, Event.data, Matter.number.label("matter"))  # type: ignore[attr-defined, call-overload]
        .join(Matter, col(Matter.id) == col(Attachment.matter))
        .outerjoin(Event, (col(Event.id) == col(Attachment.event)) & (col(Event.matter) == col(Attachment.matter)))
        .order_by(col(Attachment.id))
    )  # fmt: skip
    for row in session.execute(query, execution_options=STREAM):
        name = hashlib.sha256(row.name.encode()).hexdigest()
        told = {"number": row.number, "name_sha256": name, "sha256": row.sha256, "size": row.size,
                "media_type": row.media_type}  # fmt: skip
        if row.move != f"attachment.{row.how}" or any(row.data.get(name) != told[name] for name in told):
            yield Fault(row.matter, row.id, "attachment_changed", Label(
                zh=f"第 {row.number} 号附件的记录被改动。",
                en=f"The row of attachment {row.number} was changed behind its history's back."))  # fmt: skip


def _gone(session: Session) -> Iterator[Fault]:
    """Events of attachments that no row belongs to. On a clue, the event of a release tells of a row of the round."""
    query: Select[Any] = (
        select(col(Event.id), col(Event.data), col(Matter.number))
        .join(Matter, col(Matter.id) == col(Event.matter))
        .outerjoin(Attachment, col(Attachment.event) == col(Event.id))
        .where(col(Event.move).in_(_EVENTS), col(Attachment.id).is_(None))
        .order_by(col(Event.id))
    )
    for key, data, number in session.execute(query, execution_options=STREAM):
        if "to" not in data:
            yield Fault(number, key, "attachment_gone", Label(
                zh=f"第 {data.get('number')} 号附件的记录被删除。",
                en=f"The row of attachment {data.get('number')} was deleted."))  # fmt: skip


def bytes_faults(session: Session, room: EvidenceRoom, *, at_most: int | None = None) -> Iterator[Fault]:
    """Attachments whose bytes are missing or altered. Each content is looked at once, the newest first; of those beyond
    `at_most` bytes altogether, only whether they are there in their size."""
    query: Select[Any] = (
        select(
            col(Attachment.sha256),
            col(Attachment.size),
            col(Attachment.number),
            col(Matter.number).label("matter"),
        )
        .join(Matter, col(Matter.id) == col(Attachment.matter))
        .order_by(col(Attachment.id).desc())
    )
    seen: dict[tuple[str, int], str | None] = {}
    left = at_most
    for sha256, size, number, matter in session.execute(query, execution_options=STREAM):
        if (sha256, size) not in seen:
            seen[sha256, size] = room.trouble(sha256, size, read=left is None or left >= size)
            left = left if left is None else left - size
        if found := seen[sha256, size]:
            says = _SAYS[found]
            yield Fault(matter, None, f"attachment_{found}", Label(
                zh=f"第 {number} 号：{says.zh}", en=f"Attachment {number}: {says.en}"))  # fmt: skip
