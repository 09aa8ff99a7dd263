"""What the commission above instructs becomes a task of this one, with a day and a proof, and nothing closes over it."""

from __future__ import annotations

import pytest
from sqlmodel import select

from cases.matters import Matter
from tests.cases.conftest import Unit
from tests.cases.port_office import Port


@pytest.fixture
def port(unit: Unit) -> Port:
    return Port(unit)


def escalated(port: Port, clue: str, **given: str) -> str:
    """A request that the district has signed for; its number."""
    number = port.do(clue, "officer", "escalate", **given).consequences[0].number
    port.walk(number, ("leader", "approve"), ("registrar", "dispatch"), ("district", "sign_for"))
    return number


def test_an_instruction_is_a_task_of_the_officer_with_its_day_and_its_proof(port: Port) -> None:
    clue = port.clue_with()
    paper = escalated(port, clue)
    moved = port.do(
        paper, "district", "instruct", measure="核实三份检测报告", due_on="2026-09-30", proof="核实报告"
    )
    task = next(one.number for one in moved.consequences if one.machine == "task")
    with port.unit() as session:
        row = session.exec(select(Matter).where(Matter.number == task)).one()
        assert (row.handler, row.title, row.organisation) == ("officer", "核实三份检测报告", "MGJ")
        assert (row.values["due_on"], row.values["proof"]) == ("2026-09-30", "核实报告")
    assert "still_open" in port.refused(paper, "registrar", "act_on")
    port.walk(task, ("officer", "take"), ("officer", "submit"))
    assert "not_handler" in port.refused(task, "officer", "check")
    port.walk(task, ("registrar", "check"), ("leader", "cancel"))
    assert port.do(paper, "registrar", "act_on").to == "acted_on"


def test_the_clue_is_not_concluded_while_the_instruction_is_open(port: Port) -> None:
    clue = port.clue_with()
    port.do(escalated(port, clue), "district", "instruct")
    port.do(clue, "officer", "propose_disposition", way="close")
    assert "still_open" in port.refused(clue, "head", "approve_close")
    port.do(clue, "head", "leave_tasks_open")
    assert port.do(clue, "head", "approve_close").to == "concluded"


def test_where_nobody_handles_the_clue_an_officer_is_named(port: Port) -> None:
    clue = port.note()
    port.do(clue, "registrar", "register")
    number = port.do(clue, "registrar", "escalate").consequences[0].number
    port.walk(number, ("leader", "approve"), ("registrar", "dispatch"), ("district", "sign_for"))
    moved = port.do(number, "district", "instruct")
    task = next(one.number for one in moved.consequences if one.machine == "task")
    assert port.unseen(task, "officer2")
    port.do(task, "leader", "assign_officer", task_owner="officer2")
    assert port.do(task, "officer2", "take").to == "under_way"
    assert "value_not_given" in port.refused(task, "head", "change_owner")


def test_what_is_not_done_by_its_day_climbs_like_any_task(port: Port) -> None:
    clue = port.clue_with()
    moved = port.do(escalated(port, clue), "district", "instruct", due_on="2026-09-10")
    task = next(one.number for one in moved.consequences if one.machine == "task")
    port.later(days=30)
    with port.unit() as session:
        acts = session.exec(select(Matter.acts).where(Matter.number == task)).one()
    assert {"second_notice", "circular"} <= acts.keys()
