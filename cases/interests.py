"""What people have a stake in, as they declare it: firms, persons, projects, bodies; and whether a matter touches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import insert, select, update
from sqlmodel import Field, Session, SQLModel, col

from cases.matters import Matter, OnFile
from cases.organisations import Organisation, Project, line_above
from cases.people import Person, Posting
from states.name_index import Known
from states.names import Name, key_of, near, of_firm, of_person, same

KINDS = ("company", "person", "project", "body")
ABOUT = {"subject": "person", "subject_unit": "company"}  # what a matter says of whom it is about, by kind
LIKE = "≈"  # between two names that may be the same
OURS = ("ours", "key", "own_head")  # values of `managed_by` that mean the keeping organisation


class Interest(SQLModel, table=True):
    """A declared interest. `key` is the name without blanks and marks; it is compared as `states.names` has it."""

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
    """That a matter touches somebody: why, and whether it is about them or their own unit.

    `near`: it may, and somebody is to look: one name holds the other, and neither is certainly the other.
    """

    person: str
    why: str
    concerns_them: bool
    near: bool = False


@dataclass
class _About:
    """What a matter is about, by kind of interest: the names as they are compared. `said`: what is typed in of whom it is
    about, in which a name is sought whatever kind it is of."""

    named: dict[str, list[Name]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    said: dict[str, str] = field(default_factory=dict)

    @cached_property
    def known(self) -> Known:
        """All of it at once: of most people nothing of it may mean them."""
        known = Known(one for named in self.named.values() for one in named)
        known.add(read(text) for text in self.said.values() for read in (of_person, of_firm))
        return known

    def certainly(self, kind: str, name: Name) -> bool:
        """Whether it is about what is called this."""
        return any(same(one, name) for one in self.named[kind])

    def nearly(self, kind: str, name: Name) -> str | None:
        """What is said of whom it is about, where that may be what is called this; None where it is not."""
        if kind == "body":
            return None
        reading = _reading(kind)
        for text in self.said.values():
            if near(one := reading(text), name) or same(one, name):
                return text
        return next((min(one.texts) for one in self.named[kind] if near(one, name)), None)


def _reading(kind: str) -> Callable[[str], Name]:
    return of_person if kind == "person" else of_firm


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
    """Everybody whose interests, name or unit a matter touches or may touch, once for each cause; by login, and of each
    what is certain first.

    `head` is the role that is kept out where the matter is about the own commission's head.
    """
    about = _about(session, row)
    found = {*_declared(session, about), *_own(session, row, about, head=head)}
    return sorted(found, key=lambda one: (one.person, one.near, not one.concerns_them, one.why))


def possibly_touched(session: Session, *, since: int) -> list[int]:
    """The matters after the one with this id that somebody's interest, name or unit may touch; a few too many."""
    live = select(col(Interest.kind), col(Interest.name)).where(col(Interest.ended_at).is_(None)).distinct()
    known = Known(_reading(kind)(name) for kind, name in session.execute(live))
    bodies = any(
        known.touches(body.name_zh) or known.touches(body.name_en) or known.touches(body.code)
        for body in session.execute(select(Organisation)).scalars()
    )
    every = session.execute(select(Project)).scalars()
    projects = {one.code for one in every if known.touches(one.code) or known.touches(one.name)}
    known.add(of_person(name) for (name,) in session.execute(select(col(Person.name))))
    for body in session.execute(select(Organisation).where(col(Organisation.kind) != "commission")).scalars():
        known.add(_names(body))
    columns = (col(Matter.id), col(Matter.project), col(Matter.values))
    found = []
    for matter, project, values in session.execute(
        select(*columns).where(col(Matter.id) > since).order_by(col(Matter.id))
    ):
        managed = values.get("managed_by")
        if (
            any(known.touches(str(values.get(name) or "")) for name in ABOUT)
            or project in projects
            or managed == "own_head"
            or (bodies and managed in (*OURS, "higher"))
        ):
            found.append(int(matter))
    return found


def _names(body: Organisation) -> list[Name]:
    return [of_firm(body.code), of_firm(body.name_zh), of_firm(body.name_en)]


def _declared(session: Session, about: _About) -> Iterator[Match]:
    """Those who declared an interest in what a matter is about, or in what may be the same."""
    kinds = {kind for kind, names in about.named.items() if names} | (
        {*ABOUT.values()} if about.said else set()
    )
    columns = (col(Interest.person), col(Interest.kind), col(Interest.name))
    query = select(*columns).where(col(Interest.kind).in_(kinds), col(Interest.ended_at).is_(None))
    for person, kind, name in session.execute(query) if kinds else ():
        read = _reading(kind)(name)
        if not about.known.concerns(read):
            continue
        if about.certainly(kind, read):
            yield Match(person, f"{kind}: {name}", concerns_them=False)
        elif (text := about.nearly(kind, read)) is not None:
            yield _nearly(person, kind, name, text, concerns_them=False)


def _nearly(person: str, kind: str, name: str, text: str, *, concerns_them: bool) -> Match:
    return Match(person, f"{kind}: {name} {LIKE} {text}", concerns_them=concerns_them, near=True)


def _about(session: Session, row: OnFile) -> _About:
    found = _About()
    for name, kind in ABOUT.items():
        said = row.values.get(name)
        if isinstance(said, str) and key_of(said):
            found.named[kind].append(_reading(kind)(said))
            found.said[name] = said
    if row.project is not None:
        project = session.get(Project, row.project)
        found.named["project"] += [
            of_firm(one) for one in (row.project, *([project.name] if project else []))
        ]
    body = _managing(session, row)
    found.named["body"] += _names(body) if body is not None else []
    return found


def _managing(session: Session, row: OnFile) -> Organisation | None:
    """The body that manages the person a matter is about, as far as it is on file."""
    said = row.values.get("managed_by")
    if said in OURS:
        return session.get(Organisation, row.organisation)
    return next(line_above(session, row.organisation), None) if said == "higher" else None


def _own(session: Session, row: OnFile, about: _About, *, head: str) -> Iterator[Match]:
    """Those whom the matter is about: by their own name, by their unit, or as the head of the keeping commission.

    A commission's own staff are not kept out because their commission is named: they are whose work it is.
    """
    if about.said:
        units = {
            body.code: list(_own_unit(about, body))
            for body in session.execute(select(Organisation)).scalars()
        }
        people = select(col(Person.login), col(Person.name), col(Person.organisation))
        for login, name, organisation in session.execute(people):
            for one in units[organisation]:
                yield replace(one, person=login)
            read = of_person(name)
            if not about.known.concerns(read):
                continue
            if about.certainly("person", read):
                yield Match(login, f"person: {name}", concerns_them=True)
            elif (text := about.nearly("person", read)) is not None:
                yield _nearly(login, "person", name, text, concerns_them=True)
    if row.values.get("managed_by") == "own_head":
        heads = select(col(Posting.person)).where(
            col(Posting.role) == head, col(Posting.organisation) == row.organisation
        )
        yield from (
            Match(login, "own_head", concerns_them=True) for login in session.execute(heads).scalars()
        )


def _own_unit(about: _About, body: Organisation) -> Iterator[Match]:
    """What there is to find for everybody of this body; nobody's yet."""
    read = [of_firm(body.name_zh), of_firm(body.name_en)]
    if body.kind == "commission":
        return
    if any(about.certainly("company", one) for one in read):
        yield Match("", f"company: {body.name_zh}", concerns_them=True)
    elif (text := next(filter(None, (about.nearly("company", one) for one in read)), None)) is not None:
        yield _nearly("", "company", body.name_zh, text, concerns_them=True)
