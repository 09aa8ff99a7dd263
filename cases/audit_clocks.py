"""Every clock held against its ledger: the date it shows must be the one its entries give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from cases import clocks
from cases.audit_rows import STREAM, Fault
from cases.deadlines import Deadline, DeadlineEntry
from cases.matters import Matter
from states.budgets import Ledger
from states.calendars import china
from states.hours import due_at
from states.periods import Period, Unit
from states.rulebook import Label, Rulebook

_CLOSED = ("met", "late", "dropped")


def faults(session: Session, books: Mapping[str, Rulebook]) -> Iterator[Fault]:
    """What is wrong with any clock."""
    query = (
        select(col(Deadline.id), col(Deadline.name), col(Deadline.status), col(Deadline.started_on),
               col(Deadline.budget), col(Deadline.due_on), col(Deadline.due_at), col(Deadline.calendar_version),
               col(Matter.number), col(Matter.machine), col(Matter.rulebook))
        .join(Matter, col(Matter.id) == col(Deadline.matter))
        .order_by(col(Deadline.id))
    )  # fmt: skip
    ledgers = _ledgers(session)
    key, entries = next(ledgers, (None, []))
    for row in session.execute(query, execution_options=STREAM):
        while key is not None and key < row.id:
            key, entries = next(ledgers, (None, []))
        own: Sequence[Any] = entries if key == row.id else []
        book = books.get(row.rulebook)
        for code, why in _of_clock(row, own, book):
            yield Fault(row.number, own[-1].event if own else None, code, why)


def _ledgers(session: Session) -> Iterator[tuple[int, list[Any]]]:
    query = select(
        col(DeadlineEntry.deadline), col(DeadlineEntry.kind), col(DeadlineEntry.on), col(DeadlineEntry.period),
        col(DeadlineEntry.by), col(DeadlineEntry.reason), col(DeadlineEntry.due_on), col(DeadlineEntry.event),
    ).order_by(col(DeadlineEntry.deadline), col(DeadlineEntry.id))  # fmt: skip
    for key, entries in groupby(session.execute(query, execution_options=STREAM), key=attrgetter("deadline")):
        yield key, list(entries)


def _of_clock(row: Any, entries: Sequence[Any], book: Rulebook | None) -> Iterator[tuple[str, Label]]:
    over_when_imported = (
        len(entries) == 1 and entries[0].kind == "closed"
    )  # one line says when it ran and how it ended
    if not entries or (entries[0].kind != "opened" and not over_when_imported):
        yield "clock_without_ledger", Label(en=f"The clock {row.name} has no opening entry in the ledger.",
                                            zh=f"时限 {row.name} 在台账中没有开始记录。")  # fmt: skip
        return
    closed = entries[-1].kind == "closed"
    if closed != (row.status in _CLOSED) or (
        not closed and (entries[-1].kind == "paused") != (row.status == "paused")
    ):
        yield "clock_changed", Label(en=f"The clock {row.name} is {row.status}, which its ledger does not say.",
                                     zh=f"时限 {row.name} 的状态 {row.status} 与台账不符。")  # fmt: skip
    if closed or book is None:
        return
    stated = next(entry.due_on for entry in reversed(entries) if entry.kind != "closed")
    if row.due_on != stated or _late_from(row, book) != row.due_at or not _computes(row, entries, book):
        yield "clock_changed", Label(en=f"The clock {row.name} shows {row.due_on}, which is not what its ledger gives.",
                                     zh=f"时限 {row.name} 的到期日 {row.due_on} 与台账推算不符。")  # fmt: skip


def _late_from(row: Any, book: Rulebook) -> Any:
    return due_at(row.due_on, ZoneInfo(book.zone)) if row.due_on else None


def _computes(row: Any, entries: Sequence[Any], book: Rulebook) -> bool:
    """Whether counting again gives the same date; only where the calendar is still the one it was counted by."""
    if row.calendar_version != china().version or Period.parse(row.budget).unit is Unit.HOUR:
        return True
    rule = book.machines[row.machine].deadlines.get(row.name) if row.machine in book.machines else None
    lines = [(one.kind, one.on, one.period, one.by, one.reason) for one in entries]
    if len(lines) == 1:
        return bool(_plain(row.started_on, row.budget, rule.roll if rule else True) == row.due_on)
    ledger = clocks.ledger_of(row.started_on, row.budget, lines, roll=rule.roll if rule else True)
    return bool(_due_on(ledger) == row.due_on)


@lru_cache(maxsize=10_000)
def _plain(started_on: date, budget: str, roll: bool) -> date | None:  # noqa: FBT001 - part of the cache's key
    """Most clocks were never paused, and thousands share a day and a budget."""
    return _due_on(Ledger(started_on, Period.parse(budget), roll=roll))


def _due_on(ledger: Ledger) -> date | None:
    due = ledger.due(china())
    return due.due_on if due else None
