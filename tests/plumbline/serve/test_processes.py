"""Children end when they are told to, with all they started, and when we are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from plumbline.serve import processes
from plumbline.serve.processes import LOG_LIMIT, Child

SLEEP = ["-c", "import time; print('up', flush=True); time.sleep(600)"]
STUBBORN = [
    "-c",
    "import signal, time; signal.signal(15, lambda *_: 0); print('up', flush=True); time.sleep(600)",
]
PARENT = """
import os, subprocess, sys
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid, flush=True)
import time; time.sleep(600)
"""


def begin(folder: Path, arguments: list[str]) -> Child:
    return processes.start("part", arguments, environment=os.environ, folder=folder, dies_by=signal.SIGKILL)


def until(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether it runs; one that ended and waits to be collected does not."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_child_says_its_last_words_and_its_status(tmp_path: Path) -> None:
    child = begin(tmp_path, ["-c", "import sys; print('one'); print('two'); sys.exit(7)"])
    child.process.wait()
    child.stop(within=1)
    assert child.status == 7
    assert child.last_words(1) == "two"


def test_a_child_ends_when_it_is_told_to(tmp_path: Path) -> None:
    child = begin(tmp_path, SLEEP)
    until(lambda: "up" in child.last_words())
    assert child.status is None
    child.stop(within=20)
    assert child.status == -signal.SIGTERM


def test_one_that_does_not_listen_is_ended(tmp_path: Path) -> None:
    child = begin(tmp_path, STUBBORN)
    until(lambda: "up" in child.last_words())
    child.stop(within=0.1)
    assert child.status == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_a_child_started_ends_with_it(tmp_path: Path) -> None:
    child = begin(tmp_path, ["-c", PARENT])
    until(lambda: child.last_words().strip().isdigit())
    grandchild = int(child.last_words())
    assert alive(grandchild)
    child.stop(within=20)
    until(lambda: not alive(grandchild))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux promises it")
def test_a_child_does_not_outlive_us_even_when_we_are_killed(tmp_path: Path) -> None:
    ours = (
        "import os, signal, sys, time; from pathlib import Path; from plumbline.serve import processes;"
        "child = processes.start('part', ['-c', 'import time; time.sleep(600)'], environment=os.environ,"
        " folder=Path(sys.argv[1]), dies_by=signal.SIGTERM); print(child.process.pid, flush=True); time.sleep(600)"
    )
    where = {**os.environ, "PYTHONPATH": str(Path(processes.__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, "-c", ours, str(tmp_path)], stdout=subprocess.PIPE, env=where
    ) as killed:
        assert killed.stdout is not None
        child = int(killed.stdout.readline())
        assert alive(child)
        killed.kill()
    until(lambda: not alive(child))


def test_a_log_that_has_grown_long_is_put_aside_once(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "part.log"
    log.parent.mkdir()
    log.write_bytes(b"x" * (LOG_LIMIT + 1))
    child = begin(tmp_path, ["-c", "print('fresh')"])
    child.process.wait()
    child.stop(within=1)
    assert log.read_text() == "fresh\n"
    assert log.with_suffix(".log.1").stat().st_size == LOG_LIMIT + 1
