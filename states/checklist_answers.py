"""What was answered to a checklist, told from the course of a matter: the latest answer counts, every earlier one stays."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from states.checklist_rules import (
    ANSWER,
    FINDING,
    ITEM,
    LEFT_OUT,
    NOT_LOOKED_AT,
    ChecklistRules,
)
from states.facts import Made

_BETWEEN = re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a checklist stands: the latest answer by item, what was left out with a reason, what a re-inspection asks."""

    answers: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    again: tuple[str, ...] | None = None  # None: no re-inspection was ordered
    answered_again: frozenset[str] = frozenset()

    @property
    def found(self) -> tuple[str, ...]:
        """The items at which something was found and is not cured yet."""
        return tuple(item for item, answer in self.answers.items() if answer == FINDING)

    @property
    def to_ask_again(self) -> tuple[str, ...]:
        """What the re-inspection asks and nobody has answered since it was ordered."""
        return tuple(item for item in self.again or () if item not in self.answered_again)

    def unanswered(self, mandatory: Iterable[str]) -> tuple[str, ...]:
        """Of these items those that nobody has looked at, and nobody has left out with a reason."""
        return tuple(
            item for item in mandatory
            if self.answers.get(item, NOT_LOOKED_AT) == NOT_LOOKED_AT and item not in self.left_out
        )  # fmt: skip


def numbers_in(text: str) -> list[str]:
    """The numbers of photographs as somebody lists them: "1, 3", "1、3"."""
    return [word for word in _BETWEEN.split(text) if word]


def answer_of(rules: ChecklistRules, move: str, form: Mapping[str, Any]) -> tuple[str, str] | None:
    """The item that a move answers, and the answer; None for a move that answers none."""
    item = form.get(ITEM)
    if item and move == rules.answered_by:
        return str(item), str(form[ANSWER])
    return (str(item), FINDING) if item and move in rules.found_by else None


def standing(rules: ChecklistRules, course: Iterable[Made]) -> Standing:
    """How the checklist stands after these moves, oldest first."""
    answers: dict[str, str] = {}
    left_out: set[str] = set()
    again: tuple[str, ...] | None = None
    since: set[str] = set()
    for made in course:
        if (given := answer_of(rules, made.move, made.form)) is not None:
            answers[given[0]] = given[1]
            since.add(given[0])
        elif made.move == rules.left_out_by:
            left_out |= {*made.form.get(LEFT_OUT, ())}
        elif made.move == rules.asked_again_by:
            again = tuple(item for item, answer in answers.items() if answer == FINDING)
            since = set()
    return Standing(answers, frozenset(left_out), again, frozenset(since))


def next_item(stand: Standing, asked: Sequence[str], mandatory: Collection[str]) -> str:
    """The item that is answered next: what is asked again, what has to be answered, what may be; else the first."""
    waiting = (*stand.to_ask_again, *stand.unanswered(item for item in asked if item in mandatory))
    return next(iter((*waiting, *(item for item in asked if item not in stand.answers))), asked[0])
