"""How long something has stood still: whole working days since the day of its last substantive act.

The day of the act does not count, nor does a day that is not over; rest days and holidays never do, make-up days do. What
has stood still for `n` working days reaches a step of `n` at the first instant after the last of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from states.calendars import Calendar

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stillness:
    """`days` whole working days without an act; the step reached, from 1, or 0; the day on which the next one is.

    `provisional`: a day that counted, or will, lies in a year whose holidays were not decreed yet.
    """

    days: int
    step: int
    next_on: date | None
    provisional: bool


def stillness(calendar: Calendar, steps: Sequence[int], *, last: date, today: date) -> Stillness:
    """Of what had its last substantive act on `last`, as it stands on `today`."""
    days = max(calendar.working_days_between(last, today - _DAY), 0)
    step = sum(days >= one for one in steps)
    next_on = reached_on(calendar, last, steps[step]) if step < len(steps) else None
    return Stillness(days, step, next_on, calendar.is_provisional(last + _DAY, next_on or today - _DAY))


def reached_on(calendar: Calendar, last: date, days: int) -> date:
    """The first day on which `days` whole working days have passed since an act on `last`."""
    return calendar.add_working_days(last, days) + _DAY


def reached_before(calendar: Calendar, today: date, days: int) -> date:
    """What had its last act before this day, and nothing else, has stood still for at least `days` working days."""
    return calendar.add_working_days(today, -days)
