"""Keeping the clocks of a matter: a move opens, stops, pauses and resumes them; each change is a line in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlmodel import Session

from cases import clock_rows, gathering
from cases.clock_rows import Clock, Entry, Filed
from cases.deadlines import Deadline
from cases.matters import OnFile
from cases.office import Office
from states import guards
from states.budgets import Extension, Ledger
from states.calendars import Calendar
from states.facts import Act, Actor, Facts, Link
from states.hours import due_at
from states.ladders import Offset, fires_at
from states.periods import Due, Period
from states.rulebook import Deadline as DeadlineRule
from states.rulebook import Machine, StateKind
from states.stretches import Pause

RUNNING = clock_rows.RUNNING

_period = lru_cache(maxsize=None)(Period.parse)
_offset = lru_cache(maxsize=None)(Offset.parse)
_time = lru_cache(maxsize=None)(time.fromisoformat)
_MANY = 4096  # days that are remembered, with what falls on them
_due_at = lru_cache(maxsize=_MANY)(due_at)


@dataclass(frozen=True, slots=True)
class Timing:
    """When a clock is due, and when its next rung fires."""

    due_on: date | None
    due_at: datetime | None
    provisional: bool
    next_at: datetime | None


class Clocks(Protocol):
    """Where clocks are kept: on file (`Filed`) for the gate, in memory for a rehearsal."""

    def running(self, matter: int) -> Mapping[str, Clock]: ...
    def put(self, row: Mapping[str, Any]) -> Clock: ...
    def change(self, clock: Clock, changes: Mapping[str, Any]) -> None: ...
    def close(self, clock: Clock, *, status: str, at: datetime) -> None: ...
    def enter(self, clock: Clock, line: Mapping[str, Any]) -> None: ...
    def entries(self, clock: Clock) -> list[Entry]: ...
    def links(self, matter: int) -> tuple[Link, ...]: ...


def keep(
    session: Session, office: Office, machine: Machine, before: OnFile | None, after: OnFile, *,
    move: str, actor: str, at: datetime, event: int,
) -> None:  # fmt: skip
    """Do to the matter's clocks on file what the rulebook says of this move and of the state it leads to."""
    keep_in(
        Filed(session, office), office, machine, before, after, move=move, actor=actor, at=at, event=event
    )


def keep_in(
    clocks: Clocks, office: Office, machine: Machine, before: OnFile | None, after: OnFile, *,
    move: str, actor: str, at: datetime, event: int,
) -> None:  # fmt: skip
    """Do to the matter's clocks, wherever they are kept, what the rulebook says."""
    touched = _touched(machine, move, before.state if before else None, after.state)
    if not touched:
        return
    today = office.day(at)
    line = {"on": today, "at": at, "by": actor, "event": event, "reason": move, "period": None}
    running = {} if before is None else clocks.running(after.id)
    for name, does in touched.items():
        clock = running.get(name)
        if "stop" in does and clock is not None:
            _stop(clocks, clock, at=at, line=line)
            clock = None
        elif clock is not None and ("pause" in does or "resume" in does):
            _hold(clocks, office, machine, clock, line, paused="pause" in does)
        if "start" in does and clock is None:
            _start(clocks, office, machine, after, name, actor=actor, line=line)


def _touched(machine: Machine, move: str, left: str | None, entered: str) -> Mapping[str, frozenset[str]]:
    """The clocks a move does something to. Asked on every move, so each answer is kept with the machine."""
    plans = machine.clock_memo
    if (move, left, entered) not in plans:
        final = machine.states[entered].kind is StateKind.FINAL
        plan = {
            name: _does(rule, move, left, entered, final=final) for name, rule in machine.deadlines.items()
        }
        plans[move, left, entered] = {name: does for name, does in plan.items() if does}
    return plans[move, left, entered]


def _does(rule: DeadlineRule, move: str, left: str | None, entered: str, *, final: bool) -> frozenset[str]:
    """What a move does to one clock: start it, stop it, pause it, resume it."""
    paused_before, paused_after = left in rule.pauses_in, entered in rule.pauses_in
    does = {
        "start": move in rule.starts,
        "stop": move in rule.stops or move in rule.starts or (final and not rule.survives),
        "pause": paused_after and not paused_before,
        "resume": paused_before and not paused_after,
    }
    return frozenset(what for what, is_so in does.items() if is_so)


def _start(
    clocks: Clocks,
    office: Office,
    machine: Machine,
    matter: OnFile,
    name: str,
    *,
    actor: str,
    line: dict[str, Any],
) -> None:
    rule = machine.deadlines[name]
    if rule.when and not _holds(clocks, office, rule, matter, actor=actor, line=line):
        return
    start_on = started_on(rule, matter, line["on"])
    timing = timed(office, rule, Ledger(start_on, _period(rule.budget), roll=rule.roll))
    clock = clocks.put({
        "matter": matter.id, "name": name, "status": "open", "started_on": start_on, "budget": rule.budget,
        "due_on": timing.due_on, "due_at": timing.due_at, "provisional": timing.provisional,
        "calendar_version": office.calendar.version, "rungs_fired": 0, "next_at": timing.next_at,
        "opened_at": line["at"], "closed_at": None})  # fmt: skip
    clocks.enter(clock, {**line, "kind": "opened", "due_on": timing.due_on})
    if matter.state in rule.pauses_in:
        _hold(clocks, office, machine, clock, line, paused=True)


def _holds(
    clocks: Clocks, office: Office, rule: DeadlineRule, matter: OnFile, *, actor: str, line: dict[str, Any]
) -> bool:
    """Whether the conditions hold under which this clock runs at all."""
    facts = Facts(
        at=line["at"], today=line["on"], state=matter.state, actor=Actor(actor),
        values=matter.values | gathering.columns(office, matter),
        acts={move: Act(act[0], date.fromisoformat(act[1])) for move, act in matter.acts.items()},
        links=clocks.links(matter.id),
    )  # fmt: skip
    return all(guards.GUARDS[use.name].holds(facts, use.argument) is None for use in rule.when)


def started_on(rule: DeadlineRule, matter: OnFile, today: date) -> date:
    """The day a clock counts from: the fact the rulebook names, or the day of the move."""
    if rule.from_fact is None:
        return today
    if rule.from_fact == "received_on":
        return matter.received_on or today
    said = matter.values.get(rule.from_fact)
    return date.fromisoformat(said[:10]) if isinstance(said, str) else today


def timed(office: Office, rule: DeadlineRule, ledger: Ledger, *, rungs_fired: int = 0) -> Timing:
    """The due date of a ledger under the office's calendar, and the instant of the rung after those that fired."""
    due = _due(ledger, office.calendar)
    if due is None:
        return Timing(None, None, provisional=False, next_at=None)
    instants = firing(office, rule, due.due_on)
    next_at = instants[rungs_fired][0] if rungs_fired < len(instants) else None
    return Timing(due.due_on, _due_at(due.due_on, office.zone), due.provisional, next_at)


def firing(office: Office, rule: DeadlineRule, due_on: date) -> Sequence[tuple[datetime, int]]:
    """The instants at which a ladder fires, first to last, each with the rung's place in the rulebook."""
    offsets = tuple(rung.offset for rung in rule.ladder)
    return _firing(offsets, due_on, office.calendar, _time(office.rulebook().fires_at), office.zone)


# What is due on one day is due for many: a sweep asks the same thousands of times.
@lru_cache(maxsize=_MANY)
def _firing(
    offsets: tuple[str, ...], due_on: date, calendar: Calendar, when: time, zone: ZoneInfo
) -> tuple[tuple[datetime, int], ...]:
    instants = (
        fires_at(due_on, _offset(offset), calendar, time_of_day=when, zone=zone) for offset in offsets
    )
    return tuple(sorted((instant, place) for place, instant in enumerate(instants)))


@lru_cache(maxsize=_MANY)
def _due(ledger: Ledger, calendar: Calendar) -> Due | None:
    return ledger.due(calendar)


def _stop(clocks: Clocks, clock: Clock, *, at: datetime, line: dict[str, Any]) -> None:
    """Close a clock: met, or late if its due day was over."""
    late = clock.due_at is not None and at >= clock.due_at
    clocks.close(clock, status="late" if late else "met", at=at)
    clocks.enter(clock, {**line, "kind": "closed", "due_on": None})


def _hold(
    clocks: Clocks, office: Office, machine: Machine, clock: Clock, line: dict[str, Any], *, paused: bool
) -> None:
    """Pause or resume a clock, as the state the matter is in now demands."""
    kind = "paused" if paused else "resumed"
    if (clock.status == "paused") == paused:
        return
    rule = machine.deadlines[clock.name]
    entries = [*clocks.entries(clock), (kind, line["on"], None, line["by"], line["reason"])]
    timing = timed(office, rule, ledger_of(clock.started_on, clock.budget, entries, roll=rule.roll),
                   rungs_fired=clock.rungs_fired)  # fmt: skip
    clocks.change(clock, {
        "status": "paused" if paused else "open", "due_on": timing.due_on, "due_at": timing.due_at,
        "next_at": timing.next_at, "provisional": timing.provisional,
        "calendar_version": office.calendar.version})  # fmt: skip
    clocks.enter(clock, {**line, "kind": kind, "due_on": timing.due_on})


def ledger_of(started_on: date, budget: str, entries: Iterable[Entry], *, roll: bool) -> Ledger:
    """The ledger that the entries on file amount to."""
    pauses: list[Pause] = []
    extensions: list[Extension] = []
    for kind, on, period, by, reason in entries:
        if kind == "paused":
            pauses.append(Pause(max(on, started_on), None, reason, by))
        elif kind == "resumed" and pauses:
            last = pauses[-1]
            pauses[-1] = Pause(last.from_on, max(on, last.from_on), last.reason, last.by)
        elif kind == "extended" and period is not None:
            extensions.append(Extension(_period(period), by, on, reason))
    return Ledger(started_on, _period(budget), tuple(pauses), tuple(extensions), roll)


def ledger_on_file(session: Session, deadline: Deadline, *, roll: bool) -> Ledger:
    """The ledger of a clock on file, with every pause and extension."""
    return ledger_of(
        deadline.started_on, deadline.budget, clock_rows.entries(session, deadline.id or 0), roll=roll
    )
