"""Recused means out of sight: words planted in a clue, its round, task and report are looked for through every door."""

from __future__ import annotations

from pathlib import Path

import pytest

from plumbline.sample import PEOPLE
from tests.plumbline.reaching import reached, sent
from tests.plumbline.shell import Shell, refused
from tests.plumbline.test_sealed import step

WORDS = {
    "clue": "蓝鲸礁石zq",
    "round": "赤壁回声zq",
    "task": "金桥断面zq",
    "report": "白塔晨钟zq",
    "why": "青苔旧约zq",
    "file": "红桥旧影zq",
}
ACCOUNTS = [person[0] for person in PEOPLE]


@pytest.fixture
def affair(shell: Shell, tmp_path: Path) -> dict[str, list[str]]:
    """A clue with evidence, a round, a task and an escalation, each with a word of its own in it."""
    clue = shell.register(title=WORDS["clue"], problem=WORDS["clue"])
    evidence = tmp_path / f"{WORDS['file']}.txt"
    evidence.write_text(WORDS["file"], encoding="utf-8")
    shell.do("registrar", "attachment", "add", clue, str(evidence), "--caption", WORDS["file"])
    for who, move in (("registrar", "register"), ("registrar", "propose_assignment"), ("head", "approve_assignment"),
                      ("officer", "sign_for"), ("officer", "convene")):  # fmt: skip
        instead = {"handler": "officer"} if move == "approve_assignment" else {}
        instead |= {"seats": "owner,contractor", "brief": WORDS["round"]} if move == "convene" else {}
        step(shell, "clue", clue, who, move, **instead)
    round_ = newest(shell, "consultation")
    step(shell, "consultation", round_, "officer", "send_brief")
    step(shell, "consultation", round_, "leader", "open_session")
    for who in ("owner", "contractor"):
        step(shell, "consultation", round_, who, "give_opinion")
    for who, move in (("leader", "collect_opinions"), ("leader", "resolve"), ("officer", "issue_task")):
        step(
            shell,
            "consultation",
            round_,
            who,
            move,
            **({"measure": WORDS["task"]} if move == "issue_task" else {}),
        )
    step(shell, "clue", clue, "leader", "escalate", summary=WORDS["report"])
    return {"clue": [clue], "consultation": [round_], "task": [newest(shell, "task")],
            "escalation": [newest(shell, "escalation")]}  # fmt: skip


def newest(shell: Shell, noun: str) -> str:
    return str(shell.do("head", noun, "list")[f"{noun}s"][0]["number"])


@pytest.mark.parametrize("who", ["officer", "registrar", "head", "supervisor"])
def test_a_recused_person_finds_nothing_of_it_anywhere(
    shell: Shell, affair: dict[str, list[str]], tmp_path: Path, who: str
) -> None:
    clue = affair["clue"][0]
    before = reached(shell, who, affair, folder=tmp_path)
    assert WORDS["clue"] in before
    assert WORDS["file"] in before
    shell.do(who, "recusal", "declare", clue, "--reason", WORDS["why"])
    text = reached(shell, who, affair, folder=tmp_path / "..")
    assert [name for name, word in WORDS.items() if word in text] == []
    for noun, numbers in affair.items():
        refused(shell.ask(who, noun, "show", numbers[0]), 2)
    if who != "supervisor":  # who noted the clue saw nothing else of it before
        assert {one["number"] for one in shell.do(who, "recusal", "list")["mine"]} >= {clue}
    assert WORDS["clue"] in reached(shell, "leader" if who != "leader" else "head", affair, folder=tmp_path)


def test_a_recused_member_finds_nothing_of_the_round_or_its_task(
    shell: Shell, affair: dict[str, list[str]], tmp_path: Path
) -> None:
    key = shell.do(
        "leader", "recusal", "challenge", affair["consultation"][0], "owner", "--reason", WORDS["why"]
    )["id"]
    assert WORDS["round"] in reached(shell, "owner", affair, folder=tmp_path)
    shell.do("head", "recusal", "decide", str(key), "--reason", WORDS["why"])
    text = reached(shell, "owner", affair, folder=tmp_path)
    assert [name for name, word in WORDS.items() if word in text] == []
    assert WORDS["round"] in reached(shell, "contractor", affair, folder=tmp_path)
    for who in ("contractor", "leader", "officer", "registrar", "auditor"):
        assert WORDS["why"] not in reached(shell, who, affair, folder=tmp_path)
        assert WORDS["why"] not in shell.ask(who, "recusal", "of", affair["consultation"][0]).out
    assert WORDS["why"] not in sent(shell)


def test_a_wrong_word_to_the_shell_is_one_sentence(shell: Shell, affair: dict[str, list[str]]) -> None:
    clue = affair["clue"][0]
    refused(shell.ask("officer", "recusal", "declare", clue, "--reason", "  "), 2, "missing")
    refused(shell.ask("officer", "recusal", "challenge", clue, "nobody", "--reason", "x"), 2)
    refused(shell.ask("head", "recusal", "decide", "99", "--reason", "x"), 2)
    refused(shell.ask("officer", "interest", "declare", "company", "（）"), 2, "bad_name")
    refused(shell.ask("officer", "interest", "end", "7"), 2, "no_such_interest")
    refused(shell.ask("owner", "consultation", "result", clue), 2)
    assert shell.do("officer", "interest", "declare", "company", "某公司")["id"]
    assert [one["name"] for one in shell.do("officer", "interest", "list")["interests"]] == ["某公司"]
