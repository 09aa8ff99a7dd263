"""Working days: which days an office works, who decreed it, and how sure that is.

The shipped calendar is China's. Each year is decreed by a notice of the General Office of the State Council,
which moves weekend days around the public holidays; the days are data (`calendar_data/cn.csv`, with its
sources beside it). A year that is not decreed yet is estimated (`states.calendar_estimates`), never refused
and never passed off as certain: whatever touches it is provisional, and is computed again when the year
arrives (`states.budgets.recompute`).

Known limit: a notice may move the last days of the year before (2005-12-31 was made a working day by the
notice for 2006). So a new year is a reason to recompute dates from late December on as well, provisional or
not.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate, compress
from pathlib import Path

from states import calendar_estimates, calendar_files
from states.calendar_files import Decree

FIRST_ON = date(1950, 1, 1)
LAST_ON = date(2149, 12, 31)
_BASE = FIRST_ON.toordinal()
_SPAN = LAST_ON.toordinal() - _BASE + 1
_CHINA = Path(__file__).parent / "calendar_data" / "cn.csv"

_WEEKDAYS = (
    ("星期一", "Monday"),
    ("星期二", "Tuesday"),
    ("星期三", "Wednesday"),
    ("星期四", "Thursday"),
    ("星期五", "Friday"),
    ("星期六", "Saturday"),
    ("星期日", "Sunday"),
)

Text = tuple[str, str]  # Chinese, English


class DayOutsideCalendar(ValueError):
    """No calendar reaches that far."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} is outside the calendar, which knows the days from {FIRST_ON} to {LAST_ON}; "
            "check the year and the length of the period."
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Calendar:
    """The working days from 1950 to 2149, as far as they are decreed, and an estimate for the rest.

    `version` names exactly these days ("CN-2026.f7313e": the last decreed year and a hash of every day), so
    that a stored due date can say under which calendar it was computed. Look-ups are by array: counting any
    number of working days costs about a microsecond.
    """

    code: str
    version: str
    decreed: frozenset[int]
    decrees: tuple[Decree, ...]
    _names: Mapping[date, Text]
    _works: bytes  # 1 for a working day, by position after FIRST_ON
    _counted: array[int]  # working days up to and including this position
    _worked: array[int]  # the ordinal of each working day in turn

    @classmethod
    def of(cls, code: str, decrees: Iterable[Decree]) -> Calendar:
        """The calendar that these decrees make."""
        ordered = tuple(sorted(decrees, key=lambda decree: (decree.year, decree.first_on, decree.last_on)))
        decreed = frozenset(decree.year for decree in ordered)
        works, names = _marked(ordered, decreed)
        digest = hashlib.sha256(works).hexdigest()[:6]
        version = f"{code}-{max(decreed, default='none')}.{digest}"
        counted = array("i", accumulate(works))
        worked = array("i", compress(range(_BASE, _BASE + _SPAN), works))
        return cls(code, version, decreed, ordered, names, works, counted, worked)

    def __repr__(self) -> str:
        return f"<Calendar {self.version}>"

    def with_decrees(self, decrees: Iterable[Decree]) -> Calendar:
        """This calendar with the years of `decrees` added; a year that it had is replaced as a whole."""
        added = tuple(decrees)
        replaced = {decree.year for decree in added}
        kept = tuple(decree for decree in self.decrees if decree.year not in replaced)
        return Calendar.of(self.code, kept + added)

    def with_file(self, path: Path) -> Calendar:
        """This calendar with the years of an office's own file. Raises FaultyCalendarFile."""
        return self.with_decrees(calendar_files.read(path))

    def with_year(self, year: int, *, rest: Iterable[date], work: Iterable[date] = ()) -> Calendar:
        """This calendar with `year` decreed to have these rest days and these make-up working days."""
        days = [Decree(year, day, day, works=False) for day in rest]
        days += [Decree(year, day, day, works=True) for day in work]
        return self.with_decrees(days)

    def is_decreed(self, year: int) -> bool:
        """Whether the notice for `year` is in the data."""
        return year in self.decreed

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on `day`; an estimate where the year is not decreed."""
        return self._works[_place(day)] == 1

    def next_working_day(self, day: date) -> date:
        """`day` itself where it is a working day, otherwise the first one after it."""
        place = _place(day)
        return day if self._works[place] else self._nth(self._counted[place], day)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; before it where `count` is negative; `day` itself for 0."""
        place = _place(day)
        if count > 0:
            return self._nth(self._counted[place] + count - 1, day)
        if count < 0:
            return self._nth(self._counted[place] - self._works[place] + count, day)
        return day

    def working_days_between(self, after: date, until: date) -> int:
        """How many working days lie after `after`, up to and including `until`; negative if it is earlier."""
        return self._counted[_place(until)] - self._counted[_place(after)]

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether a day from `first` to `last` belongs to a year not decreed. An empty span is certain."""
        if first > last:
            return False
        decreed = self.decreed
        return any(year not in decreed for year in range(first.year, last.year + 1))

    def named(self, day: date) -> Text:
        """What to call `day`, in Chinese and English: its holiday, or else its weekday."""
        return self._names.get(day) or _WEEKDAYS[day.weekday()]

    def is_make_up_day(self, day: date) -> bool:
        """Whether `day` is a Saturday or Sunday on which the office works."""
        return day.weekday() >= 5 and self.is_working_day(day)

    def _nth(self, index: int, day: date) -> date:
        if not 0 <= index < len(self._worked):
            raise DayOutsideCalendar(f"So many working days from {day}")
        return date.fromordinal(self._worked[index])


def weekday(day: date) -> Text:
    """The weekday of `day`, in Chinese and English."""
    return _WEEKDAYS[day.weekday()]


@lru_cache(maxsize=1)
def china() -> Calendar:
    """The shipped calendar of the People's Republic of China, read once."""
    return Calendar.of("CN", calendar_files.read(_CHINA))


def load_calendar(path: Path, *, base: Calendar | None = None) -> Calendar:
    """`base` (the shipped calendar) with the years of the file at `path`. Raises FaultyCalendarFile."""
    return (base or china()).with_file(path)


def _place(day: date) -> int:
    place = day.toordinal() - _BASE
    if not 0 <= place < _SPAN:  # a negative position would quietly count from the end
        raise DayOutsideCalendar(day.isoformat()[:10])
    return place


def _marked(decrees: tuple[Decree, ...], decreed: frozenset[int]) -> tuple[bytes, dict[date, Text]]:
    """Works or rests, for every day, and the names of the days that are not plain weekdays or weekends."""
    works = bytearray((_BASE + place) % 7 not in {6, 0} for place in range(_SPAN))  # ordinal 1 was a Monday
    names: dict[date, Text] = {}
    for year in range(FIRST_ON.year, LAST_ON.year + 1):
        if year not in decreed:
            for day, name in calendar_estimates.rest_days(year).items():
                works[_place(day)] = 0
                names[day] = name
    for decree in decrees:
        for day in decree.days():
            works[_place(day)] = decree.works
            names[day] = (decree.zh or weekday(day)[0], decree.en or weekday(day)[1])
    return bytes(works), names
