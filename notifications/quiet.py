"""Quiet hours: when messages wait for the morning of a working day, and which do not wait."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:  # every command reads the settings, and few of them want a calendar
    from states.calendars import Calendar

Hours = Callable[[str, datetime], datetime]
"""From when on a message of this kind may go out that could go out at this instant: that instant, or a later one."""


def at_any_hour(_document: str, at: datetime) -> datetime:
    """Nobody minds being disturbed."""
    return at


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begins` in the evening until `ends` in the morning, and on rest days, in the office's zone.

    `urgent` kinds of message go out at any hour. Quiet hours are the office's own custom; no law sets them.
    """

    begins: time
    ends: time
    calendar: Calendar
    zone: ZoneInfo
    urgent: frozenset[str] = frozenset()

    def __call__(self, document: str, at: datetime) -> datetime:
        """`at` itself where it is not quiet, else the end of the quiet, in UTC."""
        if document in self.urgent:
            return at
        here = at.astimezone(self.zone)
        today, wall = here.date(), here.time()
        if self.calendar.is_working_day(today):
            if self.ends <= wall < self.begins:
                return at
            if wall < self.ends:
                return self._morning(today)
        return self._morning(self.calendar.add_working_days(today, 1))

    def _morning(self, day: date) -> datetime:
        return datetime.combine(day, self.ends, self.zone).astimezone(UTC)


def read_hours(text: str) -> tuple[time, time]:
    """`20:00-07:30` as an evening and a morning. Raises ValueError with a sentence."""
    evening, _, morning = text.partition("-")
    try:
        begins, ends = (datetime.strptime(part.strip(), "%H:%M").time() for part in (evening, morning))  # noqa: DTZ007
    except ValueError:
        raise ValueError(f"{text!r} are no quiet hours: write them as 20:00-07:30") from None
    if not ends < begins:
        raise ValueError(f"{text!r} must begin in the evening and end in the morning, as 20:00-07:30 does")
    return begins, ends
