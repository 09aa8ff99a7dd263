"""The score of a sheet: exact, from 0 to 100, and never raised by a task that is late."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from states.assessing import Count, deduction, rounded, score
from states.assessment_rules import Indicator
from states.rulebook import Rulebook
from states.rulebook_file import shipped


def weighing(weight: int) -> Indicator:
    return Indicator.model_validate(
        {"label": {"zh": "甲", "en": "a"}, "for": ["owner"], "counts": "in_time", "weight": weight,
         "of": {"machine": "task", "clock": "rectification"}}
    )  # fmt: skip


def deducting(each: int, most: int) -> Indicator:
    return Indicator.model_validate(
        {"label": {"zh": "乙", "en": "b"}, "for": ["owner"], "counts": "still_late", "deducts": {"each": each, "most": most},
         "of": {"machine": "task", "clock": "rectification"}}
    )  # fmt: skip


def test_what_does_not_apply_does_not_weigh() -> None:
    found = score([(weighing(30), Count(4, 5)), (weighing(15), Count(0, 0)), (weighing(15), Count(1, 1))])
    assert found.total == Fraction(100 * 39, 45)
    assert found.shown == "86.7"
    assert found.worked == "100 × (30 × 4/5 + 15 × 1/1) ÷ 45 − 0 = 86.7"


def test_where_nothing_applies_there_is_no_score() -> None:
    found = score([(weighing(30), Count(0, 0)), (deducting(2, 10), Count(3))])
    assert (found.total, found.shown, found.deducted) == (None, None, 6)


def test_points_are_taken_off_up_to_the_most() -> None:
    assert [deduction(deducting(2, 5), Count(rows)) for rows in range(4)] == [0, 2, 4, 5]
    found = score([(weighing(10), Count(0, 1)), (deducting(2, 5), Count(9))])
    assert (found.total, found.worked) == (Fraction(), "100 × (10 × 0/1) ÷ 10 − 5 = -5.0 → 0.0")


def test_half_a_tenth_is_rounded_up() -> None:
    assert [rounded(Fraction(one, 100)) for one in (8324, 8325, 10000, 0)] == ["83.2", "83.3", "100.0", "0.0"]


SHARES = st.integers(0, 40).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
FIGURES = st.lists(st.tuples(st.integers(1, 100), SHARES), min_size=1, max_size=6)


@settings(max_examples=60)
@given(FIGURES, st.integers(0, 20), st.data())
def test_a_score_lies_between_0_and_100_and_a_late_task_never_raises_it(
    figures: list[tuple[int, tuple[int, int]]], overdue: int, data: st.DataObject
) -> None:
    told = [(weighing(weight), Count(hits, of)) for weight, (hits, of) in figures]
    before = score([*told, (deducting(2, 10), Count(overdue))]).total
    place = data.draw(st.integers(0, len(told) - 1))
    one, count = told[place]
    told[place] = (one, Count(count.hits, (count.of or 0) + 1))
    for still in (overdue, overdue + 1):  # submitted late, or not at all
        after = score([*told, (deducting(2, 10), Count(still))]).total
        assert after is not None
        assert 0 <= after <= 100
        assert before is None or after <= before


@pytest.mark.parametrize(
    "change, fault",
    [
        ({"of": {"machine": "nothing"}}, "there is no machine 'nothing'"),
        ({"of": {"machine": "task", "clock": "never"}}, "task has no clock 'never'"),
        (
            {"of": {"machine": "task", "clock": "rectification", "without": ["flee"]}},
            "task has no move 'flee'",
        ),
        ({"of": {"machine": "clue", "clock": "opinion"}}, "must be `internal`"),
        ({"internal": True}, "a score would give it away"),
        ({"deducts": {"each": 1, "most": 2}}, "takes no points off besides"),
        ({"counts": "noted"}, "Only a share weighs"),
        (
            {"of": {"machine": "task", "clock": "rectification", "least_by": "luck"}},
            "there is no setting 'luck'",
        ),
    ],
)
def test_rules_that_make_no_sense_or_would_give_a_clue_away_are_refused(
    change: dict[str, object], fault: str
) -> None:
    whole = shipped().model_dump(by_alias=True)
    whole["assessment"]["indicators"]["tasks_in_time"] |= change
    with pytest.raises(ValueError, match=fault):
        Rulebook.model_validate(whole)


def test_what_is_counted_of_companies_in_the_discipline_channel_is_internal() -> None:
    rules = shipped().assessment
    assert rules is not None
    for kind in ("owner", "contractor", "supervision"):
        for name, one in rules.of_kind(kind).items():
            assert one.internal or one.of.machine not in rules.kept_in, name
            assert not one.internal or not one.weight, name
