"""The inspection programme from the shell: planned, told, drawn, and drawn again; by those who may, in both languages."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.plumbline.shell import NOON, Shell, refused

MONDAY = datetime(2026, 9, 7, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
BERTHS = "地点名称,权重\n1号泊位,5\n2号泊位,1\n堆场,0.5\n"
ADD = ["programme", "add", "SPOT", "--kind", "unannounced", "--title", "随机抽查", "--organisation", "MGJ",
       "--project", "PC", "--inspector", "supervisor", "--inspector", "registrar"]  # fmt: skip
SITES = ["--site", "1号泊位=5", "--site", "2号泊位=1", "--site", "堆场=0.5", "--take", "1"]
IN_CSV = """代码,检查类型,检查名称,周期,单位,项目,检查人员,地点,抽取地点数,中断后
A,随机抽查,抽查,每月第1个工作日,MGJ,PC,supervisor、registrar,1号泊位=3；堆场,1,全部补做
"""
IN_YAML = """programmes:
- code: A
  kind: unannounced
  title: 抽查
  rule: every month on the first working day
  organisation: MGJ
  project: PC
  inspectors: [supervisor, registrar]
  take: 1
  on_outage: run_all
  sites: [{name: 1号泊位, weight: 3}, 堆场]
"""
RULE = ["--rule", "每周一"]


def ended(shell: Shell) -> None:
    """Without the programmes of the sample."""
    for code in ("PC-WEEKLY", "PC-QUARTER"):
        shell.do("leader", "programme", "end", code)


class TestPlanning:
    def test_a_quarterly_plan_with_a_programme_in_it(self, shell: Shell) -> None:
        shell.do(
            "leader",
            "programme",
            "plan",
            "Q4",
            "--title",
            "四季度计划",
            "--period",
            "2026Q4",
            "--organisation",
            "MGJ",
        )
        made = shell.do("leader", *ADD, "--rule", "every month on the 31st", "--plan", "Q4")
        assert made == {
            "code": "SPOT", "rule": "every month on the 31st", "recurs": "every month on the 31st",
            "starts_on": "2026-10-01", "ends_on": "2026-12-31", "next": "2026-10-31",
        }  # fmt: skip
        listed = shell.do("supervisor", "programme", "list")
        assert [one["code"] for one in listed["plans"]] == ["Q4"]
        assert {one["code"]: one["plan"] for one in listed["programmes"]}["SPOT"] == "Q4"
        coming = shell.do("supervisor", "programme", "slots", "SPOT", "--until", "2027-12-31")["ahead"]
        assert [one["slot"] for one in coming] == ["2026-10-31", "2026-11-30", "2026-12-31"]
        assert coming[0]["opens_on"] == "2026-11-02"  # the 31st is a Saturday

    def test_a_programme_of_old_is_read_in_words(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        made = shell.do("leader", *ADD, *RULE)
        assert (made["recurs"], made["next"]) == ("every week on Monday", "2026-09-07")
        monkeypatch.setenv("PLUMBLINE_LANG", "zh")
        listed = {one["code"]: one["recurs"] for one in shell.do("leader", "programme", "list")["programmes"]}
        assert (listed["SPOT"], listed["PC-WEEKLY"]) == ("每周一", "FREQ=WEEKLY;BYDAY=MO")
        assert "每周一" in shell.run("programme", "list", "--as", "leader").out

    @pytest.mark.parametrize(
        "changed, status, code",
        [
            (["--rule", "now and then"], 2, "not_a_rule"),
            ([*RULE, "--kind", "casual"], 2, "not_a_choice"),
            ([*RULE, "--kind", "embedded"], 2, "missing"),
            ([*RULE, "--link", "c99"], 2, "not_a_choice"),
            ([*RULE, "--on-outage", "forget"], 2, "not_a_choice"),
            ([*RULE, "--project", "NONE"], 2, "unknown_reference"),
            ([*RULE, "--plan", "NONE"], 2, "unknown_reference"),
            ([*RULE, "--inspector", "nobody"], 2, "unknown_reference"),
            ([*RULE, "--inspector", "supervisor"], 2, "repeated"),
            ([*RULE, "--take", "1"], 2, "out_of_range"),
            ([*RULE, "--team", "3"], 2, "out_of_range"),
            ([*RULE, "--site", "a=0"], 2, "bad_weight"),
            ([*RULE, "--site", "a", "--site", "a=2"], 2, "repeated"),
            ([*RULE, "--starts", "2026-08-31"], 2, "too_early"),
            ([*RULE, "--starts", "2026-10-01", "--ends", "2026-09-30"], 2, "out_of_range"),
            ([*RULE, "--starts", "tomorrow"], 2, "not_a_date"),
        ],
    )
    def test_what_cannot_be_planned_is_said(
        self, shell: Shell, changed: list[str], status: int, code: str
    ) -> None:
        refused(shell.ask("leader", *ADD, *changed), status, code)
        codes = [one["code"] for one in shell.do("leader", "programme", "list")["programmes"]]
        assert codes == ["PC-QUARTER", "PC-WEEKLY"]

    def test_outside_of_its_plan(self, shell: Shell) -> None:
        shell.do(
            "leader",
            "programme",
            "plan",
            "Y27",
            "--title",
            "2027",
            "--period",
            "2027",
            "--organisation",
            "MGJ",
        )
        refused(
            shell.ask("leader", *ADD, *RULE, "--plan", "Y27", "--starts", "2026-12-31"), 2, "out_of_range"
        )
        refused(shell.ask("leader", *ADD, *RULE, "--plan", "Y27", "--ends", "2028-01-01"), 2, "out_of_range")
        shell.do("leader", *ADD, *RULE, "--plan", "Y27", "--starts", "2027-12-31")
        refused(shell.ask("leader", "programme", "plan", "X", "--title", "t", "--period", "2026H1", "--organisation", "MGJ"),
                2, "not_a_period")  # fmt: skip

    @pytest.mark.parametrize("who", ["supervisor", "officer", "owner", "operator", "district"])
    def test_only_those_who_send_the_inspectors_out_plan(self, shell: Shell, who: str) -> None:
        refused(shell.ask(who, *ADD, *RULE), 1, "not_your_role")
        refused(shell.ask(who, "programme", "end", "PC-WEEKLY"), 2, "unknown_reference")
        refused(
            shell.ask(who, "programme", "milestone", "PC", "acceptance", "2026-10-20"), 1, "not_your_role"
        )

    def test_who_sees_no_rounds_sees_no_programme(self, shell: Shell) -> None:
        shell.do("leader", *ADD, *RULE, *SITES)
        assert shell.do("owner", "programme", "list") == {"plans": [], "programmes": []}
        seen = {
            one["code"]: one["sites"] for one in shell.do("supervisor", "programme", "list")["programmes"]
        }
        assert seen["SPOT"] is None  # the inspectors know that there are rounds, not where they may go
        assert (
            len(
                {one["code"]: one for one in shell.do("leader", "programme", "list")["programmes"]}["SPOT"][
                    "sites"
                ]
            )
            == 3
        )

    def test_before_a_milestone_that_is_put_off(self, shell: Shell) -> None:
        ended(shell)
        assert shell.do("leader", *ADD, "--rule", "竣工验收前10个工作日")["next"] is None
        for day, slot in (("2026-10-20", "2026-09-30"), ("2026-11-20", "2026-11-06")):
            shell.do("leader", "programme", "milestone", "PC", "竣工验收", day)
            coming = shell.do("leader", "programme", "slots", "--until", "2026-12-31")["ahead"]
            assert [one["slot"] for one in coming] == [slot]


class TestFiles:
    @pytest.mark.parametrize("text", [IN_CSV, IN_YAML])
    def test_a_file_in_either_language(self, shell: Shell, tmp_path: Path, text: str) -> None:
        file = tmp_path / "plan.txt"
        file.write_text(text, encoding="utf-8")
        assert (
            shell.do("leader", "programme", "import", str(file), "--dry-run")["programmes"][0]["code"] == "A"
        )
        assert len(shell.do("leader", "programme", "list")["programmes"]) == 2
        shell.do("leader", "programme", "import", str(file))
        made = {one["code"]: one for one in shell.do("leader", "programme", "list")["programmes"]}["A"]
        assert (made["kind"], made["on_outage"], made["take"]) == ("unannounced", "run_all", 1)
        assert made["recurs"] == "every month on the first working day"
        assert made["inspectors"] == ["supervisor", "registrar"]
        assert [(one["name"], one["weight"]) for one in made["sites"]] == [("1号泊位", "3"), ("堆场", "1")]

    def test_a_fault_in_one_row_puts_none_on_file_and_names_the_row(
        self, shell: Shell, tmp_path: Path
    ) -> None:
        file = tmp_path / "plan.csv"
        file.write_text("code,kind,title,rule,organisation,starts_on\nA,daily,t,every day,MGJ,\n"
                        "B,daily,t,sometimes,MGJ,soon\n", encoding="utf-8")  # fmt: skip
        said = shell.ask("leader", "programme", "import", str(file))
        assert said.status == 2
        assert [one["message"].partition(":")[0] for one in said.json["reasons"]] == ["B", "B"]
        assert len(shell.do("leader", "programme", "list")["programmes"]) == 2

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "a,b\n1,2\n",
            "code,colour\nA,red\n",
            "programmes: 3\n",
            "[[[",
            "- 1\n",
            "code,title\nA,b,c\n",
            "!!python/object:x {}\n",
        ],
    )
    def test_a_file_that_is_none(self, shell: Shell, tmp_path: Path, text: str) -> None:
        file = tmp_path / "plan"
        file.write_text(text, encoding="utf-8")
        refused(shell.ask("leader", "programme", "import", str(file)), 2, "bad_form")


class TestOutage:
    def test_tick_says_what_was_done_about_each_slot(self, shell: Shell) -> None:
        ended(shell)
        shell.do("leader", *ADD, *RULE, "--on-outage", "skip")
        told = shell.do("operator", "tick", at=MONDAY + timedelta(weeks=2))["inspections"]
        assert (told["opened"], told["missed"], told["skipped"], told["failed"]) == (1, 0, 2, 0)
        assert [(one["programme"], one["slot"], one["outcome"]) for one in told["slots"]] == [
            ("SPOT", "2026-09-07", "skipped"), ("SPOT", "2026-09-14", "skipped"), ("SPOT", "2026-09-21", "opened"),
        ]  # fmt: skip
        assert "not made up for" in told["slots"][0]["reason"]
        again = shell.do("operator", "tick", at=MONDAY + timedelta(weeks=2))["inspections"]
        assert (again["opened"], again["slots"]) == (0, [])
        slots = shell.do("supervisor", "programme", "slots", "SPOT")["slots"]
        assert [(one["slot"], one["outcome"], one["why"]) for one in slots] == [
            ("2026-09-21", "opened", ""), ("2026-09-14", "skipped", "outage"), ("2026-09-07", "skipped", "outage"),
        ]  # fmt: skip
        assert slots[0]["number"] == told["slots"][2]["number"]
        missed = shell.do("supervisor", "inspection", "list")["missed"]
        assert [(one["slot"], one["outcome"]) for one in missed] == [
            ("2026-09-14", "skipped"),
            ("2026-09-07", "skipped"),
        ]
        for who in ("officer", "officer2", "contractor", "district"):
            assert shell.do(who, "inspection", "list")["missed"] == [], "rounds that are none of theirs"

    def test_in_chinese(self, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
        ended(shell)
        shell.do("leader", *ADD, *RULE)
        shell.do("operator", "tick", at=MONDAY + timedelta(weeks=1))
        monkeypatch.setenv("PLUMBLINE_LANG", "zh")
        said = shell.run("programme", "slots", "--as", "leader").out
        assert "漏检" in said
        assert "补做" in said


class TestSampling:
    def draw(self, shell: Shell, tmp_path: Path, *more: str) -> dict[str, Any]:
        file = tmp_path / "sites.csv"
        file.write_text(BERTHS, encoding="utf-8")
        drawn: dict[str, Any] = shell.do(
            "leader", "sampling", "draw", str(file), "--take", "2", "--organisation", "MGJ", *more
        )
        return drawn

    def test_anyone_who_sees_the_rounds_draws_again(self, shell: Shell, tmp_path: Path) -> None:
        done = self.draw(shell, tmp_path, "--seed", "2026-09-01 开奖号 4471")
        assert len(done["drawn"]) == 2
        again = self.draw(shell, tmp_path, "--seed", "2026-09-01 开奖号 4471")
        assert (again["drawn"], again["digest"], again["id"] != done["id"]) == (
            done["drawn"],
            done["digest"],
            True,
        )
        verified = shell.do("supervisor", "sampling", "verify", str(done["id"]))
        assert verified == done | {"ok": True}
        assert shell.do("supervisor", "sampling", "show", str(done["id"])) == done
        assert [one["id"] for one in shell.do("leader", "sampling", "list")["draws"]] == [
            again["id"],
            done["id"],
        ]

    def test_a_fresh_seed_is_one_nobody_could_know(self, shell: Shell, tmp_path: Path) -> None:
        assert self.draw(shell, tmp_path)["seed"] != self.draw(shell, tmp_path)["seed"]

    def test_the_outcome_is_shown_on_the_day_and_not_before(self, shell: Shell, tmp_path: Path) -> None:
        done = self.draw(shell, tmp_path, "--shown-on", "2026-09-07")
        before, key = MONDAY - timedelta(hours=8, seconds=1), str(done["id"])  # 23:59:59 on Sunday
        seen = shell.do("supervisor", "sampling", "show", key, at=before)
        assert [seen[name] for name in ("drawn", "seed", "items", "digest")] == [None] * 4
        refused(shell.ask("supervisor", "sampling", "verify", key, at=before), 2, "not_shown_yet")
        assert shell.do("supervisor", "sampling", "list", at=before)["draws"][0]["drawn"] is None
        on_the_day = before + timedelta(seconds=1)
        assert shell.do("supervisor", "sampling", "verify", key, at=on_the_day)["drawn"] == done["drawn"]

    def test_the_place_of_an_unannounced_round(self, shell: Shell) -> None:
        ended(shell)
        shell.do("leader", *ADD, *RULE, *SITES)
        shell.do("operator", "tick", at=MONDAY - timedelta(hours=9))
        assert (
            shell.do("supervisor", "inspection", "list", at=MONDAY - timedelta(hours=9))["inspections"] == []
        )
        assert shell.do("leader", "sampling", "list")["draws"] == []  # not drawn yet: nobody can let it slip
        shell.do("operator", "tick", at=MONDAY)
        (one,) = shell.do("supervisor", "inspection", "list", at=MONDAY)["inspections"]
        (drawn,) = shell.do("supervisor", "sampling", "list", at=MONDAY)["draws"]
        shown = shell.do("supervisor", "inspection", "show", one["number"], at=MONDAY)
        assert drawn["drawn"] == [json.loads(json.dumps(shown))["values"]["place"]]
        assert shell.do("auditor", "sampling", "verify", str(drawn["id"]), at=MONDAY)["ok"] is True

    def test_who_may_not(self, shell: Shell, tmp_path: Path) -> None:
        key = str(self.draw(shell, tmp_path)["id"])
        file = str(tmp_path / "sites.csv")
        refused(
            shell.ask("supervisor", "sampling", "draw", file, "--take", "1", "--organisation", "MGJ"),
            1,
            "not_your_role",
        )
        refused(shell.ask("owner", "sampling", "verify", key), 2, "no_such_draw")
        refused(shell.ask("leader", "sampling", "verify", "999"), 2, "no_such_draw")

    @pytest.mark.parametrize(
        "text, code",
        [
            ("name,weight\na,0\n", "bad_form"),
            ("name\na\na\n", "named_twice"),
            ("", "bad_form"),
            ("name,weight\n,1\n", "bad_form"),
        ],
    )
    def test_a_list_that_is_none(self, shell: Shell, tmp_path: Path, text: str, code: str) -> None:
        file = tmp_path / "sites.csv"
        file.write_text(text, encoding="utf-8")
        refused(
            shell.ask("leader", "sampling", "draw", str(file), "--take", "1", "--organisation", "MGJ"),
            2,
            code,
        )

    def test_in_chinese(self, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        key = str(self.draw(shell, tmp_path)["id"])
        monkeypatch.setenv("PLUMBLINE_LANG", "zh")
        assert (
            "结果一致" in shell.run("sampling", "verify", key, "--as", "leader", "--at", NOON.isoformat()).out
        )
