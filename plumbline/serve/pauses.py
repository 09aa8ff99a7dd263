"""How long to wait before what has fallen is started again."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

LONGEST_PAUSE = 60.0
WELL_AFTER = 300.0
"""Seconds, both; after five minutes without a restart the next pause is short again."""


@dataclass
class Pause:
    """How long to wait before the next restart: 1, 2, 4 … 60 seconds."""

    seconds: float = 1.0
    since: float = field(default_factory=time.monotonic)

    def next(self) -> float:
        """The pause to make now."""
        if time.monotonic() - self.since > WELL_AFTER:
            self.seconds = 1.0
        now, self.seconds = self.seconds, min(self.seconds * 2, LONGEST_PAUSE)
        self.since = time.monotonic()
        return now
