"""Flows called within a session are real runs of a real server, and leave counts there and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from plumbline.serve import session
from tests.plumbline.shell import Shell

CANARY = "金丝雀标题"
NAMES = ("registrar", "officer2")
PROGRAM = """
import asyncio, json, os
from datetime import UTC, datetime
from flows.deadlines import sweep_deadlines
from flows.delivery import deliver_notices
from flows.digests import send_digests
from flows.programme import open_inspections
from flows.reconciliation import reconcile_ledger
from plumbline.serve.session import prefect_session
from plumbline.settings import Settings

AT = datetime(2026, 10, 31, 4, tzinfo=UTC)

async def play():
    flows = (open_inspections, sweep_deadlines, send_digests, deliver_notices, reconcile_ledger)
    return [await flow(at=AT) for flow in flows]

before = dict(os.environ)
with prefect_session(Settings()) as session:
    counts = asyncio.run(play())
    with session.api() as api:
        runs, artifacts = api.runs(states=("COMPLETED",)), api.artifacts()
assert dict(os.environ) == before
try:
    os.kill(session.process, 0)
    raise SystemExit("the server still runs")
except ProcessLookupError:
    pass
print(json.dumps({"counts": counts, "runs": runs, "artifacts": artifacts, "folder": str(session.home.folder)}))
"""
"""In a process of its own, as the demo is: Prefect leaves sockets to the end of the process, which warns."""


@pytest.mark.prefect
def test_a_day_at_the_office_through_real_runs(home: Path, shell: Shell) -> None:
    number = shell.register(title=CANARY)
    where = {**os.environ, "PYTHONPATH": str(Path(session.__file__).parents[2])}
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, env=where, timeout=240, check=False
    )
    assert told.returncode == 0, told.stderr.decode()
    assert told.stderr == b"", "a demo's account is not drowned in Prefect's lines"
    played = json.loads(told.stdout)

    assert played["counts"][1]["fired"] > 0
    assert sorted(run["name"] for run in played["runs"]) == [
        "deadlines 2026-10-31 12:00",
        "delivery 2026-10-31 12:00",
        "digests 2026-10-31 12:00",
        "programme 2026-10-31 12:00",
        "reconciliation 2026-10-31 12:00",
    ]
    assert {tuple(run["parameters"]) for run in played["runs"]} == {("at",)}
    assert {artifact["key"] for artifact in played["artifacts"]} == {
        "deadlines", "delivery", "digests", "programme", "reconciliation",
    }  # fmt: skip

    folder = Path(played["folder"])
    assert folder.is_relative_to(home)
    kept = b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())
    assert b"Deadline sweep" in kept
    for secret in (number, CANARY, *NAMES):
        assert secret.encode() not in kept, f"Prefect got to know {secret}"
