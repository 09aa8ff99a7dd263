"""What members and companies read names nobody whom a clue is about: not the brief alone, every text of a round or task."""

from __future__ import annotations

import pytest

from tests.cases.port_office import Port

NAMED = "周建国未旁站，请研究。"


def round_of(port: Port, clue: str) -> str:
    moved = port.do(clue, "officer", "convene", seats=["owner", "contractor"], proposed="rectify")
    port.do(moved.consequences[0].number, "registrar", "send_brief")
    return moved.consequences[0].number


def in_session(port: Port, clue: str) -> str:
    number = round_of(port, clue)
    port.do(number, "leader", "open_session", present=["owner", "contractor"])
    return number


def resolved(port: Port, clue: str) -> str:
    number = in_session(port, clue)
    for who in ("owner", "contractor"):
        port.say(number, who)
    port.walk(number, ("leader", "collect_opinions"), ("leader", "resolve"))
    return number


def says(refusal: object) -> str:
    assert isinstance(refusal, dict)
    assert set(refusal) == {"not_redacted"}
    return str(refusal["not_redacted"])


@pytest.fixture
def clue(port: Port) -> str:
    """A clue about one person."""
    return port.clue_with(subject="周建国", subject_unit="某单位")


def test_the_state_of_the_last_tasks_names_nobody(port: Port, clue: str) -> None:
    number = round_of(port, clue)
    assert "state of the last round's tasks" in says(
        port.refused(number, "leader", "open_session", last_tasks=NAMED)
    )
    assert "not_redacted" in port.refused(number, "leader", "adjourn", reason="周 建 国请假")
    port.do(number, "leader", "open_session")


def test_what_was_resolved_names_nobody(port: Port, clue: str) -> None:
    number = in_session(port, clue)
    for who in ("owner", "contractor"):
        port.say(number, who)
    port.do(number, "leader", "collect_opinions")
    for field, label in (("resolution_text", '"text"'), ("dissent", '"dissent"')):
        assert label in says(port.refused(number, "leader", "resolve", **{field: NAMED}))
    port.do(number, "leader", "resolve")


def test_neither_the_minutes_nor_a_task_of_the_round_name_anybody(port: Port, clue: str) -> None:
    number = resolved(port, clue)
    for field, label in (("measure", '"measure"'), ("proof", '"proof required"')):
        given = {field: NAMED, "task_owner": "contractor"}
        assert label in says(port.refused(number, "leader", "issue_task", **given))
    port.do(number, "leader", "issue_task", task_owner="contractor")
    assert '"minutes"' in says(port.refused(number, "registrar", "draft_minutes", minutes=NAMED))
    port.do(number, "registrar", "draft_minutes")


def test_of_every_clue_of_the_round_not_of_the_first_alone(port: Port, clue: str) -> None:
    number = round_of(port, clue)
    port.do(number, "registrar", "take_up_clue", clue=port.clue_with(subject="赵德明"))
    assert "not_redacted" in port.refused(
        number, "registrar", "take_up_clue", clue=port.clue_with(), brief_item=NAMED
    ), "a brief on one clue names nobody of another"
    for name in ("周建国", "赵德明"):
        assert "not_redacted" in port.refused(number, "leader", "open_session", last_tasks=f"{name}已谈话")


def test_a_single_report_is_ratified_without_a_name(port: Port, clue: str) -> None:
    port.walk(clue, ("officer", "report_singly"), ("leader", "decide_singly"))
    number = port.meeting()
    given = {"reported_clue": clue, "ratification_text": NAMED}
    assert "not_redacted" in port.refused(number, "leader", "ratify_single_report", **given)
    port.do(number, "leader", "ratify_single_report", reported_clue=clue)
    for who in ("owner", "contractor", "overseer"):
        port.say(number, who)
    port.do(number, "leader", "collect_opinions")
    assert "not_redacted" in port.refused(number, "leader", "resolve", resolution_text=NAMED), (
        "and nothing said afterwards names them either"
    )


@pytest.mark.parametrize("field", ["measure", "proof", "decision_no"])
def test_a_task_straight_from_the_clue_names_neither_the_person_nor_who_reported(
    port: Port, field: str
) -> None:
    clue = port.clue_with(subject="周建国", reporter_name="李告发", reporter_contact="13900001234",
                          real_name=True)  # fmt: skip
    port.do(clue, "officer", "propose_disposition", way="rectify")
    order = {"task_owner": "contractor"}
    named = port.refused(clue, "leader", "approve_rectification", **order, **{field: NAMED})
    assert "not_redacted" in named
    told = port.refused(clue, "leader", "approve_rectification", **order, **{field: "李告发所反映问题"})
    assert set(told) == {"names_the_reporter"}
    port.do(clue, "leader", "approve_rectification", **order)


def test_what_the_office_writes_on_a_task_of_a_company_names_nobody(port: Port, clue: str) -> None:
    port.do(clue, "officer", "propose_disposition", way="rectify")
    moved = port.do(clue, "leader", "approve_rectification", task_owner="contractor")
    task = moved.consequences[0].number
    port.walk(task, ("contractor", "take"), ("contractor", "submit"))
    assert "not_redacted" in port.refused(task, "leader", "send_back", reason=NAMED)
    assert port.do(task, "leader", "send_back").to == "returned"


def test_who_may_not_see_the_clue_learns_nothing_from_a_refusal(port: Port, clue: str) -> None:
    number = in_session(port, clue)
    said = port.say(number, "owner", "disagree", opinion_reasons=NAMED)
    assert said.to == "in_session", "to a member, a refusal would tell whom the clue is about"
    port.say(number, "contractor")
    port.walk(number, ("leader", "collect_opinions"), ("leader", "resolve"))
    assert "not_redacted" in port.refused(
        number, "leader", "issue_task", task_owner="contractor", measure=NAMED
    ), "who sees the clue is told"
