"""How a command ends: closed pipes, poor terminals, Ctrl-C, and the program's own faults."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from plumbline.shell import failures
from tests.plumbline.shell import NOON, Shell, behind, refused


def started(home: Path, *words: str, **environment: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "plumbline.cli", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=os.environ | {"PLUMBLINE_HOME": str(home)} | environment,
    )  # fmt: skip


def test_a_closed_pipe_is_no_complaint(shell: Shell, home: Path) -> None:
    for _ in range(3):
        shell.register()
    process = started(home, "rulebook", "diagram", "clue")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")


def test_a_terminal_of_1970_is_spoken_to_in_ascii(shell: Shell, home: Path) -> None:
    shell.register()
    poor = {"LC_ALL": "C", "LANG": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "COLUMNS": "20"}
    for words in (["clue", "list"], ["clue", "list", "--json"], ["clue", "show", "无", "--json"]):
        process = started(home, *words, "--as", "registrar", **poor)
        out, err = process.communicate(timeout=60)
        assert process.returncode == (2 if "show" in words else 0), err
        out.decode("ascii")
        err.decode("ascii")
        if "--json" in words:
            json.loads(out)


def test_ctrl_c_ends_without_a_traceback(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("plumbline.shell.opening.open_work", interrupted)
    said = shell.ask("registrar", "clue", "list")
    assert said.status == 130
    assert "Traceback" not in said.err


def test_a_fault_of_the_program_is_one_sentence_and_a_file(
    shell: Shell, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("the secret of the title")

    monkeypatch.setattr("cases.listing.matters", broken)
    said = shell.ask("registrar", "clue", "list")
    refused(said, 3, "internal")
    assert "secret" not in said.out + said.err
    kept = home / "last-fault.txt"
    assert "ZeroDivisionError" in kept.read_text(encoding="utf-8")
    assert kept.stat().st_mode & 0o077 == 0


def test_a_copy_of_the_file_is_verified_without_touching_it(shell: Shell, home: Path, tmp_path: Path) -> None:
    shell.register()
    copy = tmp_path / "copy.db"
    with behind(home / "plumbline.db") as source, behind(copy) as target:
        source.backup(target)
    assert shell.run("audit", "verify", str(copy), "--json").json["ok"] is True
    with behind(copy) as connection:
        connection.execute("UPDATE matter SET state = 'concluded'")
    said = shell.run("audit", "verify", str(copy), "--json")
    assert (said.status, said.json["ok"], said.json["faults"][0]["code"]) == (1, False, "row_changed")
    (tmp_path / "letter.db").write_bytes(b"x" * 5000)
    refused(shell.run("audit", "verify", str(tmp_path / "letter.db"), "--json"), 3, "database_not_a_database")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["copy.db", "letter.db"]


def test_help_comes_at_once() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys; from plumbline.cli import main; main(['--help']); print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    ).stdout.splitlines()[-1].split()  # fmt: skip
    assert not {"pandas", "prefect", "sqlalchemy", "pydantic", "alembic", "rich"} & set(loaded)


def test_every_exception_that_has_an_answer_exists() -> None:
    for name in failures._ANSWERS:
        module, _, attribute = name.rpartition(".")
        assert issubclass(getattr(importlib.import_module(module), attribute), BaseException), name


def test_a_late_reader_reads_the_same(shell: Shell) -> None:
    """`--at` before the last event works: a clock may have been set back."""
    number = shell.register()
    assert shell.ask("registrar", "clue", "show", number, at=NOON - timedelta(days=30)).status == 0


def test_it_says_which_version_it_is(shell: Shell) -> None:
    said = shell.run("--version")
    assert (said.status, said.out.split()[0]) == (0, "plumbline")
