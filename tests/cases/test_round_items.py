"""A round of several items: each with its own vote, its own recusals, its own tasks; the last tasks come first."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from cases import audit, interests, listing, recusing, round_agenda, round_results, surveys
from cases.matters import Seat
from cases.opening import id_of
from cases.people import Person, Posting
from states.facts import Refused
from tests.cases.conftest import Unit
from tests.cases.port_office import Port

WORD = "冰下暗流zq"  # planted in what belongs to item 2
FIRM = "远洋劳务公司"


@pytest.fixture
def port(unit: Unit) -> Port:
    with unit() as session:
        session.add(Person(login="deputy", name="高远", organisation="QJN"))
        session.flush()
        session.add(Posting(person="deputy", role="member", organisation="QJN"))
    return Port(unit)


def shown(port: Port, number: str, who: str = "leader") -> dict[str, Any]:
    with port.unit() as session:
        return listing.shown(session, port.office, number, actor=who)


def linked(port: Port, number: str, kind: str) -> list[str]:
    return [one["number"] for one in shown(port, number)["links"] if one["link"] == kind]


def result(port: Port, number: str, who: str = "leader") -> dict[str, Any]:
    with port.unit() as session:
        return round_results.result(session, port.office, number, actor=who)


def opinions(port: Port, number: str, who: str) -> list[dict[str, Any]]:
    with port.unit() as session:
        return round_results.opinions(session, port.office, number, actor=who)


def agenda(port: Port, number: str, who: str = "leader") -> dict[str, Any]:
    with port.unit() as session:
        return round_agenda.business(session, port.office, number, actor=who, at=port.at)


def door(port: Port, number: str, who: str) -> str:
    """Everything that somebody can read of a round."""
    with port.unit() as session:
        found: list[Any] = [
            listing.shown(session, port.office, number, actor=who),
            listing.history(session, port.office, number, actor=who),
            surveys.moves(session, port.office, number, actor=who, at=port.at).as_dict("zh"),
            round_results.seats(session, port.office, number, actor=who),
            round_results.opinions(session, port.office, number, actor=who),
            round_agenda.business(session, port.office, number, actor=who, at=port.at),
            listing.matters(session, port.office, "consultation", actor=who, at=port.at),
            listing.matters(session, port.office, "task", actor=who, at=port.at),
        ]
        try:
            found.append(round_results.result(session, port.office, number, actor=who))
        except Refused as refused:
            found.append(str(refused))
    return str(found)


def faults(port: Port) -> list[str]:
    with port.unit() as session:
        return sorted(one.code for one in audit.verify(session).faults)


def convened(
    port: Port, *, seats: tuple[str, ...] = ("owner", "contractor", "overseer"), **about: Any
) -> tuple[str, str, str]:
    """A round on a clue that takes up another, with a word in all that is said of the second: round, clue, other."""
    clue, other = port.clue_with(), port.clue_with(**about)
    port.do(clue, "officer", "convene", seats=list(seats), proposed="rectify")
    number = linked(port, clue, "consultation")[-1]
    port.do(
        number, "registrar", "take_up_clue", clue=other, brief_item=f"另有一事{WORD}", proposed_item="rectify"
    )
    return number, clue, other


def opened(port: Port, number: str) -> str:
    port.walk(number, ("officer", "send_brief"), ("leader", "open_session"))
    return number


def two_items(port: Port, **about: Any) -> tuple[str, str, str]:
    """The same in session."""
    number, clue, other = convened(port, **about)
    return opened(port, number), clue, other


def all_say(
    port: Port,
    number: str,
    item: int,
    opinion: str = "agree",
    *,
    who: tuple[str, ...] = ("owner", "contractor", "overseer"),
) -> None:
    for one in who:
        port.say(
            number, one, opinion, item=item, opinion_reasons="工期不足" if opinion == "disagree" else None
        )


def resolved(port: Port, number: str) -> None:
    port.walk(number, ("leader", "collect_opinions"), ("leader", "resolve"))


# ------------------------------------------------------------------------------------------- a vote for each


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


# --------------------------------------------------------------------------------------- kept out of one item


def interested(port: Port, who: str = "contractor") -> None:
    with port.unit() as session:
        interests.declare(session, person=who, kind="company", name=FIRM, note="", at=port.at)


def apart(port: Port) -> str:
    """A round in session whose second item touches the contractor's interest; the deputy sits in for them there."""
    interested(port)
    number, *_ = convened(port, subject="某甲", subject_unit=FIRM)
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="deputy")
    return opened(port, number)


def test_whoever_has_an_interest_in_one_clue_is_out_of_that_item_alone(port: Port) -> None:
    number = apart(port)
    assert WORD not in door(port, number, "contractor")
    assert WORD in door(port, number, "owner")
    assert agenda(port, number, "contractor")["items"][1] == {"item": 2, "recused": True}
    port.say(number, "contractor", item=1)
    assert "no_seat" in port.refused(number, "contractor", "give_opinion", item=2)
    all_say(port, number, 1, who=("owner", "overseer"))
    all_say(port, number, 2, "disagree", who=("owner", "overseer"))
    assert "item 2: deputy" in port.refused(number, "leader", "collect_opinions")["opinions_missing"]
    port.say(number, "deputy", "disagree", item=2, opinion_reasons=WORD)
    resolved(port, number)
    first, second = result(port, number)["items"]
    assert (first["result"]["entitled"], first["result"]["recused"]) == (3, [])
    assert (second["result"]["entitled"], second["result"]["recused"]) == (3, ["contractor"])
    assert (first["result"]["counts"]["agree"], second["result"]["counts"]["disagree"]) == (3, 3)
    assert faults(port) == []


def test_nothing_of_the_item_reaches_them_through_any_door_to_the_end(port: Port) -> None:
    number = apart(port)
    all_say(port, number, 1)
    all_say(port, number, 2, who=("owner", "overseer"))
    port.say(number, "deputy", "agree_if", item=2, conditions=WORD)
    port.do(number, "leader", "collect_opinions")
    port.do(number, "leader", "resolve", resolution_text=WORD)
    port.do(number, "officer", "issue_task", item=1, task_owner="contractor")
    port.do(number, "officer", "issue_task", item=2, task_owner="owner", measure=WORD)
    port.do(number, "officer", "draft_minutes", minutes=WORD)
    port.walk(number, ("head", "sign_minutes"), ("registrar", "close"))
    told = door(port, number, "contractor")
    assert WORD not in told
    assert "result_2" not in told
    assert "item_2" not in told
    assert linked(port, number, "task")[0] in told
    assert linked(port, number, "task")[1] not in told
    for who in ("owner", "overseer", "leader", "officer", "auditor"):
        assert WORD in door(port, number, who)
    assert [one["item"] for one in result(port, number, "contractor")["items"]] == [1, 2]
    assert result(port, number, "contractor")["items"][1] == {"item": 2, "recused": True}


def test_the_substitute_sees_the_item_they_sit_in_and_no_other(port: Port) -> None:
    number = apart(port)
    told = door(port, number, "deputy")
    assert WORD in told
    assert agenda(port, number, "deputy")["items"][0] == {"item": 1, "recused": True}
    assert "先覆盖后补签" not in told
    assert "先覆盖后补签" in door(port, number, "contractor")
    assert "no_seat" in port.refused(number, "deputy", "give_opinion", item=1)


def test_an_interest_that_comes_up_later_takes_them_out_of_the_item_then(port: Port) -> None:
    number, _, other = two_items(port)
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="deputy")
    port.say(number, "contractor", "disagree", item=2, opinion_reasons=WORD)
    with port.unit() as session:
        key = recusing.challenge(
            session, port.office, other, actor="leader", person_="contractor", reason="x", at=port.at
        ).id
    assert WORD in door(port, number, "contractor")
    with port.unit() as session:
        recusing.decide(session, port.office, key, actor="head", grant=True, reason="x", at=port.at)
    assert WORD not in door(port, number, "contractor")
    assert seated(port, number) >= {"deputy", "contractor"}
    with port.unit() as session:
        recusing.lift(session, port.office, key, actor="head", reason="x", at=port.at)
    assert WORD in door(port, number, "contractor")
    assert "deputy" not in seated(port, number)


def seated(port: Port, number: str) -> set[str]:
    with port.unit() as session:
        query = select(Seat.person).where(col(Seat.matter) == id_of(session, number))
        return set(session.exec(query))


def test_what_is_lifted_or_granted_after_the_decision_changes_no_result(port: Port) -> None:
    number, _, other = two_items(port)
    all_say(port, number, 1)
    all_say(port, number, 2, who=("owner", "contractor"))
    port.say(number, "overseer", "disagree", item=2, opinion_reasons="证据不足")
    resolved(port, number)
    with port.unit() as session:
        for matter in (other, number):
            key = recusing.challenge(
                session, port.office, matter, actor="leader", person_="overseer", reason="x", at=port.at
            ).id
            recusing.decide(session, port.office, key, actor="head", grant=True, reason="x", at=port.at)
    found = result(port, number)
    assert found["agrees"]
    assert found["items"][1]["result"]["counts"]["disagree"] == 1
    assert faults(port) == []


def test_to_say_recused_of_one_item_is_to_be_out_of_that_item(port: Port) -> None:
    number, _, other = two_items(port)
    port.say(number, "contractor", "recused", item=2, opinion_reasons="近亲属关系")
    assert not port.unseen(number, "contractor")
    assert WORD not in door(port, number, "contractor")
    with port.unit() as session:
        events = listing.history(session, port.office, other, actor="leader")
        kept = recusing.of_matter(session, port.office, other, actor="head")
    assert (events[-1]["move"], events[-1]["data"]["person"]) == ("recusal.declared", "contractor")
    assert [(one["person"], one["reason"]) for one in kept] == [("contractor", "近亲属关系")]


def test_an_interest_in_one_item_is_declared_for_that_item(port: Port) -> None:
    number, *_ = two_items(port)
    port.do(number, "contractor", "declare_recusal", item=2)
    assert not port.unseen(number, "contractor")
    assert WORD not in door(port, number, "contractor")
    assert "no_such_item" in port.refused(number, "overseer", "declare_recusal", item=4)
    port.do(number, "overseer", "declare_recusal")
    assert port.unseen(number, "overseer")


def test_an_officer_kept_out_of_the_other_clue_works_on_with_the_first(port: Port) -> None:
    interested(port, "officer")
    clue = port.clue_with()
    other = port.clue_with("officer2", subject="某甲", subject_unit=FIRM)
    port.do(clue, "officer", "convene", seats=["owner", "contractor", "overseer"], proposed="rectify")
    number = linked(port, clue, "consultation")[-1]
    port.do(number, "registrar", "take_up_clue", clue=other, brief_item=WORD)
    opened(port, number)
    assert not port.unseen(clue, "officer")
    assert port.unseen(other, "officer")
    assert WORD not in door(port, number, "officer")
    assert other not in door(port, number, "officer")


def test_an_officer_kept_out_of_an_item_does_nothing_about_it_and_is_told_nothing(port: Port) -> None:
    interested(port, "officer")
    clue, other = port.clue_with(), port.clue_with("officer2", subject="某甲", subject_unit=FIRM)
    port.do(clue, "officer", "convene", seats=["owner", "contractor", "overseer"], proposed="rectify")
    number = linked(port, clue, "consultation")[-1]
    port.do(number, "registrar", "take_up_clue", clue=other, brief_item=WORD, proposed_item="rectify")
    opened(port, number)
    all_say(port, number, 1)
    all_say(port, number, 2)
    resolved(port, number)
    port.do(number, "officer", "issue_task", item=1, task_owner="owner")
    assert "recused" in port.refused(number, "officer", "issue_task", item=2, task_owner="owner")
    why = port.refused(number, "officer", "draft_minutes")["item_without_task"]
    assert "2" not in why
    assert "Rectification" not in why
    with port.unit() as session:
        survey = surveys.moves(session, port.office, number, actor="officer", at=port.at).as_dict("en")
    form = next(one["fields"] for one in survey["open"] if one["move"] == "issue_task")
    assert next(one["example"] for one in form if one["name"] == "item") == 1
    port.do(number, "registrar", "issue_task", task_owner="owner")
    assert port.do(number, "officer", "draft_minutes").to == "minutes_drafted"


def test_a_clue_out_of_sight_is_neither_offered_nor_told_from_one_that_is_not_there(port: Port) -> None:
    number, *_ = convened(port)
    hidden = port.clue_with()
    with port.unit() as session:
        recusing.declare(session, port.office, hidden, actor="registrar", reason="x", at=port.at)
        survey = surveys.moves(session, port.office, number, actor="registrar", at=port.at).as_dict("en")
    assert hidden not in str(survey)
    assert hidden not in str(port.refused(number, "leader", "take_up_clue", clue="MGJ-2026-9999"))
    told = port.refused(number, "registrar", "take_up_clue", clue=hidden)
    nowhere = port.refused(number, "registrar", "take_up_clue", clue="MGJ-2026-9999")
    assert {code: text.replace(hidden, "MGJ-2026-9999") for code, text in told.items()} == nowhere


# ------------------------------------------------------------------------------------------- who fixes what


def both_decided(port: Port) -> tuple[str, str, str]:
    number, clue, other = two_items(port)
    all_say(port, number, 1)
    all_say(port, number, 2)
    resolved(port, number)
    return number, clue, other


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


def test_dissent_stands_on_file_item_by_item_though_nobody_typed_it(port: Port) -> None:
    number, *_ = two_items(port)
    all_say(port, number, 1)
    all_say(port, number, 2, who=("owner", "contractor"))
    port.say(number, "overseer", "disagree", item=2, opinion_reasons="证据不足")
    resolved(port, number)
    assert shown(port, number)["values"]["dissent"] == "2. 沈洁 (HTJ): 证据不足"


# ------------------------------------------------------------------------------------- the last tasks come first


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
    port.walk(task, ("owner", "submit"), ("registrar", "check"), ("head", "cancel"))
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
