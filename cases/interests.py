"""What people have a stake in, as they declare it: firms, persons, projects, bodies; and whether a matter touches it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import insert, select, update
from sqlmodel import Field, Session, SQLModel, col

from cases.matters import Matter, OnFile
from cases.organisations import Organisation, Project, line_above
from cases.people import Person, Posting

KINDS = ("company", "person", "project", "body")
OURS = ("ours", "key", "own_head")  # values of `managed_by` that mean the keeping organisation


class Interest(SQLModel, table=True):
    """A declared interest. `key` is the name as it is compared: see `key_of`."""

    __tablename__ = "interest"

    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(foreign_key="person.login", index=True, max_length=64)
    kind: str = Field(max_length=16)
    name: str = Field(max_length=200)
    key: str = Field(index=True, max_length=400)
    note: str = Field(default="", max_length=2000)
    declared_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """That a matter touches somebody: why, and whether it is about them or their own unit."""

    person: str
    why: str
    concerns_them: bool


@lru_cache(maxsize=2**14)
def key_of(name: str) -> str:
    """A name as it is compared: NFKC, without case, blanks and punctuation. "恒泰 監理(Co.)" is "恒泰監理co"."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", name).casefold() if sign.isalnum())


def declare(session: Session, *, person: str, kind: str, name: str, note: str, at: datetime) -> int:
    """Put a declared interest on file; its id."""
    row = {"person": person, "kind": kind, "name": name, "key": key_of(name), "note": note, "declared_at": at}
    return int(session.execute(insert(Interest).values(**row).returning(col(Interest.id))).scalar_one() or 0)


def end(session: Session, key: int, *, person: str, at: datetime) -> bool:
    """End one's own interest; whether there was one to end. Recusals that rest on it stay until somebody lifts them."""
    mine = (col(Interest.id) == key, col(Interest.person) == person, col(Interest.ended_at).is_(None))
    changed = session.connection().execute(update(Interest).where(*mine).values(ended_at=at))
    return changed.rowcount == 1


def of(session: Session, person: str) -> Sequence[Interest]:
    """One's own declared interests, the ended ones too."""
    query = select(Interest).where(col(Interest.person) == person).order_by(col(Interest.id))
    return session.execute(query).scalars().all()


def touched(session: Session, row: OnFile, *, head: str) -> list[Match]:
    """Everybody whose interests, name or unit a matter touches, each once; by login.

    `head` is the role that is kept out where the matter is about the own commission's head.
    """
    about = _about(session, row)
    found = {
        person: Match(person, f"{kind}: {name}", concerns_them=False)
        for person, kind, name, key in _declared(session, about)
        if key in about[kind]
    }
    found |= {one.person: one for one in _own(session, row, about, head=head)}
    return [found[login] for login in sorted(found)]


def possibly_touched(session: Session, *, since: int) -> list[int]:
    """The matters after the one with this id that somebody's interest, name or unit may touch; a few too many."""
    keys = {
        key for (key,) in session.execute(select(col(Interest.key)).where(col(Interest.ended_at).is_(None)))
    }
    bodies = {body.code for body in session.execute(select(Organisation)).scalars() if keys & _names(body)}
    keys |= {key_of(name) for (name,) in session.execute(select(col(Person.name)))}
    for body in session.execute(select(Organisation).where(col(Organisation.kind) != "commission")).scalars():
        keys |= _names(body)
    every = session.execute(select(Project)).scalars()
    projects = {one.code for one in every if keys & {key_of(one.code), key_of(one.name)}}
    columns = (col(Matter.id), col(Matter.project), col(Matter.values))
    found = []
    for matter, project, values in session.execute(
        select(*columns).where(col(Matter.id) > since).order_by(col(Matter.id))
    ):
        said = {key_of(str(values.get(name) or "")) for name in ("subject", "subject_unit")}
        managed = values.get("managed_by")
        if (
            said & keys
            or project in projects
            or managed == "own_head"
            or (bodies and managed in (*OURS, "higher"))
        ):
            found.append(int(matter))
    return found


def _names(body: Organisation) -> set[str]:
    return {key_of(body.code), key_of(body.name_zh), key_of(body.name_en)} - {""}


def _declared(session: Session, about: Mapping[str, set[str]]) -> Sequence[Any]:
    keys = set().union(*about.values())
    if not keys:
        return []
    columns = (col(Interest.person), col(Interest.kind), col(Interest.name), col(Interest.key))
    query = select(*columns).where(col(Interest.key).in_(keys), col(Interest.ended_at).is_(None))
    return session.execute(query).all()


def _about(session: Session, row: OnFile) -> dict[str, set[str]]:
    """What a matter is about, by kind of interest, as keys."""
    found: dict[str, set[str]] = {kind: set() for kind in KINDS}
    for kind, name in (("person", "subject"), ("company", "subject_unit")):
        said = row.values.get(name)
        found[kind] |= {key_of(said)} if isinstance(said, str) else set()
    if row.project is not None:
        project = session.get(Project, row.project)
        found["project"] |= {key_of(row.project)} | ({key_of(project.name)} if project else set())
    body = _managing(session, row)
    if body is not None:
        found["body"] |= _names(body)
    return {kind: keys - {""} for kind, keys in found.items()}


def _managing(session: Session, row: OnFile) -> Organisation | None:
    """The body that manages the person a matter is about, as far as it is on file."""
    said = row.values.get("managed_by")
    if said in OURS:
        return session.get(Organisation, row.organisation)
    return next(line_above(session, row.organisation), None) if said == "higher" else None


def _own(session: Session, row: OnFile, about: Mapping[str, set[str]], *, head: str) -> list[Match]:
    """Those whom the matter is about: by their own name, by their unit, or as the head of the keeping commission.

    A commission's own staff are not kept out because their commission is named: they are whose work it is.
    """
    found = []
    if about["person"] or about["company"]:
        people = select(col(Person.login), col(Person.name), col(Organisation.kind), col(Organisation.name_zh),
                        col(Organisation.name_en)).join(Organisation,
                        col(Organisation.code) == col(Person.organisation))  # fmt: skip
        for login, name, kind, *units in session.execute(people):
            if key_of(name) in about["person"]:
                found.append(Match(login, f"person: {name}", concerns_them=True))
            elif kind != "commission" and about["company"] & {key_of(unit) for unit in units}:
                found.append(Match(login, f"company: {units[0]}", concerns_them=True))
    if row.values.get("managed_by") == "own_head":
        heads = select(col(Posting.person)).where(
            col(Posting.role) == head, col(Posting.organisation) == row.organisation
        )
        found += [Match(login, "own_head", concerns_them=True) for login in session.execute(heads).scalars()]
    return found
