"""A seat of a round passes on when an account ends: what was said stays with who said it, the rest goes to the successor."""

from __future__ import annotations

import pytest
from sqlmodel import select

from cases import (
    audit,
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
from tests.cases.round_stories import two_items


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
        assert "contractor" in session.exec(seats).all(), "what was said stands, with whose it is"
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


def test_who_spoke_on_one_item_of_two_stays_with_both(port: Port) -> None:
    number, *_ = two_items(port)
    port.say(number, "contractor", item=1)
    approve(port, propose(port, "contractor", "deputy"))
    for who in ("owner", "overseer"):
        for item in (1, 2):
            port.say(number, who, item=item)
    assert "contractor" in port.refused(number, "leader", "collect_opinions")["opinions_missing"]
    port.later(days=20)
    port.do(number, "leader", "resolve")
    with port.unit() as session:
        found = round_results.result(session, port.office, number, actor="leader")
    assert [one["result"]["counts"]["agree"] for one in found["items"]] == [3, 2]
