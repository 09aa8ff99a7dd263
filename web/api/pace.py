"""How many requests one token may send: a bucket for each, in this process alone.

A second process would have buckets of its own; one serves an office. Nothing is kept over a restart, because a limit is a
fence against a script gone wild and no bookkeeping.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from time import monotonic

from states.form_values import label
from web.api.problems import Wrong

MOST_BUCKETS = 10_000


class Pace:
    """So many requests a minute, all at once or spread."""

    def __init__(self, per_minute: int, *, now: Callable[[], float] = monotonic) -> None:
        self._full, self._now = float(per_minute), now
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def check(self, key: str) -> None:
        """Take one request out of the bucket. Raises Wrong (429) with the seconds to wait where it is empty."""
        with self._lock:
            now = self._now()
            left, since = self._buckets.get(key, (self._full, now))
            left = min(self._full, left + (now - since) * self._full / 60)
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.clear()
            self._buckets[key] = (left - 1 if left >= 1 else left, now)
        if left < 1:
            wait = math.ceil((1 - left) * 60 / self._full)
            raise Wrong(429, "too_many", label("请求过于频繁。", "Too many requests with this token."),
                        label(f"请在 {wait} 秒后再试。", f"Try again in {wait} seconds."),
                        headers={"Retry-After": str(wait)})  # fmt: skip
