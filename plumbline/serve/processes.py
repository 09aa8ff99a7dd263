"""Child processes: started in a group of their own, logged to a file, stopped with everything they started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from plumbline.serve import tether

LOG_LIMIT = 5_000_000
"""Bytes after which a log is put aside at the next start; one old log is kept."""


class Child:
    """A process that we started, and the group of those that it started."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self.process = process
        self.log = log

    @property
    def status(self) -> int | None:
        """Its exit status, or None while it runs."""
        return self.process.poll()

    def ask_to_end(self) -> None:
        """Ask it to end, and do not wait."""
        if self.status is None:
            with suppress(ProcessLookupError):
                self.process.terminate()

    def stop(self, *, within: float) -> None:
        """Ask it to end, wait `within` seconds, then end it and whatever is left of its group."""
        if self.status is None:
            self.ask_to_end()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(within)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_words(self, lines: int = 5) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def start(
    name: str,
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    dies_by: signal.Signals,
    keeps: Sequence[int] = (),
) -> Child:
    """Start this Python with `arguments` in `folder`; should we be killed, the child gets `dies_by`. Of what is open here
    it keeps the descriptors `keeps`.

    To be called from the main thread: the promise is bound to the thread that starts the child.
    """
    log = folder / "logs" / f"{name}.log"
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    command = [
        sys.executable,
        tether.__file__,
        str(os.getpid()),
        str(int(dies_by)),
        sys.executable,
        *arguments,
    ]
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, env=dict(environment), cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            start_new_session=True, pass_fds=tuple(keeps),
        )  # fmt: skip
    return Child(name, process, log)
