"""Reports that a duty demands: which of them, by facts alone. What is then opened or put away is `cases.owing`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from states.facts import Facts
from states.guards import GUARDS
from states.rulebook import Machine, Mandatory


def demanded(machine: Machine, facts: Facts) -> Mapping[str, Mandatory]:
    """The duties whose report the rule opens by itself, as far as these facts make them known."""
    known = replace(facts, form=None)
    return {
        name: duty
        for name, duty in machine.mandatory.items()
        if duty.opens is not None and _holds(duty, known)
    }


def _holds(duty: Mandatory, facts: Facts) -> bool:
    return all(GUARDS[use.name].holds(facts, use.argument) is None for use in duty.when)
