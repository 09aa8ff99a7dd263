"""When a plan recurs, as an office writes it: "every month on the 10th", "每月第1个工作日", "10 working days before
acceptance"; and the days on which it falls, each once and in order.

No slot is lost: a month without that day has it on its last day ("the 31st" is 30 April, 28 or 29 February), a month
with fewer working days has its last one. A rule written as in RFC 5545 is taken as it stands, with the gaps that the
standard leaves. What to do about a slot that falls on a rest day is not decided here: the slot keeps its own day.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import Enum
from heapq import merge

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, YEARLY, rrule, rrulestr

from states.calendars import LAST_ON, Calendar

ONE_DAY = timedelta(days=1)
LAST = -1  # in place of a number: the last of the month
MOST_NTH = 15  # no month has had fewer working days than this, the Spring Festival's neither
MOST_APART = 60  # of any unit between two slots
MOST_AWAY = 250  # working days from a milestone: about a year
_ALWAYS_THERE = 28  # every month has this day


class NotARule(ValueError):
    """The recurrence cannot be read. Write "every week on Monday", "every month on the 10th", "every month on the first
    working day", "every quarter on the 10th", "every year on 10 January and 10 July", "every working day", "10 working
    days before MILESTONE"; or as in RFC 5545, for instance FREQ=MONTHLY;BYMONTHDAY=10."""

    zh = (
        "无法识别该周期。请写成“每周一”“每月10日”“每月第1个工作日”“每季度10日”“每年1月10日、7月10日”“每个工作日”"
        "“（里程碑名称）前10个工作日”，或按 RFC 5545 书写，如 FREQ=MONTHLY;BYMONTHDAY=10。"
    )

    def __init__(self, text: str = "") -> None:
        shown = f'"{text[:60]}": ' if text.strip() and text.isprintable() else ""
        super().__init__(shown + " ".join(str(type(self).__doc__).split()))
        self.text = text


class Every(Enum):
    """What a calendar rule counts in."""

    DAY = DAILY
    WEEK = WEEKLY
    MONTH = MONTHLY
    YEAR = YEARLY


@dataclass(frozen=True, slots=True, order=True)
class When:
    """One slot: its day, and the name it keeps if the calendar or the milestone moves its day."""

    on: date
    key: str


@dataclass(frozen=True, slots=True)
class Given:
    """What a rule is asked with: from which day the plan runs, the calendar, and the days of the project's milestones."""

    starts_on: date
    calendar: Calendar
    milestones: Mapping[str, date] = field(default_factory=dict)

    @property
    def first(self) -> datetime:
        """The first day as the recurrence library wants it; no zone is meant."""
        return datetime.combine(self.starts_on, time.min)


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence. `slots` answers the slots from `starts_on` to `until`, both included, oldest first, each once."""

    def slots(self, given: Given, *, until: date) -> Iterator[When]:
        """The slots. Without an end they go on to the last day of the calendar."""
        for one in self._from(given):
            if one.on > min(until, LAST_ON):
                return
            if one.on >= given.starts_on:
                yield one

    def _from(self, given: Given) -> Iterator[When]:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class ByWeek(Rule):
    """Every `apart` weeks on these weekdays (0 is Monday); the weeks are counted from the one the plan begins in."""

    weekdays: tuple[int, ...]
    apart: int = 1

    def _from(self, given: Given) -> Iterator[When]:
        return _dated(
            rrule(WEEKLY, dtstart=given.first, interval=self.apart, byweekday=self.weekdays, wkst=0)
        )


@dataclass(frozen=True, slots=True)
class ByDay(Rule):
    """Every `apart` days; every working day where `working`."""

    apart: int = 1
    working: bool = False

    def _from(self, given: Given) -> Iterator[When]:
        days = _dated(rrule(DAILY, dtstart=given.first, interval=self.apart))
        if not self.working:
            return days
        return (one for one in days if one.on > LAST_ON or given.calendar.is_working_day(one.on))


@dataclass(frozen=True, slots=True)
class ByMonth(Rule):
    """Every `apart` months on the same-numbered day, or LAST; the months are counted from the one the plan begins in.

    `quarters`: in January, April, July and October, and for the LAST day in the month before each, whenever the plan
    begins.
    """

    day: int
    apart: int = 1
    quarters: bool = False

    def _from(self, given: Given) -> Iterator[When]:
        days, place = _same_numbered(self.day)
        first = given.first.replace(day=1)
        return _dated(
            rrule(
                MONTHLY,
                dtstart=first,
                interval=self.apart,
                bymonth=_months(self.day, quarters=self.quarters),
                bymonthday=days,
                bysetpos=place,
            )
        )


@dataclass(frozen=True, slots=True)
class ByYear(Rule):
    """Every year on these days, as (month, day); 29 February is the 28th in common years."""

    days: tuple[tuple[int, int], ...]

    def _from(self, given: Given) -> Iterator[When]:
        first = given.first.replace(month=1, day=1)
        series = []
        for month, day in self.days:
            days, place = _same_numbered(day)
            series.append(
                _dated(rrule(YEARLY, dtstart=first, bymonth=month, bymonthday=days, bysetpos=place))
            )
        return merge(*series)


@dataclass(frozen=True, slots=True)
class ByWeekdayOfMonth(Rule):
    """Every month, or quarter, on its first to fourth or LAST such weekday."""

    nth: int
    weekday: int
    quarters: bool = False

    def _from(self, given: Given) -> Iterator[When]:
        first = given.first.replace(day=1)
        return _dated(
            rrule(
                MONTHLY,
                dtstart=first,
                bymonth=_months(self.nth, quarters=self.quarters),
                byweekday=self.weekday,
                bysetpos=self.nth,
            )
        )


@dataclass(frozen=True, slots=True)
class ByWorkingDayOfMonth(Rule):
    """Every month, or quarter, on its `nth` or LAST working day. Such a slot is named by its month: a calendar that
    arrives late may move its day, and it stays the same slot."""

    nth: int
    quarters: bool = False

    def _from(self, given: Given) -> Iterator[When]:
        first = given.first.replace(day=1)
        months = rrule(
            MONTHLY, dtstart=first, bymonth=_months(self.nth, quarters=self.quarters), bymonthday=1
        )
        for month in _dated(months):
            if month.on > LAST_ON:
                return
            yield When(self._day(month.on, given.calendar), f"{month.on:%Y-%m}")

    def _day(self, first: date, calendar: Calendar) -> date:
        end = first.replace(day=monthrange(first.year, first.month)[1])
        last = end if calendar.is_working_day(end) else calendar.add_working_days(end, -1)
        if self.nth == LAST:
            return last
        return min(calendar.add_working_days(first - ONE_DAY, self.nth), last)


@dataclass(frozen=True, slots=True)
class ByMilestone(Rule):
    """Once, `count` working days before a milestone of the project, or after it where `after`. It is named by the
    milestone, so that one that is put off is not inspected twice. Nothing is due while the milestone has no day."""

    count: int
    milestone: str
    after: bool = False

    def _from(self, given: Given) -> Iterator[When]:
        on = given.milestones.get(self.milestone)
        if on is not None:
            away = self.count if self.after else -self.count
            day = given.calendar.add_working_days(on, away)
            # One whose day was past when the plan began is due on its first day: it must not be lost in silence.
            yield When(max(day, given.starts_on), f"milestone:{self.milestone}")


@dataclass(frozen=True, slots=True)
class Standard(Rule):
    """A recurrence as RFC 5545 writes it."""

    text: str

    def _from(self, given: Given) -> Iterator[When]:
        return _dated(rrulestr(self.text, dtstart=given.first))


def _dated(moments: Iterable[datetime]) -> Iterator[When]:
    return (When(moment.date(), moment.date().isoformat()) for moment in moments)


def _months(nth: int, *, quarters: bool) -> tuple[int, ...] | None:
    """The months that have a slot: of a quarter the first, and for its last day the last."""
    if not quarters:
        return None
    return (3, 6, 9, 12) if nth == LAST else (1, 4, 7, 10)


def _same_numbered(day: int) -> tuple[tuple[int, ...], int]:
    """Days of a month of which the one at this place always exists: the 31st, else the 30th, else ..."""
    if day == LAST:
        return (LAST,), 1
    return tuple(range(min(day, _ALWAYS_THERE), day + 1)), -1
