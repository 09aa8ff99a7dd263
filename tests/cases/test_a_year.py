"""A year of a project with three organisations, told by one seed: crashes, double runs, two workers, two weeks of silence.

What ought to have happened is worked out beside it in plain Python, from the days of the year alone.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlmodel import col, select

from cases import administering, audit, coverage, drawing, due_rounds, interests, opening
from cases.drawing import RecordedDraw
from cases.history import Event
from cases.inspections import Programme, Slot
from cases.matters import Matter, MatterLink
from cases.planning import Wanted, add_programme
from states.calendars import china
from tests.cases.port_office import Port, Unit, on_file

FIRST, LAST = date(2026, 1, 5), date(2026, 12, 27)
SILENT = (date(2026, 7, 6), date(2026, 7, 19))
LEFT, SHARES = date(2026, 6, 15), date(2026, 9, 1)  # a supervisor leaves the post; another buys shares
SITES = [
    {"name": "1号泊位", "weight": 5},
    {"name": "2号泊位", "weight": 2},
    {"name": "堆场", "unit": "恒泰监理公司"},
]
TEAM = ["supervisor", "registrar", "officer", "officer2"]
PROGRAMMES: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
    ("W", "daily", "every week on Monday", "run_once", {"link": "c15_quality"}),
    ("M", "special", "every month on the 10th", "run_all", {"link": "c11_payment"}),
    ("Q", "joint", "every quarter on the first working day", "run_once", {"link": "c16_safety"}),
    ("SPOT", "unannounced", "every week on Thursday", "skip", {"sites": SITES, "take": 1, "team": 2}),
)


def owed(code: str, first: date, last: date) -> Iterator[date]:
    """The slots of a programme, day by day."""
    working = china().is_working_day
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        quarter = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        before = [quarter + timedelta(days=n) for n in range((day - quarter).days)]
        if (
            (code == "W" and day.weekday() == 0)
            or (code == "SPOT" and day.weekday() == 3)
            or (code == "M" and day.day == 10)
            or (code == "Q" and working(day) and not any(map(working, before)))
        ):
            yield day


def opens_on(slot: date) -> date:
    """The first working day from a slot on."""
    while not china().is_working_day(slot):
        slot += timedelta(days=1)
    return slot


class Year:
    """The office through a year."""

    def __init__(self, port: Port, seed: int) -> None:
        self.port, self.chance = port, random.Random(seed)
        self.crashes = self.together = 0
        self.real: Callable[..., Any] = opening.open_by_programme

    def plan(self) -> None:
        with self.port.unit() as session:
            for programme in session.exec(select(Programme)).all():
                programme.active = False
            for code, kind, rule, policy, more in PROGRAMMES:
                wanted = Wanted(code=code, kind=kind, title=code, rule=rule, organisation="MGJ", project="PC",
                                inspectors=TEAM, on_outage=policy, starts_on=FIRST, **more)  # fmt: skip
                add_programme(session, self.port.office, wanted, actor="leader", at=self.port.at)

    def go_by(self, monkeypatch: pytest.MonkeyPatch) -> date:
        """Day after day; the last on which anything ran."""
        day = ran = FIRST
        while day <= LAST:
            self.port.at = datetime(day.year, day.month, day.day, 1, 0, tzinfo=UTC)
            if day == LEFT:
                self.leaves("officer2")
            if day == SHARES:
                with self.port.unit() as session:
                    interests.declare(session, person="officer", kind="company", name="恒泰监理公司", note="",
                                      at=self.port.at)  # fmt: skip
            if not SILENT[0] <= day <= SILENT[1]:
                self.run(monkeypatch)
                self.look()
                ran = day
            day += timedelta(days=1)
        return ran

    def leaves(self, login: str) -> None:
        with self.port.unit() as session:
            administering.unpost(session, self.port.office, actor="operator", login=login, role="officer",
                                 organisation="MGJ", project=None, at=self.port.at)  # fmt: skip

    def run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """One run, or two one after the other, or two at once; every now and then one dies half-way before."""
        how = self.chance.random()
        if how < 0.1:
            monkeypatch.setattr(opening, "open_by_programme", self._dies)
            with suppress(MemoryError):
                self.sweep()
            monkeypatch.setattr(opening, "open_by_programme", self.real)
        if 0.1 <= how < 0.13:
            self.at_once()
        for _ in range(2 if how > 0.8 else 1):
            self.sweep()

    def sweep(self) -> None:
        assert due_rounds.sweep(self.port.unit, self.port.office, at=self.port.at).failed == 0

    def _dies(self, *given: Any, **named: Any) -> Any:
        self.real(*given, **named)
        self.crashes += 1
        raise MemoryError

    def at_once(self) -> None:
        self.together += 1
        barrier = threading.Barrier(2)

        def work() -> None:
            barrier.wait(timeout=60)
            self.sweep()

        threads = [threading.Thread(target=work) for _ in range(2)]
        for one in threads:
            one.start()
        for one in threads:
            one.join(timeout=120)

    def look(self) -> None:
        """Those who are sent go, mostly; now and then they find something, and it becomes a clue."""
        with self.port.unit() as session:
            waiting = session.exec(
                select(Matter.number, Matter.id).where(
                    Matter.machine == "inspection", Matter.state == "planned"
                )
            ).all()
        for number, _ in waiting:
            if self.chance.random() < 0.3:
                continue
            self.port.do(number, "supervisor", "begin")
            if self.chance.random() < 0.15:
                self.port.do(
                    number, "supervisor", "record_finding", received_on=self.port.at.date().isoformat()
                )
            else:
                self.port.do(number, "supervisor", "record_nothing")


def test_a_year_of_a_project_with_three_organisations(unit: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = count()
    monkeypatch.setattr(drawing, "fresh_seed", lambda: f"2026-{next(seeds)}")
    port = on_file(unit)
    port.at = datetime(2026, 1, 4, 1, 0, tzinfo=UTC)
    year = Year(port, seed=2026)
    year.plan()
    ran = year.go_by(monkeypatch)
    assert year.crashes > 3
    assert year.together > 3

    _every_slot_has_one_outcome(port, ran)
    _draws_can_be_drawn_again_and_leave_out_who_may_not_go(port)
    _coverage_agrees_with_the_rows(port)
    with port.unit() as session:
        found = session.exec(select(Matter).where(Matter.machine == "clue")).all()
        linked = set(session.exec(select(MatterLink.child).where(MatterLink.kind == "finding")).all())
        assert {one.id for one in found} == linked
        assert len(found) > 3
        assert audit.verify(session).faults == ()


def _every_slot_has_one_outcome(port: Port, ran: date) -> None:
    with port.unit() as session:
        kept = session.exec(select(Slot)).all()
        rounds = Counter(
            (one.values["programme"], one.values["slot"])
            for one in session.exec(select(Matter).where(Matter.machine == "inspection")).all()
        )
    for code, _, _, policy, _ in PROGRAMMES:
        slots = {one.slot: one for one in kept if one.programme == code}
        due = [day for day in owed(code, FIRST, ran) if opens_on(day) <= ran]
        assert sorted(slots) == due
        late = [day for day in due if SILENT[0] <= opens_on(day) <= SILENT[1]]
        assert late or code == "Q"
        for day, one in slots.items():
            assert rounds.pop((code, day.isoformat()), 0) == (one.outcome == "opened"), (code, day)
            if day not in late and one.why != "same_day":
                assert one.outcome == "opened", (code, day, one.outcome)
        wanted = {"run_once": "missed", "run_all": "opened", "skip": "skipped"}[policy]
        # of a run_once programme the newest of the missed days is made up for
        made_up = late[-1:] if policy == "run_once" else []
        assert {slots[day].outcome for day in late if day not in made_up} <= {wanted}
    assert rounds == Counter()


def _draws_can_be_drawn_again_and_leave_out_who_may_not_go(port: Port) -> None:
    with port.unit() as session:
        draws = session.exec(select(RecordedDraw).order_by(col(RecordedDraw.id))).all()
        assert all(drawing.verified(one) for one in draws)
        places = {one.slot: one.drawn for one in draws if one.what == "sites"}
        teams = {one.slot: one for one in draws if one.what == "inspectors"}
    assert places.keys() == teams.keys()
    for slot, team in teams.items():
        assert slot is not None
        assert len(team.drawn) == 2
        assert ("officer2" in team.left_out) == (slot >= LEFT)
        assert ("officer" in team.left_out) == (slot >= SHARES and places[slot] == ["堆场"])
        assert not set(team.left_out) & set(team.drawn)
    assert any("officer" in team.left_out for team in teams.values())
    counted = Counter(name for drawn in places.values() for name in drawn)
    assert counted["1号泊位"] > counted["2号泊位"] > 0  # weighed by risk


def _coverage_agrees_with_the_rows(port: Port) -> None:
    """Where a round found nothing, or something, its link was looked at; nothing else was."""
    with port.unit() as session:
        found = coverage.of(session, port.office, actor="leader", at=port.at, project="PC")
        looked = [
            (event.at, matter.number, event.data.get("link") or matter.values.get("link"), event.data)
            for event, matter in session.exec(
                select(Event, Matter)
                .join(Matter, col(Matter.id) == col(Event.matter))
                .where(col(Event.move).in_(["record_nothing", "record_finding"]))
            )
        ]
    assert {link for _, _, link, _ in looked} >= {"c15_quality", "c11_payment", "c16_safety"}
    for cell in found.cells:
        here = [(at, number) for at, number, link, said in looked if link == cell.spot.link
                and said.get("phase", cell.spot.phase) == cell.spot.phase
                and said.get("personnel", cell.spot.personnel) == cell.spot.personnel]  # fmt: skip
        last = max(here, default=None)
        assert (cell.last.number if cell.last else None) == (last[1] if last else None), cell
