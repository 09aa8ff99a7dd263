"""Twenty-four hours are twenty-four hours: through nights, holidays and a change of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.calendars import DayOutsideCalendar
from states.hours import (
    NotAnInstant,
    NotInHours,
    due_at,
    hours_due_at,
    hours_end_at,
    hours_left_for,
)
from states.periods import Period

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = Period.parse("24 hours")
ACCIDENT = datetime(2026, 9, 30, 22, 15, tzinfo=SHANGHAI)
INSTANTS = st.integers(0, 10 * 366 * 24 * 60).map(
    lambda minutes: ACCIDENT.astimezone(UTC) + timedelta(minutes=minutes)
)
HOUR = timedelta(hours=1)


def test_an_accident_before_the_holiday_is_reported_in_the_holiday() -> None:
    end_at = hours_due_at(ACCIDENT, DAY)
    assert end_at == datetime(2026, 10, 1, 22, 15, tzinfo=SHANGHAI)
    assert end_at.tzinfo is UTC


def test_hours_are_not_moved_by_summer_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start_at = datetime(2026, 3, 28, 12, 0, tzinfo=berlin)
    assert hours_end_at(start_at, DAY).astimezone(berlin).hour == 13


class TestStops:
    def test_the_end_moves_by_as_long_as_the_clock_stood(self) -> None:
        stop = (ACCIDENT + 2 * HOUR, ACCIDENT + 5 * HOUR)
        assert hours_due_at(ACCIDENT, DAY, stops=[stop]) == ACCIDENT + 27 * HOUR

    def test_while_it_stands_there_is_no_end_but_what_is_left_is_known(self) -> None:
        stops = [(ACCIDENT + 2 * HOUR, None)]
        assert hours_due_at(ACCIDENT, DAY, stops=stops) is None
        assert hours_left_for(ACCIDENT, DAY, at=ACCIDENT + 90 * HOUR, stops=stops) == 22 * HOUR

    def test_one_at_the_end_comes_too_late(self) -> None:
        assert hours_due_at(ACCIDENT, DAY, stops=[(ACCIDENT + 24 * HOUR, None)]) == ACCIDENT + 24 * HOUR
        assert hours_due_at(ACCIDENT, DAY, stops=[(ACCIDENT + 23 * HOUR, None)]) is None

    def test_one_from_before_the_start_counts_from_the_start(self) -> None:
        stop = (ACCIDENT - 5 * HOUR, ACCIDENT + HOUR)
        assert hours_due_at(ACCIDENT, DAY, stops=[stop]) == ACCIDENT + 25 * HOUR
        stop = (ACCIDENT - 5 * HOUR, ACCIDENT - HOUR)
        assert hours_due_at(ACCIDENT, DAY, stops=[stop]) == ACCIDENT + 24 * HOUR

    def test_left_is_nothing_once_it_is_over_and_everything_before_it_starts(self) -> None:
        assert hours_left_for(ACCIDENT, DAY, at=ACCIDENT + 24 * HOUR) == timedelta(0)
        assert hours_left_for(ACCIDENT, DAY, at=ACCIDENT + 24 * HOUR - timedelta(seconds=1)).seconds == 1
        assert hours_left_for(ACCIDENT, DAY, at=ACCIDENT + 90 * HOUR) == timedelta(0)
        assert hours_left_for(ACCIDENT, DAY, at=ACCIDENT - HOUR) == 24 * HOUR

    @given(INSTANTS, st.integers(1, 200), st.integers(0, 300), st.integers(0, 300), st.integers(0, 500))
    def test_from_any_moment_on_the_end_is_what_is_left_and_still_stands(
        self, start_at: datetime, count: int, after: int, lasts: int, moment: int
    ) -> None:
        period, at = Period.parse(f"{count} hours"), start_at + HOUR * moment
        stop = (start_at + HOUR * after, start_at + HOUR * (after + lasts))
        end_at = hours_due_at(start_at, period, stops=[stop])
        left_for = hours_left_for(start_at, period, at=at, stops=[stop])
        assert end_at is not None
        still_for = max(min(stop[1] - max(at, stop[0]), HOUR * lasts), timedelta(0))
        if at >= end_at:
            assert left_for == timedelta(0)
        elif stop[0] < end_at:
            assert at + left_for + still_for == end_at
        else:
            assert at + left_for == end_at


class TestTheEndOfTheDueDay:
    def test_the_whole_due_day_is_still_in_time(self) -> None:
        end_at = due_at(date(2026, 10, 12), SHANGHAI)
        assert end_at == datetime(2026, 10, 12, 16, 0, tzinfo=UTC)
        last_in_time = datetime(2026, 10, 12, 23, 59, 59, 999_999, tzinfo=SHANGHAI)
        assert last_in_time < end_at
        assert datetime(2026, 10, 13, tzinfo=SHANGHAI) >= end_at

    def test_where_midnight_is_skipped_the_next_day_begins_at_one(self) -> None:
        beirut = ZoneInfo("Asia/Beirut")  # 2022-03-27 began at 01:00
        end_at = due_at(date(2022, 3, 26), beirut)
        assert end_at.astimezone(beirut).isoformat() == "2022-03-27T01:00:00+03:00"
        assert (end_at - timedelta(microseconds=1)).astimezone(beirut).date() == date(2022, 3, 26)

    def test_midnight_that_comes_twice_is_the_first_one(self) -> None:
        havana = ZoneInfo("America/Havana")  # 2026-11-01: 00:59:59 is followed by 00:00
        end_at = due_at(date(2026, 10, 31), havana)
        assert (end_at - timedelta(microseconds=1)).astimezone(havana).date() == date(2026, 10, 31)
        assert end_at.astimezone(havana).date() == date(2026, 11, 1)

    @given(st.dates(date(1950, 1, 1), date(2149, 12, 31)), st.integers(-14, 14))
    def test_without_summer_time_a_day_lasts_from_end_to_end(self, day: date, offset: int) -> None:
        zone = timezone(HOUR * offset)
        end_at = due_at(day, zone)
        assert end_at - due_at(day - timedelta(days=1), zone) == timedelta(days=1)
        assert (
            end_at.astimezone(zone).replace(tzinfo=None)
            == datetime.combine(day, datetime.min.time()) + 24 * HOUR
        )


class TestWrongInput:
    def test_an_instant_without_its_offset(self) -> None:
        with pytest.raises(NotAnInstant, match="needs its offset"):
            hours_due_at(datetime(2026, 9, 30, 22, 15), DAY)  # noqa: DTZ001 - the fault itself

    def test_another_unit(self) -> None:
        with pytest.raises(NotInHours, match="Only a period in hours"):
            hours_due_at(ACCIDENT, Period.parse("1 day"))

    def test_the_end_of_time(self) -> None:
        with pytest.raises(DayOutsideCalendar, match="24 hours after 9999"):
            hours_due_at(datetime.max.replace(tzinfo=UTC), DAY)
        with pytest.raises(DayOutsideCalendar, match="The day after 9999-12-31"):
            due_at(date.max, SHANGHAI)
        with pytest.raises(DayOutsideCalendar):
            hours_due_at(datetime.min.replace(tzinfo=timezone(14 * HOUR)), DAY)
