"""The way between two sites in tests: the real application on a port, and a network in front of it that misbehaves."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import httpx
import uvicorn

from tests.plumbline.sites import Site
from web import app

FAULTS = (
    "lost", "answer_lost", "twice", "late", "changed", "answer_changed", "old", "old_answer", "error", "html",
    "redirect", "cut", "not_ours",
)  # fmt: skip
"""What a network does to one file or its answer."""


@contextmanager
def serving(site: Site) -> Iterator[str]:
    """The site's web application on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app.create(site.work), log_level="error", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@dataclass
class Network:
    """Carries files to `to`. What stands in `faults` happens to the next ones, in order; then it behaves."""

    to: str = ""
    url: str = ""
    faults: list[str] = field(default_factory=list)
    files: list[bytes] = field(default_factory=list)  # those that were handed to it
    answers: list[bytes] = field(default_factory=list)
    kept_back: list[bytes] = field(default_factory=list)
    followed: int = 0  # requests to where a redirect leads

    def forward(self, path: str, data: bytes) -> tuple[int, str, bytes]:
        """The other site's answer."""
        said = httpx.post(self.to + path, content=data, timeout=30, trust_env=False)
        return said.status_code, said.headers["content-type"], said.content

    def carry(self, path: str, data: bytes) -> tuple[int, str, bytes] | None:
        """The answer as it comes out of the network; None where the line breaks."""
        fault = self.faults.pop(0) if self.faults else "fine"
        self.files.append(data)
        if fault in ("lost", "late"):
            self.kept_back += [data] if fault == "late" else []
            return None
        if fault in _SAID:
            return _SAID[fault]
        if fault == "changed":
            data = data.replace(b'"edition":', b'"edition":1', 1)
        if fault == "old":
            data = self.files[0]
        if fault == "twice":
            self.forward(path, data)
        status, kind, answer = self.forward(path, data)
        for late in self.kept_back:
            self.forward(path, late)
        self.kept_back.clear()
        return self._back(fault, status, kind, answer)

    def _back(self, fault: str, status: int, kind: str, answer: bytes) -> tuple[int, str, bytes] | None:
        """What becomes of the answer on its way back."""
        if status == 200:
            self.answers.append(answer)
        if fault == "answer_lost":
            return None
        if fault == "answer_changed":
            answer = answer[:200] + bytes([answer[200] ^ 1]) + answer[201:]
        if fault == "old_answer" and self.answers:
            answer = self.answers[0]
        if fault == "cut":
            answer = answer[: len(answer) // 2]
        return status, kind, answer


_SAID = {
    "error": (500, "text/plain", b"Internal Server Error"),
    "html": (200, "text/html", b"<html>Please log in</html>"),
    "redirect": (302, "text/plain", b""),
    "not_ours": (404, "application/json", b'{"detail":"Not Found"}'),
}


@contextmanager
def network(*, shows: ssl.SSLContext | None = None) -> Iterator[Network]:
    """A network, real to the last byte: a server on the loopback. Where it leads is told afterwards. With a certificate
    that it `shows`, it is reached by HTTPS."""
    way = Network()

    class Handler(BaseHTTPRequestHandler):
        timeout: ClassVar[int] = 30

        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/elsewhere":
                way.followed += 1
            if way.faults[:1] == ["drip"]:
                way.faults.pop(0)
                self._drip()
                return
            said = way.carry(self.path, data)
            if said is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, kind, answer = said
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            if status == 302:
                self.send_header("Location", f"{way.url}/elsewhere")
            self.end_headers()
            self.wfile.write(answer)

        def _drip(self) -> None:
            """Headers at once, then a byte now and then until the other side hangs up."""
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            with suppress(OSError):
                while True:
                    self.wfile.write(b"{")
                    time.sleep(0.02)

        def log_message(self, *_words: object) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    way.url = f"{'https' if shows else 'http'}://127.0.0.1:{server.server_port}"
    if shows is not None:
        server.socket = shows.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield way
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
