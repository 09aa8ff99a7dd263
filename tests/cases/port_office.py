"""The Port Centre's own rulebook on a database, with short words for what people do there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from cases import checklists, opening, rulebooks, surveys, sweep
from cases.advance import advance
from cases.errors import NoSuchMatter
from cases.moved import Moved
from cases.office import Office
from notifications import outbox
from states.calendars import china
from states.checklists import shipped as shipped_checklist
from states.facts import Refused
from states.rulebook_file import shipped
from tests.cases.small_office import Told

Unit = Callable[[], AbstractContextManager[Session]]
MORNING = datetime(2026, 9, 1, 1, 0, tzinfo=UTC)  # Tuesday 1 September 2026, nine in Shanghai


def port_office(told: Told | None = None) -> Office:
    """An office under the shipped rulebook."""
    book = shipped()
    return Office({book.key: book}, book.key, china(), told or Told())


def on_file(unit: Unit) -> Port:
    """The office with its rulebook on file, as an audit reads it, and its notices planned."""
    office = port_office()
    with unit() as session:
        rulebooks.publish(session, office.rulebook(), at=MORNING)
    return Port(unit, type(office)(office.rulebooks, office.current, office.calendar, outbox.plan))


def with_checklist(port: Port) -> Port:
    """The same office with the shipped checklist on file."""
    with port.unit() as session:
        checklists.put(session, shipped_checklist(), by="setup", at=port.at)
    return port


@dataclass
class Port:
    """The office and its people at work; every act a minute after the one before."""

    unit: Unit
    office: Office = field(default_factory=port_office)
    at: datetime = MORNING

    def note(self, who: str = "supervisor", machine: str = "clue", /, **given: Any) -> str:
        """A matter opened with the form's examples but for what is given (None: left out); its number."""
        with self.unit() as session:
            fields = surveys.opening_form(session, self.office, machine, at=self.at, lang="en", actor=who)
            form = _filled(fields) | given
            form = {name: value for name, value in form.items() if value is not None}
            moved = opening.open_matter(session, self.office, machine, actor=who, at=self.at, fields=form)
        return moved.number

    def do(self, number: str, who: str, move: str, /, **given: Any) -> Moved:
        """`who` makes a move, the form filled with its examples but for what is given."""
        self.at += timedelta(minutes=1)
        with self.unit() as session:
            survey = surveys.moves(session, self.office, number, actor=who, at=self.at).as_dict("en")
            fields: Any = next((one["fields"] for one in survey["open"] if one["move"] == move), [])
            form = {name: value for name, value in (_filled(fields) | given).items() if value is not None}
            return advance(session, self.office, number, move, actor=who, at=self.at, fields=form)

    def walk(self, number: str, *steps: tuple[str, str]) -> str:
        """One move after the other; the state at the end."""
        return [self.do(number, who, move).to for who, move in steps][-1]

    def refused(self, number: str, who: str, move: str, /, **given: Any) -> Mapping[str, str]:
        """That the move is refused: the codes of the reasons with their sentences."""
        with pytest.raises(Refused) as found:
            self.do(number, who, move, **given)
        return {reason.code: reason.message.en for reason in found.value.reasons}

    def unseen(self, number: str, who: str) -> bool:
        """Whether the matter does not exist for them."""
        try:
            with self.unit() as session:
                surveys.moves(session, self.office, number, actor=who, at=self.at)
        except NoSuchMatter:
            return True
        return False

    def later(self, **passed: float) -> None:
        """Time passes, and every clock that falls due meanwhile fires."""
        self.at += timedelta(**passed)
        sweep.sweep(self.unit, self.office, at=self.at)

    def clue_with(self, who: str = "officer", **given: Any) -> str:
        """A clue, handled by an officer who has signed for it."""
        number = self.note(**given)
        self.do(number, "registrar", "register", managed_by=given.get("managed_by", "ours"))
        self.do(number, "registrar", "propose_assignment", proposed_handler=who)
        self.do(number, "head", "approve_assignment", handler=who)
        self.do(number, who, "sign_for")
        return number

    def meeting(self, **given: Any) -> str:
        """A round of the three companies in session; its number."""
        seats = given.pop("seats", ["owner", "contractor", "overseer"])
        number = self.note("leader", "consultation", seats=seats, **given)
        self.walk(number, ("registrar", "send_brief"), ("leader", "open_session"))
        return number

    def say(self, number: str, who: str, opinion: str = "agree", **given: Any) -> Moved:
        """An opinion."""
        words = {"conditions": None, "opinion_reasons": None} | given
        return self.do(number, who, "give_opinion", opinion=opinion, **words)


def _filled(fields: Any) -> dict[str, Any]:
    return {one["name"]: one["example"] for one in fields if one["example"] is not None and one["required"]}
