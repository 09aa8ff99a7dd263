"""The deadline ledger: a budget of time, what stopped it, what lengthened it, and what is left.

While a clock is paused it does not run and there is no due date, only what is left; how pauses count is
said in `states.stretches`. Extensions in the budget's own unit add to it (3 months + 3 months are 6
months from the start, not 3 months from the due date); in another unit they run on from the un-rolled
end.

That time may stand still or be extended, how often and by whose leave, is the rulebook's business, with
its own source; here it is counted and kept to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from states.calendars import Calendar
from states.periods import Due, HoursNeedAnInstant, Period, Unit
from states.stretches import ONE_DAY, ImpossiblePause, Pause, Stretch, run, span


class ExtensionRefused(ValueError):
    """The rulebook does not allow this extension."""


@dataclass(frozen=True, slots=True)
class Extension:
    """More time: how much, approved by whom and when."""

    period: Period
    approver: str
    granted_on: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Cap:
    """How far a budget may be extended: how often, and by how much in all (None: no limit is given)."""

    times: int = 0
    total: Period | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a clock stands on a day.

    `due_on` is None while it is paused. `left` counts the days of the present stretch on which the act is
    still in time, the asked day included, in working days or plain days (`left_unit`); `then` are
    extensions in other units that follow it.
    """

    due_on: date | None
    provisional: bool
    calendar_version: str
    paused_since: date | None
    left: int
    left_unit: Unit
    then: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A due date under an old and a new calendar. None where the clock is paused."""

    old_on: date | None
    new_on: date | None
    old_version: str
    new_version: str
    provisional: bool

    @property
    def moved(self) -> bool:
        """Whether the new calendar gives another date."""
        return self.old_on != self.new_on


@dataclass(frozen=True, slots=True)
class Ledger:
    """One clock: when it started, its budget, and every pause and extension on file, in their order.

    What is on file is computed as it stands; the rules about what may be added are in `paused`, `resumed`
    and `extended`, which return the ledger with the new entry. `roll=False` is for periods that never
    move off rest days. Raises ImpossiblePause where pauses overlap, HoursNeedAnInstant for hours (see
    `states.hours`).
    """

    start_on: date
    budget: Period
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    roll: bool = True

    def __post_init__(self) -> None:
        if any(leg.unit is Unit.HOUR for leg in self.legs()):
            raise HoursNeedAnInstant
        for earlier, later in zip(self.pauses, self.pauses[1:], strict=False):
            if earlier.until_on is None or later.from_on < earlier.until_on:
                raise ImpossiblePause(
                    f"The clock cannot be paused on {later.from_on}: it still stands since {earlier.from_on}."
                )

    @property
    def open_pause(self) -> Pause | None:
        """The pause that has not ended."""
        return self.pauses[-1] if self.pauses and self.pauses[-1].until_on is None else None

    def paused(self, on: date, *, reason: str, by: str) -> Ledger:
        """The clock stopped on `on`. Raises ImpossiblePause without reason or person, or before the start."""
        if not reason.strip() or not by.strip():
            raise ImpossiblePause("A pause needs a reason and the person who ordered it.")
        if on < self.start_on:
            raise ImpossiblePause(f"The clock cannot be paused on {on}: it starts on {self.start_on}.")
        return replace(self, pauses=(*self.pauses, Pause(on, None, reason, by)))

    def resumed(self, on: date) -> Ledger:
        """The clock running again from `on`, which counts. Raises ImpossiblePause where it does not stand."""
        if self.open_pause is None:
            raise ImpossiblePause("The clock is not paused, so it cannot resume.")
        return replace(self, pauses=(*self.pauses[:-1], replace(self.open_pause, until_on=on)))

    def extended(self, extension: Extension, *, cap: Cap, calendar: Calendar) -> Ledger:
        """With `extension` added. Raises ExtensionRefused beyond the cap, after the end, or unapproved."""
        _check_cap((*self.extensions, extension), cap)
        if not extension.approver.strip():
            raise ExtensionRefused("An extension needs the person who approved it.")
        due_on = self.due_on(calendar)
        if due_on is not None and extension.granted_on > due_on:
            raise ExtensionRefused(f"The period ended on {due_on}; it can be extended only before it ends.")
        return replace(self, extensions=(*self.extensions, extension))

    def due_on(self, calendar: Calendar) -> date | None:
        """The due date, or None while the clock is paused."""
        last = self.stretches(calendar)[-1]
        return None if last.held_by else last.due_on

    def due(self, calendar: Calendar) -> Due | None:
        """The due date with its certainty, or None while the clock is paused."""
        stretches = self.stretches(calendar)
        if stretches[-1].held_by:
            return None
        return Due(stretches[-1].due_on, _any_provisional(stretches, calendar), calendar.version)

    def is_provisional(self, calendar: Calendar) -> bool:
        """Whether any part of the count asks about a year that is not decreed."""
        return _any_provisional(self.stretches(calendar), calendar)

    def standing(self, calendar: Calendar, *, on: date) -> Standing:
        """Where the clock stands on `on`. A paused clock stands as on the day it was paused."""
        stretches = self.stretches(calendar)
        last, provisional = stretches[-1], _any_provisional(stretches, calendar)
        if last.held_by:
            since, then = last.held_by.from_on, self.legs()[len(stretches) :]
            return Standing(None, provisional, calendar.version, since, last.left, last.unit, then)
        left = self._left(last, calendar, on)
        return Standing(last.due_on, provisional, calendar.version, None, left, last.unit)

    def legs(self) -> tuple[Period, ...]:
        """The budget with its extensions, added up by unit, in the order in which the units first appear."""
        if not self.extensions:
            return (self.budget,)
        counts: dict[Unit, int] = {self.budget.unit: self.budget.count}
        for extension in self.extensions:
            counts[extension.period.unit] = counts.get(extension.period.unit, 0) + extension.period.count
        return tuple(Period(count, unit) for unit, count in counts.items())

    def stretches(self, calendar: Calendar) -> tuple[Stretch, ...]:
        """Each leg as it runs, one after the other; the last one is where the clock stands or is due."""
        legs, cursor, done = self.legs(), self.start_on, []
        for number, leg in enumerate(legs, start=1):
            stretch = run(cursor, leg, self.pauses, calendar, roll=self.roll and number == len(legs))
            done.append(stretch)
            if stretch.held_by:
                break
            cursor = stretch.due_on
        return tuple(done)

    def _left(self, last: Stretch, calendar: Calendar, on: date) -> int:
        """Days of the last stretch from `on` to its end, both included, pauses still to come left out."""
        first_on = max(on, last.start_on + ONE_DAY)
        paused = sum(
            span(
                max(pause.from_on, first_on), min(pause.until_on - ONE_DAY, last.due_on), last.unit, calendar
            )
            for pause in self.pauses
            if pause.until_on is not None
        )
        return span(first_on, last.due_on, last.unit, calendar) - paused


def recompute(ledger: Ledger, *, old: Calendar, new: Calendar) -> Recomputed:
    """The due date under both calendars: what a newly decreed year changes."""
    provisional = ledger.is_provisional(new)
    return Recomputed(ledger.due_on(old), ledger.due_on(new), old.version, new.version, provisional)


def _any_provisional(stretches: tuple[Stretch, ...], calendar: Calendar) -> bool:
    return any(stretch.is_provisional(calendar) for stretch in stretches)


def _check_cap(extensions: tuple[Extension, ...], cap: Cap) -> None:
    if len(extensions) > cap.times:
        allowed = "is not provided for" if cap.times == 0 else f"may be given at most {cap.times}×"
        raise ExtensionRefused(f"An extension {allowed} here; this would be number {len(extensions)}.")
    if cap.total is None:
        return
    if any(extension.period.unit is not cap.total.unit for extension in extensions):
        raise ExtensionRefused(f"An extension here is measured in {cap.total.unit.en}s, up to {cap.total}.")
    total = sum(extension.period.count for extension in extensions)
    if total > cap.total.count:
        raise ExtensionRefused(f"Extensions may add up to {cap.total}; this would make {total}.")
