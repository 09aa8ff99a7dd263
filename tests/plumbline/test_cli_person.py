"""One's own settings from the shell: checked, on record, really used; and nobody switches a statutory notice off."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plumbline.shell import Shell, refused


def test_one_sees_and_sets_how_one_is_told(shell: Shell) -> None:
    before = shell.do("officer", "person", "show")
    assert (before["channel"], before["told_by"], before["lang"]) == (None, "folder", "zh")
    shell.do("officer", "person", "lang", "en")
    shell.do("officer", "person", "channel", "folder")
    shell.do("officer", "person", "address", "li.ming@例子.公司")
    after = shell.do("officer", "person", "show")
    assert (after["channel"], after["lang"], after["email"]) == ("folder", "en", "li.ming@例子.公司")
    assert [(one["what"], one["before"], one["after"], one["by"]) for one in after["changes"]] == [
        ("email", "officer@example.org", "li.ming@例子.公司", "officer"),
        ("channel", None, "folder", "officer"),
        ("lang", "zh", "en", "officer"),
    ]
    assert shell.do("officer", "person", "channel", "office")["channel"] is None
    assert shell.do("officer", "person", "address", "-")["email"] is None


def test_what_changes_nothing_is_no_change_on_record(shell: Shell) -> None:
    assert shell.do("officer", "person", "lang", "en")["changed"]
    assert not shell.do("officer", "person", "lang", "en")["changed"]
    assert len(shell.do("officer", "person", "show")["changes"]) == 1


@pytest.mark.parametrize("word", ["none", "off", "NO", "never"])
def test_no_notice_is_switched_off(shell: Shell, word: str) -> None:
    said = shell.ask("officer", "person", "channel", word)
    refused(said, 2, "cannot_be_switched_off")
    assert "Statutory notices cannot be switched off" in said.json["message"]
    assert "cannot be switched off" in shell.run("person", "show", "--as", "officer").out


def test_a_channel_that_is_not_set_up_here_is_refused_and_those_there_are_named(shell: Shell) -> None:
    said = shell.ask("officer", "person", "channel", "wecom")
    refused(said, 2, "channel_not_set_up")
    assert "folder" in said.json["reasons"][0]["cure"]


@pytest.mark.parametrize(
    "given",
    ["li.ming", "@example.org", "li ming@example.org", "a@b@example.org", "li@example", "a@example.org\r\nBcc: b@x.org",
     "a@example.org\nX: y", "a@" + "x" * 300 + ".org", "李@example.org"],
)  # fmt: skip
def test_what_is_no_address_is_refused(shell: Shell, given: str) -> None:
    refused(shell.ask("officer", "person", "address", given), 2, "bad_address")
    assert shell.do("officer", "person", "show")["email"] == "officer@example.org"


def test_an_operator_sets_them_for_others_and_nobody_else_does(shell: Shell) -> None:
    assert shell.do("operator", "person", "lang", "en", "--for", "officer")["lang"] == "en"
    assert shell.do("officer", "person", "show")["changes"][0]["by"] == "operator"
    for who in ("head", "registrar", "auditor"):
        refused(shell.ask(who, "person", "lang", "zh", "--for", "officer"), 1, "not_your_role")
        refused(shell.ask(who, "person", "show", "--for", "officer"), 1, "not_your_role")
    refused(shell.ask("operator", "person", "lang", "zh", "--for", "nobody"), 2, "unknown_person")


def test_the_chosen_channel_is_used_and_one_that_is_gone_is_said(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLUMBLINE_WECOM_URL", "http://127.0.0.1:9/send?key=1")
    assert shell.do("registrar", "person", "channel", "wecom")["told_by"] == "wecom"
    shell.register()
    assert {
        one["recipient"]: one["channel"] for one in shell.do("registrar", "notices", "list")["notices"]
    } == {"registrar": "wecom"}
    monkeypatch.delenv("PLUMBLINE_WECOM_URL")
    shown = shell.run("person", "show", "--as", "registrar").out
    assert "wecom cannot reach you for now, so it is folder" in shown
    done = shell.do("registrar", "notices", "deliver")
    assert (done["delivered"], done["failed"], done["dead"]) == (1, 0, 0)
    (sent,) = shell.do("registrar", "notices", "list")["notices"]
    assert (sent["status"], sent["channel"]) == ("sent", "wecom")
    assert "is not set up here: it went into the folder" in sent["last_error"]
    shell.register()
    newest = shell.do("registrar", "notices", "list")["notices"][0]
    assert newest["channel"] == "folder"


def test_the_ledger_of_disclosures_from_the_top(shell: Shell, tmp_path: Path) -> None:
    clue = shell.register()
    paper = tmp_path / "a.pdf"
    made = shell.do("registrar", "documents", "issue", clue, "clue_received", str(paper))
    again = tmp_path / "again.pdf"
    shell.do("leader", "documents", "print", str(made["id"]), str(again))
    lines = shell.do("registrar", "disclosures", clue)["disclosures"]
    assert [(one["kind"], one["to"], one["by"], one["pages"]) for one in lines] == [
        ("paper", "实名举报人", "registrar", 2),
        ("paper", "实名举报人", "leader", 2),
    ]
    assert {one["sha256"] for one in lines} == {made["sha256"]}
    assert lines[0]["fields"] == ["number", "received_on", "today"]
    assert shell.do("registrar", "disclosures", clue, "--to", "BHJ")["disclosures"] == []
    refused(shell.ask("owner", "disclosures", clue), 2, "no_such_number")
    refused(shell.ask("registrar", "disclosures", "--to", "BHJ"), 2, "which_matter")
    assert "clue_received" not in shell.run("disclosures", clue, "--as", "registrar").err


def test_copies_and_lines_by_hand_are_disclosed_too(shell: Shell, tmp_path: Path) -> None:
    clue = shell.register()
    shell.do("registrar", "documents", "issue", clue, "clue_received", str(tmp_path / "a.docx"), "--copies-to",
             "滨海新区纪工委监察专员办", "--line", "联系电话=内线 203", "--attach", "清单")  # fmt: skip
    lines = shell.do("registrar", "disclosures", clue)["disclosures"]
    assert [(one["to"], one["pages"]) for one in lines] == [("实名举报人", None), ("BHJ", None)]
    assert {"联系电话", "attachments"} <= set(lines[0]["fields"])


def test_a_draft_and_a_paper_that_failed_are_no_disclosure(shell: Shell, tmp_path: Path) -> None:
    clue = shell.register()
    shell.do("registrar", "documents", "draft", clue, "clue_received", str(tmp_path / "a.pdf"))
    assert (
        shell.ask(
            "registrar", "documents", "issue", clue, "clue_received", str(tmp_path / "no" / "a.pdf")
        ).status
        == 3
    )
    assert shell.do("registrar", "disclosures", clue)["disclosures"] == []


def test_an_export_is_on_record_and_seen_by_those_who_see_every_clue(shell: Shell, tmp_path: Path) -> None:
    shell.register()
    path = tmp_path / "ledger.xlsx"
    made = shell.do("supervisor", "ledger", "export", str(path))
    for who in ("supervisor", "registrar", "auditor"):
        (line,) = shell.do(who, "disclosures")["exports"]
        assert (line["by"], line["count"], line["sha256"]) == ("supervisor", 1, made["sha256"])
    for who in ("owner", "officer", "district", "operator"):
        assert shell.do(who, "disclosures")["exports"] == []
    said = shell.ask("registrar", "ledger", "export", str(tmp_path / "none" / "out.xlsx"))
    assert "none/out.xlsx cannot be written" in said.json["message"]
    assert len(shell.do("registrar", "disclosures")["exports"]) == 1
    assert [one.name for one in tmp_path.glob("*ledger*")] == ["ledger.xlsx"]
    assert list(tmp_path.glob("*out*")) == []
