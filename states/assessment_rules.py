"""The assessment of organisations, as an office sets it in its rulebook: which figures, of which bodies, weighing how much.

What a figure counts is one of a few ways in code (`cases.assessment_counts`); everything else is here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, model_validator

from states.rule import Basis, Label, Name, Rule

Counts = Literal[
    "in_time", "still_late", "followed", "standing", "opinions", "slots", "standing_still", "noted"
]
Whose = Annotated[str, Field(pattern=r"^(keeper|addressee|handler|(value|said)\.[a-z_]+(/[a-z_]+)*)$")]
COMMISSION = "commission"
SHARES = frozenset({"in_time", "standing", "opinions", "slots"})  # what has a denominator, and may weigh


class Of(Rule):
    """What is counted. `whose` says to which body a row belongs: the first of these that is given decides; of
    `value.a/b` any of the fields. `without`: a clock that one of these moves closed was not owed after all.

    in_time, still_late: clocks `clock` of `machine` whose day lies in the period.
    followed: of the matters in which one of `base` was made in the period, those in which one of `hit` followed.
    standing: matters in one of `states`, with `term` in their term, on the last day; `least` so many are wanted (or as many
        as the setting `least_by` says), for each project of the body with `per_project`, different ones by `distinct`.
    opinions: seats in rounds of `machine` that were opened by `base` in the period and concluded by `hit`.
    slots: of the slots of inspection programmes in the period, those whose round came to one of `hit`.
    standing_still: live matters of `machine`; of them those that stand at a step of the radar.
    noted: matters of `machine` put on file in the period.
    """

    machine: Name
    clock: Name | None = None
    whose: tuple[Whose, ...] = ("keeper",)
    without: tuple[Name, ...] = ()
    base: tuple[Name, ...] = ()
    hit: tuple[Name, ...] = ()
    states: tuple[Name, ...] = ()
    term: bool = False
    least: Annotated[int, Field(ge=1, le=100)] = 1
    least_by: Name | None = None
    per_project: bool = False
    distinct: Name | None = None


class Deducts(Rule):
    """Points that each row takes off, and the most that all of them take."""

    each: Annotated[int, Field(ge=1, le=100)]
    most: Annotated[int, Field(ge=1, le=100)]


class Indicator(Rule):
    """One figure of the sheet. It weighs, or takes points off, or (with neither) only stands there.

    `for_`: the kinds of bodies that it is counted for. `internal`: for those of the commission who see every row; it stands
    in no sheet that leaves them.
    """

    label: Label
    for_: tuple[str, ...] = Field(alias="for", min_length=1)
    counts: Counts
    of: Of
    weight: Annotated[int, Field(ge=0, le=100)] = 0
    deducts: Deducts | None = None
    internal: bool = False

    @model_validator(mode="after")
    def _counts_once(self) -> Indicator:
        if self.weight and (self.deducts is not None or self.counts not in SHARES):
            raise ValueError(
                f"Only a share weighs ({', '.join(sorted(SHARES))}), and it takes no points off besides."
            )
        if self.deducts is not None and self.counts in SHARES:
            raise ValueError("A share weighs; points are taken off for single rows.")
        if self.internal and (self.weight or self.deducts is not None):
            raise ValueError(
                "What is internal neither weighs nor takes points off: a score would give it away."
            )
        return self


class Assessment(Rule):
    """The indicators by name. `kept_in`: the machines of the discipline channel; of a company, what is counted there is
    internal. `drafted_by`: the roles that draw up a sheet."""

    kept_in: tuple[Name, ...]
    drafted_by: tuple[Name, ...] = Field(min_length=1)
    indicators: Mapping[Name, Indicator] = Field(min_length=1)
    basis: Basis

    @model_validator(mode="after")
    def _companies_learn_nothing(self) -> Assessment:
        for name, one in self.indicators.items():
            if one.of.machine in self.kept_in and not one.internal and set(one.for_) != {COMMISSION}:
                raise ValueError(f"{name} counts {one.of.machine} of companies: it must be `internal`.")
        return self

    def of_kind(self, kind: str) -> Mapping[str, Indicator]:
        """The indicators of bodies of this kind."""
        return {name: one for name, one in self.indicators.items() if kind in one.for_}


@dataclass(frozen=True, slots=True)
class There:
    """What a machine has, by name."""

    clocks: Collection[str]
    moves: Collection[str]
    states: Collection[str]


def faults(
    rules: Assessment, machines: Mapping[str, There], roles: Collection[str], settings: Collection[str]
) -> Iterator[str]:
    """What in `rules` names something that does not exist."""
    for name in rules.kept_in:
        if name not in machines:
            yield f"assessment.kept_in: there is no machine {name!r}."
    for name in rules.drafted_by:
        if name not in roles:
            yield f"assessment.drafted_by: there is no role {name!r}."
    for name, one in rules.indicators.items():
        here = f"assessment.indicators.{name}.of"
        if one.of.machine not in machines:
            yield f"{here}: there is no machine {one.of.machine!r}."
        else:
            yield from (
                f"{here}: {one.of.machine} has no {fault}." for fault in _lacks(one, machines[one.of.machine])
            )
        if one.of.least_by is not None and one.of.least_by not in settings:
            yield f"{here}: there is no setting {one.of.least_by!r}."


def _lacks(one: Indicator, there: There) -> Iterator[str]:
    if one.counts in ("in_time", "still_late") and one.of.clock not in there.clocks:
        yield f"clock {one.of.clock!r}"
    named = (*one.of.base, *one.of.hit, *one.of.without)
    yield from (f"move {move!r}" for move in named if move not in there.moves)
    yield from (f"state {state!r}" for state in one.of.states if state not in there.states)
