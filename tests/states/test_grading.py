"""Grading risk points: four schemes, each worked out again from its answers, and none in which more risk lowers it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from states import grading
from states.grading import NothingMet, graded
from states.grading_rules import GradingRules
from states.rulebook import Machine, Rulebook
from states.rulebook_file import shipped

POINT: Machine = shipped().machines["risk"]
assert POINT.grading is not None
RULES: GradingRules = POINT.grading
POWERS = RULES.schemes["power"].asks
CRITERIA = RULES.schemes["criteria"].asks

flags = st.lists(st.booleans(), min_size=5, max_size=5)


def answers(names: tuple[str, ...], held: list[bool]) -> dict[str, Any]:
    return dict(zip(names, held, strict=True))


@pytest.mark.parametrize("held, level", [
    (["money"], 1), (["purchasing"], 1), (["building", "management"], 1), (["major_decision"], 1), (["management"], 2),
    ([], 3),
])  # fmt: skip
def test_power_over_money_purchasing_building_or_major_decisions_is_level_one(
    held: list[str], level: int
) -> None:
    assert graded(RULES, "power", {name: name in held for name in POWERS}).level == level


@pytest.mark.parametrize("count, level", [(1, 3), (2, 2), (3, 1), (4, 1), (5, 1)])
def test_three_criteria_of_five_are_level_one_two_are_two_one_is_three(count: int, level: int) -> None:
    assert graded(RULES, "criteria", {name: at < count for at, name in enumerate(CRITERIA)}).level == level


def test_where_no_criterion_is_met_it_is_no_risk_point() -> None:
    with pytest.raises(NothingMet):
        graded(RULES, "criteria", dict.fromkeys(CRITERIA, False))


@pytest.mark.parametrize(
    "consequence, level, grade", [("crime", 1, "high"), ("breach", 2, "middle"), ("minor", 3, "low")]
)
def test_a_crime_is_level_one_a_breach_two_a_minor_one_three(
    consequence: str, level: int, grade: str
) -> None:
    found = graded(RULES, "consequence", {"consequence": consequence})
    assert (found.level, found.grade) == (level, grade)


@pytest.mark.parametrize("stage, level, grade, notice", [
    ("tendency", 1, "low", "risk_notice"), ("appeared", 2, "middle", "risk_disposal_notice"),
    ("violation", 3, "high", None),
])  # fmt: skip
def test_by_stage_a_tendency_is_warned_of_and_what_appeared_is_disposed_of(
    stage: str, level: int, grade: str, notice: str | None
) -> None:
    found = graded(RULES, "stage", {"stage": stage})
    assert (found.level, found.grade, found.notice) == (level, grade, notice)


@given(flags, st.integers(0, 4), st.sampled_from(["power", "criteria"]))
def test_another_power_or_criterion_never_lowers_the_grade(held: list[bool], more: int, scheme: str) -> None:
    names = RULES.schemes[scheme].asks
    raised = [one or at == more for at, one in enumerate(held)]
    try:
        before = graded(RULES, scheme, answers(names, held)).gravity
    except NothingMet:
        return
    assert graded(RULES, scheme, answers(names, raised)).gravity <= before


@given(st.sampled_from([("consequence", "minor", "breach"), ("consequence", "breach", "crime"),
                        ("stage", "tendency", "appeared"), ("stage", "appeared", "violation")]))  # fmt: skip
def test_a_graver_consequence_or_a_later_stage_never_lowers_the_grade(step: tuple[str, str, str]) -> None:
    scheme, less, more = step
    assert graded(RULES, scheme, {scheme: more}).gravity <= graded(RULES, scheme, {scheme: less}).gravity


@given(flags, st.sampled_from(["power", "criteria"]))
def test_what_is_kept_of_a_grading_is_enough_to_do_it_again(held: list[bool], scheme: str) -> None:
    rule = RULES.schemes[scheme]
    given_ = answers(rule.asks, held)
    try:
        kept = given_ | graded(RULES, scheme, given_).kept()
    except NothingMet:
        return
    assert not grading.differs(RULES, rule.graded_by, kept)
    assert grading.differs(RULES, rule.graded_by, kept | {"level": kept["level"] % 3 + 1})
    assert grading.differs(RULES, rule.graded_by, {name: kept[name] for name in kept if name != rule.asks[0]})


def test_a_grading_explains_itself_in_both_languages() -> None:
    kept = {name: name == "money" for name in POWERS} | {"level": 1}
    found = grading.explained(POINT, "grade_by_power", kept)
    assert found is not None
    assert found.en == "by the power of the post: power over money -> level one (high)"
    assert found.zh == "按岗位权力大小：管钱 → 一级（高）"
    kept = {name: name != "single_hand" for name in CRITERIA} | {"level": 1}
    counted = grading.explained(POINT, "grade_by_criteria", kept)
    assert counted is not None
    assert counted.zh.startswith("按符合条件数：5 项中具备 4 项（自由裁量权大、")
    assert grading.explained(POINT, "retire", {}) is None


def broken(scheme: str, **changes: Any) -> str:
    plain = POINT.model_dump(mode="python", by_alias=True)
    plain["grading"]["schemes"][scheme] |= changes
    with pytest.raises(ValidationError) as found:
        Machine.model_validate(plain)
    return str(found.value)


def test_an_office_cannot_write_a_scheme_in_which_a_graver_answer_lowers_the_grade() -> None:
    falling = {"minor": 1, "breach": 2, "crime": 3}
    assert "would lower the grade" in broken("consequence", weighs=falling)
    assert "would lower the grade" in broken("criteria", at_least={1: 1, 2: 2, 3: 3})
    assert "in their order" in broken("consequence", weighs={"crime": 1, "breach": 2, "minor": 3})
    assert "`otherwise` is graver" in broken("power", otherwise=1)


def test_a_scheme_names_what_is_there() -> None:
    assert "there is no move 'grade_by_lot'" in broken("stage", graded_by="grade_by_lot")
    assert "has no field 'luck'" in broken("power", asks=(*POWERS, "luck"))
    assert "there is no level 7" in broken("consequence", weighs={"minor": 7, "breach": 2, "crime": 1})
    assert "gives a level to each of its choices" in broken("stage", weighs={"tendency": 1})
    assert "`at_least` gives levels" in broken("criteria", at_least={0: 3})


def test_signs_are_moves_and_answers_that_are_there() -> None:
    plain = shipped().model_dump(mode="python", by_alias=True)
    for signs, says in (
        ({"clue": {"registr": {}}}, "clue has no move 'registr'"),
        (
            {"inspection": {"answer_item": {"answer": "fnding"}}},
            "answer of answer_item has no choice 'fnding'",
        ),
    ):
        plain["machines"]["risk"]["grading"]["signs"] = signs
        with pytest.raises(ValidationError, match=says):
            Rulebook.model_validate(plain)


def test_points_stand_at_the_links_and_in_the_phases_that_clues_name() -> None:
    clue = {field.name: field.choices for field in shipped().machines["clue"].register_}
    own = {field.name: field.choices for field in POINT.register_}
    assert own["link"] == clue["link"]
    assert own["phase"] == clue["phase"]
