"""Checklists from the shell: listed, shown, loaded; and a round keeps the version it was opened with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plumbline.shell import Shell, refused
from tests.states.test_checklists import GOOD

ADD = ["programme", "add", "BERTHS", "--kind", "daily", "--title", "泊位", "--organisation", "MGJ", "--project", "PC",
       "--inspector", "supervisor", "--rule", "每周一"]  # fmt: skip


def written(tmp_path: Path, text: str = GOOD) -> str:
    path = tmp_path / "berth.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def opened(shell: Shell, name: str, **given: str) -> str:
    fields = shell.do("supervisor", "inspection", "form")["fields"]
    words = shell.filled(fields, checklist=name, project="PC", **given)
    return str(shell.do("supervisor", "inspection", "register", *words)["number"])


def asks(shell: Shell, number: str) -> str:
    return str(shell.do("supervisor", "inspection", "show", number)["values"]["checklist"])


def test_the_shipped_one_is_there_from_the_start(shell: Shell) -> None:
    (one,) = shell.do("supervisor", "checklist", "list")["checklists"]
    assert (one["checklist"], one["loaded_by"], one["mandatory"] < one["asks"]) == (
        "LINKS@2026.1",
        "setup",
        True,
    )
    shown = shell.do("supervisor", "checklist", "show", "LINKS")
    assert len(shown["links"]) == 24
    payment = next(link for link in shown["links"] if link["link"] == "c11_payment")
    assert payment["basis"][0]["article"] == "第三十七条"
    assert payment["items"][1]["measure"]["unit"] == "%"


def test_a_round_keeps_the_version_it_was_opened_with(shell: Shell, tmp_path: Path) -> None:
    shell.do("leader", "checklist", "load", written(tmp_path))
    before = opened(shell, "BERTH")
    new = GOOD.replace('version: "1"', 'version: "2"').replace("covered", "covered up")
    assert shell.do("leader", "checklist", "load", written(tmp_path, new))["checklist"] == "BERTH@2"
    assert (asks(shell, before), asks(shell, opened(shell, "BERTH"))) == ("BERTH@1", "BERTH@2")
    assert asks(shell, opened(shell, "BERTH@1")) == "BERTH@1"
    old = shell.do("supervisor", "checklist", "show", "BERTH@1")
    assert old["links"][0]["items"][0]["sign"] == "covered"


def test_the_rounds_of_a_programme_take_the_version_in_force_on_their_day(
    shell: Shell, tmp_path: Path
) -> None:
    shell.do("leader", "checklist", "load", written(tmp_path))
    shell.do("leader", *ADD, "--checklist", "BERTH")
    listed = {one["code"]: one["checklist"] for one in shell.do("leader", "programme", "list")["programmes"]}
    assert (listed["BERTHS"], listed["PC-WEEKLY"]) == ("BERTH", None)
    shell.do("leader", "checklist", "load", written(tmp_path, GOOD.replace('version: "1"', 'version: "2"')))
    monday = shell.at.replace(day=7) if shell.at else None
    shell.do("operator", "tick", at=monday)
    found = shell.do("supervisor", "inspection", "list", at=monday)["inspections"]
    number = next(one["number"] for one in found if one["programme"] == "BERTHS")
    shown = shell.do("supervisor", "inspection", "show", number, at=monday)
    assert shown["values"]["checklist"] == "BERTH@2"


def test_loaded_twice_it_is_one_and_other_content_wants_another_version(shell: Shell, tmp_path: Path) -> None:
    for _ in range(2):
        shell.do("leader", "checklist", "load", written(tmp_path))
    refused(shell.ask("leader", "checklist", "load", written(tmp_path, GOOD.replace("covered", "buried"))), 1,
            "already_loaded")  # fmt: skip
    assert len(shell.do("leader", "checklist", "list")["checklists"]) == 2


def test_a_dry_run_loads_nothing(shell: Shell, tmp_path: Path) -> None:
    assert shell.do("leader", "checklist", "load", written(tmp_path), "--dry-run")["dry_run"] is True
    refused(shell.ask("leader", "checklist", "show", "BERTH"), 2, "unknown_reference")


@pytest.mark.parametrize("who", ["supervisor", "owner", "officer", "auditor", "operator"])
def test_only_those_who_plan_inspections_load(shell: Shell, tmp_path: Path, who: str) -> None:
    refused(shell.ask(who, "checklist", "load", written(tmp_path)), 1, "not_your_role")


def test_what_is_wrong_is_said_with_file_and_line(shell: Shell, tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace("c15_quality", "c15"))
    said = shell.ask("leader", "checklist", "load", path)
    refused(said, 2, "checklist_fault")
    assert f"{path}:5: links[0].link" in said.json["reasons"][0]["message"]
    refused(shell.ask("leader", "checklist", "load", str(tmp_path / "none.yaml")), 2, "no_such_file")


def test_a_checklist_nobody_loaded_is_refused_with_what_to_do(shell: Shell) -> None:
    refused(shell.ask("leader", *ADD, "--checklist", "NONE"), 2, "unknown_reference")
    fields = shell.do("supervisor", "inspection", "form")["fields"]
    words = shell.filled(fields, checklist="NONE", project="PC")
    refused(shell.ask("supervisor", "inspection", "register", *words), 2, "unknown_reference")


def test_in_chinese(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMBLINE_LANG", "zh")
    said = shell.run("checklist", "show", "LINKS", "--as", "supervisor").out
    assert "质量与隐蔽工程 · 刑法 第一百三十七条" in said
    assert "本单位设定" in said


class TestAnswering:
    def begun(self, shell: Shell) -> str:
        number = opened(shell, "LINKS", link="c08_contract")
        fields = next(one["fields"] for one in shell.do("supervisor", "inspection", "moves", number)["open"]
                      if one["move"] == "begin")  # fmt: skip
        shell.do("supervisor", "inspection", "advance", number, "begin", *shell.filled(fields))
        return number

    def test_item_by_item_until_nothing_is_open(self, shell: Shell) -> None:
        number = self.begun(shell)
        sheet = shell.do("supervisor", "inspection", "checklist", number)
        assert sheet["unanswered"] == ["c08_1", "c08_2", "c08_3"]
        shell.do("supervisor", "inspection", "answer", number, "c08_1", "in_order")
        shell.do(
            "supervisor", "inspection", "answer", number, "c08_2", "not_applicable", "--remark", "无补充协议"
        )
        said = ["finding", "--measured", "12", "--remark", "超过百分之十"]
        shell.do("supervisor", "inspection", "answer", number, "c08_3", *said)
        sheet = shell.do("auditor", "inspection", "checklist", number)
        assert (sheet["unanswered"], sheet["findings"]) == ([], ["c08_3"])
        last = sheet["items"][2]["answer"]
        assert (last["measured"], last["unit"], last["by"]) == ("12", "%", "supervisor")

    def test_what_is_no_answer(self, shell: Shell) -> None:
        number = self.begun(shell)
        answer = ["inspection", "answer", number]
        refused(shell.ask("supervisor", *answer, "c15_1", "in_order"), 2, "unknown_reference")
        refused(shell.ask("supervisor", *answer, "c08_1", "fine"), 2, "not_a_choice")
        refused(shell.ask("supervisor", *answer, "c08_3", "in_order", "--measured", "101"), 2, "out_of_range")
        refused(
            shell.ask("supervisor", *answer, "c08_3", "in_order", "--measured", "1", "--unit", "mm"),
            2,
            "wrong_unit",
        )
        refused(shell.ask("leader", *answer, "c08_1", "in_order"), 1, "not_your_role")
        refused(shell.ask("owner", *answer, "c08_1", "in_order"), 2, "no_such_number")

    def test_the_form_that_is_offered_fits_the_round(self, shell: Shell) -> None:
        def forms(number: str) -> dict[str, dict[str, object]]:
            return {one["move"]: {field["name"]: field["example"] for field in one["fields"]}
                    for one in shell.do("supervisor", "inspection", "moves", number)["open"]}  # fmt: skip

        number = self.begun(shell)
        shell.do("supervisor", "inspection", "answer", number, "c08_1", "in_order")
        shell.do("supervisor", "inspection", "answer", number, "c08_2", "in_order")
        form = forms(number)["answer_item"]
        assert (form["item"], form["measured"], form["unit"], form["photographs"]) == (
            "c08_3",
            "0",
            "%",
            None,
        )
        assert forms(number)["record_finding"]["item"] == "c08_3"

    def test_in_words(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        number = self.begun(shell)
        monkeypatch.setenv("PLUMBLINE_LANG", "zh")
        when = shell.at.isoformat() if shell.at else ""
        out = shell.run("inspection", "checklist", number, "--as", "supervisor", "--at", when).out
        assert "必查未答复：c08_1, c08_2, c08_3；未整改到位：无" in out
