"""The board: how many stand in each state, how long they have stood still, and those that have stood the longest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select, union_all
from sqlmodel import Session, col

from cases.matters import Matter
from cases.worklist import Line, Looker, live_states, longest_still
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
    """By state, from indexes alone: each way of seeing is counted by its own, and the counts are added up."""
    still = [
        func.sum(case((col(Matter.progressed_at) <= at - timedelta(days=days), 1), else_=0)).label(
            f"still_{days}"
        )
        for days in STILL_FOR
    ]
    oldest = func.min(col(Matter.progressed_at)).label("oldest")
    counted = select(col(Matter.state), func.count().label("count"), oldest, *still).group_by(
        col(Matter.state)
    )
    branches = [counted.where(seen) for seen in looker.branches(machine)]
    if not branches:
        return {}
    every = union_all(*branches).subquery()
    sums = [func.sum(every.c[name]) for name in ("count", *(one.name for one in still))]
    found = session.execute(
        select(every.c.state, func.min(every.c.oldest), *sums).group_by(every.c.state)
    ).tuples()
    return {state: (int(count), tuple(int(one) for one in counts), oldest)
            for state, oldest, count, *counts in found}  # fmt: skip


def _cards(
    session: Session, looker: Looker, machine: str, states: list[str]
) -> Mapping[str, tuple[Line, ...]]:
    """By state, those without a substantive act for the longest; in one query."""
    if not states:
        return {}
    lines = longest_still(session, looker, machine, states, of_each=CARDS)
    return {state: tuple(line for line in lines if line.state == state) for state in states}
