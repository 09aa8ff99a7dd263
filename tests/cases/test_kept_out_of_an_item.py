"""Whoever is recused from one item of a round is out of that item, through every door, and of nothing else."""

from __future__ import annotations

from cases import listing, recusing, surveys
from tests.cases.port_office import Port
from tests.cases.round_stories import (
    FIRM,
    WORD,
    agenda,
    all_say,
    apart,
    both_decided,
    convened,
    door,
    faults,
    interested,
    linked,
    opened,
    resolved,
    result,
    seated,
    two_items,
)


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
    assert "item 2" in port.refused(number, "officer", "draft_minutes")["recused"]
    assert port.do(number, "registrar", "draft_minutes").to == "minutes_drafted"


def test_a_leader_kept_out_of_an_item_is_not_told_who_is_missing_in_it(port: Port) -> None:
    number, _, other = two_items(port)
    declare(port, other, "leader")
    all_say(port, number, 1, who=("owner", "contractor"))
    why = port.refused(number, "leader", "collect_opinions")["opinions_missing"]
    assert "item 1: overseer" in why
    assert "item 2" not in why
    port.say(number, "overseer", item=1)
    why = port.refused(number, "leader", "collect_opinions")["opinions_missing"]
    assert "not yours to see" in why
    assert not any(who in why for who in ("owner", "contractor", "overseer"))
    assert "item 2: " in port.refused(number, "registrar", "collect_opinions")["opinions_missing"]


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


def with_tasks(port: Port) -> tuple[str, str, str, list[str]]:
    """A decided round with a task for each item: round, clue, other, tasks."""
    number, clue, other = both_decided(port)
    for item in (1, 2):
        port.do(number, "officer", "issue_task", item=item, task_owner="owner")
    return number, clue, other, linked(port, number, "task")


def declare(port: Port, number: str, who: str) -> None:
    with port.unit() as session:
        recusing.declare(session, port.office, number, actor=who, reason="x", at=port.at)


def test_an_interest_declared_on_the_task_of_an_item_reaches_that_item_and_no_further(port: Port) -> None:
    number, clue, other, tasks = with_tasks(port)
    declare(port, tasks[1], "registrar")
    assert [port.unseen(one, "registrar") for one in (tasks[1], other)] == [True, True]
    assert [port.unseen(one, "registrar") for one in (number, clue, tasks[0])] == [False, False, False]
    assert WORD not in door(port, number, "registrar")
    assert agenda(port, number, "registrar")["items"][1] == {"item": 2, "recused": True}
    assert faults(port) == []


def test_on_the_task_of_what_the_round_was_convened_for_it_reaches_the_round_but_no_other_clue(
    port: Port,
) -> None:
    number, clue, other, tasks = with_tasks(port)
    declare(port, tasks[0], "registrar")
    assert [port.unseen(one, "registrar") for one in (tasks[0], clue, number)] == [True, True, True]
    assert not port.unseen(other, "registrar")
    assert faults(port) == []


def test_declared_on_the_round_itself_it_reaches_every_item(port: Port) -> None:
    number, clue, other, tasks = with_tasks(port)
    declare(port, number, "registrar")
    assert all(port.unseen(one, "registrar") for one in (number, clue, other, *tasks))
    assert faults(port) == []
