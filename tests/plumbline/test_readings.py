"""What was put before somebody is out of their reach once that ends, through every door of the shell."""

from __future__ import annotations

from pathlib import Path

from tests.plumbline.reaching import reached, sent
from tests.plumbline.shell import Shell, refused
from tests.plumbline.test_cli_rounds import with_an_officer
from tests.plumbline.test_sealed import step

WORD = "赤壁回声zq"


def test_a_copy_that_was_withdrawn_is_reached_by_no_command(shell: Shell, tmp_path: Path) -> None:
    clue = with_an_officer(shell, "officer", title=WORD)
    assert WORD not in reached(shell, "officer2", {"clue": [clue]}, folder=tmp_path)
    step(shell, "clue", clue, "officer", "copy_to", copied_to="officer2")
    assert WORD in reached(shell, "officer2", {"clue": [clue]}, folder=tmp_path)
    step(shell, "clue", clue, "officer", "withdraw_copy", no_longer_copied="officer2")
    assert WORD not in reached(shell, "officer2", {"clue": [clue]}, folder=tmp_path)
    assert WORD not in sent(shell)
    refused(shell.ask("officer2", "clue", "show", clue), 2, "no_such_number")
    [one] = shell.do("officer", "clue", "show", clue)["readers"]
    assert (one["person"], one["ground"], one["why"], one["ended_by"]) == (
        "officer2",
        "copy_to",
        "released",
        "officer",
    )
    assert shell.run("audit", "verify", "--json").json["ok"]


def test_whoever_gives_work_back_is_told_that_it_is_done_and_reads_no_more(
    shell: Shell, tmp_path: Path
) -> None:
    clue = with_an_officer(shell, "officer", title=WORD)
    step(shell, "clue", clue, "officer", "delegate", delegate="officer2")
    step(shell, "clue", clue, "officer2", "report_back")
    assert WORD not in reached(shell, "officer2", {"clue": [clue]}, folder=tmp_path)
