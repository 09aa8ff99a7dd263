"""Attachments that come back with an answer: by file and by wire, once each, with their hashes and a line in the ledger."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from cases import canonical, disclosures, enclosures, packets
from cases.packets import SignedReply
from plumbline.attaching import Attaching
from tests.cases import bad_files
from tests.plumbline.exhibits import add, answer, blobs, content, events, listed, rows
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Two, refusal
from tests.plumbline.test_exchange import resealed

PDF = bad_files.pdf()


def mark(two: Two, number: str, *numbers: int, who: str = "district") -> list[int]:
    return [one.number for one in Attaching(two.district.work).send(number, numbers, actor=who, at=NOON)]


def signed_for(two: Two) -> tuple[str, str]:
    """An escalation that the district has signed for: its number at the sender's, and there."""
    ours = two.port.escalated()
    theirs = two.received(ours)
    two.district.move("district", theirs, "sign_for")
    return ours, theirs


def answered(two: Two) -> tuple[str, str]:
    """The same, with a paper that goes with the answer."""
    ours, theirs = signed_for(two)
    added = add(two.district, theirs, PDF, name="批复.pdf", caption="批复件", who="district")
    assert mark(two, theirs, added.number) == [added.number + 1]
    two.district.move("district", theirs, "instruct")
    return ours, theirs


def version(data: bytes) -> int:
    return int(canonical.read(data)["version"])


def arrived(two: Two, number: str) -> list[tuple[str, str, str]]:
    return [(one["name"], one["how"], one["added_by"]) for one in listed(two.port, number, who="registrar")]


CAME = [("批复.pdf", "arrived", "site:BHJ")]


def test_by_file_it_arrives_with_the_answer_as_it_left(two: Two) -> None:
    ours, theirs = answered(two)
    data = two.reply(theirs)
    assert version(data) == 2
    assert two.taken(data)[1]
    assert arrived(two, ours) == CAME
    assert content(two.port, ours, 1, who="registrar") == PDF
    assert events(two.port, ours)[-1][2]["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert two.port.sound()
    assert two.district.sound()


def test_by_wire_it_arrives_with_the_answer_and_once(two: Two) -> None:
    ours, _ = answered(two)
    question = two.port.end.question(ours, at=NOON)
    assert question is not None
    for new in (True, False):
        data = two.district.end.answer_question(question, at=NOON)
        assert two.port.end.take_reply(data, actor=None, at=NOON).new is new
    assert arrived(two, ours) == CAME
    assert (rows(two.port), blobs(two.port)) == (1, 1)


def test_one_that_is_added_after_the_receipt_comes_with_the_next_reply(two: Two) -> None:
    ours, theirs = signed_for(two)
    assert two.taken(two.reply(theirs)) == ("signed_for", True)
    mark(two, theirs, add(two.district, theirs, PDF, name="批复.pdf", who="district").number)
    assert two.taken(two.reply(theirs)) == ("signed_for", True)
    assert arrived(two, ours) == CAME
    assert two.taken(two.reply(theirs)) == ("signed_for", False)


def test_the_ledger_says_that_it_left(two: Two) -> None:
    _, theirs = answered(two)
    for _ in range(2):
        two.reply(theirs)
    with two.district.work.reading() as session:
        lines = disclosures.known(session, two.district.work.office, theirs, actor="district", told="MGJ")
    replies = [one for one in lines if one["kind"] == "reply"]
    assert [one["fields"][0] for one in replies] == ["attachment/2"], "once, however often it is written"


def test_without_attachments_a_reply_is_what_it_was(two: Two) -> None:
    _, theirs = signed_for(two)
    data = two.reply(theirs)
    assert version(data) == 1
    assert "attachments" not in canonical.read(data)["content"]


def test_nothing_goes_that_was_not_marked(two: Two) -> None:
    _, theirs = signed_for(two)
    add(two.district, theirs, PDF, name="内部.pdf", who="district")
    assert version(two.reply(theirs)) == 1


@pytest.mark.parametrize("changes", [
    {"sha256": "0" * 64}, {"size": 5}, {"data": base64.b64encode(b"another").decode()}, {"name": "a.exe"},
])  # fmt: skip
def test_one_that_is_not_as_told_lets_nothing_in(two: Two, changes: dict[str, Any]) -> None:
    _, theirs = answered(two)
    data = two.reply(theirs)
    (enclosed,) = canonical.read(data)["content"]["attachments"]
    bad = resealed(data, two.district.end.keys, attachments=[enclosed | changes])
    before = two.port.everything(), rows(two.port), blobs(two.port)
    assert refusal(lambda: two.taken(bad)) == "bad_attachment"
    assert (two.port.everything(), rows(two.port), blobs(two.port)) == before
    assert two.taken(data)[1], "the good one still comes in"


@pytest.mark.parametrize("wrong", [{"version": 1}, {"version": 3}])
def test_a_version_that_does_not_fit_is_refused(two: Two, wrong: dict[str, int]) -> None:
    _, theirs = answered(two)
    envelope = canonical.read(two.reply(theirs)) | wrong
    code = "unknown_version" if wrong["version"] == 3 else "malformed"
    assert refusal(lambda: packets.read(canonical.written(envelope) + b"\n", SignedReply)) == code


def test_who_answers_marks_and_only_what_was_added_there(two: Two) -> None:
    _, theirs = signed_for(two)
    mine = add(two.district, theirs, PDF, name="批复.pdf", who="district").number
    assert answer(lambda: mark(two, theirs, mine, who="auditor")) in ("not_your_role", "nothing")
    (marked,) = mark(two, theirs, mine)
    assert answer(lambda: mark(two, theirs, mine)) == "marked_already"
    assert answer(lambda: mark(two, theirs, marked)) == "came_with_it"
    two.district.move("district", theirs, "instruct")
    two.reply(theirs)
    late = add(two.district, theirs, b"late", name="late.txt", who="district").number
    assert answer(lambda: mark(two, theirs, late)) == "answered_already"


def test_damaged_here_it_leaves_with_no_reply(two: Two) -> None:
    _, theirs = answered(two)
    two.district.work.evidence.place(hashlib.sha256(PDF).hexdigest()).unlink()
    assert refusal(lambda: two.reply(theirs)) == "attachment_damaged"


def test_more_than_an_answer_can_carry_is_refused_when_it_is_chosen(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, theirs = signed_for(two)
    first = add(two.district, theirs, b"a" * 60, name="a.txt", who="district").number
    other = add(two.district, theirs, b"b" * 41, name="b.txt", who="district").number
    monkeypatch.setattr(enclosures, "MOST_IN_REPLY", 100)
    mark(two, theirs, first)
    assert answer(lambda: mark(two, theirs, other)) == "too_much_enclosed"
    monkeypatch.setattr(enclosures, "MOST_IN_REPLY", 101)
    assert mark(two, theirs, other)
