"""How much of a round one person may see: all of it, or the items left to them and what concerns the round as a whole.

Whoever is kept out of the clue of an item is kept out of the item: its brief, its opinions, its result, its tasks. A
substitute sees the items they sit in. What the rules of the round do not name as shared is withheld from both: minutes
and texts speak of all items at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import access, recusals, round_items, rounds
from cases.matters import OnFile
from cases.office import Office
from cases.people import postings_of
from cases.rounds import RESULT, RULES, RoundSeat
from states import agenda
from states.agenda import FIRST
from states.round_rules import RoundRules


@dataclass(frozen=True, slots=True)
class Sight:
    """The items somebody may see. `whole`: nothing of the round is withheld."""

    rules: RoundRules | None
    items: frozenset[int]
    whole: bool

    def values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What of a round's values they may see."""
        if self.whole or self.rules is None:
            return dict(values)
        names = {
            RULES,
            *self.rules.shared,
            *(name for item in self.items for name in _of_item(self.rules, item)),
        }
        return {name: value for name, value in values.items() if name in names}

    def event(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What an event of its history says to them: all, if it is about an item in their sight."""
        item = data.get(self.rules.item) if self.rules is not None else None
        if self.whole or item in self.items:
            return dict(data)
        return {} if item is not None else self.values(data)


EVERYTHING = Sight(None, frozenset({FIRST}), whole=True)


def _of_item(rules: RoundRules, item: int) -> tuple[str, ...]:
    if item == FIRST:
        return (rules.brief, rules.proposed, rules.decision, RESULT)
    return (round_items.key(item), round_items.result_key(item))


def sight(session: Session, office: Office, row: OnFile, *, actor: str) -> Sight:
    """What somebody who sees the round may see of it. A matter that is no round they see whole."""
    rules = rounds.frozen_rules(row)
    if rules is None:
        return EVERYTHING
    clues = round_items.clues(session, row.id)
    numbers = {FIRST, *clues}
    seen = {
        item for item in numbers if item not in clues or actor not in recusals.out_of(session, clues[item])
    }
    if clues and _only_stands_in(session, office, row, actor):
        sitting = agenda.sitting(rounds.agenda(session, row, rules))
        seen &= {item for item, people in sitting.items() if actor in people}
    return Sight(rules, frozenset(seen), whole=seen == numbers)


def _only_stands_in(session: Session, office: Office, row: OnFile, actor: str) -> bool:
    """Whether this person sees the round for no other reason than to sit in for a member."""
    seats = col(RoundSeat.matter) == row.id
    stands_in = select(1).where(seats, col(RoundSeat.substitute) == actor)
    holds = select(1).where(seats, col(RoundSeat.person) == actor)
    if session.execute(stands_in).first() is None or session.execute(holds).first() is not None:
        return False
    rulebook = office.rulebook(row.rulebook)
    return not access.sees(actor, postings_of(session, actor), rulebook, row, seated=False, recused=False)
