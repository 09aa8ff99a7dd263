"""Which clues a round takes up beside the one it was convened for: its agenda's further items."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, exists, insert, select
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col

from cases.matters import MatterLink


class RoundItem(SQLModel, table=True):
    """That an item from the second on is this clue. Item 1 is what the round was convened for, and has no row.

    Whoever is kept out of the clue is kept out of the item: that stands with the clue and nowhere else.
    """

    __tablename__ = "round_item"
    __table_args__ = (UniqueConstraint("matter", "item"), UniqueConstraint("matter", "clue"))

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id")
    item: int
    clue: int = Field(foreign_key="matter.id", index=True)


def key(item: int) -> str:
    """Under which a further item stands in the round's values."""
    return f"item_{item}"


def result_key(item: int) -> str:
    """Under which its decision and result do."""
    return f"result_{item}"


def clues(session: Session, matter: int) -> Mapping[int, int]:
    """The clue of each further item of a round."""
    query = select(col(RoundItem.item), col(RoundItem.clue)).where(col(RoundItem.matter) == matter)
    return dict(tuple(row) for row in session.execute(query.order_by(col(RoundItem.item))))


def add(session: Session, matter: int, *, clue: int) -> int:
    """Put a clue on the agenda; the number of its item."""
    number = max(clues(session, matter), default=1) + 1
    session.execute(insert(RoundItem).values(matter=matter, item=number, clue=clue))
    return number


def by_an_item() -> ColumnElement[bool]:
    """The condition that holds for links between a clue and a round that has it for a further item."""
    return exists(
        select(1).where(
            col(RoundItem.matter) == col(MatterLink.child), col(RoundItem.clue) == col(MatterLink.parent)
        )
    )


def out_of_an_item() -> ColumnElement[bool]:
    """The condition that holds for links between a round and what follows from a further item of it, as its task does."""
    under_clue = aliased(MatterLink)
    return exists(
        select(1)
        .select_from(RoundItem)
        .join(under_clue, col(under_clue.parent) == col(RoundItem.clue))
        .where(
            col(RoundItem.matter) == col(MatterLink.parent), col(under_clue.child) == col(MatterLink.child)
        )
    )
