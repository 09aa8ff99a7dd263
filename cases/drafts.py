"""What somebody has typed into a form and not sent yet, kept for them alone until they do. It is no part of the record.

A phone in a shaft loses its line, its page or its charge. What is private or sealed in a form is never kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, Column, delete, insert
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from cases import gathering
from cases.office import Office
from states.facts import Reason, Refused
from states.rulebook import Label

MOST_ITEMS, LONGEST = 50, 20_000


class FormDraft(SQLModel, table=True):
    """One person's unsent form of a move on a matter; `item` counts those of the same move, from 1."""

    __tablename__ = "form_draft"
    __table_args__ = (UniqueConstraint("matter", "person", "move", "item"),)

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id")
    person: str = Field(foreign_key="person.login", index=True, max_length=64)
    move: str = Field(max_length=64)
    item: int
    given: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as its owner sees it."""

    item: int
    given: Mapping[str, str]
    at: datetime


def of(session: Session, office: Office, number: str, move: str, *, actor: str) -> Sequence[Draft]:
    """This person's drafts, in their order. Raises NoSuchMatter: who is kept out of a matter is kept out of them too."""
    matter = gathering.load(session, office, number, login=actor, for_change=False).row.id
    query = select(FormDraft).where(
        FormDraft.matter == matter, FormDraft.person == actor, FormDraft.move == move
    )
    return [
        Draft(one.item, dict(one.given), one.at) for one in session.exec(query.order_by(col(FormDraft.item)))
    ]


def keep(
    session: Session, office: Office, number: str, move: str, item: int, given: Mapping[str, str], *, actor: str,
    at: datetime,
) -> None:  # fmt: skip
    """Keep a form as it is now; an empty one is no draft. Raises NoSuchMatter, Refused("too_many_drafts")."""
    row = gathering.load(session, office, number, login=actor, for_change=True).row
    fields = office.rulebook(row.rulebook).machines[row.machine].moves[move].fields
    kept = {field.name: given[field.name][:LONGEST] for field in fields
            if given.get(field.name, "").strip() and not field.kept_apart}  # fmt: skip
    if not 0 < item <= MOST_ITEMS:
        raise _too_many()
    drop(session, row.id, move, item, actor=actor)
    if kept:
        session.execute(
            insert(FormDraft).values(matter=row.id, person=actor, move=move, item=item, given=kept, at=at)
        )


def drop(session: Session, matter: int, move: str, item: int, *, actor: str) -> None:
    """Forget a draft: it was sent, or is not wanted."""
    mine = (col(FormDraft.matter) == matter, col(FormDraft.person) == actor)
    session.execute(delete(FormDraft).where(*mine, col(FormDraft.move) == move, col(FormDraft.item) == item))


def _too_many() -> Refused:
    reason = Reason("too_many_drafts", Label(zh=f"草稿最多 {MOST_ITEMS} 份。", en=f"There are {MOST_ITEMS} drafts at most."),
                    Label(zh="请先提交或清空部分草稿。", en="Record some of them, or empty them, first."))  # fmt: skip
    return Refused(reason.code, (reason,))
