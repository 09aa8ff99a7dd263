"""Who may do what at the Port Centre, what may not come in, and what has to be reported upward."""

from __future__ import annotations

from dataclasses import replace

import pytest

from states.facts import Actor, Refused
from tests.states.paper_office import Matter, PaperOffice
from tests.states.stories import (
    A_ROUND,
    TO_OFFICER,
    TO_THE_DISTRICT,
    TO_VERIFYING,
    reasons,
    refused,
    sealed_clue,
)


@pytest.fixture
def office() -> PaperOffice:
    return PaperOffice()


def test_whoever_proposed_the_assignment_cannot_approve_it(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, ("registrar", "register"), ("registrar", "propose_assignment"))
    both = Actor("registrar", frozenset({"registrar", "head"}))
    with pytest.raises(Refused) as found:
        office.judge(clue).fire("approve_assignment", replace(office.facts(clue, "registrar"), actor=both))
    assert reasons(found.value) == {"second_person"}
    assert office.move(clue, "approve_assignment", "head") == "assigned"


@pytest.mark.parametrize(
    "way, move",
    [
        ("talk_letter", "approve_talk"), ("verification", "approve_verification"), ("hold", "approve_hold"),
        ("close", "approve_close"), ("rectify", "approve_rectification"), ("refer", "approve_referral"),
    ],
)  # fmt: skip
def test_nobody_approves_their_own_disposition(office: PaperOffice, way: str, move: str) -> None:
    clue = office.note()
    office.walk(clue, *TO_OFFICER)
    office.move(clue, "propose_disposition", "officer", way=way)
    both = Actor("officer", frozenset({"officer", "head", "leader"}), is_handler=True)
    facts = replace(office.facts(clue, "officer"), actor=both)
    blocked = dict(office.judge(clue).survey(facts).blocked)
    assert [reason.code for reason in blocked[move]] == ["second_person"]


def test_another_officer_cannot_work_on_the_clue(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_OFFICER)
    assert "is_handler" in reasons(refused(office, clue, "propose_disposition", "officer2"))


def test_an_opinion_needs_the_handlers_signature_first(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_OFFICER[:-1])
    refusal = refused(office, clue, "propose_disposition", "officer")
    assert reasons(refusal) == {"not_done_by_you"}
    assert "sign_for" in refusal.reasons[0].cure.en


def test_a_team_of_one_is_refused(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_OFFICER, ("officer", "propose_disposition"))
    refusal = refused(office, clue, "approve_verification", "head", team=["officer"])
    assert refusal.code == "bad_form"
    facts = office.facts(clue, "head", {"team": ["officer", "officer"]})
    with pytest.raises(Refused) as found:
        office.judge(clue).fire("approve_verification", facts)
    assert reasons(found.value) == {"two_people"}
    assert "Art. 44" in found.value.reasons[0].message.en


def test_whoever_drafted_an_escalation_does_not_approve_it(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, ("registrar", "register"), ("leader", "escalate"))
    paper = office.child(clue, "escalation")
    assert reasons(refused(office, paper, "approve", "leader")) == {"second_person"}
    assert office.move(paper, "approve", "head") == "approved"


def test_a_state_secret_is_refused_with_what_to_do_instead(office: PaperOffice) -> None:
    (reason,) = office.against_opening({"classification": "state_secret"})
    assert reason.code == "state_secret"
    assert "on paper" in reason.cure.en
    assert "纸质" in reason.cure.zh
    assert not office.against_opening({"classification": "work_secret"})


@pytest.mark.parametrize("managed_by", ["higher", "own_head"])
def test_of_a_report_that_belongs_above_only_the_envelope_is_put_down(
    office: PaperOffice, managed_by: str
) -> None:
    content = {
        "managed_by": managed_by,
        "title": "副区长收受贿赂",
        "problem": "内容",
        "kind": "bribery",
        "subject": "某人",
    }
    (reason,) = office.against_opening(content)
    assert reason.code == "sealed_content"
    assert "subject" in reason.message.en
    assert "seal_up" in reason.cure.en
    sealed = {"managed_by": managed_by, "title": "sealed", "problem": "sealed", "kind": "unread"}
    assert not office.against_opening(sealed)


def test_a_sealed_report_goes_up_unread_and_ends_with_its_receipt(office: PaperOffice) -> None:
    clue = sealed_clue(office)
    assert "belongs_above" in reasons(refused(office, clue, "register", "registrar"))
    assert office.move(clue, "seal_up", "registrar") == "sealed_up"
    paper = office.child(clue, "escalation")
    assert not {"problem", "subject", "summary"} & set(paper.values)
    office.walk(paper, *TO_THE_DISTRICT)
    assert clue.state == "archived"


def test_a_report_on_the_own_head_bypasses_the_head(office: PaperOffice) -> None:
    clue = sealed_clue(office, "own_head")
    office.move(clue, "seal_up", "registrar")
    paper = office.child(clue, "escalation")
    assert reasons(refused(office, paper, "approve", "head")) == {"kept_out"}
    assert office.move(paper, "approve", "leader") == "approved"


def test_what_is_ours_cannot_be_sealed_up(office: PaperOffice) -> None:
    assert "belongs_here" in reasons(refused(office, office.note(), "seal_up", "registrar"))


def test_non_action_goes_before_the_joint_meeting_and_then_to_the_district(office: PaperOffice) -> None:
    clue = office.note(kind="non_action")
    office.walk(clue, *TO_OFFICER, ("officer", "record_duty"))
    for move in ("propose_disposition", "escalate"):
        refusal = refused(office, clue, move, "officer")
        assert refusal.code == "mandatory_report"
        assert "convene" in refusal.reasons[0].cure.en
    office.move(clue, "convene", "officer")
    office.walk(office.child(clue, "consultation"), *A_ROUND)
    office.walk(
        clue,
        ("officer", "propose_disposition"),
        ("head", "approve_verification"),
        ("officer", "submit_report"),
    )
    refusal = refused(office, clue, "conclude_verified", "head")
    assert refusal.code == "mandatory_report"
    assert "report_up" in refusal.reasons[0].cure.en
    office.move(clue, "report_up", "officer")
    assert office.move(clue, "conclude_verified", "head") == "concluded"


def test_non_action_is_not_disposed_of_without_the_record_of_the_duty(office: PaperOffice) -> None:
    clue = office.note(kind="disorderly_action")
    office.walk(clue, *TO_OFFICER, ("officer", "convene"))
    office.walk(office.child(clue, "consultation"), *A_ROUND)
    assert reasons(refused(office, clue, "propose_disposition", "officer")) == {"act_missing"}
    office.move(clue, "record_duty", "officer")
    assert office.move(clue, "propose_disposition", "officer") == "disposition_proposed"


def test_the_round_on_non_action_can_be_adjourned_but_not_cancelled(office: PaperOffice) -> None:
    clue = office.note(kind="non_action")
    office.walk(clue, *TO_OFFICER, ("officer", "convene"))
    meeting = office.child(clue, "consultation")
    office.move(meeting, "send_brief", "officer")
    assert reasons(refused(office, meeting, "cancel", "leader")) == {"value_is_not"}
    assert office.move(meeting, "adjourn", "leader") == "adjourned"


@pytest.mark.parametrize("known", [{"managed_by": "key"}, {"kind": "non_action"}])
def test_a_mandatory_report_cannot_be_withdrawn(office: PaperOffice, known: dict[str, str]) -> None:
    clue = office.note(**known)
    office.move(clue, "register", "registrar")
    clue.children.append(("consultation", Matter("consultation", "closed")))
    office.move(clue, "report_up", "registrar")
    assert reasons(refused(office, office.child(clue, "escalation"), "withdraw", "head")) == {"value_is_not"}


def test_a_report_that_was_withdrawn_before_the_duty_was_known_does_not_count(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, ("registrar", "register"), ("registrar", "report_up"))
    office.move(office.child(clue, "escalation"), "withdraw", "head")
    clue.values["managed_by"] = "key"
    assert refused(office, clue, "link_repeat", "registrar").code == "mandatory_report"
    office.move(clue, "report_up", "registrar")
    assert office.move(clue, "link_repeat", "registrar") == "archived"


def test_a_clue_of_article_22_is_not_concluded_unreported(office: PaperOffice) -> None:
    clue = office.note(managed_by="key")
    office.move(clue, "register", "registrar")
    office.walk(clue, *TO_VERIFYING[1:], ("officer", "submit_report"))
    assert refused(office, clue, "conclude_verified", "head").code == "mandatory_report"
    office.move(clue, "report_up", "officer")
    assert office.move(clue, "conclude_verified", "head") == "concluded"


def test_a_suspected_duty_offence_is_handed_over_and_never_just_closed(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_VERIFYING, ("officer", "report_suspicion"), ("officer", "submit_report"))
    assert refused(office, clue, "conclude_verified", "head").code == "mandatory_report"
    office.move(clue, "escalate", "officer", purpose="transfer")
    paper = office.child(clue, "escalation")
    office.walk(paper, *TO_THE_DISTRICT, ("district", "take_over"))
    assert clue.state == "referred"


def test_an_escalation_under_way_keeps_the_clue_out_of_the_archive(office: PaperOffice) -> None:
    clue = office.note(real_name=False)
    office.walk(
        clue,
        *TO_VERIFYING,
        ("officer", "submit_report"),
        ("head", "conclude_verified"),
        ("officer", "report_up"),
    )
    assert reasons(refused(office, clue, "archive", "registrar")) == {"still_open"}
    paper = office.child(clue, "escalation")
    office.walk(paper, *TO_THE_DISTRICT, ("registrar", "file_report"))
    assert office.move(clue, "archive", "registrar") == "archived"


@pytest.mark.parametrize(
    "answer, state",
    [
        ("accept", "assigned"), ("return_packet", "assigned"), ("instruct", "assigned"), ("take_over", "referred"),
        ("redirect", "registered"),
    ],
)  # fmt: skip
def test_the_answer_from_above_moves_the_clue(office: PaperOffice, answer: str, state: str) -> None:
    clue = office.note()
    office.walk(clue, *TO_VERIFYING, ("officer", "escalate"))
    paper = office.child(clue, "escalation")
    office.walk(paper, *TO_THE_DISTRICT)
    assert clue.state == "escalated"
    office.move(paper, answer, "district")
    assert clue.state == state


def test_a_report_informs_and_does_not_stop_the_clue(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_VERIFYING, ("officer", "report_up"))
    paper = office.child(clue, "escalation")
    office.walk(paper, *TO_THE_DISTRICT, ("district", "instruct"))
    assert clue.state == "verifying"
    assert clue.values["instruction"] == paper.values["instruction"]
    assert "answer_noted" in clue.acts


def test_a_report_can_be_taken_over_and_a_person_hands_the_clue_on(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_VERIFYING)
    assert "act_missing" in reasons(refused(office, clue, "yield_case", "leader"))
    office.move(clue, "report_up", "officer")
    office.walk(office.child(clue, "escalation"), *TO_THE_DISTRICT, ("district", "take_over"))
    assert office.move(clue, "yield_case", "leader") == "referred"


def test_a_clue_directed_elsewhere_is_handed_over_to_that_body(office: PaperOffice) -> None:
    clue = office.note()
    office.move(clue, "register", "registrar")
    assert "value_given" in reasons(refused(office, clue, "hand_over", "registrar"))
    office.move(clue, "escalate", "leader")
    office.walk(
        office.child(clue, "escalation"), ("head", "approve"), *TO_THE_DISTRICT[1:], ("district", "redirect")
    )
    assert office.move(clue, "hand_over", "registrar") == "referred"


def test_a_refused_escalation_is_sent_again(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_VERIFYING, ("officer", "escalate"))
    paper = office.child(clue, "escalation")
    office.walk(paper, *TO_THE_DISTRICT[:2], ("district", "refuse"), ("registrar", "readdress"))
    assert office.walk(paper, ("registrar", "dispatch"), ("district", "sign_for")) == "signed_for"
    assert clue.state == "escalated"
