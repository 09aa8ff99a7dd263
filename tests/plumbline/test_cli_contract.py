"""contract.md from outside: every command that is built, the keys of its answers, its exit status."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.plumbline.shell import NOON, Said, Shell

DAY = timedelta(days=1)


def keys(document: Any, *expected: str) -> None:
    assert set(expected) <= set(document), f"{sorted(document)} lacks {sorted(set(expected) - set(document))}"


def test_a_clue_is_registered_with_the_examples_of_its_form(shell: Shell) -> None:
    form = shell.do("supervisor", "clue", "form")
    for field in form["fields"]:
        keys(field, "name", "label", "type", "required", "choices", "example")
    made = shell.do("supervisor", "clue", "register", *shell.filled(form["fields"]))
    keys(made, "number", "state", "version")
    assert (made["state"], made["version"]) == ("discovered", 1)


def test_a_list_says_how_many_there_are_in_all(shell: Shell) -> None:
    numbers = {shell.register(), shell.register(), shell.register()}
    page = shell.do("registrar", "clue", "list", "--limit", "2")
    assert (len(page["clues"]), page["total"]) == (2, 3)
    keys(page["clues"][0], "number", "state", "version", "title", "handler", "due_at")
    everything = shell.do("registrar", "clue", "list")
    assert {line["number"] for line in everything["clues"]} == numbers


def test_lists_by_state_by_person_and_by_lateness(shell: Shell) -> None:
    number = shell.register()
    assert shell.do("registrar", "clue", "list", "--state", "registered")["total"] == 0
    assert shell.do("registrar", "clue", "list", "--state", "discovered")["total"] == 1
    assert shell.do("supervisor", "clue", "list", "--mine")["total"] == 1, (
        "opened by them and nobody handles it yet"
    )
    assert shell.do("registrar", "clue", "list", "--mine")["total"] == 0
    due = shell.do("registrar", "clue", "show", number)["deadlines"]
    assert due, "a clue has its clocks from the start"
    assert shell.do("registrar", "clue", "list", "--overdue")["total"] == 0
    assert shell.do("registrar", "clue", "list", "--overdue", at=NOON + 200 * DAY)["total"] == 1


def test_what_somebody_may_not_see_does_not_exist(shell: Shell) -> None:
    number = shell.register()
    assert shell.do("contractor", "clue", "list") == {"clues": [], "total": 0}
    hidden, missing = (shell.ask("contractor", "clue", "show", one) for one in (number, "MGJ-2026-9999"))
    assert hidden.status == missing.status == 2
    assert hidden.json["error"] == missing.json["error"] == "no_such_number"
    assert hidden.json["message"].replace(number, "") == missing.json["message"].replace("MGJ-2026-9999", "")


def test_who_reported_stands_nowhere(shell: Shell) -> None:
    secret = "赵检举人甲"
    fields = shell.do("supervisor", "clue", "form")["fields"]
    words = shell.filled(fields, real_name="true", reporter_name=secret, reporter_contact="13900001234")
    number = shell.do("supervisor", "clue", "register", *words)["number"]
    for command in ("show", "history", "moves"):
        said = shell.ask("registrar", "clue", command, number)
        assert said.status == 0
        assert secret not in said.out + said.err
        assert "13900001234" not in said.out + said.err
    assert secret not in shell.ask("registrar", "clue", "list").out
    assert secret not in shell.run("notices", "list", "--json").out


def first_move(shell: Shell, who: str, number: str) -> tuple[dict[str, Any], list[str]]:
    survey = shell.do(who, "clue", "moves", number)
    keys(survey, "number", "state", "version", "open", "blocked")
    move = next(one for one in survey["open"] if one["move"] == "register")
    keys(move, "move", "to", "label", "fields")
    for blocked in survey["blocked"]:
        keys(blocked, "move", "to", "reasons")
        for reason in blocked["reasons"]:
            keys(reason, "code", "message", "cure")
    return move, shell.filled(move["fields"])


def test_an_offered_move_is_made_with_its_examples(shell: Shell) -> None:
    number = shell.register()
    move, form = first_move(shell, "registrar", number)
    moved = shell.do("registrar", "clue", "advance", number, move["move"], *form)
    keys(moved, "number", "from", "state", "version", "event")
    assert (moved["from"], moved["state"], moved["version"]) == ("discovered", move["to"], 2)
    history = shell.do("registrar", "clue", "history", number)["events"]
    keys(history[0], "id", "at", "actor", "move", "from", "to", "hash")
    assert [event["to"] for event in history] == ["discovered", move["to"]]
    assert history[-1]["id"] == moved["event"]


def test_the_same_key_again_is_the_same_answer(shell: Shell) -> None:
    number = shell.register()
    move, form = first_move(shell, "registrar", number)
    words = ("clue", "advance", number, move["move"], *form, "--key", "k-1")
    first, second = shell.do("registrar", *words), shell.do("registrar", *words)
    assert first == second
    assert len(shell.do("registrar", "clue", "history", number)["events"]) == 2
    other = shell.ask("registrar", "clue", "advance", number, "another", "--key", "k-1")
    assert (other.status, other.json["error"]) == (1, "key_reused")


def test_registering_twice_with_one_key_registers_once(shell: Shell) -> None:
    form = shell.filled(shell.do("supervisor", "clue", "form")["fields"])
    first = shell.do("supervisor", "clue", "register", *form, "--key", "same")
    second = shell.do("supervisor", "clue", "register", *form, "--key", "same")
    assert first == second
    assert shell.do("registrar", "clue", "list")["total"] == 1


def test_a_stale_version_is_told_who_was_first(shell: Shell) -> None:
    number = shell.register()
    move, form = first_move(shell, "registrar", number)
    shell.do("registrar", "clue", "advance", number, move["move"], *form, "--expect", "1")
    late = shell.ask("registrar", "clue", "advance", number, move["move"], *form, "--expect", "1")
    assert (late.status, late.json["error"]) == (1, "moved_meanwhile")
    assert "registrar" in late.json["message"]


def test_deadlines_are_listed_and_explained(shell: Shell) -> None:
    number = shell.register()
    found = shell.do("registrar", "deadlines", "list")
    assert found["total"] == len(found["deadlines"]) > 0
    line = found["deadlines"][0]
    keys(line, "id", "number", "deadline", "due_on", "due_at", "status", "provisional")
    assert line["number"] == number
    told = shell.do("registrar", "deadlines", "explain", str(line["id"]))
    keys(told, "walk", "basis", "entries", "budget", "due_on", "provisional")
    assert told["walk"][-1]["on"] == told["due_on"]
    assert told["entries"][0]["kind"] == "opened"
    before = shell.do("registrar", "deadlines", "list", "--until", NOON.isoformat())
    assert before["total"] == 0


def test_a_deadline_of_a_clue_one_may_not_see_does_not_exist(shell: Shell) -> None:
    shell.register()
    said = shell.ask("contractor", "deadlines", "explain", "1")
    assert (said.status, said.json["error"]) == (2, "no_such_deadline")


def test_a_period_is_walked_day_by_day(shell: Shell) -> None:
    for period, due_on in (
        ("15 working days", "2026-09-21"),
        ("1 month", "2026-10-08"),
        ("90 days", "2026-11-30"),
    ):
        answer = shell.run("calendar", "due", "--from", "2026-09-01", "--for", period, "--json").json
        keys(answer, "due_on", "provisional", "walk")
        assert answer["due_on"] == due_on, period


def test_a_tick_fires_what_is_due_once(shell: Shell) -> None:
    shell.register()
    later = (NOON + 200 * DAY).isoformat()
    first = shell.run("tick", "--json", "--at", later)
    keys(first.json, "at", "fired", "planned", "delivered", "failed")
    assert first.json["fired"]
    keys(first.json["fired"][0], "number", "deadline", "rung")
    for _ in range(10):
        again = shell.run("tick", "--json", "--at", later).json
        if not again["fired"]:
            break
    assert again["fired"] == []


def test_notices_are_listed_and_delivered(shell: Shell) -> None:
    number = shell.register()
    waiting = shell.run("notices", "list", "--json").json
    keys(waiting, "notices", "counts")
    assert waiting["counts"]["pending"] == len(waiting["notices"])
    done = shell.run("notices", "deliver", "--json", "--at", NOON.isoformat()).json
    keys(done, "delivered", "failed", "dead")
    assert done["delivered"] == len(waiting["notices"])
    assert all(one["number"] in (number, None) for one in waiting["notices"])


def test_the_audit_is_asked_from_the_shell(shell: Shell) -> None:
    shell.register()
    point = shell.run("audit", "checkpoint", "--json", "--at", NOON.isoformat()).json
    assert point["heads"] >= 1
    said = shell.run("audit", "verify", "--json")
    keys(said.json, "ok", "events", "checkpoints", "faults")
    assert (said.status, said.json["ok"], said.json["checkpoints"]) == (0, True, 1)


def test_the_rulebook_is_checked_and_drawn(shell: Shell) -> None:
    assert shell.run("rulebook", "check", "--json").json["ok"] is True
    svg = shell.run("rulebook", "diagram", "clue", "--json").json["diagram"]
    assert svg.startswith("<svg")
    assert shell.run("rulebook", "diagram", "task", "--format", "mermaid").out.startswith("stateDiagram")


@pytest.mark.parametrize("machine, plural", [
    ("consultation", "consultations"), ("escalation", "escalations"), ("task", "tasks"), ("inspection", "inspections"),
])  # fmt: skip
def test_every_machine_has_the_same_commands(shell: Shell, machine: str, plural: str) -> None:
    keys(shell.do("head", machine, "list"), plural, "total")
    assert shell.ask("head", machine, "show", "NOBODY-1").status == 2


def test_an_inspection_round_says_which_one_it_is(shell: Shell) -> None:
    shell.run("tick", "--at", (NOON + 14 * DAY).isoformat())
    rounds = shell.do("supervisor", "inspection", "list", at=NOON + 14 * DAY)["inspections"]
    assert rounds
    keys(rounds[0], "number", "programme", "slot", "kind", "state")
    assert rounds[0]["programme"]


def test_a_round_that_nobody_opened_is_visible(shell: Shell) -> None:
    shell.run("tick", "--at", (NOON + 35 * DAY).isoformat())
    found = shell.do("head", "inspection", "list", at=NOON + 35 * DAY)
    assert found["missed"]
    keys(found["missed"][0], "programme", "slot", "reason")
    assert shell.do("contractor", "inspection", "list", at=NOON + 35 * DAY)["missed"] == []
    assert "missed" in shell.run("inspection", "list", "--as", "head").out


def test_one_noun_is_not_asked_for_as_another(shell: Shell) -> None:
    number = shell.register()
    assert shell.ask("registrar", "task", "show", number).status == 2
    assert shell.ask("registrar", "escalation", "advance", number, "register").status == 2


def test_options_are_taken_before_and_after_the_command(shell: Shell) -> None:
    before = shell.run("--json", "--as", "registrar", "clue", "list")
    after = shell.run("clue", "list", "--json", "--as", "registrar")
    assert before.json == after.json == {"clues": [], "total": 0}


def test_initialising_twice_changes_nothing(shell: Shell) -> None:
    number = shell.register()
    again = shell.run("init", "--rehearsal", "--sample", "--json")
    keys(again.json, "created", "rehearsal", "rulebook")
    assert (again.status, again.json["created"]) == (0, False)
    assert shell.do("registrar", "clue", "list")["clues"][0]["number"] == number


def test_a_rehearsal_says_so_on_its_pages(shell: Shell) -> None:
    shell.register()
    assert "REHEARSAL" in shell.run("clue", "list", "--as", "registrar").out


def test_chinese_is_spoken_where_it_is_asked_for(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMBLINE_LANG", "zh")
    said: Said = shell.ask("registrar", "clue", "show", "NO-1")
    assert said.json["message"] == "没有您可查看的编号 'NO-1'。"
