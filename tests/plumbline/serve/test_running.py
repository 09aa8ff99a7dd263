"""`plumbline serve` as an office runs it: everything starts, the scheduler works, everything stops."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from plumbline import clock
from plumbline.serve import Verdict, lock, parts, running, self_test
from plumbline.serve.api import PrefectApi
from plumbline.serve.environment import PrefectHome
from plumbline.serve.faults import CannotServe
from plumbline.serve.scheduler import scheduler_is_creating_runs
from plumbline.settings import Settings
from tests.conftest import SCRATCH
from web import guarding

PROGRAM = """
import sys
from pathlib import Path
from plumbline.serve.faults import CannotServe
from plumbline.serve.running import serve
from plumbline.settings import Settings

port, with_prefect, yaml = int(sys.argv[1]), sys.argv[2] == "True", Path(sys.argv[3])
tell = lambda text: print(text, flush=True)
try:
    sys.exit(serve(Settings(), port=port, with_prefect=with_prefect, yaml=yaml, say=tell, ready=lambda: tell("READY")))
except CannotServe as fault:
    tell(f"{fault.code}: {fault}")
    sys.exit(3)
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(happened: Callable[[], Any], what: str, *, within: float = 120.0) -> Any:
    """Ask until there is an answer; the deadline is for a machine that is busy with other things."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        answer = happened()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{what} did not happen within {within:.0f} s")


@dataclass
class Served:
    """A `plumbline serve` that a test started."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def said(self) -> str:
        return self.log.read_text()

    def ready(self) -> bool:
        assert self.process.poll() is None, self.said()
        return "READY" in self.said()

    def children(self) -> set[int]:
        return {
            int(pid)
            for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        }

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


def often(tmp_path: Path) -> Path:
    """prefect.yaml as it is, but with a delivery every few seconds instead of every minute."""
    declared = YAML(typ="safe").load(parts.prefect_yaml().read_text())
    for deployment in declared["deployments"]:
        if deployment["name"] == "delivery":
            deployment["schedules"] = [{"interval": 4, "timezone": "Asia/Shanghai", "slug": "often"}]
    path = tmp_path / "prefect.yaml"
    with path.open("w") as file:
        YAML().dump(declared, file)
    return path


@pytest.fixture
def serve(home: Path, tmp_path: Path) -> Iterator[Callable[..., Served]]:
    """Starts `plumbline serve` on the rehearsal; whatever still runs at the end is ended."""
    started: list[Served] = []

    def start(*, with_prefect: bool, **settings: str) -> Served:
        port, log = free_port(), tmp_path / f"serve-{len(started)}.log"
        command = [sys.executable, "-c", PROGRAM, str(port), str(with_prefect), str(often(tmp_path))]
        where = {**os.environ, "PYTHONPATH": str(Path(running.__file__).parents[2]), **settings}
        with log.open("wb") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, env=where)
        started.append(Served(process, port, log))
        return started[-1]

    yield start
    for served in started:
        orphans = served.children() if served.process.poll() is None else set()
        served.process.kill()
        served.process.wait()
        for pid in orphans:
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)


def alive(pid: int) -> bool:
    """Whether the process still runs; one that ended and was not collected yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.prefect
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_scheduler_really_creates_runs_and_a_worker_really_runs_them(
    serve: Callable[..., Served], home: Path
) -> None:
    served = serve(with_prefect=True)
    until(served.ready, "the stack")
    found = lock.holder(Settings())
    assert found is not None
    assert found.prefect is not None

    with PrefectApi(found.prefect) as api:
        deployments = api.deployments()
        assert {one["name"] for one in deployments} == {
            "deadlines", "delivery", "programme", "zero-reports", "digests", "reconciliation",
        }  # fmt: skip
        until(lambda: api.upcoming(clock.now()), "a run planned ahead")
        done = until(lambda: api.runs(states=("COMPLETED",)), "a run that ended well")
    assert all(run["auto_scheduled"] for run in done), "nobody but the scheduler made these"
    assert {tuple(run["parameters"]) for run in done} == {()}

    old = found.started_at - timedelta(days=1)  # nothing is forgiven because it has just started
    until(lambda: _verdict(found.prefect, since=old).ok, "the scheduler's clean bill of health")
    assert self_test(Settings()).says.en.startswith("Prefect's scheduler works")
    until(lambda: "runs" in _get(served, "/status?lang=en").text, "the page of the last tick")
    door = _get(served, "/?lang=en")
    assert (door.status_code, door.headers["location"].startswith("/sign-in")) == (303, True)
    assert _get(served, "/readyz").json()["ready"] is True
    assert "plumbline_prefect_up 1" in _get(served, "/metrics").text

    _prefect_is_private(found.prefect)
    _a_second_one_is_refused(found)
    _a_killed_worker_is_replaced(served, found.prefect)

    children = served.children()
    assert served.stop() == 0, served.said()
    assert not any(alive(pid) for pid in children)
    assert lock.holder(Settings()) is None


def _verdict(home: PrefectHome | None, *, since: datetime) -> Verdict:
    assert home is not None
    return scheduler_is_creating_runs(home, at=clock.now(), since=since)


def _get(served: Served, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{served.port}{path}", timeout=30, trust_env=False)


def _prefect_is_private(home: PrefectHome) -> None:
    """Nobody without the password, nobody but the owner reads the password, and its home is ours."""
    assert httpx.post(f"{home.api_url}/deployments/filter", json={}, trust_env=False).status_code == 401
    assert (home.folder / "password").stat().st_mode & 0o077 == 0
    assert not (Path(SCRATCH) / "prefect" / "prefect.db").exists()


def _a_second_one_is_refused(found: lock.Running) -> None:
    with pytest.raises(CannotServe, match=rf"process {found.process}, {found.page}") as refused:
        running.serve(Settings(), port=free_port(), say=print)
    assert refused.value.code == "already_serving"


def _a_killed_worker_is_replaced(served: Served, home: PrefectHome) -> None:
    """Killed while it may have claimed a run: the slot is set free, and runs go on."""
    workers = [pid for pid in served.children() if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert len(workers) == 1
    with PrefectApi(home) as api:
        before = {run["id"] for run in api.runs(states=("COMPLETED",))}
        os.killpg(workers[0], signal.SIGKILL)
        until(lambda: {run["id"] for run in api.runs(states=("COMPLETED",))} - before, "a run after the kill")
    assert "worker has ended" in served.said()


@pytest.mark.prefect
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_told_to_stop_while_it_is_still_starting(serve: Callable[..., Served], home: Path) -> None:
    served = serve(with_prefect=True)
    children = until(lambda: "status page" in served.said() and served.children(), "the first child")
    assert served.stop() == 0, served.said()
    assert not any(alive(pid) for pid in children)
    assert "READY" not in served.said()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_without_prefect_there_is_the_page_alone(serve: Callable[..., Served], home: Path) -> None:
    served = serve(with_prefect=False)
    until(served.ready, "the page")
    assert "plumbline tick" in served.said()
    assert served.children() == set()
    assert _get(served, "/healthz").text == "ok"
    assert "runs without Prefect" in _get(served, "/status?lang=en").text
    assert self_test(Settings()).says.en.startswith("`plumbline serve` runs without Prefect")
    assert served.stop() == 0
    assert not (home / "prefect").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_several_processes_answer_keep_one_limit_and_replace_each_other(
    serve: Callable[..., Served], home: Path
) -> None:
    served = serve(with_prefect=False, PLUMBLINE_WEB_PROCESSES="3")
    until(served.ready, "the page")
    answering = {
        served.process.pid,
        *until(lambda: len(served.children()) == 2 and served.children(), "both"),
    }
    for one in answering:
        _answers_alone(served, one, answering - {one})

    began = time.monotonic()
    statuses = [httpx.post(f"http://127.0.0.1:{served.port}/sign-in", timeout=30, trust_env=False).status_code
                for _ in range(3 * guarding.MOST)]  # fmt: skip
    flown_in = (time.monotonic() - began) * guarding.MOST / 60
    assert set(statuses) == {403, 429}, "a form of nobody's, until there were too many"
    assert guarding.MOST <= statuses.count(403) <= guarding.MOST + flown_in + 1

    killed = min(answering - {served.process.pid})
    os.killpg(killed, signal.SIGKILL)
    until(lambda: len(served.children()) == 2 and killed not in served.children(), "another in its place")
    assert "A process of the pages has ended" in served.said()
    assert _get(served, "/readyz").json()["ready"] is True
    children = served.children()
    assert served.stop() == 0, served.said()
    assert not any(alive(pid) for pid in children)


def _answers_alone(served: Served, one: int, others: set[int]) -> None:
    """One of the processes answers while the others are held; it may first have to come up."""
    for other in others:
        os.kill(other, signal.SIGSTOP)
    try:
        assert _get(served, "/healthz").text == "ok", one
    finally:
        for other in others:
            os.kill(other, signal.SIGCONT)


def test_a_port_that_is_taken_is_said_before_anything_starts(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(CannotServe, match=rf"127.0.0.1:{port} cannot be used") as refused:
            running.serve(Settings(), port=port, say=print)
    assert refused.value.code == "port_taken"
    assert "--port" in refused.value.cure
    assert lock.holder(Settings()) is None


@pytest.mark.parametrize(
    "host, port", [("no.such.host.invalid", 8400), ("127.0.0.1", 70000), ("192.0.2.1", 8400)]
)
def test_an_address_that_is_none_is_said(host: str, port: int, home: Path) -> None:
    with pytest.raises(CannotServe, match="cannot be used"):
        running.serve(Settings(), host=host, port=port, say=print)
