"""A round of two items by the shell: its agenda, its seats and results, and an item out of sight through every door."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.plumbline.reaching import reached, sent
from tests.plumbline.shell import Shell, refused
from tests.plumbline.test_sealed import step

FIRM = "远洋劳务公司"
WORDS = {"brief": "赤壁回声zq", "opinion": "寒潭倒影zq", "task": "金桥断面zq", "minutes": "白塔晨钟zq"}
SEATS = ("owner", "contractor", "overseer")


def with_an_officer(shell: Shell, who: str, **about: str) -> str:
    clue = shell.register(**about)
    for by, move in (("registrar", "register"), ("registrar", "propose_assignment"), ("head", "approve_assignment"),
                     (who, "sign_for")):  # fmt: skip
        step(shell, "clue", clue, by, move, **({"handler": who} if move == "approve_assignment" else {}))
    return clue


@pytest.fixture
def round_(shell: Shell) -> dict[str, list[str]]:
    """A round in session on two clues, the second touching an interest of the contractor."""
    shell.do("contractor", "interest", "declare", "company", FIRM)
    clue = with_an_officer(shell, "officer")
    other = with_an_officer(shell, "officer2", subject="某甲", subject_unit=FIRM)
    step(shell, "clue", clue, "officer", "convene", seats=",".join(SEATS), proposed="rectify")
    number = str(shell.do("head", "consultation", "list")["consultations"][0]["number"])
    words = {"clue": other, "brief_item": WORDS["brief"], "proposed_item": "rectify"}
    step(shell, "consultation", number, "registrar", "take_up_clue", **words)
    step(shell, "consultation", number, "officer", "send_brief")
    step(shell, "consultation", number, "leader", "open_session")
    return {"clue": [clue, other], "consultation": [number], "task": []}


def spoken(shell: Shell, number: str) -> None:
    for who in SEATS:
        step(shell, "consultation", number, who, "give_opinion")
    for who in ("owner", "overseer"):
        step(
            shell,
            "consultation",
            number,
            who,
            "give_opinion",
            opinion="agree_if",
            conditions=WORDS["opinion"],
        )


def closed(shell: Shell, numbers: dict[str, list[str]]) -> None:
    number = numbers["consultation"][0]
    step(shell, "consultation", number, "leader", "collect_opinions")
    step(shell, "consultation", number, "leader", "resolve", resolution_text=WORDS["minutes"])
    step(shell, "consultation", number, "leader", "issue_task", item="1", task_owner="contractor")
    step(
        shell,
        "consultation",
        number,
        "leader",
        "issue_task",
        item="2",
        task_owner="owner",
        measure=WORDS["task"],
    )
    step(shell, "consultation", number, "registrar", "draft_minutes", minutes=WORDS["minutes"])
    step(shell, "consultation", number, "head", "sign_minutes")
    numbers["task"] = [one["number"] for one in shell.do("head", "task", "list")["tasks"]]


def test_an_item_is_out_of_sight_of_whoever_is_kept_out_of_it_through_every_door(
    shell: Shell, round_: dict[str, list[str]], tmp_path: Path
) -> None:
    number = round_["consultation"][0]
    spoken(shell, number)
    assert WORDS["opinion"] not in reached(shell, "leader", round_, folder=tmp_path)  # sealed
    closed(shell, round_)
    for who, reads in (
        ("contractor", set()),
        ("district", set()),
        ("owner", set(WORDS)),
        ("auditor", set(WORDS)),
    ):
        text = reached(shell, who, round_, folder=tmp_path)
        assert {word for word in WORDS if WORDS[word] in text} == reads, who
    assert not any(word in sent(shell) for word in WORDS.values())


def test_the_agenda_answers_in_the_order_of_business(shell: Shell, round_: dict[str, list[str]]) -> None:
    number = round_["consultation"][0]
    spoken(shell, number)
    closed(shell, round_)
    found = shell.do("leader", "consultation", "agenda", number)
    assert list(found)[2:] == ["last_tasks", "items", "decisions"]
    assert found["last_tasks"] == {"round": None, "noted": "上期无未销号任务。", "tasks": []}
    assert [(one["item"], one["proposed_label"]["en"]) for one in found["items"]] == [
        (1, "rectify"),
        (2, "rectify"),
    ]
    assert [[task["owner"] for task in one["tasks"]] for one in found["decisions"]] == [
        ["contractor"],
        ["owner"],
    ]
    assert shell.do("contractor", "consultation", "agenda", number)["items"][1] == {
        "item": 2,
        "recused": True,
    }
    for who, words in (("leader", ("1. The last", "2. New", "3. Who")), ("contractor", ("(recused)",))):
        said = shell.run("consultation", "agenda", number, "--as", who)
        assert said.status == 0, said
        assert all(word in said.out for word in words)
    refused(shell.ask("owner", "consultation", "agenda", round_["clue"][0]), 2)


def test_seats_opinions_and_results_are_told_item_by_item(shell: Shell, round_: dict[str, list[str]]) -> None:
    number = round_["consultation"][0]
    spoken(shell, number)
    refused(shell.ask("leader", "consultation", "result", number), 1, "sealed")
    closed(shell, round_)
    seats: dict[str, Any] = {
        one["person"]: one for one in shell.do("leader", "consultation", "seats", number)["seats"]
    }
    assert [one["recused"] for one in seats["contractor"]["items"]] == [False, True]
    assert (seats["contractor"]["recused"], seats["contractor"]["given"]) == (False, True)
    given = shell.do("leader", "consultation", "opinions", number)["opinions"]
    assert [(one["item"], one["person"]) for one in given] == [
        (1, "contractor"), (1, "overseer"), (1, "owner"), (2, "overseer"), (2, "owner"),
    ]  # fmt: skip
    found = shell.do("leader", "consultation", "result", number)
    assert [(one["decision"], one["result"]["entitled"]) for one in found["items"]] == [
        ("rectify", 3),
        ("rectify", 2),
    ]
    told = shell.run("consultation", "result", number, "--as", "contractor")
    assert told.status == 0
    assert "Item 2" in told.out
    assert WORDS["opinion"] not in told.out
    assert shell.run("consultation", "result", number, "--as", "leader").out.count(WORDS["opinion"]) == 2


def test_the_minutes_on_paper_have_the_record_item_by_item_and_an_extract_for_who_is_kept_out(
    shell: Shell, round_: dict[str, list[str]], tmp_path: Path
) -> None:
    pytest.importorskip("typst")
    number = round_["consultation"][0]
    for who in SEATS:
        step(shell, "consultation", number, who, "give_opinion")
    step(shell, "consultation", number, "owner", "give_opinion", opinion="agree_if", conditions="先停工")
    step(
        shell,
        "consultation",
        number,
        "overseer",
        "give_opinion",
        opinion="disagree",
        opinion_reasons=WORDS["opinion"],
    )
    closed(shell, round_)
    made = shell.do("registrar", "documents", "issue", number, "minutes_notice", str(tmp_path / "m.pdf"))
    text = paper(tmp_path / "m.pdf")
    assert "1.督促整改；2.未形成一致意见" in text
    assert f"2.沈洁(恒泰监理公司):{WORDS['opinion']}" in text
    assert "2.吴刚(港口集团工程建设公司):先停工" in text
    assert "回避2.冯涛" in text
    again = str(tmp_path / "again.pdf")
    part = shell.do("contractor", "documents", "print", str(made["id"]), str(tmp_path / "part.pdf"))
    assert part["extract"], "the contractor is kept out of the second item"
    read = paper(tmp_path / "part.pdf")
    assert "第2项议题" in read, "it says what it leaves out"
    assert "会商结论督促整改" in read
    assert WORDS["opinion"] not in read
    assert "未形成一致意见" not in read
    assert shell.do("owner", "documents", "print", str(made["id"]), again)["sha256"] == made["sha256"]


def paper(path: Path) -> str:
    pypdf = pytest.importorskip("pypdf")
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(path).pages).split())


def test_a_text_that_names_the_person_is_refused_by_its_label_with_what_to_write(shell: Shell) -> None:
    clue = with_an_officer(shell, "officer", subject="周建国", subject_unit="某单位")
    step(shell, "clue", clue, "officer", "convene", seats=",".join(SEATS))
    number = str(shell.do("head", "consultation", "list")["consultations"][0]["number"])
    step(shell, "consultation", number, "officer", "send_brief")
    offered = shell.do("leader", "consultation", "moves", number)["open"]
    fields = next(one["fields"] for one in offered if one["move"] == "open_session")
    typed = shell.filled(fields, last_tasks="周建国尚未谈话")
    said = shell.ask("leader", "consultation", "advance", number, "open_session", *typed)
    refused(said, 1, "not_redacted")
    [reason] = said.json["reasons"]
    assert reason["message"] == (
        '"state of the last round\'s tasks" names the person concerned; members of a round see the problem, not the person.'
    )
    assert "write of the project" in reason["cure"]
