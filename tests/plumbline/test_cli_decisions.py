"""The registers of decisions and interference from the shell."""

from __future__ import annotations

import pytest

from tests.plumbline.shell import Shell, refused
from tests.plumbline.test_cli_risks import made, registered


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal on which no number is folded."""
    monkeypatch.setenv("COLUMNS", "160")


def test_a_decision_taken_by_one_of_seven_is_a_gap_until_it_is_a_clue(shell: Shell) -> None:
    number = registered(shell, "decision", "registrar", project="PC")
    made(shell, "registrar", "decision", number, "hold_meeting", entitled="7")
    made(shell, "registrar", "decision", number, "note_attendance", attendee="书记")
    made(shell, "registrar", "decision", number, "note_view", attendee="书记")
    made(shell, "registrar", "decision", number, "decide")
    (gap,) = shell.do("registrar", "decision", "gaps", "--project", "PC")["gaps"]
    assert (gap["number"], gap["gap"]) == (number, "below_quorum")
    assert number in shell.run("decision", "gaps", "--as", "registrar").out
    assert "书记" in shell.run("decision", "record", number, "--as", "registrar").out
    made(shell, "registrar", "decision", number, "record_finding", gap="below_quorum")
    assert shell.do("registrar", "decision", "gaps")["gaps"] == []
    assert [one["settled"] for one in shell.do("registrar", "decision", "gaps", "--settled")["gaps"]] == [
        True
    ]
    assert shell.do("contractor", "decision", "gaps", "--settled")["gaps"] == []
    refused(shell.ask("contractor", "decision", "record", number), 2, "no_such_number")


def test_interference_is_recorded_and_reported(shell: Shell) -> None:
    number = registered(shell, "interference", "officer", project="PC")
    assert made(shell, "officer", "interference", number, "report_it")["state"] == "reported"
    refused(shell.ask("owner", "interference", "show", number), 2, "no_such_number")
