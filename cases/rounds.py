"""The record of a round: its seats and rules as frozen when it was convened, and the opinions, sealed until opened.

An opinion never enters the matter's values or its history. History holds its seal: a hash over the opinion and a salt,
so that nobody can guess it, and nobody can change an opinion later without the seal giving it away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col

from cases import recusals
from cases.deadlines import Deadline
from cases.matters import OnFile
from states import guards_on_rounds as known
from states import rounds
from states.round_rules import RoundRules
from states.rounds import Opinion, Outcome, Record, Seat, View
from states.rulebook import Machine

RULES = "round_rules"  # under which the rules stand in a round's values
RESULT = "round_result"  # under which the result does, once it is decided
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


class GivenOpinion(SQLModel, table=True):
    """What somebody said in a round. A changed opinion is another row: the earlier one stays.

    Until `opened_at` only the person who gave it may read `view`, `conditions` and `reasons`.
    """

    __tablename__ = "opinion"
    __table_args__ = (UniqueConstraint("matter", "person", "seq"),)

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id")
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


def record(session: Session, row: OnFile, rules: RoundRules) -> Record:
    """The record of a round, from which anybody computes its result."""
    return Record(rules, seats(session, row.id), opinions(session, row.id), recusals.out_of(session, row.id),
                  closes_at(session, row.id, rules))  # fmt: skip


def seats(session: Session, matter: int) -> tuple[Seat, ...]:
    """The seats of a round, by login."""
    columns = (
        getattr(RoundSeat, name) for name in ("person", "organisation", "weight", "veto", "substitute")
    )
    query = select(*columns).where(col(RoundSeat.matter) == matter).order_by(col(RoundSeat.person))
    return tuple(Seat(*row) for row in session.execute(query))


def given(session: Session, matter: int) -> Sequence[GivenOpinion]:
    """Every opinion of a round, the changed ones too, by person and in the order each gave theirs."""
    order = (col(GivenOpinion.person), col(GivenOpinion.seq))
    query = select(GivenOpinion).where(col(GivenOpinion.matter) == matter).order_by(*order)
    return session.execute(query).scalars().all()


def opinions(session: Session, matter: int) -> tuple[Opinion, ...]:
    """The same as the count takes them."""
    return tuple(
        Opinion(one.person, View(one.view), one.given_at, one.seq, one.conditions, one.reasons)
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


def facts(session: Session, machine: Machine, row: OnFile) -> dict[str, Any]:
    """What guards may know of a round: who sits, who is missing, when it closes, and, once opened, what was decided."""
    rules = frozen_rules(row) if machine.rounds else None
    if rules is None or row.state not in _asked(machine, rules):
        return {}
    kept = record(session, row, rules)
    found: dict[str, Any] = {
        known.SITTING: sorted(rounds.may_speak(kept)),
        known.MISSING: list(rounds.missing(kept)),
    }
    if kept.closed_at is not None:
        found[known.CLOSES_AT] = kept.closed_at.isoformat()
    if row.state in machine.moves[rules.decided_by].from_:
        decided = decision(rules, rounds.recount(kept).outcome, row.values)
        found |= {known.DECISION: decided, rules.decision: decided}
    return found


def _asked(machine: Machine, rules: RoundRules) -> frozenset[str]:
    """The states in which a move asks for the record."""
    names = (rules.given_by, rules.decided_by, *rules.opened_by)
    return frozenset(state for name in names for state in machine.moves[name].from_)


def decision(rules: RoundRules, outcome: Outcome, values: Mapping[str, Any]) -> str:
    """What is decided: the proposal where it was carried, and nothing of the kind otherwise."""
    proposed = values.get(rules.proposed)
    return str(proposed) if outcome is Outcome.CARRIED and proposed else rules.otherwise


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
) -> str:
    """SHA-256 (hex) over an opinion's canonical JSON, with its round's number, whose it is, when it was given, a salt."""
    instant = given_at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(
        orjson.dumps([number, person, seq, view, conditions, reasons, instant, salt])
    ).hexdigest()


def unsealed(session: Session, row: OnFile, rules: RoundRules) -> bool:
    """Whether a round's result may be known: it was never sealed, or it was opened and no opinion is sealed again."""
    if not rules.sealed:
        return True
    opened = any(move in row.acts for move in rules.opened_by)
    return opened and all(one.opened_at is not None for one in given(session, row.id))
