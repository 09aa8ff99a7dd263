"""What keeps a secret from whoever reads the database alone: a key that is kept elsewhere."""

from __future__ import annotations

from typing import Protocol


class Sealing(Protocol):
    """Seals texts with such a key, and opens them."""

    def seal(self, text: str) -> str:
        """`text`, for nobody who has not the key."""

    def opened(self, sealed: str) -> str | None:
        """What was sealed; None where it was not, or with another key."""
