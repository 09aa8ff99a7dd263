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
