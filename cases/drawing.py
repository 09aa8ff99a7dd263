"""Draws on record: what was drawn from, the seed, the weights, and what came out; so that anyone can draw again."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Column, or_
from sqlmodel import Field, Session, SQLModel, col, select

from cases.inspections import Programme
from cases.interests import Interest
from cases.organisations import Organisation, Project
from cases.people import Person, Posting
from states import sampling
from states.names import Name, of_firm, same
from states.sampling import Draw, Item

SITES, INSPECTORS, LIST = "sites", "inspectors", "list"


class RecordedDraw(SQLModel, table=True):
    """One draw, never changed. `items` are [name, weight] as drawn from; `left_out` those who were not in it, having an
    interest or no post any more. Until `shown_on` its outcome is nobody's but its maker's."""

    __tablename__ = "inspection_draw"

    id: int | None = Field(default=None, primary_key=True)
    organisation: str = Field(foreign_key="organisation.code", index=True, max_length=32)
    programme: str | None = Field(default=None, foreign_key="programme.code", index=True, max_length=32)
    slot: date | None = None
    what: str = Field(max_length=16)  # sites, inspectors, list
    method: str = Field(max_length=32)
    seed: str = Field(max_length=200)
    take: int
    items: list[list[str]] = Field(sa_column=Column(JSON, nullable=False))
    drawn: list[str] = Field(sa_column=Column(JSON, nullable=False))
    left_out: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    digest: str = Field(max_length=64)
    shown_on: date | None = None
    made_by: str = Field(max_length=64)
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Chosen:
    """Where a round goes, and who."""

    place: str
    inspectors: list[str]


def for_slot(session: Session, programme: Programme, slot: date, *, at: datetime) -> Chosen:
    """Draw the sites and the inspectors of a round as it is opened; no earlier, so that nobody can know them earlier.

    Whoever has an interest in the project, in a drawn site or in its unit is not in the list inspectors are drawn from,
    nor who holds no post any more in the body whose programme it is, there or for this project.
    """
    by_name = {Item.of(one["name"]).name: one for one in programme.sites}
    names = list(by_name)
    if names and programme.take:
        items = [Item.of(one["name"], one.get("weight", 1)) for one in programme.sites]
        done = sampling.draw(items, seed=fresh_seed(), take=programme.take)
        _keep(session, programme, slot, SITES, done, at=at)
        names = list(done.drawn)
    units = [unit for name in names if (unit := by_name[name].get("unit"))]
    out = interested(session, programme.inspectors, project=programme.project, names=[*names, *units])
    out |= _without_a_post(session, programme)
    inspectors = [login for login in programme.inspectors if login not in out]
    if inspectors and programme.team:
        done = sampling.draw(map(Item.of, inspectors), seed=fresh_seed(), take=programme.team)
        _keep(session, programme, slot, INSPECTORS, done, left_out=sorted(out), at=at)
        inspectors = list(done.drawn)
    return Chosen("、".join(names), inspectors)


def interested(
    session: Session, logins: Sequence[str], *, project: str | None, names: Iterable[str]
) -> set[str]:
    """Those of `logins` who declared an interest in the project or in one of these names, or whose own unit it is."""
    said = [of_firm(name) for name in names]
    if project is not None:
        on_file = session.get(Project, project)
        said += [of_firm(project), *([of_firm(on_file.name)] if on_file else [])]
    query = select(col(Interest.person), col(Interest.name)).where(
        col(Interest.person).in_(logins), col(Interest.ended_at).is_(None)
    )
    found = {person for person, name in session.execute(query) if _is_one_of(name, said)}
    units = select(
        col(Person.login), col(Organisation.code), col(Organisation.name_zh), col(Organisation.name_en)
    )
    joined = units.join(Organisation, col(Organisation.code) == col(Person.organisation))
    for login, *called in session.execute(joined.where(col(Person.login).in_(logins))):
        if any(_is_one_of(name, said) for name in called):
            found.add(login)
    return found


def _without_a_post(session: Session, programme: Programme) -> set[str]:
    here = or_(col(Posting.project).is_(None), col(Posting.project) == programme.project)
    holding = (
        select(col(Posting.person))
        .join(Person)
        .where(col(Posting.person).in_(programme.inspectors), col(Person.active))
        .where(col(Posting.organisation) == programme.organisation, here)
    )
    return set(programme.inspectors) - set(session.execute(holding).scalars())


def _is_one_of(name: str, said: Iterable[Name]) -> bool:
    return any(same(of_firm(name), one) for one in said)


def record(
    session: Session, done: Draw, *, organisation: str, made_by: str, at: datetime, what: str = LIST,
    shown_on: date | None = None, programme: str | None = None, slot: date | None = None,
    left_out: Sequence[str] = (),
) -> RecordedDraw:  # fmt: skip
    """Put a draw on file."""
    row = RecordedDraw(
        organisation=organisation, programme=programme, slot=slot, what=what, method=done.method, seed=done.seed,
        take=done.take, items=[[one.name, sampling.written(one.weight)] for one in done.items],
        drawn=list(done.drawn), left_out=list(left_out), digest=done.digest, shown_on=shown_on, made_by=made_by,
        made_at=at,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def verified(row: RecordedDraw) -> bool:
    """Whether drawing again from what is on record gives the same, and the record's digest is its own."""
    items = [Item(name, Decimal(weight)) for name, weight in row.items]
    again = sampling.draw(items, seed=row.seed, take=row.take)
    return again.drawn == tuple(row.drawn) and again.digest == row.digest and row.method == again.method


def _keep(
    session: Session, programme: Programme, slot: date, what: str, done: Draw, *, at: datetime,
    left_out: Sequence[str] = (),
) -> None:  # fmt: skip
    record(session, done, organisation=programme.organisation, made_by="clock", at=at, what=what,
           programme=programme.code, slot=slot, left_out=left_out)  # fmt: skip


def fresh_seed() -> str:
    """A seed that nobody can know beforehand."""
    return secrets.token_hex(16)


def of_slot(session: Session, programme: str, slot: date) -> Sequence[RecordedDraw]:
    """The draws of a slot, in their order."""
    query = select(RecordedDraw).where(RecordedDraw.programme == programme, RecordedDraw.slot == slot)
    return session.exec(query.order_by(col(RecordedDraw.id))).all()


def as_dict(row: RecordedDraw, *, hidden: bool = False) -> dict[str, Any]:
    """For JSON; without its seed and outcome while they are hidden."""
    whole = {"id": row.id, "what": row.what, "organisation": row.organisation, "programme": row.programme,
             "slot": row.slot.isoformat() if row.slot else None, "method": row.method, "seed": row.seed,
             "take": row.take, "items": [{"name": name, "weight": weight} for name, weight in row.items],
             "drawn": list(row.drawn), "left_out": list(row.left_out), "digest": row.digest,
             "shown_on": row.shown_on.isoformat() if row.shown_on else None, "made_by": row.made_by,
             "made_at": row.made_at.isoformat()}  # fmt: skip
    return whole | ({"seed": None, "drawn": None, "items": None, "digest": None} if hidden else {})
