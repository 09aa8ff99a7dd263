"""What people and bodies are called on a page, and what a choice of a form is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy
from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from cases import listing
from cases.organisations import Organisation, Project
from cases.people import Person
from cases.prepared import Prepared
from states.rulebook import Machine


def people(session: Session, logins: Iterable[str | None]) -> Mapping[str, str]:
    """Names by login, of those who ever had an account; whoever else acted goes by what history calls them."""
    wanted = {login for login in logins if login is not None}
    query = select(Person.login, Person.name).where(col(Person.login).in_(wanted))
    return {login: login for login in wanted} | dict(session.exec(query).all())


def bodies(session: Session, lang: str) -> Mapping[str, str]:
    """The name of every organisation, by code."""
    return {one.code: one.name(lang) for one in session.exec(select(Organisation)).all()}


def project(session: Session, code: str | None) -> str:
    """What a project is called; its code where it is not on file, and nothing where there is none."""
    held = _PROJECT.row(session, {"code": code}) if code else None
    return str(held[0]) if held else code or ""


_PROJECT = Prepared(sqlalchemy.select(col(Project.name)).where(col(Project.code) == bindparam("code")))


def choices(machine: Machine, name: str, lang: str) -> Mapping[str, str]:
    """What the choices of a field are called, whichever form has it."""
    found: dict[str, str] = {}
    for field in listing.fields_of(machine):
        if field.name == name:
            found |= {choice: label.in_(lang) for choice, label in field.choices.items()}
    return found
