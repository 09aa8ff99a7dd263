"""Counts that were taken a moment ago, for as long as nothing that they count has changed, and no longer than a minute.

To count 100,000 rows takes longer than to show fifty. Every change of a matter leaves an event, and what somebody sees
hangs on their postings and recusals besides: while all of these are as they were, so are the counts. What is late or has
stood still changes with time alone; such a count may lag by the minute, the lines themselves never do.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from fastapi import Request
from sqlalchemy import bindparam, func, select
from sqlmodel import Session, col

from cases.history import Event
from cases.prepared import Prepared
from cases.recusals import IN_FORCE, Recusal
from cases.worklist import Looker

LASTS_FOR, MOST = timedelta(minutes=1), 1000

T = TypeVar("T")
Kept = OrderedDict[Any, tuple[Any, datetime, Any]]


def of(
    request: Request, session: Session, looker: Looker, what: tuple[str, ...], at: datetime, count: Callable[[], T],
    *, touched: Callable[[int], bool] | None = None,
) -> T:  # fmt: skip
    """What `count` answers, or answered this person when nothing was different. `touched` says whether anything that bears
    on it happened after an event; without it, whatever happened anywhere does."""
    kept: Kept = request.app.state.remembered
    key, stamp = (looker.login, *what), _stamp(session, looker)
    held = kept.get(key)
    if held is not None and timedelta() <= at - held[1] < LASTS_FOR and _is_same(held[0], stamp, touched):
        found: T = held[2]
        return found
    fresh = count()
    kept[key] = (stamp, at, fresh)
    kept.move_to_end(key)
    while len(kept) > MOST:
        kept.popitem(last=False)
    return fresh


def _is_same(held: Any, now: Any, touched: Callable[[int], bool] | None) -> bool:
    """Whether what was counted under one stamp holds under another."""
    if held == now or touched is None:
        return bool(held == now)
    return held[1:] == now[1:] and not touched(held[0] or 0)


def _stamp(session: Session, looker: Looker) -> Any:
    """What is different as soon as one of this person's counts may be."""
    ((event, *out_of),) = _LAST.rows(session, {"login": looker.login})
    return event, tuple(out_of), tuple(looker.postings), looker.office.current


_LAST = Prepared(
    select(select(func.max(col(Event.id))).scalar_subquery(), func.count(), func.max(col(Recusal.id)))
    .select_from(Recusal)
    .where(col(Recusal.person) == bindparam("login"), col(Recusal.state) == IN_FORCE)
)
