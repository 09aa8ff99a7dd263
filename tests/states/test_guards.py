"""Each guard: when it holds, what it says when it does not, and which arguments it takes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.facts import ENGINE, Act, Actor, Facts, Link, Made
from states.guards import GUARDS
from states.rulebook_file import shipped
from states.wording import Wording
from tests.states.paper_office import AT, TODAY

EARLIER = date(2026, 11, 1)
ABOVE = {"where": {"managed_by": ["higher"]}, "blank": ["subject"], "says": {"title": ["sealed"]}}
EVIDENCE = {"came_on": "evidence_on", "after": ["close", "accept"]}
TASK, DONE = Link("task", "task", "under_way", final=False), Link("task", "task", "cancelled", final=True)


def facts(
    *, actor: str = "li", roles: tuple[str, ...] = ("officer",), handles: bool = False,
    values: Mapping[str, Any] | None = None, acts: Mapping[str, Act] | None = None, links: tuple[Link, ...] = (),
    form: Mapping[str, Any] | None = None, body: str | None = None, site: bool = False,
    course: tuple[Made, ...] = (), owners: tuple[str, ...] = (), opened: bool = False,
) -> Facts:  # fmt: skip
    """A matter and somebody who looks at it."""
    who = Actor(actor, frozenset(roles), body, is_handler=handles, is_opener=opened, is_site=site)
    return Facts(
        at=AT,
        today=TODAY,
        state="any",
        actor=who,
        values=values or {},
        acts=acts or {},
        links=links,
        form=form,
        course=course,
        owners=frozenset(owners),
    )


def by(person: str, on: date = TODAY) -> Act:
    return Act(person, on)


QUORUM = {"below_quorum": ["人数不足", "too few"]}
OPINION = {"view": "opinion", "conditions": "if", "reasons": "why"}
BYPASS = {"role": "head", "where": {"managed_by": ["own_head"]}}
OWN_STEP = {"move": "propose", "from": ["assigned"], "besides": ["press"]}
SIGNED = {
    "asked": {"joint": "who", "add": "one"},
    "dropped": {"drop": "who"},
    "by": "sign",
    "since": ["propose"],
}
PROPOSED = Made("propose", "li", "assigned")
ASKED = (
    PROPOSED,
    Made("joint", "li", "x", {"who": ["wang", "li"]}),
    Made("add", "zhao", "x", {"one": "chen"}),
)
FOUND = {"c1": ["覆盖", "covered"]}
HOLDS: list[tuple[str, Any, Facts]] = [
    ("checklist_answered", "leave_out", facts()),
    ("checklist_answered", "leave_out", facts(values={"checklist_unanswered": {}, "checklist_open": FOUND})),
    ("findings_cured", None, facts(values={"checklist_open": {}, "checklist_again": {}})),
    ("nothing_found", None, facts(values={"checklist_unanswered": FOUND})),
    ("attends", "attendee", facts()),
    ("attends", "attendee", facts(values={"meeting_present": ("赵某",)}, form={"attendee": " 赵某 "})),
    ("some_gap", None, facts(values={"meeting_gaps_open": QUORUM})),
    ("gap_stands", "gap", facts()),
    ("gap_stands", "gap", facts(values={"meeting_gaps_open": QUORUM}, form={"gap": "below_quorum"})),
    ("gaps_settled", None, facts(values={"meeting_gaps_open": {}})),
    ("parts_there", None, facts(values={"file_parts_lacking": {}})),
    ("items_complete", None, facts(values={"file_items_lacking": {}})),
    ("others_turn", None, facts(owners=("officer", "leader"))),
    ("others_turn", None, facts()),
    ("issued_it", "head", facts(opened=True)),
    ("issued_it", "head", facts(roles=("head",), values={"issuer_gone": True})),
    ("rested", {"move": "press", "days": 3}, facts(acts={"press": by("li", date(2026, 11, 22))})),
    ("rested", {"move": "press", "days": 3}, facts()),
    ("made_often", {"propose": 2}, facts(course=(PROPOSED, PROPOSED))),
    ("own_last_step", OWN_STEP, facts(course=(PROPOSED, Made("press", "zhao", "x")))),
    ("own_last_step", OWN_STEP, facts(course=(PROPOSED, Made("return", "zhao", "x"), PROPOSED))),
    ("is_asked", SIGNED, facts(course=ASKED)),
    ("some_asked", SIGNED, facts(course=ASKED)),
    ("all_answered", SIGNED, facts(course=())),
    (
        "all_answered",
        SIGNED,
        facts(
            course=(
                *ASKED,
                Made("sign", "wang", "x"),
                Made("sign", "li", "x"),
                Made("drop", "zhao", "x", {"who": "chen"}),
            )
        ),
    ),
    ("all_answered", SIGNED, facts(course=(*ASKED, PROPOSED))),
    ("is_handler", None, facts(handles=True)),
    ("is_handler", None, facts(actor=ENGINE, roles=())),
    ("is_handler", "officer", facts(roles=("leader",))),
    ("not_handler", None, facts()),
    ("not_named", "holder", facts(values={"holder": "wang"})),
    ("not_named", "holder", facts()),
    ("not_the_one_who", "propose", facts(acts={"propose": by("wang")})),
    ("not_the_one_who", "propose", facts()),
    ("the_one_who", "sign", facts(acts={"sign": by("li")})),
    ("once_each", "sign", facts(acts={"sign": by("wang")})),
    (
        "role_kept_out",
        BYPASS,
        facts(values={"managed_by": "own_head"}),
    ),
    ("role_kept_out", BYPASS, facts(roles=("head",))),
    ("value_is", {"way": ["hold", "close"]}, facts(values={"way": "close"})),
    ("value_is_not", {"way": ["hold"]}, facts()),
    ("value_is_not", {"way": ["hold"]}, facts(values={"way": "close"})),
    ("value_given", ["way", "reason"], facts(values={"way": "hold", "reason": "because"})),
    ("value_not_given", "instruction", facts(values={"instruction": ""})),
    ("acts_for", "addressee", facts(body="MGJ", values={"addressee": "MGJ"})),
    ("acts_for", "addressee", facts(site=True, values={"addressee": "MGJ"})),
    ("made_here", None, facts()),
    ("by_another_site", None, facts(actor="site:BHJ", site=True)),
    ("is_true", "real_name", facts(values={"real_name": True})),
    ("is_not_true", "real_name", facts()),
    ("act_done", "sign", facts(acts={"sign": by("wang")})),
    (
        "act_done",
        {"move": "tell", "not_before": ["close"]},
        facts(acts={"tell": by("li"), "close": by("li")}),
    ),
    ("act_done", {"move": "tell", "not_before": "close"}, facts(acts={"tell": by("li", EARLIER)})),
    ("not_done", "sign", facts()),
    (
        "not_done",
        {"move": "tell", "not_before": "close"},
        facts(acts={"tell": by("li", EARLIER), "close": by("li")}),
    ),
    ("no_open", "task", facts(links=(DONE,))),
    ("no_open", ["task", "escalation"], facts()),
    ("has_link", "task", facts(links=(TASK,))),
    ("has_link", {"kind": "task", "states": ["cancelled"]}, facts(links=(TASK, DONE))),
    ("two_people", "team", facts(form={"team": ["li", "wang"]})),
    ("two_people", "team", facts()),
    ("new_evidence", EVIDENCE, facts(acts={"close": by("li")}, form={"evidence_on": TODAY.isoformat()})),
    ("new_evidence", EVIDENCE, facts(form={"evidence_on": "2020-01-01"})),
    ("new_evidence", EVIDENCE, facts(acts={"close": by("li")})),
    (
        "redacted",
        {"text": "brief", "hides": "subject"},
        facts(values={"subject": "赵某"}, form={"brief": "基床验收"}),
    ),
    ("redacted", {"text": "brief", "hides": "subject"}, facts(values={"subject": "赵某"})),
    ("not_classified", "classification", facts(form={"classification": "work_secret"})),
    ("belongs_here", "managed_by", facts(values={"managed_by": "ours"}, form={"managed_by": "key"})),
    ("belongs_above", "managed_by", facts(values={"managed_by": "own_head"})),
    ("sealed_unread", ABOVE, facts(form={"managed_by": "higher", "title": "sealed"})),
    ("sealed_unread", ABOVE, facts(form={"managed_by": "ours", "title": "anything", "subject": "赵某"})),
    ("either", [{"is_true": "real_name"}, "is_handler"], facts(handles=True)),
    ("some_open", "task", facts(links=(DONE, TASK))),
    ("sits_in_the_round", None, facts(values={"round_sitting": {1: ["wang"], 2: ["li"]}})),
    ("sees_every_item", ["officer"], facts(values={"round_withheld": []})),
    ("sits_in_the_item", "item", facts(values={"round_sitting": {1: ["wang"], 2: ["li"]}}, form={"item": 2})),
    ("item_named", "item", facts(values={"round_items": [1, 2]}, form={"item": 2})),
    ("item_named", "item", facts(values={"round_items": [1]}, form={})),
    ("item_exists", "item", facts(values={"round_items": [1, 2]}, form={"item": 2})),
    (
        "last_tasks_noted",
        "last_tasks",
        facts(values={"round_last_tasks": ["ZG-1"]}, form={"last_tasks": "ZG-1：销号"}),
    ),
    ("last_tasks_noted", "last_tasks", facts(values={"round_last_tasks": []}, form={"last_tasks": "无"})),
    ("each_item_has_its_task", None, facts(values={"round_owing": []})),
    ("some_item_owes_a_task", None, facts(values={"round_owing": [2]})),
    ("owes_no_ratification", None, facts(values={"round_unratified": []})),
    ("some_ratification_owed", None, facts(values={"round_unratified": [""]})),
    ("item_owes_a_task", "item", facts(values={"round_owing": [2]}, form={"item": 2})),
    ("item_owes_a_task", "item", facts(form={})),
    (
        "all_in_or_time_up",
        None,
        facts(values={"round_missing": {}, "round_closes_at": "2026-11-26T00:00:00+00:00"}),
    ),
    (
        "all_in_or_time_up",
        None,
        facts(values={"round_missing": {1: ["li"]}, "round_closes_at": AT.isoformat()}),
    ),
    ("as_counted", "resolution", facts(values={"round_decision": "rectify"}, form={"resolution": "rectify"})),
    ("as_counted", "resolution", facts(values={"round_decision": "rectify"}, form={})),
    ("opinion_stands", OPINION, facts(form={"opinion": "disagree", "why": "工期"})),
    ("opinion_stands", OPINION, facts(form={"opinion": "agree"})),
]

REFUSES: list[tuple[str, Any, Facts, str]] = [
    ("issued_it", "head", facts(roles=("head",), values={"opener": "wang"}), "that is wang"),
    ("issued_it", "head", facts(opened=True, values={"issuer_gone": True}), "nobody on file"),
    ("checklist_answered", "leave_out", facts(values={"checklist_unanswered": FOUND}), "c1 covered"),
    ("checklist_answered", "leave_out",
     facts(values={"checklist_unanswered": {f"c{one}": ["迹象", "sign"] for one in range(9)}}), "1 more"),
    ("findings_cured", None, facts(values={"checklist_open": FOUND}), "c1 covered"),
    ("findings_cured", None, facts(values={"checklist_again": FOUND}), "c1 covered"),
    ("nothing_found", None, facts(values={"checklist_open": FOUND}), "c1 covered"),
    ("attends", "attendee", facts(form={"attendee": "赵某"}), "赵某 is not noted as present"),
    ("some_gap", None, facts(), "no gap that waits"),
    ("gap_stands", "gap", facts(values={"meeting_gaps_open": QUORUM}, form={"gap": "no_minutes"}), "There is: too few"),
    ("gap_stands", "gap", facts(form={"gap": "no_minutes"}), "There is: none"),
    ("gaps_settled", None, facts(values={"meeting_gaps_open": QUORUM}), "(1): too few"),
    ("parts_there", None, facts(values={"file_parts_lacking": {"income": ["收入", "income"]}}), "a year: income"),
    ("items_complete", None, facts(values={"file_items_lacking": {"tender": ["招标", "tender"]}}), "complete: tender"),
    ("others_turn", None, facts(owners=("officer",)), "nobody else to press"),
    ("rested", {"move": "press", "days": 3}, facts(acts={"press": by("wang", date(2026, 11, 23))}), "from 2026-11-26 on"),
    ("made_often", {"propose": 2, "sign": 1}, facts(course=(PROPOSED,)), "propose 1 of 2, sign 0 of 1"),
    ("own_last_step", OWN_STEP, facts(), "did not make propose"),
    ("own_last_step", OWN_STEP, facts(actor="wang", course=(PROPOSED,)), "did not make propose"),
    ("own_last_step", OWN_STEP, facts(course=(PROPOSED, Made("sign", "zhao", "x"))), "sign was made on propose"),
    ("own_last_step", OWN_STEP, facts(course=(Made("propose", "li", "talking"),)), "another state (talking)"),
    ("is_asked", SIGNED, facts(course=(*ASKED, Made("sign", "li", "x"))), "not asked"),
    ("is_asked", SIGNED, facts(actor="zhao", course=ASKED), "not asked"),
    ("some_asked", SIGNED, facts(), "Nobody is waited for"),
    ("all_answered", SIGNED, facts(course=(*ASKED, Made("sign", "wang", "x"))), "from: li, chen"),
    ("is_handler", None, facts(values={"handler": "wang"}), "wang"),
    ("is_handler", "officer", facts(), "nobody yet"),
    ("not_handler", None, facts(handles=True), "may not judge"),
    ("not_named", "holder", facts(values={"holder": "li"}), "nobody judges their own post"),
    ("not_the_one_who", ["draft", "propose"], facts(acts={"propose": by("li")}), "propose was made by you"),
    ("the_one_who", "sign", facts(acts={"sign": by("wang")}), "not made sign"),
    ("once_each", "sign", facts(acts={"sign": by("li")}), "2026-11-25"),
    ("role_kept_out", BYPASS,
     facts(roles=("head",), values={"managed_by": "own_head"}), "bypasses"),
    ("value_is", {"way": ["hold", "close"]}, facts(values={"way": "talk"}), "hold or close"),
    ("value_is", {"way": ["hold"]}, facts(), "not set"),
    ("value_is_not", {"way": ["hold"]}, facts(values={"way": "hold"}), "while way is hold"),
    ("value_given", ["way", "reason"], facts(values={"way": ""}), "way, reason"),
    ("value_not_given", "instruction", facts(values={"instruction": "核实"}), "instruction"),
    ("acts_for", "addressee", facts(body="BHJ", values={"addressee": "MGJ"}), "MGJ"),
    ("made_here", None, facts(actor="site:BHJ", site=True), "another site"),
    ("by_another_site", None, facts(), "made here"),
    ("is_true", "real_name", facts(values={"real_name": "true"}), "real_name is yes"),
    ("is_not_true", "real_name", facts(values={"real_name": True}), "real_name is yes"),
    ("act_done", "sign", facts(), "has not been done"),
    ("act_done", {"move": "tell", "not_before": "close"},
     facts(acts={"tell": by("li", EARLIER), "close": by("li")}), "due again"),
    ("not_done", "sign", facts(acts={"sign": by("wang")}), "2026-11-25"),
    ("no_open", ["escalation", "task"], facts(links=(DONE, TASK)), "under_way"),
    ("has_link", "task", facts(), "linked task"),
    ("has_link", {"kind": "task", "states": ["cancelled"]}, facts(links=(TASK,)), "in cancelled"),
    ("two_people", "team", facts(form={"team": ["li", "li"]}), "Art. 44"),
    ("two_people", "team", facts(form={"team": "li"}), "Art. 44"),
    ("new_evidence", EVIDENCE, facts(acts={"close": by("li", EARLIER), "accept": by("li")},
                                     form={"evidence_on": "2026-11-24"}), "older than the closing (2026-11-25)"),
    ("redacted", {"text": ["brief"], "hides": ["subject"]},
     facts(values={"subject": "赵某"}, form={"brief": "请赵某说明"}), "not the person"),
    ("not_classified", "classification", facts(form={"classification": "state_secret"}), "Art. 31"),
    ("not_classified", "classification", facts(values={"classification": "state_secret"}), "Art. 31"),
    ("belongs_here", "managed_by", facts(values={"managed_by": "higher"}, form={"managed_by": "ours"}), "Art. 15"),
    ("belongs_here", "managed_by", facts(form={"managed_by": "own_head"}), "Art. 15"),
    ("belongs_above", "managed_by", facts(values={"managed_by": "ours"}), "Only what belongs"),
    ("sealed_unread", ABOVE,
     facts(form={"managed_by": "higher", "title": "收礼", "subject": "赵某"}), "subject, title"),
    ("either", ["is_handler", {"is_true": "real_name"}], facts(), "real_name"),
    ("some_open", "task", facts(links=(DONE,)), "No linked task"),
    ("sits_in_the_round", None, facts(values={"round_sitting": {1: ["wang"]}}), "no seat"),
    ("sees_every_item", ["officer"], facts(values={"round_withheld": [2]}), "item 2"),
    ("sits_in_the_item", "item",
     facts(values={"round_sitting": {1: ["wang"], 2: ["li"]}}, form={"item": 1}), "no seat in item 1"),
    ("item_named", "item", facts(values={"round_items": [1, 2]}, form={}), "say which"),
    ("item_exists", "item", facts(values={"round_items": [1, 2]}, form={"item": 3}), "no item 3"),
    ("item_exists", "item", facts(form={"item": 0}), "no item 0"),
    ("last_tasks_noted", "last_tasks",
     facts(values={"round_last_tasks": ["ZG-1", "ZG-2"]}, form={"last_tasks": "ZG-1"}), "left out: ZG-2"),
    ("each_item_has_its_task", None, facts(values={"round_owing": [2, 3]}), "item 2, 3"),
    ("some_item_owes_a_task", None, facts(values={"round_owing": []}), "No item lacks"),
    ("owes_no_ratification", None, facts(values={"round_unratified": ["", "MGJ-1", "MGJ-2"]}), "round: MGJ-1, MGJ-2."),
    ("owes_no_ratification", None, facts(values={"round_unratified": [""]}), "not yours to see"),
    ("some_ratification_owed", None, facts(values={"round_unratified": []}), "No single report"),
    ("item_owes_a_task", "item", facts(values={"round_owing": [2]}, form={"item": 1}), "Item 1 lacks no task"),
    ("all_in_or_time_up", None, facts(values={"round_missing": {2: ["li"]}, "round_items": [1, 2],
                                              "round_closes_at": "2026-11-25T02:00:00.000001+00:00"}), "item 2: li"),
    ("all_in_or_time_up", None, facts(values={"round_missing": {1: ["li", "wang"]},
                                              "round_closes_at": "2026-11-25T02:00:00.000001+00:00"}), "li, wang"),
    ("as_counted", "resolution",
     facts(values={"round_decision": "rectify"}, form={"resolution": "handle"}), "counted from the opinions"),
    ("opinion_stands", OPINION, facts(form={"opinion": "disagree", "if": "x"}), "fills in why"),
    ("opinion_stands", OPINION, facts(form={"opinion": "agree_if", "why": "x"}), "fills in if"),
]  # fmt: skip


@pytest.mark.parametrize("guard, argument, known", HOLDS)
def test_it_holds(guard: str, argument: Any, known: Facts) -> None:
    assert GUARDS[guard].holds(known, argument) is None


@pytest.mark.parametrize("guard, argument, known, says", REFUSES)
def test_it_refuses_and_says_what_is_missing_and_who_can_cure_it(
    guard: str, argument: Any, known: Facts, says: str
) -> None:
    reason = GUARDS[guard].holds(known, argument)
    assert reason is not None
    reason = Wording().of(reason)
    assert says in reason.message.en
    for text in (reason.message, reason.cure):
        assert any("\u4e00" <= sign <= "\u9fff" for sign in text.zh)
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in text.en.replace("赵某", ""))


def test_no_guard_goes_untested_and_none_is_without_use() -> None:
    assert {guard for guard, *_ in HOLDS} == {guard for guard, *_ in REFUSES} == set(GUARDS)
    assert used() == set(GUARDS)


def used() -> set[str]:
    """The guards that the shipped rulebook uses."""
    found: set[str] = set()
    for machine in shipped().machines.values():
        uses = [use for move in machine.moves.values() for use in move.guards]
        uses += [use for deadline in machine.deadlines.values() for use in deadline.when]
        uses += [use for opens in machine.openings for use in opens.when]
        for use in (*uses, *machine.register_guards):
            found.add(use.name)
            if use.name == "either":
                found |= {each if isinstance(each, str) else next(iter(each)) for each in use.argument}
    return found


@pytest.mark.parametrize("guard", sorted(name for name, each in GUARDS.items() if each.of == "form"))
def test_a_guard_on_the_form_holds_while_nothing_is_filled_in(guard: str) -> None:
    for name, argument, known in HOLDS:
        if name == guard:
            surveyed = Facts(AT, TODAY, "any", known.actor, known.values, known.acts, known.links, form=None)
            assert GUARDS[name].holds(surveyed, argument) is None


@given(people=st.lists(st.sampled_from(["li", "wang", "chen"]), min_size=1, max_size=4))
def test_two_people_means_two_different_people(people: list[str]) -> None:
    reason = GUARDS["two_people"].holds(facts(form={"team": people}), "team")
    assert (reason is None) == (len(set(people)) >= 2)


@given(
    closed=st.dates(date(2026, 1, 1), date(2026, 12, 31)), came=st.dates(date(2026, 1, 1), date(2026, 12, 31))
)
def test_evidence_is_new_from_the_day_of_the_closing(closed: date, came: date) -> None:
    known = facts(acts={"close": by("li", closed)}, form={"evidence_on": came.isoformat()})
    assert (GUARDS["new_evidence"].holds(known, EVIDENCE) is None) == (came >= closed)


# Arguments


@pytest.mark.parametrize(
    "guard, argument, says",
    [
        ("is_handler", "offcer", "'offcer'"),
        ("not_handler", "x", "takes no argument"),
        ("not_named", "holdr", "'holdr'"),
        ("not_the_one_who", "propose_asignment", "'propose_asignment'"),
        ("the_one_who", [], "moves"),
        ("value_is", {"way": ["helt"]}, "choice of way 'helt'"),
        ("value_is", {"wey": ["hold"]}, "'wey'"),
        ("value_is", "way", "with their values"),
        ("value_given", 7, "fields"),
        ("is_true", "real_nam", "'real_nam'"),
        ("act_done", {"mov": "sign_for"}, "takes a move"),
        ("act_done", {"move": "sign_for", "not_before": ["nothing"]}, "'nothing'"),
        ("no_open", "consulting", "kind of link 'consulting'"),
        ("no_open", {"states": ["closed"]}, "kind of link"),
        ("has_link", {"kind": "consultation", "states": ["colsed"]}, "state 'colsed'"),
        ("new_evidence", {"came_on": "evidence_on"}, "after"),
        ("redacted", {"text": ["agenda"]}, "hides"),
        ("role_kept_out", {"role": "chief", "where": {"managed_by": ["own_head"]}}, "role 'chief'"),
        ("sealed_unread", {"blank": ["subject"]}, "where"),
        ("opinion_stands", {"view": "opinion"}, "conditions"),
        ("opinion_stands", {"view": "opinion", "conditions": "x", "reasons": "reason"}, "'opinion'"),
        ("either", ["is_handler"], "two or more"),
        ("either", ["is_handler", {"is_treu": "real_name"}], "guard 'is_treu'"),
        ("either", ["is_handler", {"is_true": "real_nam"}], "is_true: "),
    ],
)
def test_an_argument_that_makes_no_sense_is_named(guard: str, argument: Any, says: str) -> None:
    problem = GUARDS[guard].check_argument(argument, shipped().machines["clue"], shipped())
    assert problem is not None
    assert says in problem


def test_a_fact_handed_on_by_another_machine_is_known_with_its_choices() -> None:
    meeting, rulebook = shipped().machines["consultation"], shipped()
    check = GUARDS["value_is_not"].check_argument
    assert check({"kind": ["non_action"]}, meeting, rulebook) is None
    assert check({"kind": ["no_such_kind"]}, meeting, rulebook) is not None


def test_the_way_back_to_the_opener_is_a_link_too() -> None:
    task, rulebook = shipped().machines["task"], shipped()
    assert (
        GUARDS["has_link"].check_argument({"kind": "of_task", "states": ["rectifying"]}, task, rulebook)
        is None
    )
