"""Periods: how long something may take, read from what people write, and when it is due.

How periods are counted (Civil Code Arts. 201-203): the day it starts is not counted; a month or a year ends
on the same-numbered day, or on the month's last day where there is none; a last day that is a rest day moves
to the next working day. A period in working days ends on a working day by construction. Hours run from an
instant and do not move; see `states.hours`.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from states.calendars import Calendar, DayOutsideCalendar

MOST = 99_999  # of any unit; a longer one is a slip of the pen
_LONGEST_TEXT = 60


class Unit(Enum):
    """What a period is counted in: (English, Chinese with its measure word)."""

    HOUR = ("hour", "小时")
    DAY = ("day", "日")
    WORKING_DAY = ("working day", "个工作日")
    MONTH = ("month", "个月")
    YEAR = ("year", "年")

    @property
    def en(self) -> str:
        """The singular, as rulebooks write it."""
        return self.value[0]

    @property
    def zh(self) -> str:
        """With the measure word, as it follows a number."""
        return self.value[1]


_WORDS = {
    Unit.HOUR: ("hour", "hours", "h", "小时", "个小时"),
    Unit.DAY: ("day", "days", "calendar day", "calendar days", "natural day", "natural days",
               "日", "天", "自然日", "个自然日", "日历日", "个日历日"),
    Unit.WORKING_DAY: ("working day", "working days", "workday", "workdays", "work day", "work days",
                       "business day", "business days", "wd", "工作日", "个工作日"),
    Unit.MONTH: ("month", "months", "calendar month", "calendar months", "个月", "个自然月"),
    Unit.YEAR: ("year", "years", "年"),
}  # fmt: skip
_UNITS = {word: unit for unit, words in _WORDS.items() for word in words}
_QUANTITY = re.compile(r"([0-9]{1,6}|[一二两三四五六七八九十百]{1,7}) ?([a-z ]+|[日天工作自然历小时个月年]+)")
_DIGITS = {sign: value for value, sign in enumerate("一二三四五六七八九", start=1)} | {"两": 2}


class NotAPeriod(ValueError):
    """The text does not say how long."""

    def __init__(self, text: str, why: str = "is not a period") -> None:
        shown = ascii(text[:_LONGEST_TEXT])[1:-1] if not text.isprintable() else text[:_LONGEST_TEXT]
        super().__init__(
            f'"{shown}" {why}. Write a whole number and a unit, such as "15 working days", "1 month", '
            '"90 days" or "24 hours".'
        )


class HoursNeedAnInstant(ValueError):
    """A period in hours runs from an instant: give the time of day as well, with its offset."""

    def __init__(self) -> None:
        super().__init__(str(self.__doc__))


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time in one unit, at least 1. `str` gives the canonical English form that `parse` reads
    back.
    """

    count: int
    unit: Unit

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST:
            raise NotAPeriod(f"{self.count} {self.unit.en}s", f"is not between 1 and {MOST}")

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period that `text` states: "1 month", "十五个工作日". Raises NotAPeriod."""
        found = read_quantity(text)
        if found is None:
            raise NotAPeriod(text)
        count, unit = found
        if not 1 <= count <= MOST:
            raise NotAPeriod(text, f"is not between 1 and {MOST}")
        return cls(count, unit)

    def __str__(self) -> str:
        return quantity(self.count, self.unit)

    def label(self, lang: str) -> str:
        """For people: "15个工作日" for `lang` "zh", otherwise "15 working days"."""
        return f"{self.count}{self.unit.zh}" if lang == "zh" else str(self)


@dataclass(frozen=True, slots=True)
class Due:
    """The last day on which the act is still in time, whether that is certain, and by which calendar."""

    due_on: date
    provisional: bool
    calendar_version: str


def due_on(start_on: date, period: Period, calendar: Calendar, *, roll: bool = True) -> date:
    """The last day of a period that starts on `start_on`.

    `roll=False` leaves a last day on a rest day where it is, for the few periods that never extend for
    holidays. Raises HoursNeedAnInstant, and DayOutsideCalendar where the end lies beyond every calendar.
    """
    if period.unit is Unit.WORKING_DAY:
        return calendar.add_working_days(start_on, period.count)
    end = plain_end(start_on, period)
    return calendar.next_working_day(end) if roll else end


def due(start_on: date, period: Period, calendar: Calendar, *, roll: bool = True) -> Due:
    """`due_on`, with whether it is provisional. For the walk, see `states.walks.explain`."""
    last_on = due_on(start_on, period, calendar, roll=roll)
    first_on = asked_from(start_on, period, roll=roll)
    provisional = first_on is not None and calendar.is_provisional(first_on, last_on)
    return Due(last_on, provisional, calendar.version)


def asked_from(start_on: date, period: Period, *, roll: bool) -> date | None:
    """The first day about which the calendar is asked; None where the period does not depend on it at all.

    Working days ask about every day after the start, the other units only about where the end rolls to.
    """
    if period.unit is Unit.WORKING_DAY:
        return start_on + timedelta(days=1)
    return plain_end(start_on, period) if roll else None


def plain_end(start_on: date, period: Period) -> date:
    """Where a period in days, months or years ends before any rolling."""
    if period.unit is Unit.DAY:
        try:
            return start_on + timedelta(days=period.count)
        except OverflowError:
            raise DayOutsideCalendar(f"{period} after {start_on}") from None
    if period.unit is Unit.MONTH:
        return add_months(start_on, period.count)
    if period.unit is Unit.YEAR:
        return add_months(start_on, 12 * period.count)
    if period.unit is Unit.HOUR:
        raise HoursNeedAnInstant
    raise AssertionError("working days have no plain end")


def add_months(day: date, months: int) -> date:
    """The same-numbered day `months` later, or earlier, else that month's last day (Civil Code Art. 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise DayOutsideCalendar(f"{quantity(abs(months), Unit.MONTH)} from {day}")
    number = day.day if day.day <= 28 else min(day.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, number)


def quantity(count: int, unit: Unit) -> str:
    """ "1 month", "15 working days"."""
    return f"{count} {unit.en}" if count == 1 else f"{count} {unit.en}s"


def read_quantity(text: str) -> tuple[int, Unit] | None:
    """A number and its unit, in English or Chinese; None where `text` is anything else."""
    if len(text) > _LONGEST_TEXT:
        return None
    plain = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    found = _QUANTITY.fullmatch(plain)
    if found is None or found[2] not in _UNITS:
        return None
    count = int(found[1]) if found[1].isdecimal() else _chinese_number(found[1])
    return None if count is None else (count, _UNITS[found[2]])


def _chinese_number(text: str) -> int | None:
    """一 to 九百九十九, 两 for 2; None for what is no number."""
    found = re.fullmatch(
        r"(?:([一二两三四五六七八九])百)?(?:([一二三四五六七八九])?(十))?([一二两三四五六七八九])?", text
    )
    if found is None:
        return None
    hundreds, tens, ten, ones = found.groups()
    count = 100 * _DIGITS.get(hundreds, 0) + _DIGITS.get(ones, 0)
    return count + 10 * _DIGITS.get(tens, 1) if ten else count
