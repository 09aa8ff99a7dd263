"""A round of several items: each with its own vote and its own result."""

from __future__ import annotations

from sqlalchemy import text

from cases import surveys
from tests.cases.port_office import Port
from tests.cases.round_stories import (
    WORD,
    agenda,
    all_say,
    both_decided,
    convened,
    door,
    faults,
    linked,
    opened,
    opinions,
    resolved,
    result,
    shown,
    two_items,
)


def test_each_matter_has_its_own_vote_and_its_own_result(port: Port) -> None:
    number, _, other = two_items(port)
    all_say(port, number, 1)
    all_say(port, number, 2, "disagree")
    resolved(port, number)
    values = shown(port, number)["values"]
    assert values["item_2"] == {"clue": other, "brief": f"另有一事{WORD}", "proposed": "rectify"}
    assert (values["resolution"], values["round_result"]["outcome"]) == ("rectify", "carried")
    assert (values["result_2"]["decision"], values["result_2"]["result"]["outcome"]) == ("not_agreed", "lost")
    found = result(port, number)
    assert [one["result"]["outcome"] for one in found["items"]] == ["carried", "lost"]
    assert found["agrees"]
    assert found["decision"] == "rectify"
    assert faults(port) == []


def test_an_opinion_says_which_item_it_is_on(port: Port) -> None:
    number, *_ = two_items(port)
    assert "say which" in port.refused(number, "owner", "give_opinion", item=None)["missing"]
    assert "no item 3" in port.refused(number, "owner", "give_opinion", item=3)["no_such_item"]
    assert port.refused(number, "owner", "give_opinion", item=0)
    with port.unit() as session:
        survey = surveys.moves(session, port.office, number, actor="owner", at=port.at).as_dict("zh")
    form = next(one["fields"] for one in survey["open"] if one["move"] == "give_opinion")
    assert next((one["required"], one["example"]) for one in form if one["name"] == "item") == (True, 1)
    port.say(number, "owner", item=1)
    port.do(number, "owner", "give_opinion")  # the form offers the item that is still open
    assert [(one["item"], one["seq"]) for one in opinions(port, number, "owner")] == [(1, 1), (2, 1)]


def test_in_a_round_of_one_item_nobody_has_to_name_it(port: Port) -> None:
    number = port.meeting()
    port.say(number, "owner")
    port.say(number, "contractor", item=1)
    assert "no_such_item" in port.refused(number, "overseer", "give_opinion", item=2)
    assert {one["item"] for one in opinions(port, number, "leader")} == {1}


def test_the_round_waits_until_every_item_has_heard_everybody(port: Port) -> None:
    number, *_ = two_items(port)
    all_say(port, number, 1)
    port.say(number, "owner", item=2)
    why = port.refused(number, "leader", "collect_opinions")["opinions_missing"]
    assert "item 2: contractor, overseer" in why
    assert "item 1" not in why
    all_say(port, number, 2, who=("contractor", "overseer"))
    assert port.do(number, "leader", "collect_opinions").to == "opinions_in"


def test_an_opinion_is_sealed_and_changed_item_by_item(port: Port) -> None:
    number, *_ = two_items(port)
    port.say(number, "owner", "disagree", item=2, opinion_reasons=f"不同意{WORD}x")
    port.say(number, "owner", "agree", item=1)
    port.say(number, "owner", "abstain", item=2)
    for who in ("leader", "registrar", "head", "auditor", "contractor"):
        assert f"{WORD}x" not in door(port, number, who)
    assert f"{WORD}x" in door(port, number, "owner")
    all_say(port, number, 1, who=("contractor", "overseer"))
    all_say(port, number, 2, who=("contractor", "overseer"))
    resolved(port, number)
    said = [
        (one["item"], one["view"], one["replaced"])
        for one in opinions(port, number, "leader")
        if one["person"] == "owner"
    ]
    assert said == [(1, "agree", False), (2, "disagree", True), (2, "abstain", False)]


def test_an_opinion_moved_to_another_item_is_found(port: Port) -> None:
    number, *_ = two_items(port)
    all_say(port, number, 1)
    all_say(port, number, 2, "disagree")
    resolved(port, number)
    with port.unit() as session:
        session.execute(text("UPDATE opinion SET item = 1, seq = 2 WHERE item = 2 AND person = 'owner'"))
    found = result(port, number)
    assert found["broken_seals"] == ["owner"]
    assert not found["agrees"]
    assert set(faults(port)) == {"opinion_altered", "result_differs"}


def test_an_agenda_changed_behind_the_rounds_back_is_found(port: Port) -> None:
    convened(port)
    assert faults(port) == []
    with port.unit() as session:
        session.execute(text("DELETE FROM round_item"))
    assert faults(port) == ["agenda_altered"]


def test_one_matter_is_one_item(port: Port) -> None:
    number, clue, other = convened(port)
    third = port.clue_with()
    for one in (clue, other):
        assert "on_the_agenda" in port.refused(number, "registrar", "take_up_clue", clue=one)
    port.do(number, "registrar", "take_up_clue")  # the form offers what is not on the agenda yet
    assert [one.get("clue") for one in agenda(port, number)["items"]] == [None, other, third]


def test_dissent_stands_on_file_item_by_item_though_nobody_typed_it(port: Port) -> None:
    number, *_ = two_items(port)
    all_say(port, number, 1)
    all_say(port, number, 2, who=("owner", "contractor"))
    port.say(number, "overseer", "disagree", item=2, opinion_reasons="证据不足")
    resolved(port, number)
    assert shown(port, number)["values"]["dissent"] == "2. 沈洁 (恒泰监理公司): 证据不足"


def test_a_clue_is_taken_again_in_a_later_round_and_both_results_stay(port: Port) -> None:
    number, clue, other = both_decided(port)
    port.do(number, "head", "waive_task", item=1)
    port.do(number, "head", "waive_task", item=2)
    port.walk(number, ("officer", "draft_minutes"), ("head", "sign_minutes"), ("registrar", "close"))
    port.do(clue, "officer", "convene", seats=["owner", "contractor", "overseer"], proposed="handle")
    again = linked(port, clue, "consultation")[-1]
    assert again != number
    port.do(again, "registrar", "take_up_clue", clue=other, proposed_item="report")
    opened(port, again)
    all_say(port, again, 1)
    all_say(port, again, 2, "disagree")
    resolved(port, again)
    assert [one["decision"] for one in result(port, number)["items"]] == ["rectify", "rectify"]
    assert [one["decision"] for one in result(port, again)["items"]] == ["handle", "not_agreed"]
    assert linked(port, other, "consultation") == [number, again]
    assert faults(port) == []
