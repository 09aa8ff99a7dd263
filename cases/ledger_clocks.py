"""The clocks of imported clues, computed from the ledger's own dates.

A clock runs if the rulebook says so of the state the clue came in (`imported_in`). Where the ledger says
when it was stopped (the day of the disposition opinion), it is on file as met or late. Of the rungs that
lie before the import only the last one fires: the others are noted as passed in the ledger's first line,
so that an old clue brings one notice and not a whole ladder at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, NamedTuple

from cases import clocks
from cases.clocks import Timing
from cases.ledger_values import Clue
from cases.office import Office
from states import guards
from states.facts import Actor, Facts
from states.rulebook import Deadline as DeadlineRule
from states.rulebook import Machine

MOVE = "import"  # the event by which a clue of a ledger begins
DEADLINE = ("name", "status", "started_on", "budget", "due_on", "due_at", "provisional", "calendar_version",
            "rungs_fired", "next_at", "opened_at", "closed_at")  # fmt: skip
ENTRY = ("kind", "on", "due_on", "reason")
_FREE = frozenset({"title", "problem", "subject", "subject_unit", "subject_post", "note", "handler_text", "received_on",
                   "opinion_on", "closed_on"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock to put on file: the columns of its deadline (`DEADLINE`), and the lines of its ledger (`ENTRY`)."""

    deadline: tuple[Any, ...]
    entries: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A deadline that clues in one state may carry."""

    name: str
    rule: DeadlineRule
    stops: tuple[str, ...]  # the dates that say it was stopped
    runs: bool  # in this state; otherwise it is only on file as met or late


class _Course(NamedTuple):
    """What decides everything about an imported clock but whose it is."""

    name: str
    started_on: date
    stopped_on: date | None
    paused: bool


@dataclass
class ImportedClocks:
    """Makes the clocks of many clues that are imported at one instant by one person."""

    office: Office
    machine: Machine
    actor: str
    at: datetime

    def __post_init__(self) -> None:
        self.today = self.office.day(self.at)
        self._made: dict[_Course, Clock] = {}
        self._held: dict[tuple[Any, ...], bool] = {}
        self._carried = {state: self._carried_in(state) for state in self.machine.states}

    def of(self, clue: Clue) -> Iterator[Clock]:
        """The clocks of one clue. Clues that share their dates share their clocks."""
        for each in self._carried.get(clue.state, ()):
            said = [clue.values[stop] for stop in each.stops if stop in clue.values]
            if (said or each.runs) and self._holds(each, clue):
                stopped_on = date.fromisoformat(min(said)) if said else None
                paused = stopped_on is None and clue.state in each.rule.pauses_in
                course = _Course(each.name, self._started_on(each.rule, clue), stopped_on, paused)
                if course not in self._made:
                    self._made[course] = self._make(each.rule, course)
                yield self._made[course]

    def _carried_in(self, state: str) -> tuple[_Rule, ...]:
        """Every clock that runs in this state, or that a date of the ledger may have stopped before."""
        found = []
        for name, rule in self.machine.deadlines.items():
            stops, runs = _stop_fields(self.machine, rule), state in rule.imported_in
            if runs or (stops and rule.from_fact == "received_on"):
                found.append(_Rule(name, rule, stops, runs))
        return tuple(found)

    def _started_on(self, rule: DeadlineRule, clue: Clue) -> date:
        """The fact the rulebook names; where the ledger does not hold it, the latest day it knows of the clue."""
        if rule.from_fact == "received_on":
            return clue.received_on
        said = clue.values.get(rule.from_fact or "")
        return date.fromisoformat(said) if isinstance(said, str) else clue.known_on

    def _holds(self, each: _Rule, clue: Clue) -> bool:
        """Whether the conditions of the clock hold. Of free texts and dates only that they are there can matter."""
        if not each.rule.when:
            return True
        key = (
            each.name,
            clue.state,
            *((name, name in _FREE or value) for name, value in clue.values.items()),
        )
        if key not in self._held:
            facts = Facts(
                at=self.at, today=self.today, state=clue.state, actor=Actor(self.actor), values=clue.values
            )
            self._held[key] = all(
                guards.GUARDS[use.name].holds(facts, use.argument) is None for use in each.rule.when
            )
        return self._held[key]

    def _make(self, rule: DeadlineRule, course: _Course) -> Clock:
        name, started_on, stopped_on, paused = course
        ran = clocks.timed(self.office, rule, clocks.ledger_of(started_on, rule.budget, [], roll=rule.roll))
        opened = ("opened", started_on, ran.due_on, MOVE)
        start = name, rule, started_on
        if stopped_on is not None:
            late = ran.due_on is not None and stopped_on > ran.due_on
            closed_at = datetime.combine(stopped_on, time(12), self.office.zone)
            ended = replace(ran, next_at=None)
            row = self._row(*start, ended, status="late" if late else "met", closed_at=closed_at)
            return Clock(row, (opened, ("closed", stopped_on, None, MOVE)))
        if paused:
            entry = ("paused", self.today, None, self.actor, MOVE)
            held = clocks.timed(
                self.office, rule, clocks.ledger_of(started_on, rule.budget, [entry], roll=rule.roll)
            )
            return Clock(
                self._row(*start, held, status="paused"), (opened, ("paused", self.today, None, MOVE))
            )
        behind, passed, standing = self._on_its_rung(rule, ran)
        opened = (*opened[:3], f"{MOVE}; passed before: {passed}" if passed else MOVE)
        return Clock(self._row(*start, standing, status="open", rungs_fired=behind), (opened,))

    def _on_its_rung(self, rule: DeadlineRule, timing: Timing) -> tuple[int, str, Timing]:
        """The ladder on the last rung that lies before the import: how many passed before it, and their names."""
        ladder = clocks.firing(self.office, rule, timing.due_on) if timing.due_on else []
        behind = max(sum(instant <= self.at for instant, _ in ladder) - 1, 0)
        passed = ", ".join(rule.ladder[place].name for _, place in ladder[:behind])
        return behind, passed, replace(timing, next_at=ladder[behind][0]) if behind else timing

    def _row(
        self, name: str, rule: DeadlineRule, started_on: date, timing: Timing, *,
        status: str, closed_at: datetime | None = None, rungs_fired: int = 0,
    ) -> tuple[Any, ...]:  # fmt: skip
        return (name, status, started_on, rule.budget, timing.due_on, timing.due_at, timing.provisional,
                self.office.calendar.version, rungs_fired, timing.next_at, self.at, closed_at)  # fmt: skip


def _stop_fields(machine: Machine, rule: DeadlineRule) -> tuple[str, ...]:
    """The dates whose presence says that the clock was stopped: those that its stopping moves ask for."""
    moves = (machine.moves[name] for name in rule.stops if name in machine.moves)
    return tuple({each.name: None for move in moves for each in move.fields
                  if each.type == "date" and each.name != rule.from_fact})  # fmt: skip
