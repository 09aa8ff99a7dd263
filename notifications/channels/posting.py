"""One POST over HTTP, with an end: no redirect is followed, no long answer is read, no server takes for ever."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection, IncompleteRead
from ipaddress import ip_address
from time import monotonic
from urllib.parse import SplitResult, urlsplit

from notifications.channels import Unreachable
from notifications.channels.lines import LOOPBACK, TooSlow, watched, words

LONGEST_ANSWER = 64 * 1024  # bytes; a robot answers with less than a hundred


class BadUrl(ValueError):
    """This is not an address that may be posted to."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: the HTTP status, the body as it is, and of which kind it says it is."""

    status: int
    body: bytes
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where to post. `name` is what people are told, because the URL of a robot is its password.

    `total_for` is the time one attempt may take altogether; `trust` holds the certificates the server may show, by
    default the system's. `longest` is how many bytes of an answer are read; one that is longer is none. `outside_only`:
    nothing is sent to an address of this machine or its network, whatever name led there.
    """

    name: str
    url: str = field(repr=False)
    total_for: timedelta = timedelta(seconds=15)
    trust: ssl.SSLContext | None = field(default=None, repr=False)
    longest: int = LONGEST_ANSWER
    outside_only: bool = False

    def post(self, content: bytes, *, headers: Mapping[str, str], query: str = "") -> Answered:
        """The server's answer, whatever it says. `query` is added to the URL's. Raises Unreachable."""
        end_at = monotonic() + self.total_for.total_seconds()
        where = urlsplit(self.url)
        try:
            with self._line(where, end_at) as line, watched(line, end_at):
                answered = self._ask(line, where, content, headers=headers, query=query)
                if monotonic() >= end_at:  # an answer without a length ends where we cut it
                    raise TooSlow("its time was over")
                return answered
        except (TooSlow, TimeoutError) as fault:
            limit = f"{self.total_for.total_seconds():g} seconds"
            raise Unreachable(f"{self.name} did not answer within {limit}.", for_all=True) from fault
        except ssl.SSLError as fault:
            raise Unreachable(f"{self.name} cannot be trusted ({words(fault)}).", for_all=True) from fault
        except (HTTPException, OSError, ValueError) as fault:
            raise Unreachable(f"{self.name} broke off before it said yes ({words(fault)}).") from fault

    @contextmanager
    def _line(self, where: SplitResult, end_at: float) -> Iterator[socket.socket]:
        to = (where.hostname or "", where.port or (443 if where.scheme == "https" else 80))
        try:
            line = socket.create_connection(to, timeout=max(end_at - monotonic(), 0.001))
        except TimeoutError:
            raise
        except (OSError, UnicodeError) as fault:
            raise Unreachable(f"{self.name} cannot be reached ({words(fault)}).", for_all=True) from fault
        with closing(line):
            if self.outside_only and not ip_address(line.getpeername()[0]).is_global:
                raise Unreachable(f"{self.name} leads into this machine or its network.")
            yield line

    def _ask(
        self, line: socket.socket, where: SplitResult, content: bytes, *, headers: Mapping[str, str], query: str
    ) -> Answered:  # fmt: skip
        with closing(self._session(line, where)) as session:
            whole = "&".join(filter(None, (where.query, query)))
            target = f"{where.path or '/'}?{whole}" if whole else where.path or "/"
            session.request("POST", target, body=content, headers={"Connection": "close", **headers})
            response = session.getresponse()
            body = response.read(self.longest + 1)
        if len(body) > self.longest:
            raise Unreachable(
                f"{self.name} answers with more than {self.longest // 1024} KiB: is it the right one?"
            )
        if response.length:  # read() is content with less than was announced
            raise IncompleteRead(body, response.length)
        return Answered(response.status, body, response.headers.get_content_type())

    def _session(self, line: socket.socket, where: SplitResult) -> HTTPConnection:
        """A session on a line that is open already: this way its time is ours to measure from the first byte."""
        host = where.hostname or ""
        if where.scheme != "https":
            session = HTTPConnection(host, where.port)
            session.sock = line
            return session
        trust = self.trust or ssl.create_default_context()
        session = HTTPSConnection(host, where.port, context=trust)
        session.sock = trust.wrap_socket(line, server_hostname=host)
        return session


def checked_url(url: str, *, secret: bool) -> str:
    """The URL, if one may post to it. `secret`: who knows it can post too, so it never travels in clear text.

    Raises BadUrl.
    """
    try:
        where = urlsplit(url)
        port_fits = where.port != 0
    except ValueError:
        raise BadUrl("it is not the address of a web page: copy it once more") from None
    if where.scheme not in ("http", "https") or not where.hostname or not port_fits:
        raise BadUrl("it does not begin with https:// and a host: copy the whole address")
    if not url.isascii() or not url.isprintable() or " " in url:
        raise BadUrl("it holds blanks or signs that no web address has: copy it once more")
    if where.username is not None or where.fragment:
        raise BadUrl("it holds a user name or a # part, which are not sent: leave them out")
    if secret and where.scheme == "http" and where.hostname not in LOOPBACK:
        raise BadUrl("it would be sent in clear text, and who reads it can post too: use https://")
    return url
