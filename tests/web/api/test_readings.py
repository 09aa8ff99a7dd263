"""What was put before somebody, asked for over the API after it ended: it does not exist."""

from __future__ import annotations

from tests.web.api import test_out_of_sight as sight
from tests.web.api.client import Client, refused

WORD = sight.WORDS["clue"]


def test_a_copy_that_was_withdrawn_is_in_no_answer(api: Client) -> None:
    number = sight.clue(api, "officer", WORD)
    sight.made(api, "officer", number, "copy_to", "clues", copied_to=["officer2"])
    assert "clue" in sight.read(api, "officer2", [number])
    sight.made(api, "leader", number, "withdraw_copy", "clues", no_longer_copied=["officer2"])
    assert sight.read(api, "officer2", [number]) == set()
    refused(api.ask("officer2", "GET", f"/clues/{number}"), 404, "no_such_number")
    [one] = api.get("officer", f"/clues/{number}")["readers"]
    assert (one["person"], one["why"], one["ended_by"]) == ("officer2", "released", "leader")


def test_whoever_gives_delegated_work_back_gets_an_answer_and_then_nothing(api: Client) -> None:
    number = sight.clue(api, "officer", WORD)
    sight.made(api, "officer", number, "delegate", "clues", delegate="officer2")
    sight.made(api, "officer2", number, "report_back", "clues")
    assert sight.read(api, "officer2", [number]) == set()
