"""The digest on working mornings: how much waits for each, in numbers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from cases.deadlines import Deadline
from cases.matters import Matter
from cases.office import Office
from notifications import digests
from notifications.dispatch import Unit
from notifications.notices import Notice
from tests.notifications.office import MORNING, matter, seat

TODAY = date(2026, 9, 1)  # a Tuesday
DAY = timedelta(days=1)


def clock(session: Session, row: Matter, due_on: date | None, *, status: str = "open") -> None:
    """A clock of this matter that is due on that day."""
    assert row.id is not None
    session.add(Deadline(matter=row.id, name="opinion", status=status, started_on=TODAY, budget="1 month",
                         due_on=due_on, calendar_version="x", opened_at=MORNING))  # fmt: skip
    session.flush()


def digested(unit: Unit) -> dict[str, dict[str, int] | None]:
    with unit() as session:
        return {row.recipient: row.counts for row in session.exec(select(Notice))}


def test_each_officer_is_told_how_much_is_late_due_today_and_due_this_week(unit: Unit, house: Office) -> None:
    with unit() as session:
        for days in (-30, -1, 0, 1, 5, 6):
            clock(session, matter(session, state="assigned"), TODAY + days * DAY)
        clock(session, matter(session, state="assigned", handler="officer2"), TODAY)
        assert digests.plan_digests(session, house, at=MORNING) == 2
    assert digested(unit) == {
        "officer": {"late": 2, "today": 1, "week": 2},  # the sixth is the Monday after
        "officer2": {"late": 0, "today": 1, "week": 0},
    }


def test_it_is_planned_once_a_day_however_often_it_is_called(unit: Unit, house: Office) -> None:
    with unit() as session:
        clock(session, matter(session, state="assigned"), TODAY)
        assert digests.plan_digests(session, house, at=MORNING) == 1
        assert digests.plan_digests(session, house, at=MORNING + timedelta(hours=3)) == 0
        assert digests.plan_digests(session, house, at=MORNING + DAY) == 1


@pytest.mark.parametrize(
    "day, told", [("2026-09-04", 1), ("2026-09-05", 0), ("2026-09-20", 1), ("2026-10-01", 0)]
)
def test_there_is_none_on_rest_days_and_one_on_make_up_days(
    unit: Unit, house: Office, day: str, told: int
) -> None:
    at = MORNING + (date.fromisoformat(day) - TODAY)
    with unit() as session:
        clock(session, matter(session, state="assigned"), date.fromisoformat(day))
        assert digests.plan_digests(session, house, at=at) == told


def test_for_whom_nothing_waits_no_message_comes(unit: Unit, house: Office) -> None:
    with unit() as session:
        clock(session, matter(session, state="assigned"), TODAY, status="met")
        clock(session, matter(session, state="assigned"), None, status="paused")
        clock(session, matter(session, state="assigned"), TODAY + 30 * DAY)
        assert digests.plan_digests(session, house, at=MORNING) == 0


def test_what_nobody_handles_yet_waits_for_the_role_that_owns_its_state(unit: Unit, house: Office) -> None:
    with unit() as session:
        clock(session, matter(session, handler=None), TODAY)
        clock(session, matter(session), TODAY)  # it has a handler, but the case supervision office must act
        digests.plan_digests(session, house, at=MORNING)
    assert digested(unit) == {"registrar": {"late": 0, "today": 2, "week": 0}}


def test_what_waits_for_somebody_else_is_the_handlers_to_watch(unit: Unit, house: Office) -> None:
    with unit() as session:
        clock(session, matter(session, state="waiting"), TODAY)
        digests.plan_digests(session, house, at=MORNING)
    assert digested(unit) == {"officer": {"late": 0, "today": 1, "week": 0}}


def test_a_task_waits_for_those_seated_in_it(unit: Unit, house: Office) -> None:
    with unit() as session:
        task = matter(session, machine="task", state="open")
        seat(session, task, "contractor")
        clock(session, task, TODAY)
        digests.plan_digests(session, house, at=MORNING)
    assert digested(unit) == {"contractor": {"late": 0, "today": 1, "week": 0}}


def test_an_escalation_waits_for_the_district_once_it_was_sent(unit: Unit, house: Office) -> None:
    with unit() as session:
        for sent_at in (None, MORNING):
            row = matter(
                session, machine="escalation", state="sent", addressee="BHJ", handler=None, sent_at=sent_at
            )
            clock(session, row, TODAY - DAY)
        digests.plan_digests(session, house, at=MORNING)
    assert digested(unit) == {who: {"late": 1, "today": 0, "week": 0} for who in ("district", "district2")}


def test_a_long_list_is_counted_in_parts_with_the_same_sums(
    unit: Unit, house: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "AT_ONCE", 3)
    with unit() as session:
        for _ in range(10):
            clock(session, matter(session, state="assigned"), TODAY)
        digests.plan_digests(session, house, at=MORNING)
    assert digested(unit) == {"officer": {"late": 0, "today": 10, "week": 0}}
