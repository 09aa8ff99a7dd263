"""Keys in files that only their owner can read: made at first use, never overwritten, never in the database."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

DRAWN = 32  # bytes of a key that was drawn at random


class UnusableKey(Exception):
    """This site's key cannot be used; the message says why and what to do."""


def kept(path: Path, make: Callable[[], bytes]) -> bytes:
    """What the key file holds; a new one from `make` if there is none. Raises UnusableKey."""
    try:
        return _read(path) if path.exists() else _made(path, make())
    except OSError as fault:
        raise UnusableKey(
            f"{path} cannot be read or written ({fault.strerror}): see to its rights."
        ) from fault


def drawn(path: Path) -> bytes:
    """The random key in a file, drawn at first use. Raises UnusableKey."""
    text = kept(path, lambda: base64.b64encode(secrets.token_bytes(DRAWN)) + b"\n")
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError as fault:
        raise UnusableKey(f"{path} holds no key: restore it from its backup.") from fault
    if len(key) != DRAWN:
        raise UnusableKey(f"{path} holds no key of {DRAWN} bytes: restore it from its backup.")
    return key


def _read(path: Path) -> bytes:
    if path.stat().st_mode & 0o077 and os.name == "posix":
        raise UnusableKey(
            f"{path} can be read by others: run chmod 600 on it, and have a new key trusted if in doubt."
        )
    return path.read_bytes()


def _made(path: Path, content: bytes) -> bytes:
    """A new key. Of two who make one at once, the second takes the first one's."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(draft, path)  # fails where there is one: a key is never overwritten
    except FileExistsError:
        return _read(path)
    finally:
        draft.unlink()
    return content
