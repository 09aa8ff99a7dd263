"""Each item that orders rectification needs its own task; the last round's tasks come first."""

from __future__ import annotations

from typing import Any

from cases import recusing, surveys
from tests.cases.port_office import Port
from tests.cases.round_stories import (
    agenda,
    both_decided,
    linked,
    resolved,
    shown,
)


def test_each_item_that_orders_rectification_needs_its_own_task(port: Port) -> None:
    number, clue, other = both_decided(port)
    assert "item 1, 2" in port.refused(number, "officer", "draft_minutes")["item_without_task"]
    assert "missing" in port.refused(number, "officer", "issue_task", item=None, task_owner="owner")
    assert "no_such_item" in port.refused(number, "officer", "issue_task", item=3, task_owner="owner")
    port.do(number, "officer", "issue_task", item=2, task_owner="owner")
    assert "item 1." in port.refused(number, "officer", "draft_minutes")["item_without_task"]
    assert (linked(port, clue, "task"), linked(port, other, "task")) == ([], linked(port, number, "task"))
    port.do(number, "officer", "issue_task", item=1, task_owner="owner")
    assert linked(port, clue, "task") == linked(port, number, "task")[1:]
    assert (
        port.walk(number, ("officer", "draft_minutes"), ("head", "sign_minutes"), ("registrar", "close"))
        == "closed"
    )
    assert [[task["number"] for task in one["tasks"]] for one in agenda(port, number)["decisions"]] == [
        linked(port, clue, "task"), linked(port, other, "task"),
    ]  # fmt: skip


def test_the_head_says_item_by_item_why_there_is_no_task(port: Port) -> None:
    number, *_ = both_decided(port)
    port.do(number, "head", "waive_task", item=2)
    assert "nothing_owed" in port.refused(number, "head", "waive_task", item=2)
    assert "item_without_task" in port.refused(number, "officer", "draft_minutes")
    port.do(number, "head", "waive_task", item=1)
    assert port.refused(number, "head", "waive_task", item=1)
    assert port.do(number, "officer", "draft_minutes").to == "minutes_drafted"


def test_a_revoked_task_of_an_item_is_no_task(port: Port) -> None:
    number, *_ = both_decided(port)
    port.do(number, "officer", "issue_task", item=1, task_owner="owner")
    port.do(number, "officer", "issue_task", item=2, task_owner="owner")
    port.do(linked(port, number, "task")[1], "leader", "revoke")
    assert "item 2." in port.refused(number, "officer", "draft_minutes")["item_without_task"]


def ended(port: Port, **given: Any) -> tuple[str, str]:
    """A round that ended with a task; both numbers."""
    number = port.meeting(proposed="rectify", project="PC", **given)
    for who in ("owner", "contractor", "overseer"):
        port.say(number, who)
    resolved(port, number)
    port.do(number, "leader", "issue_task", task_owner="owner")
    port.walk(number, ("registrar", "draft_minutes"), ("head", "sign_minutes"), ("registrar", "close"))
    return number, linked(port, number, "task")[0]


def test_a_round_opens_with_what_became_of_the_last_tasks(port: Port) -> None:
    last, task = ended(port)
    port.do(task, "owner", "take")
    elsewhere = port.meeting()  # of no project
    assert agenda(port, elsewhere)["last_tasks"]["tasks"] == []
    number = port.note("leader", "consultation", seats=["owner", "contractor"], project="PC")
    port.do(number, "registrar", "send_brief")
    why = port.refused(number, "leader", "open_session", last_tasks="上期任务都已完成。")
    assert task in why["last_tasks_left_out"]
    with port.unit() as session:
        survey = surveys.moves(session, port.office, number, actor="leader", at=port.at).as_dict("zh")
    form = next(one["fields"] for one in survey["open"] if one["move"] == "open_session")
    offered = next(one["example"] for one in form if one["name"] == "last_tasks")
    assert offered == f"{task}：整改中 / under way"
    port.do(number, "leader", "open_session")
    found = agenda(port, number)["last_tasks"]
    assert (found["round"], found["noted"]) == (last, offered)
    assert [(one["number"], one["state"], one["overdue"]) for one in found["tasks"]] == [
        (task, "under_way", False)
    ]


def test_overdue_is_said_and_what_is_cancelled_is_said_once_more_and_then_no_longer(port: Port) -> None:
    _, task = ended(port)
    port.do(task, "owner", "take")
    port.later(days=60)
    number = port.note("leader", "consultation", seats=["owner", "contractor"], project="PC")
    assert agenda(port, number)["last_tasks"]["tasks"][0]["overdue"]
    port.walk(task, ("owner", "submit"), ("leader", "check"), ("head", "cancel"))
    assert [one["state"] for one in agenda(port, number)["last_tasks"]["tasks"]] == ["cancelled"]
    ended(port)
    after = port.note("leader", "consultation", seats=["owner", "contractor"], project="PC")
    assert task not in str(agenda(port, after)["last_tasks"])


def test_a_task_that_a_member_is_kept_out_of_is_not_read_out(port: Port) -> None:
    _, task = ended(port)
    with port.unit() as session:
        key = recusing.challenge(
            session, port.office, task, actor="leader", person_="contractor", reason="x", at=port.at
        ).id
        recusing.decide(session, port.office, key, actor="head", grant=True, reason="x", at=port.at)
    number = port.note("leader", "consultation", seats=["owner", "overseer", "contractor"], project="PC")
    port.walk(number, ("registrar", "send_brief"), ("leader", "open_session"))
    assert task not in str(shown(port, number)["values"])
    assert [one["read_out"] for one in agenda(port, number)["last_tasks"]["tasks"]] == [False]
