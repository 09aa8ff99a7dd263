"""A database that is missing, locked, full, read-only, of another version, or no database: said, and nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from plumbline.database import sqlite
from tests.plumbline.shell import Said, Shell, behind, refused


def test_without_a_database_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLUMBLINE_HOME", str(tmp_path / "nothing"))
    refused(Shell(tmp_path, capsys).run("clue", "list", "--json", "--as", "officer"), 3, "no_database")
    assert not (tmp_path / "nothing").exists()


def test_a_file_that_is_no_database(shell: Shell, home: Path) -> None:
    (home / "plumbline.db").write_bytes(b"this is a letter, not a database. " * 200)
    refused(shell.ask("registrar", "clue", "list"), 3, "database_not_a_database")
    refused(shell.run("init", "--rehearsal", "--json"), 3, "database_not_a_database")


def test_a_database_that_is_a_folder(shell: Shell, home: Path) -> None:
    (home / "plumbline.db").unlink()
    (home / "plumbline.db").mkdir()
    refused(shell.ask("registrar", "clue", "list"), 3)


def test_an_empty_database_of_somebody_else(shell: Shell, home: Path) -> None:
    (home / "plumbline.db").unlink()
    with behind(home / "plumbline.db") as connection:
        connection.execute("CREATE TABLE other (id INTEGER)")
    refused(shell.ask("registrar", "clue", "list"), 3, "no_database")


@pytest.mark.parametrize("revision, code", [("v9999", "newer_schema"), ("", "older_schema")])
def test_a_schema_of_another_version(shell: Shell, home: Path, revision: str, code: str) -> None:
    with behind(home / "plumbline.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,) if revision else ("",))
        if not revision:
            connection.execute("DELETE FROM alembic_version")
    refused(shell.ask("registrar", "clue", "list"), 3, code)


def test_a_newer_schema_is_left_alone_by_init(shell: Shell, home: Path) -> None:
    with behind(home / "plumbline.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v9999'")
    refused(shell.run("init", "--rehearsal", "--json"), 3)


def test_a_database_that_somebody_holds(shell: Shell, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("plumbline.database").database.PRAGMAS, "busy_timeout", "50")
    form = shell.filled(shell.do("supervisor", "clue", "form")["fields"])
    holder = sqlite.connect(home / "plumbline.db", isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        assert shell.ask("registrar", "clue", "list").status == 0, "reading waits for nobody"
        refused(shell.ask("supervisor", "clue", "register", *form), 3, "database_locked")
        holder.execute("ROLLBACK")
    finally:
        holder.close()
    assert shell.ask("supervisor", "clue", "register", *form).status == 0


def test_a_database_that_may_only_be_read(shell: Shell, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    form = shell.filled(shell.do("supervisor", "clue", "form")["fields"])
    path = home / "plumbline.db"
    monkeypatch.setenv("PLUMBLINE_DATABASE_URL", f"sqlite:///file:{path}?mode=ro&uri=true")
    refused(shell.ask("supervisor", "clue", "register", *form), 3, "database_read_only")


def test_a_disk_that_is_full_loses_nothing(shell: Shell, home: Path) -> None:
    number = shell.register()
    script = (
        "import resource, signal, sys\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))\n"  # no file can grow beyond this any more
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from plumbline.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    form = shell.filled(shell.do("supervisor", "clue", "form")["fields"], problem="长" * 15_000)
    done = subprocess.run(
        [sys.executable, "-c", script, "clue", "register", *form, "--as", "supervisor", "--json"],
        capture_output=True, text=True, check=False, env=os.environ | {"PLUMBLINE_HOME": str(home)},
    )  # fmt: skip
    refused(Said(done.returncode, done.stdout, done.stderr), 3)
    assert done.stdout.count('"error"') == 1
    assert shell.do("registrar", "clue", "list")["clues"][0]["number"] == number
    assert shell.run("audit", "verify", "--json").status == 0


def test_a_postgresql_that_is_not_there(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMBLINE_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    refused(shell.ask("registrar", "clue", "list"), 3, "database_unreachable")


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "://"])
def test_a_database_url_that_is_none(shell: Shell, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("PLUMBLINE_DATABASE_URL", url)
    refused(shell.ask("registrar", "clue", "list"), 3, "database_unusable")


def test_a_folder_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PLUMBLINE_HOME", str(tmp_path / "file" / "home"))
    refused(Shell(tmp_path, capsys).run("init", "--rehearsal", "--json"), 3)
