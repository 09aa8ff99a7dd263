"""Two inspectors at one checklist: each item is answered over what was seen of it, and a form sent twice is one answer."""

from __future__ import annotations

import pytest

from cases import checklist_answering, checklist_sheets
from cases.moved import Moved
from states.facts import Refused
from tests.cases.port_office import Port, Unit, with_checklist


@pytest.fixture
def port(unit: Unit) -> Port:
    """The Port Centre's office with the shipped checklist on file."""
    return with_checklist(Port(unit))


@pytest.fixture
def number(port: Port) -> str:
    """A round at the signing of contracts, under way."""
    number = port.note("supervisor", "inspection", checklist="LINKS", link="c08_contract", project="PC")
    port.do(number, "supervisor", "begin")
    return number


def answer(
    port: Port, number: str, item: str, said: str = "in_order", *, who: str = "supervisor", seen: int = 0,
    key: str | None = None,
) -> Moved:  # fmt: skip
    form = {"item": item, "answer": said} | ({} if said == "in_order" else {"remark": "现场核对"})
    with port.unit() as session:
        return checklist_answering.answer(session, port.office, number, form, seen=seen, actor=who, at=port.at,
                                          key=key)  # fmt: skip


def standing(port: Port, number: str, item: str) -> list[str]:
    with port.unit() as session:
        found = checklist_sheets.sheet(session, port.office, number, actor="supervisor", lang="zh")
    line = next(one for one in found["items"] if one["item"] == item)
    return [one["answer"] for one in (*line["earlier"], *filter(None, [line["answer"]]))]


def test_two_inspectors_answer_different_items_at_once_and_neither_is_in_the_others_way(
    port: Port, number: str
) -> None:
    answer(port, number, "c08_1")
    answer(port, number, "c08_2", "finding", who="registrar")
    assert standing(port, number, "c08_1") == ["in_order"]
    assert standing(port, number, "c08_2") == ["finding"]


def test_of_two_on_the_same_item_the_second_is_told_who_was_first_and_what_they_said(
    port: Port, number: str
) -> None:
    first = answer(port, number, "c08_1", "finding", who="registrar")
    with pytest.raises(Refused) as told:
        answer(port, number, "c08_1", "in_order")
    (reason,) = told.value.reasons
    assert reason.code == "answered_meanwhile"
    assert reason.message.en.endswith(
        "registrar answered this item at 2026-09-01 09:01: something was found."
    )
    assert "registrar 已于 2026-09-01 09:01 答复该项：发现问题" in reason.message.zh
    assert standing(port, number, "c08_1") == ["finding"]
    answer(port, number, "c08_1", "in_order", seen=first.event)
    assert standing(port, number, "c08_1") == ["finding", "in_order"]


def test_a_form_sent_twice_is_one_answer_and_nobody_was_first(port: Port, number: str) -> None:
    assert answer(port, number, "c08_1", key="k").event == answer(port, number, "c08_1", key="k").event
    assert standing(port, number, "c08_1") == ["in_order"]


def test_a_round_without_a_checklist_has_nothing_to_answer(port: Port) -> None:
    bare = port.note("supervisor", "inspection", project="PC")
    port.do(bare, "supervisor", "begin")
    with pytest.raises(Refused) as told:
        answer(port, bare, "c08_1")
    assert told.value.code == "no_checklist"
