"""What a move did."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Moved:
    """A move that landed. `event` is its line in history; `consequences` are the moves it made elsewhere."""

    number: str
    machine: str
    move: str
    from_: str | None
    to: str
    version: int
    event: int
    consequences: tuple[Moved, ...] = field(default=(), compare=False)

    def kept(self) -> dict[str, Any]:
        """What a repeated request is answered with."""
        return {"number": self.number, "machine": self.machine, "move": self.move, "from_": self.from_, "to": self.to,
                "version": self.version, "event": self.event}  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """The answer of contract.md: {"number", "from", "state", "version", "event"}."""
        return {"number": self.number, "from": self.from_, "state": self.to, "version": self.version,
                "event": self.event}  # fmt: skip
