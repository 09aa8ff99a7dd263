"""Lines to servers: cut when their time is over, however busily the other side drips; and its words, made printable."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Timer
from time import monotonic

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class TooSlow(OSError):
    """The server did not come to an end in the time an attempt may take."""


@contextmanager
def watched(line: socket.socket, end_at: float) -> Iterator[None]:
    """Cut the line at `end_at`, whatever it is busy with: the time-outs of sockets begin anew with every byte.

    A copy of the socket is cut, because the original changes hands when the line is encrypted. Raises TooSlow.
    """
    copy = line.dup()
    over: list[bool] = []
    timer = Timer(max(end_at - monotonic(), 0), _cut, (copy, over))
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as fault:
        if over:
            raise TooSlow("its time was over") from fault
        raise
    finally:
        timer.cancel()
        timer.join()
        copy.close()


def _cut(line: socket.socket, over: list[bool]) -> None:
    over.append(True)
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def clean(said: bytes) -> str:
    """A server's words as one printable line of at most 200 characters."""
    words = re.sub(r"[\x00-\x1f\x7f\x80-\x9f\u2028-\u202e\u2066-\u2069]+", " ", said.decode(errors="replace"))
    return words.strip()[:200]


def words(fault: BaseException) -> str:
    """What went wrong on a line, in the system's or the library's words."""
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror
    return clean(str(fault).encode(errors="replace")) or type(fault).__name__
