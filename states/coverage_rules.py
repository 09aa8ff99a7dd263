"""What must be looked at, as an office sets it in its rulebook: which links belong to which phases and to whose work, how
long a look holds, what counts as a look, and how risk weighs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Annotated

from pydantic import Field, model_validator

from states.recurrence import NotARule
from states.recurrence_words import parse
from states.rule import Basis, Label, Name, Rule

Days = Annotated[int, Field(ge=1, le=3660)]
Weight = Annotated[int, Field(ge=0, le=1000)]
Choices = Mapping[str, Mapping[str, Mapping[str, Label]]]
"""By machine and the name of a field: its choices with their labels."""


class Personnel(Rule):
    """People of one side of the works: those of organisations of these kinds."""

    label: Label
    kinds: tuple[str, ...] = Field(min_length=1)


class LinkGrade(Rule):
    """How much a link weighs by itself, for how many days a look at it holds, and how often a new round is proposed."""

    label: Label
    weight: Weight
    holds_for: Days
    rule: str = Field(min_length=1, max_length=200)  # as `states.recurrence_words` reads it

    @model_validator(mode="after")
    def _recurs(self) -> LinkGrade:
        try:
            parse(self.rule)
        except NotARule as fault:
            raise ValueError(str(fault)) from None
        return self


class CoveredLink(Rule):
    """A link in the works: in which phases, by whose hands, of which grade. Each phase with each of them is a cell."""

    phases: tuple[Name, ...] = Field(min_length=1)
    personnel: tuple[Name, ...] = Field(min_length=1)
    grade: Name


class LookRule(Rule):
    """Which moves of a machine are looks, and at what.

    `whole`: whatever is not named was all looked at, as by a round at a link; without it a look tells only of what it
    names, as a clue does. `finds`: those of the moves that name the place of a finding, beside the round's own link.
    `unit` is the field that names the unit looked at, `person` the one that names somebody of it. `foretold_in`: the
    states in which a look is still to come.
    """

    moves: tuple[Name, ...] = Field(min_length=1)
    finds: tuple[Name, ...] = ()
    whole: bool = False
    unit: Name | None = None
    person: Name | None = None
    foretold_in: tuple[Name, ...] = ()


class RiskRule(Rule):
    """What raises a cell: matters of this machine received in the last `days`, open or closed, and more by their grade."""

    machine: Name
    days: Days
    open: Weight
    closed: Weight
    grades: Mapping[Name, Weight] = Field(default_factory=dict)
    unit: Name  # the field that names the unit it is about


class PointGrade(Rule):
    """How much a risk point of this grade weighs at the cells of its link."""

    label: Label
    weight: Weight


class PointRule(Rule):
    """The risk register raises cells too: matters of this machine in these states, by their grade, at all cells of their
    link. Of several at one cell the gravest counts: a point is a standing judgement, and two do not make a third."""

    machine: Name
    states: tuple[Name, ...] = Field(min_length=1)
    grades: Mapping[Name, PointGrade] = Field(min_length=1)


class Coverage(Rule):
    """Phase by personnel by link, and when a cell of it counts as looked at."""

    personnel: Mapping[Name, Personnel]
    grades: Mapping[Name, LinkGrade]
    links: Mapping[Name, CoveredLink]
    looks: Mapping[Name, LookRule]
    risk: RiskRule
    points: PointRule | None = None
    planned_within: Days  # a round further off than this is no plan yet
    basis: Basis

    @property
    def machine(self) -> str:
        """The machine whose fields `phase` and `link` name the phases and links, with their labels."""
        return self.risk.machine


def faults(rules: Coverage, choices: Choices, moves: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """What in `rules` names something that does not exist, and which links were left out. `moves`: moves and states by
    machine."""
    fields = choices.get(rules.machine)
    if fields is None:
        yield f"coverage.risk: there is no machine {rules.machine!r}."
        return
    phases, links = fields.get("phase", {}), fields.get("link", {})
    yield from (
        f"coverage.links: nothing is said of {name!r}: a link nobody looks at is a blind spot."
        for name in links if name not in rules.links
    )  # fmt: skip
    for name, link in rules.links.items():
        said: list[tuple[str, Sequence[str], Collection[str]]] = [
            ("link", [name], links),
            ("grade", [link.grade], rules.grades),
            ("phase", link.phases, phases),
            ("personnel", link.personnel, rules.personnel),
        ]
        yield from (
            f"coverage.links.{name}: there is no {what} {one!r}."
            for what, names, known in said for one in names if one not in known
        )  # fmt: skip
    if rules.points is not None:
        there = moves.get(rules.points.machine, frozenset())
        yield from (
            f"coverage.points: {rules.points.machine} has no state {one!r}."
            for one in rules.points.states if one not in there
        )  # fmt: skip
    for name, look in rules.looks.items():
        there = moves.get(name, frozenset())
        yield from (
            f"coverage.looks.{name}: there is no {one!r} there."
            for one in (*look.moves, *look.finds, *look.foretold_in) if one not in there
        )  # fmt: skip
        named = choices.get(name, {}).get("personnel", {})
        yield from (f"coverage.personnel: nothing is said of {one!r}, which {name} names." for one in named
                    if one not in rules.personnel)  # fmt: skip
