"""Periods that follow each other without a gap, each named so that it keeps its name: "2026-09", "2026-Q3", "2026"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from states.calendars import LAST_ON, Calendar, DayOutsideCalendar
from states.recurrence import Given
from states.recurrence_words import parse

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A period, from its first day through its last."""

    key: str
    first_on: date
    last_on: date


@lru_cache(maxsize=256)
def begun(every: str, counted_from: date, calendar: Calendar, until: date) -> tuple[Span, ...]:
    """The periods that have begun by the day `until`, oldest first; the last of them may not be over."""
    return tuple(_begun(every, counted_from, calendar, until))


def _begun(every: str, counted_from: date, calendar: Calendar, until: date) -> Iterator[Span]:
    slots = parse(every).slots(Given(counted_from, calendar), until=LAST_ON)
    try:
        for here, following in pairwise(slots):
            if here.on > until:
                return
            last_on = following.on - ONE_DAY
            yield Span(name_of(here.on, last_on), here.on, last_on)
    except DayOutsideCalendar:
        return  # as far as the calendar goes


def name_of(first_on: date, last_on: date) -> str:
    """A month, quarter or year by its name; anything else by its first day."""
    months = (last_on.year - first_on.year) * 12 + last_on.month - first_on.month + 1
    whole = first_on.day == 1 and (last_on + ONE_DAY).day == 1
    if whole and months == 1:
        return f"{first_on:%Y-%m}"
    if whole and months == 3 and first_on.month % 3 == 1:
        return f"{first_on.year}-Q{first_on.month // 3 + 1}"
    if whole and months == 12 and first_on.month == 1:
        return str(first_on.year)
    return first_on.isoformat()
