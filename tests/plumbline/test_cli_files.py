"""Integrity files from the shell: opened, filled, asked for and approved; what a leaf says is never printed."""

from __future__ import annotations

import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from plumbline.file_keys import FILE
from tests.plumbline.shell import NOON, Shell, refused
from tests.plumbline.test_cli_risks import made, registered
from tests.plumbline.test_doctor import examined

MARK = "玄武岩7431"
WHO = {"subject": "郑海峰", "subject_unit": "港口工程公司"}


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal on which no number is folded."""
    monkeypatch.setenv("COLUMNS", "160")


def test_a_file_is_filled_and_shown_without_what_it_holds(shell: Shell, tmp_path: Path) -> None:
    number = registered(shell, "person-file", "registrar", **WHO)
    leaf = {"leaf_text": MARK, "leaf_signed_by": "郑海峰", "leaf_signed_on": "2026-09-01"}
    made(shell, "registrar", "person-file", number, "put_in_own", leaf_part="income", **leaf)
    unsigned = shell.ask("registrar", "person-file", "advance", number, "put_in_own", "--set", "leaf_part=income",
                         "--set", "leaf_text=x")  # fmt: skip
    refused(unsigned, 1, "leaf_unsigned")
    refused(shell.ask("registrar", "person-file", "register", *shell.filled(
        shell.do("registrar", "person-file", "form")["fields"], **WHO)), 1, "second_file")  # fmt: skip
    (line,) = shell.do("registrar", "file", "list")["people"]
    assert (line["number"], line["leaves"]) == (number, 1)
    assert "income" not in line["lacking"]
    assert [one["number"] for one in shell.do("leader", "file", "gaps")["people"]] == [number]
    reading = registered(shell, "file-reading", "officer", **WHO)
    made(shell, "leader", "file-reading", reading, "approve", file=number)
    slip = tmp_path / "slip.docx"
    shell.do("registrar", "documents", "issue", reading, "reading_slip", str(slip))
    with zipfile.ZipFile(slip) as packed:
        written = packed.read("word/document.xml").decode()
    assert "查阅审批单" in written
    assert number in written
    assert MARK not in written
    shown = shell.do("registrar", "file", "show", number)
    assert [one["number"] for one in shown["readings"]] == [reading]
    for words in (
        ("file", "show", number),
        ("file", "list"),
        ("person-file", "show", number),
        ("person-file", "history", number),
        ("file-reading", "show", reading),
        ("audit", "verify"),
    ):
        for who in ("registrar", "leader", "auditor"):
            assert MARK not in shell.ask(who, *words).out, words
            assert MARK not in shell.run(*words, "--as", who).out, words
    refused(shell.ask("officer", "file", "show", number), 2, "no_such_number")
    assert MARK.encode() not in b"".join(one.read_bytes() for one in shell.home.rglob("*") if one.is_file())
    assert shell.do("auditor", "audit", "verify")["ok"] is True


def test_a_project_s_file_lists_its_items(shell: Shell) -> None:
    number = registered(shell, "project-file", "registrar", project="PC")
    made(shell, "registrar", "project-file", number, "note_item", file_item="tender", item_state="complete")
    shown = shell.do("leader", "file", "show", number)
    assert {one["item"] for one in shown["each"] if one["settled"]} == {"tender"}
    assert "18" in shell.run("file", "list", "--as", "leader").out
    assert shell.do("contractor", "file", "list")["projects"] == []
    refused(shell.ask("contractor", "file", "show", number), 2, "no_such_number")


def test_a_tick_closes_a_reading_whose_time_is_over(shell: Shell) -> None:
    number = registered(shell, "person-file", "registrar", **WHO)
    reading = registered(shell, "file-reading", "officer", **WHO)
    made(shell, "leader", "file-reading", reading, "approve", file=number)
    assert shell.do("operator", "tick", at=NOON + timedelta(hours=23))["files"] == {"filed": 0}
    assert shell.do("officer", "file-reading", "show", reading)["state"] == "open"
    shell.do("operator", "tick", at=NOON + timedelta(hours=24))
    assert shell.do("officer", "file-reading", "show", reading)["state"] == "over"


def test_the_doctor_says_when_the_key_of_the_files_is_gone(shell: Shell) -> None:
    assert "file_key" not in examined(shell.home)
    number = registered(shell, "person-file", "registrar", **WHO)
    leaf = {"leaf_text": MARK, "leaf_signed_by": "郑海峰", "leaf_signed_on": "2026-09-01"}
    made(shell, "registrar", "person-file", number, "put_in_own", **leaf)
    assert examined(shell.home)["file_key"].status == "ok"
    (shell.home / "keys" / FILE).unlink()
    assert examined(shell.home)["file_key"].wrong
    sent = [word for name, value in leaf.items() for word in ("--set", f"{name}={value}")]
    refused(shell.ask("registrar", "person-file", "advance", number, "put_in_own", "--set", "leaf_part=gifts", *sent),
            1, "leaf_unreadable")  # fmt: skip
    assert examined(shell.home)["file_key"].wrong  # and no key was made in its place
