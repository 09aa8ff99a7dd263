"""Copies of a finding's photographs for the task that is made of it: without metadata and under names that say nothing, as
they go to a round; which body is shown them is in the ledger of disclosures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import attachments, disclosures, finding_photographs, gathering, photographs
from cases.attachments import RELEASED, Attachment, New
from cases.disclosures import Left
from cases.evidence import EvidenceRoom
from cases.file_kinds import Kind
from cases.moved import Moved
from cases.office import Office
from cases.people import Person
from cases.releasing import Copied, label


def to_copy(
    session: Session, office: Office, number: str, move: str, given: Mapping[str, Any], *, actor: str
) -> list[Attachment]:
    """The photographs that a move is to release to another body with what it opens. Raises NoSuchMatter."""
    row = gathering.load(session, office, number, login=actor, for_change=False).row
    if not finding_photographs.is_for_others(office, row, move):
        return []
    found = [
        one for one in finding_photographs.of_finding(session, office, row, move, given) if one.is_photograph
    ]
    for one in found:
        session.expunge(one)
    return found


def release(
    session: Session, room: EvidenceRoom, photos: Sequence[Attachment], copied: Sequence[Copied], moved: Moved, *,
    actor: str, at: datetime,
) -> None:  # fmt: skip
    """Put the copies with what the move opened, and on record which body is shown them."""
    for photo, one in zip(photos, copied, strict=True):
        child = finding_photographs.on_file(session, moved)
        room.keep(one.draft)
        name = f"{child.number}-{len(attachments.of_matter(session, child.id)) + 1}.jpg"
        new = New(name, "", Kind(photographs.COPIES), one.draft.sha256, one.draft.size, RELEASED, photo.id)
        added = attachments.put(session, child, new, actor=actor, at=at)
        told = select(col(Person.organisation)).where(col(Person.login) == child.handler)
        body = session.execute(told).scalar()
        if body is not None and body != child.organisation:
            mine = attachments.one_of(session, child.id, added.number)
            left = Left((label(mine),), sha256=one.draft.sha256)
            disclosures.record(session, child.id, "photograph", left, told=body, by=actor, at=at)
