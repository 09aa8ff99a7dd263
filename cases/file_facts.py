"""What guards may know of integrity files: which parts or items are lacking."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlmodel import Session

from cases import file_leaves
from cases.matters import OnFile
from cases.office import Office
from states import file_items
from states.facts import Made
from states.guards_on_files import ITEMS_LACKING, PARTS_LACKING


def facts(
    session: Session, office: Office, row: OnFile, course: Iterable[Made], *, at: datetime
) -> dict[str, Any]:
    """Nothing for what is no file."""
    machine = office.rulebook(row.rulebook).machines[row.machine]
    if machine.file is not None:
        today = office.day(at)
        return {PARTS_LACKING: file_leaves.lacking(session, office, machine, row.id, row.number, today=today)}
    if machine.items is not None:
        return {
            ITEMS_LACKING: file_items.lacking(machine, machine.items, file_items.noted(machine.items, course))
        }
    return {}
