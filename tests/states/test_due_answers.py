"""`plumbline calendar due`: what an office, or a script, asks and is answered."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

import pytest

from states.calendars import DayOutsideCalendar, china
from states.due_answers import NotADay, NotAnInstantText, calendar_answer, read_day
from states.periods import NotAPeriod

CHINA = china()
SHANGHAI = ZoneInfo("Asia/Shanghai")


def asked(from_text: str, for_text: str) -> dict[str, object]:
    return calendar_answer(from_text, for_text, CHINA, zone=SHANGHAI)


@pytest.mark.parametrize(
    "start, period, due_on, provisional",
    [
        ("2026-09-15", "15 working days", "2026-10-12", False),
        ("2026-09-15", "15个工作日", "2026-10-12", False),
        ("2026-09-01", "1 month", "2026-10-08", False),
        ("2026-07-05", "90 days", "2026-10-08", False),
        ("2026-12-11", "15 working days", "2027-01-04", True),
        (" 2026-12-10 ", "15 working days", "2026-12-31", False),
    ],
)
def test_a_due_date_with_its_certainty_and_its_walk(
    start: str, period: str, due_on: str, provisional: bool
) -> None:
    answer = asked(start, period)
    assert (answer["due_on"], answer["provisional"]) == (due_on, provisional)
    assert answer["calendar"] == CHINA.version
    walk = json.loads(json.dumps(answer))["walk"]
    assert walk[0] == {
        "on": start.strip(),
        "zh": "起算当日，不计入（民法典第二百零一条）",
        "en": "the day it starts, not counted (Civil Code Art. 201)",
        "counted": None,
    }
    assert walk[-1]["on"] == due_on


def test_hours_are_answered_with_the_instant() -> None:
    answer = asked("2026-09-30T22:15+08:00", "24 hours")
    assert answer["due_on"] == "2026-10-01"
    assert answer["due_at"] == "2026-10-01T22:15:00+08:00"
    assert answer["provisional"] is False
    walk = answer["walk"]
    assert isinstance(walk, list)
    assert [step["en"] for step in walk] == [
        "22:15 it starts (Civil Code Art. 201)",
        "22:15 due; hours do not move off rest days",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-9-15",
        "20260915",
        "2026-W38-2",
        "today",
        "",
        "2026-09-15T10:00",
        "٢٠٢٦-٠٩-١٥",
        "\x00",
    ],
)
def test_a_day_that_does_not_exist(text: str) -> None:
    with pytest.raises(NotADay, match=r"is not a day that exists\. Write it as 2026-09-15\.") as refused:
        read_day(text)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("text", ["2026-09-15", "2026-09-15T10:00", "noon", "x" * 1_000_000])
def test_hours_from_what_is_no_instant(text: str) -> None:
    with pytest.raises(NotAnInstantText, match=r"Write it as 2026-09-15T10:00\+08:00\.") as refused:
        asked(text, "24 hours")
    assert len(str(refused.value)) < 200


def test_a_period_that_is_none() -> None:
    with pytest.raises(NotAPeriod):
        asked("2026-09-15", "a while")


@pytest.mark.parametrize(
    "start, period",
    [
        ("0001-01-01", "1 day"),
        ("9999-12-31", "1 month"),
        ("2026-09-15", "99999 years"),
        ("1900-01-01", "1 working day"),
        ("9999-12-31T23:00+00:00", "24 hours"),
        ("0001-01-01T00:00+14:00", "1 hour"),
        ("9999-12-31T23:00-08:00", "1 hour"),
    ],
)
def test_years_out_of_reach(start: str, period: str) -> None:
    with pytest.raises(DayOutsideCalendar, match="outside the calendar"):
        asked(start, period)
