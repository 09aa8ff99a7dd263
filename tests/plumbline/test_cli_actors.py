"""Who may say who they are: anybody in a rehearsal, whoever holds a token in a real database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plumbline.shell import NOON, Shell, behind, refused


def test_a_real_database_takes_no_names_and_no_instants(
    real_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(real_home, capsys, at=None)
    said = shell.run("clue", "list", "--json", "--as", "officer")
    refused(said, 2, "rehearsal_only")
    assert "--as" in said.json["message"]
    refused(shell.run("tick", "--json", "--at", NOON.isoformat()), 2, "rehearsal_only")
    refused(shell.run("init", "--json", "--at", NOON.isoformat()), 2, "rehearsal_only")
    refused(shell.run("clue", "list", "--json"), 2, "who_acts")
    assert shell.run("tick", "--json").status == 0
    assert shell.run("audit", "verify", "--json").status == 0


def test_a_real_database_does_not_become_a_rehearsal(
    real_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert Shell(real_home, capsys).run("init", "--rehearsal", "--sample", "--json").status in (2, 3)


def made_real(home: Path) -> None:
    with behind(home / "plumbline.db") as connection:
        connection.execute("UPDATE installation SET rehearsal = 0")


def test_a_token_proves_who_acts(shell: Shell, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_real(home)
    token = shell.run("token", "issue", "officer", "--json").json["token"]
    monkeypatch.setenv("PLUMBLINE_USER", "officer")
    refused(shell.run("clue", "list", "--json"), 2, "no_token")
    monkeypatch.setenv("PLUMBLINE_TOKEN", token)
    assert shell.run("clue", "list", "--json").json == {"clues": [], "total": 0}
    monkeypatch.setenv("PLUMBLINE_USER", "head")
    refused(shell.run("clue", "list", "--json"), 1, "token_refused")
    monkeypatch.setenv("PLUMBLINE_USER", "officer")
    assert shell.run("token", "revoke", "officer", "--json").json["revoked"] == 1
    refused(shell.run("clue", "list", "--json"), 1, "token_refused")


def test_the_token_itself_is_kept_nowhere(shell: Shell, home: Path) -> None:
    token = shell.run("token", "issue", "officer", "--json").json["token"]
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert token.encode() not in kept
    assert token not in shell.run("token", "list", "--json").out
    refused(shell.run("token", "issue", "nobody", "--json"), 2, "unknown_person")
