"""One stretch of a clock: a period that runs from a day, through its pauses, to its end or into a pause.

The day of a pause is paused, the day of resuming counts again. In working days the paused days are left
out of the count. In days, months and years the end moves by the calendar days paused after the start day,
and only then rolls.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from states.calendars import Calendar
from states.periods import Period, Unit, plain_end

ONE_DAY = timedelta(days=1)


class ImpossiblePause(ValueError):
    """The pauses of a clock contradict each other."""


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands from `from_on` to the day before `until_on`; None while it still stands."""

    from_on: date
    until_on: date | None = None
    reason: str = ""
    by: str = ""

    def __post_init__(self) -> None:
        if self.until_on is not None and self.until_on < self.from_on:
            raise ImpossiblePause(
                f"The clock cannot resume on {self.until_on}: it was paused on {self.from_on}."
            )


@dataclass(frozen=True, slots=True)
class Stretch:
    """A period of a clock: from `start_on`, which does not count, to `due_on`, or to the pause that holds it.

    `ends_on` is the end before rolling; `asked_from` the first day about which the calendar was asked,
    None where it was not. Of a held stretch `left` is what was left when it stopped, and `due_on` the
    last day that ran. `moves` are the pauses that moved an end not counted in working days, each with the
    end after it.
    """

    period: Period
    start_on: date
    ends_on: date
    due_on: date
    asked_from: date | None
    held_by: Pause | None = None
    left: int = 0
    moves: tuple[tuple[Pause, date], ...] = ()

    @property
    def unit(self) -> Unit:
        """What is left of it is counted in working days or in plain days."""
        return Unit.WORKING_DAY if self.period.unit is Unit.WORKING_DAY else Unit.DAY

    def is_provisional(self, calendar: Calendar) -> bool:
        """Whether it asks about a year that is not decreed."""
        return self.asked_from is not None and calendar.is_provisional(self.asked_from, self.due_on)


def run(
    start_on: date, period: Period, pauses: Iterable[Pause], calendar: Calendar, *, roll: bool
) -> Stretch:
    """The stretch that `period` makes from `start_on`, with the pauses that fall into it, in their order."""
    if period.unit is Unit.WORKING_DAY:
        return _working(start_on, period, pauses, calendar)
    return _plain(start_on, period, pauses, calendar, roll=roll)


def span(first_on: date, last_on: date, unit: Unit, calendar: Calendar) -> int:
    """How many days, or working days, there are from `first_on` to `last_on`, both included."""
    if first_on > last_on:
        return 0
    if unit is Unit.WORKING_DAY:
        return calendar.working_days_between(first_on - ONE_DAY, last_on)
    return (last_on - first_on).days + 1


def _working(start_on: date, period: Period, pauses: Iterable[Pause], calendar: Calendar) -> Stretch:
    cursor, left, asked_from = start_on, period.count, start_on + ONE_DAY
    for pause in pauses:
        last_ran_on = max(pause.from_on - ONE_DAY, cursor)
        ran = calendar.working_days_between(cursor, last_ran_on)
        if ran >= left:
            break
        left, cursor = left - ran, last_ran_on
        if pause.until_on is None:
            return Stretch(period, start_on, cursor, cursor, asked_from, pause, left)
        cursor = max(cursor, pause.until_on - ONE_DAY)
    end = calendar.add_working_days(cursor, left)
    return Stretch(period, start_on, end, end, asked_from)


def _plain(
    start_on: date, period: Period, pauses: Iterable[Pause], calendar: Calendar, *, roll: bool
) -> Stretch:
    end, asked_from = plain_end(start_on, period), None
    moves: list[tuple[Pause, date]] = []
    for pause in pauses:
        stopped_on = max(pause.from_on, start_on + ONE_DAY)
        if pause.until_on is not None and pause.until_on <= stopped_on:
            continue
        if stopped_on > end and roll:  # stopped between the end and the day it rolls to: those days are kept
            asked_from = asked_from or end
            end = calendar.next_working_day(end)
        if stopped_on > end:
            break
        if pause.until_on is None:
            last_ran_on = stopped_on - ONE_DAY
            left = (end - last_ran_on).days
            return Stretch(period, start_on, end, last_ran_on, asked_from, pause, left, tuple(moves))
        end += pause.until_on - stopped_on
        moves.append((pause, end))
    due_on = calendar.next_working_day(end) if roll else end
    asked_from = asked_from or (end if roll else None)
    return Stretch(period, start_on, end, due_on, asked_from, moves=tuple(moves))
