"""Evidence in and out: files, the evidence room and units of work around `cases.attachments` and what builds on it.

Bytes are on disk before the row that refers to them is committed. So a crash leaves at most bytes that nobody refers to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from cases import attachments, enclosures, file_kinds, releasing
from cases.attachments import Added, Attachment, New
from plumbline.work import Work


@dataclass(frozen=True)
class Attaching:
    """What an edge needs to take evidence in and hand it out."""

    work: Work

    def add(
        self, number: str, source: BinaryIO, *, name: str, actor: str, at: datetime, caption: str = ""
    ) -> Added:
        """Add a file to a matter. Raises NoSuchMatter, Refused: why this person may not, or this file; OSError."""
        office, room = self.work.office, self.work.evidence
        attachments.checked_caption(caption)
        with self.work.reading() as session:  # who may not add fills no disk
            attachments.to_add(session, office, number, actor=actor)
        with room.draft(source) as draft:
            new = New.of(draft, file_kinds.examine(draft.path), name=name, caption=caption)
            with self.work.unit() as session:
                row = attachments.to_add(session, office, number, actor=actor, for_change=True).row
                added = attachments.put(session, row, new, actor=actor, at=at)
                room.keep(draft)
        return added

    @contextmanager
    def opened(
        self, number: str, attachment: int, *, actor: str, at: datetime
    ) -> Iterator[tuple[Attachment, BinaryIO]]:
        """An attachment and its bytes, checked. That they are damaged goes on record.

        Raises NoSuchMatter; Refused: no_such_attachment, attachment_damaged.
        """
        room = self.work.evidence
        with self.work.unit() as session:
            found = attachments.to_read(session, self.work.office, number, attachment, actor=actor, at=at)
        if room.trouble(found.sha256, found.size) is not None:
            with self.work.unit() as session:
                attachments.note_damage(session, room, found, by=actor, at=at)
        with room.opened(found.sha256, found.size) as stream:
            yield found, stream

    def release(
        self, consultation: str, clue: str, numbers: Sequence[int], *, actor: str, at: datetime,
        caption: str | None = None,
    ) -> list[Added]:  # fmt: skip
        """Release photographs of a clue to a round, as copies. Made before anything is locked: a copy takes its second.

        Raises NoSuchMatter, Refused.
        """
        office, room = self.work.office, self.work.evidence
        with self.work.reading() as session:
            photos = releasing.chosen(
                session, office, consultation, clue, numbers, actor=actor, caption=caption
            )
        with ExitStack() as until:
            copied = list(releasing.copies(room, photos, until))
            with self.work.unit() as session:
                return releasing.release(session, office, room, consultation, clue, copied, actor=actor, at=at,
                                         caption=caption)  # fmt: skip

    def send(self, escalation: str, numbers: Sequence[int], *, actor: str, at: datetime) -> list[Added]:
        """Mark attachments of a clue for its escalation. Raises NoSuchMatter, Refused."""
        with self.work.unit() as session:
            return enclosures.mark(session, self.work.office, escalation, numbers, actor=actor, at=at)
