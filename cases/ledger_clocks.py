"""The clocks of imported clues, computed from the ledger's own dates.

A clock runs if the rulebook says so of the state the clue came in (`imported_in`). Where the ledger says when it was
stopped (the day of the disposition opinion), it is on file as met or late. Of the rungs that lie before the import only the
last one fires: the others are noted as passed, so that an old clue brings one notice and not a whole ladder at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from cases import clocks
from cases.clocks import Timing
from cases.ledger_values import Clue
from cases.office import Office
from states import guards
from states.facts import Actor, Facts
from states.rulebook import Deadline as DeadlineRule
from states.rulebook import Machine


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock to put on file: the columns of its deadline, and the lines of its ledger."""

    deadline: dict[str, Any]
    entries: tuple[dict[str, Any], ...]


@dataclass
class ImportedClocks:
    """Makes the clocks of many clues that are imported at one instant by one person."""

    office: Office
    machine: Machine
    actor: str
    at: datetime

    def __post_init__(self) -> None:
        self.today = self.office.day(self.at)
        self._made: dict[tuple[str, date, date | None, bool], Clock] = {}
        self._stops = {name: _stop_fields(self.machine, rule) for name, rule in self.machine.deadlines.items()}

    def of(self, clue: Clue) -> Iterator[Clock]:
        """The clocks of one clue. Clues that share their dates share the same rows: do not change them."""
        for name, rule in self.machine.deadlines.items():
            stopped_on = self._stopped_on(name, clue)
            runs = clue.state in rule.imported_in
            if (runs or (stopped_on is not None and rule.from_fact == "received_on")) and self._holds(rule, clue):
                paused = stopped_on is None and clue.state in rule.pauses_in
                yield self._clock(name, rule, self._started_on(rule, clue), stopped_on, paused=paused)

    def _stopped_on(self, name: str, clue: Clue) -> date | None:
        said = [clue.values[stop] for stop in self._stops[name] if stop in clue.values]
        return date.fromisoformat(min(said)) if said else None

    def _started_on(self, rule: DeadlineRule, clue: Clue) -> date:
        """The fact the rulebook names; where the ledger does not hold it, the latest day it knows of the clue."""
        if rule.from_fact == "received_on":
            return clue.received_on
        said = clue.values.get(rule.from_fact or "")
        return date.fromisoformat(said) if isinstance(said, str) else clue.known_on

    def _holds(self, rule: DeadlineRule, clue: Clue) -> bool:
        if not rule.when:
            return True
        values = clue.values | {"number": clue.number}
        facts = Facts(at=self.at, today=self.today, state=clue.state, actor=Actor(self.actor), values=values)
        return all(guards.GUARDS[use.name].holds(facts, use.argument) is None for use in rule.when)

    def _clock(
        self, name: str, rule: DeadlineRule, started_on: date, stopped_on: date | None, *, paused: bool
    ) -> Clock:  # fmt: skip
        key = name, started_on, stopped_on, paused
        if key not in self._made:
            self._made[key] = self._make(name, rule, started_on, stopped_on, paused=paused)
        return self._made[key]

    def _make(
        self, name: str, rule: DeadlineRule, started_on: date, stopped_on: date | None, *, paused: bool
    ) -> Clock:  # fmt: skip
        ran = clocks.timed(self.office, rule, clocks.ledger_of(started_on, rule.budget, [], roll=rule.roll))
        opened = self._line("opened", started_on, due_on=ran.due_on)
        if stopped_on is not None:
            late = ran.due_on is not None and stopped_on > ran.due_on
            closed_at = datetime.combine(stopped_on, time(12), self.office.zone).astimezone(UTC)
            row = self._row(name, rule, started_on, ran, status="late" if late else "met", closed_at=closed_at)
            return Clock(row | {"next_at": None}, (opened, self._line("closed", stopped_on)))
        if paused:
            entry = ("paused", self.today, None, self.actor, "import")
            held = clocks.timed(self.office, rule, clocks.ledger_of(started_on, rule.budget, [entry], roll=rule.roll))
            row = self._row(name, rule, started_on, held, status="paused", closed_at=None)
            return Clock(row, (opened, self._line("paused", self.today)))
        row = self._row(name, rule, started_on, ran, status="open", closed_at=None)
        return self._on_its_rung(rule, row, opened, ran)

    def _on_its_rung(self, rule: DeadlineRule, row: dict[str, Any], opened: dict[str, Any], timing: Timing) -> Clock:
        """Set the ladder on the last rung that lies before the import, and note those before it as passed."""
        ladder = clocks.firing(self.office, rule, timing.due_on) if timing.due_on else []
        behind = sum(instant <= self.at for instant, _ in ladder)
        if behind <= 1:
            return Clock(row, (opened,))
        passed = ", ".join(rule.ladder[place].name for _, place in ladder[: behind - 1])
        line = self._line("passed", self.today, reason=f"before the import: {passed}")
        return Clock(row | {"rungs_fired": behind - 1, "next_at": ladder[behind - 1][0]}, (opened, line))

    def _row(
        self, name: str, rule: DeadlineRule, started_on: date, timing: Timing, *,
        status: str, closed_at: datetime | None,
    ) -> dict[str, Any]:  # fmt: skip
        return {
            "name": name, "status": status, "started_on": started_on, "budget": rule.budget, "due_on": timing.due_on,
            "due_at": timing.due_at, "provisional": timing.provisional,
            "calendar_version": self.office.calendar.version, "rungs_fired": 0, "next_at": timing.next_at,
            "opened_at": self.at, "closed_at": closed_at,
        }  # fmt: skip

    def _line(self, kind: str, on: date, *, due_on: date | None = None, reason: str = "import") -> dict[str, Any]:
        return {"kind": kind, "on": on, "at": self.at, "by": self.actor, "reason": reason, "period": None,
                "due_on": due_on}  # fmt: skip


def _stop_fields(machine: Machine, rule: DeadlineRule) -> tuple[str, ...]:
    """The dates whose presence says that the clock was stopped: those that its stopping moves ask for."""
    moves = (machine.moves[name] for name in rule.stops if name in machine.moves)
    return tuple({each.name: None for move in moves for each in move.fields
                  if each.type == "date" and each.name != rule.from_fact})  # fmt: skip
