"""The key that seals what accounts keep secret, and names sources without keeping them: a file under home, one of its
owner's alone. Lost, the second factors are enrolled anew; passwords and sessions do not depend on it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from plumbline import key_files

FILE = "accounts.key"


@dataclass(frozen=True)
class AccountKeys:
    """The key in a folder, made at first use, and what is derived from it."""

    folder: Path

    @cached_property
    def _key(self) -> bytes:
        return key_files.drawn(self.folder / FILE)

    def _derived(self, what: str) -> bytes:
        return HKDF(SHA256(), length=key_files.DRAWN, salt=None, info=f"plumbline {what}".encode()).derive(
            self._key
        )

    @cached_property
    def _sealing(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self._derived("seal")))

    @cached_property
    def _naming(self) -> bytes:
        return self._derived("name")

    def seal(self, text: str) -> str:
        """`text`, for nobody who has not this key."""
        return self._sealing.encrypt(text.encode()).decode()

    def opened(self, sealed: str) -> str | None:
        """What was sealed; None where it was not, or with another key."""
        try:
            return self._sealing.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None

    def pass_for(self, text: str, *, at: datetime) -> str:
        """`text` sealed with the instant, for a browser to bring back."""
        return self._sealing.encrypt_at_time(text.encode(), int(at.timestamp())).decode()

    def brought_back(self, sealed: str, *, at: datetime, within: timedelta) -> str | None:
        """What a browser brings back, if it is not too old."""
        try:
            kept = self._sealing.decrypt_at_time(
                sealed.encode("utf-8", "surrogatepass"), int(within.total_seconds()), int(at.timestamp())
            )
        except InvalidToken:
            return None
        return kept.decode()

    def named(self, what: str, text: str) -> str:
        """A keyed hash (hex): the same for the same text, and nothing to guess it from without the key."""
        message = f"{what}\0{text}".encode("utf-8", "surrogatepass")
        return hmac.new(self._naming, message, hashlib.sha256).hexdigest()
