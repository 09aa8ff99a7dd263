"""Mail servers for tests: a real one that can be told to refuse, and ones that behave as no server should."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event, Thread
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

LOCAL = "127.0.0.1"


@dataclass
class Postbox:
    """What a server took, as raw bytes per message, and what it shall answer instead of taking it."""

    to_sender: str = "250 OK"
    to_recipient: str = "250 OK"
    to_message: str = "250 OK: queued as 7"
    hang_up: str | None = None  # "before" the message is kept, or "after", in both cases without an answer
    taken: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    port: int = 0

    async def handle_MAIL(  # noqa: N802 - aiosmtpd names it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.to_sender

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.to_recipient.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.hang_up == "before":
            self._abort(server)
        elif self.to_message.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.taken.append(envelope.content)
            self.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
            if self.hang_up == "after":
                self._abort(server)
        return self.to_message

    @staticmethod
    def _abort(server: SMTP) -> None:
        assert isinstance(server.transport, asyncio.Transport)
        server.transport.abort()

    @property
    def messages(self) -> list[EmailMessage]:
        """What it took, as mail programs read it."""
        return [read(raw) for raw in self.taken]


def read(raw: bytes) -> EmailMessage:
    """A message as mail programs read it."""
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def only(user: str, password: str) -> Callable[..., AuthResult]:
    """An authenticator that lets one account in."""

    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and data == LoginPassword(user.encode(), password.encode())
        return AuthResult(success=good, handled=False)

    return check


@contextmanager
def mail_server(postbox: Postbox, *, tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[Postbox]:
    """A real SMTP server on the loopback, with this postbox behind it. `tls` encrypts from the first byte."""
    listening = socket.create_server((LOCAL, 0))
    postbox.port = listening.getsockname()[1]
    loop = asyncio.new_event_loop()

    def serve() -> None:
        asyncio.set_event_loop(loop)
        loop.run_forever()

    async def start() -> asyncio.Server:
        return await loop.create_server(
            lambda: SMTP(postbox, hostname="mail.example.org", loop=loop, **options), sock=listening, ssl=tls
        )

    async def stop(server: asyncio.Server) -> None:
        server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = Thread(target=serve, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield postbox
    finally:
        asyncio.run_coroutine_threadsafe(stop(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@contextmanager
def odd_server(talk: Callable[[socket.socket, Event], None]) -> Iterator[int]:
    """A server that does what `talk` says with each line that is opened to it; its port. The event says: stop."""
    listening = socket.create_server((LOCAL, 0))
    over = Event()

    def serve() -> None:
        with suppress(OSError):
            while not over.is_set():
                line, _ = listening.accept()
                with line, suppress(OSError):
                    talk(line, over)

    thread = Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        over.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(10)


def says(text: bytes) -> Callable[[socket.socket, Event], None]:
    """Says this, whatever it hears, and hangs up."""
    return lambda line, _over: line.sendall(text)


def silent(_line: socket.socket, over: Event) -> None:
    """Takes the call and never says a word."""
    over.wait(30)


def drips(line: socket.socket, over: Event) -> None:
    """Greets one byte at a time and never comes to an end."""
    line.sendall(b"220-")
    while not over.wait(0.02):
        line.sendall(b"x")


def drips_after_the_message(line: socket.socket, over: Event) -> None:
    """Does everything right until the message is there, and then takes for ever to say so."""
    line.sendall(b"220 mail.example.org\r\n")
    said = b""
    while not said.upper().startswith(b"DATA"):
        said = line.recv(4096)
        if not said:
            return
        line.sendall(b"354 go on\r\n" if said.upper().startswith(b"DATA") else b"250 fine\r\n")
    line.recv(4096)
    drips(line, over)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server((LOCAL, 0)) as found:
        port: int = found.getsockname()[1]
        return port
