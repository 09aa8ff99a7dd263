"""Before whom a matter was put, held against its history: nobody reads what no move put before them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlmodel import Session, col

from cases import linking
from cases.audit_rows import Fault
from cases.history import Event
from cases.matters import Matter, Reader
from states.rulebook import FormField, Label, Rulebook


def faults(session: Session, books: Mapping[str, Rulebook]) -> Iterator[Fault]:
    """Every matter whose readers are not those that its history names."""
    told, kept = _told(session, books), _kept(session, books)
    wrong = sorted(matter for matter in told.keys() | kept.keys() if told.get(matter) != kept.get(matter))
    for number in session.execute(select(col(Matter.number)).where(col(Matter.id).in_(wrong))).scalars():
        yield Fault(number, None, "readers_altered", Label(
            en="Those before whom it was put are not those that history tells of.",
            zh="抄送、协办或会签人员与历史记录不符。"))  # fmt: skip


def _kept(session: Session, books: Mapping[str, Rulebook]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    query = (
        select(col(Reader.matter), col(Reader.person))
        .join(Matter, col(Matter.id) == col(Reader.matter))
        .where(col(Matter.rulebook).in_(books))  # of rules that were changed, that alone is told
    )
    for matter, person in session.execute(query):
        found[matter].add(person)
    return found


def _told(session: Session, books: Mapping[str, Rulebook]) -> dict[int, set[str]]:
    naming = {
        (key, name, move): fields for key, book in books.items() for name, machine in book.machines.items()
        for move, rule in machine.moves.items()
        if (fields := [field for field in rule.fields if field.sets == "readers"])
    }  # fmt: skip
    found: dict[int, set[str]] = defaultdict(set)
    query = (
        select(col(Event.matter), col(Matter.rulebook), col(Matter.machine), col(Event.move), col(Event.data))
        .join(Matter, col(Matter.id) == col(Event.matter))
        .where(col(Event.move).in_({move for _, _, move in naming}))
    )
    for matter, key, machine, move, data in session.execute(query):
        naming_here: list[FormField] = naming.get((key, machine, move), [])
        if people := linking.named(naming_here, data):
            found[matter].update(people)
    return found
