"""Opened opinions in the ledger of disclosures: which body came to read what others said, and when.

Until they are opened nobody reads another's, and no line says so. From then on each body that sits in the round, or comes
to see it later, has a line with those it can read now and could not before. What its own people said nobody told it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import canonical, disclosures, round_items, round_sight, rounds
from cases.disclosures import OPINIONS, Disclosure, Left
from cases.matters import OnFile
from cases.office import Office
from cases.people import Person
from cases.rounds import GivenOpinion
from states.agenda import FIRST
from states.rounds import View


def note(
    session: Session,
    office: Office,
    row: OnFile,
    bodies: Mapping[str, Sequence[str]],
    *,
    by: str,
    at: datetime,
) -> None:
    """Note what each of these other bodies comes to read now, once for each opinion; of the items that its people in the
    round may see, or of all where it sees the round without any (it was sent to it)."""
    opened = [one for one in rounds.given(session, row.id) if one.opened_at is not None]
    if not opened:
        return
    homes = _homes(session, opened)
    told = _told(session, row.id)
    for body, people in bodies.items():
        items = _items(session, office, row, people)
        new = {name: one for one in opened if homes.get(one.person) != body and one.item in items
               and (name := disclosures.opinion_name(one.item, one.person, one.seq)) not in told.get(body, ())}  # fmt: skip
        if new:
            mark = canonical.digest([_read(one) for one in new.values()])
            left = Left(tuple(new), sha256=mark)
            disclosures.record(session, row.id, OPINIONS, left, told=body, by=by, at=at)


def _items(session: Session, office: Office, row: OnFile, people: Sequence[str]) -> frozenset[int]:
    if not people:
        return frozenset({FIRST, *round_items.clues(session, row.id)})
    seen = (round_sight.sight(session, office, row, actor=login).items for login in people)
    return frozenset[int]().union(*seen)


def _homes(session: Session, opinions: Sequence[GivenOpinion]) -> Mapping[str, str]:
    """The body of each who spoke."""
    query = select(col(Person.login), col(Person.organisation)).where(
        col(Person.login).in_({one.person for one in opinions})
    )
    return dict(tuple(pair) for pair in session.execute(query))


def _told(session: Session, matter: int) -> Mapping[str, set[str]]:
    """By body: the opinions it has a line of."""
    query = select(col(Disclosure.told), col(Disclosure.fields)).where(
        col(Disclosure.matter) == matter, col(Disclosure.kind) == OPINIONS
    )
    found: dict[str, set[str]] = {}
    for body, names in session.execute(query):
        found.setdefault(body, set()).update(names)
    return found


def _read(one: GivenOpinion) -> dict[str, Any]:
    """An opinion as others read it. Why somebody recused themselves they do not."""
    said = one.view != View.RECUSED
    return {"item": one.item, "person": one.person, "seq": one.seq, "given_at": one.given_at.isoformat(),
            "view": one.view, "conditions": one.conditions if said else "",
            "reasons": one.reasons if said else "", "seal": one.seal}  # fmt: skip
