"""A seat of a round passes on when an account ends: what was said stays with who said it, the rest goes to the successor."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from cases import (
    audit,
    desk,
    recusing,
    round_results,
    rulebooks,
)
from cases.opening import id_of
from cases.rounds import RoundSeat
from states.facts import Refused
from tests.cases.conftest import Unit
from tests.cases.ending_stories import (
    approve,
    codes,
    counted,
    office_of,
    others_agree,
    propose,
    second_deputy,
)
from tests.cases.port_office import Port
from tests.cases.round_stories import result, two_items


@pytest.fixture
def port(unit: Unit) -> Port:
    return office_of(unit)


def test_a_members_seat_passes_within_their_company_while_they_have_not_spoken(port: Port) -> None:
    spoken, silent = port.meeting(), port.meeting()
    port.say(spoken, "contractor")
    with pytest.raises(Refused) as refused:
        propose(port, "contractor", "overseer", "operator")
    assert codes(refused.value) == {"cannot_take_over"}
    with pytest.raises(Refused) as refused:
        propose(port, "contractor", "stranger", "registrar")
    assert codes(refused.value) == {"other_body"}
    approve(port, propose(port, "contractor", "deputy", "registrar"))
    assert not port.unseen(spoken, "deputy")
    with port.unit() as session:
        seats = select(RoundSeat.person).where(RoundSeat.matter == id_of(session, spoken))
        assert "deputy" in session.exec(seats).all()
    port.say(silent, "deputy")
    assert port.unseen(silent, "contractor")
    with port.unit() as session:
        rulebooks.publish(session, port.office.rulebook(), at=port.at)
        assert audit.verify(session).faults == ()


def test_a_silent_member_who_leaves_after_the_decision_stays_on_its_record(port: Port) -> None:
    number = port.meeting()
    others_agree(port, number)
    port.later(days=20)
    port.do(number, "leader", "resolve")
    approve(port, propose(port, "contractor", "deputy"))
    with port.unit() as session:
        rulebooks.publish(session, port.office.rulebook(), at=port.at)
        assert audit.verify(session).faults == ()
        found = round_results.result(session, port.office, number, actor="leader")
    assert (found["agrees"], found["result"]["silent"]) == (True, ["contractor"])
    assert not port.unseen(number, "deputy")


def test_what_a_substitute_said_stands_when_they_leave(port: Port) -> None:
    number = port.meeting()
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="deputy")
    port.do(number, "contractor", "declare_recusal")
    port.say(number, "deputy", "disagree", opinion_reasons="证据不足")
    approve(port, propose(port, "deputy", second_deputy(port)))
    others_agree(port, number)
    assert counted(port, number)["disagree"] == 1


def test_what_a_substitute_said_stands_when_the_recused_member_leaves(port: Port) -> None:
    number = port.meeting()
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="deputy")
    port.do(number, "contractor", "declare_recusal")
    port.say(number, "deputy", "disagree", opinion_reasons="证据不足")
    approve(port, propose(port, "contractor", second_deputy(port)))
    others_agree(port, number)
    assert counted(port, number)["disagree"] == 1


def test_a_substitute_leaves_the_seat_to_a_successor_who_is_not_recused(port: Port) -> None:
    number = port.meeting()
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="deputy")
    port.do(number, "contractor", "declare_recusal")
    assert not port.unseen(number, "deputy")
    approve(port, propose(port, "contractor", second_deputy(port)))
    assert port.unseen(number, "deputy")
    port.say(number, "deputy2")
    others_agree(port, number)
    assert counted(port, number)["agree"] == 3


def test_who_spoke_on_one_item_of_two_leaves_the_other_to_the_successor(port: Port) -> None:
    number, *_ = two_items(port)
    port.say(number, "contractor", "disagree", item=1, opinion_reasons="工期不足")
    approve(port, propose(port, "contractor", "deputy"))
    for who in ("owner", "overseer"):
        for item in (1, 2):
            port.say(number, who, item=item)
    why = port.refused(number, "leader", "collect_opinions")["opinions_missing"]
    assert "item 2: deputy" in why
    assert "contractor" not in why
    assert "no_seat" in port.refused(number, "deputy", "give_opinion", item=1)
    assert [one["spoken_by"] for one in seat_of(port, number, "deputy")["items"]] == ["contractor", None]
    port.say(number, "deputy", item=2)
    assert counted(port, number) == {"agree": 2, "agree_if": 0, "disagree": 1, "abstain": 0, "silent": 0}
    assert result(port, number)["items"][1]["result"]["counts"]["agree"] == 3


def seat_of(port: Port, number: str, holder: str) -> dict[str, Any]:
    with port.unit() as session:
        found = round_results.seats(session, port.office, number, actor="leader")
    return next(one for one in found if one["person"] == holder)


def test_the_named_substitute_may_be_the_successor(port: Port) -> None:
    number, *_ = two_items(port)
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="deputy")
    port.say(number, "contractor", item=1)
    approve(port, propose(port, "contractor", "deputy"))
    port.say(number, "deputy", item=2)
    for item in (1, 2):
        for who in ("owner", "overseer"):
            port.say(number, who, item=item)
    assert counted(port, number)["agree"] == 3
    assert seat_of(port, number, "deputy")["substitute"] is None


def test_what_a_replaced_substitute_said_stands_and_the_new_one_speaks_to_the_rest(port: Port) -> None:
    number, *_ = two_items(port)
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="deputy")
    port.do(number, "contractor", "declare_recusal")
    port.say(number, "deputy", "abstain", item=1)
    port.do(number, "registrar", "name_substitute", member="contractor", substitute=second_deputy(port))
    assert "no_seat" in port.refused(number, "deputy2", "give_opinion", item=1)
    port.say(number, "deputy2", item=2)
    for item in (1, 2):
        for who in ("owner", "overseer"):
            port.say(number, who, item=item)
    assert counted(port, number)["abstain"] == 1


def test_what_was_said_counts_no_more_once_who_said_it_is_kept_out(port: Port) -> None:
    number = port.meeting()
    port.say(number, "contractor", "disagree", opinion_reasons="工期不足")
    with port.unit() as session:
        key = recusing.challenge(
            session, port.office, number, actor="leader", person_="contractor", reason="x", at=port.at
        ).id
    approve(port, propose(port, "contractor", "deputy"))
    assert "no_seat" in port.refused(number, "deputy", "give_opinion")
    with port.unit() as session:
        recusing.decide(session, port.office, key, actor="head", grant=True, reason="x", at=port.at)
    port.say(number, "deputy")
    others_agree(port, number)
    assert counted(port, number)["agree"] == 3


def test_a_substitute_who_never_sat_passes_their_part_on(port: Port) -> None:
    number = port.meeting()
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="deputy")
    approve(port, propose(port, "deputy", second_deputy(port)))
    assert port.unseen(number, "deputy2")
    port.do(number, "contractor", "declare_recusal")
    port.say(number, "deputy2")
    others_agree(port, number)
    assert counted(port, number)["agree"] == 3


def test_the_successor_is_asked_for_what_nobody_said_yet_and_for_no_more(port: Port) -> None:
    number = port.meeting()
    port.say(number, "contractor")
    approve(port, propose(port, "contractor", "deputy"))
    with port.unit() as session:
        lists = desk.desk(session, port.office, actor="deputy", at=port.at)
    assert not lists.opinions.lines
