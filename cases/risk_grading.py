"""Grading at the gate: what a form comes to goes into the history beside its answers, and a grave grade sends a notice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cases.office import Occurred
from states import grading
from states.facts import Reason
from states.grading_rules import NOTICE
from states.rulebook import Label, Machine


def read(machine: Machine, move: str, form: dict[str, Any]) -> list[Reason]:
    """Work out what a form grades; what it comes to stands in `form` from then on. What is wrong with it."""
    name = machine.grading.scheme_of(move) if machine.grading is not None else None
    if machine.grading is None or name is None:
        return []
    try:
        form |= grading.graded(machine.grading, name, form).kept()
    except grading.NothingMet:
        return [Reason(
            "nothing_met",
            Label(zh="没有符合任何一项条件，按此办法不构成风险点。",
                  en="None of the criteria is met: by this scheme it is no risk point."),
            Label(zh="请改用其他定级办法，或由负责人撤销该风险点。", en="Take another scheme, or have the point retired."),
        )]  # fmt: skip
    return []


def told(machine: Machine, move: str, values: Mapping[str, Any], happened: Occurred) -> Occurred:
    """The event as those see it who are to be told: a grade that sends a notice says so once it is in force."""
    rules = machine.grading
    if rules is None or move != rules.in_force_by or values.get(NOTICE) not in rules.notices:
        return happened
    kind = str(values[NOTICE])
    return replace(happened, document=kind, to=rules.notices[kind].to)
