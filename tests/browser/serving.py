"""One port for all tests of a process; behind it stands the application of the test that runs."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

STARTS_WITHIN = 30  # seconds


@dataclass
class Port:
    """An address on the loopback, and what answers there."""

    url: str = ""
    app: ASGIApp | None = field(default=None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None, "no office is open"
        await self.app(scope, receive, send)


@contextmanager
def listening() -> Iterator[Port]:
    """A server as `plumbline serve` starts it, in a thread of its own."""
    port = Port()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = uvicorn.Config(port, log_level="error", lifespan="off", ws="none", server_header=False,
                                timeout_graceful_shutdown=3)  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="office")
        thread.start()
        latest = time.monotonic() + STARTS_WITHIN
        while not server.started and thread.is_alive() and time.monotonic() < latest:
            thread.join(0.01)
        assert server.started, "the office did not open"
        try:
            yield port
        finally:
            server.should_exit = True
            thread.join()
