"""People and the roles they hold, per organisation and project."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy
from sqlalchemy import bindparam
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, or_, select

from cases.prepared import Prepared


class Person(SQLModel, table=True):
    """Someone with an account. The login is never given to anyone else, so history may name people by it.

    `channel` is how they wish to be told; without it, as the office tells everybody.
    """

    __tablename__ = "person"

    login: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=100)
    organisation: str = Field(foreign_key="organisation.code", max_length=32)
    email: str | None = Field(default=None, max_length=254)
    lang: str = Field(default="zh", max_length=2)
    channel: str | None = Field(default=None, max_length=16)
    active: bool = True


class Posting(SQLModel, table=True):
    """A role a person holds in an organisation, for all its projects or for one."""

    __tablename__ = "posting"
    __table_args__ = (UniqueConstraint("person", "role", "organisation", "project"),)

    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(foreign_key="person.login", index=True, max_length=64)
    role: str = Field(index=True, max_length=64)
    organisation: str = Field(foreign_key="organisation.code", max_length=32)
    project: str | None = Field(default=None, foreign_key="project.code", max_length=32)


@dataclass(frozen=True, slots=True)
class Held:
    """A posting as it is looked at: a role held in an organisation, for one project or (None) for all of them."""

    role: str
    organisation: str
    project: str | None


class UnknownPerson(Exception):
    """Nobody with this login is on file, or the account has ended."""


def person(session: Session, login: str) -> Person:
    """The active person with this login. Raises UnknownPerson."""
    found = session.get(Person, login)
    if found is None or not found.active:
        raise UnknownPerson(login)
    return found


_POSTINGS = Prepared(
    sqlalchemy.select(col(Posting.role), col(Posting.organisation), col(Posting.project))
    .join(Person, col(Person.login) == col(Posting.person))
    .where(col(Posting.person) == bindparam("login"), col(Person.active))
)


def postings_of(session: Session, login: str) -> Sequence[Held]:
    """The postings of an active person; of anybody else, none."""
    return [Held(*one) for one in _POSTINGS.rows(session, {"login": login})]


def holders(session: Session, role: str, *, organisation: str, project: str | None = None) -> list[str]:
    """Logins of the active people who hold `role` in `organisation`, for `project` or for all projects; sorted."""
    query = (
        select(Posting.person)
        .join(Person)
        .where(Posting.role == role, Posting.organisation == organisation, col(Person.active))
        .where(or_(col(Posting.project).is_(None), Posting.project == project))
    )
    return sorted(set(session.exec(query).all()))


def holders_anywhere(session: Session, role: str) -> list[str]:
    """Logins of the active people who hold `role` in any organisation; sorted."""
    query = select(Posting.person).join(Person).where(Posting.role == role, col(Person.active))
    return sorted(set(session.exec(query).all()))
