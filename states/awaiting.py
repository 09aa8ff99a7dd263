"""What the moves out of a state wait for: answers of people who were asked, such as signatures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from states.facts import Facts, Reason
from states.guards import GUARDS
from states.rulebook import Machine

_WAITS = "all_answered"

Asking = Mapping[str, Any]


def by_state(machine: Machine) -> dict[str, tuple[Asking, ...]]:
    """By state, what the guards of its moves say is to be answered before; each once."""
    return {state: _of(machine, state) for state in machine.states}


def _of(machine: Machine, state: str) -> tuple[Asking, ...]:
    found: list[Asking] = []
    for move in machine.moves_from.get(state, ()):
        for use in machine.moves[move].guards:
            if use.name == _WAITS and use.argument not in found:
                found.append(use.argument)
    return tuple(found)


def unanswered(asking: Asking, facts: Facts) -> Reason | None:
    """Whose answers are missing, and who can cure it; None if nobody's."""
    return GUARDS[_WAITS].holds(facts, asking)
