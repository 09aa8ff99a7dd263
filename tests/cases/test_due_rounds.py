"""After an outage, under crashes, with several at work: each slot has exactly one outcome, with its reason."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete
from sqlmodel import Session, col, select

from cases import drawing, due_rounds, inspections, interests, opening
from cases.drawing import RecordedDraw
from cases.due_rounds import Opened
from cases.inspections import Milestone, Programme, Slot
from cases.matters import Matter
from cases.office import Office
from cases.people import Posting
from states.calendars import china
from states.rulebook_file import shipped
from tests.cases.small_office import Told, office

Unit = Callable[[], AbstractContextManager[Session]]
CHINA = china()
MONDAY = datetime(2026, 9, 7, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
WEEK = timedelta(weeks=1)


@pytest.fixture
def centre() -> Office:
    """An office under the shipped rulebook."""
    return office(Told(), shipped())


@pytest.fixture
def alone(unit: Unit) -> Unit:
    """The office without the programmes of the sample."""
    with unit() as session:
        for programme in session.exec(select(Programme)).all():
            programme.active = False
    return unit


def planned(unit: Unit, code: str = "W", **changes: Any) -> None:
    whole: dict[str, Any] = {
        "code": code, "kind": "daily", "title": code, "rule": "every week on Monday", "organisation": "MGJ",
        "project": "PC", "inspectors": ["supervisor", "registrar", "officer"], "starts_on": date(2026, 9, 1),
    }  # fmt: skip
    with unit() as session:
        inspections.plan(session, Programme(**(whole | changes)))


def outcomes(unit: Unit, code: str = "W") -> list[tuple[str, str, str]]:
    with unit() as session:
        found = session.exec(select(Slot).where(Slot.programme == code).order_by(col(Slot.slot)))
        return [(f"{one.slot:%m-%d}", one.outcome, one.why) for one in found]


def rounds(unit: Unit) -> list[Matter]:
    with unit() as session:
        return list(session.exec(select(Matter).order_by(col(Matter.id))).all())


class TestOutages:
    """Three Mondays pass before anything runs again, on the third."""

    def test_run_once(self, alone: Unit, centre: Office) -> None:
        planned(alone)
        assert due_rounds.sweep(alone, centre, at=MONDAY + 2 * WEEK) == Opened(1, 2)
        assert outcomes(alone) == [
            ("09-07", "missed", "caught_up"), ("09-14", "missed", "caught_up"), ("09-21", "opened", ""),
        ]  # fmt: skip

    def test_run_all(self, alone: Unit, centre: Office) -> None:
        planned(alone, on_outage="run_all")
        assert due_rounds.sweep(alone, centre, at=MONDAY + 2 * WEEK) == Opened(3, 0)
        assert [one.values["slot"] for one in rounds(alone)] == ["2026-09-07", "2026-09-14", "2026-09-21"]

    def test_skip(self, alone: Unit, centre: Office) -> None:
        planned(alone, on_outage="skip")
        assert due_rounds.sweep(alone, centre, at=MONDAY + 2 * WEEK) == Opened(1, 0, skipped=2)
        assert outcomes(alone) == [
            ("09-07", "skipped", "outage"), ("09-14", "skipped", "outage"), ("09-21", "opened", ""),
        ]  # fmt: skip

    def test_skip_when_even_the_newest_day_is_past(self, alone: Unit, centre: Office) -> None:
        planned(alone, on_outage="skip")
        assert due_rounds.sweep(alone, centre, at=MONDAY + timedelta(days=1)) == Opened(0, 0, skipped=1)
        assert due_rounds.sweep(alone, centre, at=MONDAY + WEEK) == Opened(1, 0)

    def test_what_was_done_is_told_in_both_languages(self, alone: Unit, centre: Office) -> None:
        planned(alone)
        done = due_rounds.sweep(alone, centre, at=MONDAY + WEEK)
        told = [one.as_dict("en") for one in done.outcomes]
        assert [(one["slot"], one["outcome"], one["number"] is None) for one in told] == [
            ("2026-09-07", "missed", True), ("2026-09-14", "opened", False),
        ]  # fmt: skip
        assert "2026-09-14" in told[0]["reason"]
        assert "补做" in done.outcomes[0].as_dict("zh")["reason"]

    @pytest.mark.parametrize("policy", inspections.POLICIES)
    def test_days_that_come_together_after_a_holiday_are_one_round_unless_all_are_wanted(
        self, alone: Unit, centre: Office, policy: str
    ) -> None:
        """A daily round over the National Day holiday, 1 to 7 October, all of it due on the 8th."""
        planned(alone, rule="every day", starts_on=date(2026, 10, 1), on_outage=policy)
        done = due_rounds.sweep(alone, centre, at=datetime(2026, 10, 8, 0, 0, tzinfo=UTC))
        assert done == (Opened(8, 0) if policy == "run_all" else Opened(1, 0, skipped=7))
        if policy != "run_all":
            assert outcomes(alone)[0] == ("10-01", "skipped", "same_day")

    def test_running_all_after_a_very_long_time_goes_on_in_the_next_run(
        self, alone: Unit, centre: Office
    ) -> None:
        planned(alone, rule="every day", on_outage="run_all")
        at = datetime(2026, 10, 15, 0, 0, tzinfo=UTC)  # 45 days
        assert [due_rounds.sweep(alone, centre, at=at).opened for _ in range(3)] == [31, 14, 0]

    def test_a_plan_that_ended_owes_only_what_lay_in_it(self, alone: Unit, centre: Office) -> None:
        planned(alone, on_outage="run_all", ends_on=date(2026, 9, 14))
        assert due_rounds.sweep(alone, centre, at=MONDAY + 20 * WEEK) == Opened(2, 0)
        assert due_rounds.sweep(alone, centre, at=MONDAY + 40 * WEEK) == Opened(0, 0)


class TestExactlyOnce:
    def test_a_crash_half_way_leaves_nothing_and_the_next_run_does_it_all(
        self, alone: Unit, centre: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        planned(alone)
        planned(alone, "X")
        real, count = opening.open_by_programme, iter(range(9))

        def dies_at_the_second(*given: Any, **named: Any) -> Any:
            if next(count) == 1:
                raise MemoryError
            return real(*given, **named)

        monkeypatch.setattr(opening, "open_by_programme", dies_at_the_second)
        with pytest.raises(MemoryError):
            due_rounds.sweep(alone, centre, at=MONDAY)
        assert (outcomes(alone), outcomes(alone, "X"), rounds(alone)) == ([], [], [])
        assert due_rounds.sweep(alone, centre, at=MONDAY) == Opened(2, 0)

    def test_one_that_cannot_be_opened_fails_alone_and_is_tried_again(
        self, alone: Unit, centre: Office
    ) -> None:
        planned(alone)
        planned(alone, "BAD", sites=[{"name": "a", "weight": 0}], take=1)
        done = due_rounds.sweep(alone, centre, at=MONDAY)
        assert done == Opened(1, 0, failed=1)
        assert done.faults[0][0] == "BAD"
        assert "weight" in done.faults[0][1]
        with alone() as session:
            session.get_one(Programme, "BAD").sites = [{"name": "a", "weight": 1}]
        assert due_rounds.sweep(alone, centre, at=MONDAY) == Opened(1, 0)

    def test_two_workers_after_a_two_week_outage(
        self, alone: Unit, centre: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(due_rounds, "BATCH", 2)
        for number in range(5):
            planned(alone, f"W{number}", on_outage=inspections.POLICIES[number % 3])
        done: list[Opened] = []
        barrier = threading.Barrier(3)

        def work() -> None:
            barrier.wait(timeout=30)
            done.extend(
                due_rounds.sweep(alone, centre, at=MONDAY + 2 * WEEK + timedelta(days=day))
                for day in range(3)
            )

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        assert len(done) == 9
        slots = [one for number in range(5) for one in outcomes(alone, f"W{number}")]
        assert len(slots) == 15
        assert (
            sum(one.opened for one in done) == len(rounds(alone)) == sum(one[1] == "opened" for one in slots)
        )
        assert sum(one.missed + one.skipped for one in done) == 15 - len(rounds(alone))

    def test_a_year_day_by_day_and_at_once_has_the_same_slots(self, alone: Unit, centre: Office) -> None:
        for code, rule in (("A", "every month on the 31st"), ("B", "every quarter on the last working day")):
            planned(alone, code, rule=rule)
            planned(alone, f"{code}2", rule=rule, active=False)
        for day in range(0, 366, 3):
            due_rounds.sweep(alone, centre, at=MONDAY + timedelta(days=day))
        with alone() as session:
            for programme in session.exec(select(Programme)).all():
                programme.active = programme.code in ("A2", "B2")
        due_rounds.sweep(alone, centre, at=MONDAY + timedelta(days=365))
        for code in ("A", "B"):
            assert [one[0] for one in outcomes(alone, code)] == [
                one[0] for one in outcomes(alone, f"{code}2")
            ]
        assert len(outcomes(alone, "A")) == 12

    def test_nothing_is_worked_out_for_those_that_are_not_due(
        self, alone: Unit, centre: Office, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        planned(alone)
        due_rounds.sweep(alone, centre, at=MONDAY)
        monkeypatch.setattr(
            due_rounds, "_due", lambda *_, **__: pytest.fail("it is not due before next Monday")
        )
        assert due_rounds.sweep(alone, centre, at=MONDAY + timedelta(days=6)) == Opened(0, 0)


class TestDaysThatMove:
    def test_a_round_before_a_milestone_waits_for_its_day_and_is_opened_once(
        self, alone: Unit, centre: Office
    ) -> None:
        planned(alone, rule="10 working days before acceptance")
        assert due_rounds.sweep(alone, centre, at=MONDAY) == Opened(0, 0)
        falls_on = CHINA.add_working_days(MONDAY.date(), 11)
        for put_off in (0, 40):
            with alone() as session:
                session.merge(
                    Milestone(project="PC", name="acceptance", falls_on=falls_on + timedelta(days=put_off))
                )
                due_rounds.work_out_anew(session, "PC")
            found = [
                due_rounds.sweep(alone, centre, at=MONDAY + timedelta(days=day)).opened for day in (0, 1, 60)
            ]
            assert found == ([0, 1, 0] if put_off == 0 else [0, 0, 0])

    def test_a_calendar_that_arrives_late_opens_no_slot_twice(self, alone: Unit, centre: Office) -> None:
        planned(alone, rule="every month on the first working day")
        first = datetime(2026, 9, 1, 0, 0, tzinfo=UTC)
        assert due_rounds.sweep(alone, centre, at=first) == Opened(1, 0)
        later = replace(centre, calendar=CHINA.with_year(2026, rest=[date(2026, 9, 1)]))
        with alone() as session:
            due_rounds.work_out_anew(session)
        assert due_rounds.sweep(alone, later, at=first + timedelta(days=1)) == Opened(0, 0)
        assert outcomes(alone) == [("09-01", "opened", "")]


SITES: list[dict[str, Any]] = [
    {"name": "1号泊位", "weight": 5, "unit": "恒泰监理公司"},
    {"name": "2号泊位", "weight": 1},
    {"name": "堆场", "weight": "0.5"},
]


class TestDrawn:
    def test_the_place_is_drawn_as_the_round_is_opened_and_can_be_drawn_again(
        self, alone: Unit, centre: Office
    ) -> None:
        planned(alone, kind="unannounced", sites=SITES, take=2, team=2)
        due_rounds.sweep(alone, centre, at=MONDAY - timedelta(minutes=481))  # Sunday 23:59
        with alone() as session:
            assert session.exec(select(RecordedDraw)).all() == []  # nobody can know it: it has not been drawn
        due_rounds.sweep(alone, centre, at=MONDAY)
        with alone() as session:
            sites, people = drawing.of_slot(session, "W", date(2026, 9, 7))
            (matter,) = session.exec(select(Matter)).all()
            assert matter.values["place"] == "、".join(sites.drawn)
            assert matter.values["inspectors"] == people.drawn
            assert (len(sites.drawn), len(people.drawn)) == (2, 2)
            assert drawing.verified(sites)
            assert drawing.verified(people)
            sites.drawn = list(reversed(sites.drawn))
            assert not drawing.verified(sites)
            session.rollback()

    @pytest.mark.parametrize(
        "field, value", [("seed", "another"), ("take", 1), ("items", [["1号泊位", "1"]])]
    )
    def test_a_record_that_was_changed_does_not_agree(
        self, alone: Unit, centre: Office, field: str, value: object
    ) -> None:
        planned(alone, sites=SITES, take=2)
        due_rounds.sweep(alone, centre, at=MONDAY)
        with alone() as session:
            (sites,) = drawing.of_slot(session, "W", date(2026, 9, 7))
            setattr(sites, field, value)
            assert not drawing.verified(sites)
            session.rollback()

    @pytest.mark.parametrize(
        "kind, name", [("project", "港口中心项目"), ("company", "恒泰监理公司"), ("company", "1号泊位")]
    )
    def test_inspectors_with_an_interest_are_not_drawn(
        self, alone: Unit, centre: Office, kind: str, name: str
    ) -> None:
        with alone() as session:
            key = interests.declare(session, person="registrar", kind=kind, name=name, note="", at=MONDAY)
        planned(alone, sites=SITES[:1], take=1, team=2)
        due_rounds.sweep(alone, centre, at=MONDAY)
        with alone() as session:
            _, people = drawing.of_slot(session, "W", date(2026, 9, 7))
            assert people.left_out == ["registrar"]
            assert sorted(people.drawn) == ["officer", "supervisor"]
            interests.end(session, key, person="registrar", at=MONDAY)
        due_rounds.sweep(alone, centre, at=MONDAY + WEEK)
        with alone() as session:
            _, people = drawing.of_slot(session, "W", date(2026, 9, 14))
            assert (people.left_out, len(people.items)) == ([], 3)

    def test_who_holds_no_post_any_more_is_not_drawn(self, alone: Unit, centre: Office) -> None:
        planned(alone, team=3)
        with alone() as session:
            session.execute(delete(Posting).where(col(Posting.person) == "officer"))
        due_rounds.sweep(alone, centre, at=MONDAY)
        with alone() as session:
            (people,) = drawing.of_slot(session, "W", date(2026, 9, 7))
            assert (people.left_out, sorted(people.drawn)) == (["officer"], ["registrar", "supervisor"])

    def test_nobody_inspects_their_own_unit(self, alone: Unit, centre: Office) -> None:
        planned(alone, sites=SITES[:1], inspectors=["overseer", "supervisor"])
        due_rounds.sweep(alone, centre, at=MONDAY)
        assert rounds(alone)[0].values["inspectors"] == ["supervisor"]
