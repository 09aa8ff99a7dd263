"""The inspection programme: each slot has exactly one outcome, and nothing is skipped in silence."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from cases import due_rounds, inspections
from cases.due_rounds import Opened
from cases.inspections import Programme, Slot
from cases.matters import Matter, Seat
from cases.office import Office
from states.recurrence import NotARule
from states.rulebook_file import shipped
from tests.cases.small_office import Told, office

Unit = Callable[[], AbstractContextManager[Session]]
MONDAY = datetime(2026, 9, 7, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai


@pytest.fixture
def centre() -> Office:
    """An office under the shipped rulebook."""
    return office(Told(), shipped())


def plan(unit: Unit, rule: str = "FREQ=WEEKLY;BYDAY=MO", *, starts_on: date = date(2026, 9, 1)) -> None:
    with unit() as session:
        for programme in session.exec(select(Programme)).all():
            programme.active = False
        inspections.plan(session, Programme(code="W", kind="daily", title="weekly", rule=rule, organisation="MGJ",
                                            project="PC", inspectors=["supervisor"], starts_on=starts_on))  # fmt: skip


def open_due(unit: Unit, centre: Office, at: datetime) -> Opened:
    return due_rounds.sweep(unit, centre, at=at)


def outcomes(unit: Unit) -> list[tuple[date, str]]:
    with unit() as session:
        return [(row.slot, row.outcome) for row in session.exec(select(Slot).order_by(col(Slot.slot)))]


def test_a_round_opens_on_its_day_and_not_before(unit: Unit, centre: Office) -> None:
    plan(unit)
    assert open_due(unit, centre, MONDAY - timedelta(hours=8, minutes=1)) == Opened(
        0, 0
    )  # Sunday, 23:59 local time
    assert open_due(unit, centre, MONDAY) == Opened(1, 0)
    assert open_due(unit, centre, MONDAY) == Opened(0, 0)
    with unit() as session:
        round_ = session.exec(select(Matter)).one()
        assert (round_.machine, round_.state, round_.values["slot"]) == (
            "inspection",
            "planned",
            "2026-09-07",
        )


def test_a_slot_on_a_rest_day_opens_on_the_next_working_day_and_keeps_its_date(
    unit: Unit, centre: Office
) -> None:
    plan(unit, "FREQ=MONTHLY;BYMONTHDAY=3", starts_on=date(2026, 10, 1))  # inside the National Day holiday
    holiday = datetime(2026, 10, 7, 4, 0, tzinfo=UTC)
    assert open_due(unit, centre, holiday) == Opened(0, 0)
    assert open_due(unit, centre, holiday + timedelta(days=1)) == Opened(1, 0)
    assert outcomes(unit) == [(date(2026, 10, 3), "opened")]


def test_after_an_outage_one_round_catches_up_and_the_missed_slots_are_on_record(
    unit: Unit, centre: Office
) -> None:
    plan(unit)
    assert open_due(unit, centre, MONDAY + timedelta(weeks=2)) == Opened(1, 2)
    assert outcomes(unit) == [
        (date(2026, 9, 7), "missed"), (date(2026, 9, 14), "missed"), (date(2026, 9, 21), "opened"),
    ]  # fmt: skip
    with unit() as session:
        missed = session.exec(select(Slot).where(Slot.outcome == "missed")).first()
        assert missed is not None
        assert "2026-09-21" in missed.reason


def test_several_at_once_open_one_round(unit: Unit, centre: Office) -> None:
    plan(unit)
    done: list[Opened] = []
    barrier = threading.Barrier(4)

    def one() -> None:
        barrier.wait(timeout=30)
        done.append(open_due(unit, centre, MONDAY))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sum(one.opened for one in done) == 1
    with unit() as session:
        assert len(session.exec(select(Matter)).all()) == 1


def test_the_round_knows_its_inspectors(unit: Unit, centre: Office) -> None:
    plan(unit)
    open_due(unit, centre, MONDAY)
    with unit() as session:
        round_ = session.exec(select(Matter)).one()
        assert round_.values["inspectors"] == ["supervisor"]
        assert session.exec(select(Seat)).all() == []  # they are seated when the round begins


def test_a_recurrence_that_cannot_be_read_is_refused_as_it_is_planned(unit: Unit) -> None:
    with pytest.raises(NotARule, match="RFC 5545"):
        plan(unit, "every now and then")
