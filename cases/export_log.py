"""The log of exports: of every ledger that was written out, by whom, when, how many rows, and the hash of the file.

One line for an export as a whole: a line for each of a hundred thousand clues would say nothing more. What was in it is
what that person could see then, and the file's hash tells whether a file that turns up somewhere is this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select
from sqlmodel import Field, Session, SQLModel, col

from cases.office import Office
from cases.people import Person, postings_of
from states.rulebook import Reach

EVERYTHING = "everything in sight"  # what an export holds that was asked for without a filter


class ExportLog(SQLModel, table=True):
    """One file that was written. `which` is the filter in the words it was asked for."""

    __tablename__ = "export_log"

    id: int | None = Field(default=None, primary_key=True)
    what: str = Field(max_length=16)  # ledger
    which: str = Field(default=EVERYTHING, max_length=2000)
    count: int
    lang: str = Field(max_length=2)
    sha256: str = Field(index=True, max_length=64)
    by: str = Field(foreign_key="person.login", max_length=64)
    at: datetime


def note(
    session: Session, what: str, *, count: int, lang: str, sha256: str, by: str, at: datetime, which: str = EVERYTHING
) -> None:  # fmt: skip
    """Put an export on record."""
    session.execute(insert(ExportLog).values(
        what=what, which=which, count=count, lang=lang, sha256=sha256, by=by, at=at))  # fmt: skip


def exports(session: Session, office: Office, *, actor: str, limit: int = 100) -> Sequence[dict[str, Any]]:
    """The newest exports: one's own, and for who sees every clue of a body, those of that body's people."""
    roles = office.rulebook().roles
    bodies = [
        held.organisation for held in postings_of(session, actor)
        if held.project is None and held.role in roles and roles[held.role].sees.get("clue") is Reach.ORGANISATION
    ]  # fmt: skip
    query = (
        select(ExportLog)
        .join(Person, col(Person.login) == col(ExportLog.by))
        .where(or_(col(ExportLog.by) == actor, col(Person.organisation).in_(bodies)))
        .order_by(col(ExportLog.id).desc())
        .limit(limit)
    )
    return [
        {"what": one.what, "which": one.which, "count": one.count, "lang": one.lang, "sha256": one.sha256,
         "by": one.by, "at": one.at.isoformat()}
        for one in session.execute(query).scalars()
    ]  # fmt: skip
