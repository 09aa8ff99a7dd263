"""Whatever is typed wrongly: one clear sentence, the right exit status, never a traceback, nothing half-done."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from states import form_values
from states.refusals import BAD_INPUT
from tests.plumbline.shell import Shell, behind, events, refused

LONG = "长" * 400_000  # more than a megabyte in UTF-8

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


def test_every_fault_of_a_form_is_bad_input_not_a_refusal_by_rule() -> None:
    """The exit status tells a typing error (2) from a rule of the office (1); a new code must not fall between."""
    source = Path(form_values.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'BadValue\(\s*"(\w+)"', source)) | {"missing", "empty", "unknown_field"}
    assert len(codes) > 10
    assert codes <= BAD_INPUT
