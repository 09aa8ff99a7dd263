"""The clocks of one case in memory, for the time it is played; `cases.clocks` keeps them as it keeps those on file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from cases.clock_rows import RUNNING, Clock, Entry
from states.facts import Link


@dataclass(slots=True)
class Held:
    """Implements `cases.clocks.Clocks`. `rows` are the columns of `deadline`, by id, `lines` those of its ledger."""

    ids: Iterator[int] = field(default_factory=lambda: count(1))
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)

    def running(self, _matter: int) -> Mapping[str, Clock]:
        """The clocks that run or are paused, by name."""
        return {row["name"]: _clock(row) for row in self.rows.values() if row["status"] in RUNNING}

    def put(self, row: Mapping[str, Any]) -> Clock:
        """A new clock."""
        key = next(self.ids)
        self.rows[key] = {"id": key, **row}
        return _clock(self.rows[key])

    def change(self, clock: Clock, changes: Mapping[str, Any]) -> None:
        """Set these columns of a clock."""
        self.rows[clock.id].update(changes)

    def close(self, clock: Clock, *, status: str, at: datetime) -> None:
        """Nothing of it fires any more."""
        self.rows[clock.id].update(status=status, closed_at=at, next_at=None)

    def enter(self, clock: Clock, line: Mapping[str, Any]) -> None:
        """A line in the ledger of a clock."""
        self.lines.append({**line, "deadline": clock.id})

    def entries(self, clock: Clock) -> list[Entry]:
        """The lines in the ledger of a clock, oldest first."""
        return [
            (line["kind"], line["on"], line["period"], line["by"], line["reason"])
            for line in self.lines if line["deadline"] == clock.id
        ]  # fmt: skip

    def links(self, _matter: int) -> tuple[Link, ...]:
        """A log tells of one kind of matter: nothing is linked."""
        return ()

    def next_due(self, *, until: datetime) -> dict[str, Any] | None:
        """The clock whose rung fires first, up to and including `until`; the one put first where two fire at once."""
        due = [row for row in self.rows.values() if row["next_at"] is not None and row["next_at"] <= until]
        return min(due, key=lambda row: (row["next_at"], row["id"]), default=None)


def _clock(row: Mapping[str, Any]) -> Clock:
    return Clock(*(row[name] for name in Clock._fields))
