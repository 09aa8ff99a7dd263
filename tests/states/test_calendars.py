"""Which days the office works, who says so, and what happens in years that nobody has decreed."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from states import calendar_estimates
from states.calendars import FIRST_ON, LAST_ON, Calendar, DayOutsideCalendar, china

CHINA = china()
ONE_DAY = timedelta(days=1)
days = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def days_of(year: int) -> list[date]:
    return [date(year, 1, 1) + ONE_DAY * n for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]


@pytest.mark.parametrize("year", range(2004, 2027))
def test_a_decreed_year_agrees_with_another_collection_on_every_day(year: int) -> None:
    other = holidays.country_holidays("CN", years=range(year - 1, year + 2))
    ours = [day for day in days_of(year) if CHINA.is_working_day(day)]
    assert ours == [day for day in days_of(year) if other.is_working_day(day)]


def test_every_year_from_2004_to_2026_is_decreed_and_no_other() -> None:
    assert CHINA.decreed == frozenset(range(2004, 2027))
    assert not CHINA.is_decreed(2003)
    assert not CHINA.is_decreed(2027)


@pytest.mark.parametrize(
    "day, works",
    [
        ("2026-02-14", True),  # a Saturday, made up for Spring Festival
        ("2026-02-16", False),  # a Monday in it
        ("2026-09-20", True),  # a Sunday, made up for National Day
        ("2026-10-01", False),
        ("2026-10-10", True),  # a Saturday
        ("2026-10-11", False),
        ("2005-12-31", True),  # a Saturday, worked by the notice for 2006; one collection has it wrong
    ],
)
def test_days_that_a_plain_week_gets_wrong(day: str, works: bool) -> None:
    assert CHINA.is_working_day(date.fromisoformat(day)) is works


def test_a_day_is_called_by_its_holiday_or_else_by_its_weekday() -> None:
    assert CHINA.named(date(2026, 10, 1)) == ("国庆节", "National Day")
    assert CHINA.named(date(2026, 10, 17)) == ("星期六", "Saturday")
    assert CHINA.is_make_up_day(date(2026, 10, 10))
    assert not CHINA.is_make_up_day(date(2026, 10, 9))


class TestUndecreedYears:
    def test_the_statute_alone_is_the_estimate(self) -> None:
        spring = [day for day in days_of(2027) if CHINA.named(day)[0] == "春节（推定）"]
        assert spring[:4] == [date(2027, 2, 5), date(2027, 2, 6), date(2027, 2, 7), date(2027, 2, 8)]
        # New Year's Day is a Saturday and a Sunday short: both are made up on the next free weekdays
        assert spring[4:] == [date(2027, 2, 9), date(2027, 2, 10)]

    def test_it_never_invents_make_up_working_days(self) -> None:
        assert not any(CHINA.is_make_up_day(day) for year in range(2027, 2061) for day in days_of(year))

    @pytest.mark.parametrize("year", range(2027, 2039))
    def test_it_is_the_estimate_that_others_make_silently(self, year: int) -> None:
        other = holidays.country_holidays("CN", years=range(year - 1, year + 2))
        ours = {day for day in days_of(year) if CHINA.is_working_day(day)}
        assert ours == {day for day in days_of(year) if other.is_working_day(day)}

    def test_beyond_the_lunar_table_only_fixed_days_are_known(self) -> None:
        names = {name for _, name in calendar_estimates.rest_days(2099).values()}
        assert names == {"New Year's Day (estimated)", "Labour Day (estimated)", "National Day (estimated)"}

    def test_whatever_touches_one_is_provisional(self) -> None:
        assert not CHINA.is_provisional(date(2026, 1, 1), date(2026, 12, 31))
        assert CHINA.is_provisional(date(2026, 12, 31), date(2027, 1, 1))
        assert CHINA.is_provisional(date(2003, 12, 31), date(2004, 1, 1))
        assert CHINA.is_provisional(date(2020, 1, 1), date(2030, 1, 1))

    def test_nothing_asked_is_nothing_provisional(self) -> None:
        assert not CHINA.is_provisional(date(2027, 1, 2), date(2027, 1, 1))


class TestANewYear:
    NEW_YEAR = date(2027, 1, 1)

    def test_it_becomes_certain_and_the_version_changes(self) -> None:
        later = CHINA.with_year(2027, rest=[self.NEW_YEAR], work=[date(2027, 1, 9)])
        assert later.is_decreed(2027)
        assert later.version.startswith("CN-2027.")
        assert later.is_make_up_day(date(2027, 1, 9))
        assert not later.is_provisional(date(2026, 12, 1), date(2027, 6, 1))
        assert later.is_working_day(date(2027, 2, 5))  # the estimate is gone with all its days

    def test_the_calendar_before_it_stays_as_it_was(self) -> None:
        version = CHINA.version
        CHINA.with_year(2027, rest=[self.NEW_YEAR])
        assert CHINA.version == version
        assert not CHINA.is_decreed(2027)

    def test_a_second_notice_replaces_the_whole_year(self) -> None:
        later = CHINA.with_year(2026, rest=[date(2026, 10, 1)])
        assert later.is_working_day(date(2026, 10, 2))
        assert not later.is_working_day(date(2026, 9, 20))
        assert later.version != CHINA.version
        assert later.is_working_day(date(2025, 10, 11))  # other years keep theirs

    def test_it_may_reach_into_the_last_december(self) -> None:
        later = CHINA.with_year(2027, rest=[self.NEW_YEAR], work=[date(2026, 12, 27)])
        assert later.is_working_day(date(2026, 12, 27))

    def test_the_same_days_make_the_same_version(self) -> None:
        again = Calendar.of("CN", reversed(CHINA.decrees))
        assert again.version == CHINA.version
        assert repr(again) == f"<Calendar {CHINA.version}>"


class TestCounting:
    @given(days, st.integers(1, 40))
    def test_it_counts_as_a_finger_on_the_wall_calendar_does(self, day: date, count: int) -> None:
        finger, counted = day, 0
        while counted < count:
            finger += ONE_DAY
            counted += CHINA.is_working_day(finger)
        assert CHINA.add_working_days(day, count) == finger

    @given(days, st.integers(1, 40))
    def test_backwards_too(self, day: date, count: int) -> None:
        finger, counted = day, 0
        while counted < count:
            finger -= ONE_DAY
            counted += CHINA.is_working_day(finger)
        assert CHINA.add_working_days(day, -count) == finger

    @given(days, st.integers(-400, 400))
    def test_from_a_working_day_there_and_back_again(self, day: date, count: int) -> None:
        start = CHINA.next_working_day(day)
        assert CHINA.add_working_days(CHINA.add_working_days(start, count), -count) == start

    @given(days)
    def test_the_next_working_day_is_the_first_one_not_before(self, day: date) -> None:
        found = CHINA.next_working_day(day)
        assert CHINA.is_working_day(found)
        assert not any(CHINA.is_working_day(day + ONE_DAY * n) for n in range((found - day).days))

    @given(days, days)
    def test_days_between_are_counted_after_the_first_up_to_the_last(self, one: date, two: date) -> None:
        after, until = sorted((one, two))
        span = [after + ONE_DAY * n for n in range(1, (until - after).days + 1)][:400]
        until = span[-1] if span else after
        expected = sum(CHINA.is_working_day(day) for day in span)
        assert CHINA.working_days_between(after, until) == expected
        assert CHINA.working_days_between(until, after) == -expected

    def test_no_working_days_lead_nowhere(self) -> None:
        assert CHINA.add_working_days(date(2026, 10, 3), 0) == date(2026, 10, 3)

    def test_from_a_holiday_the_count_is_not_a_day_late(self) -> None:
        """A well-known package answers 2026-10-28 here."""
        assert CHINA.add_working_days(date(2026, 10, 3), 15) == date(2026, 10, 27)


class TestTheEdgeOfTheCalendar:
    @pytest.mark.parametrize("day", [date.min, FIRST_ON - ONE_DAY, LAST_ON + ONE_DAY, date.max])
    def test_a_day_beyond_it_is_refused_in_one_sentence(self, day: date) -> None:
        with pytest.raises(DayOutsideCalendar, match=f"{day} is outside the calendar"):
            CHINA.is_working_day(day)

    def test_the_first_and_last_day_are_inside(self) -> None:
        assert not CHINA.is_working_day(FIRST_ON)
        assert CHINA.is_working_day(LAST_ON)

    def test_its_last_year_is_estimated_like_any_other(self) -> None:
        assert CHINA.named(date(2149, 10, 1)) == ("国庆节（推定）", "National Day (estimated)")

    def test_its_first_and_last_working_day_can_be_counted_to_and_none_beyond(self) -> None:
        first, last = CHINA.next_working_day(FIRST_ON), LAST_ON
        assert CHINA.add_working_days(CHINA.add_working_days(first, 1), -1) == first
        assert CHINA.add_working_days(CHINA.add_working_days(last, -1), 1) == last
        for edge, beyond in ((first, -1), (last, 1)):
            with pytest.raises(DayOutsideCalendar, match="So many working days from"):
                CHINA.add_working_days(edge, beyond)

    @pytest.mark.parametrize("count", [100_000, -100_000])
    def test_a_count_that_leaves_it_is_refused(self, count: int) -> None:
        with pytest.raises(DayOutsideCalendar, match="check the year and the length"):
            CHINA.add_working_days(date(2026, 9, 15), count)
