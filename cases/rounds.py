"""The record of a round: its seats and rules as frozen when it was convened, and the opinions, sealed until opened.

An opinion never enters the matter's values or its history. History holds its seal: a hash over the opinion and a salt,
so that nobody can guess it, and nobody can change an opinion later without the seal giving it away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col

from cases import recusals, round_items
from cases.deadlines import Deadline
from cases.matters import OnFile
from states.agenda import FIRST, Agenda, Item
from states.round_rules import RoundRules
from states.rounds import Opinion, Outcome, Record, Result, Seat, View

RULES = "round_rules"  # under which the rules stand in a round's values
RESULT = "round_result"  # under which the result of item 1 does, once it is decided; of the others: cases.round_items
SEAL = ("opinion_no", "seal")  # what history holds of an opinion: which of this person's it is, and its seal


class RoundSeat(SQLModel, table=True):
    """A seat of a round as it was when the round was convened. `substitute` sits in it if `person` is recused."""

    __tablename__ = "round_seat"
    __table_args__ = (UniqueConstraint("matter", "person"),)

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id")
    person: str = Field(foreign_key="person.login", max_length=64)
    organisation: str = Field(foreign_key="organisation.code", max_length=32)
    weight: int = 1
    veto: bool = False
    substitute: str | None = Field(default=None, foreign_key="person.login", max_length=64)


class SpokenSeat(SQLModel, table=True):
    """That `person` spoke on an item from a seat that has passed on since: what was said stays with who said it. Once
    they are recused, the item is the present holder's too."""

    __tablename__ = "spoken_seat"
    __table_args__ = (UniqueConstraint("seat", "item"),)

    id: int | None = Field(default=None, primary_key=True)
    seat: int = Field(foreign_key="round_seat.id")
    item: int
    person: str = Field(foreign_key="person.login", max_length=64)


class GivenOpinion(SQLModel, table=True):
    """What somebody said of an item of a round. A changed opinion is another row: the earlier one stays.

    Until `opened_at` only the person who gave it may read `view`, `conditions` and `reasons`.
    """

    __tablename__ = "opinion"
    __table_args__ = (UniqueConstraint("matter", "item", "person", "seq"),)

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id")
    item: int = FIRST
    person: str = Field(foreign_key="person.login", max_length=64)
    seq: int
    view: str = Field(max_length=32)
    conditions: str = Field(default="", max_length=20000)
    reasons: str = Field(default="", max_length=20000)
    given_at: datetime
    salt: str = Field(max_length=64)
    seal: str = Field(max_length=64)
    opened_at: datetime | None = None


def frozen_rules(row: OnFile) -> RoundRules | None:
    """The rules this round was convened under; None for a matter that is no round."""
    return RoundRules.model_validate(row.values[RULES]) if RULES in row.values else None


def agenda(session: Session, row: OnFile, rules: RoundRules) -> Agenda:
    """The record of a round, from which anybody computes the result of each item.

    Once it is decided, whoever was recused then stays so in the record: what is lifted or granted later changes who may
    read it, and not what was decided.
    """
    decided = _recused_then(row)
    out = frozenset[str]() if decided else recusals.out_of(session, row.id)
    whole = Record(
        rules, seats(session, row.id), opinions(session, row.id), out, closes_at(session, row.id, rules)
    )
    kept_out = decided or {
        number: recusals.out_of(session, clue) for number, clue in round_items.clues(session, row.id).items()
    }
    spoken = spoken_seats(session, row.id)
    return Agenda(whole, tuple(
        replace(one, kept_out=kept_out.get(one.number, frozenset()), spoken=spoken.get(one.number, {}))
        for one in items(row, rules)
    ))  # fmt: skip


def items(row: OnFile, rules: RoundRules) -> tuple[Item, ...]:
    """What stands on the agenda, in order."""
    found = [Item(FIRST, str(row.values.get(rules.brief) or ""), row.values.get(rules.proposed))]
    while (held := row.values.get(round_items.key(len(found) + 1))) is not None:
        found.append(Item(len(found) + 1, held["brief"], held["proposed"], held["clue"]))
    return tuple(found)


def held_results(row: OnFile) -> dict[int, dict[str, Any]]:
    """The result of each item as it stands on file; empty until the round is decided."""
    if RESULT not in row.values:
        return {}
    found = {FIRST: row.values[RESULT]}
    while (held := row.values.get(round_items.result_key(len(found) + 1))) is not None:
        found[len(found) + 1] = held["result"]
    return found


def _recused_then(row: OnFile) -> dict[int, frozenset[str]]:
    return {number: frozenset(result["recused"]) for number, result in held_results(row).items()}


def seats(session: Session, matter: int) -> tuple[Seat, ...]:
    """The seats of a round, by login."""
    columns = (
        getattr(RoundSeat, name) for name in ("person", "organisation", "weight", "veto", "substitute")
    )
    query = select(*columns).where(col(RoundSeat.matter) == matter).order_by(col(RoundSeat.person))
    return tuple(Seat(*row) for row in session.execute(query))


def spoken_seats(session: Session, matter: int) -> Mapping[int, Mapping[str, str]]:
    """By item and by the present holder of the seat: who spoke from it before it passed on."""
    query = (
        select(col(SpokenSeat.item), col(RoundSeat.person), col(SpokenSeat.person))
        .join(RoundSeat, col(RoundSeat.id) == col(SpokenSeat.seat))
        .where(col(RoundSeat.matter) == matter)
    )
    found: dict[int, dict[str, str]] = {}
    for item, holder, person in session.execute(query):
        found.setdefault(item, {})[holder] = person
    return found


def given(session: Session, matter: int) -> Sequence[GivenOpinion]:
    """Every opinion of a round, the changed ones too, by item, by person and in the order each gave theirs."""
    order = (col(GivenOpinion.item), col(GivenOpinion.person), col(GivenOpinion.seq))
    query = select(GivenOpinion).where(col(GivenOpinion.matter) == matter).order_by(*order)
    return session.execute(query).scalars().all()


def opinions(session: Session, matter: int) -> tuple[Opinion, ...]:
    """The same as the count takes them."""
    return tuple(
        Opinion(one.person, View(one.view), one.given_at, one.seq, one.conditions, one.reasons, one.item)
        for one in given(session, matter)
    )


def closes_at(session: Session, matter: int, rules: RoundRules) -> datetime | None:
    """From when on an opinion is late: when the latest clock for them fell or falls due. Opened earlier, when all
    were in, nobody could give one any more."""
    if rules.clock is None:
        return None
    query = (
        select(col(Deadline.due_at))
        .where(col(Deadline.matter) == matter, col(Deadline.name) == rules.clock)
        .order_by(col(Deadline.id).desc())
        .limit(1)
    )
    return session.execute(query).scalar()


def decision(rules: RoundRules, outcome: Outcome, proposed: str | None) -> str:
    """What is decided: the proposal where it was carried, and nothing of the kind otherwise."""
    return proposed if outcome is Outcome.CARRIED and proposed else rules.otherwise


def decisions(agenda_: Agenda, results: Mapping[int, Result]) -> dict[int, str]:
    """What is decided on each item."""
    return {item.number: decision(agenda_.whole.rules, results[item.number].outcome, item.proposed)
            for item in agenda_.items}  # fmt: skip


def plain(value: Any) -> Any:
    """As JSON gives it back."""
    return orjson.loads(orjson.dumps(value))


def seal(
    number: str,
    person: str,
    seq: int,
    *,
    view: str,
    conditions: str,
    reasons: str,
    given_at: datetime,
    salt: str,
    item: int = FIRST,
) -> str:
    """SHA-256 (hex) over an opinion's canonical JSON, with its round's number, whose it is, when it was given, a salt;
    from the second item on with the item too."""
    instant = given_at.astimezone(UTC).isoformat(timespec="microseconds")
    which = [] if item == FIRST else [item]
    return hashlib.sha256(
        orjson.dumps([number, person, seq, view, conditions, reasons, instant, salt, *which])
    ).hexdigest()


def unsealed(session: Session, row: OnFile, rules: RoundRules) -> bool:
    """Whether a round's result may be known: it was never sealed, or it was opened and no opinion is sealed again."""
    if not rules.sealed:
        return True
    opened = any(move in row.acts for move in rules.opened_by)
    return opened and all(one.opened_at is not None for one in given(session, row.id))
