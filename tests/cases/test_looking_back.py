"""Who looks back on a task: whoever issued it, as who proposes supervises; the head where that person no longer can."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import col, delete, select

from cases.matters import Matter
from cases.people import Posting
from tests.cases.conftest import Unit
from tests.cases.ending_stories import approve, office_of, propose
from tests.cases.port_office import Port
from tests.cases.recusal_stories import challenge, decide
from tests.cases.round_stories import linked


@pytest.fixture
def port(unit: Unit) -> Port:
    return office_of(unit)


def submitted(port: Port, by: str = "officer") -> str:
    """A task that a round's decision brought, issued by `by` and reported done by its owner."""
    clue = port.clue_with()
    port.do(clue, "officer", "convene", seats=["owner", "contractor"], proposed="rectify")
    number = linked(port, clue, "consultation")[-1]
    port.walk(number, ("registrar", "send_brief"), ("leader", "open_session"))
    for who in ("owner", "contractor"):
        port.say(number, who)
    port.walk(number, ("leader", "collect_opinions"), ("leader", "resolve"))
    port.do(number, by, "issue_task", task_owner="owner")
    task = linked(port, number, "task")[-1]
    port.walk(task, ("owner", "take"), ("owner", "submit"))
    return task


@pytest.mark.parametrize("move", ["check", "send_back"])
def test_only_whoever_issued_a_task_looks_back_on_it(port: Port, move: str) -> None:
    task = submitted(port)
    for other in ("registrar", "leader", "officer2"):
        if not port.unseen(task, other):
            assert "issued_by_another" in (why := port.refused(task, other, move))
            assert "officer" in why["issued_by_another"]
    assert "issued_by_another" in port.refused(task, "head", move), "the officer still can"
    assert port.do(task, "officer", move).to in ("checked", "returned")


def test_the_head_looks_back_on_what_the_head_issued_and_a_second_person_cancels_it(port: Port) -> None:
    clue = port.clue_with()
    port.do(clue, "officer", "propose_disposition", way="rectify")
    task = port.do(clue, "head", "approve_rectification", task_owner="owner").consequences[0].number
    port.walk(task, ("owner", "take"), ("owner", "submit"), ("head", "check"))
    assert "second_person" in port.refused(task, "head", "cancel")
    assert port.do(task, "leader", "cancel").to == "cancelled"


def test_the_successor_of_whoever_issued_it_looks_back(port: Port) -> None:
    task = submitted(port)
    approve(port, propose(port, "officer", "officer2"))
    assert "officer2" in port.refused(task, "registrar", "check")["issued_by_another"]
    assert port.do(task, "officer2", "check").to == "checked"


def test_where_whoever_issued_it_is_recused_the_head_looks_back_and_nobody_else(port: Port) -> None:
    task = submitted(port)
    decide(port, challenge(port, task, "leader", "officer"), "head")
    assert port.unseen(task, "officer")
    assert "issued_by_another" in port.refused(task, "registrar", "check")
    assert port.do(task, "head", "check").to == "checked"


def test_where_whoever_issued_it_holds_no_post_here_any_more_the_head_looks_back(port: Port) -> None:
    task = submitted(port, by="registrar")
    assert "issued_by_another" in port.refused(task, "head", "check")
    with port.unit() as session:
        session.execute(delete(Posting).where(col(Posting.person) == "registrar"))
    why = port.refused(task, "leader", "check")
    assert "registrar" in why["issued_by_another"]
    assert port.do(task, "head", "check").to == "checked"


def values_of(port: Port, number: str) -> dict[str, Any]:
    with port.unit() as session:
        return dict(session.exec(select(Matter).where(col(Matter.number) == number)).one().values)


def test_a_task_is_of_the_phase_of_its_clue_or_finding(port: Port) -> None:
    clue = port.clue_with(phase="execution")
    round_ = port.do(clue, "officer", "convene", seats=["owner", "contractor"]).consequences[0].number
    port.walk(round_, ("officer", "send_brief"), ("leader", "open_session"))
    port.say(round_, "owner")
    port.say(round_, "contractor")
    port.walk(round_, ("leader", "collect_opinions"), ("leader", "resolve"))
    of_round = port.do(round_, "leader", "issue_task", task_owner="owner").consequences[0].number
    assert (values_of(port, of_round)["phase"], "phase" in values_of(port, round_)) == ("execution", False)
    other = port.clue_with(phase="settlement", link="c11_payment")
    port.do(other, "officer", "propose_disposition", way="rectify")
    of_clue = port.do(other, "head", "approve_rectification", task_owner="owner").consequences[0].number
    assert values_of(port, of_clue)["phase"] == "settlement"
    looked = port.note("supervisor", "inspection", project="PC", link="c15_quality", phase="acceptance")
    port.do(looked, "supervisor", "begin")
    ordered = port.do(looked, "supervisor", "order_cure", responsible_unit="QJN", task_owner="contractor")
    assert values_of(port, ordered.consequences[0].number)["phase"] == "acceptance"
