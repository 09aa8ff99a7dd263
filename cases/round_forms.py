"""The forms of a round's moves as they stand for this round: which item is meant, what the last tasks came to."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from cases import last_tasks, rounds
from cases.matters import OnFile
from cases.office import Office
from states import guards_on_rounds
from states.agenda import FIRST
from states.facts import Facts
from states.rulebook import FormField, Move


def asked(rule: Move, known: Facts) -> tuple[FormField, ...]:
    """The fields of a move: where several items are on the agenda, the one that tells which is required."""
    if len(known.values.get(guards_on_rounds.ITEMS) or ()) < 2:
        return rule.fields
    named = {use.argument for use in rule.guards if use.name == "item_named"}
    return tuple(
        field.model_copy(update={"required": True}) if field.name in named else field for field in rule.fields
    )


def examples(session: Session, office: Office, row: OnFile, move: str, *, known: Facts) -> dict[str, Any]:
    """Values that only the round itself can give, at the instant of `known`: they go before those of the rulebook."""
    rules = rounds.frozen_rules(row)
    if rules is None:
        return {}
    found: dict[str, Any] = {rules.item: known.values.get(guards_on_rounds.NEXT_ITEM, FIRST)}
    if move == rules.begun_by:
        rulebook = office.rulebook(row.rulebook)
        noted = last_tasks.to_note(session, rulebook, row, actor=known.actor.id)
        found |= {rules.last_tasks: last_tasks.in_words(noted, at=known.at)} if noted else {}
    return found
