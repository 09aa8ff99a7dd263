"""The status: who ran when, and who should have. The instant before three missed runs, at it, and after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cases import duty_runs
from plumbline import duties
from plumbline.settings import Settings
from plumbline.work import Work
from tests.plumbline.shell import NOON, Shell
from web import metrics
from web.status import DUTIES, status

MOMENT = timedelta(microseconds=1)


@pytest.fixture
def work(home: Path) -> Iterator[Work]:
    opened = Work.open(Settings())
    yield opened
    opened.engine.dispose()


def ran(work: Work, duty: str, *, minutes: int = 0, **counts: int) -> None:
    at = NOON + timedelta(minutes=minutes)
    with work.unit() as session:
        duty_runs.record(session, duty=duty, at=at, started_at=at, ended_at=at, outcome="done", counts=counts)


def test_a_fresh_office_waits_for_its_first_runs(work: Work) -> None:
    found = status(work, at=NOON)
    assert [shown.ran_at for shown in found.duties] == [None] * len(DUTIES)
    assert not found.silent
    assert (found.running, found.late, found.paused, found.due, found.waiting) == (0, 0, 0, 0, 0)
    assert found.notices == {"pending": 0, "sending": 0, "sent": 0, "dead": 0, "dropped": 0}
    assert found.migrated
    assert found.rehearsal
    assert found.database == "sqlite"


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.name)
def test_a_duty_is_silent_after_three_missed_runs(duty: object, work: Work) -> None:
    name, every = duty.name, duty.every  # type: ignore[attr-defined]
    ran(work, name)
    last = NOON + 3 * every
    assert not status(work, at=last - MOMENT).silent
    assert not status(work, at=last).silent
    assert status(work, at=last + MOMENT).silent
    assert [shown.duty.name for shown in status(work, at=last + MOMENT).duties if shown.silent] == [name]


def test_a_tick_that_never_came_is_silence_once_a_clock_is_due(shell: Shell, work: Work) -> None:
    shell.register()
    assert not status(work, at=NOON).never_ticked
    later = status(work, at=NOON + timedelta(days=365))
    assert later.never_ticked
    assert later.silent
    ran(work, "sweep_deadlines", minutes=365 * 24 * 60)
    assert not status(work, at=NOON + timedelta(days=365)).never_ticked


def test_the_last_run_is_shown_with_its_counts(work: Work) -> None:
    ran(work, "sweep_deadlines", fired=7)
    ran(work, "sweep_deadlines", minutes=5, fired=2)
    shown = status(work, at=NOON + timedelta(minutes=6)).duties[0]
    assert (shown.ran_at, shown.counts) == (NOON + timedelta(minutes=5), {"fired": 2})


def test_a_clock_that_runs_out_is_late_until_it_is_met(shell: Shell, work: Work) -> None:
    shell.register()
    before = status(work, at=NOON)
    assert before.running > 0
    assert (before.late, before.due) == (0, 0)
    after = status(work, at=NOON + timedelta(days=365))
    assert after.late > 0
    assert after.due > 0
    duties.tick(work, at=NOON + timedelta(days=365))
    assert status(work, at=NOON + timedelta(days=365)).due == 0


def test_every_duty_that_is_shown_exists() -> None:
    assert all(callable(getattr(duties, duty.name)) for duty in DUTIES)


def test_metrics_count_and_name_nothing_else(shell: Shell, work: Work) -> None:
    number = shell.register()
    ran(work, "deliver_notices", delivered=1)
    text = metrics.exposition(status(work, at=NOON + timedelta(minutes=4)), prefect=False)
    lines = text.splitlines()
    assert "plumbline_database_up 1" in lines
    assert "plumbline_prefect_up 0" in lines
    assert 'plumbline_duty_silent{duty="deliver_notices"} 1' in lines
    assert (
        f'plumbline_duty_last_run_timestamp_seconds{{duty="deliver_notices"}} {NOON.timestamp():.0f}' in lines
    )
    assert "plumbline_rehearsal 1" in lines
    assert number not in text
    assert all(line.startswith(("# HELP plumbline_", "# TYPE plumbline_", "plumbline_")) for line in lines)


def test_metrics_without_a_database_say_so() -> None:
    assert metrics.exposition(None, prefect=None).splitlines()[-1] == "plumbline_database_up 0"
