"""Whatever is typed wrongly: one clear sentence, the right exit status, never a traceback, nothing half-done."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from plumbline.database import sqlite
from plumbline.shell import failures
from tests.plumbline.shell import NOON, Said, Shell

LONG = "长" * 400_000  # more than a megabyte in UTF-8


def refused(said: Said, status: int, *codes: str) -> None:
    """A refusal in JSON: exit status, a sentence, every reason with its code; and nothing that looks like Python."""
    assert said.status == status, said
    answer = said.json
    assert set(answer) >= {"error", "message", "reasons"}
    assert answer["message"].strip()
    assert all(set(reason) >= {"code", "message", "cure"} for reason in answer["reasons"])
    assert set(codes) <= {answer["error"], *(reason["code"] for reason in answer["reasons"])}, answer
    assert "Traceback" not in said.out + said.err


@contextmanager
def behind(path: Path) -> Iterator[Any]:
    """The database's file, opened by something that is not Plumbline."""
    with closing(sqlite.connect(path)) as connection, connection:
        yield connection


def events(shell: Shell) -> int:
    return int(shell.run("audit", "verify", "--json").json["events"])


WORDS: dict[str, tuple[list[str], int, str]] = {
    "no such command": (["clue", "fly"], 2, "usage"),
    "no such option": (["clue", "list", "--fast"], 2, "usage"),
    "a missing argument": (["clue", "show"], 2, "usage"),
    "a limit of nothing": (["clue", "list", "--limit", "0"], 2, "usage"),
    "a limit that is no number": (["clue", "list", "--limit", "many"], 2, "usage"),
    "a limit beyond counting": (["clue", "list", "--limit", "9" * 40], 2, "usage"),
    "an unknown number": (["clue", "show", "MGJ-2026-9999"], 2, "no_such_number"),
    "a number that is a path": (["clue", "show", "../../etc/passwd"], 2, "no_such_number"),
    "a number with quotes": (["clue", "show", "' OR 1=1 --"], 2, "no_such_number"),
    "a number with an escape": (["clue", "moves", "\x1b]0;owned\x07"], 2, "no_such_number"),
    "a number that is empty": (["clue", "history", ""], 2, "no_such_number"),
    "an unknown state": (["clue", "list", "--state", "discoverd"], 2, "unknown_state"),
    "an unknown deadline": (["deadlines", "explain", "4711"], 2, "no_such_deadline"),
    "a deadline beyond counting": (["deadlines", "explain", "9" * 30], 2, "usage"),
    "a horizon that is no instant": (["deadlines", "list", "--until", "tomorrow"], 2, "not_an_instant"),
    "a horizon without offset": (
        ["deadlines", "list", "--until", "2026-09-01T10:00"],
        2,
        "timezone_required",
    ),
    "a day that does not exist": (
        ["calendar", "due", "--from", "2026-02-30", "--for", "1 month"],
        2,
        "not_a_day",
    ),
    "a period that is none": (
        ["calendar", "due", "--from", "2026-02-01", "--for", "soon"],
        2,
        "not_a_period",
    ),
    "a period without end": (
        ["calendar", "due", "--from", "2026-02-01", "--for", "99999 months"],
        2,
        "outside_calendar",
    ),
    "hours from a day": (
        ["calendar", "due", "--from", "2026-02-01", "--for", "24 hours"],
        2,
        "not_an_instant",
    ),
    "a rulebook that is not there": (["rulebook", "check", "nowhere.yaml"], 2, ""),
    "a machine that is not there": (["rulebook", "diagram", "airport"], 2, "unknown_machine"),
    "a notice that is not dead": (["notices", "revive", "4711"], 1, "not_dead"),
    "a file to verify that is not there": (["audit", "verify", "nowhere.db"], 2, "no_such_file"),
}


@pytest.mark.parametrize("what", WORDS)
def test_the_shell_answers(shell: Shell, what: str) -> None:
    words, status, code = WORDS[what]
    said = shell.ask("registrar", *words)
    if code:
        refused(said, status, code)
    assert said.status == status
    assert "\x1b" not in said.out + said.err


@pytest.mark.parametrize("what", [what for what, (_, _, code) in WORDS.items() if code])
def test_people_read_a_sentence_on_standard_error(shell: Shell, what: str) -> None:
    words, status, _ = WORDS[what]
    said = shell.run(*words, "--as", "registrar")
    assert said.status == status
    assert said.out == ""
    assert said.err.strip()
    assert "Traceback" not in said.err
    assert "\x1b" not in said.err


FORMS: dict[str, tuple[list[str], str]] = {
    "a field without a value": (["title"], "not_a_field"),
    "a field without a name": (["=x"], "not_a_field"),
    "an unknown field": (["titel=x"], "unknown_field"),
    "a field that is not for clients": (["state=concluded"], "unknown_field"),
    "nothing but blanks": (["title=  \u3000\u200b"], "empty"),
    "a title that is too long": (["title=" + "x" * 201], "too_long"),
    "a megabyte": ([f"problem={LONG}"], "too_long"),
    "a control character": (["title=a\x07b"], "bad_character"),
    "a right-to-left mark": (["title=a\u202eb"], "bad_character"),
    "half of a character": (["title=a\ud800b"], "bad_character"),
    "a choice there is not": (["kind=gossip"], "not_a_choice"),
    "a day that does not exist": (["received_on=2026-02-30"], "no_such_date"),
    "a day written another way": (["received_on=31/04/2026"], "not_a_date"),
    "a day to come": (["received_on=2026-09-02"], "in_future"),
    "a project nobody knows": (["project=NOWHERE"], "unknown_reference"),
    "a truth that is none": (["real_name=perhaps"], "not_a_boolean"),
}


@pytest.mark.parametrize("what", FORMS)
def test_registering_with(shell: Shell, what: str) -> None:
    pairs, code = FORMS[what]
    form = shell.filled(shell.do("supervisor", "clue", "form")["fields"])
    given = {pair.partition("=")[0] for pair in pairs}
    kept = [word for word in form if word != "--set" and word.partition("=")[0] not in given]
    words = [word for pair in (*kept, *pairs) for word in ("--set", pair)]
    refused(shell.ask("supervisor", "clue", "register", *words), 2, code)
    assert events(shell) == 0


def test_all_that_is_wrong_with_a_form_is_said_at_once(shell: Shell) -> None:
    said = shell.ask("supervisor", "clue", "register", "--set", "titel=x", "--set", "received_on=2026-02-30")
    refused(said, 2, "bad_form", "unknown_field", "no_such_date", "missing")


def test_a_field_given_twice_is_not_quietly_the_last(shell: Shell) -> None:
    refused(
        shell.ask("supervisor", "clue", "register", "--set", "title=a", "--set", "title=b"), 2, "given_twice"
    )


def test_a_clue_marked_state_secret_is_refused_by_rule(shell: Shell) -> None:
    form = shell.filled(shell.do("supervisor", "clue", "form")["fields"], classification="state_secret")
    said = shell.ask("supervisor", "clue", "register", *form)
    refused(said, 1)
    assert said.json["reasons"][0]["cure"]
    assert events(shell) == 0


def test_somebody_without_the_role_is_told_who_has_it(shell: Shell) -> None:
    form = shell.filled(shell.do("supervisor", "clue", "form")["fields"])
    refused(shell.ask("contractor", "clue", "register", *form), 1, "not_your_role")


def test_moves_that_cannot_be_made(shell: Shell) -> None:
    number = shell.register()
    refused(shell.ask("registrar", "clue", "advance", number, "regster"), 2, "unknown_move")
    refused(shell.ask("registrar", "clue", "advance", number, "archive"), 1, "wrong_state")
    refused(
        shell.ask("registrar", "clue", "advance", number, "register", "--expect", "7"), 1, "moved_meanwhile"
    )
    refused(shell.ask("registrar", "clue", "advance", number, "register", "--expect", "0"), 2, "usage")
    refused(shell.ask("registrar", "clue", "advance", number, "register", "--key", ""), 2, "bad_key")
    refused(shell.ask("registrar", "clue", "advance", number, "register", "--key", "k" * 201), 2, "bad_key")
    assert events(shell) == 1


@pytest.mark.parametrize(
    "instant, code",
    [
        ("yesterday", "not_an_instant"),
        ("2026-09-01", "timezone_required"),
        ("2026-09-01T10:00", "timezone_required"),
        ("0001-01-01T00:00+14:00", "out_of_range"),
        ("9999-12-31T23:59-12:00", "out_of_range"),
        ("2026-02-30T10:00+08:00", "not_an_instant"),
    ],
)
def test_an_instant_that_is_none(shell: Shell, instant: str, code: str) -> None:
    refused(shell.run("clue", "list", "--json", "--as", "registrar", "--at", instant), 2, code)


def test_nobody_acts_unnamed(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(shell.run("clue", "list", "--json"), 2, "who_acts")
    refused(shell.run("clue", "list", "--json", "--as", "regstrar"), 2, "unknown_person")
    refused(shell.run("clue", "list", "--json", "--as", ""), 2, "who_acts")
    monkeypatch.setenv("PLUMBLINE_USER", "registrar")
    assert shell.run("clue", "list", "--json").status == 0


def test_settings_that_do_not_fit_are_named(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMBLINE_LANG", "fr")
    said = shell.run("clue", "list", "--json", "--as", "registrar")
    refused(said, 2, "bad_setting")
    assert "PLUMBLINE_LANG" in said.json["message"]


def test_a_text_may_come_from_a_file(shell: Shell, tmp_path: Path) -> None:
    story = tmp_path / "story.txt"
    story.write_text("\ufeffA long story.\nWith two lines = all true.", encoding="utf-8")
    number = shell.register(problem=f"@{story}", title="@@handle = x")
    values = shell.do("registrar", "clue", "show", number)
    assert values["values"]["problem"] == "A long story.\nWith two lines = all true."
    assert values["title"] == "@handle = x"


def test_files_that_are_no_text(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes("ü".encode("latin-1"))
    (tmp_path / "huge.txt").write_bytes(b"x" * 1_000_001)
    for name, code in (
        ("none.txt", "no_such_file"),
        ("latin.txt", "not_utf8"),
        ("huge.txt", "too_long"),
        ("", "no_such_file"),
    ):
        said = shell.ask("supervisor", "clue", "register", "--set", f"problem=@{tmp_path / name}")
        refused(said, 2, code)


def test_terminal_escapes_in_a_title_are_shown_not_obeyed(shell: Shell, home: Path) -> None:
    number = shell.register()
    with behind(
        home / "plumbline.db"
    ) as connection:  # as an older version or another program may have left it
        connection.execute("UPDATE matter SET title = ?", ("\x1b]0;owned\x07\x9b2J \u202eabc",))
    for words in (["clue", "list"], ["clue", "show", number]):
        for said in (shell.run(*words, "--as", "registrar"), shell.ask("registrar", *words)):
            assert said.status == 0
            for sign in ("\x1b", "\x07", "\x9b", "\u202e"):
                assert sign not in said.out
    assert json.loads(shell.ask("registrar", "clue", "show", number).out)["title"].startswith("\x1b]0;owned")


# ------------------------------------------------------------------------------------------------ the database


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


# ---------------------------------------------------------------------------------------- a real database


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


# ------------------------------------------------------------------------------------------ endings


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
