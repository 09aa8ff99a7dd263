"""Judging a move: what follows, or every reason why not, and the same answer whether one asks before or tries."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states import machine as machines
from states.facts import ENGINE, Act, Actor, Facts, Link, Reason, Refused
from states.machine import Judge, judge
from states.rulebook import Machine
from states.rulebook_file import load
from tests.states.building import LABEL, OWN, SMALL, facts, machine, rulebook


def refusal(judging: Judge, move: str, known: Facts) -> Refused:
    with pytest.raises(Refused) as caught:
        judging.fire(move, known)
    return caught.value


def codes(refused: Refused) -> list[str]:
    return [reason.code for reason in refused.reasons]


CLUE = machine(
    "registered proposed assigned closed",
    {
        "propose": "registered > proposed",
        "approve": {
            "way": "proposed > assigned",
            "roles": ["leader"],
            "guards": [{"name": "not_the_one_who", "argument": "propose"}],
        },
        "note": "registered proposed assigned >",
        "close": {"way": "assigned > closed", "guards": [{"name": "is_handler"}]},
        "expire": {"way": "registered proposed > closed", "roles": [], "engine": True},
        "forbidden": {"way": "registered > closed", "roles": []},
    },
    final="closed",
)
JUDGE = judge(rulebook(clue=CLUE), "clue")


class TestFiring:
    def test_an_open_move_leads_to_the_next_state(self) -> None:
        assert JUDGE.fire("propose", facts("registered")) == "proposed"

    def test_a_move_without_a_target_stays(self) -> None:
        assert JUDGE.fire("note", facts("assigned")) == "assigned"

    def test_a_misspelt_move_is_told_what_was_meant(self) -> None:
        refused = refusal(JUDGE, "aprove", facts("proposed"))
        assert refused.code == "unknown_move"
        assert refused.reasons[0].cure.en == "Did you mean 'approve'?"

    def test_a_move_with_terminal_escapes_in_its_name_is_shown_harmless(self) -> None:
        assert "\x1b" not in refusal(JUDGE, "\x1b]0;x", facts("proposed")).reasons[0].message.en

    def test_from_the_wrong_state_it_says_from_which_states_it_goes(self) -> None:
        refused = refusal(JUDGE, "close", facts("registered"))
        assert refused.code == "wrong_state"
        assert "(registered)" in refused.reasons[0].message.en

    def test_a_state_the_rulebook_does_not_have(self) -> None:
        assert refusal(JUDGE, "close", facts("gone")).code == "unknown_state"

    def test_somebody_without_the_role_is_told_who_has_it(self) -> None:
        refused = refusal(JUDGE, "propose", facts("registered", "auditor"))
        assert refused.code == "not_your_role"
        assert refused.reasons[0].message.en == "This is for: Officer."
        assert refused.reasons[0].message.zh == "这一步由以下角色办理：承办人。"

    def test_all_reasons_come_at_once(self) -> None:
        """Neither the role nor the second person: both are said, so that nobody has to ask twice."""
        known = facts("proposed", "officer", acts={"propose": Act("li", date(2026, 8, 31))})
        assert codes(refusal(JUDGE, "approve", known)) == ["not_your_role", "second_person"]

    def test_nobody_approves_their_own_proposal_but_somebody_else_does(self) -> None:
        acts = {"propose": Act("li", date(2026, 8, 31))}
        assert codes(refusal(JUDGE, "approve", facts("proposed", "leader", acts=acts))) == ["second_person"]
        assert JUDGE.fire("approve", facts("proposed", "leader", actor="wang", acts=acts)) == "assigned"

    def test_a_move_with_no_role_is_for_nobody(self) -> None:
        assert codes(refusal(JUDGE, "forbidden", facts("registered", "officer", "leader"))) == [
            "not_your_role"
        ]

    def test_judging_changes_nothing(self) -> None:
        known = facts("registered")
        JUDGE.fire("propose", known)
        assert known.state == "registered"
        assert JUDGE.fire("propose", known) == "proposed"


class TestTheEngine:
    def engine(self, state: str) -> Facts:
        known = facts(state)
        return Facts(at=known.at, today=known.today, state=state, actor=Actor(ENGINE))

    def test_makes_its_own_moves(self) -> None:
        assert JUDGE.fire("expire", self.engine("registered")) == "closed"

    def test_does_not_make_those_of_people(self) -> None:
        assert codes(refusal(JUDGE, "propose", self.engine("registered"))) == ["not_your_role"]

    def test_no_person_makes_a_move_of_the_engine_whatever_the_role(self) -> None:
        assert codes(refusal(JUDGE, "expire", facts("registered", "officer", "leader"))) == ["engine_move"]

    def test_a_person_is_told_when_it_happens_by_itself(self) -> None:
        small = load(SMALL)
        refused = refusal(judge(small, "notice"), "answered", facts("asked", "checker"))
        assert refused.reasons[0].cure.en == "It happens when 'Reply' is made in Answer."
        assert refused.reasons[0].cure.zh == "“答复”完成“答复”时自动完成。"

    def test_a_driven_move_of_people_may_be_made_by_both(self) -> None:
        parent = machine(
            "a b",
            {"go": "a > b", "ask": {"way": "a >", "opens": {"machine": "child", "link": "q"}}},
            final="b",
        )
        child = machine(
            "a b", {"reply": {"way": "a > b", "drives": [{"link": "q", "move": "go"}]}}, final="b"
        )
        judging = judge(rulebook(parent=parent, child=child), "parent")
        assert judging.fire("go", self.engine("a")) == "b"
        assert judging.fire("go", facts("a")) == "b"


class TestMandatoryReports:
    def duty(self) -> Machine:
        return machine(
            "open up done",
            {
                "report": {"way": "open > open", "opens": {"machine": "escalation", "link": "escalation"}},
                "close": "open > done",
                "wait": "open > up",
                "back": "up > open",
            },
            final="done",
            register=[{"name": "grave", "type": "boolean", "label": LABEL}],
            mandatory={
                "tell_above": {
                    "label": {"zh": "须先上报。", "en": "This has to be reported above first."},
                    "cure": {"zh": "请先办理上报。", "en": "Make the move report first."},
                    "when": [{"name": "is_true", "argument": ["grave"]}],
                    "satisfied_by": "escalation",
                    "before": ["close"],
                    "basis": OWN,
                }
            },
        )

    def judging(self) -> Judge:
        above = machine("received answered", {"answer": "received > answered"}, final="answered")
        return judge(rulebook(clue=self.duty(), escalation=above), "clue")

    def test_the_way_out_is_closed_until_the_report_is_made(self) -> None:
        judging = self.judging()
        refused = refusal(judging, "close", facts("open", values={"grave": True}))
        assert codes(refused) == ["mandatory_report"]
        assert refused.reasons[0].message.en == "This has to be reported above first."
        made = (Link("escalation", "escalation", "received", final=False),)
        assert judging.fire("close", facts("open", values={"grave": True}, links=made)) == "done"

    def test_it_binds_only_where_it_applies_and_only_the_moves_it_names(self) -> None:
        judging = self.judging()
        assert judging.fire("close", facts("open", values={"grave": False})) == "done"
        assert judging.fire("wait", facts("open", values={"grave": True})) == "up"


class TestCandidates:
    def team(self, **field: Any) -> Judge:
        fields = [{"name": "team", "label": LABEL, **field}]
        return Judge("m", machine("a b", {"start": {"way": "a > b", "fields": fields}}, final="b"))

    @pytest.mark.parametrize("there_are,opens", [(0, False), (1, False), (2, True), (3, True)])
    def test_a_team_of_two_needs_two_people(self, there_are: int, opens: bool) -> None:
        survey = self.team(type="people", at_least=2).survey(facts("a", possible={"team": there_are}))
        assert bool(survey.open) is opens
        assert opens or [reason.code for reason in survey.blocked[0][1]] == ["no_candidate"]

    def test_what_is_not_limited_or_not_required_does_not_block(self) -> None:
        assert self.team(type="person").survey(facts("a", possible={"other": 0})).open == ("start",)
        assert self.team(type="person", required=False).survey(facts("a", possible={"team": 0})).open == (
            "start",
        )


class TestOpening:
    def test_is_for_the_roles_that_register(self) -> None:
        judging = judge(load(SMALL), "notice")
        assert judging.may_open(facts("", "writer"))
        judging.check_opening(facts("", "writer"))
        with pytest.raises(Refused, match="This is for: Writer"):
            judging.check_opening(facts("", "checker"))

    def test_is_for_nobody_where_another_matter_opens_it(self) -> None:
        judging = judge(load(SMALL), "answer")
        assert not judging.may_open(facts("", "writer", "checker"))
        with pytest.raises(Refused, match="not opened by hand"):
            judging.check_opening(facts("", "checker"))


def test_a_judge_is_built_once_per_rulebook_and_not_shared_between_two() -> None:
    one, two = rulebook(clue=CLUE), load(SMALL)
    assert judge(one, "clue") is judge(one, "clue")
    assert judge(one, "clue").machine is not judge(two, "notice").machine


def test_the_store_of_judges_does_not_grow_for_ever() -> None:
    for _ in range(300):
        judge(rulebook(m=machine("a b", {"go": "a > b"}, final="b")), "m")
    assert len(machines._judges) <= machines._MOST_JUDGES
    assert JUDGE.fire("propose", facts("registered")) == "proposed"


GUARDS: list[dict[str, Any]] = [
    {"name": "is_handler"},
    {"name": "not_handler"},
    {"name": "not_the_one_who", "argument": "m0"},
    {"name": "act_done", "argument": "m1"},
    {"name": "not_done", "argument": "m0"},
    {"name": "is_true", "argument": ["grave"]},
    {"name": "is_not_true", "argument": ["grave"]},
    {"name": "value_is", "argument": {"way": ["hold"]}},
    {"name": "no_open", "argument": "task"},
    {"name": "has_link", "argument": "task"},
]
STATES = [f"s{number}" for number in range(5)]
ROLES = ["officer", "leader", "auditor"]


@st.composite
def any_machine(draw: st.DrawFn) -> Machine:
    moves = {}
    for number in range(draw(st.integers(1, 8))):
        sources = draw(st.lists(st.sampled_from(STATES), min_size=1, max_size=3, unique=True))
        engine = draw(st.booleans())
        moves[f"m{number}"] = {
            "way": " ".join(sources) + " > " + draw(st.sampled_from([*STATES, ""])),
            "roles": [] if engine else draw(st.lists(st.sampled_from(ROLES), max_size=2, unique=True)),
            "engine": engine,
            "guards": draw(st.lists(st.sampled_from(GUARDS), max_size=4)),
            "fields": [{"name": "who", "type": "person", "label": LABEL}] if draw(st.booleans()) else [],
        }
    names = list(moves)
    duty = {
        "label": LABEL, "cure": LABEL, "basis": OWN, "satisfied_by": "task",
        "when": [draw(st.sampled_from(GUARDS))],
        "before": draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)),
    }  # fmt: skip
    return machine(" ".join(STATES), moves, mandatory={"duty": duty})


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    known = facts(
        draw(st.sampled_from(STATES)),
        *draw(st.lists(st.sampled_from(ROLES), max_size=3)),
        is_handler=draw(st.booleans()),
        values=draw(
            st.fixed_dictionaries(
                {}, optional={"grave": st.booleans(), "way": st.sampled_from(["hold", "close"])}
            )
        ),
        acts={
            move: Act(draw(st.sampled_from(["li", "wang"])), date(2026, 8, 1))
            for move in draw(st.sets(st.sampled_from(["m0", "m1"])))
        },
        links=tuple(
            Link("task", "task", "open", final=end) for end in draw(st.lists(st.booleans(), max_size=2))
        ),
        possible=draw(st.fixed_dictionaries({}, optional={"who": st.integers(0, 2)})),
    )
    if draw(st.integers(0, 3)):
        return known
    return Facts(
        at=known.at,
        today=known.today,
        state=known.state,
        actor=Actor(ENGINE),
        values=known.values,
        acts=known.acts,
        links=known.links,
    )


@given(any_machine(), any_facts())
def test_what_is_surveyed_is_what_happens(subject: Machine, known: Facts) -> None:
    """Every open move fires; every blocked one is refused for the reasons the survey gave; there is no third kind."""
    judging = Judge("m", subject)
    survey = judging.survey(known)
    assert {*survey.open, *(move for move, _ in survey.blocked)} == set(subject.moves_from[known.state])
    for move in survey.open:
        assert judging.fire(move, known) == (subject.moves[move].to or known.state)
    for move, reasons in survey.blocked:
        assert reasons
        assert refusal(judging, move, known).reasons == reasons
    for move in set(subject.moves) - set(subject.moves_from[known.state]):
        assert refusal(judging, move, known).code == "wrong_state"


@given(any_machine(), any_facts())
def test_every_reason_is_said_in_both_languages(subject: Machine, known: Facts) -> None:
    for _, reasons in Judge("m", subject).survey(known).blocked:
        for reason in reasons:
            assert isinstance(reason, Reason)
            for text in (reason.message, reason.cure):
                assert text.zh
                assert text.en
                assert reason.as_dict("zh")["code"] == reason.code
