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

OUT_OF_SIGHT = frozenset({"above", "higher", "named"})  # who sees nothing of it, and whom only a form names


class Radar(Rule):
    """Which machines stand on the radar, with their steps. Without an act in so many working days a matter has reached that
    step.

    `leaves_out`: the states in which nothing is to be done yet, such as a round planned for a day to come. `tells`: who is
    told, by step, roles or what a notice rule may name of a matter; of steps beyond, whoever is told of the last one.
    `told_within`: a step that was reached that many working days ago, or more, is told to nobody.
    """

    steps: Mapping[Name, Steps] = Field(min_length=1)
    leaves_out: Mapping[Name, tuple[Name, ...]] = Field(default_factory=dict)
    tells: tuple[Annotated[tuple[Name, ...], Field(max_length=20)], ...] = ()
    told_within: Annotated[int, Field(ge=1, le=1000)] = 5
    basis: Basis

    @model_validator(mode="after")
    def _each_step_is_further(self) -> Radar:
        for name, steps in self.steps.items():
            if any(second <= first for first, second in pairwise(steps)):
                raise ValueError(f"The steps of {name} must each be more days than the one before.")
        return self

    def told_of(self, step: int) -> tuple[Name, ...]:
        """Who is told of this step, counted from 1."""
        return self.tells[min(step, len(self.tells)) - 1] if self.tells else ()


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
    for step, names in enumerate(rules.tells, start=1):
        for one in set(names) & OUT_OF_SIGHT:
            yield f"radar.tells: {one!r} of step {step} is nobody whom a matter names; name a role."
