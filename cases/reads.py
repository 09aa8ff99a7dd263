"""Who looked at a matter's file: a line for each look, shown to the auditor. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlmodel import Field, Session, SQLModel, col

from cases import gathering
from cases.matters import Matter
from cases.office import Office
from cases.paging import Place
from cases.prepared import Prepared
from states.facts import Reason, Refused
from states.rulebook import Label

FILE, HISTORY = "file", "history"  # what was looked at
AUDITOR = "auditor"  # the role that is shown who looked
LOGGED = frozenset({"clue", "person_file"})  # the machines that hold the file on a person


class ReadLog(SQLModel, table=True):
    """One look. `door` is the way it was taken: "api", "shell" or "page"."""

    __tablename__ = "read_log"

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id", index=True)
    login: str = Field(foreign_key="person.login", max_length=64)
    what: str = Field(max_length=16)
    door: str = Field(max_length=16)
    at: datetime


_NOTE = Prepared(
    insert(ReadLog).from_select(
        ["matter", "login", "what", "door", "at"],
        select(
            col(Matter.id), bindparam("login", type_=ReadLog.login.type), bindparam("what", type_=ReadLog.what.type),  # type: ignore[attr-defined]
            bindparam("door", type_=ReadLog.door.type), bindparam("at", type_=ReadLog.at.type),  # type: ignore[attr-defined]
        ).where(col(Matter.number) == bindparam("number")),
    )
)  # fmt: skip


def not_the_auditor() -> Refused:
    """Who looked is for the auditor to see: whoever it tells on would like to know too."""
    return Refused("not_your_role", (Reason(
        "not_your_role",
        Label(en="Who looked at a file is shown to the auditor alone.", zh="查看记录仅限审计人员查阅。"),
        Label(en="Ask the auditor.", zh="请向审计人员查询。"),
    ),))  # fmt: skip


def note(session: Session, number: str, *, login: str, what: str, door: str, at: datetime) -> None:
    """Put on record that `login` was shown a matter. Before it is shown: nobody reads what could not be recorded."""
    _NOTE.change(session, {"number": number, "login": login, "what": what, "door": door, "at": at})


def of(
    session: Session, office: Office, number: str, *, actor: str, limit: int = 500, after: Place | None = None
) -> tuple[Sequence[dict[str, Any]], Place | None]:  # fmt: skip
    """Who looked at a matter, the latest first, and where the list goes on. Raises NoSuchMatter."""
    matter = gathering.load(session, office, number, login=actor, for_change=False).row.id
    query = select(ReadLog).where(col(ReadLog.matter) == matter).order_by(col(ReadLog.id).desc())
    if after is not None:
        query = query.where(col(ReadLog.id) < after.id)
    found = session.execute(query.limit(limit + 1)).scalars().all()
    lines = [
        {"id": one.id, "login": one.login, "what": one.what, "door": one.door, "at": one.at.isoformat()}
        for one in found[:limit]
    ]
    return lines, Place(None, found[limit - 1].id or 0) if len(found) > limit else None
