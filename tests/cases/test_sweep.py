"""The deadline sweep: each rung once, oldest first, however often and by however many it is asked for."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlmodel import select

from cases import opening, sweep
from cases.advance import advance
from cases.deadlines import Deadline, Firing
from cases.history import Event
from cases.office import Office
from tests.cases.conftest import Unit
from tests.cases.small_office import NOON, Told

REMIND = datetime(
    2026, 9, 17, 0, 30, tzinfo=UTC
)  # 08:30 in Shanghai; three working days before the 21st, a Sunday worked
PRESS = datetime(2026, 9, 22, 0, 30, tzinfo=UTC)  # one working day after
MINUTE = timedelta(minutes=1)


def clues(unit: Unit, small: Office, count: int) -> list[str]:
    with unit() as session:
        return [
            opening.open_matter(session, small, "clue", actor="registrar", at=NOON,
                                fields={"title": "t", "received_on": "2026-09-01"}).number
            for _ in range(count)
        ]  # fmt: skip


def fired(unit: Unit, small: Office, at: datetime) -> list[str]:
    return [one.rung for one in sweep.sweep(unit, small, at=at).fired]


def test_a_rung_fires_at_its_instant_and_not_a_minute_before(unit: Unit, small: Office) -> None:
    clues(unit, small, 1)
    assert fired(unit, small, REMIND - MINUTE) == []
    assert fired(unit, small, REMIND) == ["remind"]
    assert fired(unit, small, REMIND + MINUTE) == []
    assert fired(unit, small, PRESS - MINUTE) == []
    assert fired(unit, small, PRESS) == ["press"]
    assert fired(unit, small, PRESS + timedelta(days=400)) == []


def test_after_weeks_of_silence_one_sweep_catches_up_each_rung_once_oldest_first(
    unit: Unit, small: Office, told: Told
) -> None:
    clues(unit, small, 2)
    told.occurred.clear()
    assert fired(unit, small, PRESS + timedelta(days=30)) == ["remind", "remind", "press", "press"]
    assert [one.due_on for one in told.occurred] == [date(2026, 9, 21)] * 4
    assert fired(unit, small, PRESS + timedelta(days=30)) == []


def test_small_batches_do_the_same_as_one_large_one(unit: Unit, small: Office) -> None:
    clues(unit, small, 5)
    done = sweep.sweep(unit, small, at=PRESS, batch=2)
    assert len(done.fired) == 10
    with unit() as session:
        assert len(session.exec(select(Firing)).all()) == 10


def test_two_sweeps_at_once_fire_each_rung_once(unit: Unit, small: Office) -> None:
    clues(unit, small, 30)
    done: list[int] = []
    barrier = threading.Barrier(3)

    def one() -> None:
        barrier.wait(timeout=30)
        done.append(len(sweep.sweep(unit, small, at=PRESS, batch=7).fired))

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    fired(unit, small, PRESS)  # what a sweep left because another held it is done by the next
    with unit() as session:
        rows = session.exec(select(Firing)).all()
    assert len(rows) == len({(row.deadline, row.rung) for row in rows}) == 60


def test_a_paused_clock_does_not_fire(unit: Unit, small: Office) -> None:
    number = clues(unit, small, 1)[0]
    for move, actor, fields in (("assign", "registrar", {"handler": "officer"}), ("wait", "officer", {})):
        with unit() as session:
            advance(session, small, number, move, actor=actor, at=NOON, fields=fields)
    assert fired(unit, small, PRESS + timedelta(days=100)) == []


def test_a_reminder_does_not_make_an_open_form_stale(unit: Unit, small: Office) -> None:
    number = clues(unit, small, 1)[0]
    fired(unit, small, REMIND)
    with unit() as session:
        moved = advance(session, small, number, "assign", actor="registrar", at=REMIND, expected_version=1,
                        fields={"handler": "officer"})  # fmt: skip
    assert moved.version == 2
    with unit() as session:
        events = session.exec(select(Event).order_by(Event.seq)).all()  # type: ignore[arg-type]
    assert [event.move for event in events] == ["open", "clock.opinion.remind", "assign"]
    assert all(later.prev_hash == earlier.hash for earlier, later in pairwise(events))


def test_one_bad_file_does_not_silence_the_others(unit: Unit, small: Office) -> None:
    clues(unit, small, 3)
    with unit() as session:
        broken = session.exec(select(Deadline).order_by(Deadline.id)).all()[1]  # type: ignore[arg-type]
        broken.name = "a_clock_no_rulebook_knows"
        session.add(broken)
        key = broken.id
    done = sweep.sweep(unit, small, at=REMIND)
    assert [one.rung for one in done.fired] == ["remind", "remind"]
    assert [deadline for deadline, _ in done.failed] == [key]


@pytest.mark.parametrize("times", [1, 3])
def test_sweeping_again_changes_nothing(unit: Unit, small: Office, times: int) -> None:
    clues(unit, small, 3)
    for _ in range(times):
        sweep.sweep(unit, small, at=PRESS)
    with unit() as session:
        assert len(session.exec(select(Firing)).all()) == 6
