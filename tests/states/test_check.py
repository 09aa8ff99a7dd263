"""The model checker finds each way an office could be let down by its own rules, and leaves a sound one alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from states import check
from states.check import Finding, findings
from states.check_rules import RULES
from states.rulebook import Machine, Rulebook
from states.rulebook_file import SHIPPED, load_with_places
from tests.states.building import LABEL, OWN, SMALL, machine, rulebook


def found(subject: Machine, **others: Machine) -> dict[str, list[str]]:
    """What is found in this machine: rule, and the keys it points at (below the machine)."""
    result: dict[str, list[str]] = {}
    for each in findings(rulebook(clue=subject, **others)):
        if each.machine == "clue":
            result.setdefault(each.rule, []).append(each.key.removeprefix("machines.clue."))
    return result


def clock(**parts: Any) -> dict[str, Any]:
    usual = {"label": LABEL, "budget": "1 month", "starts": ["open"], "stops": ["close"], "basis": OWN}
    return {"clock": usual | parts}


def rung(**parts: Any) -> dict[str, Any]:
    return {
        "name": "late",
        "label": LABEL,
        "offset": "0 days",
        "to": ["leader"],
        "document": "reminder",
    } | parts


LINE_OF_STATES = 33  # of the small rulebook
SOUND = {"go": "a > b", "close": "b > c"}


class TestStates:
    def test_a_sound_machine_has_no_findings(self) -> None:
        assert found(machine("a b c", SOUND, final="c")) == {}

    def test_a_state_nothing_leads_to(self) -> None:
        assert found(machine("a b c lost", {**SOUND, "leave": "lost > c"}, final="c")) == {
            "unreachable": ["states.lost"]
        }

    def test_a_state_nothing_leads_from(self) -> None:
        subject = machine("a b c stuck", {**SOUND, "hide": "a > stuck", "note": "stuck >"}, final="c")
        assert "states.stuck" in found(subject)["dead_end"]

    def test_two_states_that_only_lead_to_each_other(self) -> None:
        moves = {**SOUND, "drift": "a > x", "on": "x > y", "off": "y > x"}
        assert found(machine("a b c x y", moves, final="c")) == {"no_way_to_an_end": ["states.x", "states.y"]}

    def test_a_state_with_no_owner_no_clock_and_no_way_up(self) -> None:
        b: dict[str, Any] = {"owner": []}
        assert "forgotten" in found(machine("a b c", SOUND, final="c", state_b=b))
        clocked = found(machine("a b c", SOUND, final="c", state_b=b, deadlines=clock()))
        assert "forgotten" not in clocked, "a clock runs there, so somebody will be told"
        assert clocked["no_owner"] == ["states.b"]

    def test_a_clock_that_pauses_there_does_not_watch_over_a_state(self) -> None:
        b: dict[str, Any] = {"owner": []}
        assert "forgotten" in found(
            machine("a b c", SOUND, final="c", state_b=b, deadlines=clock(pauses_in=["b"]))
        )

    def test_a_waiting_state_that_does_not_say_for_what(self) -> None:
        b: dict[str, Any] = {"kind": "waiting"}
        assert found(machine("a b c", SOUND, final="c", state_b=b)) == {"waits_for_nothing": ["states.b"]}

    def test_an_owner_who_can_do_nothing(self) -> None:
        b: dict[str, Any] = {"owner": ["leader"]}
        assert found(machine("a b c", SOUND, final="c", state_b=b)) == {"powerless_owner": ["states.b.owner"]}

    def test_a_final_state_that_is_left_without_a_condition(self) -> None:
        moves: dict[str, Any] = {**SOUND, "reopen": "c > a"}
        assert found(machine("a b c", moves, final="c")) == {"final_but_open": ["moves.reopen.from"]}
        moves["reopen"] = {"way": "c > a", "guards": [{"name": "is_handler"}]}
        assert found(machine("a b c", moves, final="c")) == {}


class TestMoves:
    def test_a_move_for_nobody(self) -> None:
        assert found(machine("a b c", {**SOUND, "x": {"way": "a > c", "roles": []}}, final="c")) == {
            "nobody_may": ["moves.x"]
        }

    def test_a_move_whose_role_never_sees_the_matter(self) -> None:
        subject = machine("a b c", {**SOUND, "x": {"way": "a > c", "roles": ["auditor"]}}, final="c")
        assert found(subject) == {"made_blindly": ["moves.x.roles"]}

    def test_one_of_several_roles_that_never_sees_the_matter(self) -> None:
        subject = machine(
            "a b c", {**SOUND, "x": {"way": "a > c", "roles": ["officer", "auditor"]}}, final="c"
        )
        assert found(subject) == {"blind_role": ["moves.x.roles"]}

    def test_a_role_that_registers_and_never_sees_it_again(self) -> None:
        assert found(machine("a b c", SOUND, final="c", registered_by=["auditor"])) == {
            "opened_blindly": ["registered_by"]
        }

    def test_a_move_of_the_engine_that_nothing_triggers(self) -> None:
        subject = machine("a b c", {**SOUND, "x": {"way": "a > c", "roles": [], "engine": True}}, final="c")
        assert found(subject) == {"never_triggered": ["moves.x"]}

    def test_a_move_of_the_engine_with_roles(self) -> None:
        moves = {**SOUND, "x": {"way": "a > c", "engine": True}}
        subject = machine("a b c", moves, final="c", deadlines=clock(ladder=[rung(move="x")]))
        assert found(subject) == {"engine_with_roles": ["moves.x.roles"]}

    def test_a_loop_with_no_person_in_it(self) -> None:
        engine = {"roles": [], "engine": True}
        moves = {**SOUND, "up": {"way": "a > x", **engine}, "down": {"way": "x > a", **engine}}
        assert found(machine("a b c x", moves, final="c"))["loop_without_a_person"] == ["states.a"]
        moves["down"] = {"way": "x > a", "roles": ["officer"]}
        assert "loop_without_a_person" not in found(machine("a b c x", moves, final="c"))

    def test_moves_that_drive_each_other(self) -> None:
        parent = machine("a b c", {
            "ask": {
                "way": "a > b",
                "opens": {"machine": "other", "link": "q"},
                "drives": [{"link": "q", "towards": "children", "move": "reply"}],
            },
            "close": "b > c",
        }, final="c")  # fmt: skip
        other = machine(
            "a b", {"reply": {"way": "a > b", "drives": [{"link": "q", "move": "ask"}]}}, final="b"
        )
        assert "drives_itself" in found(parent, other=other)


class TestClocks:
    def test_a_rung_that_makes_a_move_of_people(self) -> None:
        subject = machine("a b c", SOUND, final="c", deadlines=clock(ladder=[rung(move="go")]))
        assert found(subject) == {"rung_moves_by_hand": ["deadlines.clock.ladder[0].move"]}

    def test_a_rung_whose_move_can_never_be_made_while_its_clock_runs(self) -> None:
        moves = {**SOUND, "later": "c > d", "x": {"way": "d > c", "roles": [], "engine": True}}
        subject = machine("a b c d", moves, final="c", deadlines=clock(ladder=[rung(move="x")]))
        assert found(subject)["rung_never_moves"] == ["deadlines.clock.ladder[0].move"]

    def test_a_clock_that_never_runs(self) -> None:
        assert "never_runs" in found(machine("a b c", SOUND, final="c", deadlines=clock(starts=["close"])))

    def test_a_clock_that_nothing_can_stop(self) -> None:
        moves = {**SOUND, "note": "a >"}
        subject = machine("a b c", moves, final="c", deadlines=clock(starts=["go"], stops=["note"]))
        assert found(subject) == {"never_stops": ["deadlines.clock.stops"]}

    def test_a_pause_where_the_clock_never_comes(self) -> None:
        subject = machine("a b c", SOUND, final="c", deadlines=clock(stops=["go"], pauses_in=["b"]))
        assert found(subject) == {"pauses_where_it_never_runs": ["deadlines.clock.pauses_in[0]"]}

    def test_a_clock_that_counts_from_what_is_only_said_later(self) -> None:
        fields = [{"name": "replied_on", "type": "date", "label": LABEL}]
        moves = {"go": "a > b", "close": {"way": "b > c", "fields": fields}}
        later = clock(starts=["go"], from_fact="replied_on")
        assert found(machine("a b c", moves, final="c", deadlines=later)) == {
            "guard_never_holds": ["deadlines.clock.from_fact"]
        }
        moves["go"] = {"way": "a > b", "fields": fields}
        assert found(machine("a b c", moves, final="c", deadlines=later)) == {}

    def test_a_reminder_to_somebody_who_never_sees_the_matter(self) -> None:
        subject = machine("a b c", SOUND, final="c", deadlines=clock(ladder=[rung(to=["auditor"])]))
        assert found(subject) == {"told_but_blind": ["deadlines.clock.ladder[0].to"]}


class TestGuards:
    @pytest.mark.parametrize(
        "guards",
        [
            [{"name": "is_handler"}, {"name": "not_handler"}],
            [{"name": "is_true", "argument": ["grave"]}, {"name": "is_not_true", "argument": ["grave"]}],
            [{"name": "the_one_who", "argument": "go"}, {"name": "not_the_one_who", "argument": "go"}],
            [
                {"name": "value_is", "argument": {"way": ["hold"]}},
                {"name": "value_is", "argument": {"way": ["close"]}},
            ],
            [{"name": "value_is_not", "argument": {"way": ["hold", "close"]}}],
            [
                {"name": "value_is", "argument": {"way": ["hold"]}},
                {"name": "value_is_not", "argument": {"way": ["hold"]}},
            ],
        ],
    )
    def test_that_contradict_each_other(self, guards: list[dict[str, Any]]) -> None:
        register = [
            {"name": "grave", "type": "boolean", "label": LABEL},
            {"name": "way", "type": "choice", "label": LABEL, "choices": {"hold": LABEL, "close": LABEL}},
        ]
        subject = machine(
            "a b c", {**SOUND, "close": {"way": "b > c", "guards": guards}}, final="c", register=register
        )
        assert found(subject) == {"guard_never_holds": [f"moves.close.guards[{len(guards) - 1}]"]}

    def test_that_ask_for_what_only_happens_later(self) -> None:
        moves = {
            "go": {"way": "a > b", "guards": [{"name": "act_done", "argument": "close"}]},
            "close": "b > c",
        }
        assert found(machine("a b c", moves, final="c")) == {"guard_never_holds": ["moves.go.guards[0]"]}

    def test_that_ask_for_what_only_a_later_form_says(self) -> None:
        fields = [{"name": "outcome", "type": "choice", "label": LABEL, "choices": {"good": LABEL}}]
        asks = {"way": "a > b", "guards": [{"name": "value_is", "argument": {"outcome": ["good"]}}]}
        moves = {"go": asks, "close": {"way": "b > c", "fields": fields}}
        assert found(machine("a b c", moves, final="c")) == {"guard_never_holds": ["moves.go.guards[0]"]}

    def test_that_can_hold_are_left_alone(self) -> None:
        fields = [
            {"name": "outcome", "type": "choice", "label": LABEL, "choices": {"good": LABEL, "bad": LABEL}}
        ]
        asks = [
            {"name": "value_is", "argument": {"outcome": ["good"]}},
            {"name": "act_done", "argument": "go"},
        ]
        moves = {"go": {"way": "a > b", "fields": fields}, "close": {"way": "b > c", "guards": asks}}
        assert found(machine("a b c", moves, final="c")) == {}


class TestMandatoryReports:
    def subject(self, before: list[str]) -> Machine:
        moves = {
            "report": {"way": "a b >", "opens": {"machine": "above", "link": "escalation"}},
            "go": "a > b",
            "close": "b > c",
            "drop": "a > d",
        }
        duty = {
            "label": LABEL, "cure": LABEL, "basis": OWN, "satisfied_by": "escalation", "before": before,
            "when": [{"name": "is_true", "argument": ["grave"]}],
        }  # fmt: skip
        register = [{"name": "grave", "type": "boolean", "label": LABEL}]
        return machine("a b c d", moves, final="c d", mandatory={"tell_above": duty}, register=register)

    def test_that_a_way_out_leads_around(self) -> None:
        above = machine("a b", {"answer": "a > b"}, final="b")
        result = findings(rulebook(clue=self.subject(["close"]), above=above))
        assert [(each.rule, each.key) for each in result] == [
            ("bypassed", "machines.clue.mandatory.tell_above.before")
        ]
        assert result[0].message.en == "'d' is reached without the report, by drop."

    def test_that_cannot_be_made_where_they_are_asked_for(self) -> None:
        moves = {**SOUND, "report": {"way": "a > a", "opens": {"machine": "above", "link": "escalation"}}}
        duty = {
            "label": LABEL, "cure": LABEL, "basis": OWN, "satisfied_by": "escalation", "before": ["close"],
            "when": [{"name": "is_true", "argument": ["grave"]}],
        }  # fmt: skip
        register = [{"name": "grave", "type": "boolean", "label": LABEL}]
        above = machine("a b", {"answer": "a > b"}, final="b")
        subject = machine("a b c", moves, final="c", mandatory={"tell_above": duty}, register=register)
        assert found(subject, above=above) == {"stuck_by_a_duty": ["mandatory.tell_above"]}
        moves["report"] = {"way": "a b >", "opens": {"machine": "above", "link": "escalation"}}
        subject = machine("a b c", moves, final="c", mandatory={"tell_above": duty}, register=register)
        assert found(subject, above=above) == {}

    def test_that_stand_before_every_way_out(self) -> None:
        above = machine("a b", {"answer": "a > b"}, final="b")
        assert found(self.subject(["close", "drop"]), above=above) == {}


class TestFindings:
    def test_errors_come_first_and_name_their_line(self) -> None:
        path = Path(SMALL)
        office, tree = load_with_places(path)
        notice = office.machines["notice"]
        states = dict(notice.states)
        states["lost"] = states["checked"].model_copy(update={"grid": None, "owner": ()})
        broken = notice.model_copy(update={"states": states})
        result = findings(office.model_copy(update={"machines": {**office.machines, "notice": broken}}), tree)
        assert [each.severity for each in result] == sorted(each.severity for each in result)
        assert {each.state for each in result} == {"lost"}
        assert all(
            each.line == LINE_OF_STATES and str(each).startswith(f"{path}:{LINE_OF_STATES}: ")
            for each in result
        ), "the line of `states`"

    def test_are_said_in_both_languages(self) -> None:
        finding = findings(rulebook(clue=machine("a b c lost", {**SOUND, "leave": "lost > c"}, final="c")))[0]
        assert finding.as_dict("zh")["message"] == "从初始状态走不到“lost”。"
        assert finding.as_dict("en")["state"] == "lost"

    def test_every_rule_is_tested_here(self) -> None:
        """A rule without a story would be a rule that may never speak."""
        text = Path(__file__).read_text("utf-8")
        assert [name for name in RULES if f'"{name}"' not in text] == []

    def test_the_small_rulebook_is_sound(self) -> None:
        office, tree = load_with_places(SMALL)
        assert findings(office, tree) == ()

    @pytest.mark.parametrize("name", sorted(SHIPPED))
    def test_what_ships_has_no_errors(self, name: str) -> None:
        office, tree = load_with_places(SHIPPED[name])
        assert [str(each) for each in findings(office, tree) if each.severity == "error"] == []


def test_a_finding_is_plain_data() -> None:
    office: Rulebook = rulebook(clue=machine("a b c lost", {**SOUND, "leave": "lost > c"}, final="c"))
    assert isinstance(findings(office)[0], Finding)
    assert check.findings(office) == findings(office)
