"""How a machine's matters are graded: the schemes an office uses, what each of them asks, and which level that comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from states.rule import Basis, Label, Name, Rule

SCHEME, LEVEL, GRADE, NOTICE = "scheme", "level", "grade", "grade_notice"
KEPT = (SCHEME, LEVEL, GRADE, NOTICE)  # what the gate works out and the history keeps beside the answers
LINK, HOLDER = "link", "holder"  # the facts of a point by which clues and changes of duty find it
NO_NOTICE = "none"

Number = Annotated[int, Field(ge=0, le=9)]


class Level(Rule):
    """A level of a scheme, in its own count; the grade it stands for; the notice that goes out once it is in force."""

    level: Number
    grade: Name
    label: Label
    notice: Name | None = None


class Scheme(Rule):
    """A scheme of grading. `asks` are the fields of the move `graded_by` that it goes by.

    gravest: of the things that `weighs` names, each yes-or-no, the gravest that holds; else the level `otherwise`
    choice:  the level that `weighs` gives to the answer; answers are written from the lightest to the gravest
    count:   how many of `asks`, each yes-or-no, hold; `at_least` so many make a level, and none at all makes none
    """

    label: Label
    graded_by: Name
    formula: Literal["gravest", "choice", "count"]
    asks: tuple[Name, ...] = Field(min_length=1)
    levels: tuple[Level, ...] = Field(min_length=1)
    weighs: Mapping[Name, Number] = Field(default_factory=dict)
    at_least: Mapping[Number, Number] = Field(default_factory=dict)
    otherwise: Number | None = None
    basis: Basis

    def of(self, level: int) -> Level:
        """The level with this number."""
        return next(one for one in self.levels if one.level == level)


class GradeNotice(Rule):
    """A notice that a grade in force sends: what people call it, and who is told to issue it."""

    label: Label
    to: tuple[Name, ...] = Field(min_length=1)


class GradingRules(Rule):
    """`grades` from the gravest to the lightest; `schemes` are those the office uses: it deletes the others, with their
    moves. A grade is in force from the move `in_force_by` on.

    A sign is a move of another machine, with these answers in its form, at the same link; or a change of duty of the holder.
    It makes the engine's move `raised_by`, or `raised_again_by` where the point is looked at anyway.
    """

    grades: Mapping[Name, Label] = Field(min_length=1)
    schemes: Mapping[Name, Scheme] = Field(min_length=1)
    notices: Mapping[Name, GradeNotice] = Field(default_factory=dict)
    in_force_by: Name
    raised_by: Name
    raised_again_by: Name
    signs: Mapping[Name, Mapping[Name, Mapping[Name, str]]]

    def gravity(self, scheme: Scheme, level: int) -> int:
        """How grave a level is, whatever its scheme calls it: 1 is the gravest."""
        return list(self.grades).index(scheme.of(level).grade) + 1

    def scheme_of(self, move: str) -> str | None:
        """The scheme that a move grades by."""
        return next((name for name, one in self.schemes.items() if one.graded_by == move), None)


def faults(rules: GradingRules, forms: Mapping[str, Mapping[str, Mapping[str, Label]]]) -> Iterator[str]:
    """What makes no sense, among it each scheme in which a graver answer would lower the grade. `forms`: by move, its fields
    with their choices."""
    for name, one in rules.schemes.items():
        here = f"grading.schemes.{name}"
        levels = {each.level for each in one.levels}
        yield from (
            f"{here}: there is no grade {each.grade!r}."
            for each in one.levels
            if each.grade not in rules.grades
        )
        yield from (f"{here}: there is no notice {each.notice!r}." for each in one.levels
                    if each.notice is not None and each.notice not in rules.notices)  # fmt: skip
        meant = {*one.weighs.values(), *one.at_least.values()}
        meant |= {one.otherwise} if one.otherwise is not None else set()
        yield from (f"{here}: there is no level {level}." for level in sorted(meant - levels))
        form = forms.get(one.graded_by)
        if form is None:
            yield f"{here}: there is no move {one.graded_by!r}."
            continue
        yield from (
            f"{here}: {one.graded_by} has no field {each!r}." for each in one.asks if each not in form
        )
        yield from _against_formula(here, one, form)
        if not (meant - levels) and {each.grade for each in one.levels} <= set(rules.grades):
            yield from _falling(here, rules, one)


def _against_formula(here: str, one: Scheme, form: Mapping[str, Mapping[str, Label]]) -> Iterator[str]:
    if one.formula == "gravest" and (set(one.weighs) != set(one.asks) or one.otherwise is None):
        yield f"{here}: `weighs` gives a level to each of `asks`, and `otherwise` says what none of them comes to."
    if one.formula == "choice" and (
        len(one.asks) != 1 or list(one.weighs) != list(form.get(one.asks[0], {}))
    ):
        yield f"{here}: it asks one question, and `weighs` gives a level to each of its choices, in their order."
    if one.formula == "count" and (
        not one.at_least or max(one.at_least) > len(one.asks) or 0 in one.at_least
    ):
        yield f"{here}: `at_least` gives levels to counts from 1 to the number of `asks`."


def _falling(here: str, rules: GradingRules, one: Scheme) -> Iterator[str]:
    """Where more, or graver, would come to less."""
    rising = (
        list(one.weighs.values())
        if one.formula == "choice"
        else [one.at_least[n] for n in sorted(one.at_least)]
    )
    gravities = [rules.gravity(one, level) for level in rising]
    if one.formula != "gravest" and gravities != sorted(gravities, reverse=True):
        yield f"{here}: a graver answer would lower the grade; write them from the lightest to the gravest."
    if one.formula == "gravest" and one.otherwise is not None:
        least = max((rules.gravity(one, level) for level in one.weighs.values()), default=0)
        if rules.gravity(one, one.otherwise) < least:
            yield f"{here}: `otherwise` is graver than what is asked."
