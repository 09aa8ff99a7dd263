"""Whose joint creation somebody looks at, of a whole body or of one project: which bodies, projects and people that is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import false
from sqlmodel import Session, and_, col, or_, select

from cases import access, organisations
from cases.matters import Matter
from cases.office import Office
from cases.organisations import Organisation, Project
from cases.people import Person, Posting, postings_of
from states.rulebook import Reach, Rulebook, StateKind

MOST = 200
COMMISSIONS = ("commission", "regulator")  # the kinds of bodies that build nothing


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person sees of one machine: all of a body's matters, or (with `project`) those of one project."""

    organisation: str
    project: str | None


def scopes(session: Session, office: Office, actor: str, machine: str) -> list[Scope]:
    """Where this person sees every matter of a machine. Who sees only their own finds nothing missing among them."""
    roles = office.rulebook().roles
    found: dict[Scope, None] = {}
    for held in postings_of(session, actor):
        reach = roles[held.role].sees.get(machine) if held.role in roles else None
        whole = reach is Reach.ORGANISATION
        if whole or (reach is Reach.PROJECT and held.project is not None):
            found[Scope(held.organisation, held.project)] = None
    wide = {one.organisation for one in found if one.project is None}
    return sorted((one for one in found if one.project is None or one.organisation not in wide), key=str)


def matters(session: Session, office: Office, scope: Scope, machine: str, *, actor: str) -> list[Matter]:
    """The matters of a machine there that this person sees, oldest first."""
    query = select(Matter).where(
        access.visible_to(session, actor, office.rulebook(), machine=machine),
        col(Matter.machine) == machine,
        col(Matter.organisation) == scope.organisation,
    )
    if scope.project is not None:
        query = query.where(col(Matter.project) == scope.project)
    return list(session.exec(query.order_by(col(Matter.id))))


def under_way(
    session: Session, office: Office, machines: Collection[str], *, actor: str
) -> list[dict[str, Any]]:
    """The matters of these machines that are not over and that this person sees, the nearest clock first."""
    book = office.rulebook()
    going = [and_(col(Matter.machine) == name, col(Matter.state).in_(_open(book, name))) for name in machines]
    query = (
        select(Matter)
        .where(access.visible_to(session, actor, book), or_(false(), *going))
        .order_by(col(Matter.due_at).asc().nulls_last(), col(Matter.id))
        .limit(MOST)
    )
    return [
        {"number": row.number, "machine": row.machine, "state": row.state, "title": row.title,
         "due_at": row.due_at.isoformat() if row.due_at else None}
        for row in session.exec(query)
    ]  # fmt: skip


def _open(book: Rulebook, machine: str) -> list[str]:
    return [
        name for name, state in book.machines[machine].states.items() if state.kind is not StateKind.FINAL
    ]


def projects(session: Session, scope: Scope) -> Sequence[Project]:
    """The projects there, by code."""
    query = select(Project).where(col(Project.organisation) == scope.organisation)
    if scope.project is not None:
        query = query.where(col(Project.code) == scope.project)
    return session.exec(query.order_by(col(Project.code))).all()


def works(session: Session, organisation: str) -> list[str]:
    """The bodies of the works under this commission, and those under none: companies from outside, by code."""
    return [
        one.code
        for one in organisations.organisations(session)
        if one.kind not in COMMISSIONS and _nearest(session, one) in (None, organisation)
    ]


def _nearest(session: Session, body: Organisation) -> str | None:
    above = (one.code for one in organisations.line_above(session, body.code) if one.kind == "commission")
    return next(above, None)


def posted(
    session: Session, *, bodies: Collection[str], roles: Collection[str], project: str | None = None
) -> Iterator[Person]:
    """Who holds one of these roles in one of these bodies, of whose account there is one still, by login; with `project`,
    for it or for all of them."""
    query = (
        select(Person)
        .join(Posting, col(Posting.person) == col(Person.login))
        .where(col(Person.active), col(Posting.role).in_(roles), col(Posting.organisation).in_(bodies))
    )
    if project is not None:
        query = query.where(col(Posting.project).is_(None) | (col(Posting.project) == project))
    yield from session.exec(query.distinct().order_by(col(Person.login)))
