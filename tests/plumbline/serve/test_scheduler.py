"""What the self-test makes of a Prefect that is well, and of one that silently does nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from plumbline.serve import self_test
from plumbline.serve.environment import PrefectHome
from plumbline.serve.scheduler import (
    PATIENCE,
    STARTS_WITHIN,
    STUCK_AFTER,
    Verdict,
    last_runs,
    scheduler_is_creating_runs,
)
from plumbline.settings import Settings

NOW = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
NAMES = ("deadlines", "delivery")


@dataclass
class Prefect:
    """A Prefect of a few lines: deployments, and runs as (deployment, state, expected start, end)."""

    paused: set[str] = field(default_factory=set)
    names: tuple[str, ...] = NAMES
    runs: list[tuple[str, str, datetime, datetime | None]] = field(default_factory=list)

    def answer(self, path: str, asked: dict[str, Any]) -> Any:
        if path == "/api/deployments/filter":
            return [{"id": name, "name": name, "paused": name in self.paused} for name in self.names]
        found = [run for run in self.runs if self._meant(run, asked["flow_runs"])]
        if path == "/api/flow_runs/count":
            return len(found)
        found.sort(key=lambda run: run[2], reverse=True)
        return [{"id": str(at), "expected_start_time": at.isoformat(), "state_type": state,
                 "end_time": end and end.isoformat()} for _, state, at, end in found[: asked["limit"]]]  # fmt: skip

    @staticmethod
    def _meant(run: tuple[str, str, datetime, datetime | None], narrow: dict[str, Any]) -> bool:
        name, state, start, end = run
        times = {"expected_start_time": start, "end_time": end}
        for key, at in times.items():
            bounds = narrow.get(key, {})
            if "after_" in bounds and (at is None or at < datetime.fromisoformat(bounds["after_"])):
                return False
            if "before_" in bounds and (at is None or at > datetime.fromisoformat(bounds["before_"])):
                return False
        wanted = narrow.get("deployment_id", {}).get("any_", [name])
        return state in narrow["state"]["type"]["any_"] and name in wanted

    def well(self) -> Prefect:
        """Runs planned ahead for each, and one that ended a minute ago."""
        self.runs += [(name, "SCHEDULED", NOW + timedelta(minutes=1), None) for name in self.names]
        self.runs.append(("delivery", "COMPLETED", NOW - timedelta(minutes=1), NOW - timedelta(minutes=1)))
        return self


@pytest.fixture
def prefect() -> Prefect:
    return Prefect()


@pytest.fixture
def at(prefect: Prefect, tmp_path: Path) -> Iterator[PrefectHome]:
    """Where it answers."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            said = json.dumps(prefect.answer(self.path, json.loads(body))).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield PrefectHome(tmp_path, server.server_port, SecretStr("a:b"))
    server.shutdown()
    thread.join()
    server.server_close()


def asked(at: PrefectHome, *, up_for: timedelta = timedelta(hours=1)) -> Verdict:
    return scheduler_is_creating_runs(at, at=NOW, since=NOW - up_for)


def test_one_that_is_well(prefect: Prefect, at: PrefectHome) -> None:
    prefect.well()
    verdict = asked(at)
    assert verdict.ok
    assert verdict.says.en == "Prefect's scheduler works; 2 runs are planned ahead."


def test_a_scheduler_that_silently_creates_no_runs(prefect: Prefect, at: PrefectHome) -> None:
    """As a plain install's did: it answered that it was well, and no run was ever made."""
    verdict = asked(at)
    assert not verdict.ok
    assert verdict.says.en == "The scheduler creates no runs for: deadlines, delivery."
    assert verdict.do is not None


def test_one_deployment_without_runs_is_named(prefect: Prefect, at: PrefectHome) -> None:
    prefect.well()
    prefect.runs = [run for run in prefect.runs if run[:2] != ("deadlines", "SCHEDULED")]
    assert asked(at).says.en == "The scheduler creates no runs for: deadlines."


def test_a_paused_deployment_is_named(prefect: Prefect, at: PrefectHome) -> None:
    prefect.well().paused.add("delivery")
    assert asked(at).says.zh == "调度器没有为以下部署排出运行：delivery。"


def test_nothing_deployed(prefect: Prefect, at: PrefectHome) -> None:
    prefect.names = ()
    assert asked(at).says.en == "Nothing is deployed in Prefect."


def test_no_worker_takes_what_is_due(prefect: Prefect, at: PrefectHome) -> None:
    prefect.well().runs.append(("deadlines", "SCHEDULED", NOW - PATIENCE + MOMENT, None))
    assert asked(at).ok
    prefect.runs.append(("deadlines", "SCHEDULED", NOW - PATIENCE, None))
    assert asked(at).says.en == "1 runs are due and no worker takes them."


def test_runs_start_and_none_ends_well(prefect: Prefect, at: PrefectHome) -> None:
    prefect.well().runs.pop()
    prefect.runs.append(("delivery", "COMPLETED", NOW - PATIENCE - MOMENT, NOW - PATIENCE - MOMENT))
    assert asked(at).says.en == "No run has ended well in the last five minutes."


def test_one_that_has_just_started_may_have_run_nothing(prefect: Prefect, at: PrefectHome) -> None:
    prefect.well().runs.pop()
    assert asked(at, up_for=PATIENCE).ok
    assert not asked(at, up_for=PATIENCE + MOMENT).ok


def test_while_it_starts_what_is_missing_is_not_missed(prefect: Prefect, at: PrefectHome) -> None:
    starting = asked(at, up_for=STARTS_WITHIN - MOMENT)
    assert starting.ok
    assert starting.says.en.startswith("Prefect is still starting")
    assert not asked(at, up_for=STARTS_WITHIN).ok


def test_runs_that_are_stuck(prefect: Prefect, at: PrefectHome) -> None:
    prefect.well().runs.append(("deadlines", "PENDING", NOW - STUCK_AFTER, None))
    assert asked(at).ok
    prefect.runs.append(("deadlines", "RUNNING", NOW - STUCK_AFTER - MOMENT, None))
    assert asked(at).says.en == "1 runs have been stuck for over half an hour."


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    verdict = asked(PrefectHome(tmp_path, 1, SecretStr("a:b")))
    assert not verdict.ok
    assert verdict.says.en == "Prefect's server does not answer."


def test_nothing_runs_here(tmp_path: Path) -> None:
    verdict = self_test(Settings(home=tmp_path))
    assert verdict.ok
    assert verdict.says.en.startswith("Prefect is not running here")


def test_the_last_run_of_each_deployment_is_told_and_whether_it_went_well(
    prefect: Prefect, at: PrefectHome
) -> None:
    prefect.well()
    prefect.runs.append(("deadlines", "RUNNING", NOW - STUCK_AFTER - MOMENT, None))
    found = last_runs(at, at=NOW)
    assert [(one.deployment, one.state, one.well) for one in found] == [
        ("deadlines", "RUNNING", False),
        ("delivery", "COMPLETED", True),
    ]
    assert last_runs(at, at=NOW - MOMENT)[0].well, "half an hour is not yet stuck"
    prefect.runs.append(("delivery", "CRASHED", NOW, NOW))
    assert not last_runs(at, at=NOW)[1].well


def test_of_a_prefect_that_does_not_answer_no_run_is_told(tmp_path: Path) -> None:
    assert last_runs(PrefectHome(tmp_path, 9, SecretStr("a:b")), at=NOW) == ()
