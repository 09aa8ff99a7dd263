"""The photographs of a finding go along with the clue or the task that is made of it.

To a clue, which stays with us, goes the photograph as it was handed in: another row, no further file, the same hash, and
in the event who added it when. To a task, which somebody of another body is to see, goes a copy (`cases.finding_copies`).
Neither says which round it is from to those who do not see that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import attachments, checklist_facts, checklist_sheets, gathering, sight
from cases.attachments import CARRIED, Attachment, New
from cases.matters import Matter, OnFile
from cases.moved import Moved
from cases.office import Office
from states.checklist_rules import FINDING, ITEM

Release = Callable[[Moved], None]


def travel(
    session: Session, office: Office, row: OnFile, move: str, given: Mapping[str, Any], moved: Moved, *,
    release: Release | None, at: datetime, actor: str,
) -> None:  # fmt: skip
    """Take the photographs of the item along to what a move made of it, in its transaction. `release` releases the copies
    that were made for another body; without it none go there."""
    photos = of_finding(session, office, row, move, given)
    if not photos or not moved.consequences:
        return
    if is_for_others(office, row, move):
        if release is not None:
            release(moved)
        return
    for one in photos:
        child = on_file(session, moved)
        note = {"first_added_by": one.added_by, "first_added_at": one.added_at.isoformat()}
        attachments.put(session, child, New.again(one, how=CARRIED), actor=actor, at=at, note=note)


def on_file(session: Session, moved: Moved) -> OnFile:
    """What the move opened, as it stands now: each file that is added to it moves the end of its history."""
    query = select(col(Matter.id)).where(col(Matter.number) == moved.consequences[0].number)
    return gathering.load_by_id(session, session.execute(query).scalar_one()).row


def is_for_others(office: Office, row: OnFile, move: str) -> bool:
    """Whether what this move opens is seen by people of other bodies."""
    book = office.rulebook(row.rulebook)
    opens = book.machines[row.machine].moves[move].opens if move in book.machines[row.machine].moves else None
    return opens is not None and sight.is_shared(book, opens.machine)


def of_finding(
    session: Session, office: Office, row: OnFile, move: str, given: Mapping[str, Any]
) -> list[Attachment]:
    """The photographs that stand with the finding which this move makes something of."""
    rules = office.rulebook(row.rulebook).machines[row.machine].checklist
    if rules is None or move not in rules.found_by or not given.get(ITEM):
        return []
    asked = checklist_facts.asked(session, office, row)
    said = (
        checklist_sheets.answers(session, row, asked).get(str(given[ITEM]), []) if asked is not None else []
    )
    if not said or said[-1]["answer"] != FINDING:
        return []
    held = {one.number: one for one in attachments.of_matter(session, row.id)}
    return [held[number] for number in said[-1]["photographs"] if number in held]
