"""How often somebody may come: a bucket for each, that holds so many and fills again by so many a minute.

Kept in memory, or in a file where several processes serve one office, so that a limit is one limit however many answer.
A limit is a fence against a script gone wild and no bookkeeping: nothing is flushed to the disk, what cannot be counted
is let through, and a restart forgets it all.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from plumbline import clock
from plumbline.database import sqlite
from plumbline.settings import Settings

REMEMBERED = 10_000  # buckets; of more, the fullest are forgotten first
PERIOD = 60.0  # seconds in which an empty bucket is full again
PATIENCE = 0.2  # seconds to wait for another process that is counting
SWEEP_EVERY = 256  # buckets taken from, before those that are full again are forgotten

_TABLE = "CREATE TABLE IF NOT EXISTS bucket (key TEXT PRIMARY KEY, full_at REAL NOT NULL) WITHOUT ROWID"
# A clock that was set back must not shut anybody out: no bucket takes longer than twice the period to fill.
_SINCE = "CASE WHEN full_at > :now + 2 * :period THEN :now ELSE max(full_at, :now) END"
_SPEND = f"""INSERT INTO bucket (key, full_at) VALUES (:key, :now + :step)
    ON CONFLICT (key) DO UPDATE SET full_at = {_SINCE} + :step"""  # noqa: S608 - words of our own
_TAKE = f"{_SPEND} WHERE {_SINCE} + :step <= :now + :period + 1e-6 RETURNING full_at"
_LOOK = f"SELECT {_SINCE} FROM bucket WHERE key = :key"  # noqa: S608 - words of our own
_FORGET_FULL = "DELETE FROM bucket WHERE full_at <= :now"
_FORGET_MORE = """DELETE FROM bucket WHERE key IN
    (SELECT key FROM bucket ORDER BY full_at LIMIT max(0, (SELECT count(*) FROM bucket) - :most))"""


def file_of(settings: Settings) -> Path | None:
    """Where the buckets lie that several processes share; None where one process serves the office."""
    return settings.home / "pace.db" if settings.web_processes > 1 else None


def forget(settings: Settings) -> None:
    """Throw away what an earlier run left. To be called before anybody serves."""
    for name in ("pace.db", "pace.db-wal", "pace.db-shm"):
        with suppress(OSError):
            (settings.home / name).unlink()


def _instant() -> float:
    return clock.now().timestamp()


def _opened(path: Path | None) -> Any:
    """The buckets in this file; where it cannot be had, in memory: each process counts for itself then."""
    with suppress(sqlite.Error):
        if path is not None:
            kept = _connected(str(path))
            kept.execute("PRAGMA journal_mode = wal")
            kept.execute(_TABLE)
            return kept
    kept = _connected(":memory:")
    kept.execute(_TABLE)
    return kept


def _connected(name: str) -> Any:
    kept = sqlite.connect(name, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    kept.execute("PRAGMA synchronous = off")
    return kept


class Paces:
    """Buckets by key. `now` tells seconds; a `path` is shared with other processes."""

    def __init__(self, path: Path | None = None, *, now: Callable[[], float] = _instant) -> None:
        self._now, self._lock, self._taken = now, threading.Lock(), 0
        self._kept = _opened(path)

    def wait(self, key: str, a_minute: int) -> int:
        """Whole seconds until this one may come again; 0 where it may now."""
        return self._wait(self._ask(_LOOK, key, a_minute), a_minute)

    def take(self, key: str, a_minute: int) -> int:
        """Come once, if that is allowed now: 0. Otherwise the whole seconds to wait, and nothing is counted."""
        if self._ask(_TAKE, key, a_minute) is not None:
            return 0
        return self.wait(key, a_minute)

    def spend(self, key: str, a_minute: int) -> None:
        """It came once more, whether it might or not."""
        self._ask(_SPEND, key, a_minute)

    def _wait(self, full_at: float | None, a_minute: int) -> int:
        if full_at is None:
            return 0
        missing = full_at + PERIOD / a_minute - (self._now() + PERIOD)
        return math.ceil(missing - 1e-6) if missing > 1e-6 else 0

    def _ask(self, statement: str, key: str, a_minute: int) -> float | None:
        now = self._now()
        given = {"key": key, "now": now, "step": PERIOD / a_minute, "period": PERIOD}
        with self._lock, suppress(sqlite.Error):
            found = self._kept.execute(statement, given).fetchone()
            if statement is not _LOOK:
                self._sweep(now)
            return float(found[0]) if found else None
        return None

    def _sweep(self, now: float) -> None:
        self._taken += 1
        if self._taken % SWEEP_EVERY == 0:
            self._kept.execute(_FORGET_FULL, {"now": now})
            self._kept.execute(_FORGET_MORE, {"most": REMEMBERED})
