"""The clocks of imported clues, computed from the ledger's own dates.

A clock runs if the rulebook says so of the state the clue came in (`imported_in`). Where the ledger says
when it was stopped (the day of the disposition opinion), it is on file as met or late. Of the rungs that
lie before the import only the last one fires: the others are noted as passed in the ledger's first line,
so that an old clue brings one notice and not a whole ladder at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

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
ENTRY = ("kind", "on", "at", "by", "reason", "due_on")


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock to put on file: the columns of its deadline (`DEADLINE`), and the lines of its ledger (`ENTRY`)."""

    key: int  # tells it from the other clocks of the same import
    deadline: tuple[Any, ...]
    entries: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A deadline that clues in one state may carry."""

    name: str
    rule: DeadlineRule
    stops: tuple[str, ...]  # the dates that say it was stopped
    runs: bool  # in this state; otherwise it is only on file as met or late
    pauses: bool  # in this state


class _Watched(Mapping[str, Any]):
    """Values that remember what was asked of them."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values_ = values
        self.asked: dict[str, None] = {}

    def __getitem__(self, name: str) -> Any:
        self.asked[name] = None
        return self.values_[name]

    def __iter__(self) -> Iterator[str]:
        self.asked |= dict.fromkeys(self.values_)
        return iter(self.values_)

    def __len__(self) -> int:
        return len(self.values_)


@dataclass
class ImportedClocks:
    """Makes the clocks of many clues that are imported at one instant by one person."""

    office: Office
    machine: Machine
    actor: str
    at: datetime

    def __post_init__(self) -> None:
        self.today = self.office.day(self.at)
        self._made: dict[tuple[str, date, str | None, bool], Clock] = {}
        self._asked: dict[str, list[str]] = {state: [] for state in self.machine.states}
        self._carried: dict[str, dict[tuple[Any, ...], list[_Rule]]] = {
            state: {} for state in self.machine.states
        }
        self._rules = {state: tuple(self._carried_in(state)) for state in self.machine.states}
        self._timed: dict[tuple[str, date], Timing] = {}

    def of(self, clue: Clue) -> Iterator[Clock]:
        """The clocks of one clue. Clues that share their dates share their clocks."""
        for each in self._carried_by(clue):
            said = [clue.values[stop] for stop in each.stops if stop in clue.values]
            if said or each.runs:
                stopped_on = min(said) if said else None
                course = each.name, self._started_on(each.rule, clue), stopped_on, each.pauses
                if course not in self._made:
                    self._made[course] = self._make(each, course[1], stopped_on)
                yield self._made[course]

    def _carried_by(self, clue: Clue) -> Sequence[_Rule]:
        """The clocks whose conditions hold. Clues that are alike in all that conditions ask about are judged once."""
        asked = self._asked[clue.state]
        key = tuple([clue.values.get(name) for name in asked])
        carried = self._carried[clue.state]
        if key not in carried:
            watched = _Watched(clue.values)
            facts = Facts(
                at=self.at, today=self.today, state=clue.state, actor=Actor(self.actor), values=watched
            )
            held = [each for each in self._rules[clue.state] if _holds(each.rule, facts)]
            if new := [name for name in watched.asked if name not in asked]:
                asked += new
                carried.clear()
                key = tuple([clue.values.get(name) for name in asked])
            carried[key] = held
        return carried[key]

    def _carried_in(self, state: str) -> Iterator[_Rule]:
        """Every clock that runs in this state, or that a date of the ledger may have stopped before."""
        for name, rule in self.machine.deadlines.items():
            stops, runs = _stop_fields(self.machine, rule), state in rule.imported_in
            if runs or (stops and rule.from_fact == "received_on"):
                yield _Rule(name, rule, stops, runs, state in rule.pauses_in)

    def _started_on(self, rule: DeadlineRule, clue: Clue) -> date:
        """The fact the rulebook names; where the ledger does not hold it, the latest day it knows of the clue."""
        if rule.from_fact == "received_on":
            return clue.received_on
        said = clue.values.get(rule.from_fact or "")
        return date.fromisoformat(said) if isinstance(said, str) else clue.known_on

    def _make(self, each: _Rule, started_on: date, stopped: str | None) -> Clock:
        rule, start = each.rule, (each.name, each.rule, started_on)
        ran = self._timing(each.name, rule, started_on)
        if stopped is not None:
            stopped_on = date.fromisoformat(stopped)
            late = ran.due_on is not None and stopped_on > ran.due_on
            closed_at = datetime.combine(stopped_on, time(12), self.office.zone)
            ended = replace(ran, next_at=None)
            row = self._row(*start, ended, status="late" if late else "met", closed_at=closed_at)
            reason = f"{MOVE}; counted from {started_on}"  # one line says it all: nothing will follow
            return self._clock(row, self._line("closed", stopped_on, due_on=ran.due_on, reason=reason))
        if each.pauses:
            opened = self._line("opened", started_on, due_on=ran.due_on)
            entry = ("paused", self.today, None, self.actor, MOVE)
            held = clocks.timed(
                self.office, rule, clocks.ledger_of(started_on, rule.budget, [entry], roll=rule.roll)
            )
            return self._clock(
                self._row(*start, held, status="paused"), opened, self._line("paused", self.today)
            )
        behind, passed, standing = self._on_its_rung(rule, ran)
        reason = f"{MOVE}; passed before: {passed}" if passed else MOVE
        opened = self._line("opened", started_on, due_on=ran.due_on, reason=reason)
        return self._clock(self._row(*start, standing, status="open", rungs_fired=behind), opened)

    def _timing(self, name: str, rule: DeadlineRule, started_on: date) -> Timing:
        """When the clock is due if nothing stops it."""
        if (name, started_on) not in self._timed:
            ledger = clocks.ledger_of(started_on, rule.budget, [], roll=rule.roll)
            self._timed[name, started_on] = clocks.timed(self.office, rule, ledger)
        return self._timed[name, started_on]

    def _clock(self, deadline: tuple[Any, ...], *entries: tuple[Any, ...]) -> Clock:
        return Clock(len(self._made), deadline, entries)

    def _line(
        self, kind: str, on: date, *, due_on: date | None = None, reason: str = MOVE
    ) -> tuple[Any, ...]:
        return (kind, on, self.at, self.actor, reason, due_on)

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


def _holds(rule: DeadlineRule, facts: Facts) -> bool:
    return all(guards.GUARDS[use.name].holds(facts, use.argument) is None for use in rule.when)
