"""Sealed means sealed through every door: a word planted in an opinion is looked for in all that each account can reach."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from plumbline.sample import PEOPLE
from tests.plumbline.reaching import reached, sent
from tests.plumbline.shell import Shell

WORDS = ("冰下暗流zq", "寒潭倒影zq")
ACCOUNTS = [person[0] for person in PEOPLE]


def step(shell: Shell, noun: str, number: str, who: str, move: str, **instead: str) -> None:
    """Make a move with its required fields as offered."""
    assert shell.at is not None
    shell.at += timedelta(minutes=1)
    offered = shell.do(who, noun, "moves", number)["open"]
    fields = next(one["fields"] for one in offered if one["move"] == move)
    shell.do(who, noun, "advance", number, move, *shell.filled(fields, **instead))


def convened(shell: Shell) -> dict[str, list[str]]:
    """A clue and its round, in session."""
    clue = shell.register()
    for who, move in (("registrar", "register"), ("registrar", "propose_assignment"), ("head", "approve_assignment"),
                      ("officer", "sign_for"), ("officer", "convene")):  # fmt: skip
        instead = {"handler": "officer"} if move == "approve_assignment" else {}
        instead |= {"seats": "owner,contractor,overseer"} if move == "convene" else {}
        step(shell, "clue", clue, who, move, **instead)
    round_ = shell.do("leader", "consultation", "list")["consultations"][0]["number"]
    step(shell, "consultation", round_, "officer", "send_brief")
    step(shell, "consultation", round_, "leader", "open_session")
    return {"clue": [clue], "consultation": [round_]}


def test_a_sealed_opinion_is_read_by_nobody_but_its_giver(shell: Shell, tmp_path: Path) -> None:
    numbers = convened(shell)
    round_ = numbers["consultation"][0]
    step(shell, "consultation", round_, "owner", "give_opinion", opinion="disagree", opinion_reasons=WORDS[0])
    step(shell, "consultation", round_, "contractor", "give_opinion", opinion="agree_if", conditions=WORDS[1])
    for who in ACCOUNTS:
        text = reached(shell, who, numbers, folder=tmp_path)
        mine = {"owner": WORDS[0], "contractor": WORDS[1]}.get(who)
        assert [word for word in WORDS if word in text] == ([mine] if mine else []), who
        assert '"disagree"' not in text.replace('["agree", "agree_if", "disagree", "abstain", "recused"]', "") or who in (
            "owner", "contractor", "overseer",
        )  # fmt: skip
    assert not any(word in sent(shell) for word in WORDS)


def test_an_opened_opinion_is_read_by_whoever_sees_the_round_and_nobody_else(
    shell: Shell, tmp_path: Path
) -> None:
    numbers = convened(shell)
    round_ = numbers["consultation"][0]
    for who in ("owner", "contractor", "overseer"):
        step(shell, "consultation", round_, who, "give_opinion", opinion="disagree", opinion_reasons=WORDS[0])
    step(shell, "consultation", round_, "leader", "collect_opinions")
    step(shell, "consultation", round_, "leader", "resolve")
    reading = {who for who in ACCOUNTS if WORDS[0] in reached(shell, who, numbers, folder=tmp_path)}
    assert reading == {"registrar", "officer", "leader", "head", "auditor", "owner", "contractor", "overseer"}
    assert WORDS[0] not in sent(shell)
    counted = shell.do("auditor", "consultation", "result", round_)
    assert (counted["decision"], counted["agrees"], counted["result"]["outcome"]) == (
        "not_agreed",
        True,
        "lost",
    )
