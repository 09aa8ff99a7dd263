"""Before whom a matter was put and until when, held against its history: nobody reads what no move put before them, nor what
has ended, and nobody whose reading was ended behind the history's back stays without it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import Session, col

from cases import readings
from cases.audit_rows import STREAM, Fault
from cases.history import Event
from cases.matters import Matter, Reader
from cases.readings import Happened, Reading
from states.rulebook import Label, Machine, Rulebook

Row = tuple[str, str, int, int | None, str | None]  # person, ground, since, ended, why


def faults(session: Session, books: Mapping[str, Rulebook]) -> Iterator[Fault]:
    """Every matter whose readers are not those that its history tells of, from and until the events it tells of."""
    told, kept = _told(session, books), _kept(session, books)
    wrong = sorted(matter for matter in told.keys() | kept.keys() if told.get(matter) != kept.get(matter))
    for number in session.execute(select(col(Matter.number)).where(col(Matter.id).in_(wrong))).scalars():
        yield Fault(number, None, "readers_altered", Label(
            en="Those before whom it was put, or until when, are not what history tells of.",
            zh="抄送、协办或会签人员及其阅读起止与历史记录不符。"))  # fmt: skip


def _kept(session: Session, books: Mapping[str, Rulebook]) -> dict[int, set[Row]]:
    found: dict[int, set[Row]] = {}
    query = (
        select(col(Reader.matter), col(Reader.person), col(Reader.ground), col(Reader.since), col(Reader.ended),
               col(Reader.why))
        .join(Matter, col(Matter.id) == col(Reader.matter))
        .where(col(Matter.rulebook).in_(books))  # of rules that were changed, that alone is told
    )  # fmt: skip
    for matter, *row in session.execute(query):
        found.setdefault(matter, set()).add(tuple(row))
    return found


def _told(session: Session, books: Mapping[str, Rulebook]) -> dict[int, set[Row]]:
    """What the histories of all matters amount to that were ever put before somebody, or are said to have been."""
    putting = {
        name for book in books.values() for machine in book.machines.values() for name in machine.puts_before
    }
    put = select(col(Event.matter)).where(col(Event.move).in_(putting))
    said = select(col(Reader.matter))
    query = (
        select(col(Event.matter), col(Matter.rulebook), col(Matter.machine), col(Event.seq), col(Event.move),
               col(Event.actor), col(Event.from_state), col(Event.to_state), col(Event.data))
        .join(Matter, col(Matter.id) == col(Event.matter))
        .where(col(Matter.rulebook).in_(books), or_(col(Event.matter).in_(put), col(Event.matter).in_(said)))
        .order_by(col(Event.matter), col(Event.seq))
        .execution_options(**STREAM)
    )  # fmt: skip
    found = {}
    for matter, events in groupby(session.execute(query), itemgetter(0)):
        if rows := _replayed(books, [tuple(event) for event in events]):
            found[matter] = rows
    return found


def _replayed(books: Mapping[str, Rulebook], events: list[tuple[Any, ...]]) -> set[Row]:
    machine = books[events[0][1]].machines.get(events[0][2])
    return set(_rows(machine, [Happened(*event[3:]) for event in events])) if machine is not None else set()


def _rows(machine: Machine, events: Iterable[Happened]) -> Iterator[Row]:
    reading: list[Reading] = []
    for event in events:
        over = dict(readings.ended(machine, reading, event))
        yield from ((*one, event.seq, why) for one, why in over.items())
        reading = [one for one in reading if one not in over]
        reading += readings.begun(machine, reading, event)
    yield from ((*one, None, None) for one in reading)
