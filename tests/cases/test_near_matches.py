"""Firms and persons of nearly one name: what is certain keeps people out, what is not is decided before they learn of it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import Session, select

from cases import audit, interests, listing, recusing
from cases.errors import NoSuchMatter
from cases.opening import id_of
from cases.recusals import ASKED, NEAR, Recusal
from states.facts import Refused
from tests.cases.port_office import Port
from tests.cases.recusal_stories import child, decide, interest, listed, out_of, told
from tests.cases.round_stories import convened, faults, seated

FIRM, BRANCH = "远洋劳务公司", "长春远洋劳务工程队"


@pytest.mark.parametrize(
    "kind, declared, about",
    [
        ("company", "恒泰监理公司", {"subject": "某甲", "subject_unit": "恒泰监理有限公司"}),
        ("company", "恒泰监理公司", {"subject": "某甲", "subject_unit": "恒泰监理公司项目部"}),
        ("company", "恒泰监理公司", {"subject": "某甲", "subject_unit": "恒泰监理（集团）有限公司"}),
        ("company", "恒泰监理有限公司", {"subject": "某甲", "subject_unit": "远洋劳务公司、恒泰监理公司"}),
        ("person", "沈洁", {"subject": "沈洁（总监）"}),
        ("person", "沈洁", {"subject": "许静、沈洁"}),
        ("person", "沈洁、许静", {"subject": "许静经理"}),
    ],
)
def test_the_same_firm_or_person_otherwise_written_is_kept_out_at_once(
    port: Port, kind: str, declared: str, about: dict[str, str]
) -> None:
    interest(port, "officer", kind, declared)
    assert "officer" in out_of(port, port.note(**about))


def test_an_interest_that_was_declared_before_is_compared_in_the_same_way(port: Port) -> None:
    clue = port.note(subject="沈洁（总监）", subject_unit="恒泰监理（集团）有限公司")
    for who, kind, name in (("officer", "company", "恒泰监理公司"), ("officer2", "person", "沈洁")):
        interest(port, who, kind, name)
    with port.unit() as session:
        recusing.match_everything(session, port.office, at=port.at)
    assert {"officer", "officer2"} <= out_of(port, clue)
    assert faults(port) == []


def test_a_brief_names_none_of_several_subjects_though_they_stand_with_their_titles(port: Port) -> None:
    clue = port.clue_with(subject="钱德明（总监）、许静")
    for name in ("钱德明", "许静"):
        why = port.refused(clue, "officer", "convene", seats=["owner", "contractor"], brief=f"{name}未旁站")
        assert "not_redacted" in why


# ------------------------------------------------------------------------------------- names that are near


def near(port: Port, who: str = "contractor", firm: str = FIRM) -> str:
    """A clue about what may be a firm that somebody has an interest in."""
    interest(port, who, "company", firm)
    return port.clue_with(subject="某甲", subject_unit=BRANCH)


def waiting(port: Port, who: str = "head") -> list[dict[str, Any]]:
    with port.unit() as session:
        return recusing.to_decide(session, port.office, who)


def test_a_branch_keeps_nobody_out_and_is_put_to_the_head_with_both_names(port: Port) -> None:
    clue = near(port)
    assert out_of(port, clue) == set()
    [asked] = waiting(port)
    assert (asked["number"], asked["person"], asked["kind"], asked["state"]) == (
        clue,
        "contractor",
        NEAR,
        ASKED,
    )
    assert FIRM in asked["reason"]
    assert BRANCH in asked["reason"]
    for who in ("registrar", "leader", "officer", "contractor", "district"):
        assert waiting(port, who) == []
    assert told(port, "contractor") == []


def test_nobody_is_seated_while_it_is_not_decided(port: Port) -> None:
    clue = near(port)
    why = port.refused(clue, "officer", "convene", seats=["owner", "contractor"])
    assert set(why) == {"near_match"}
    assert "contractor" in why["near_match"]
    assert FIRM not in str(why)
    assert BRANCH not in str(why)
    port.do(clue, "officer", "convene", seats=["owner", "overseer"])


@pytest.mark.parametrize("grant", [True, False])
def test_once_it_is_decided_the_round_is_convened(port: Port, grant: bool) -> None:
    clue = near(port)
    decide(port, waiting(port)[0]["id"], "head", grant=grant)
    assert out_of(port, clue) == ({"contractor"} if grant else set())
    seats = ["owner", "overseer"] if grant else ["owner", "contractor"]
    if grant:
        assert "unknown_reference" in port.refused(clue, "officer", "convene", seats=["owner", "contractor"])
    port.do(clue, "officer", "convene", seats=seats)
    assert ("contractor" in out_of(port, child(port, clue, "consultation"))) == grant
    assert faults(port) == []


def test_what_was_said_to_be_another_firm_is_not_asked_again(port: Port) -> None:
    clue = near(port)
    decide(port, waiting(port)[0]["id"], "head", grant=False)
    with port.unit() as session:
        recusing.match_everything(session, port.office, at=port.at)
    port.do(clue, "officer", "amend", subject="某乙")
    assert waiting(port) == []
    port.do(clue, "officer", "amend", subject_unit="远洋劳务公司第二分公司")
    assert [one["person"] for one in waiting(port)] == ["contractor"], "another branch is another question"


def test_no_clue_is_taken_up_by_a_round_in_which_somebody_sits_whom_it_may_touch(port: Port) -> None:
    other = near(port)
    clue = port.clue_with("officer2")
    port.do(clue, "officer2", "convene", seats=["owner", "contractor", "overseer"])
    round_ = child(port, clue, "consultation")
    given = {"clue": other, "brief_item": "另有一事", "proposed_item": "rectify"}
    assert "near_match" in port.refused(round_, "registrar", "take_up_clue", **given)
    decide(port, waiting(port)[0]["id"], "head", grant=False)
    port.do(round_, "registrar", "take_up_clue", **given)


def test_no_brief_is_sent_before_it_is_decided(port: Port) -> None:
    """The clue turns out to touch a member after the round was convened."""
    clue = port.clue_with(subject="某甲", subject_unit="某单位")
    port.do(clue, "officer", "convene", seats=["owner", "contractor"])
    round_ = child(port, clue, "consultation")
    interest(port, "contractor", "company", FIRM)
    port.do(clue, "officer", "amend", subject_unit=BRANCH)
    assert "near_match" in port.refused(round_, "registrar", "send_brief")
    assert port.unseen(round_, "contractor")
    decide(port, waiting(port)[0]["id"], "head", grant=False)
    port.do(round_, "registrar", "send_brief")
    assert not port.unseen(round_, "contractor")


def test_nothing_is_copied_and_no_officer_named_before_it_is_decided(port: Port) -> None:
    clue = near(port, "officer2")
    assert "near_match" in port.refused(clue, "officer", "copy_to", copied_to=["officer2"])
    assert "near_match" in port.refused(clue, "leader", "change_handler", handler="officer2")
    port.do(clue, "officer", "copy_to", copied_to=["officer3"])
    decide(port, waiting(port)[0]["id"], "head", grant=False)
    port.do(clue, "officer", "copy_to", copied_to=["officer2"])


def test_a_substitute_whom_it_may_touch_is_neither_named_nor_seated(port: Port) -> None:
    clue = port.clue_with(subject="某甲", subject_unit="某单位")
    port.do(clue, "officer", "convene", seats=["owner", "contractor"])
    round_ = child(port, clue, "consultation")
    port.do(round_, "registrar", "name_substitute", member="contractor", substitute="deputy")
    port.do(round_, "registrar", "send_brief")
    interest(port, "deputy", "company", FIRM)
    port.do(clue, "officer", "amend", subject_unit=BRANCH)
    port.do(round_, "contractor", "declare_recusal")
    assert "deputy" not in seated(port, round_)
    assert "near_match" in port.refused(
        round_, "registrar", "name_substitute", member="contractor", substitute="deputy"
    )
    decide(port, waiting(port)[0]["id"], "head", grant=False)
    assert "deputy" in seated(port, round_)


def test_a_person_in_a_longer_text_is_near_though_it_stands_with_the_unit(port: Port) -> None:
    interest(port, "contractor", "person", "钱德明")
    port.note(subject="某甲", subject_unit="钱德明劳务队")
    assert [one["person"] for one in waiting(port)] == ["contractor"]


def test_whom_it_may_be_about_is_told_nothing_whatever_is_decided(port: Port) -> None:
    """The contractor's own firm, nearly: both its people are one question, and one decision."""
    clue = port.note(subject="某甲", subject_unit="第七工程局南方公司长春分公司")
    assert out_of(port, clue) == set()
    [asked] = waiting(port)
    assert {asked["person"], *asked["also"]} == {"contractor", "deputy"}
    decide(port, asked["id"], "head")
    assert out_of(port, clue) == {"contractor", "deputy"}
    assert told(port, "contractor") == told(port, "deputy") == []
    assert waiting(port) == []
    assert faults(port) == []


def test_of_two_persons_of_one_name_each_is_decided_on(port: Port) -> None:
    for who in ("contractor", "owner"):
        interest(port, who, "person", "钱德明")
    clue = port.note(subject="钱德明工")
    first, second = waiting(port)
    assert (first["also"], second["also"]) == ([], [])
    decide(port, first["id"], "head", grant=True)
    decide(port, second["id"], "head", grant=False)
    assert out_of(port, clue) == {first["person"]}


def test_what_may_touch_the_head_is_decided_above(port: Port) -> None:
    near(port, "head")
    assert waiting(port) == []
    assert [one["person"] for one in waiting(port, "district")] == ["head"]


def test_the_office_sees_that_it_was_asked_and_the_person_does_not(port: Port) -> None:
    clue = near(port, "officer2")
    with port.unit() as session:
        [seen] = recusing.of_matter(session, port.office, clue, actor="registrar")
        assert (seen["person"], seen["state"]) == ("officer2", ASKED)
        assert "reason" not in seen
    port.do(clue, "leader", "escalate")
    for who in ("officer2", "contractor"):
        with pytest.raises(NoSuchMatter), port.unit() as session:
            recusing.of_matter(session, port.office, clue, actor=who)


def test_who_is_near_the_clue_neither_decides_nor_learns_that_it_waits(port: Port) -> None:
    near(port, "officer2")
    key = waiting(port)[0]["id"]
    for who in ("officer2", "registrar", "contractor"):
        with pytest.raises((NoSuchMatter, Refused)), port.unit() as session:
            recusing.decide(session, port.office, key, actor=who, grant=False, reason="另一企业", at=port.at)


# ------------------------------------------------------------- out of one item, then of the whole of the round


def of(session: Session, number: str, person: str, *, about: bool) -> int:
    query = select(Recusal).where(Recusal.matter == id_of(session, number), Recusal.person == person,
                                  Recusal.concerns_them == about)  # fmt: skip
    return session.exec(query).one().id or 0


def lift(port: Port, number: str, person: str, *, about: bool) -> None:
    with port.unit() as session:
        key = of(session, number, person, about=about)
        recusing.lift(session, port.office, key, actor="head", reason="经核实", at=port.at)


def both(port: Port, *, interest_first: bool) -> tuple[str, str]:
    """A round of two items, and the clue of its second: the contractor has an interest in it, and it is about their firm."""
    number, _, other = convened(port, subject="某甲", subject_unit="某单位")
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="overseer2")
    port.walk(number, ("officer", "send_brief"), ("leader", "open_session"))
    interest(port, "contractor", "person", "钱德明")
    said = [{"subject": "钱德明"}, {"subject_unit": "第七工程局南方公司"}]
    for one in said if interest_first else reversed(said):
        port.do(other, "officer", "amend", **one)
    return number, other


@pytest.mark.parametrize("interest_first", [True, False])
def test_who_turns_out_to_be_whom_an_item_is_about_leaves_the_whole_round(
    port: Port, interest_first: bool
) -> None:
    number, other = both(port, interest_first=interest_first)
    assert port.unseen(number, "contractor")
    assert number not in listed(port, "contractor", "consultation")
    assert "overseer2" in seated(port, number)
    assert faults(port) == []
    with port.unit() as session:
        events = listing.history(session, port.office, other, actor="head")
    matched = [one["data"]["person"] for one in events if one["move"] == "recusal.matched"]
    assert matched.count("contractor") == 2


@pytest.mark.parametrize("interest_first", [True, False])
def test_lifting_one_of_the_two_leaves_the_other(port: Port, interest_first: bool) -> None:
    number, other = both(port, interest_first=interest_first)
    lift(port, other, "contractor", about=True)
    assert "contractor" in out_of(port, other)
    assert "contractor" not in out_of(port, number), "back in the rest of the round"
    assert not port.unseen(number, "contractor")
    assert faults(port) == []
    lift(port, other, "contractor", about=False)
    assert "contractor" not in out_of(port, other)
    assert faults(port) == []


@pytest.mark.parametrize("interest_first", [True, False])
def test_lifting_the_interest_leaves_whom_it_is_about_out_of_the_round(
    port: Port, interest_first: bool
) -> None:
    number, other = both(port, interest_first=interest_first)
    lift(port, other, "contractor", about=False)
    assert "contractor" in out_of(port, number)
    assert port.unseen(number, "contractor")
    assert faults(port) == []


def test_whom_it_is_about_is_not_told_of_it_for_an_interest_found_later(port: Port) -> None:
    clue = port.note(subject="李明", subject_unit="某单位")  # as the officer is called
    interest(port, "officer", "company", "恒泰监理公司")
    port.do(clue, "registrar", "register", managed_by="ours")
    port.do(clue, "registrar", "amend", subject_unit="恒泰监理有限公司")
    assert told(port, "officer") == []


def test_a_round_that_takes_up_a_clue_about_a_member_who_was_out_anyway_keeps_them_out_of_both_ways(
    port: Port,
) -> None:
    interest(port, "contractor", "project", "港口中心项目")
    clue = port.clue_with(project="PC")
    assert "contractor" in out_of(port, clue)
    port.do(clue, "officer", "convene", seats=["owner", "overseer"])
    round_ = child(port, clue, "consultation")
    other = port.clue_with("officer2", subject="某甲", subject_unit="第七工程局南方公司")
    port.do(round_, "registrar", "take_up_clue", clue=other, brief_item="另有一事", proposed_item="rectify")
    lift(port, clue, "contractor", about=False)
    assert "contractor" in out_of(port, round_)
    with port.unit() as session:
        assert audit.verify(session).faults == ()
        assert interests.of(session, "contractor")


def test_what_was_lifted_of_the_clue_is_not_found_again_of_its_round(port: Port) -> None:
    interest(port, "contractor", "project", "港口中心项目")
    clue = port.clue_with(project="PC")
    lift(port, clue, "contractor", about=False)
    port.do(clue, "officer", "convene", seats=["owner", "contractor"])
    assert "contractor" not in out_of(port, child(port, clue, "consultation"))
    assert faults(port) == []


# ------------------------------------------------------------------------------------ what is sent to another body


@pytest.mark.parametrize("grant", [True, False])
def test_nothing_is_sent_up_before_it_is_decided_on_those_who_will_see_it_there(
    port: Port, grant: bool
) -> None:
    clue = near(port, "district2")
    port.do(clue, "officer", "escalate")
    escalation = child(port, clue, "escalation")
    port.do(escalation, "leader", "approve")
    why = port.refused(escalation, "registrar", "dispatch")
    assert set(why) == {"near_match"}
    assert "district2" in why["near_match"]
    assert FIRM not in str(why)
    decide(port, waiting(port)[0]["id"], "head", grant=grant)
    port.do(escalation, "registrar", "dispatch")
    assert not port.unseen(escalation, "district")
    assert port.unseen(escalation, "district2") == grant
    assert faults(port) == []


def test_whom_it_may_touch_and_who_never_sees_it_holds_nothing_up(port: Port) -> None:
    clue = near(port, "contractor")
    port.do(clue, "officer", "escalate")
    escalation = child(port, clue, "escalation")
    port.do(escalation, "leader", "approve")
    port.do(escalation, "registrar", "dispatch")


def test_the_owner_of_a_task_that_is_set_by_hand_is_asked_about_as_a_member_is(port: Port) -> None:
    clue = near(port)
    port.do(clue, "officer", "propose_disposition", way="rectify")
    port.do(clue, "leader", "approve_rectification", task_owner="owner")
    assert "near_match" in port.refused(clue, "head", "add_task", task_owner="contractor")
    task = child(port, clue, "task")
    assert "near_match" in port.refused(task, "leader", "change_owner", task_owner="contractor")
    port.do(clue, "head", "add_task", task_owner="overseer")
