"""What a rehearsal counts while it runs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from plumbline.rehearsal.mapping import Counts
from plumbline.rehearsal.rows import Case
from states.rulebook import Rung

Refusal = tuple[str, str, str]  # move (or what the row said), the state it was in, code


@dataclass(slots=True)
class Week:
    """The load of one week, from its Monday."""

    opened: int = 0
    moves: int = 0
    missed: int = 0
    escalations: int = 0
    notices: int = 0


@dataclass(slots=True)
class Clocks:
    """How the clocks of one name ended: in time, late, or still open when the log ends (overdue ones are missed)."""

    opened: int = 0
    met: int = 0
    missed: int = 0
    still_open: int = 0


@dataclass(slots=True)
class Tally:
    """Everything counted, case by case."""

    counts: Counts
    reopening: frozenset[str]
    cases: int = 0
    whole: int = 0
    moves: int = 0
    refused: Counter[Refusal] = field(default_factory=Counter)
    clocks: defaultdict[str, Clocks] = field(default_factory=lambda: defaultdict(Clocks))
    rungs: Counter[tuple[str, str]] = field(default_factory=Counter)
    escalations: int = 0
    engine_moves: int = 0
    reopened: int = 0
    reopenings_refused: int = 0
    repeats: int = 0
    handovers: int = 0
    returns: int = 0
    ping_pong_cases: int = 0
    notices: Counter[tuple[str, str]] = field(default_factory=Counter)
    weeks: defaultdict[date, Week] = field(default_factory=lambda: defaultdict(Week))

    def made(self, move: str) -> None:
        """A move that the rules allow."""
        self.reopened += move in self.reopening

    def refusal(self, move: str, state: str, code: str) -> None:
        """A move that the log holds and the rules refuse."""
        self.refused[move, state, code] += 1
        self.reopenings_refused += move in self.reopening

    def rung(self, deadline: str, rung: Rung, *, monday: date) -> None:
        """A rung that fired. Its engine move is counted only: the log knows nothing of it."""
        self.rungs[deadline, rung.name] += 1
        self.engine_moves += rung.move is not None
        if rung.document in self.counts.escalations:
            self.escalations += 1
            self.weeks[monday].escalations += 1

    def clock(self, row: Mapping[str, Any], *, ends_at: datetime) -> bool:
        """A clock as it stands at the end; whether its date was missed."""
        count = self.clocks[row["name"]]
        count.opened += 1
        closed = row["status"] in ("met", "late")
        missed = row["status"] == "late" or (
            not closed and row["due_at"] is not None and row["due_at"] <= ends_at
        )
        count.missed += missed
        count.met += closed and not missed
        count.still_open += not closed and not missed
        return missed

    def case(self, case: Case, *, whole: bool) -> None:
        """A case at its end: what its rows tell besides their moves."""
        self.cases += 1
        self.whole += whole
        self.moves += len(case.rows)
        self.repeats += sum(a.cells == b.cells for a, b in zip(case.rows, case.rows[1:], strict=False))
        if self.counts.between:
            self._hands(case, self.counts.between)

    def _hands(self, case: Case, column: str) -> None:
        held = [case.rows[0].cells[column]]
        for row in case.rows:
            if row.cells[column] != held[-1]:
                held.append(row.cells[column])
        returns = sum(before == after for before, after in zip(held, held[2:], strict=False))
        self.handovers += len(held) - 1
        self.returns += returns
        self.ping_pong_cases += returns > 0
