"""Recusal: out of sight, out of the count, a substitute in the seat; and nothing of it changes unseen."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from cases import audit, listing, recusing, round_results, rulebooks, surveys
from tests.cases.port_office import Port
from tests.cases.recusal_stories import WHY, challenge, child, decide, declare, listed, out_of, told


def test_whoever_declares_an_interest_loses_sight_of_the_whole_affair(port: Port) -> None:
    clue = port.clue_with()
    port.do(clue, "officer", "convene", seats=["owner", "contractor"])
    round_ = child(port, clue, "consultation")
    assert not port.unseen(round_, "officer")
    declare(port, clue, "officer")
    assert port.unseen(clue, "officer")
    assert port.unseen(round_, "officer")
    assert listed(port, "officer") == listed(port, "officer", "consultation") == []
    assert clue in listed(port, "leader")


def test_what_comes_out_of_the_clue_later_is_out_of_sight_too(port: Port) -> None:
    clue = port.clue_with()
    declare(port, clue, "registrar")
    port.do(clue, "officer", "convene", seats=["owner", "contractor"])
    assert port.unseen(child(port, clue, "consultation"), "registrar")
    port.do(clue, "leader", "escalate")
    assert port.unseen(child(port, clue, "escalation"), "registrar")


def test_an_interest_declared_in_the_round_reaches_up_to_the_clue(port: Port) -> None:
    clue = port.clue_with()
    port.do(clue, "officer", "convene", seats=["owner", "contractor"])
    round_ = child(port, clue, "consultation")
    port.do(round_, "officer", "declare_recusal")
    assert port.unseen(clue, "officer")


def test_they_are_told_that_it_exists_and_not_what_for(port: Port) -> None:
    clue = port.clue_with()
    declare(port, clue, "officer")
    assert [(one["number"], one["state"]) for one in told(port, "officer")] == [(clue, "recused")]
    assert WHY not in str(told(port, "officer"))
    assert set(told(port, "officer")[0]) == {"number", "machine", "state", "kind", "since"}


def test_history_says_who_is_out_and_not_why(port: Port) -> None:
    clue = port.clue_with()
    declare(port, clue, "officer")
    with port.unit() as session:
        events = listing.history(session, port.office, clue, actor="auditor")
        assert audit.verify(session).faults == ()
    said = dict(events[-1]["data"])
    assert len(said.pop("recusal_seal")) == 64
    assert said == {"person": "officer", "kind": "declared"}
    assert WHY not in str(events)


def test_the_interest_of_a_member_is_read_by_who_decides_alone(port: Port) -> None:
    number = port.meeting()
    port.do(number, "contractor", "declare_recusal", interest="witness")
    with port.unit() as session:
        assert "witness" not in str(listing.history(session, port.office, number, actor="leader"))
        assert "witness" not in str(listing.shown(session, port.office, number, actor="leader")["values"])
        assert "witness" in str(recusing.of_matter(session, port.office, number, actor="head"))
        assert "witness" not in str(recusing.of_matter(session, port.office, number, actor="leader"))
        assert recusing.of_matter(session, port.office, number, actor="owner") == []


def test_a_recused_member_leaves_the_count_and_the_substitute_sits(port: Port) -> None:
    number = port.meeting()
    port.say(number, "contractor", "disagree", opinion_reasons="工期")
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="deputy")
    assert port.unseen(number, "deputy")
    port.do(number, "contractor", "declare_recusal")
    assert port.unseen(number, "contractor")
    assert not port.unseen(number, "deputy")
    port.say(number, "owner")
    port.say(number, "overseer")
    assert "deputy" in port.refused(number, "leader", "collect_opinions")["opinions_missing"]
    port.say(number, "deputy", "abstain")
    port.do(number, "leader", "collect_opinions")
    with port.unit() as session:
        counted = round_results.result(session, port.office, number, actor="leader")["result"]
    assert (counted["outcome"], counted["recused"], counted["dissent"]) == ("carried", ["contractor"], [])
    assert counted["counts"] == {"agree": 2, "agree_if": 0, "disagree": 0, "abstain": 1, "silent": 0}


def test_saying_recused_is_to_be_recused(port: Port) -> None:
    number = port.meeting()
    port.say(number, "contractor", "recused", opinion_reasons=WHY)
    assert port.unseen(number, "contractor")
    assert out_of(port, number) == {"contractor"}


def test_why_somebody_said_recused_is_read_by_nobody_in_the_round(port: Port) -> None:
    number = port.meeting()
    port.say(number, "contractor", "recused", opinion_reasons=WHY)
    port.say(number, "owner")
    port.say(number, "overseer")
    port.walk(number, ("leader", "collect_opinions"), ("leader", "resolve"))
    for who in ("owner", "overseer", "leader", "registrar", "auditor"):
        with port.unit() as session:
            told = round_results.opinions(session, port.office, number, actor=who)
            assert WHY not in str(told)
            assert ("contractor", "recused") in {(one["person"], one["view"]) for one in told}
            assert WHY not in str(listing.shown(session, port.office, number, actor=who))
    with port.unit() as session:
        assert WHY in str(recusing.of_matter(session, port.office, number, actor="head"))


def test_nobody_who_is_out_of_the_clue_is_offered_a_seat_or_the_file(port: Port) -> None:
    clue = port.clue_with(subject="某甲", subject_unit="第七工程局南方公司")
    assert out_of(port, clue) == {"contractor", "deputy"}
    assert port.refused(clue, "officer", "convene", seats=["owner", "contractor"])
    port.do(clue, "officer", "convene", seats=["owner", "overseer"])
    decide(port, challenge(port, clue, "leader", "officer2"), "head")
    assert port.refused(clue, "leader", "change_handler", handler="officer2")
    port.do(clue, "leader", "change_handler", handler="officer3")


@pytest.mark.parametrize("tampering", [
    ("recusal_altered", "UPDATE recusal SET state = 'lifted'"),
    ("recusal_altered", "UPDATE recusal SET person = 'owner' WHERE origin IS NULL"),
    ("recusal_altered", "UPDATE recusal SET state = 'lifted' WHERE origin IS NOT NULL"),
    ("recusal_missing", "DELETE FROM recusal WHERE origin IS NOT NULL"),
    ("seats_altered", "UPDATE round_seat SET weight = 9 WHERE person = 'owner'"),
    ("seats_altered", "UPDATE round_seat SET person = 'overseer' WHERE person = 'owner'"),
    ("seats_altered", "UPDATE round_seat SET substitute = 'overseer' WHERE person = 'owner'"),
    ("seats_altered", "DELETE FROM round_seat WHERE person = 'owner'"),
    ("subject_changed", "UPDATE subject SET name = '某乙'"),
    ("subject_changed", "DELETE FROM subject"),
])  # fmt: skip
def test_what_was_changed_behind_the_rounds_back_is_found(port: Port, tampering: tuple[str, str]) -> None:
    code, statement = tampering
    clue = port.clue_with(subject="某甲", subject_unit="某单位")
    port.do(clue, "officer", "convene", seats=["owner", "contractor"])
    key = challenge(port, clue, "leader", "officer2")
    decide(port, key, "head")
    with port.unit() as session:
        rulebooks.publish(session, port.office.rulebook(), at=port.at)
        assert audit.verify(session).faults == ()
    with port.unit() as session:
        session.execute(text(statement))
        assert code in {one.code for one in audit.verify(session).faults}


def test_nobody_sits_in_for_two_members(port: Port) -> None:
    number = port.meeting()
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="deputy")
    why = port.refused(number, "registrar", "name_substitute", member="owner", substitute="deputy")
    assert "one vote" in why["sits_already"]
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="deputy")
    with port.unit() as session:
        survey = surveys.moves(session, port.office, number, actor="registrar", at=port.at).as_dict("en")
    form = next(one["fields"] for one in survey["open"] if one["move"] == "name_substitute")
    assert "deputy" not in str(next(one for one in form if one["name"] == "substitute"))


def test_named_for_two_before_that_was_refused_they_have_one_vote(port: Port) -> None:
    number = port.meeting()
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="deputy")
    with port.unit() as session:
        session.execute(text("UPDATE round_seat SET substitute = 'deputy' WHERE person = 'owner'"))
    for who in ("contractor", "owner"):
        port.do(number, who, "declare_recusal")
    for who in ("deputy", "overseer"):
        port.say(number, who)
    port.do(number, "leader", "collect_opinions")
    with port.unit() as session:
        counted = round_results.result(session, port.office, number, actor="leader")["result"]
    assert (counted["entitled"], counted["counts"]["agree"]) == (2, 2)
