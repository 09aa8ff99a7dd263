"""Whom and what a list of one's matters may be narrowed to: people, projects and commissions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from cases.organisations import Organisation, Project
from cases.people import Person
from cases.prepared import Prepared, PreparedForLists

Choices = list[tuple[str, str]]


def people(session: Session, bodies: Sequence[str]) -> Choices:
    """Login and name of everybody in these bodies whose account is open."""
    return [(login, name) for login, name in _PEOPLE.rows(session, bodies=bodies)]


def projects(session: Session, bodies: Sequence[str]) -> Choices:
    """Code and name of the projects of these bodies."""
    return [(code, name) for code, name in _PROJECTS.rows(session, bodies=bodies)]


def commissions(session: Session, lang: str) -> Choices:
    """Code and name of every commission."""
    found = _ORGANISATIONS.rows(session, {})
    return [(code, zh if lang == "zh" else en) for code, kind, zh, en in found if kind == "commission"]


_PEOPLE = PreparedForLists(
    lambda lists: (
        select(col(Person.login), col(Person.name))
        .where(col(Person.active), col(Person.organisation).in_(lists["bodies"]))
        .order_by(col(Person.login))
    )
)
_PROJECTS = PreparedForLists(
    lambda lists: (
        select(col(Project.code), col(Project.name))
        .where(col(Project.organisation).in_(lists["bodies"]))
        .order_by(col(Project.code))
    )
)
_ORGANISATIONS = Prepared(
    select(
        col(Organisation.code), col(Organisation.kind), col(Organisation.name_zh), col(Organisation.name_en)
    ).order_by(col(Organisation.code))
)
