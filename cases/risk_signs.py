"""Signs: that something happened which risk points may have to be looked at for. Noted with what happened, taken up by the
next sweep: a clue is registered, or a posting ends, whatever becomes of the points.

A sign is for the engine alone. Whom it leads to, and who may know why, is decided where it is taken up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlmodel import Field, Session, SQLModel

from cases import checklist_facts, journal
from cases.matters import OnFile
from cases.office import Office
from states.checklist_rules import ITEM
from states.grading_rules import LINK


class RiskSign(SQLModel, table=True):
    """A sign: the event of a matter at a link, or a change of somebody's duties (an entry of the journal). It waits until it
    is taken up, and stays on file: a sign that is gone was deleted behind the register's back."""

    __tablename__ = "risk_sign"
    __table_args__ = (
        Index("risk_sign_waiting", "id", sqlite_where=text("taken_at IS NULL"),
              postgresql_where=text("taken_at IS NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    event: int | None = Field(default=None, foreign_key="event.id")
    entry: int | None = Field(default=None, foreign_key=f"{journal.AccountEvent.__tablename__}.id")
    organisation: str | None = Field(default=None, max_length=32)
    project: str | None = Field(default=None, max_length=32)
    link: str | None = Field(default=None, max_length=64)
    person: str | None = Field(default=None, max_length=64)
    at: datetime
    taken_at: datetime | None = None


def of_move(
    session: Session,
    office: Office,
    after: OnFile,
    *,
    move: str,
    form: Mapping[str, Any],
    event: int,
    at: datetime,
) -> None:
    """Note a move that is a sign by the rulebook: a clue that is registered, a finding that is recorded."""
    answers = office.rulebook().signs.get(after.machine, {}).get(move)
    if answers is None or any(form.get(name) != answer for name, answer in answers.items()):
        return
    link = form.get(LINK) or _of_item(session, office, after, form) or after.values.get(LINK)
    if link:
        _put(
            session,
            RiskSign(event=event, organisation=after.organisation, project=after.project, link=link, at=at),
        )


def _of_item(session: Session, office: Office, row: OnFile, form: Mapping[str, Any]) -> str | None:
    """The link of the item of the checklist that a move answers."""
    found = checklist_facts.asked(session, office, row) if form.get(ITEM) else None
    section, _ = found.items.get(form[ITEM], (None, None)) if found is not None else (None, None)
    return section.link if section is not None else None


def of_duty(session: Session, login: str, *, entry: int, at: datetime) -> None:
    """Note that somebody's postings changed, or that their account ended."""
    _put(session, RiskSign(entry=entry, person=login, at=at))


def _put(session: Session, sign: RiskSign) -> None:
    session.add(sign)
    session.flush()
