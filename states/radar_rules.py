"""The radar, as an office sets it in its rulebook: after how many working days without a substantive act a matter of each
machine reaches which step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator

from states.rule import Basis, Name, Rule

Steps = Annotated[tuple[Annotated[int, Field(ge=1, le=1000)], ...], Field(min_length=1, max_length=9)]
"""Whole working days without an act, one number for each step."""


class Radar(Rule):
    """Which machines stand on the radar, with their steps. Without an act in so many working days a matter has reached that
    step.

    `leaves_out`: the states in which nothing is to be done yet, such as a round planned for a day to come.
    """

    steps: Mapping[Name, Steps] = Field(min_length=1)
    leaves_out: Mapping[Name, tuple[Name, ...]] = Field(default_factory=dict)
    basis: Basis

    @model_validator(mode="after")
    def _each_step_is_further(self) -> Radar:
        for name, steps in self.steps.items():
            if any(second <= first for first, second in pairwise(steps)):
                raise ValueError(f"The steps of {name} must each be more days than the one before.")
        return self


def faults(rules: Radar, states: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """What in `rules` names something that does not exist. `states`: by machine."""
    yield from (f"radar.steps: there is no machine {name!r}." for name in rules.steps if name not in states)
    for name, left_out in rules.leaves_out.items():
        there = states.get(name, frozenset())
        yield from (
            f"radar.leaves_out.{name}: there is no state {one!r} there."
            for one in left_out
            if one not in there
        )
