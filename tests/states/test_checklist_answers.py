"""What was answered to a checklist: whatever is answered in whatever order, each item has one latest answer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from states import checklist_answers
from states.checklist_rules import ANSWER, ANSWERS, FINDING, ITEM, LEFT_OUT, NOT_LOOKED_AT, ChecklistRules
from states.facts import Made

RULES = ChecklistRules(
    answered_by="answer_item",
    found_by=("record_finding",),
    left_out_by="leave_out",
    asked_again_by="order_re_inspection",
)
ITEMS = ("a", "b", "c")


def answered(item: str, answer: str) -> Made:
    return Made("answer_item", "supervisor", "under_way", {ITEM: item, ANSWER: answer})


def found(item: str | None) -> Made:
    return Made("record_finding", "supervisor", "under_way", {ITEM: item} if item else {})


AGAIN = Made("order_re_inspection", "leader", "reported")
MOVES = st.one_of(
    st.builds(answered, st.sampled_from(ITEMS), st.sampled_from(sorted(ANSWERS))),
    st.builds(found, st.sampled_from((*ITEMS, None))),
    st.just(AGAIN),
    st.just(Made("press", "leader", "under_way")),
)


@given(st.lists(MOVES, max_size=25))
def test_each_mandatory_item_has_exactly_one_latest_answer_or_is_told_to_lack_it(course: list[Made]) -> None:
    stand = checklist_answers.standing(RULES, course)
    for item in ITEMS:
        said = [FINDING if one.move == "record_finding" else one.form[ANSWER] for one in course
                if one.move in ("answer_item", "record_finding") and one.form.get(ITEM) == item]  # fmt: skip
        assert stand.answers.get(item) == (said[-1] if said else None)
        lacking = not said or said[-1] == NOT_LOOKED_AT
        assert (item in stand.unanswered(ITEMS)) == lacking
        assert (item in stand.found) == (bool(said) and said[-1] == FINDING)


@given(st.lists(MOVES, max_size=25))
def test_what_is_asked_again_is_exactly_what_was_found_when_it_was_ordered(course: list[Made]) -> None:
    stand = checklist_answers.standing(RULES, [*course, AGAIN])
    assert stand.again == stand.to_ask_again == checklist_answers.standing(RULES, course).found


def test_answered_again_it_is_asked_no_more() -> None:
    course = [answered("a", FINDING), answered("b", "in_order"), found("c"), AGAIN]
    assert checklist_answers.standing(RULES, course).to_ask_again == ("a", "c")
    stand = checklist_answers.standing(RULES, [*course, answered("a", "in_order")])
    assert (stand.to_ask_again, stand.found) == (("c",), ("c",))


def test_what_was_left_out_with_a_reason_is_not_waited_for() -> None:
    out = Made("leave_out", "leader", "under_way", {LEFT_OUT: ["a"]})
    stand = checklist_answers.standing(RULES, [answered("a", NOT_LOOKED_AT), out])
    assert stand.unanswered(ITEMS) == ("b", "c")


def test_the_next_item_is_what_is_asked_again_then_what_must_be_answered_then_the_rest() -> None:
    def following(*course: Made) -> str:
        return checklist_answers.next_item(checklist_answers.standing(RULES, course), ITEMS, {"b"})

    assert following() == "b"
    assert following(answered("b", "in_order")) == "a"
    everything = [answered(item, "in_order") for item in ITEMS]
    assert following(*everything) == "a"
    assert following(*everything, found("c"), AGAIN) == "c"
