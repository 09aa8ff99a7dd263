"""This site's own key: made at first use, kept in a file that only its owner can read, never in the database."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from cases import canonical, packets, sites

FILE = "site.pem"


class UnusableKey(Exception):
    """This site's key cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class SiteKeys:
    """The key pair in a folder, and what is signed with it."""

    folder: Path

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        path = self.folder / FILE
        try:
            return _read(path) if path.exists() else _make(path)
        except OSError as fault:
            raise UnusableKey(
                f"{path} cannot be read or written ({fault.strerror}): see to its rights."
            ) from fault

    @property
    def public(self) -> str:
        """The public key, hex."""
        return self._private.public_key().public_bytes_raw().hex()

    @property
    def site(self) -> str:
        """This site's name: it follows from the key."""
        return sites.site_id(self.public)

    def seal(self, kind: str, content: dict[str, Any]) -> bytes:
        """A signed file of this content: canonical JSON and a line end."""
        envelope = {"plumbline": kind, "version": packets.VERSION, "site": self.site, "content": content,
                    "sha256": canonical.digest(content)}  # fmt: skip
        signature = self._private.sign(packets.signed_bytes(envelope)).hex()
        return canonical.written(envelope | {"signature": signature}) + b"\n"


def _read(path: Path) -> Ed25519PrivateKey:
    if path.stat().st_mode & 0o077 and os.name == "posix":
        raise UnusableKey(
            f"{path} can be read by others: run chmod 600 on it, and have a new key trusted if in doubt."
        )
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise UnusableKey(f"{path} holds no private key: restore it from its backup.") from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise UnusableKey(f"{path} holds a key of another kind: an Ed25519 key is needed.")
    return key


def _make(path: Path) -> Ed25519PrivateKey:
    """A new key. Of two who make one at once, the second takes the first one's."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(draft, path)  # fails where there is one: a key is never overwritten
    except FileExistsError:
        return _read(path)
    finally:
        draft.unlink()
    return key
