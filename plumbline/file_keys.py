"""The key that seals the leaves of integrity files: a file under home, one of its owner's alone. Lost, no leaf is ever read
again: it is backed up with the database, and kept apart from it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from plumbline import key_files

FILE = "files.key"


@dataclass(frozen=True)
class FileKeys:
    """The key in a folder, made when the first leaf is sealed."""

    folder: Path

    @cached_property
    def _sealing(self) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(key_files.drawn(self.folder / FILE)))

    def seal(self, text: str) -> str:
        """`text`, for nobody who has not this key. Raises UnusableKey."""
        return self._sealing.encrypt(text.encode()).decode()

    @property
    def is_there(self) -> bool:
        """Whether there is a key yet."""
        return (self.folder / FILE).exists()

    def opened(self, sealed: str) -> str | None:
        """What was sealed; None where it was not, or with another key, or the key is gone: none is made then. Raises
        UnusableKey.
        """
        if not self.is_there:
            return None
        try:
            return self._sealing.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None
