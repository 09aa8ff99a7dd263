"""People from the shell: how a real office is entered, and how an account ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases import tokens
from plumbline import clock
from plumbline.settings import Settings
from plumbline.work import Work
from tests.plumbline.shell import Shell, refused


@pytest.fixture
def real(real_home: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """The shell on a real database with nobody in it."""
    return Shell(real_home, capsys, at=None)


def test_a_real_office_is_entered_from_nothing(real: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def done(*words: str) -> None:
        answer = real.run(*words, "--json")
        assert answer.status == 0, answer

    done(
        "organisation",
        "add",
        "MGJ",
        "--kind",
        "commission",
        "--name-zh",
        "港口集团纪委",
        "--name-en",
        "Port Group",
    )
    done("people", "add", "admin1", "--name", "蒋平", "--organisation", "MGJ", "--role", "operator")
    refused(real.run("people", "add", "x1", "--name", "x", "--organisation", "MGJ", "--json"), 2, "who_acts")
    work = Work.open(Settings())
    with work.unit() as session:
        token = tokens.issue(session, "admin1", at=clock.now()).token
    work.engine.dispose()
    monkeypatch.setenv("PLUMBLINE_USER", "admin1")
    monkeypatch.setenv("PLUMBLINE_TOKEN", token)
    done("project", "add", "PC", "--name", "港口中心项目", "--organisation", "MGJ")
    done(
        "people",
        "add",
        "zhou",
        "--name",
        "周正",
        "--organisation",
        "MGJ",
        "--role",
        "supervisor",
        "--project",
        "PC",
    )
    done("people", "post", "zhou", "--role", "officer", "--organisation", "MGJ")
    done("people", "unpost", "zhou", "--role", "officer", "--organisation", "MGJ")
    people = real.run("people", "list", "--json").json["people"]
    assert [one["login"] for one in people] == ["admin1", "zhou"]
    assert people[1]["postings"] == [{"role": "supervisor", "organisation": "MGJ", "project": "PC"}]
    invited = real.run("people", "invite", "zhou", "--json").json
    assert invited["link"].startswith("http://127.0.0.1:8400/welcome/")
    monkeypatch.setenv("PLUMBLINE_USER", "zhou")
    refused(real.run("people", "list", "--json"), 1, "token_refused")


def test_a_real_database_says_how_its_first_administrator_comes_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLUMBLINE_HOME", str(tmp_path / "new"))
    shell = Shell(tmp_path / "new", capsys, at=None)
    said = shell.run("init")
    assert said.status == 0
    assert "http://127.0.0.1:8400/welcome/" in said.out
    again = shell.run("init", "--json").json
    assert again["first_link"] not in (None, said.out.strip().splitlines()[-1])
    monkeypatch.setenv("PLUMBLINE_HOME", str(tmp_path / "rehearsal"))
    assert shell.run("init", "--rehearsal", "--json").json["first_link"] is None


def test_an_account_ends_from_the_shell(shell: Shell) -> None:
    number = shell.register()
    shell.do(
        "operator",
        "people",
        "add",
        "watcher",
        "--name",
        "石磊",
        "--organisation",
        "MGJ",
        "--role",
        "supervisor",
    )
    pack = shell.do("registrar", "people", "pack", "supervisor")
    assert [one["number"] for one in pack["matters"]] == [number]
    words = ["people", "end", "supervisor", "--reason", "调离"]
    refused(shell.ask("registrar", *words), 1, "no_successor")
    made = shell.do("registrar", *words, "--to", "watcher")
    (waiting,) = shell.do("head", "people", "ends")["ends"]
    assert (waiting["person"], waiting["pack"]["unseen"]) == ("supervisor", 0)
    assert shell.do("leader", "people", "ends") == {"ends": []}
    refused(shell.ask("leader", "people", "approve", str(made["id"])), 2, "no_such_number")
    refused(shell.ask("registrar", "people", "approve", str(made["id"])), 1, "second_person")
    done = shell.do("head", "people", "approve", str(made["id"]))
    assert done["passed"][number] == "watcher"
    refused(shell.ask("supervisor", "clue", "list"), 2, "unknown_person")
    assert shell.run("audit", "verify", "--json").json["ok"]


def test_an_end_is_decided_against(shell: Shell) -> None:
    made = shell.do("operator", "people", "end", "auditor", "--reason", "x")
    assert shell.do("head", "people", "keep", str(made["id"]))["status"] == "refused"
    assert shell.do("auditor", "clue", "list")["total"] == 0


def test_binding_needs_a_provider(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(shell.ask("operator", "people", "bind", "officer", "u-1"), 2, "no_provider")
    monkeypatch.setenv("PLUMBLINE_OIDC_ISSUER", "https://id.example.org")
    refused(shell.ask("operator", "people", "bind", "officer", "u-1"), 2)
    monkeypatch.setenv("PLUMBLINE_OIDC_CLIENT_ID", "plumbline")
    assert shell.do("operator", "people", "bind", "officer", "u-1")["issuer"] == "https://id.example.org"
    refused(shell.ask("head", "people", "bind", "officer", "u-1"), 1, "not_your_role")
