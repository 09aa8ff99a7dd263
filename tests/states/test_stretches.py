"""A clock that is stopped and started again: which days it lost, and where its end went."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.calendars import china
from states.periods import Period, Unit, due_on
from states.stretches import ImpossiblePause, Pause, Stretch, run, span

CHINA = china()
ONE_DAY = timedelta(days=1)
STARTS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
PERIODS = st.builds(
    Period, st.integers(1, 30), st.sampled_from([Unit.DAY, Unit.WORKING_DAY, Unit.MONTH, Unit.YEAR])
)


def on(text: str) -> date:
    return date.fromisoformat(text)


def ran(start: str, period: str, *pauses: tuple[str, str | None], roll: bool = True) -> Stretch:
    stopped = [Pause(on(first), on(until) if until else None) for first, until in pauses]
    return run(on(start), Period.parse(period), stopped, CHINA, roll=roll)


class TestWorkingDays:
    def test_paused_days_are_left_out_of_the_count(self) -> None:
        # 16 and 17 September count; from Friday 18 the clock stands, Monday 21 counts again: 18 and 20 are lost
        assert ran("2026-09-15", "5 working days").due_on == on("2026-09-21")
        assert ran("2026-09-15", "5 working days", ("2026-09-18", "2026-09-21")).due_on == on("2026-09-23")

    def test_a_pause_over_rest_days_costs_nothing(self) -> None:
        paused = ran("2026-09-15", "15 working days", ("2026-10-01", "2026-10-08"))
        assert paused.due_on == on("2026-10-12")

    def test_paused_on_its_last_day_it_still_has_that_day(self) -> None:
        held = ran("2026-09-15", "15 working days", ("2026-10-12", None))
        assert held.held_by is not None
        assert held.left == 1
        assert ran("2026-09-15", "15 working days", ("2026-10-12", "2026-11-02")).due_on == on("2026-11-02")

    def test_a_pause_after_the_end_comes_too_late(self) -> None:
        over = ran("2026-09-15", "15 working days", ("2026-10-13", None))
        assert over.held_by is None
        assert over.due_on == on("2026-10-12")

    def test_paused_from_the_day_it_starts_nothing_has_run(self) -> None:
        held = ran("2026-09-15", "15 working days", ("2026-09-15", None))
        assert (held.left, held.due_on) == (15, on("2026-09-15"))

    def test_several_pauses_add_up(self) -> None:
        twice = ran(
            "2026-11-02", "5 working days", ("2026-11-04", "2026-11-05"), ("2026-11-06", "2026-11-10")
        )
        # 3, 5, 10, 11 and 12 November
        assert twice.due_on == on("2026-11-12")


class TestPlainDaysAndMonths:
    def test_the_end_moves_by_the_days_paused(self) -> None:
        # 2026-04-15 and ten days; 25 April is a Saturday
        paused = ran("2026-03-15", "1 month", ("2026-03-20", "2026-03-30"))
        assert (paused.ends_on, paused.due_on) == (on("2026-04-25"), on("2026-04-27"))

    def test_it_rolls_only_once_and_last(self) -> None:
        # 1 October would roll to 8 October; 18 days later is 19 October, not 26
        paused = ran("2026-09-01", "1 month", ("2026-09-07", "2026-09-25"))
        assert paused.due_on == on("2026-10-19")

    def test_the_start_day_is_not_counted_so_it_cannot_be_paused_either(self) -> None:
        assert ran("2026-03-02", "10 days", ("2026-03-02", "2026-03-05")).ends_on == on("2026-03-14")
        assert ran("2026-03-02", "10 days", ("2026-03-03", "2026-03-05")).ends_on == on("2026-03-14")
        assert ran("2026-03-02", "10 days", ("2026-02-20", "2026-03-05")).ends_on == on("2026-03-14")
        assert ran("2026-03-02", "10 days", ("2026-02-20", "2026-03-03")).ends_on == on("2026-03-12")

    def test_stopped_between_the_end_and_the_day_it_rolls_to_those_days_are_kept(self) -> None:
        held = ran("2026-09-01", "1 month", ("2026-10-05", None))
        assert held.left == 4  # 5 to 8 October
        resumed = ran("2026-09-01", "1 month", ("2026-10-05", "2026-10-20"))
        assert resumed.due_on == on("2026-10-23")

    def test_without_rolling_the_clock_was_over_by_then(self) -> None:
        over = ran("2026-09-01", "1 month", ("2026-10-05", None), roll=False)
        assert (over.held_by, over.due_on) == (None, on("2026-10-01"))

    def test_a_pause_on_the_day_after_the_rolled_end_comes_too_late(self) -> None:
        over = ran("2026-09-01", "1 month", ("2026-10-09", None))
        assert (over.held_by, over.due_on) == (None, on("2026-10-08"))

    def test_what_is_left_is_counted_in_days(self) -> None:
        held = ran("2026-09-01", "3 months", ("2026-09-11", None))
        assert (held.unit, held.left) == (Unit.DAY, 82)  # 11 September to 1 December


class TestCertainty:
    def test_a_pause_can_push_a_clock_into_a_year_not_decreed(self) -> None:
        assert not ran("2026-11-20", "1 month").is_provisional(CHINA)
        assert ran("2026-11-20", "1 month", ("2026-12-01", "2026-12-15")).is_provisional(CHINA)

    def test_a_clock_that_stands_asked_only_about_the_days_it_ran(self) -> None:
        assert not ran("2026-12-11", "15 working days", ("2026-12-20", None)).is_provisional(CHINA)
        assert not ran("2026-12-11", "1 month", ("2026-12-20", None)).is_provisional(CHINA)

    def test_working_days_ask_from_the_day_after_the_start(self) -> None:
        assert not ran("2003-12-31", "1 working day").is_provisional(CHINA)
        assert ran("2003-12-30", "2 working days").is_provisional(CHINA)

    def test_days_kept_in_a_gap_were_asked_for_too(self) -> None:
        # Saturday 27 December 2003 rolls to Monday 29; the clock stands from the Sunday until February
        assert ran("2003-11-27", "1 month", ("2003-12-28", "2004-02-03")).is_provisional(CHINA)
        assert not ran("2003-11-27", "1 month", ("2003-12-27", "2004-02-03")).is_provisional(CHINA)


class TestProperties:
    @given(STARTS, PERIODS)
    def test_without_pauses_it_is_the_plain_period(self, start: date, period: Period) -> None:
        assert run(start, period, [], CHINA, roll=True).due_on == due_on(start, period, CHINA)

    @given(STARTS, PERIODS, st.integers(0, 60))
    def test_a_pause_of_no_days_changes_nothing(self, start: date, period: Period, after: int) -> None:
        moment = start + ONE_DAY * after
        paused = run(start, period, [Pause(moment, moment)], CHINA, roll=True)
        assert paused.due_on == due_on(start, period, CHINA)
        assert paused.held_by is None

    @given(STARTS, PERIODS, st.integers(-5, 60), st.integers(0, 90), st.integers(0, 30))
    def test_a_longer_pause_never_makes_it_due_earlier(
        self, start: date, period: Period, after: int, lasts: int, more: int
    ) -> None:
        first = start + ONE_DAY * after
        short = run(start, period, [Pause(first, first + ONE_DAY * lasts)], CHINA, roll=True)
        long = run(start, period, [Pause(first, first + ONE_DAY * (lasts + more))], CHINA, roll=True)
        assert due_on(start, period, CHINA) <= short.due_on <= long.due_on

    @given(STARTS, PERIODS, st.integers(0, 60), st.integers(0, 90))
    def test_what_is_left_when_it_stops_is_there_when_it_goes_on(
        self, start: date, period: Period, after: int, lasts: int
    ) -> None:
        first = start + ONE_DAY * after
        held = run(start, period, [Pause(first)], CHINA, roll=True)
        resumed = run(start, period, [Pause(first, first + ONE_DAY * lasts)], CHINA, roll=True)
        if held.held_by is None:
            assert resumed.due_on == held.due_on
        else:
            from_on = max(first + ONE_DAY * lasts, start + ONE_DAY)
            assert span(from_on, resumed.ends_on, held.unit, CHINA) == held.left

    @given(STARTS, st.integers(1, 30), st.lists(st.integers(1, 12), min_size=2, max_size=8))
    def test_working_days_agree_with_a_plain_loop(self, start: date, count: int, gaps: list[int]) -> None:
        marks = [start]
        for gap in gaps:
            marks.append(marks[-1] + ONE_DAY * gap)
        pauses = [Pause(first, until) for first, until in zip(marks[1::2], marks[2::2], strict=False)]
        finger, counted = start, 0
        while counted < count:
            finger += ONE_DAY
            stands = any(pause.from_on <= finger < (pause.until_on or finger) for pause in pauses)
            counted += CHINA.is_working_day(finger) and not stands
        assert run(start, Period(count, Unit.WORKING_DAY), pauses, CHINA, roll=True).due_on == finger


def test_a_clock_cannot_resume_before_it_was_paused() -> None:
    with pytest.raises(ImpossiblePause, match="cannot resume on 2026-09-17: it was paused on 2026-09-18"):
        Pause(on("2026-09-18"), on("2026-09-17"))


def test_an_empty_span_has_no_days() -> None:
    assert span(on("2026-09-16"), on("2026-09-15"), Unit.DAY, CHINA) == 0
    assert span(on("2026-09-15"), on("2026-09-15"), Unit.DAY, CHINA) == 1
    assert span(on("2026-10-01"), on("2026-10-07"), Unit.WORKING_DAY, CHINA) == 0
