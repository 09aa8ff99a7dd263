"""`plumbline attachment`: add, list, get, release, send; and what it says when a file is no good."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases import bad_files
from tests.plumbline.shell import Shell, refused
from tests.plumbline.test_sealed import convened, step


@pytest.fixture
def photo(tmp_path: Path) -> str:
    path = tmp_path / "基床.jpg"
    path.write_bytes(bad_files.photograph())
    return str(path)


def test_added_listed_and_got_back(shell: Shell, photo: str, tmp_path: Path) -> None:
    clue = shell.register()
    added = shell.do("supervisor", "attachment", "add", clue, photo, "--caption", "未验收")
    assert (added["number"], added["attachment"], added["name"], added["flags"], added["same_as"]) == (
        clue, 1, "基床.jpg", [], [])  # fmt: skip
    again = shell.do("registrar", "attachment", "add", clue, photo, "--name", "CON")
    assert (again["attachment"], again["name"], again["same_as"]) == (2, "_CON.jpg", [1])
    found = shell.do("head", "attachment", "list", clue)["attachments"]
    assert [(one["attachment"], one["caption"], one["added_by"]) for one in found] == [
        (1, "未验收", "supervisor"), (2, "", "registrar")]  # fmt: skip
    out = tmp_path / "out.jpg"
    got = shell.do("head", "attachment", "get", clue, "1", str(out))
    assert (got["sha256"], out.read_bytes()) == (added["sha256"], bad_files.photograph())
    assert "attachment.added" in [one["move"] for one in shell.do("head", "clue", "history", clue)["events"]]
    assert shell.run("audit", "verify", "--json").json["ok"] is True
    said = shell.run("attachment", "list", clue, "--as", "head")
    assert said.status == 0
    assert "未验收" in said.out


def test_released_to_the_members_and_noted(shell: Shell, photo: str, tmp_path: Path) -> None:
    numbers = convened(shell)
    clue, round_ = numbers["clue"][0], numbers["consultation"][0]
    shell.do("officer", "attachment", "add", clue, photo)
    made = shell.do("officer", "attachment", "release", round_, clue, "1", "--caption", "基床表面")
    assert [(one["attachment"], one["name"]) for one in made["released"]] == [(1, f"{round_}-1.jpg")]
    out = tmp_path / "seen.jpg"
    shell.do("owner", "attachment", "get", round_, "1", str(out))
    assert bad_files.SECRET_PLACE.encode() not in out.read_bytes()
    refused(shell.ask("owner", "attachment", "list", clue), 2, "no_such_number")
    told = shell.do("registrar", "clue", "disclosures", clue)["disclosures"]
    assert {line["to"] for line in told if "attachment/1" in line["fields"]} == {"GKJ", "QJN", "HTJ"}
    refused(shell.ask("officer", "attachment", "release", round_, clue, "1"), 1, "released_already")
    refused(shell.ask("leader", "attachment", "add", round_, photo), 1, "only_released")


def test_sent_with_an_escalation(shell: Shell, photo: str, tmp_path: Path) -> None:
    clue = shell.register()
    shell.do("registrar", "attachment", "add", clue, photo)
    step(shell, "clue", clue, "registrar", "register")
    step(shell, "clue", clue, "registrar", "escalate")
    number = shell.do("registrar", "escalation", "list")["escalations"][0]["number"]
    assert [
        one["attachment"] for one in shell.do("registrar", "attachment", "send", number, "1")["marked"]
    ] == [1]
    step(shell, "escalation", number, "leader", "approve")
    step(shell, "escalation", number, "registrar", "dispatch")
    packet = str(tmp_path / "packet")
    assert shell.do("registrar", "escalation", "packet", number, packet, "--attach", "1")["attachments"] == [
        1
    ]
    refused(shell.ask("registrar", "attachment", "send", number, "1"), 1, "already_dispatched")
    assert shell.do("district", "attachment", "list", number)["attachments"][0]["name"] == "基床.jpg"


@pytest.mark.parametrize("content, code", [
    (b"", "attachment_empty"), (b"MZ\0\0", "attachment_kind"), (b"<svg/>", "attachment_kind"),
    (bad_files.bomb(), "archive_bomb"), (bad_files.encrypted(), "archive_encrypted"),
    (bad_files.huge_png(), "image_too_large"), (b"x" * (20 << 20) + b"x", "attachment_too_large"),
])  # fmt: skip
def test_a_bad_file_is_bad_input_in_one_sentence(
    shell: Shell, tmp_path: Path, content: bytes, code: str
) -> None:
    clue = shell.register()
    path = tmp_path / "report.pdf"
    path.write_bytes(content)
    refused(shell.ask("registrar", "attachment", "add", clue, str(path)), 2, code)
    said = shell.run("attachment", "add", clue, str(path), "--as", "registrar")
    assert (said.status, said.out.count("Traceback"), len(said.err.strip().splitlines())) == (2, 0, 1)


def test_wrong_words(shell: Shell, photo: str, tmp_path: Path) -> None:
    clue = shell.register()
    shell.do("registrar", "attachment", "add", clue, photo)
    refused(shell.ask("registrar", "attachment", "add", clue, str(tmp_path / "nothing")), 2, "no_such_file")
    refused(shell.ask("registrar", "attachment", "add", clue, str(tmp_path)), 2, "no_such_file")
    refused(shell.ask("registrar", "attachment", "add", "MGJ-2026-9999", photo), 2, "no_such_number")
    refused(
        shell.ask("registrar", "attachment", "get", clue, "7", str(tmp_path / "x")), 2, "no_such_attachment"
    )
    refused(shell.ask("registrar", "attachment", "get", clue, "0", str(tmp_path / "x")), 2)
    refused(
        shell.ask("registrar", "attachment", "get", clue, "1", str(tmp_path / "no" / "x")), 2, "not_writable"
    )
    refused(shell.ask("auditor", "attachment", "add", clue, photo), 1, "not_your_role")
    refused(shell.ask("registrar", "attachment", "release", clue, clue, "1"), 1)


def test_a_damaged_attachment_is_refused_and_found_by_audit(shell: Shell, photo: str, tmp_path: Path) -> None:
    clue = shell.register()
    mark = shell.do("registrar", "attachment", "add", clue, photo)["sha256"]
    (shell.home / "evidence" / mark[:2] / mark[2:]).write_bytes(b"x")
    out = tmp_path / "out.jpg"
    refused(shell.ask("registrar", "attachment", "get", clue, "1", str(out)), 1, "attachment_damaged")
    assert not out.exists()
    said = shell.run("audit", "verify", "--json")
    assert (said.status, [(one["subject"], one["code"]) for one in said.json["faults"]]) == (
        1, [(clue, "attachment_damaged")])  # fmt: skip


def test_macros_are_told_of(shell: Shell, tmp_path: Path) -> None:
    clue = shell.register()
    path = tmp_path / "a.docm"
    path.write_bytes(bad_files.archive(bad_files.WORD_PARTS | {"word/vbaProject.bin": b"x"}))
    said = shell.run("attachment", "add", clue, str(path), "--as", "registrar")
    assert said.status == 0
    assert "do not enable them" in said.out
