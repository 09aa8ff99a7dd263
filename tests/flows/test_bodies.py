"""What the flows do, without Prefect: they open the database, let the duty act, and answer with counts."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time

from cases import duty_runs
from flows.accounts import DEADLINES, DELIVERY, DIGESTS, PROGRAMME, RECONCILIATION, ZERO_REPORTS, Account
from flows.deadlines import sweep_deadlines
from flows.delivery import deliver_notices
from flows.digests import send_digests
from flows.programme import open_inspections
from flows.reconciliation import reconcile_ledger
from flows.running import DutyFailed, NoZone, OnlyInRehearsals
from flows.zero_reports import open_zero_reports
from plumbline import duties
from plumbline.settings import Settings
from plumbline.work import Work
from tests.plumbline.shell import NOON, Shell

FLOWS = [
    (sweep_deadlines, DEADLINES),
    (deliver_notices, DELIVERY),
    (open_inspections, PROGRAMME),
    (open_zero_reports, ZERO_REPORTS),
    (send_digests, DIGESTS),
    (reconcile_ledger, RECONCILIATION),
]
MUCH_LATER = NOON + timedelta(days=60)


def run(flow: Any, at: datetime | None = None) -> dict[str, int]:
    answer: dict[str, int] = asyncio.run(flow.fn(at=at))
    return answer


def acted_at(duty: str) -> datetime:
    work = Work.open(Settings())
    with work.reading() as session:
        at = duty_runs.last_runs(session)[duty]
    work.engine.dispose()
    return at


@pytest.mark.parametrize("flow, account", FLOWS, ids=[account.key for _, account in FLOWS])
def test_each_flow_answers_with_its_counts(flow: Any, account: Account, home: Path) -> None:
    answer = run(flow, NOON)
    assert list(answer) == [line.count for line in account.lines]
    assert all(type(count) is int for count in answer.values())


def test_a_clue_left_alone_is_found_by_the_sweep_once(shell: Shell) -> None:
    shell.register()
    assert run(sweep_deadlines, NOON)["fired"] == 0
    found = run(sweep_deadlines, MUCH_LATER)
    assert found["fired"] > 0
    assert found["failed"] == 0
    assert run(sweep_deadlines, MUCH_LATER)["fired"] == 0, "the same sweep again finds nothing to do"


def test_after_days_of_silence_one_run_does_what_many_would_have_done(shell: Shell) -> None:
    shell.register()
    missed = sum(run(sweep_deadlines, NOON + timedelta(days=day))["fired"] for day in range(60))
    shell.register()
    assert run(sweep_deadlines, NOON + timedelta(days=60))["fired"] == missed


def test_the_plain_tick_does_the_same_work(shell: Shell) -> None:
    shell.register()
    by_tick = len(shell.do("operator", "tick", at=MUCH_LATER)["fired"])
    shell.register()
    assert run(sweep_deadlines, MUCH_LATER)["fired"] == by_tick > 0


def test_notices_of_a_sweep_are_delivered_by_the_next_flow(shell: Shell) -> None:
    shell.register()
    run(sweep_deadlines, MUCH_LATER)
    assert run(deliver_notices, MUCH_LATER)["delivered"] > 0
    assert run(deliver_notices, MUCH_LATER) == {"delivered": 0, "failed": 0, "dead": 0}


def test_without_an_instant_a_run_acts_now(home: Path) -> None:
    """Not when it was scheduled: a late run must see what came due meanwhile, and an early one must not."""
    with freeze_time(NOON, tick=True):
        run(sweep_deadlines)
    assert NOON <= acted_at("sweep_deadlines") < NOON + timedelta(minutes=1)


def test_a_real_database_acts_at_the_present_only(real_home: Path) -> None:
    with pytest.raises(OnlyInRehearsals):
        run(sweep_deadlines, NOON)
    assert run(sweep_deadlines) == {"fired": 0, "planned": 0, "failed": 0, "raised": 0, "told": 0, "filed": 0}


def test_an_instant_needs_its_offset(home: Path) -> None:
    with pytest.raises(NoZone, match=r"\+08:00"):
        run(sweep_deadlines, NOON.replace(tzinfo=None))


def test_a_fault_is_told_by_kind_and_place_not_by_what_it_quotes(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Prefect keeps and shows whatever a failing run raises, and a database error quotes the row."""

    def fail(_work: Work, *, at: datetime) -> duties.Swept:
        raise ValueError(f"could not move the clue about 张三 at {at}")

    monkeypatch.setattr(duties, "sweep_deadlines", fail)
    with pytest.raises(DutyFailed, match=r"^fail: ValueError at flows/test_bodies.py:\d+$") as caught:
        run(sweep_deadlines, NOON)
    assert caught.value.__context__ is None


def test_no_database_is_a_fault_of_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMBLINE_HOME", str(tmp_path / "nowhere"))
    with pytest.raises(DutyFailed):
        run(deliver_notices)
