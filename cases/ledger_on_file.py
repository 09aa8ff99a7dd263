"""What is on file already, as an import asks about it: numbers, people by name, reports of the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases.ledger_repeats import key
from cases.matters import Matter, Subject
from cases.people import Person

_BATCH = 5_000

Report = tuple[str, ...]
"""What two reports of the same have in common."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is on file under a number."""

    id: int
    organisation: str
    received_on: date | None


def held(session: Session, numbers: Iterable[str]) -> dict[str, Held]:
    """What is on file under these numbers."""
    query = select(col(Matter.number), col(Matter.id), col(Matter.organisation), col(Matter.received_on))
    found: dict[str, Held] = {}
    for some in _in_batches(list(numbers)):
        rows = session.execute(query.where(col(Matter.number).in_(some)))
        found |= {number: Held(key, keeper, day) for number, key, keeper, day in rows if key is not None}
    return found


def logins(session: Session, organisation: str) -> dict[str, str | None]:
    """Logins by name (and by login) of the active people of an organisation; None where two bear one name."""
    query = select(col(Person.name), col(Person.login)).where(
        col(Person.organisation) == organisation, col(Person.active)
    )
    found: dict[str, str | None] = {}
    for name, login in session.execute(query):
        found[name] = None if name in found else login
        found.setdefault(login, login)
    return found


def report(values: Mapping[str, Any], project: str | None) -> Report:
    """What a clue has in common with its repeats, by the values it keeps and the code of its project."""
    return key(dict(values) | {"project": project})


def firsts(
    session: Session, names: Sequence[str], *, organisation: str, up_to: int
) -> Iterator[tuple[Report, int, str]]:
    """The clues on these subjects that were on file before the id `up_to` was exceeded: report, id, number."""
    query = (
        select(col(Matter.id), col(Matter.number), col(Matter.project), col(Matter.values))
        .join(Subject, col(Subject.matter) == col(Matter.id))
        .where(col(Matter.machine) == "clue", col(Matter.organisation) == organisation)
        .where(col(Matter.id) <= up_to)
        .order_by(col(Matter.id))
    )
    for some in _in_batches(names):
        for matter, number, project, values in session.execute(query.where(col(Subject.name).in_(some))):
            if matter is not None:
                yield report(values, project), matter, number


def _in_batches(wanted: Sequence[str]) -> Iterator[Sequence[str]]:
    """A statement takes only so many parameters."""
    for start in range(0, len(wanted), _BATCH):
        yield wanted[start : start + _BATCH]
