"""`plumbline serve`: the status page, and with it Prefect's server, deployments and worker, until told to stop."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

from plumbline import clock
from plumbline.accounts import Accounts
from plumbline.serve import faults, lock, page, parts
from plumbline.serve.environment import prefect_home
from plumbline.serve.faults import Stopped
from plumbline.serve.lock import Running
from plumbline.serve.stack import LOOK_EVERY, Stack
from plumbline.serve.words import said
from plumbline.settings import Settings
from plumbline.work import Work

Say = Callable[[str], None]


def serve(
    settings: Settings,
    *,
    host: str = "127.0.0.1",
    port: int = 8400,
    with_prefect: bool = True,
    say: Say,
    ready: Callable[[], None] | None = None,
    yaml: Path | None = None,
) -> int:
    """Serve until SIGTERM or SIGINT; 0 once everything has stopped, the worker before the server.

    `say` is told, in one sentence each, what runs and where; `ready` is called once all of it does. `yaml` is another
    prefect.yaml. Without Prefect only the page is served: `plumbline tick` from cron does the work then. To be called
    from the main thread. Raises CannotServe, with nothing left running.
    """
    work = Work.open(settings)
    stop = Event()
    home = prefect_home(settings) if with_prefect else None
    address = f"http://{host}:{port}/"
    running = Running(os.getpid(), address, clock.now(), home)
    try:
        with ExitStack() as parted:
            parted.enter_context(lock.held(settings, running))
            parted.enter_context(_stopping(stop))
            listener = parted.enter_context(_listening(settings, host, port))
            pages = page.Further(settings, listener, say)
            pages.forget()
            parted.enter_context(page.in_thread(work, listener, running))
            parted.callback(pages.stop)
            pages.start()
            say(said(settings, f"工作台：{address}，状态页：{address}status",
                     f"The workbench is at {address} and the status page at {address}status"))  # fmt: skip
            _welcome_first(work, address, say)
            if home is None:
                _without_prefect(settings, stop, say=say, ready=ready, look=pages.look)
            else:
                Stack(settings, home, yaml or parts.prefect_yaml(), say, stop, look=pages.look).run(
                    ready=ready
                )
    except Stopped:
        pass
    finally:
        work.engine.dispose()
    say(said(settings, "已全部停止。", "Everything has stopped."))
    return 0


def _welcome_first(work: Work, page: str, say: Say) -> None:
    """While there is no administrator, say how the first one comes in: no account has a password by default."""
    if (link := Accounts(work).first_address(at=clock.now(), served_at=page)) is not None:
        say(said(work.settings, f"首位系统管理员请在 24 小时内打开此一次性链接：{link}",
                 f"The first administrator opens this one-time link within 24 hours: {link}"))  # fmt: skip


def _without_prefect(
    settings: Settings, stop: Event, *, say: Say, ready: Callable[[], None] | None, look: Callable[[float], None]
) -> None:  # fmt: skip
    say(said(settings, "未启用 Prefect：请定时运行 plumbline tick。",
              "Prefect is left out: run `plumbline tick` from cron, every minute or so."))  # fmt: skip
    if ready is not None:
        ready()
    while not stop.wait(LOOK_EVERY):
        look(time.monotonic())


@contextmanager
def _stopping(stop: Event) -> Iterator[None]:
    """SIGTERM and SIGINT set `stop`; a second one changes nothing, since stopping is bounded anyway."""
    signals = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _listening(settings: Settings, host: str, port: int) -> Iterator[page.Shared]:
    """The page's socket, taken before anything is started. Raises CannotServe where it is not to be had."""
    if not 0 < port < 65536:  # asked for an address, some systems wrap it around
        raise faults.port_taken(settings, host, port, "no such port")
    try:
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(address[:2], family=family, backlog=128)
    except OSError as fault:
        why = os.strerror(fault.errno) if fault.errno and fault.errno > 0 else str(fault.strerror)
        raise faults.port_taken(settings, host, port, why) from fault
    with page.Shared(fileno=listener.detach()) as shared:
        yield shared
