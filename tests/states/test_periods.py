"""How long are 15 working days, and on which day are they over? The offices' worked examples."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.calendars import Calendar, DayOutsideCalendar, china
from states.periods import (
    Due,
    HoursNeedAnInstant,
    NotAPeriod,
    Period,
    Unit,
    add_months,
    due,
    due_on,
)

CHINA = china()
ONE_DAY = timedelta(days=1)
days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
day_units = st.sampled_from([Unit.DAY, Unit.WORKING_DAY, Unit.MONTH, Unit.YEAR])
periods = st.builds(Period, st.integers(1, 60), day_units)


def on(text: str) -> date:
    return date.fromisoformat(text)


class TestReading:
    @pytest.mark.parametrize(
        "text, canonical, zh",
        [
            ("15 working days", "15 working days", "15个工作日"),
            ("1 working day", "1 working day", "1个工作日"),
            ("15个工作日", "15 working days", "15个工作日"),
            ("十五个工作日", "15 working days", "15个工作日"),
            ("5 工作日", "5 working days", "5个工作日"),
            ("5 business days", "5 working days", "5个工作日"),
            ("1 month", "1 month", "1个月"),
            ("1个月", "1 month", "1个月"),
            ("三个月", "3 months", "3个月"),
            ("两个月", "2 months", "2个月"),
            ("90 days", "90 days", "90日"),
            ("90日", "90 days", "90日"),
            ("九十天", "90 days", "90日"),
            ("一百二十日", "120 days", "120日"),
            ("10 calendar days", "10 days", "10日"),
            ("24 hours", "24 hours", "24小时"),
            ("二十四小时", "24 hours", "24小时"),
            ("1 year", "1 year", "1年"),
            ("  3   Months ", "3 months", "3个月"),
            ("１５　个工作日", "15 working days", "15个工作日"),
            ("99999 days", "99999 days", "99999日"),
        ],
    )
    def test_what_offices_write(self, text: str, canonical: str, zh: str) -> None:
        period = Period.parse(text)
        assert str(period) == canonical
        assert period.label("en") == canonical
        assert period.label("zh") == zh

    @pytest.mark.parametrize(
        "text",
        ["", " ", "15", "days", "1.5 months", "-5 days", "+5 days", "1,000 days", "5 parsecs", "百日", "十十日",
         "二百", "3月", "a month", "1 month 2 days", "\u202e5 days", "5 days\x00", "1e3 days", "½ month", "٣ days"],
    )  # fmt: skip
    def test_what_is_no_period_is_refused_with_what_to_write(self, text: str) -> None:
        with pytest.raises(
            NotAPeriod, match=r'is not a period\. Write a whole number and a unit, such as "15 work'
        ):
            Period.parse(text)

    @pytest.mark.parametrize("text", ["0 days", "0个工作日", "100000 days"])
    def test_too_short_or_too_long(self, text: str) -> None:
        with pytest.raises(NotAPeriod, match="is not between 1 and 99999"):
            Period.parse(text)

    def test_a_megabyte_of_text_is_answered_in_one_line(self) -> None:
        with pytest.raises(NotAPeriod) as refused:
            Period.parse("1" * 1_000_000 + " days")
        assert len(str(refused.value)) < 300

    def test_what_cannot_be_shown_is_spelt_out(self) -> None:
        with pytest.raises(NotAPeriod, match=r'"\\u202e5 days"'):
            Period.parse("\u202e5 days")

    def test_a_period_made_by_a_program_keeps_the_same_bounds(self) -> None:
        with pytest.raises(NotAPeriod):
            Period(0, Unit.DAY)

    @given(st.builds(Period, st.integers(1, 99_999), st.sampled_from(Unit)))
    def test_what_is_written_reads_back(self, period: Period) -> None:
        assert Period.parse(str(period)) == period
        assert Period.parse(period.label("zh")) == period


class TestTheWorkedExamples:
    """Each names the answer that a plain Monday-to-Friday week, or 30 days, would give."""

    @pytest.mark.parametrize(
        "received_on, naive, right",
        [
            ("2026-09-15", "2026-10-06", "2026-10-12"),
            ("2026-02-10", "2026-03-03", "2026-03-09"),
            ("2026-04-28", "2026-05-19", "2026-05-21"),
            ("2025-09-22", "2025-10-13", "2025-10-17"),
            ("2025-01-20", "2025-02-10", "2025-02-14"),
        ],
    )
    def test_fifteen_working_days(self, received_on: str, naive: str, right: str) -> None:
        assert weekdays_after(on(received_on), 15) == on(naive)
        assert due_on(on(received_on), Period.parse("15 working days"), CHINA) == on(right)

    def test_fifteen_working_days_from_a_holiday(self) -> None:
        """A well-known package is a day late from a rest day and says 2026-10-28."""
        assert due_on(on("2026-10-03"), Period.parse("15 working days"), CHINA) == on("2026-10-27")

    @pytest.mark.parametrize(
        "received_on, thirty_days, right",
        [
            ("2026-01-31", "2026-03-02", "2026-02-28"),  # clamps, and the Saturday is worked
            ("2026-08-31", "2026-09-30", "2026-09-30"),  # clamps
            ("2026-09-01", "2026-10-01", "2026-10-08"),  # 1 October rolls over the holiday
            ("2026-08-20", "2026-09-19", "2026-09-20"),  # a Sunday that is worked does not roll
        ],
    )
    def test_one_month(self, received_on: str, thirty_days: str, right: str) -> None:
        assert on(received_on) + 30 * ONE_DAY == on(thirty_days)
        assert due_on(on(received_on), Period.parse("1 month"), CHINA) == on(right)

    def test_the_day_after_is_not_the_start_of_a_month(self) -> None:
        """Starting on the next day and adding a month is the known one-day mistake: here 2026-03-16."""
        assert due_on(on("2026-02-13"), Period.parse("1 month"), CHINA) == on("2026-03-13")
        assert due_on(on("2026-02-14"), Period.parse("1 month"), CHINA) == on("2026-03-16")

    def test_fifteen_working_days_from_11_december_need_a_year_nobody_has_decreed(self) -> None:
        assert due(on("2026-12-11"), Period.parse("15 working days"), CHINA).provisional
        assert not due(on("2026-12-10"), Period.parse("15 working days"), CHINA).provisional
        assert due_on(on("2026-12-10"), Period.parse("15 working days"), CHINA) == on("2026-12-31")

    def test_monday_to_friday_is_wrong_for_293_of_699_start_days(self) -> None:
        starts = [on("2025-01-01") + ONE_DAY * n for n in range(699)]
        period = Period.parse("15 working days")
        late_by = [(due_on(day, period, CHINA) - weekdays_after(day, 15)).days for day in starts]
        assert sum(gap != 0 for gap in late_by) == 293
        assert max(map(abs, late_by)) == 7


class TestPlainDays:
    def test_ninety_days_that_end_in_the_holiday_move_to_its_end(self) -> None:
        assert on("2026-07-05") + 90 * ONE_DAY == on("2026-10-03")
        assert due_on(on("2026-07-05"), Period.parse("90 days"), CHINA) == on("2026-10-08")

    def test_ninety_days_that_end_on_a_working_day_stay(self) -> None:
        assert due_on(on("2026-07-10"), Period.parse("90 days"), CHINA) == on("2026-10-08")

    def test_a_period_that_never_extends_for_holidays_stays_too(self) -> None:
        assert due_on(on("2026-07-05"), Period.parse("90 days"), CHINA, roll=False) == on("2026-10-03")
        assert due_on(on("2026-09-01"), Period.parse("1 month"), CHINA, roll=False) == on("2026-10-01")


class TestMonthsAndYears:
    @pytest.mark.parametrize(
        "start, months, end",
        [
            ("2026-01-31", 1, "2026-02-28"),
            ("2028-01-31", 1, "2028-02-29"),
            ("2026-11-30", 3, "2027-02-28"),
            ("2026-12-15", 1, "2027-01-15"),
            ("2026-03-31", -1, "2026-02-28"),
            ("2026-01-15", -1, "2025-12-15"),
            ("2026-05-31", 12, "2027-05-31"),
            ("2028-02-29", 12, "2029-02-28"),
            ("0001-02-28", -1, "0001-01-28"),
            ("9999-11-30", 1, "9999-12-30"),
        ],
    )
    def test_the_same_numbered_day_or_the_last(self, start: str, months: int, end: str) -> None:
        assert add_months(on(start), months) == on(end)

    def test_a_year_is_twelve_months(self) -> None:
        assert due_on(on("2024-02-29"), Period.parse("1 year"), CHINA) == on("2025-02-28")

    @given(days, st.integers(1, 400))
    def test_it_lands_in_the_right_month_on_the_same_or_the_last_day(self, start: date, months: int) -> None:
        end = add_months(start, months)
        assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
        assert end.day == start.day or (end.day < start.day and (end + ONE_DAY).day == 1)


class TestCertainty:
    def test_the_answer_names_its_calendar(self) -> None:
        answer = due(on("2026-09-15"), Period.parse("15 working days"), CHINA)
        assert answer == Due(on("2026-10-12"), provisional=False, calendar_version=CHINA.version)

    @pytest.mark.parametrize(
        "start, period, provisional",
        [
            ("2026-11-30", "1 month", False),
            ("2026-11-30", "1 working day", False),
            ("2026-12-01", "1 month", True),  # ends on 1 January
            ("2026-12-31", "1 working day", True),
            ("2003-12-31", "1 working day", False),  # asks about days from 1 January 2004 on only
            ("2003-12-30", "2 working days", True),
            ("2003-12-15", "1 month", False),  # a month asks about its last day only
            ("2003-11-15", "1 month", True),
            ("2026-06-01", "1 year", True),
        ],
    )
    def test_it_is_provisional_when_it_asks_about_an_undecreed_year(
        self, start: str, period: str, provisional: bool
    ) -> None:
        assert due(on(start), Period.parse(period), CHINA).provisional is provisional

    def test_a_period_that_asks_the_calendar_nothing_is_certain(self) -> None:
        assert not due(on("2026-12-01"), Period.parse("3 months"), CHINA, roll=False).provisional


class TestProperties:
    @given(days, st.integers(1, 60))
    def test_working_days_agree_with_a_plain_loop(self, start: date, count: int) -> None:
        finger, counted = start, 0
        while counted < count:
            finger += ONE_DAY
            counted += CHINA.is_working_day(finger)
        assert due_on(start, Period(count, Unit.WORKING_DAY), CHINA) == finger

    @given(days, periods)
    def test_it_ends_after_it_starts_and_never_on_a_rest_day(self, start: date, period: Period) -> None:
        end = due_on(start, period, CHINA)
        assert end > start
        assert CHINA.is_working_day(end)

    @given(days, periods)
    def test_rolling_goes_to_the_first_working_day_and_no_further(self, start: date, period: Period) -> None:
        plain, rolled = due_on(start, period, CHINA, roll=False), due_on(start, period, CHINA)
        assert plain <= rolled
        assert not any(CHINA.is_working_day(plain + ONE_DAY * n) for n in range((rolled - plain).days))

    @given(days, st.integers(0, 40), periods)
    def test_who_starts_later_is_not_due_earlier(self, start: date, later: int, period: Period) -> None:
        assert due_on(start, period, CHINA) <= due_on(start + ONE_DAY * later, period, CHINA)

    @given(days, periods)
    def test_more_time_is_never_due_earlier(self, start: date, period: Period) -> None:
        longer = Period(period.count + 1, period.unit)
        assert due_on(start, period, CHINA) <= due_on(start, longer, CHINA)

    @given(days, st.integers(1, 60))
    def test_where_every_day_is_worked_working_days_are_days(self, start: date, count: int) -> None:
        assert due_on(start, Period(count, Unit.WORKING_DAY), NO_REST) == start + ONE_DAY * count


class TestOutOfRange:
    @pytest.mark.parametrize("text", ["1 day", "1 working day", "1 month", "1 year"])
    @pytest.mark.parametrize("start", [date.min, date.max])
    def test_the_ends_of_time_are_refused_in_one_sentence(self, start: date, text: str) -> None:
        with pytest.raises(DayOutsideCalendar, match="is outside the calendar"):
            due_on(start, Period.parse(text), CHINA)

    @pytest.mark.parametrize("text", ["99999 years", "99999 months", "99999 working days", "99999 days"])
    def test_so_is_a_period_that_runs_out_of_it(self, text: str) -> None:
        with pytest.raises(DayOutsideCalendar):
            due_on(on("2026-09-15"), Period.parse(text), CHINA)

    def test_and_one_that_runs_before_it(self) -> None:
        with pytest.raises(DayOutsideCalendar, match="1 month from 0001-01-01"):
            add_months(date.min, -1)

    def test_hours_run_from_an_instant(self) -> None:
        with pytest.raises(HoursNeedAnInstant, match="runs from an instant"):
            due_on(on("2026-09-15"), Period.parse("24 hours"), CHINA)


def weekdays_after(day: date, count: int) -> date:
    """What somebody counts who only knows Monday to Friday."""
    while count:
        day += ONE_DAY
        count -= day.weekday() < 5
    return day


def _without_rest() -> Calendar:
    every = [date(1999, 12, 1) + ONE_DAY * n for n in range(23_000)]
    return Calendar.of("X", []).with_year(2000, rest=[], work=every)


NO_REST = _without_rest()
