"""What a record of a decision lacks, judged on paper."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from states import meeting_gaps
from states.facts import Made
from states.meeting_rules import MeetingRules
from states.rulebook import Machine
from states.rulebook_file import shipped

MACHINE = shipped().machines["decision"]
RULES = MACHINE.meeting
HELD: dict[str, Any] = {"entitled": 3, "chair": "书记", "pre_consulted": True, "result": "approved"}


def rules() -> MeetingRules:
    assert RULES is not None
    return RULES


def came(name: str, attendance: str = "present") -> Made:
    return Made("note_attendance", "registrar", "deliberating", {"attendee": name, "attendance": attendance})


def said(name: str, view: str = "agree", reason: str | None = None) -> Made:
    form = {"attendee": name, "view": view} | ({"view_reason": reason} if reason else {})
    return Made("note_view", "registrar", "deliberating", form)


DECIDED = Made("decide", "registrar", "deliberating", {"result": "approved"})
WHOLE = [came("甲"), came("乙"), came("书记"), said("甲"), said("乙"), said("书记"), DECIDED]


def gaps(*course: Made, late: tuple[str, ...] = (), **given: Any) -> list[str]:
    return list(meeting_gaps.read(rules(), HELD | given, course, late=late).gaps)


def test_a_whole_record_lacks_nothing() -> None:
    assert gaps(*WHOLE) == []


def test_before_anything_is_decided_the_record_is_not_searched() -> None:
    assert gaps(came("甲")) == []


def test_the_quorum_is_two_thirds_of_those_entitled_rounded_up() -> None:
    assert gaps(*WHOLE, entitled=4) == []  # three of four
    assert gaps(*WHOLE, entitled=5) == ["below_quorum"]  # three of five, four are needed


def test_who_did_not_come_neither_counts_nor_owes_a_view() -> None:
    assert gaps(*WHOLE, came("丙", "absent"), entitled=4) == []
    assert gaps(came("甲", "absent"), DECIDED, result="deferred") == ["no_attendance"]


def test_a_view_is_missing_and_dissent_has_its_reason() -> None:
    assert gaps(*WHOLE[:4], said("书记"), DECIDED) == ["view_missing"]
    assert gaps(*WHOLE, said("甲", "disagree")) == ["reason_missing"]
    assert gaps(*WHOLE, said("甲", "disagree", "费用不明")) == []


def test_the_chair_speaks_last() -> None:
    assert gaps(*WHOLE[:3], said("书记"), said("甲"), said("乙"), DECIDED) == ["chair_not_last"]


def test_a_line_corrected_later_does_not_make_somebody_speak_again() -> None:
    record = meeting_gaps.read(rules(), HELD, [*WHOLE, said("甲", "abstain")])
    assert record.gaps == ()
    assert next((one.name, one.view, one.turn, one.lines) for one in record.voices) == ("甲", "abstain", 1, 3)


def test_what_is_approved_has_more_than_half_of_those_present_behind_it() -> None:
    two_of_four = [*WHOLE[:6], came("丁"), said("丁", "abstain"), said("乙", "abstain"), DECIDED]
    assert gaps(*two_of_four, entitled=4, chair="丁") == ["not_carried"]
    assert gaps(*two_of_four, entitled=4, chair="丁", result="deferred") == []


def test_clocks_that_ran_out_and_a_meeting_not_prepared_are_gaps() -> None:
    assert gaps(late=("ratification",)) == ["not_ratified"]
    assert gaps(*WHOLE, late=("minutes",), pre_consulted=False) == ["not_prepared", "no_minutes"]


def test_what_became_a_clue_or_was_accepted_is_settled() -> None:
    settling = Made("accept_gap", "leader", "settled", {"gap": "below_quorum"})
    record = meeting_gaps.read(rules(), HELD | {"entitled": 5}, [*WHOLE, settling])
    assert (record.gaps, record.open) == (("below_quorum",), ())


@pytest.mark.parametrize(
    "change, says",
    [
        ({"gaps": {"forgotten": {"zh": "甲", "en": "a"}}}, "nothing finds a gap 'forgotten'"),
        ({"late": {"minutes": "forgotten"}}, "there is no gap 'forgotten'"),
        ({"attended_by": "decide"}, "decide has no field 'attendee'"),
        ({"explained_by": "close"}, "close has no field 'gap'"),
    ],
)
def test_a_rulebook_that_makes_no_sense_is_refused(change: dict[str, Any], says: str) -> None:
    whole = MACHINE.model_dump(by_alias=True)
    whole["meeting"] |= change
    with pytest.raises(ValidationError, match=says):
        Machine.model_validate(whole)
