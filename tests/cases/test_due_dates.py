"""Deadlines as people ask about them: which run, until when, and why that day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from cases import due_dates
from cases.advance import advance
from cases.due_dates import NoSuchDeadline
from cases.extending import extend
from cases.office import Office
from cases.opening import open_matter
from tests.cases.conftest import Unit
from tests.cases.small_office import NOON

DAY = timedelta(days=1)


@pytest.fixture
def number(unit: Unit, small: Office) -> str:
    """A clue received on 3 August, due after 15 working days, on 24 August."""
    with unit() as session:
        form = {"title": "a wall", "received_on": "2026-08-03"}
        return open_matter(session, small, "clue", actor="registrar", at=NOON - 28 * DAY, fields=form).number


def listed(
    unit: Unit, small: Office, login: str, *, at: datetime, until: datetime | None = None
) -> list[str]:
    with unit() as session:
        page = due_dates.open_deadlines(session, small, actor=login, at=at, until=until)
        return [f"{one['number']} {one['due_on']}{' late' if one['overdue'] else ''}" for one in page.lines]


def test_a_running_clock_is_listed_to_those_who_see_its_matter(
    unit: Unit, small: Office, number: str
) -> None:
    assert listed(unit, small, "registrar", at=NOON - 28 * DAY) == [f"{number} 2026-08-24"]
    assert listed(unit, small, "registrar", at=NOON) == [f"{number} 2026-08-24 late"]
    assert listed(unit, small, "contractor", at=NOON) == []


def test_until_is_the_instant_from_which_it_is_late(unit: Unit, small: Office, number: str) -> None:
    late_from = NOON.replace(month=8, day=24, hour=16)  # midnight after the 24th in Shanghai
    assert listed(unit, small, "registrar", at=NOON, until=late_from - timedelta(microseconds=1)) == []
    assert len(listed(unit, small, "registrar", at=NOON, until=late_from)) == 1


def test_the_walk_ends_on_the_due_date_and_the_entries_say_why(
    unit: Unit, small: Office, number: str
) -> None:
    at = NOON - 20 * DAY
    steps = [
        ("registrar", "assign", {"handler": "officer"}),
        ("officer", "wait", None),
        ("officer", "go_on", None),
    ]
    for day, (login, move, form) in enumerate(steps):
        with unit() as session:
            advance(session, small, number, move, actor=login, at=at + day * DAY, fields=form)
    with unit() as session:
        found = due_dates.open_deadlines(session, small, actor="head", at=at).lines[0]["id"]
        extend(session, small, found, actor="head", at=at + 4 * DAY, reason="the laboratory is closed")
    with unit() as session:
        told = due_dates.explained(session, small, found, actor="head", at=at)
    assert [entry["kind"] for entry in told["entries"]] == ["opened", "paused", "resumed", "extended"]
    assert told["walk"][-1]["on"] == told["due_on"]
    assert max(step["counted"] or 0 for step in told["walk"]) >= 15
    assert told["basis"]["kind"] == "setting"
    assert told["budget"] == "15 working days"


def test_a_closed_clock_is_no_longer_listed_but_still_explained(
    unit: Unit, small: Office, number: str
) -> None:
    with unit() as session:
        clock = due_dates.open_deadlines(session, small, actor="registrar", at=NOON).lines[0]["id"]
        advance(session, small, number, "assign", actor="registrar", at=NOON, fields={"handler": "officer"})
        advance(session, small, number, "close", actor="officer", at=NOON, fields={"outcome": "nothing"})
    assert listed(unit, small, "registrar", at=NOON) == []
    with unit() as session:
        assert due_dates.explained(session, small, clock, actor="head", at=NOON)["status"] == "late"


@pytest.mark.parametrize("login, deadline", [("contractor", 1), ("head", 4711), ("officer", 1)])
def test_a_clock_one_may_not_see_does_not_exist(
    unit: Unit, small: Office, number: str, login: str, deadline: int
) -> None:
    with unit() as session, pytest.raises(NoSuchDeadline):
        due_dates.explained(session, small, deadline, actor=login, at=NOON)
