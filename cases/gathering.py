"""From rows to plain facts: what a judge needs to know about one matter, read in as few queries as possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import cached_property, partial
from typing import Any, NamedTuple

from sqlalchemy import bindparam, literal, select, union_all
from sqlmodel import Session, SQLModel, col

from cases import (
    access,
    checklist_facts,
    checklists,
    file_facts,
    issuers,
    meeting_facts,
    recusals,
    round_facts,
    rounds,
)
from cases.errors import NoSuchMatter
from cases.history import CLOCK, Event
from cases.matters import OnFile
from cases.office import Office
from cases.people import Held
from cases.prepared import Prepared
from states.facts import ENGINE, Act, Actor, Facts, Link, Made, Refused
from states.refusals import READS_ONLY
from states.rulebook import StateKind

_M, _P, _S, _L = (SQLModel.metadata.tables[name] for name in ("matter", "posting", "seat", "matter_link"))
_PEOPLE, _R, _READERS = (SQLModel.metadata.tables[name] for name in ("person", "recusal", "reader"))

_ON_FILE = select(*(_M.c[part.name] for part in fields(OnFile)))
_OF_NUMBER = _ON_FILE.where(_M.c.number == bindparam("number"))
_BY_NUMBER = Prepared(_OF_NUMBER)
_BY_NUMBER_LOCKED = Prepared(_OF_NUMBER.with_for_update())
_BY_ID_LOCKED = Prepared(_ON_FILE.where(_M.c.id == bindparam("id")).with_for_update())

_POSTINGS = (
    select(_P.c.role, _P.c.organisation, _P.c.project)
    .join(_PEOPLE, _PEOPLE.c.login == _P.c.person)
    .where(_P.c.person == bindparam("login"), _PEOPLE.c.active)
)
_SEAT = select(literal("seat"), literal(""), literal(None)).where(
    _S.c.matter == bindparam("matter"), _S.c.person == bindparam("login")
)
_READS = select(literal("reads"), literal(""), literal(None)).where(
    _READERS.c.matter == bindparam("matter"),
    _READERS.c.person == bindparam("login"),
    _READERS.c.ended.is_(None),
)
_RECUSED = select(literal("recused"), literal(""), literal(None)).where(
    _R.c.matter == bindparam("matter"),
    _R.c.person == bindparam("login"),
    _R.c.state == literal(recusals.IN_FORCE),
)
_STANDING = Prepared(union_all(_POSTINGS, _SEAT, _READS, _RECUSED))

_COURSE = Prepared(
    select(col(Event.move), col(Event.actor), col(Event.from_state), col(Event.data))
    .where(col(Event.matter) == bindparam("matter"))
    .order_by(col(Event.seq))
)
_END = (_M.c.machine, _M.c.state, _M.c.rulebook)
_LINKED = Prepared(union_all(
    select(_L.c.kind, literal(0).label("up"), *_END)
    .join(_M, _M.c.id == _L.c.child).where(_L.c.parent == bindparam("matter")),
    select(_L.c.kind, literal(1).label("up"), *_END)
    .join(_M, _M.c.id == _L.c.parent).where(_L.c.child == bindparam("matter")),
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """A matter's row as it was read, and who is looking at it."""

    row: OnFile
    actor: Actor


def load(session: Session, office: Office, number: str, *, login: str, for_change: bool) -> Loaded:
    """The matter with this number as `login` sees it. Raises NoSuchMatter for what does not exist or is not theirs; the
    one takes as long as the other, and tells nobody which it is."""
    statement = _BY_NUMBER_LOCKED if for_change else _BY_NUMBER
    found = statement.row(session, {"number": number})
    if found is None:
        standing(session, login, matter=0)
        raise NoSuchMatter(number)
    row = OnFile(*found)
    return Loaded(row, _standing(session, office, row, login, number))


def takes_part(loaded: Loaded) -> None:
    """That the actor may do more with a matter than read it. Raises Refused (reads_only) where it was put before them."""
    if loaded.actor.reads_only:
        raise Refused(READS_ONLY.code, (READS_ONLY,))


def load_by_id(session: Session, matter: int) -> Loaded:
    """A matter for the engine's own moves."""
    found = _BY_ID_LOCKED.rows(session, {"id": matter})
    return Loaded(OnFile(*found[0]), Actor(id=ENGINE))


class Standing(NamedTuple):
    """The postings of an active person; whether they have a seat in a matter; whether it was put before them to read;
    whether they are recused from it."""

    postings: list[Held]
    seated: bool = False
    reads: bool = False
    recused: bool = False


def standing(session: Session, login: str, *, matter: int) -> Standing:
    """How somebody stands towards a matter. The engine's and the clock's names are nobody's."""
    if login in (ENGINE, CLOCK):
        return Standing([])
    found = _STANDING.rows(session, {"login": login, "matter": matter})
    towards = {what for what, organisation, _ in found if not organisation}
    held = [Held(*entry) for entry in found if entry[1]]
    return Standing(held, *(what in towards for what in ("seat", "reads", "recused")))


def _standing(session: Session, office: Office, row: OnFile, login: str, number: str) -> Actor:
    postings, seated, reads, recused = standing(session, login, matter=row.id)
    book = office.rulebook(row.rulebook)
    takes_part = access.sees(login, postings, book, row, seated=seated, recused=recused)
    if not takes_part and not access.sees(
        login, postings, book, row, seated=False, reads=reads, recused=recused
    ):
        raise NoSuchMatter(number)
    actor = access.actor_towards(login, postings, row, seated=seated)
    return actor if takes_part else replace(actor, reads_only=True)


def facts(session: Session, office: Office, loaded: Loaded, *, at: datetime) -> Facts:
    """The facts of a loaded matter at an instant, before any form is filled in."""
    row = loaded.row
    course = Course(session, row.id)
    return Facts(
        at=at,
        today=office.day(at),
        state=row.state,
        actor=loaded.actor,
        values=row.values
        | columns(office, row)
        | _of_round(session, office, loaded)
        | _of_issuer(session, office, row)
        | _of_checklist(session, office, row, course)
        | meeting_facts.facts(session, office, row, course, at=at)
        | file_facts.facts(session, office, row, course, at=at),
        acts={move: Act(actor=act[0], on=date.fromisoformat(act[1])) for move, act in row.acts.items()},
        links=Links(session, office, row.id),
        course=course,
        owners=frozenset(office.rulebook(row.rulebook).machines[row.machine].states[row.state].owner),
    )


def _of_round(session: Session, office: Office, loaded: Loaded) -> dict[str, Any]:
    row = loaded.row
    if rounds.RULES not in row.values:
        return {}
    return round_facts.facts(session, office.rulebook(row.rulebook), row, actor=loaded.actor.id)


def _of_issuer(session: Session, office: Office, row: OnFile) -> dict[str, Any]:
    machine = office.rulebook(row.rulebook).machines[row.machine]
    return issuers.facts(machine, row, partial(standing, session, matter=row.id))


def _of_checklist(session: Session, office: Office, row: OnFile, course: Iterable[Made]) -> dict[str, Any]:
    if checklists.FIELD not in row.values:
        return {}
    return checklist_facts.facts(session, office, row, course)


def columns(office: Office, row: OnFile) -> dict[str, Any]:
    """What stands in columns of its own, under the names guards and forms know it by; dates as ISO text."""
    found = {
        "number": row.number,
        "received_on": row.received_on.isoformat() if row.received_on else None,
        "opened_on": office.day(row.opened_at).isoformat(),
        "organisation": row.organisation,
        "addressee": row.addressee,
        "project": row.project,
        "handler": row.handler,
        "opener": row.opener,
    }
    return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True)
class Links(Iterable[Link]):
    """What is linked to a matter, read when a guard first asks: most moves have no guard that does."""

    session: Session
    office: Office
    matter: int

    def __iter__(self) -> Iterator[Link]:
        return iter(self._found)

    @cached_property
    def _found(self) -> tuple[Link, ...]:
        return links(self.session, self.office, self.matter)


@dataclass(frozen=True)
class Course(Iterable[Made]):
    """Every move of a matter, oldest first, read when a guard first asks. What is noted beside them (an extension, a
    recusal, a clock that fired) has a point in its name."""

    session: Session
    matter: int

    def __iter__(self) -> Iterator[Made]:
        return iter(self._found)

    @cached_property
    def _found(self) -> tuple[Made, ...]:
        events = (Made(*event) for event in _COURSE.rows(self.session, {"matter": self.matter}))
        return tuple(made for made in events if "." not in made.move)


def links(session: Session, office: Office, matter: int) -> tuple[Link, ...]:
    """Every matter linked to this one, whichever way; a parent's kind carries the prefix "of_" ("of_consultation")."""
    found = _LINKED.rows(session, {"matter": matter})
    return tuple(
        Link(
            kind=f"of_{kind}" if up else kind,
            machine=machine,
            state=state,
            final=office.rulebook(rulebook).machines[machine].states[state].kind is StateKind.FINAL,
        )
        for kind, up, machine, state, rulebook in found
    )


def nothing_known(office: Office, *, at: datetime) -> Facts:
    """The facts before anything is on file, as when a form of opening is shown."""
    return Facts(at=at, today=office.day(at), state="", actor=Actor(id=""))
