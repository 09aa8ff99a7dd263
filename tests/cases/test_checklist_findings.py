"""A finding at an item becomes a clue or a task in one step, stays linked to it, and is asked again until it is cured."""

from __future__ import annotations

from typing import Any

import pytest

from cases import audit, checklist_findings, checklist_sheets, listing
from tests.cases.port_office import Port, Unit, on_file, with_checklist

FOUND = "另签补充协议，与招标文件不一致。"


@pytest.fixture
def port(unit: Unit) -> Port:
    """The Port Centre's office with the shipped checklist on file."""
    return with_checklist(on_file(unit))


@pytest.fixture
def number(port: Port) -> str:
    """A round of all links, under way, with a finding at c08_3."""
    number = port.note("supervisor", "inspection", checklist="LINKS", project="PC", link=None, kind="joint")
    port.do(number, "supervisor", "begin", place="3号泊位")
    port.do(number, "supervisor", "answer_item", item="c08_3", answer="finding", measured="12", remark=FOUND)
    return number


def line(port: Port, number: str, item: str = "c08_3", who: str = "supervisor") -> dict[str, Any]:
    with port.unit() as session:
        found = checklist_sheets.sheet(session, port.office, number, actor=who, lang="zh")
    return next(one for one in found["items"] if one["item"] == item)


def begun(port: Port, number: str, move: str, item: str = "c08_3") -> dict[str, str]:
    with port.unit() as session:
        row, found = checklist_sheets.asked_of(session, port.office, number, actor="supervisor")
        fields = port.office.rulebook().machines["inspection"].moves[move].fields
        return checklist_findings.begun(session, row, found, fields, item, today=port.at.date(), lang="zh")


def cure(port: Port, number: str, **given: Any) -> str:
    """The number of the task that is ordered."""
    moved = port.do(number, "supervisor", "order_cure", **{"item": "c08_3", "found": FOUND} | given)
    (task,) = moved.consequences
    return task.number


def shown(port: Port, number: str, who: str) -> dict[str, Any]:
    with port.unit() as session:
        return listing.shown(session, port.office, number, actor=who)


def test_both_forms_begin_with_what_was_found_and_where(port: Port, number: str) -> None:
    clue = begun(port, number, "record_finding")
    assert (clue["item"], clue["link"], clue["source"]) == ("c08_3", "c08_contract", "joint_inspection")
    assert clue["title"] == "履约保证金超过中标合同金额的百分之十"
    assert clue["problem"] == f"{FOUND} (12 %)"
    assert clue["received_on"] == "2026-09-01"
    task = begun(port, number, "order_cure")
    assert task == {"item": "c08_3", "found": f"{FOUND} (12 %)", "link": "c08_contract"}
    assert begun(port, number, "order_cure", "c99_9") == {}


def test_a_finding_becomes_a_task_with_its_place_and_both_know_each_other(port: Port, number: str) -> None:
    task = cure(port, number, responsible_unit="QJN", task_owner="contractor", measure="退还超额部分")
    held = shown(port, task, "contractor")
    assert (held["handler"], held["title"], held["project"]) == ("contractor", "退还超额部分", "PC")
    values = held["values"]
    assert (values["place"], values["link"], values["found"], values["responsible_unit"]) == (
        "3号泊位", "c08_contract", FOUND, "QJN")  # fmt: skip
    assert [(one["link"], one["number"]) for one in shown(port, task, "leader")["links"]] == [
        ("of_task", number)
    ]
    (made,) = line(port, number)["led_to"]
    assert (made["number"], made["machine"], made["state"]) == (task, "task", "issued")
    assert line(port, number, "c08_1")["led_to"] == []


def test_what_is_made_of_a_finding_leaves_its_answer_and_its_figure_as_they_are(
    port: Port, number: str
) -> None:
    cure(port, number)
    port.do(number, "supervisor", "record_finding", item="c08_3", link="c08_contract")
    held = line(port, number)
    assert (held["answer"]["measured"], held["answer"]["remark"], held["earlier"]) == ("12", FOUND, [])
    assert [one["machine"] for one in held["led_to"]] == ["task", "clue"]


def test_who_does_not_see_what_was_made_of_it_is_not_told_of_it(port: Port, number: str) -> None:
    port.do(number, "registrar", "record_finding", item="c08_3", link="c08_contract")
    assert [one["machine"] for one in line(port, number, who="leader")["led_to"]] == ["clue"]
    assert line(port, number)["led_to"] == [], "the supervisor sees the clues they noted themselves"


def test_the_owner_of_a_task_is_of_the_unit_it_names(port: Port, number: str) -> None:
    told = port.refused(
        number, "supervisor", "order_cure", item="c08_3", responsible_unit="QJN", task_owner="owner"
    )
    assert told == {"not_of_that_body": "task_owner: owner has no post in QJN."}


def test_the_round_waits_for_the_end_of_its_task_and_is_looked_at_again_until_it_is_cured(
    port: Port, number: str
) -> None:
    task = cure(port, number, responsible_unit="QJN", task_owner="contractor")
    port.do(number, "supervisor", "end_looking")
    port.do(number, "leader", "leave_out")
    port.do(number, "supervisor", "report")
    assert {"finding_open", "still_open"} == set(port.refused(number, "leader", "close"))
    port.do(number, "leader", "order_re_inspection")
    port.do(number, "supervisor", "answer_item", item="c08_3", answer="in_order", measured="9", remark=None)
    assert set(port.refused(number, "supervisor", "cured", looked_at="已核查")) == {"still_open"}
    port.walk(
        task, ("contractor", "take"), ("contractor", "submit"), ("supervisor", "check"), ("leader", "cancel")
    )
    assert line(port, number)["led_to"][0]["state"] == "cancelled"
    assert port.do(number, "supervisor", "cured").to == "reported"
    assert port.do(number, "leader", "close").to == "closed"
    with port.unit() as session:
        assert audit.verify(session).ok


def test_once_the_round_is_reported_a_task_is_made_of_what_stands_found_and_of_nothing_else(
    port: Port, number: str
) -> None:
    port.do(number, "supervisor", "end_looking")
    port.do(number, "leader", "leave_out")
    port.do(number, "supervisor", "report")
    assert "unknown_reference" in port.refused(number, "leader", "order_cure", item="c08_1")
    assert port.do(number, "leader", "order_cure", item="c08_3").consequences


def test_at_a_re_inspection_a_finding_is_found_anew(port: Port, number: str) -> None:
    port.do(number, "supervisor", "end_looking")
    port.do(number, "leader", "leave_out")
    port.walk(number, ("supervisor", "report"), ("leader", "order_re_inspection"))
    cure(port, number, found="仍未退还")
    assert line(port, number)["answer"]["remark"] == "仍未退还"
    assert [one["remark"] for one in line(port, number)["earlier"]] == [FOUND]


def test_a_round_without_a_checklist_orders_a_cure_as_well(port: Port) -> None:
    bare = port.note("supervisor", "inspection", project="PC")
    port.do(bare, "supervisor", "begin")
    (task,) = port.do(bare, "supervisor", "order_cure", item=None).consequences
    assert task.machine == "task"
