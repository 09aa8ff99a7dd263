"""Flows called within a session are real runs of a real server, and leave counts there and nothing else."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.deadlines import sweep_deadlines
from flows.delivery import deliver_notices
from flows.digests import send_digests
from flows.programme import open_inspections
from flows.reconciliation import reconcile_ledger
from plumbline.serve.session import prefect_session
from plumbline.settings import Settings
from tests.plumbline.shell import Shell

NOON = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
FLOWS = (open_inspections, sweep_deadlines, send_digests, deliver_notices, reconcile_ledger)
CANARY = "金丝雀标题"
NAMES = ("registrar", "officer2")


async def two_months_later() -> list[dict[str, int]]:
    return [await flow(at=NOON + timedelta(days=60)) for flow in FLOWS]


@pytest.mark.prefect
def test_a_day_at_the_office_through_real_runs(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = Shell(home, capsys).register(title=CANARY)
    before = dict(os.environ)
    with prefect_session(Settings()) as session:
        counts = asyncio.run(two_months_later())
        with session.api() as api:
            runs = api.runs(states=("COMPLETED",))
            artifacts = api.artifacts()
    assert dict(os.environ) == before
    assert counts[1]["fired"] > 0

    assert sorted(run["name"] for run in runs) == [
        "deadlines 2026-10-31 12:00",
        "delivery 2026-10-31 12:00",
        "digests 2026-10-31 12:00",
        "programme 2026-10-31 12:00",
        "reconciliation 2026-10-31 12:00",
    ]
    assert {tuple(run["parameters"]) for run in runs} == {("at",)}
    assert {artifact["key"] for artifact in artifacts} == {
        "deadlines", "delivery", "digests", "programme", "reconciliation",
    }  # fmt: skip

    with pytest.raises(ProcessLookupError):
        os.kill(session.process, 0)
    kept = b"".join(file.read_bytes() for file in session.home.folder.rglob("*") if file.is_file())
    assert b"Deadline sweep" in kept
    for secret in (number, CANARY, *NAMES):
        assert secret.encode() not in kept, f"Prefect got to know {secret}"
