"""Leaves of integrity files held against the history: each as it was sealed, none put in or taken out. None is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import file_leaves
from cases.audit_rows import STREAM, Fault
from cases.file_leaves import FileLeaf
from cases.history import Event
from cases.matters import Matter
from cases.person_files import MACHINE
from states.file_rules import LEAF, LEAF_SEAL
from states.rulebook import Label

_ALTERED = Label(
    zh="档案材料与历史记录中的封存码不符。", en="A leaf of the file does not fit the seal in its history."
)
_GONE = Label(zh="档案材料已被取走。", en="A leaf of the file is gone.")


def faults(session: Session) -> Iterator[Fault]:
    """What is wrong with any leaf."""
    query: Any = (
        select(FileLeaf, col(Matter.number), col(Event.id), col(Event.data))
        .join(Matter, col(Matter.id) == col(FileLeaf.matter))
        .outerjoin(
            Event, (col(Event.id) == col(FileLeaf.event)) & (col(Event.matter) == col(FileLeaf.matter))
        )
        .order_by(col(FileLeaf.id))
    )
    there: set[int] = set()
    for one, number, key, data in session.execute(query, execution_options=STREAM):
        there |= {key} if key is not None else set()
        held = (data or {}).get(LEAF), (data or {}).get(LEAF_SEAL)
        if held != (one.leaf, file_leaves.seal(number, one.leaf, one.sealed)):
            yield Fault(number, key, "leaf_altered", _ALTERED)
    put_in = (
        select(col(Event.id), col(Matter.number), col(Event.data))
        .join(Matter, col(Matter.id) == col(Event.matter))
        .where(col(Matter.machine) == MACHINE)
        .order_by(col(Event.id))
    )
    for key, number, data in session.execute(put_in, execution_options=STREAM):
        if LEAF_SEAL in data and key not in there:
            yield Fault(number, key, "leaf_gone", _GONE)
