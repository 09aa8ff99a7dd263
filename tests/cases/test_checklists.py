"""A round by its checklist: answered item by item, reported when nothing is left open, looked at again until it is cured."""

from __future__ import annotations

import pytest

from cases import audit, checklist_sheets
from states.checklists import shipped as shipped_checklist
from tests.cases.port_office import Port, Unit, with_checklist

MEASURED = "c08_3"  # the bond as a share of the contract price, in %


@pytest.fixture
def port(unit: Unit) -> Port:
    """The Port Centre's office with the shipped checklist on file."""
    return with_checklist(Port(unit))


@pytest.fixture
def number(port: Port) -> str:
    """A round at the signing of contracts, under way: it is asked c08_1, c08_2 and c08_3."""
    return under_way(port)


def under_way(port: Port, **given: object) -> str:
    number = port.note(
        "supervisor", "inspection", **{"checklist": "LINKS", "link": "c08_contract", "project": "PC"} | given
    )
    port.do(number, "supervisor", "begin")
    return number


def answer(port: Port, number: str, item: str, said: str = "in_order", **given: object) -> None:
    remark = None if said == "in_order" else "现场核对"
    port.do(number, "supervisor", "answer_item", item=item, answer=said, **{"remark": remark} | given)


def sheet(port: Port, number: str, who: str = "supervisor") -> dict[str, object]:
    with port.unit() as session:
        return checklist_sheets.sheet(session, port.office, number, actor=who, lang="zh")


def test_a_round_at_a_link_is_asked_the_items_of_that_link_and_any_other_all(port: Port, number: str) -> None:
    asked = [one["item"] for one in sheet(port, number)["items"]]  # type: ignore[attr-defined]
    assert asked == ["c08_1", "c08_2", "c08_3"]
    whole = under_way(port, link=None)
    assert len(sheet(port, whole)["items"]) == len(list(shipped_checklist().asked()))  # type: ignore[arg-type]


def test_it_is_not_reported_before_the_last_mandatory_item_is_answered(port: Port, number: str) -> None:
    for item in ("c08_1", "c08_2"):
        answer(port, number, item)
    answer(port, number, MEASURED, "not_looked_at")
    port.do(number, "supervisor", "record_nothing")
    told = port.refused(number, "supervisor", "report")
    assert "c08_3 The performance bond exceeds 10% of the contract price" in told["unanswered"]
    assert "c08_1" not in told["unanswered"]
    answer(port, number, MEASURED, measured="8.5")
    assert port.do(number, "supervisor", "report").to == "reported"


def test_the_leader_says_why_something_was_not_looked_at(port: Port, number: str) -> None:
    answer(port, number, "c08_1")
    assert set(port.refused(number, "supervisor", "leave_out", left_out_reason="停工")) == {"not_your_role"}
    port.do(number, "leader", "leave_out", left_out_reason="该部位已停工")
    assert sheet(port, number)["unanswered"] == []
    port.do(number, "supervisor", "record_nothing")
    assert port.do(number, "supervisor", "report").to == "reported"


def test_where_nothing_is_open_there_is_nothing_to_leave_out(port: Port, number: str) -> None:
    for item in ("c08_1", "c08_2", "c08_3"):
        answer(port, number, item)
    assert set(port.refused(number, "leader", "leave_out")) == {"nothing_unanswered"}


def test_changing_an_answer_keeps_the_earlier_one(port: Port, number: str) -> None:
    answer(port, number, "c08_2")
    answer(port, number, "c08_2", "finding", remark="发现补充协议一份")
    line = sheet(port, number)["items"][1]  # type: ignore[index]
    assert (line["answer"]["answer"], line["answer"]["remark"]) == ("finding", "发现补充协议一份")
    assert [(one["answer"], one["by"]) for one in line["earlier"]] == [("in_order", "supervisor")]
    with port.unit() as session:
        assert audit.verify(session).ok


@pytest.mark.parametrize(
    "item, given, code",
    [
        ("c15_1", {}, "unknown_reference"),
        ("c08_9", {}, "unknown_reference"),
        (MEASURED, {"measured": "about ten"}, "not_a_number"),
        (MEASURED, {"measured": "100.1"}, "out_of_range"),
        (MEASURED, {"measured": "-0.1"}, "out_of_range"),
        (MEASURED, {"measured": "10", "unit": "mm"}, "wrong_unit"),
        ("c08_1", {"measured": "10"}, "missing"),
        ("c08_1", {"photographs": "1"}, "no_such_attachment"),
        ("c08_1", {"answer": "finding"}, "missing"),
        ("c08_1", {"answer": "not_looked_at"}, "missing"),
        ("c08_1", {"answer": "perhaps"}, "not_a_choice"),
    ],
)
def test_what_is_no_answer(port: Port, number: str, item: str, given: dict[str, str], code: str) -> None:
    form = {"item": item, "answer": "in_order"} | given
    assert set(port.refused(number, "supervisor", "answer_item", **form)) == {code}
    assert all(one["answer"] is None for one in sheet(port, number)["items"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("figure", ["0", "100", "10.000001"])
def test_a_figure_within_its_bounds_gets_the_unit_of_its_item(port: Port, number: str, figure: str) -> None:
    answer(port, number, MEASURED, measured=figure)
    said = sheet(port, number)["items"][2]["answer"]  # type: ignore[index]
    assert (said["measured"], said["unit"]) == (figure, "%")


def test_a_round_without_a_checklist_is_made_as_ever(port: Port) -> None:
    number = port.note("supervisor", "inspection", project="PC")
    port.do(number, "supervisor", "begin")
    assert set(port.refused(number, "supervisor", "answer_item", item="c08_1", answer="in_order")) == {
        "value_given"
    }
    assert "unknown_reference" in port.refused(number, "supervisor", "record_finding", item="c08_1")
    assert (
        port.walk(number, ("supervisor", "record_nothing"), ("supervisor", "report"), ("leader", "close"))
        == "closed"
    )


def test_nobody_reports_that_nothing_was_found_where_something_was(port: Port, number: str) -> None:
    answer(port, number, "c08_2", "finding")
    assert "c08_2" in port.refused(number, "supervisor", "record_nothing")["finding_open"]
    assert port.do(number, "supervisor", "end_looking").to == "findings_recorded"


def test_it_is_looked_at_again_until_it_is_cured(port: Port, number: str) -> None:
    answer(port, number, "c08_1")
    answer(port, number, "c08_2", "finding")
    answer(port, number, MEASURED, "finding", measured="12")
    port.walk(number, ("supervisor", "end_looking"), ("supervisor", "report"))
    assert set(port.refused(number, "leader", "close")) == {"finding_open"}
    port.do(number, "leader", "order_re_inspection")
    assert sheet(port, number)["again"] == ["c08_2", MEASURED]
    assert set(port.refused(number, "supervisor", "answer_item", item="c08_1", answer="in_order")) == {
        "unknown_reference"
    }
    answer(port, number, "c08_2")
    assert MEASURED in port.refused(number, "supervisor", "cured")["finding_open"]
    answer(port, number, MEASURED, "finding", measured="11")
    assert MEASURED in port.refused(number, "supervisor", "cured")["finding_open"]
    port.do(number, "supervisor", "still_open")
    answer(port, number, MEASURED, measured="10")
    assert port.do(number, "supervisor", "cured").to == "reported"
    assert port.do(number, "leader", "close").to == "closed"


def test_who_does_not_see_the_round_sees_no_sheet(port: Port, number: str) -> None:
    assert port.unseen(number, "owner")
    assert sheet(port, number, "auditor")["checklist"] == "LINKS@2026.1"


def test_a_finding_becomes_a_clue_in_one_step_and_its_item_stays_open(port: Port, number: str) -> None:
    moved = port.do(
        number, "supervisor", "record_finding", item="c08_2", problem="另签补充协议", link="c08_contract"
    )
    (clue,) = moved.consequences
    assert (clue.machine, clue.to) == ("clue", "discovered")
    line = sheet(port, number)["items"][1]  # type: ignore[index]
    assert (line["answer"]["answer"], line["answer"]["remark"]) == ("finding", "另签补充协议")
    assert sheet(port, number)["findings"] == ["c08_2"]
    assert "unknown_reference" in port.refused(number, "supervisor", "record_finding", item="c15_1")


def test_a_finding_at_one_link_does_not_narrow_what_a_round_of_all_links_is_asked(port: Port) -> None:
    whole = under_way(port, link=None)
    before = len(sheet(port, whole)["items"])  # type: ignore[arg-type]
    port.do(whole, "supervisor", "record_finding", item="c08_2", problem="另签补充协议", link="c08_contract")
    assert len(sheet(port, whole)["items"]) == before  # type: ignore[arg-type]
    answer(port, whole, "c15_1")
