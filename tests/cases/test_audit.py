"""The auditor's mornings: what was changed behind history's back is found, and an honest file is not accused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from cases import audit, checkpoints, history, rulebooks
from cases.advance import advance
from cases.history import Checkpoint, Event
from cases.matters import Matter
from cases.office import Office
from cases.opening import open_matter
from tests.cases.conftest import Unit
from tests.cases.small_office import NOON, rulebook

HOUR = timedelta(hours=1)


@pytest.fixture
def clue(unit: Unit, small: Office) -> str:
    """A clue that was registered, assigned, set waiting and taken up again; and one beside it."""
    with unit() as session:
        rulebooks.publish(session, rulebook(), at=NOON)
        numbers = [
            open_matter(session, small, "clue", actor="registrar", at=NOON,
                        fields={"title": title, "received_on": "2026-09-01", "reporter_name": "somebody"}).number
            for title in ("a wall out of plumb", "another")
        ]  # fmt: skip
    steps: list[tuple[str, str, dict[str, str]]] = [
        ("registrar", "assign", {"handler": "officer"}), ("officer", "wait", {}), ("officer", "go_on", {})]  # fmt: skip
    for hours, (actor, move, fields) in enumerate(steps, start=1):
        with unit() as session:
            advance(session, small, numbers[0], move, actor=actor, at=NOON + hours * HOUR, fields=fields)
    return numbers[0]


def codes(unit: Unit) -> set[str]:
    with unit() as session:
        return {fault.code for fault in audit.verify(session).faults}


def test_an_honest_file_is_found_whole(unit: Unit, clue: str) -> None:
    with unit() as session:
        found = audit.verify(session)
    assert (found.ok, found.events, found.checkpoints) == (True, 5, 0)


def test_an_honest_file_with_checkpoints_is_found_whole(unit: Unit, small: Office, clue: str) -> None:
    with unit() as session:
        first = checkpoints.take(session, at=NOON)
    with unit() as session:
        advance(
            session, small, clue, "close", actor="officer", at=NOON + 5 * HOUR, fields={"outcome": "nothing"}
        )
        second = checkpoints.take(session, at=NOON + 6 * HOUR)
    with unit() as session:
        found = audit.verify(session)
        nothing_new = checkpoints.take(session, at=NOON + 7 * HOUR)
    assert (first.heads, second.heads, nothing_new.id) == (2, 1, None)
    assert (found.ok, found.checkpoints, found.head) == (True, 2, second.hash)


TAMPERING = {
    "an event was edited": ("UPDATE event SET actor = 'officer2' WHERE seq = 2", {"altered"}),
    "what a form said was edited": (
        """UPDATE event SET data = '{"handler": "officer2"}' WHERE move = 'assign'""",
        {"altered", "row_changed"},
    ),
    "an event was deleted": ("DELETE FROM event WHERE move = 'assign'", {"gap"}),
    "a state was changed without a move": (
        "UPDATE matter SET state = 'closed' WHERE version = 4",
        {"row_changed"},
    ),
    "a version was changed": ("UPDATE matter SET version = 9 WHERE version = 4", {"row_changed"}),
    "a title was changed": ("UPDATE matter SET title = 'all is well' WHERE version = 4", {"row_changed"}),
    "a handler was changed": ("UPDATE matter SET handler = 'officer2' WHERE version = 4", {"row_changed"}),
    "a value was changed": ("""UPDATE matter SET "values" = '{}' WHERE version = 4""", {"row_changed"}),
    "who moved it was changed": ("UPDATE matter SET moved_by = 'head' WHERE version = 4", {"row_changed"}),
    "who opened it was changed": ("UPDATE matter SET opener = 'head' WHERE version = 4", {"row_changed"}),
    "it was made to look sent": ("UPDATE matter SET sent_at = opened_at WHERE version = 4", {"row_changed"}),
    "a due date was changed": ("UPDATE deadline SET due_on = '2027-01-04' WHERE id = 1", {"clock_changed"}),
    "a clock was closed quietly": ("UPDATE deadline SET status = 'met' WHERE id = 1", {"clock_changed"}),
    "a clock lost its ledger": ("DELETE FROM deadline_entry WHERE deadline = 1", {"clock_without_ledger"}),
    "a clock and its ledger were changed": (
        "UPDATE deadline_entry SET due_on = '2026-10-30' WHERE deadline = 2",
        {"clock_changed"},
    ),
    "the rulebook was changed": ("UPDATE rulebook SET text = '{}'", {"rulebook_changed"}),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_it_is_found_that(unit: Unit, clue: str, what: str) -> None:
    statement, expected = TAMPERING[what]
    with unit() as session:
        session.execute(text(statement))
    assert expected <= codes(unit)


def test_it_is_found_that_two_events_changed_places(unit: Unit, clue: str) -> None:
    with unit() as session:
        for before, after in ((2, 99), (3, 2), (99, 3)):
            session.execute(text(f"UPDATE event SET seq = {after} WHERE seq = {before}"))
    assert "altered" in codes(unit)


def test_it_is_found_that_the_last_event_was_cut_off(unit: Unit, small: Office) -> None:
    with unit() as session:
        number = open_matter(session, small, "clue", actor="registrar", at=NOON,
                             fields={"title": "x", "received_on": "2026-09-01"}).number  # fmt: skip
        advance(
            session, small, number, "assign", actor="registrar", at=NOON + HOUR, fields={"handler": "officer"}
        )
    with unit() as session:
        session.execute(text("DELETE FROM event WHERE move = 'assign'"))
    assert {"cut_off", "row_changed"} <= codes(unit)


def rewritten(session: Session, number: str, edit: Callable[[Event], None], *, drop: int = 0) -> None:
    """A careful forger: edits the history, chains it anew, and makes the matter's row agree."""
    row = session.exec(select(Matter).where(Matter.number == number)).one()
    events = list(session.exec(select(Event).where(Event.matter == row.id).order_by(col(Event.seq))).all())
    for event in events[len(events) - drop :]:
        session.execute(text("DELETE FROM deadline_entry WHERE event = :id"), {"id": event.id})
        session.delete(event)
    before = ""
    for event in events[: len(events) - drop]:
        edit(event)
        event.prev_hash = before
        event.hash = before = history.digest(
            number=number, seq=event.seq, at=event.at, actor=event.actor, move=event.move, from_state=event.from_state,
            to_state=event.to_state, version=event.version, data=event.data, prev_hash=event.prev_hash)  # fmt: skip
        last = event
    row.head_seq, row.head_hash, row.state, row.version = last.seq, last.hash, last.to_state, last.version
    session.add(row)


def by_another(event: Event) -> None:
    if event.move == "assign":
        event.actor = "head"


def test_a_history_written_anew_is_found_by_its_checkpoint(unit: Unit, clue: str) -> None:
    with unit() as session:
        checkpoints.take(session, at=NOON + 4 * HOUR)
    with unit() as session:
        rewritten(session, clue, by_another)
        row = session.exec(select(Matter).where(Matter.number == clue)).one()
        row.acts = row.acts | {"assign": ["head", row.acts["assign"][1]]}
    assert codes(unit) == {"rewritten"}


def test_a_tail_cut_off_with_care_is_found_by_its_checkpoint(unit: Unit, clue: str) -> None:
    with unit() as session:
        checkpoints.take(session, at=NOON + 4 * HOUR)
    with unit() as session:
        rewritten(session, clue, lambda _event: None, drop=1)
    assert "cut_off" in codes(unit)


@pytest.mark.parametrize(
    "statement, expected",
    [
        ("DELETE FROM checkpoint WHERE id = 1", "checkpoint_missing"),
        ("UPDATE checkpoint SET at = '2026-01-01 00:00:00+00:00' WHERE id = 1", "checkpoint_altered"),
    ],
)
def test_a_checkpoint_that_was_touched_is_found(
    unit: Unit, small: Office, clue: str, statement: str, expected: str
) -> None:
    with unit() as session:
        checkpoints.take(session, at=NOON)
    with unit() as session:
        advance(
            session, small, clue, "close", actor="officer", at=NOON + 5 * HOUR, fields={"outcome": "nothing"}
        )
        checkpoints.take(session, at=NOON + 6 * HOUR)
    with unit() as session:
        session.execute(text(statement))
    assert expected in codes(unit)


def test_a_fault_names_the_matter_and_the_event_in_both_languages(unit: Unit, clue: str) -> None:
    with unit() as session:
        session.execute(text("UPDATE event SET actor = 'officer2' WHERE seq = 2"))
        event = session.exec(select(Event.id).where(Event.seq == 2)).one()
    with unit() as session:
        fault = audit.verify(session).faults[0]
    answer: dict[str, Any] = fault.as_dict("en")
    assert (answer["subject"], answer["event"], answer["why"]) == (clue, event, "The event was altered.")
    assert fault.as_dict("zh")["why"] == "该条记录被改动。"


def test_a_report_is_not_longer_than_anybody_reads(
    unit: Unit, small: Office, clue: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "MOST_FAULTS", 2)
    with unit() as session:
        session.execute(text("UPDATE event SET actor = 'officer2'"))
    with unit() as session:
        found = audit.verify(session)
    assert (len(found.faults), found.more > 0, found.ok) == (2, True, False)


def test_a_checkpoint_names_every_chain_once(unit: Unit, clue: str) -> None:
    with unit() as session:
        checkpoints.take(session, at=NOON)
    with unit() as session:
        row = session.exec(select(Checkpoint)).one()
        ends = {one.number: [one.head_seq, one.head_hash] for one in session.exec(select(Matter)).all()}
    assert row.heads == ends
