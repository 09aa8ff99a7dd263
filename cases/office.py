"""The rules an office works by, handed to every service: rulebooks, calendar, and who tells people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlmodel import Session

from cases.matters import OnFile
from cases.sealing import Sealing
from states.calendars import Calendar
from states.rulebook import Rulebook

PERSON = "person:"


@dataclass(frozen=True, slots=True)
class Occurred:
    """An event as those see it who decide whom it concerns. `document` and `to` are set for a rung that fired;
    for a move they are empty and the rulebook's notice rules are asked.

    `to` names roles, places, or with the prefix PERSON somebody who may know whatever they see. What is in no history
    has no `event`, and a `cause` that is its own; `counts` are figures that its message tells.
    """

    event: int | None
    matter: int
    number: str
    machine: str
    rulebook: str
    move: str
    state: str
    at: datetime
    actor: str
    organisation: str
    addressee: str | None
    project: str | None
    handler: str | None
    opener: str | None
    document: str | None = None
    to: tuple[str, ...] = ()
    due_on: date | None = None
    cause: str = ""
    named: tuple[str, ...] = ()  # the people its form names
    counts: Mapping[str, int] | None = None


def occurred(
    row: OnFile, *, event: int | None, move: str, at: datetime, by: str, named: tuple[str, ...] = ()
) -> Occurred:
    """A move's event, from the matter as it stands after it."""
    return Occurred(event=event, matter=row.id, number=row.number, machine=row.machine, rulebook=row.rulebook,
                    move=move, state=row.state, at=at, actor=by, organisation=row.organisation,
                    addressee=row.addressee, project=row.project, handler=row.handler, opener=row.opener,
                    named=named)  # fmt: skip


Announce = Callable[[Session, "Office", Sequence[Occurred]], int]
"""Plans the notices of events in the same transaction; answers how many were planned."""


@dataclass(frozen=True)
class Office:
    """Rulebooks by key, the one new matters get, the calendar, and `announce`; with `vault`, what seals the leaves of
    integrity files."""

    rulebooks: Mapping[str, Rulebook]
    current: str
    calendar: Calendar
    announce: Announce
    vault: Sealing | None = None

    def rulebook(self, key: str | None = None) -> Rulebook:
        """The rulebook with this key, or the current one."""
        return self.rulebooks[key or self.current]

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which the office's days begin and end."""
        return ZoneInfo(self.rulebook().zone)

    def day(self, at: datetime) -> date:
        """The office's local day of an instant."""
        return at.astimezone(self.zone).date()
