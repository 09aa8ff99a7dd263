"""Named conditions of moves: small predicates over plain facts. Each says what is missing, and who can cure it and how.

A rulebook uses a guard by its name: `- is_handler` or `- value_is: {way: [hold]}`.
"""

from __future__ import annotations

from typing import Any

from states import (
    guard_arguments,
    guards_on_checklists,
    guards_on_course,
    guards_on_file,
    guards_on_files,
    guards_on_forms,
    guards_on_links,
    guards_on_meetings,
    guards_on_people,
    guards_on_rounds,
)
from states.facts import Facts, Reason
from states.guard import REGISTERED, Guard, guard

__all__ = [
    "GUARDS",
    "Guard",
    "guards_on_checklists",
    "guards_on_course",
    "guards_on_file",
    "guards_on_files",
    "guards_on_forms",
    "guards_on_links",
    "guards_on_meetings",
    "guards_on_people",
    "guards_on_rounds",
]

GUARDS = REGISTERED
"""Every guard a rulebook may name."""


@guard(guard_arguments.either)
def either(facts: Facts, argument: Any) -> Reason | None:
    """One of these holds: `[{is_not_true: real_name}, {act_done: feed_back}]`.

    The reason given is that of the last one: put last what an office would most likely cure.
    """
    reason = None
    for use in argument:
        name, its = (use, None) if isinstance(use, str) else next(iter(use.items()))
        reason = GUARDS[name].holds(facts, its)
        if reason is None:
            return None
    return reason


guard_arguments.know(GUARDS)
