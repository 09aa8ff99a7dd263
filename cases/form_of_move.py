"""The form of one move of a matter, whether or not the move is open: what it asks for, and why it may not be made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import surveys
from cases.matters import OnFile
from cases.office import Office
from cases.organisations import Organisation
from cases.prepared import PreparedForLists
from states.facts import Reason
from states.rulebook import FormField, Machine


@dataclass(frozen=True, slots=True)
class Asked:
    """A move as it stands for one person. Not open, it has reasons; from another state than it leaves, it has none."""

    matter: OnFile
    rules: Machine
    move: str
    fields: tuple[FormField, ...]
    examples: Mapping[str, Any]
    is_open: bool
    reasons: tuple[Reason, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether the rulebook has such a move for people."""
        return self.move in self.rules.moves and not self.rules.moves[self.move].engine

    def leads(self, lang: str) -> str:
        """The state that follows, by its label; empty where the state stays."""
        to = self.rules.moves[self.move].to
        return (
            self.rules.states[to].label.in_(lang)
            if to is not None and to in self.rules.states and to != self.matter.state
            else ""
        )


def asked(session: Session, office: Office, number: str, move: str, *, actor: str, at: datetime) -> Asked:
    """The form of `move` on the matter `number` for `actor`. Raises NoSuchMatter."""
    survey = surveys.moves(session, office, number, actor=actor, at=at)
    rules = office.rulebook(survey.matter.rulebook).machines[survey.matter.machine]
    for one in survey.open:
        if one.move == move:
            return Asked(survey.matter, rules, move, one.fields, one.examples, is_open=True)
    reasons = next((one.reasons for one in survey.blocked if one.move == move), ())
    fields = rules.moves[move].fields if move in rules.moves else ()
    return Asked(survey.matter, rules, move, fields, {}, is_open=False, reasons=reasons)


def bodies(session: Session, codes: Iterable[str | None], *, lang: str) -> dict[str, str]:
    """The names of organisations, by code."""
    found = _BODIES.rows(session, codes=sorted({code for code in codes if code}))
    return {code: zh if lang == "zh" else en for code, zh, en in found}


_BODIES = PreparedForLists(
    lambda given: select(col(Organisation.code), col(Organisation.name_zh), col(Organisation.name_en)).where(
        col(Organisation.code).in_(given["codes"])
    )
)
