"""How long something stands still: whole working days, over weekends, holidays and the days made up for them."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from states import radar
from states.calendars import china
from states.radar import stillness
from states.radar_rules import Radar
from states.rulebook import Rulebook
from states.rulebook_file import shipped
from tests.cases.small_office import SETTING, rulebook

DAY = timedelta(days=1)


def still(steps: tuple[int, ...], last: date, today: date) -> tuple[int, int]:
    found = stillness(china(), steps, last=last, today=today)
    return found.days, found.step


def test_neither_the_day_of_the_act_nor_a_day_that_is_not_over_counts() -> None:
    tuesday = date(2026, 9, 1)
    assert still((1, 2), tuesday, tuesday) == (0, 0)
    assert still((1, 2), tuesday, date(2026, 9, 2)) == (0, 0)
    assert still((1, 2), tuesday, date(2026, 9, 3)) == (1, 1)
    assert still((1, 2), tuesday, date(2026, 9, 4)) == (2, 2)
    assert still((1, 2), tuesday, tuesday - DAY) == (0, 0)  # asked about a day before


def test_the_national_holiday_does_not_count_and_the_days_made_up_for_it_do() -> None:
    """In 2026 the first seven days of October are free; Sunday 20 September and Saturday 10 October are worked."""
    wednesday = date(2026, 9, 30)
    assert still((1, 2, 3), wednesday, date(2026, 10, 8)) == (0, 0)
    assert still((1, 2, 3), wednesday, date(2026, 10, 9)) == (1, 1)
    assert still((1, 2, 3), wednesday, date(2026, 10, 10)) == (2, 2)
    assert still((1, 2, 3), wednesday, date(2026, 10, 11)) == (3, 3)  # the Saturday was worked
    assert still((1, 2, 3), date(2026, 9, 18), date(2026, 9, 20)) == (0, 0)
    assert still((1, 2, 3), date(2026, 9, 18), date(2026, 9, 21)) == (1, 1)  # and so was the Sunday


def test_a_year_whose_holidays_are_not_decreed_is_not_passed_off_as_certain() -> None:
    assert not stillness(china(), (10,), last=date(2026, 9, 1), today=date(2026, 9, 2)).provisional
    assert stillness(china(), (10,), last=date(2039, 9, 1), today=date(2039, 9, 20)).provisional


def test_the_next_step_is_reached_on_the_day_that_is_named_and_not_the_day_before() -> None:
    draw = random.Random(7)
    steps = (3, 8, 21)
    for _ in range(300):
        last = date(2025, 1, 1) + draw.randrange(900) * DAY
        today = last + draw.randrange(60) * DAY
        found = stillness(china(), steps, last=last, today=today)
        worked = sum(china().is_working_day(last + n * DAY) for n in range(1, max((today - last).days, 1)))
        assert found.days == worked
        for step, days in enumerate(steps, start=1):  # what a query asks agrees with what a person is told
            assert (last < radar.reached_before(china(), today, days)) == (found.step >= step)
        if found.next_on is not None:
            assert still(steps, last, found.next_on)[1] == found.step + 1
            assert still(steps, last, found.next_on - DAY)[1] == found.step


def rules(**changes: Any) -> Rulebook:
    return rulebook(radar={"steps": {"clue": [2, 4]}, "basis": SETTING} | changes)


@pytest.mark.parametrize("changes, said", [
    ({"steps": {"clue": [4, 4]}}, "must each be more days"),
    ({"steps": {"clue": []}}, "at least 1 item"),
    ({"steps": {"clue": [0]}}, "greater than or equal to 1"),
    ({"steps": {"nothing": [1]}}, "there is no machine 'nothing'"),
    ({"leaves_out": {"clue": ["nowhere"]}}, "there is no state 'nowhere'"),
    ({"leaves_out": {"nothing": ["nowhere"]}}, "there is no state 'nowhere'"),
])  # fmt: skip
def test_what_makes_no_sense_is_no_rule(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        rules(**changes)


def test_the_shipped_rules_say_that_their_numbers_are_the_offices_own() -> None:
    found = shipped().radar
    assert isinstance(found, Radar)
    assert found.steps["clue"] == (10, 20, 30)
    assert found.basis.kind == "setting"
    kept = {
        "risk",
        "catalogue",
        "agreement",
        "appointment",
        "commitment",
        "education",
        "person_file",
        "project_file",
        "own_sheet",
        "zero_report",
    }  # go by terms of their own
    assert set(found.steps) == set(shipped().machines) - kept
