"""How many requests one token may send: a bucket for each."""

from __future__ import annotations

from states.form_values import label
from web.api.problems import Wrong
from web.pacing import Paces


class Pace:
    """So many requests a minute, all at once or spread."""

    def __init__(self, per_minute: int, paces: Paces) -> None:
        self._per_minute, self._paces = per_minute, paces

    def check(self, key: str) -> None:
        """Take one request out of the bucket. Raises Wrong (429) with the seconds to wait where it is empty."""
        if wait := self._paces.take(f"api {key}", self._per_minute):
            raise Wrong(429, "too_many", label("请求过于频繁。", "Too many requests with this token."),
                        label(f"请在 {wait} 秒后再试。", f"Try again in {wait} seconds."),
                        headers={"Retry-After": str(wait)})  # fmt: skip
