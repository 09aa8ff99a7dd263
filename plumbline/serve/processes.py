"""Child processes: started in a group of their own, logged to a file, stopped with everything they started."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from plumbline.serve import tether

LOG_LIMIT = 5_000_000
"""Bytes after which a log is put aside at the next start; one old log is kept."""


class Child:
    """A process that we started, and the group of those that it started."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, log: Path) -> None:
        self.name = name
        self.process = process
        self.log = log

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.returncode is None

    async def ended(self) -> int:
        """Waits for its end; answers its exit status."""
        return await self.process.wait()

    async def stop(self, *, within: float) -> None:
        """Ask it to end, wait `within` seconds, then end it and whatever is left of its group."""
        if self.alive:
            with suppress(ProcessLookupError):
                self.process.terminate()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), within)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()

    def last_words(self, lines: int = 5) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


async def start(
    name: str, arguments: Sequence[str], *, environment: Mapping[str, str], folder: Path, dies_by: signal.Signals
) -> Child:
    """Start this Python with `arguments`; should we be killed, the child gets `dies_by`."""
    log = folder / "logs" / f"{name}.log"
    log.parent.mkdir(mode=0o700, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    command = [sys.executable, tether.__file__, str(os.getpid()), str(int(dies_by)), sys.executable, *arguments]
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            *command, env=dict(environment), cwd=folder, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out,
            start_new_session=True,
        )  # fmt: skip
    return Child(name, process, log)
