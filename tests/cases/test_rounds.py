"""A round on file: sealed until opened, counted from its record, and nobody types another result."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from cases import audit, listing, round_results
from states.facts import Refused
from tests.cases.conftest import Unit
from tests.cases.port_office import Port

WORD = "冰下暗流zq"  # planted in a sealed opinion
EVERYBODY = (
    "supervisor",
    "registrar",
    "officer",
    "leader",
    "head",
    "contractor",
    "overseer",
    "district",
    "auditor",
)


@pytest.fixture
def port(unit: Unit) -> Port:
    return Port(unit)


def opinions(port: Port, number: str, who: str) -> list[dict[str, Any]]:
    with port.unit() as session:
        return round_results.opinions(session, port.office, number, actor=who)


def result(port: Port, number: str, who: str = "leader") -> dict[str, Any]:
    with port.unit() as session:
        return round_results.result(session, port.office, number, actor=who)


def shown(port: Port, number: str, who: str = "leader") -> dict[str, Any]:
    with port.unit() as session:
        return listing.shown(session, port.office, number, actor=who)


def test_nobody_reads_anothers_opinion_before_all_are_in(port: Port) -> None:
    number = port.meeting()
    port.say(number, "owner", "disagree", opinion_reasons=WORD)
    port.say(number, "contractor")
    for who in ("leader", "registrar", "head", "auditor", "contractor"):
        assert WORD not in str(opinions(port, number, who))
        assert [one["person"] for one in opinions(port, number, who)] == ["contractor", "owner"]
    assert WORD in str(opinions(port, number, "owner"))
    assert "overseer" in port.refused(number, "leader", "collect_opinions")["opinions_missing"]
    with pytest.raises(Refused):
        result(port, number)
    port.say(number, "overseer")
    port.do(number, "leader", "collect_opinions")
    assert WORD in str(opinions(port, number, "contractor"))
    assert result(port, number)["result"]["outcome"] == "carried"


def test_what_history_holds_of_an_opinion_is_a_seal(port: Port) -> None:
    number = port.meeting()
    port.say(number, "owner", "agree_if", conditions=WORD)
    with port.unit() as session:
        event = listing.history(session, port.office, number, actor="leader")[-1]
    assert set(event["data"]) == {"opinion_no", "seal"}
    assert len(event["data"]["seal"]) == 64


def test_a_changed_opinion_keeps_the_earlier_one(port: Port) -> None:
    number = port.meeting()
    port.say(number, "owner", "agree")
    port.say(number, "owner", "disagree", opinion_reasons="工期不足")
    port.say(number, "contractor", "disagree", opinion_reasons="工期不足")
    port.say(number, "overseer")
    port.do(number, "leader", "collect_opinions")
    said = [(one["person"], one["view"], one["replaced"]) for one in opinions(port, number, "leader")]
    assert ("owner", "agree", True) in said
    assert ("owner", "disagree", False) in said
    assert result(port, number)["result"]["outcome"] == "lost"


def test_the_decision_is_counted_and_nobody_types_another(port: Port) -> None:
    number = port.meeting(proposed="rectify")
    for who in ("owner", "contractor", "overseer"):
        port.say(number, who)
    port.do(number, "leader", "collect_opinions")
    assert "not_as_counted" in port.refused(number, "leader", "resolve", resolution="no_action")
    port.do(number, "leader", "resolve")
    values = shown(port, number)["values"]
    assert values["resolution"] == "rectify"
    assert values["round_result"] == result(port, number)["result"]
    assert result(port, number)["agrees"]


def test_what_was_not_carried_is_not_agreed_and_its_dissent_stays(port: Port) -> None:
    number = port.meeting(proposed="rectify")
    port.say(number, "owner", "disagree", opinion_reasons="责任不清")
    port.say(number, "contractor", "abstain")
    port.say(number, "overseer", "disagree", opinion_reasons="证据不足")
    port.do(number, "leader", "collect_opinions")
    port.do(number, "leader", "resolve", resolution="not_agreed")
    values = shown(port, number)["values"]
    assert values["resolution"] == "not_agreed"
    dissent = [(one["person"], one["text"]) for one in values["round_result"]["dissent"]]
    assert dissent == [("overseer", "证据不足"), ("owner", "责任不清")]


def test_dissent_gives_its_reasons_and_a_condition_says_what_it_is(port: Port) -> None:
    number = port.meeting()
    assert "missing" in port.refused(number, "owner", "give_opinion", opinion="disagree")
    assert "missing" in port.refused(number, "owner", "give_opinion", opinion="agree_if")
    assert port.say(number, "owner", "abstain").to == "in_session"


def test_only_whoever_sits_in_the_round_gives_an_opinion(port: Port) -> None:
    number = port.meeting(seats=["owner", "contractor"])
    assert port.unseen(number, "overseer")
    clue = port.clue_with()
    port.do(clue, "officer", "convene", seats=["owner", "contractor"])
    with port.unit() as session:
        links = listing.shown(session, port.office, clue, actor="officer")["links"]
    round_ = links[0]["number"]
    port.walk(round_, ("officer", "send_brief"), ("leader", "open_session"))
    assert "no_seat" in port.refused(round_, "officer", "give_opinion")


def test_when_the_time_is_up_the_round_opens_by_itself_and_late_opinions_do_not_count(port: Port) -> None:
    number = port.meeting()
    port.say(number, "owner")
    port.say(number, "contractor", "disagree", opinion_reasons="工期")
    closes = port.at.replace(hour=16, minute=0, second=0) + timedelta(
        days=7
    )  # five working days, then midnight
    port.at = closes - timedelta(minutes=1) - timedelta(microseconds=1)
    assert "opinions_missing" in port.refused(number, "leader", "collect_opinions")
    port.at = closes
    port.say(number, "overseer")
    late = {one["person"]: one["late"] for one in opinions(port, number, "overseer")}
    assert late == {"owner": False, "contractor": False, "overseer": True}
    port.later(hours=20)
    assert shown(port, number)["state"] == "opinions_in"
    counted = result(port, number)["result"]
    assert (counted["outcome"], counted["late"], counted["silent"]) == ("lost", ["overseer"], ["overseer"])


def test_the_rules_stay_those_under_which_the_round_was_convened(port: Port) -> None:
    number = port.meeting()
    assert shown(port, number)["values"]["round_rules"]["quorum"] == {"share": "2/3", "of": "not_recused"}
    assert "label" not in str(shown(port, number)["values"]["round_rules"])


def test_an_opinion_changed_behind_the_counts_back_is_found(port: Port) -> None:
    number = port.meeting()
    for who in ("owner", "contractor", "overseer"):
        port.say(number, who)
    port.walk(number, ("leader", "collect_opinions"), ("leader", "resolve"))
    assert result(port, number)["broken_seals"] == []
    with port.unit() as session:
        assert audit.verify(session).faults == ()
    with port.unit() as session:
        session.execute(text("UPDATE opinion SET view = 'disagree' WHERE person IN ('owner', 'overseer')"))
    found = result(port, number)
    assert found["broken_seals"] == ["overseer", "owner"]
    assert not found["agrees"]
    with port.unit() as session:
        codes = sorted(one.code for one in audit.verify(session).faults)
    assert codes == ["opinion_altered", "opinion_altered", "result_differs"]


def test_an_opinion_taken_out_of_the_record_is_missed(port: Port) -> None:
    number = port.meeting()
    for who in ("owner", "contractor", "overseer"):
        port.say(number, who)
    port.do(number, "leader", "collect_opinions")
    with port.unit() as session:
        session.execute(text("DELETE FROM opinion WHERE person = 'owner'"))
    assert result(port, number)["broken_seals"] == ["owner"]


def test_what_was_said_before_an_adjournment_stands_until_it_is_changed(port: Port) -> None:
    number = port.meeting()
    port.say(number, "owner")
    port.walk(number, ("leader", "adjourn"), ("leader", "resume"), ("leader", "open_session"))
    assert WORD not in str(opinions(port, number, "leader"))
    with pytest.raises(Refused):
        result(port, number)
    port.say(number, "contractor")
    port.say(number, "overseer")
    port.do(number, "leader", "collect_opinions")
    assert result(port, number)["result"]["counts"]["agree"] == 3


def child(port: Port, number: str, kind: str) -> str:
    return str([one["number"] for one in shown(port, number)["links"] if one["link"] == kind][-1])


def decided(port: Port, **given: Any) -> tuple[str, str]:
    """A clue and its round, resolved."""
    clue = port.clue_with()
    port.do(clue, "officer", "convene", seats=["owner", "contractor"], **given)
    number = child(port, clue, "consultation")
    port.walk(number, ("officer", "send_brief"), ("leader", "open_session"))
    for who in ("owner", "contractor"):
        port.say(number, who)
    port.walk(number, ("leader", "collect_opinions"), ("leader", "resolve"))
    return clue, number


def test_a_decision_without_a_task_keeps_the_round_open_unless_the_head_says_why(port: Port) -> None:
    _, number = decided(port, proposed="rectify")
    assert "link_missing" in port.refused(number, "officer", "draft_minutes")
    assert port.refused(number, "leader", "waive_task")
    assert "missing" in port.refused(number, "head", "waive_task", no_task_because=None)
    port.do(number, "head", "waive_task")
    assert (
        port.walk(number, ("officer", "draft_minutes"), ("head", "sign_minutes"), ("registrar", "close"))
        == "closed"
    )


def test_a_revoked_task_is_no_task(port: Port) -> None:
    _, number = decided(port, proposed="rectify")
    port.do(number, "officer", "issue_task", task_owner="owner")
    port.do(child(port, number, "task"), "leader", "revoke")
    assert "link_missing" in port.refused(number, "officer", "draft_minutes")


def test_a_clue_is_not_concluded_while_a_task_of_its_round_is_open(port: Port) -> None:
    clue, number = decided(port, proposed="rectify")
    port.do(number, "officer", "issue_task", task_owner="owner")
    port.walk(number, ("officer", "draft_minutes"), ("head", "sign_minutes"), ("registrar", "close"))
    port.do(clue, "officer", "propose_disposition", way="close")
    assert "still_open" in port.refused(clue, "head", "approve_close")
    assert port.refused(clue, "leader", "leave_tasks_open")
    port.do(clue, "head", "leave_tasks_open")
    assert port.do(clue, "head", "approve_close").to == "concluded"
    assert shown(port, child(port, number, "task"))["state"] == "issued"


def test_one_round_takes_several_clues_and_holds_each_of_them_up(port: Port) -> None:
    clue, other = port.clue_with(), port.clue_with(subject="赵德明")
    port.do(clue, "officer", "convene", seats=["owner", "contractor"], proposed="rectify")
    number = child(port, clue, "consultation")
    assert "not_redacted" in port.refused(
        number, "registrar", "take_up_clue", clue=other, brief_item="赵德明未旁站"
    )
    port.do(number, "registrar", "take_up_clue", clue=other)
    assert "still_open" in port.refused(other, "officer", "propose_disposition")


def test_whoever_a_clue_is_about_finds_nothing_of_the_round_that_takes_it_up(port: Port) -> None:
    other = port.clue_with(subject="某甲", subject_unit="第七工程局南方公司")
    clue = port.clue_with()
    port.do(clue, "officer", "convene", seats=["owner", "contractor"])
    number = child(port, clue, "consultation")
    port.do(number, "registrar", "send_brief")
    assert not port.unseen(number, "contractor")
    port.do(number, "registrar", "take_up_clue", clue=other)
    assert port.unseen(number, "contractor")


def test_an_urgent_matter_reported_singly_is_ratified_by_the_next_round(port: Port) -> None:
    clue = port.clue_with()
    port.do(clue, "officer", "report_singly")
    port.do(clue, "leader", "decide_singly")
    number = port.meeting()
    port.do(number, "leader", "ratify_single_report", reported_clue=clue)
    with port.unit() as session:
        moves = [one["move"] for one in listing.history(session, port.office, clue, actor="leader")]
    assert moves[-1] == "single_report_ratified"
    again = port.refused(number, "leader", "ratify_single_report", reported_clue=clue)
    assert again


def test_a_round_ratifies_only_what_was_decided_singly(port: Port) -> None:
    clue = port.clue_with()
    assert port.refused(port.meeting(), "leader", "ratify_single_report", reported_clue=clue)
