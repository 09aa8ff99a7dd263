"""The board: how many stand in each state, how long they have stood still, and those that have stood the longest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select, union_all
from sqlmodel import Session, col

from cases.matters import Matter
from cases.worklist import Line, Looker, lines_where, live_states
from states.rulebook import State

STILL_FOR = (30, 90)  # days without a substantive act from which on a column counts them
CARDS = 6  # of each column


@dataclass(frozen=True, slots=True)
class Column:
    """One state. `still` counts those that stood still for at least each number of days of STILL_FOR."""

    state: str
    rule: State
    count: int
    still: tuple[int, ...]
    oldest_at: datetime | None
    cards: tuple[Line, ...]


def board(
    session: Session, looker: Looker, machine: str, *, at: datetime, known: Mapping[str, Tally] | None = None
) -> tuple[Column, ...]:
    """The columns in the order of the rulebook: those where something may still happen, then the ends.

    `known` are the tallies, where they were taken already. A state of an earlier rulebook that the current one does not
    have is no column; the worklist still finds it.
    """
    rules = looker.office.rulebook().machines[machine]
    live = live_states(rules)
    counted = tallies(session, looker, machine, at=at) if known is None else known
    cards = _cards(session, looker, machine, [name for name in live if name in counted])
    return tuple(
        Column(name, rules.states[name], *counted.get(name, _NOBODY), cards=cards.get(name, ()))
        for name in [*live, *(name for name in rules.states if name not in live)]
    )


Tally = tuple[int, tuple[int, ...], datetime | None]
_NOBODY: Tally = (0, (0,) * len(STILL_FOR), None)


def tallies(session: Session, looker: Looker, machine: str, *, at: datetime) -> Mapping[str, Tally]:
    """By state, from the index alone."""
    still = [
        func.sum(case((col(Matter.progressed_at) <= at - timedelta(days=days), 1), else_=0))
        for days in STILL_FOR
    ]
    query = select(col(Matter.state), func.count(), func.min(col(Matter.progressed_at)), *still)
    rows = session.execute(query.where(looker.sees(machine)).group_by(col(Matter.state)))
    return {
        state: (int(count), tuple(int(one) for one in counts), oldest)
        for state, count, oldest, *counts in rows
    }


def _cards(
    session: Session, looker: Looker, machine: str, states: list[str]
) -> Mapping[str, tuple[Line, ...]]:
    """By state, those without a substantive act for the longest; in one query."""
    if not states:
        return {}
    seen = looker.sees(machine)
    firsts = [
        select(select(col(Matter.id)).where(seen, col(Matter.state) == state)
               .order_by(col(Matter.progressed_at), col(Matter.id)).limit(CARDS).subquery())
        for state in states
    ]  # fmt: skip
    chosen = union_all(*firsts).subquery()
    lines = lines_where(session, looker, machine, col(Matter.id).in_(select(chosen.c.id)), sort="still",
                        limit=CARDS * len(states))  # fmt: skip
    return {state: tuple(line for line in lines if line.state == state) for state in states}
