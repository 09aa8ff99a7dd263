"""Keeping Prefect's parts alive: started in order, restarted with growing pauses, stopped worker first."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from plumbline.serve import faults, parts
from plumbline.serve.api import PrefectApi, PrefectSilent
from plumbline.serve.environment import PrefectHome, environment
from plumbline.serve.faults import CannotServe, Stopped
from plumbline.serve.pauses import Pause
from plumbline.serve.processes import Child
from plumbline.serve.words import said
from plumbline.settings import Settings

LOOK_EVERY = 0.5
ASK_EVERY = 15.0
SILENT_TIMES = 8
"""A server that did not answer eight times in a row, two minutes, hangs."""


@dataclass
class Stack:
    """Prefect's server and worker under one PLUMBLINE_HOME, and the wish to stop them.

    `look` is called with the seconds of `time.monotonic` every now and then, for what else must be kept alive.
    """

    settings: Settings
    home: PrefectHome
    yaml: Path
    say: Callable[[str], None]
    stop: Event
    server: Child | None = None
    worker: Child | None = None
    silent: int = 0
    asked: float = 0.0
    look: Callable[[float], None] = lambda _now: None

    def run(self, *, ready: Callable[[], None] | None = None) -> None:
        """Start everything, keep it alive until `stop` is set, stop everything.

        Raises CannotServe where it does not come up the first time; later, failures are said and tried again.
        """
        pause = Pause()
        try:
            self._start()
            if ready is not None:
                ready()
            while not self.stop.wait(LOOK_EVERY):
                self.look(time.monotonic())
                fallen = self._fallen()
                if fallen is not None:
                    self._again(fallen, pause)
        finally:
            self._stop_worker(within=20)
            self._stop_server()

    def _start(self) -> None:
        variables = environment(self.settings, self.home, os.environ)
        started = time.monotonic()
        self.silent = 0
        self.server = parts.start_server(self.home, variables)
        try:
            parts.await_server(self.settings, self.home, self.server, self.stop)
            self._say_where()
            count = parts.deploy(self.settings, self.home, variables, self.yaml, self.stop)
            self.worker = parts.start_worker(self.home, variables)
        except PrefectSilent as fault:
            raise faults.did_not_start(self.settings, "Prefect", str(self.server.log), str(fault)) from fault
        zh = f"已部署 {count} 项，工作进程已启动（{time.monotonic() - started:.0f} 秒）。"
        en = f"{count} deployments are scheduled and a worker runs ({time.monotonic() - started:.0f} s)."
        self.say(said(self.settings, zh, en))

    def _say_where(self) -> None:
        password = self.home.folder / "password"
        zh = f"Prefect 服务：{self.home.address}（登录口令见 {password}）"
        en = f"Prefect's server is at {self.home.address} (the password is in {password})"
        self.say(said(self.settings, zh, en))

    def _fallen(self) -> str | None:
        """Which part needs a restart: the server (and with it the worker), the worker, or none."""
        if self.server is None or self.server.status is not None or self._hangs():
            return "server"
        return "worker" if self.worker is None or self.worker.status is not None else None

    def _hangs(self) -> bool:
        if time.monotonic() - self.asked < ASK_EVERY:
            return False
        self.asked = time.monotonic()
        with PrefectApi(self.home) as api:
            self.silent = 0 if api.healthy() else self.silent + 1
        return self.silent >= SILENT_TIMES

    def _again(self, fallen: str, pause: Pause) -> None:
        seconds = pause.next()
        zh = f"Prefect 的 {fallen} 已停止，{seconds:.0f} 秒后重启。"
        self.say(
            said(self.settings, zh, f"Prefect's {fallen} has ended; it is started again in {seconds:.0f} s.")
        )
        self._stop_worker(within=2 if fallen == "server" else 20)
        if fallen == "server":
            self._stop_server()
        if self.stop.wait(seconds):
            return
        with suppress(Stopped):
            self._try(fallen)

    def _try(self, fallen: str) -> None:
        try:
            if fallen == "server":
                self._start()
            else:
                self.worker = parts.start_worker(self.home, environment(self.settings, self.home, os.environ))
        except (CannotServe, PrefectSilent, OSError) as fault:
            self.say(str(fault))
            self._stop_server()

    def _stop_worker(self, *, within: float) -> None:
        """The worker goes first: one whose server is gone ignores SIGTERM while it backs off."""
        if self.worker is not None:
            self.worker.stop(within=within)
            self.worker = None

    def _stop_server(self) -> None:
        if self.server is not None:
            self.server.stop(within=15)
            self.server = None
