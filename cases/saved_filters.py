"""Filters that people keep: their own, or shared with everybody of their organisation; one of them opens the list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import sqlalchemy
from sqlalchemy import bindparam, delete, func, or_, update
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from cases import people
from cases.people import Person
from cases.prepared import Prepared
from states.facts import Reason, Refused
from states.rulebook import Label

MOST = 50  # that one person keeps
LONGEST_NAME, LONGEST_QUERY = 60, 2000


class SavedFilter(SQLModel, table=True):
    """A filter of the worklist by name: the query of its address. With `organisation`, shared with its people.

    A filter shows nothing by itself: whoever opens it finds what they themselves may see.
    """

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("person", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    person: str = Field(foreign_key="person.login", max_length=64)
    organisation: str | None = Field(default=None, foreign_key="organisation.code", index=True, max_length=32)
    name: str = Field(max_length=LONGEST_NAME)
    query: str = Field(max_length=LONGEST_QUERY)
    opens: bool = False  # it is what its owner's list opens with
    saved_at: datetime


def of(session: Session, login: str) -> Sequence[SavedFilter]:
    """One's own filters and those shared in one's organisation, by name."""
    return [
        SavedFilter(**dict(zip(_COLUMNS, row, strict=True))) for row in _OF.rows(session, {"login": login})
    ]


def first(session: Session, login: str) -> str | None:
    """The query of the filter this person's list opens with, if they chose one."""
    found = _FIRST.row(session, {"login": login})
    return None if found is None else str(found[0])


_COLUMNS = ("id", "person", "organisation", "name", "query", "opens", "saved_at")
_LOGIN: Any = bindparam("login")
_OF = Prepared(
    sqlalchemy.select(*(getattr(SavedFilter, name) for name in _COLUMNS))
    .where(
        or_(
            col(SavedFilter.person) == _LOGIN,
            col(SavedFilter.organisation)
            == select(Person.organisation)
            .where(Person.login == _LOGIN, col(Person.active))
            .scalar_subquery(),
        )
    )
    .order_by(col(SavedFilter.name), col(SavedFilter.id))
)
_FIRST = Prepared(
    sqlalchemy.select(col(SavedFilter.query)).where(col(SavedFilter.person) == _LOGIN, col(SavedFilter.opens))
)


def save(
    session: Session, login: str, *, name: str, query: Sequence[tuple[str, str]], shared: bool, opens: bool, at: datetime
) -> int:  # fmt: skip
    """Keep a filter under this name, in place of one's own of that name; its id. Raises Refused."""
    kept = " ".join("".join(sign for sign in name if sign.isprintable()).split())
    text = urlencode(query)
    _check(session, login, kept, text)
    body = people.person(session, login).organisation if shared else None
    if opens:
        session.connection().execute(
            update(SavedFilter).where(col(SavedFilter.person) == login).values(opens=False)
        )
    mine = select(SavedFilter).where(SavedFilter.person == login, SavedFilter.name == kept)
    row = session.exec(mine).first() or SavedFilter(person=login, name=kept, query=text, saved_at=at)
    row.query, row.organisation, row.opens, row.saved_at = text, body, opens, at
    session.add(row)
    session.flush()
    return int(row.id or 0)


def _check(session: Session, login: str, name: str, query: str) -> None:
    if not name or len(name) > LONGEST_NAME:
        raise _refused(
            "filter_name",
            f"名称须为 1 至 {LONGEST_NAME} 个字。",
            f"A name has 1 to {LONGEST_NAME} characters.",
        )
    if len(query) > LONGEST_QUERY:
        raise _refused("filter_too_long", "筛选条件过长。", "The filter is too long.")
    count = select(func.count()).select_from(SavedFilter).where(col(SavedFilter.person) == login)
    if session.exec(count.where(col(SavedFilter.name) != name)).one() >= MOST:
        raise _refused(
            "too_many_filters", f"每人最多保存 {MOST} 个筛选。", f"Nobody keeps more than {MOST} filters."
        )


def _refused(code: str, zh: str, en: str) -> Refused:
    cure = Label(zh="请更改后再保存。", en="Change it and save again.")
    return Refused(code, (Reason(code, Label(zh=zh, en=en), cure, "name"),))


def remove(session: Session, key: int, *, login: str) -> bool:
    """Throw away one's own filter; whether there was such a one. Nobody removes another's."""
    mine = (col(SavedFilter.id) == key, col(SavedFilter.person) == login)
    return session.connection().execute(delete(SavedFilter).where(*mine)).rowcount == 1
