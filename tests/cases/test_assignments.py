"""What a commission assigns goes down with proof of receipt and becomes a clue there; its result comes back."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import col, select

from cases import extending
from cases.deadlines import Deadline
from cases.matters import Matter
from states.facts import Refused
from tests.cases.conftest import Unit
from tests.cases.port_office import Port


@pytest.fixture
def port(unit: Unit) -> Port:
    return Port(unit)


def assigned(port: Port) -> tuple[str, str]:
    """An assignment that the port group's commission has signed for, and the clue it became."""
    number = port.note("district", "assignment")
    port.walk(number, ("district2", "approve"), ("district", "dispatch"))
    moved = port.do(number, "registrar", "sign_for")
    return number, moved.consequences[0].number


def handled(port: Port, clue: str) -> None:
    port.do(clue, "registrar", "register", managed_by="ours")
    port.do(clue, "registrar", "propose_assignment", proposed_handler="officer")
    port.do(clue, "head", "approve_assignment", handler="officer")
    port.do(clue, "officer", "sign_for")


def due(port: Port, clue: str, name: str) -> date | None:
    with port.unit() as session:
        query = select(Deadline).join(Matter).where(Matter.number == clue, col(Deadline.name) == name)
        clock = session.exec(query.order_by(col(Deadline.id).desc())).first()
        return clock.due_on if clock else None


def extend(port: Port, clue: str, who: str = "head") -> date | None:
    with port.unit() as session:
        query = (
            select(Deadline.id).join(Matter).where(Matter.number == clue, col(Deadline.name) == "from_above")
        )
        key = session.exec(query).one() or 0
        return extending.extend(session, port.office, key, actor=who, at=port.at, reason="案情复杂")


def reasons_against(port: Port, clue: str) -> set[str]:
    with pytest.raises(Refused) as found:
        extend(port, clue)
    return {reason.code for reason in found.value.reasons}


def test_it_is_out_of_sight_until_it_is_dispatched_and_then_signed_for_by_whom_it_is_for(port: Port) -> None:
    number = port.note("district", "assignment")
    assert port.unseen(number, "registrar")
    assert "second_person" in port.refused(number, "district", "approve")
    port.walk(number, ("district2", "approve"), ("district", "dispatch"))
    assert not port.unseen(number, "registrar")
    assert port.unseen(number, "officer")
    assert port.unseen(number, "city")
    moved = port.do(number, "registrar", "sign_for")
    with port.unit() as session:
        clue = session.exec(select(Matter).where(Matter.number == moved.consequences[0].number)).one()
        assert (clue.organisation, clue.state, clue.values["source"]) == (
            "MGJ",
            "discovered",
            "assigned_above",
        )
    assert port.unseen(clue.number, "district"), "the work on it stays in the body that handles it"


def test_only_a_commission_below_can_be_given_anything(port: Port) -> None:
    with pytest.raises(Refused) as found:
        port.note("district", "assignment", addressee="SJW")
    assert {reason.code for reason in found.value.reasons} == {"unknown_reference"}


def test_three_months_run_from_the_day_it_was_assigned(port: Port) -> None:
    _, clue = assigned(port)
    assert due(port, clue, "from_above") == date(2026, 12, 1)


def test_the_own_head_grants_three_more_once_and_only_with_a_report_upward(port: Port) -> None:
    _, clue = assigned(port)
    handled(port, clue)
    assert reasons_against(port, clue) == {"value_is", "link_missing"}
    paper = (
        port.do(clue, "officer", "report_up", ground="over_time", summary="核查工作量大。")
        .consequences[0]
        .number
    )
    port.walk(paper, ("leader", "approve"))
    assert reasons_against(port, clue) == {"link_missing"}, "approved is not sent"
    port.do(paper, "registrar", "dispatch")
    assert extend(port, clue) == date(2027, 3, 1)
    assert "extension_refused" in reasons_against(port, clue)


def test_more_than_that_only_the_commission_above_grants(port: Port) -> None:
    _, clue = assigned(port)
    handled(port, clue)
    paper = port.do(clue, "officer", "ask_for_time").consequences[0].number
    port.walk(paper, ("leader", "approve"), ("registrar", "dispatch"), ("district", "sign_for"))
    port.do(paper, "district", "grant_time", granted_until="2027-06-30")
    assert due(port, clue, "from_above_granted") == date(2027, 7, 1)
    with port.unit() as session:
        row = session.exec(select(Matter).where(Matter.number == clue)).one()
        assert row.state == "assigned", "work goes on where it was"
        query = select(Deadline.status).where(
            col(Deadline.matter) == row.id, col(Deadline.name) == "from_above"
        )
        assert session.exec(query).all() == ["met"]


def test_time_is_granted_for_nothing_else(port: Port) -> None:
    clue = port.clue_with()
    paper = port.do(clue, "officer", "escalate").consequences[0].number
    port.walk(paper, ("leader", "approve"), ("registrar", "dispatch"), ("district", "sign_for"))
    assert "value_is" in port.refused(paper, "district", "grant_time")
    assert "value_is" in port.refused(port.clue_with(), "officer", "ask_for_time")


def test_the_result_comes_once_the_clue_is_concluded_and_may_be_asked_for_again(port: Port) -> None:
    number, clue = assigned(port)
    assert "link_missing" in port.refused(number, "registrar", "report_result")
    handled(port, clue)
    port.do(clue, "officer", "propose_disposition", way="close")
    port.do(clue, "head", "approve_close")
    assert port.do(number, "registrar", "report_result").to == "reported"
    assert "not_your_role" in port.refused(number, "registrar", "accept_result")
    port.walk(number, ("district", "ask_again"), ("district", "dispatch"))
    again = port.do(number, "registrar", "sign_again")
    assert again.consequences == (), "no second clue"
    assert port.walk(number, ("head", "report_result"), ("district2", "accept_result")) == "closed"
