"""Ladders: what is to happen how long before or after a due date, and at which instant it fires.

A rung stands on the day it stands on: it is not moved off a rest day. A rung in working days lands on a
working day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from states.calendars import Calendar, DayOutsideCalendar
from states.hours import due_at
from states.periods import MOST, Unit, add_months, quantity, read_quantity

_WORDED = (
    (re.compile(r"(?P<q>.+?)\s+before", re.IGNORECASE), -1),
    (re.compile(r"(?P<q>.+?)\s+after", re.IGNORECASE), 1),
    (re.compile(r"到期前(?P<q>.+)|提前(?P<p>.+)|(?P<r>.+)前"), -1),
    (re.compile(r"到期后(?P<q>.+)|逾期(?P<p>.+)|(?P<r>.+)后"), 1),
    (re.compile(r"[-−](?P<q>.+)"), -1),
    (re.compile(r"\+?(?P<q>.+)"), 1),
)
_ON_THE_DAY = {"到期当日", "当日"}


class NotAnOffset(ValueError):
    """The text does not say how long before or after."""

    def __init__(self, text: str) -> None:
        shown = text[:60] if text.isprintable() else ascii(text[:60])[1:-1]
        super().__init__(
            f'"{shown}" is not an offset. Write "-5 working days", "0 days", "+1 month" or "2 days after".'
        )


@dataclass(frozen=True, slots=True)
class Offset:
    """So many units before (negative) or after a due date. `str` gives the form that `parse` reads back."""

    count: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Offset:
        """The offset that `text` states: "-5 working days", "提前3个工作日". Raises NotAnOffset."""
        words = text.strip() if len(text) <= 60 else ""
        if words in _ON_THE_DAY:
            return cls(0, Unit.DAY)
        for pattern, sign in _WORDED:
            found = pattern.fullmatch(words)
            if found:
                said = read_quantity(next(part for part in found.groups() if part))
                if said is None or said[0] > MOST:
                    break
                return cls(sign * said[0], said[1])
        raise NotAnOffset(text)

    def __str__(self) -> str:
        sign = "-" if self.count < 0 else "+" if self.count > 0 else ""
        return sign + quantity(abs(self.count), self.unit)

    def label(self, lang: str) -> str:
        """For people: "到期前5个工作日" for `lang` "zh", otherwise "5 working days before the due date"."""
        if self.count == 0:
            return "到期当日" if lang == "zh" else "on the due date"
        if lang == "zh":
            return f"到期{'前' if self.count < 0 else '后'}{abs(self.count)}{self.unit.zh}"
        where = "before" if self.count < 0 else "after"
        return f"{quantity(abs(self.count), self.unit)} {where} the due date"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder."""

    name: str
    offset: Offset


def rung_date(due_on: date, offset: Offset, calendar: Calendar) -> date:
    """The day on which a rung stands; for an offset in hours, the due day itself."""
    if offset.unit is Unit.WORKING_DAY:
        return calendar.add_working_days(due_on, offset.count)
    if offset.unit is Unit.DAY:
        return _days_from(due_on, offset.count)
    if offset.unit is Unit.HOUR:
        return due_on
    return add_months(due_on, offset.count * (12 if offset.unit is Unit.YEAR else 1))


def fires_at(
    due_on: date, offset: Offset, calendar: Calendar, *, time_of_day: time, zone: tzinfo
) -> datetime:
    """The instant a rung fires, aware, in UTC: at `time_of_day` in `zone` on its day.

    An offset in hours counts from the end of the due day instead, whatever the `time_of_day`.
    """
    if offset.unit is Unit.HOUR:
        return fires_from(due_at(due_on, zone), offset, calendar, zone=zone)
    return _instant(datetime.combine(rung_date(due_on, offset, calendar), time_of_day, zone))


def fires_from(due_at: datetime, offset: Offset, calendar: Calendar, *, zone: tzinfo) -> datetime:
    """The instant a rung of a deadline in hours fires: so many hours, or days at the same local time, from
    it.
    """
    try:
        if offset.unit is Unit.HOUR:
            return due_at.astimezone(UTC) + timedelta(hours=offset.count)
        local = due_at.astimezone(zone)
    except OverflowError:
        raise DayOutsideCalendar(f"{offset} from {due_at}") from None
    return _instant(datetime.combine(rung_date(local.date(), offset, calendar), local.time(), zone))


def ladder(rungs: Iterable[Rung], due_on: date, calendar: Calendar) -> tuple[tuple[date, Rung], ...]:
    """The rungs with their days, from the first to the last; on the same day in the order given."""
    dated = [(rung_date(due_on, rung.offset, calendar), rung) for rung in rungs]
    return tuple(sorted(dated, key=lambda entry: entry[0]))


def _days_from(day: date, count: int) -> date:
    try:
        return day + timedelta(days=count)
    except OverflowError:
        raise DayOutsideCalendar(f"{count} days from {day}") from None


def _instant(local: datetime) -> datetime:
    try:
        return local.astimezone(UTC)
    except OverflowError:
        raise DayOutsideCalendar(local.isoformat()) from None
