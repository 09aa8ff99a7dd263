"""The items of a project's integrity file: how each of them stands, by the latest note of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from states.facts import Made
from states.file_rules import ITEM, ITEM_STATE, ItemRules
from states.rulebook import Label, Machine

Noted = Mapping[str, Made]  # by item, the latest note of it


def noted(rules: ItemRules, course: Iterable[Made]) -> Noted:
    """The latest note of each item that was noted at all. Earlier ones stay in the history."""
    return {made.form[ITEM]: made for made in course if made.move == rules.noted_by and ITEM in made.form}


def lacking(machine: Machine, rules: ItemRules, notes: Noted) -> dict[str, list[str]]:
    """The items that are missing or partial, in the order of the rulebook: their labels."""
    labels = item_labels(machine, rules)
    return {
        item: [labels[item].zh, labels[item].en] for item in rules.items
        if item not in notes or notes[item].form.get(ITEM_STATE) not in rules.settled
    }  # fmt: skip


def item_labels(machine: Machine, rules: ItemRules) -> Mapping[str, Label]:
    """What the items are called."""
    return choices_of(machine, rules, ITEM)


def choices_of(machine: Machine, rules: ItemRules, name: str) -> Mapping[str, Label]:
    """The choices of a field of the move that notes an item."""
    fields = machine.moves[rules.noted_by].fields
    return next((field.choices for field in fields if field.name == name), {})
