"""Evidence in and out: files, the evidence room and units of work around `cases.attachments` and what builds on it.

Bytes are on disk before the row that refers to them is committed. So a crash leaves at most bytes that nobody refers to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlmodel import Session

from cases import advance as gate
from cases import attachments, enclosures, file_kinds, finding_copies, gathering, releasing, requests
from cases.attachments import Added, Attachment, New
from cases.moved import Moved
from cases.requests import Request
from plumbline.work import Work
from states.facts import Refused


@dataclass(frozen=True)
class Attaching:
    """What an edge needs to take evidence in and hand it out."""

    work: Work

    def add(
        self, number: str, source: BinaryIO, *, name: str, actor: str, at: datetime, caption: str = "",
        key: str | None = None, photograph: bool = False,
    ) -> Added:  # fmt: skip
        """Add a file to a matter. With `key`, the same request again is only answered. `photograph`: nothing else is
        taken.

        Raises NoSuchMatter, Refused: why this person may not, or this file; KeyReused; OSError.
        """
        office, room = self.work.office, self.work.evidence
        attachments.checked_caption(caption)
        with self.work.reading() as session:  # who may not add fills no disk
            attachments.to_add(session, office, number, actor=actor)
        with room.draft(source) as draft:
            kind = file_kinds.examine(draft.path)
            if photograph:
                file_kinds.check_photograph(kind)
            new = New.of(draft, kind, name=name, caption=caption)
            request = Request(actor, key, (number, "attachment.add", draft.sha256, name, caption))
            with self.work.unit() as session:
                # Locked before the key is looked up: of two at once, the second finds what the first did.
                row = attachments.to_add(session, office, number, actor=actor, for_change=True).row

                def put() -> list[Added]:
                    added = attachments.put(session, row, new, actor=actor, at=at)
                    room.keep(draft)
                    return [added]

                (added,) = _once(session, request, put, at=at)
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
        caption: str | None = None, key: str | None = None,
    ) -> list[Added]:  # fmt: skip
        """Release photographs of a clue to a round, as copies. Made before anything is locked: a copy takes its second.
        With `key`, the same request again is only answered, to whoever still sees both.

        Raises NoSuchMatter, Refused, KeyReused.
        """
        office, room = self.work.office, self.work.evidence
        request = Request(actor, key, (consultation, "attachment.release", clue, list(numbers), caption))
        with self.work.reading() as session:
            self._see(session, (consultation, clue), actor=actor)
            try:
                photos = releasing.chosen(
                    session, office, consultation, clue, numbers, actor=actor, caption=caption
                )
            except (
                Refused
            ):  # for one, because this very request released them; looked up last, lest it lands between
                if (kept := requests.answered(session, request)) is None:
                    raise
                return _made(kept)
        with ExitStack() as until:
            copied = list(releasing.copies(room, photos, until))
            with self.work.unit() as session:
                self._see(session, (consultation, clue), actor=actor, for_change=True)

                def release() -> list[Added]:
                    return releasing.release(session, office, room, consultation, clue, copied, actor=actor, at=at,
                                             caption=caption)  # fmt: skip

                return _once(session, request, release, at=at)

    def advance(
        self, number: str, move: str, *, actor: str, at: datetime, expected_version: int | None = None,
        key: str | None = None, fields: Mapping[str, Any] | None = None, typed: bool = False,
        check: Callable[[Session], None] | None = None,
    ) -> Moved:  # fmt: skip
        """Make a move, as the gate does. Photographs that its form names go as copies to the round that it convenes,
        and those of a finding to what it makes of that, in the same transaction: all of it is done, or nothing.
        `check` is asked before, in each transaction.

        Raises what the gate raises, and Refused: why a photograph cannot be released.
        """
        office, room, given = self.work.office, self.work.evidence, dict(fields or {})
        with self.work.reading() as session:
            if check is not None:
                check(session)
            photos = releasing.chosen_for_new(session, office, number, move, given, actor=actor)
            found = finding_copies.to_copy(session, office, number, move, given, actor=actor)
        with ExitStack() as until:
            copied = list(releasing.copies(room, photos or found, until))
            with self.work.unit() as session:
                if check is not None:
                    check(session)

                def release(moved: Moved) -> None:
                    if found:
                        finding_copies.release(session, room, found, copied, moved, actor=actor, at=at)
                        return
                    releasing.release(
                        session,
                        office,
                        room,
                        moved.consequences[0].number,
                        number,
                        copied,
                        actor=actor,
                        at=at,
                    )

                return gate.advance(
                    session, office, number, move, actor=actor, at=at, expected_version=expected_version, key=key,
                    fields=given, typed=typed, release=release,
                )  # fmt: skip

    def send(
        self, escalation: str, numbers: Sequence[int], *, actor: str, at: datetime, key: str | None = None
    ) -> list[Added]:
        """Mark attachments of a clue for its escalation. With `key`, the same request again is only answered.

        Raises NoSuchMatter, Refused, KeyReused.
        """
        request = Request(actor, key, (escalation, "attachment.send", list(numbers)))
        with self.work.unit() as session:
            self._see(session, (escalation,), actor=actor, for_change=True)

            def mark() -> list[Added]:
                return enclosures.mark(session, self.work.office, escalation, numbers, actor=actor, at=at)

            return _once(session, request, mark, at=at)

    def _see(self, session: Session, numbers: Sequence[str], *, actor: str, for_change: bool = False) -> None:
        """Raises NoSuchMatter where this person does not see one of them; `for_change` locks them, in this order."""
        for number in numbers:
            gathering.load(session, self.work.office, number, login=actor, for_change=for_change)


def _once(session: Session, request: Request, act: Callable[[], list[Added]], *, at: datetime) -> list[Added]:
    """What was made now, or when this request came first. Raises KeyReused."""
    return _made(requests.once(session, request, lambda: {"made": [one.as_dict() for one in act()]}, at=at))


def _made(kept: Mapping[str, Any]) -> list[Added]:
    return [Added.of_dict(one) for one in kept["made"]]
