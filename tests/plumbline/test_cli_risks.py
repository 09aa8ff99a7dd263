"""The risk register from the shell: a point from its register to its review, the points by grade, and what a tick raises."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.plumbline.shell import NOON, Shell, refused


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal on which no number is folded."""
    monkeypatch.setenv("COLUMNS", "160")


def registered(shell: Shell, machine: str, who: str, **given: str) -> str:
    fields = shell.do(who, machine, "form")["fields"]
    return str(shell.do(who, machine, "register", *shell.filled(fields, **given))["number"])


def made(shell: Shell, who: str, machine: str, number: str, move: str, **given: str) -> dict[str, Any]:
    survey = shell.do(who, machine, "moves", number)
    form = next(one["fields"] for one in survey["open"] if one["move"] == move)
    return dict(shell.do(who, machine, "advance", number, move, *shell.filled(form, **given)))


def in_force(shell: Shell) -> str:
    number = registered(shell, "risk", "registrar", project="PC", link="c15_quality")
    made(shell, "registrar", "risk", number, "grade_by_stage", stage="appeared")
    made(shell, "registrar", "risk", number, "set_measures")
    assert made(shell, "leader", "risk", number, "put_in_force")["state"] == "in_force"
    return number


def test_a_tick_raises_a_point_for_a_clue_and_tells_why_to_those_who_see_the_clue(shell: Shell) -> None:
    number = in_force(shell)
    clue = registered(shell, "clue", "supervisor", project="PC", link="c15_quality")
    made(shell, "registrar", "clue", clue, "register", managed_by="ours")
    later = NOON + timedelta(minutes=5)
    assert shell.do("registrar", "risk", "show", number)["state"] == "in_force"
    point = shell.do("operator", "tick", at=later)
    assert point["risks"] == {"raised": 1}
    assert shell.do("operator", "tick", at=later)["risks"] == {"raised": 0}
    assert shell.do("registrar", "risk", "show", number)["state"] == "under_review"
    (raised,) = shell.do("registrar", "risk", "record", number)["raised"]
    assert raised["cause"] == {"kind": "clue", "number": clue, "move": "register"}
    (raised,) = shell.do("officer", "risk", "record", number)["raised"]
    assert raised["cause"] is None
    for command in ("show", "history", "record", "moves"):
        assert clue not in shell.ask("officer", "risk", command, number).out


def test_points_are_ranked_and_a_record_tells_every_grade(shell: Shell) -> None:
    number = in_force(shell)
    ranked = shell.do("supervisor", "risk", "ranked", "--project", "PC")["points"]
    assert [(one["number"], one["grade"], one["level"], one["owner"]) for one in ranked] == [
        (number, "middle", 2, "officer")
    ]
    assert shell.do("supervisor", "risk", "ranked", "--grade", "high")["points"] == []
    (grade,) = shell.do("supervisor", "risk", "record", number)["grades"]
    assert (grade["scheme"], grade["inputs"], grade["as_recomputed"]) == (
        "stage",
        {"stage": "appeared"},
        True,
    )
    text = shell.run("risk", "record", number, "--as", "registrar").out
    assert "level two" in " ".join(text.split())
    assert number in shell.run("risk", "ranked", "--as", "registrar").out
    assert shell.do("contractor", "risk", "ranked")["points"] == []
    refused(shell.ask("contractor", "risk", "record", number), 2, "no_such_number")


def test_the_schemes_say_what_they_ask(shell: Shell) -> None:
    found = shell.do("registrar", "risk", "schemes")["schemes"]
    assert [one["scheme"] for one in found] == ["power", "consequence", "criteria", "stage"]
    assert found[2]["at_least"] == {"1": 3, "2": 2, "3": 1}
    assert "grade_by_criteria" in shell.run("risk", "schemes", "--as", "registrar").out
