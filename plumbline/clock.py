"""The one reading of the wall clock. Everything else is handed the instant it acts at."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)
