"""Periods in hours: they run from an instant, through nights and rest days, and do not move (Civil Code Art.
201).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo

from states.calendars import DayOutsideCalendar
from states.periods import Period, Unit

Stop = tuple[datetime, datetime | None]  # the clock stood from, until; None while it still stands


class NotAnInstant(ValueError):
    """An instant needs its offset from UTC, such as 2026-09-15T10:00+08:00."""

    def __init__(self) -> None:
        super().__init__(str(self.__doc__))


class NotInHours(ValueError):
    """Only a period in hours runs from an instant; the others run from a day."""

    def __init__(self) -> None:
        super().__init__(str(self.__doc__))


def hours_end_at(start_at: datetime, period: Period) -> datetime:
    """When a period in hours that nothing stops is over, aware, in UTC. Raises as `hours_due_at` does."""
    try:
        return _utc(start_at) + _for(period)
    except OverflowError:
        raise DayOutsideCalendar(f"{period} after {start_at}") from None


def hours_due_at(start_at: datetime, period: Period, *, stops: Iterable[Stop] = ()) -> datetime | None:
    """When a period in hours that starts at `start_at` is over (from then on it is overdue), aware, in UTC.

    `stops` in their order push the end back by as long as they lasted; None while the clock stands.
    Raises NotAnInstant for a naive instant and NotInHours for any other unit.
    """
    end_at = hours_end_at(start_at, period)
    for stopped_at, resumed_at in stops:
        began_at = max(_utc(stopped_at), _utc(start_at))
        if began_at >= end_at:
            break
        if resumed_at is None:
            return None
        end_at += max(_utc(resumed_at) - began_at, timedelta(0))
    return end_at


def hours_left_for(
    start_at: datetime, period: Period, *, at: datetime, stops: Iterable[Stop] = ()
) -> timedelta:
    """How long the clock may still run, seen from `at`; zero where the time is used up."""
    ran_for = _utc(at) - _utc(start_at)
    for stopped_at, resumed_at in stops:
        began_at = min(max(_utc(stopped_at), _utc(start_at)), _utc(at))
        ended_at = _utc(at) if resumed_at is None else min(_utc(resumed_at), _utc(at))
        ran_for -= max(ended_at - began_at, timedelta(0))
    return max(_for(period) - max(ran_for, timedelta(0)), timedelta(0))


def due_at(due_on: date, zone: tzinfo) -> datetime:
    """The first instant after the due day in `zone`, in UTC: an act is overdue when `at >= due_at`."""
    try:
        midnight = datetime.combine(due_on + timedelta(days=1), datetime.min.time(), zone)
        return midnight.astimezone(UTC)
    except OverflowError:
        raise DayOutsideCalendar(f"The day after {due_on}") from None


def _for(period: Period) -> timedelta:
    if period.unit is not Unit.HOUR:
        raise NotInHours
    return timedelta(hours=period.count)


def _utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise NotAnInstant
    return instant.astimezone(UTC)
