"""When is the next round? Every slot once, in order, none lost at month ends, in leap years, on rest days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.calendars import Calendar, china
from states.recurrence import (
    LAST,
    ByDay,
    ByMilestone,
    ByMonth,
    ByWeek,
    ByWeekdayOfMonth,
    ByWorkingDayOfMonth,
    ByYear,
    Given,
    NotARule,
    Rule,
    Standard,
)
from states.recurrence_words import label, parse, write

CHINA = china()
ACCEPTANCE = date(2026, 10, 20)
ONE_DAY = timedelta(days=1)

days = st.dates(date(2019, 1, 1), date(2032, 12, 31))
weekdays = st.lists(st.integers(0, 6), min_size=1, max_size=7, unique=True).map(
    lambda some: tuple(sorted(some))
)
leap_days = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: (day.month, day.day))
rules = st.one_of(
    st.builds(ByDay, st.integers(1, 9), st.just(False)),
    st.just(ByDay(working=True)),
    st.builds(ByWeek, weekdays, st.integers(1, 9)),
    st.builds(ByMonth, st.integers(1, 31) | st.just(LAST), st.integers(1, 14)),
    st.builds(ByMonth, st.integers(1, 31) | st.just(LAST), st.just(1), st.just(True)),
    st.builds(ByYear, st.lists(leap_days, min_size=1, max_size=5, unique=True).map(lambda some: tuple(sorted(some)))),
    st.builds(ByWeekdayOfMonth, st.integers(1, 4) | st.just(LAST), st.integers(0, 6), st.booleans()),
    st.builds(ByWorkingDayOfMonth, st.integers(1, 15) | st.just(LAST), st.booleans()),
    st.builds(ByMilestone, st.integers(1, 250), st.sampled_from(["acceptance", "竣工验收"]), st.booleans()),
)  # fmt: skip


def of(rule: Rule | str, starts_on: date, until: date, calendar: Calendar = CHINA) -> list[date]:
    asked = Given(starts_on, calendar, {"acceptance": ACCEPTANCE, "竣工验收": ACCEPTANCE})
    return [one.on for one in (parse(rule) if isinstance(rule, str) else rule).slots(asked, until=until)]


def in_2026(rule: str) -> list[str]:
    return [f"{day:%m-%d}" for day in of(rule, date(2026, 1, 1), date(2026, 12, 31))]


class TestReading:
    @pytest.mark.parametrize(
        "zh, en",
        [
            ("每日", "every day"),
            ("每个工作日", "every working day"),
            ("每周一", "every week on Monday"),
            ("每周一、周四", "every week on Monday and Thursday"),
            ("每2周的周五", "every 2 weeks on Friday"),
            ("每月10日", "every month on the 10th"),
            ("每月最后1日", "every month on the last day"),
            ("每2个月31日", "every 2 months on the 31st"),
            ("每季度首月10日", "every quarter on the 10th"),
            ("每季度最后1日", "every quarter on the last day"),
            ("每月第1个工作日", "every month on the first working day"),
            ("每季度最后1个工作日", "every quarter on the last working day"),
            ("每月第12个工作日", "every month on the 12th working day"),
            ("每月第1个周一", "every month on the first Monday"),
            ("每年1月10日、7月10日", "every year on 10 January and 10 July"),
            ("竣工验收前10个工作日", "10 working days before 竣工验收"),
            ("acceptance后1个工作日", "1 working day after acceptance"),
        ],
    )
    def test_an_office_writes_it_in_either_language(self, zh: str, en: str) -> None:
        assert parse(zh) == parse(en)
        assert (write(parse(zh), "en"), write(parse(en), "zh")) == (en, zh)

    @pytest.mark.parametrize(
        "as_typed, canonical",
        [
            ("每月第一个工作日", "every month on the first working day"),
            ("每季度10日", "every quarter on the 10th"),
            ("每两周的周一", "every 2 weeks on Monday"),
            ("每周一三五", None),
            ("每月１０号", "every month on the 10th"),
            ("Every Month on the 1st working day", "every month on the first working day"),
            ("  every   week on monday, friday and monday ", "every week on Monday and Friday"),
            ("每年2月29日", "every year on 29 February"),
            ("FREQ=MONTHLY;BYMONTHDAY=10", "FREQ=MONTHLY;BYMONTHDAY=10"),
        ],
    )
    def test_what_people_type(self, as_typed: str, canonical: str | None) -> None:
        if canonical is None:
            with pytest.raises(NotARule):
                parse(as_typed)
        else:
            assert write(parse(as_typed)) == canonical

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " ",
            "sometimes",
            "every Monday",
            "every month on the 32nd",
            "every month on the 0th",
            "every 0 weeks on Monday",
            "every 61 months on the 1st",
            "every 2 quarters on the 1st",
            "every month on the 16th working day",
            "every year on 30 February",
            "every year on 10 Brumaire",
            "251 working days before acceptance",
            "5 working days before  ",
            "FREQ=HOURLY",
            "FREQ=NEVER",
            "RRULE:FREQ=",
            "每月32日",
            "每月第0个工作日",
            "前5个工作日",
            "every month on the " + "1" * 300 + "th",
            "every week on\x00Monday",
        ],
    )
    def test_what_is_no_rule_is_refused_with_examples(self, text: str) -> None:
        with pytest.raises(NotARule, match=r"every month on the first working day.*RFC 5545"):
            parse(text)

    def test_what_cannot_be_read_is_shown_as_it_stands(self) -> None:
        assert label("每月10日", "en") == "every month on the 10th"
        assert label("whenever", "zh") == "whenever"

    def test_the_documentation_shows_rules_that_can_be_read_and_say_the_same(self) -> None:
        text = (Path(__file__).parents[2] / "docs" / "inspections.md").read_text(encoding="utf-8")
        rows = [
            row.split("|")[1:3] for row in text.splitlines() if row.startswith(("| `every", "| `10 working"))
        ]
        assert len(rows) == 10
        for en, zh in rows:
            assert parse(en.split("`")[1]) == parse(zh.split("`")[1]), en

    @given(rules, st.sampled_from(["zh", "en"]))
    def test_what_is_written_is_read_back(self, rule: Rule, lang: str) -> None:
        assert parse(write(rule, lang)) == rule

    @given(st.text(max_size=60))
    def test_any_text_is_a_rule_or_refused(self, text: str) -> None:
        try:
            rule = parse(text)
        except NotARule:
            return
        assert isinstance(rule, Rule)


class TestDays:
    def test_the_quarterly_purge_on_the_10th(self) -> None:
        assert in_2026("every quarter on the 10th") == ["01-10", "04-10", "07-10", "10-10"]
        assert in_2026("每季度最后1日") == ["03-31", "06-30", "09-30", "12-31"]

    def test_the_31st_of_a_short_month_is_its_last_day(self) -> None:
        assert in_2026("every month on the 31st") == [
            "01-31", "02-28", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30", "12-31",
        ]  # fmt: skip
        assert of("every month on the 30th", date(2028, 2, 1), date(2028, 2, 29)) == [date(2028, 2, 29)]

    def test_the_29th_of_february_of_a_common_year_is_the_28th(self) -> None:
        leap = of("every year on 29 February", date(2027, 1, 1), date(2028, 12, 31))
        assert leap == [date(2027, 2, 28), date(2028, 2, 29)]

    def test_the_first_working_day_is_not_a_holiday(self) -> None:
        first = in_2026("every month on the first working day")
        assert first[0] == "01-04"  # a Sunday that was made a working day
        assert first[4] == "05-06"  # after Labour Day
        assert first[9] == "10-08"  # after the National Day
        assert in_2026("every quarter on the last working day") == ["03-31", "06-30", "09-30", "12-31"]

    def test_every_second_week_is_counted_from_the_week_the_plan_begins_in(self) -> None:
        assert of("every 2 weeks on Monday", date(2026, 9, 2), date(2026, 10, 12)) == [
            date(2026, 9, 14), date(2026, 9, 28), date(2026, 10, 12),
        ]  # fmt: skip

    def test_before_a_milestone(self) -> None:
        asked = Given(date(2026, 1, 1), CHINA, {"acceptance": ACCEPTANCE})
        rule = parse("10 working days before acceptance")
        slot = next(rule.slots(asked, until=date(2026, 12, 31)))
        assert CHINA.add_working_days(slot.on, 10) == ACCEPTANCE
        assert (
            list(rule.slots(Given(date(2026, 1, 1), CHINA), until=date(2026, 12, 31))) == []
        )  # it has no day yet

    def test_a_milestone_that_is_put_off_is_the_same_slot(self) -> None:
        rule = parse("10 working days before acceptance")
        moved = [
            Given(date(2026, 1, 1), CHINA, {"acceptance": day}) for day in (ACCEPTANCE, date(2026, 12, 1))
        ]
        (early,), (late,) = (list(rule.slots(one, until=date(2027, 12, 31))) for one in moved)
        assert (early.key, early.on < late.on) == (late.key, True)

    def test_a_milestone_near_the_beginning_is_due_at_the_beginning(self) -> None:
        assert of("10 working days before acceptance", date(2026, 10, 15), date(2026, 12, 31)) == [
            date(2026, 10, 15)
        ]

    def test_a_calendar_that_arrives_late_moves_the_day_and_keeps_the_slot(self) -> None:
        later = CHINA.with_year(2026, rest=[date(2026, 9, 1)])
        rule = ByWorkingDayOfMonth(1)
        asked = [Given(date(2026, 9, 1), calendar) for calendar in (CHINA, later)]
        before, after = (next(rule.slots(one, until=date(2026, 9, 30))) for one in asked)
        assert (before.on, after.on, before.key) == (date(2026, 9, 1), date(2026, 9, 2), after.key)

    def test_a_rule_beyond_the_calendar_comes_to_an_end(self) -> None:
        for rule in ("every working day", "every month on the last working day", "every day"):
            assert of(rule, date(2149, 12, 30), date.max)[-1] == date(2149, 12, 31)


class TestSlots:
    @given(rules, days, st.integers(0, 900))
    def test_each_is_there_once_in_order_and_inside(self, rule: Rule, starts_on: date, span: int) -> None:
        until = starts_on + timedelta(days=span)
        slots = list(rule.slots(Given(starts_on, CHINA, {"acceptance": ACCEPTANCE}), until=until))
        assert [one.on for one in slots] == sorted({one.on for one in slots})
        assert len({one.key for one in slots}) == len(slots)
        assert all(starts_on <= one.on <= until for one in slots)

    @given(rules, days, st.integers(0, 500), st.integers(0, 500))
    def test_asked_for_less_they_are_the_same(
        self, rule: Rule, starts_on: date, first: int, more: int
    ) -> None:
        middle, end = starts_on + timedelta(days=first), starts_on + timedelta(days=first + more)
        assert of(rule, starts_on, middle) == [day for day in of(rule, starts_on, end) if day <= middle]

    @given(st.integers(1, 31) | st.just(LAST), days, st.booleans())
    def test_no_month_and_no_quarter_is_left_out(self, day: int, starts_on: date, quarters: bool) -> None:
        """Computed anew, month by month."""
        months = [
            (year, month) for year in range(starts_on.year, starts_on.year + 3) for month in range(1, 13)
        ]
        if quarters:
            months = [one for one in months if one[1] % 3 == (0 if day == LAST else 1)]
        expected = [
            date(*one, monthrange(*one)[1] if day == LAST else min(day, monthrange(*one)[1]))
            for one in months
        ]
        until = date(starts_on.year + 2, 12, 31)
        assert of(ByMonth(day, quarters=quarters), starts_on, until) == [
            one for one in expected if one >= starts_on
        ]

    @given(st.integers(1, 15) | st.just(LAST), days)
    def test_the_nth_working_day_counted_by_hand(self, nth: int, starts_on: date) -> None:
        year = starts_on.year + 1
        found = of(ByWorkingDayOfMonth(nth), starts_on, date(year, 12, 31))
        for month in range(1, 13):
            every = [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
            working = [day for day in every if CHINA.is_working_day(day)]
            assert [day for day in found if (day.year, day.month) == (year, month)] == [
                working[-1 if nth == LAST else nth - 1]
            ]

    @given(weekdays, days)
    def test_weeks_are_the_days_of_that_name(self, some: tuple[int, ...], starts_on: date) -> None:
        every = [starts_on + timedelta(days=one) for one in range(100)]
        assert of(ByWeek(some), starts_on, every[-1]) == [day for day in every if day.weekday() in some]

    @given(days)
    def test_working_days_are_those_of_the_calendar(self, starts_on: date) -> None:
        every = [starts_on + timedelta(days=one) for one in range(100)]
        assert of(ByDay(working=True), starts_on, every[-1]) == [
            day for day in every if CHINA.is_working_day(day)
        ]

    def test_the_standard_form_has_the_gaps_of_the_standard(self) -> None:
        assert len(of(Standard("FREQ=MONTHLY;BYMONTHDAY=31"), date(2026, 1, 1), date(2026, 12, 31))) == 7
