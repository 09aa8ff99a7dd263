"""Quiet hours: the instant before, at and after the evening and the morning; rest days; what does not wait."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.quiet import QuietHours, at_any_hour, read_hours
from states.calendars import china

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = china()
QUIET = QuietHours(time(20), time(7, 30), CHINA, SHANGHAI, frozenset({"escalation_report"}))
INSTANT = timedelta(microseconds=1)


def here(text: str) -> datetime:
    """A wall clock in Shanghai, as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    "at, then",
    [
        # Tuesday 1 to Wednesday 2 September 2026
        (here("2026-09-01T07:30") - INSTANT, here("2026-09-01T07:30")),
        (here("2026-09-01T07:30"), here("2026-09-01T07:30")),
        (here("2026-09-01T07:30") + INSTANT, here("2026-09-01T07:30") + INSTANT),
        (here("2026-09-01T20:00") - INSTANT, here("2026-09-01T20:00") - INSTANT),
        (here("2026-09-01T20:00"), here("2026-09-02T07:30")),
        (here("2026-09-01T20:00") + INSTANT, here("2026-09-02T07:30")),
        (here("2026-09-02T00:00"), here("2026-09-02T07:30")),
        # Friday evening, Saturday noon and Sunday evening all mean Monday morning
        (here("2026-09-04T20:00"), here("2026-09-07T07:30")),
        (here("2026-09-05T12:00"), here("2026-09-07T07:30")),
        (here("2026-09-06T23:59"), here("2026-09-07T07:30")),
        # the eve of the National Day of 2026: seven days off, back on Thursday 8 October
        (here("2026-09-30T20:00"), here("2026-10-08T07:30")),
        (here("2026-10-03T12:00"), here("2026-10-08T07:30")),
        # Saturday 10 October 2026 is worked in exchange
        (here("2026-10-10T12:00"), here("2026-10-10T12:00")),
    ],
)
def test_messages_wait_for_the_morning_of_a_working_day(at: datetime, then: datetime) -> None:
    assert QUIET("work_prompt", at) == then


def test_what_is_urgent_does_not_wait() -> None:
    midnight = here("2026-10-03T00:00")
    assert QUIET("escalation_report", midnight) == midnight
    assert at_any_hour("work_prompt", midnight) == midnight


@given(st.integers(0, 363 * 24 * 60))
def test_it_waits_as_long_as_needed_and_then_no_more(minute: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
    then = QUIET("work_prompt", at)
    assert at <= then <= at + timedelta(days=12)
    assert QUIET("work_prompt", then) == then
    local = then.astimezone(SHANGHAI)
    assert CHINA.is_working_day(local.date())
    assert time(7, 30) <= local.time() < time(20)
    assert then == at or local.time() == time(7, 30)


def test_hours_are_an_evening_and_a_morning() -> None:
    assert read_hours("20:00-07:30") == (time(20), time(7, 30))
    assert read_hours(" 22:15 - 06:00 ") == (time(22, 15), time(6))


@pytest.mark.parametrize("given_", ["20:00", "20-7", "", "25:00-07:30", "20:00-07:30-x", "evening-morning"])
def test_other_words_are_no_hours(given_: str) -> None:
    with pytest.raises(ValueError, match="write them as 20:00-07:30"):
        read_hours(given_)


@pytest.mark.parametrize("given_", ["07:30-20:00", "08:00-08:00"])
def test_a_day_is_no_night(given_: str) -> None:
    with pytest.raises(ValueError, match="begin in the evening"):
        read_hours(given_)
