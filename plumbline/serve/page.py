"""The pages: in a thread of `plumbline serve`, and where the office wants more, in further processes on the same socket.

Each process accepts when it is free, so that a long answer of one holds nobody up at another. What limits how often
somebody may come is counted in one file for all of them (`web.pacing`).
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from plumbline import clock
from plumbline.serve import lock, processes, scheduler
from plumbline.serve.environment import settings_as_variables
from plumbline.serve.lock import Running
from plumbline.serve.pauses import Pause
from plumbline.serve.processes import Child
from plumbline.serve.words import said
from plumbline.settings import Settings
from plumbline.work import Work
from states.rulebook import Label
from web import app, pacing, turns

AT_ONCE = 3  # pages a process works out beside each other, where the database is a process of its own


class Shared(socket.socket):
    """A socket that listens already, and on which several processes accept: one that serves it must not change how."""

    def listen(self, _backlog: int = 0, /) -> None:
        """Nothing: `plumbline serve` said how many may wait."""


@contextmanager
def in_thread(work: Work, listener: Shared, running: Running) -> Iterator[None]:
    """The pages, in a thread of its own: they stay while Prefect's parts are restarted."""
    server = _server(work, running)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="page")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)


class Further:
    """The further processes, as many as the settings want beside the thread; started again when one ends."""

    def __init__(self, settings: Settings, listener: socket.socket, say: Callable[[str], None]) -> None:
        self._settings, self._listener, self._say = settings, listener, say
        self._children: list[Child] = []
        self._pause, self._next_at = Pause(), 0.0

    def forget(self) -> None:
        """Begin to count anew. Before any process serves."""
        pacing.forget(self._settings)

    def start(self) -> None:
        """Start those that are missing. To be called from the main thread."""
        for number in range(len(self._children), self._settings.web_processes - 1):
            self._children.append(self._started(number))

    def look(self, now: float) -> None:
        """Start again what has ended, at growing intervals; `now` in seconds. To be called every now and then."""
        fallen = [place for place, child in enumerate(self._children) if child.status is not None]
        if not fallen or now < self._next_at:
            return
        seconds = self._pause.next()
        self._next_at = now + seconds
        self._say(
            said(
                self._settings,
                "一个网页进程已停止，正在重启。",
                "A process of the pages has ended; it is started again.",
            )
        )
        for place in fallen:
            self._children[place].stop(within=0)
            self._children[place] = self._started(place)

    def stop(self) -> None:
        """End them all; what they are answering they may answer."""
        for child in self._children:
            child.ask_to_end()
        for child in self._children:
            child.stop(within=5)
        self._children = []

    def _started(self, number: int) -> Child:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
        file = self._listener.fileno()
        return processes.start(
            f"page-{number + 2}", ["-m", "plumbline.serve.page", str(file)], keeps=[file],
            environment=kept | settings_as_variables(self._settings), folder=self._settings.home, dies_by=signal.SIGTERM,
        )  # fmt: skip


def _settle() -> None:
    """Have the collector leave alone what stays: looking through the rules and the pages took 100 ms, in the midst of
    some page, and what a page makes for itself goes without it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _server(work: Work, running: Running) -> uvicorn.Server:
    pages = app.create(work, scheduler=lambda: _health(running), runs=lambda: _runs(running))
    _settle()
    config = uvicorn.Config(
        turns.Turns(pages, at_once=1 if work.engine.dialect.name == "sqlite" else AT_ONCE),
        log_level="warning", access_log=False,
        server_header=False, timeout_graceful_shutdown=3,
        backlog=1,  # taken at a time, so that a process takes no more than it can answer while another is free
    )  # fmt: skip
    return uvicorn.Server(config)


def _runs(running: Running) -> tuple[scheduler.LastRun, ...]:
    """Prefect's last runs, for the operator's eyes."""
    return () if running.prefect is None else scheduler.last_runs(running.prefect, at=clock.now())


def _health(running: Running) -> tuple[bool, Label]:
    """What the page shows of Prefect: what is wrong, and what to do about it."""
    if running.prefect is None:
        return True, scheduler.WITHOUT_PREFECT
    verdict = scheduler.scheduler_is_creating_runs(running.prefect, at=clock.now(), since=running.started_at)
    if verdict.do is None:
        return verdict.ok, verdict.says
    both = Label(zh=verdict.says.zh + verdict.do.zh, en=f"{verdict.says.en} {verdict.do.en}")
    return verdict.ok, both


def main(descriptor: int) -> None:
    """Serve on a socket that `plumbline serve` opened, until it says to stop."""
    settings = Settings()
    running = lock.holder(settings)
    if running is None:
        sys.exit("There is no `plumbline serve` here whose pages these would be.")
    with Shared(fileno=descriptor) as listener:
        _server(Work.open(settings), running).run(sockets=[listener])


if __name__ == "__main__":
    main(int(sys.argv[1]))
