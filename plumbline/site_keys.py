"""This site's own key: made at first use, kept in a file that only its owner can read, never in the database."""

from __future__ import annotations

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
from plumbline import key_files
from plumbline.key_files import UnusableKey

__all__ = ["FILE", "SiteKeys", "UnusableKey"]

FILE = "site.pem"


@dataclass(frozen=True)
class SiteKeys:
    """The key pair in a folder, and what is signed with it."""

    folder: Path

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        path = self.folder / FILE
        return _read(path, key_files.kept(path, _new))

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
        envelope = {"plumbline": kind, "version": packets.version_of(kind, content), "site": self.site, "content": content,
                    "sha256": canonical.digest(content)}  # fmt: skip
        signature = self._private.sign(packets.signed_bytes(envelope)).hex()
        return canonical.written(envelope | {"signature": signature}) + b"\n"


def _read(path: Path, text: bytes) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(text, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise UnusableKey(f"{path} holds no private key: restore it from its backup.") from fault
    if not isinstance(key, Ed25519PrivateKey):
        raise UnusableKey(f"{path} holds a key of another kind: an Ed25519 key is needed.")
    return key


def _new() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
