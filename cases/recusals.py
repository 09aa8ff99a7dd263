"""Who is kept out of a matter. A recusal takes the content out of sight: in every list, search, notice and answer.

A recusal stands on the matter itself and on everything that came out of it, a row each, so that one look at one table
tells who is out. Why stands here and nowhere else: history says that, and who, and holds a seal over the rest.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Index, bindparam, func, insert, literal, or_, select, update
from sqlmodel import Field, Session, SQLModel, col

from cases import round_items
from cases.matters import Matter, MatterLink
from cases.prepared import Prepared

IN_FORCE, ASKED, REFUSED, LIFTED = "in_force", "asked", "refused", "lifted"
DECLARED, MATCHED, CHALLENGED = "declared", "matched", "challenged"
NEAR = "near"  # the engine found that it may touch them, and asks
FOUND = (MATCHED, NEAR)
SEAL = "recusal_seal"  # under which history holds it
ASKED_FOR, NOT_GRANTED = (
    "recusal.asked",
    "recusal.refused",
)  # events that name nobody: only the seal tells of whom
APART = (
    "repeat",
    "finding",
    "zero_check",
)  # links between affairs of their own: who is out of one is not out of the other


class Recusal(SQLModel, table=True):
    """That a person is, or is asked to be, kept out of a matter.

    `reason` is for those who decide. `concerns_them`: the matter is about this person or their own unit; that it
    exists is then no business of theirs. `origin` is the recusal this one followed from, on a linked matter; only
    the first is sealed, and what followed says what it says.
    """

    __tablename__ = "recusal"
    __table_args__ = (
        Index("recusal_by_matter", "matter", "person"),
        Index("recusal_by_person", "person", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id")
    person: str = Field(foreign_key="person.login", max_length=64)
    kind: str = Field(max_length=16)  # declared, matched, challenged, near
    state: str = Field(default=IN_FORCE, max_length=16)  # asked, in_force, refused, lifted
    reason: str = Field(default="", max_length=2000)
    concerns_them: bool = False
    asked_by: str = Field(max_length=64)
    asked_at: datetime
    decided_by: str | None = Field(default=None, max_length=64)
    decided_at: datetime | None = None
    decision: str = Field(default="", max_length=2000)
    origin: int | None = Field(default=None, foreign_key="recusal.id", index=True)
    salt: str = Field(
        default="", max_length=64, sa_column_kwargs={"server_default": ""}
    )  # of the seal in history


@dataclass(frozen=True, slots=True)
class New:
    """A recusal about to be put down."""

    person: str
    kind: str
    reason: str
    asked_by: str
    state: str = IN_FORCE
    concerns_them: bool = False


def keeps_out(login: str) -> ColumnElement[bool]:
    """The condition on `matter` that holds for what this person is kept out of.

    Asked as a list of theirs, looked up once: few are kept out of much, and a list of 100,000 is not to ask for each.
    """
    out = select(col(Recusal.matter)).where(col(Recusal.person) == login, col(Recusal.state) == IN_FORCE)
    return col(Matter.id).in_(out)


_OUT = Prepared(
    select(col(Recusal.person))
    .where(col(Recusal.matter) == bindparam("matter"), col(Recusal.state) == literal(IN_FORCE))
)  # fmt: skip


def out_of(session: Session, matter: int) -> frozenset[str]:
    """Who is kept out of a matter."""
    return frozenset(person for (person,) in _OUT.rows(session, {"matter": matter}))


def put(session: Session, matter: int, new: New, *, at: datetime) -> int:
    """Put a recusal down, on the matter and, once in force, on all that came out of it; its id."""
    values = _row(matter, new, at=at) | {"salt": fresh_salt()}
    put_down = insert(Recusal).values(**values).returning(col(Recusal.id))
    key = int(session.execute(put_down).scalar_one() or 0)
    if new.state == IN_FORCE:
        spread(session, key, matter, new, at=at)
    return key


def fresh_salt() -> str:
    """Without it nobody can guess from a seal what the recusal is for."""
    return secrets.token_hex(16)


def seals(session: Session, *which: ColumnElement[bool]) -> Iterator[tuple[int, str, str]]:
    """Of each of these recusals that has one: its matter, whom it keeps out, and its seal as the row comes to.

    SHA-256 (hex) over the matter's number, who is kept out, how, why, by whose word, whether it is about them, a salt.
    """
    parts = tuple(
        getattr(Recusal, name) for name in ("person", "kind", "reason", "asked_by", "concerns_them", "salt")
    )
    query = (
        select(col(Recusal.matter), col(Matter.number), *parts)
        .join(Matter, col(Matter.id) == col(Recusal.matter))
        .where(col(Recusal.salt) != "", *which)
        .order_by(col(Recusal.id))
    )
    for matter, *sealed in session.execute(query):
        yield matter, sealed[1], hashlib.sha256(orjson.dumps(sealed)).hexdigest()


def sealed(session: Session, key: int) -> dict[str, str]:
    """What the event that puts a recusal on record holds of it: its seal, which tells nobody what it is for."""
    ((_, _, mark),) = seals(session, col(Recusal.id) == key)
    return {SEAL: mark}


def spread(session: Session, origin: int, matter: int, new: New, *, at: datetime) -> Sequence[int]:
    """Let a recusal in force reach every matter of the same affair; those matters.

    A round that has the clue for one item among others is reached only by whoever the clue is about: that the item
    exists is then no business of theirs. Everybody else is kept out of the item, as the clue's own recusals tell.
    """
    own = affair(session, matter, upwards=new.kind not in FOUND, whole_rounds=new.concerns_them)
    reached = sorted(own - {matter})
    if reached:
        session.execute(insert(Recusal), [_row(other, new, at=at) | {"origin": origin} for other in reached])
    return reached


def _row(matter: int, new: New, *, at: datetime) -> dict[str, Any]:
    return {"matter": matter, "person": new.person, "kind": new.kind, "state": new.state, "reason": new.reason,
            "concerns_them": new.concerns_them, "asked_by": new.asked_by, "asked_at": at}  # fmt: skip


def inherit(
    session: Session, parent: int, child: int, *, at: datetime, concerning: bool = False
) -> Sequence[str]:
    """Keep out of a matter whoever is kept out of the one it came out of, by each of their recusals: when one of them is
    lifted, another stays. Who that is. `concerning`: by those alone that say the matter is about them."""
    root = func.coalesce(Recusal.origin, Recusal.id)
    followed = set(session.execute(select(root).where(col(Recusal.matter) == child)).scalars())
    query = select(Recusal).where(col(Recusal.matter) == parent, col(Recusal.state) == IN_FORCE)
    rows = [
        {"matter": child, "person": one.person, "kind": one.kind, "state": IN_FORCE, "reason": one.reason,
         "concerns_them": one.concerns_them, "asked_by": one.asked_by, "asked_at": at, "origin": one.origin or one.id}
        for one in session.execute(query).scalars()
        if (one.origin or one.id) not in followed and (one.concerns_them or not concerning)
    ]  # fmt: skip
    if rows:
        session.execute(insert(Recusal), rows)
    return sorted({str(row["person"]) for row in rows})


def affair(session: Session, matter: int, *, upwards: bool, whole_rounds: bool = True) -> set[int]:
    """The matter and all that came out of it; `upwards`: also what it came out of, and all that came out of that.

    Without `whole_rounds` a round and a further item of it are apart: the round does not come out of the item's clue,
    nor the item's task out of the round, nor does what came out of the round lead up to that clue. A round that is
    itself the matter has all its clues above it.
    """
    found = {matter}
    own = col(MatterLink.child) == matter
    up = () if whole_rounds else (or_(own, ~round_items.by_an_item()), ~round_items.out_of_an_item())
    if upwards:
        found = _reached(session, found, MatterLink.child, MatterLink.parent, *up)
    down = () if whole_rounds else (~round_items.by_an_item(),)
    return _reached(session, found, MatterLink.parent, MatterLink.child, *down)


def _reached(
    session: Session, start: Iterable[int], near: Any, far: Any, *only: ColumnElement[bool]
) -> set[int]:
    found, edge = set(start), set(start)
    while edge:
        query = select(col(far)).where(col(near).in_(edge), col(MatterLink.kind).not_in(APART), *only)
        edge = set(session.execute(query).scalars()) - found
        found |= edge
    return found


def above(session: Session, matters: Iterable[int]) -> set[int]:
    """These matters and all that they came out of."""
    return _reached(session, matters, MatterLink.child, MatterLink.parent)


def undecided(session: Session, matters: Iterable[int], people: Iterable[str]) -> Sequence[str]:
    """Those of these people whom one of the affairs may touch, as nobody has decided yet; by login."""
    asked = (col(Recusal.state) == ASKED, col(Recusal.kind) == NEAR)
    query = select(col(Recusal.person), col(Recusal.matter)).where(
        col(Recusal.person).in_(sorted(people)), *asked
    )
    waiting = session.execute(query).all()
    if not waiting:
        return []
    reached = set[int]().union(*(affair(session, matter, upwards=True) for matter in matters))
    return sorted({person for person, matter in waiting if matter in reached})


def change(session: Session, key: int, changes: Mapping[str, Any]) -> Sequence[int]:
    """Change a recusal and those that followed from it; the matters they stand on."""
    own = (col(Recusal.id) == key) | (col(Recusal.origin) == key)
    matters = list(session.execute(select(col(Recusal.matter)).where(own)).scalars())
    session.execute(
        update(Recusal).where(own).values(**changes).execution_options(synchronize_session="fetch")
    )
    return matters
