"""Taking up signs that wait: each once, oldest first, in a transaction of its own. What fails is left for the next sweep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from cases.sweep import Unit
from states.facts import Refused

BATCH = 500
MOST_BATCHES = 2_000


@dataclass(frozen=True, slots=True)
class Taken:
    """How many signs were taken up, what they led to in all, and which failed and wait for the next sweep, with why."""

    signs: int
    led_to: int
    failed: tuple[tuple[int, str], ...]


def take_all(
    unit: Unit, keys: Any, take_up: Callable[[Session, int], int | None], *, such: Any = None
) -> Taken:
    """Take up every sign of a table, by the column of its keys; with `such`, those for which it holds.

    `take_up` answers how many matters a sign led to; None where somebody else has taken it up.
    """
    taken = led_to = 0
    failed: dict[int, str] = {}
    for _ in range(MOST_BATCHES):
        with unit() as session:
            waiting = _waiting(session, keys, failed, such)
        if not waiting:
            break
        for key in waiting:
            try:
                with unit() as session:
                    found = take_up(session, key)
            except (ValueError, KeyError, LookupError, Refused) as fault:
                failed[key] = type(fault).__name__
            else:
                taken += found is not None
                led_to += found or 0
        if len(failed) >= BATCH:
            break
    return Taken(taken, led_to, tuple(failed.items()))


def _waiting(session: Session, keys: Any, failed: dict[int, str], such: Any) -> Sequence[int]:
    query = select(keys).where(*([] if such is None else [such])).order_by(keys).limit(BATCH + len(failed))
    return [int(key) for key in session.execute(query).scalars() if key not in failed][:BATCH]
