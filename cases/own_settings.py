"""How a person wishes to be told: by which channel, in which language, at which address. Every change is on record.

What is told cannot be chosen: notices of clocks and decisions are the office's duty, and there is no channel for none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlmodel import Field, Session, SQLModel, col

from cases.people import Person, holders_anywhere, person
from states.facts import Reason, Refused
from states.rulebook import Label

OPERATOR = "operator"  # may set these for others too
CHANGEABLE = ("channel", "lang", "email")


class PersonChange(SQLModel, table=True):
    """One setting of a person that was changed: from what to what, by whom, when. Only ever added to."""

    __tablename__ = "person_change"

    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(foreign_key="person.login", index=True, max_length=64)
    what: str = Field(max_length=16)  # channel, lang, email
    before: str | None = Field(default=None, max_length=254)
    after: str | None = Field(default=None, max_length=254)
    by: str = Field(foreign_key="person.login", max_length=64)
    at: datetime


def of(session: Session, login: str, *, actor: str) -> Person:
    """The person whose settings `actor` may see and set: themselves, or anybody for an operator.

    Raises UnknownPerson, Refused("not_your_role").
    """
    if login != actor and actor not in holders_anywhere(session, OPERATOR):
        raise Refused("not_your_role", (Reason(
            "not_your_role", Label(zh="只能查看和修改本人的设置。", en="These are somebody else's settings."),
            Label(zh="他人的设置由系统管理员代为修改。", en="The operator may set them for others."),
        ),))  # fmt: skip
    return person(session, login)


def change(session: Session, login: str, what: str, value: str | None, *, actor: str, at: datetime) -> bool:
    """Set one of CHANGEABLE to a value that was checked before; whether that changed anything.

    Raises UnknownPerson, Refused("not_your_role").
    """
    held = of(session, login, actor=actor)
    before = getattr(held, what)
    if before == value:
        return False
    setattr(held, what, value)
    session.add(held)
    session.flush()
    session.execute(insert(PersonChange).values(
        person=login, what=what, before=before, after=value, by=actor, at=at))  # fmt: skip
    return True


def changes(session: Session, login: str, *, limit: int = 20) -> Sequence[PersonChange]:
    """What was changed last, newest first."""
    query = select(PersonChange).where(col(PersonChange.person) == login)
    return session.execute(query.order_by(col(PersonChange.id).desc()).limit(limit)).scalars().all()
