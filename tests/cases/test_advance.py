"""The one gate: what a move does, what it refuses, and that nothing is ever half-done."""

from __future__ import annotations

import ast
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from cases import opening
from cases.advance import advance
from cases.deadlines import Deadline, DeadlineEntry
from cases.errors import KeyReused, NoSuchMatter
from cases.history import Event
from cases.matters import Matter, MatterLink, Reporter, RequestKey
from cases.moved import Moved
from cases.office import Office
from states.facts import Refused
from tests.cases.conftest import Unit
from tests.cases.small_office import NOON, Told

FORM = {"title": "Unsigned change order", "received_on": "2026-09-01"}


def register(unit: Unit, small: Office, **more: Any) -> str:
    with unit() as session:
        return opening.open_matter(
            session, small, "clue", actor="registrar", at=NOON, fields=FORM | more
        ).number


def assigned(unit: Unit, small: Office) -> str:
    number = register(unit, small)
    with unit() as session:
        advance(session, small, number, "assign", actor="registrar", at=NOON, fields={"handler": "officer"})
    return number


def matter(unit: Unit, number: str) -> Matter:
    with unit() as session:
        return session.exec(select(Matter).where(Matter.number == number)).one()


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def test_a_registered_clue_has_a_number_a_clock_and_a_first_line_of_history(
    unit: Unit, small: Office
) -> None:
    number = register(unit, small)
    found = matter(unit, number)
    assert (number, found.state, found.version, found.organisation) == (
        "MGJ-2026-0001",
        "registered",
        1,
        "MGJ",
    )
    with unit() as session:
        clock = session.exec(select(Deadline)).one()
        assert (clock.name, clock.started_on, clock.due_on) == (
            "opinion",
            date(2026, 9, 1),
            date(2026, 9, 21),
        )
        event = session.exec(select(Event)).one()
        assert (event.move, event.from_state, event.to_state, event.actor) == (
            "open",
            None,
            "registered",
            "registrar",
        )


def test_numbers_go_up_by_one(unit: Unit, small: Office) -> None:
    assert [register(unit, small) for _ in range(3)] == ["MGJ-2026-0001", "MGJ-2026-0002", "MGJ-2026-0003"]


def test_the_reporter_is_kept_apart_from_the_matter_and_its_history(
    unit: Unit, small: Office, told: Told
) -> None:
    register(unit, small, reporter_name="Zhang San")
    with unit() as session:
        assert session.exec(select(Reporter)).one().details == {"reporter_name": "Zhang San"}
        kept = (
            repr(session.exec(select(Matter)).one())
            + repr(session.exec(select(Event)).one())
            + repr(told.occurred)
        )
    assert "Zhang" not in kept


def test_a_move_lands_whole_state_version_history_handler_and_announcement(
    unit: Unit, small: Office, told: Told
) -> None:
    number = register(unit, small)
    with unit() as session:
        moved = advance(
            session, small, number, "assign", actor="registrar", at=NOON, fields={"handler": "officer"}
        )
    assert (moved.from_, moved.to, moved.version) == ("registered", "assigned", 2)
    found = matter(unit, number)
    assert (found.state, found.version, found.handler, found.head_seq) == ("assigned", 2, "officer", 2)
    assert [one.move for one in told.occurred] == ["open", "assign"]
    with unit() as session:
        first, second = session.exec(select(Event).order_by(Event.id)).all()  # type: ignore[arg-type]
    assert second.prev_hash == first.hash
    assert found.head_hash == second.hash


def test_whoever_has_no_posting_here_is_told_the_number_does_not_exist(unit: Unit, small: Office) -> None:
    number = register(unit, small)
    for stranger in ("owner", "district", "nobody", "engine", "clock"):
        with unit() as session, pytest.raises(NoSuchMatter):
            advance(session, small, number, "assign", actor=stranger, at=NOON, fields={"handler": "officer"})


def test_an_officer_sees_only_what_is_theirs(unit: Unit, small: Office) -> None:
    number = assigned(unit, small)
    with unit() as session, pytest.raises(NoSuchMatter):
        advance(session, small, number, "close", actor="officer2", at=NOON, fields={"outcome": "x"})
    with unit() as session:
        assert (
            advance(session, small, number, "close", actor="officer", at=NOON, fields={"outcome": "x"}).to
            == "closed"
        )


def test_everything_that_is_wrong_is_said_at_once(unit: Unit, small: Office) -> None:
    number = register(unit, small)
    with unit() as session, pytest.raises(Refused) as refusal:
        advance(session, small, number, "assign", actor="head", at=NOON, fields={"handel": "officer"})
    assert codes(refusal) == ["not_your_role", "unknown_field", "missing"]


def test_a_person_who_does_not_hold_the_role_cannot_be_named(unit: Unit, small: Office) -> None:
    number = register(unit, small)
    with unit() as session, pytest.raises(Refused) as refusal:
        advance(session, small, number, "assign", actor="registrar", at=NOON, fields={"handler": "auditor"})
    assert codes(refusal) == ["unknown_reference"]


def test_a_refused_move_leaves_nothing_behind(unit: Unit, small: Office) -> None:
    number = register(unit, small)
    before = matter(unit, number)
    with pytest.raises(Refused), unit() as session:
        advance(session, small, number, "close", actor="registrar", at=NOON, key="k", fields={"outcome": "x"})
    assert matter(unit, number) == before
    with unit() as session:
        assert len(session.exec(select(Event)).all()) == 1
        assert session.exec(select(RequestKey)).all() == []


def test_the_second_of_two_is_told_who_moved_it_and_to_what(unit: Unit, small: Office) -> None:
    number = assigned(unit, small)
    with unit() as session, pytest.raises(Refused) as refusal:
        advance(
            session,
            small,
            number,
            "close",
            actor="officer",
            at=NOON,
            expected_version=1,
            fields={"outcome": "x"},
        )
    assert refusal.value.code == "moved_meanwhile"
    assert "registrar moved MGJ-2026-0001" in refusal.value.reasons[0].message.en
    assert "assigned" in refusal.value.reasons[0].message.en


def test_a_move_from_the_wrong_state_says_who_was_first(unit: Unit, small: Office) -> None:
    number = assigned(unit, small)
    with unit() as session, pytest.raises(Refused) as refusal:
        advance(session, small, number, "assign", actor="registrar", at=NOON, fields={"handler": "officer"})
    assert codes(refusal) == ["wrong_state", "last_moved"]


def test_the_same_key_again_gets_the_same_answer_and_does_nothing(
    unit: Unit, small: Office, told: Told
) -> None:
    number = register(unit, small)
    answers = []
    for _ in range(2):
        with unit() as session:
            answers.append(advance(session, small, number, "assign", actor="registrar", at=NOON, key="once",
                                   fields={"handler": "officer"}))  # fmt: skip
    assert answers[0] == answers[1]
    assert len(told.occurred) == 2


def test_a_key_cannot_be_spent_on_two_different_requests(unit: Unit, small: Office) -> None:
    number = register(unit, small)
    with unit() as session:
        advance(
            session,
            small,
            number,
            "assign",
            actor="registrar",
            at=NOON,
            key="k",
            fields={"handler": "officer"},
        )
    with unit() as session, pytest.raises(KeyReused):
        advance(
            session,
            small,
            number,
            "assign",
            actor="registrar",
            at=NOON,
            key="k",
            fields={"handler": "officer2"},
        )


def test_opening_twice_under_one_key_opens_one(unit: Unit, small: Office) -> None:
    made = []
    for _ in range(2):
        with unit() as session:
            made.append(
                opening.open_matter(session, small, "clue", actor="registrar", at=NOON, fields=FORM, key="k")
            )
    assert made[0] == made[1]
    with unit() as session:
        assert len(session.exec(select(Matter)).all()) == 1


def test_a_move_opens_a_linked_matter_and_its_answer_drives_the_first(unit: Unit, small: Office) -> None:
    number = assigned(unit, small)
    with unit() as session:
        asked = advance(session, small, number, "ask", actor="officer", at=NOON)
    errand = asked.consequences[0].number
    assert (errand, matter(unit, number).state) == ("MGJ-Q-2026-001", "waiting")
    with unit() as session:
        advance(session, small, errand, "answer", actor="leader", at=NOON)
    assert matter(unit, number).state == "assigned"


def test_an_answer_that_comes_too_late_drives_nothing(unit: Unit, small: Office) -> None:
    number = assigned(unit, small)
    with unit() as session:
        errand = advance(session, small, number, "ask", actor="officer", at=NOON).consequences[0].number
    with unit() as session:
        advance(session, small, number, "go_on", actor="officer", at=NOON)
    with unit() as session:
        assert advance(session, small, errand, "answer", actor="leader", at=NOON).consequences == ()
    assert matter(unit, number).state == "assigned"


def test_a_repeat_is_linked_below_the_first_and_kept(unit: Unit, small: Office) -> None:
    first, again = register(unit, small), register(unit, small)
    with unit() as session:
        advance(session, small, again, "fold", actor="registrar", at=NOON, fields={"first": first})
    with unit() as session:
        found = session.exec(select(MatterLink)).one()
    assert (found.parent, found.child, found.kind) == (
        matter(unit, first).id,
        matter(unit, again).id,
        "repeat",
    )


def test_an_engine_move_is_not_a_persons_to_make(unit: Unit, small: Office) -> None:
    number = assigned(unit, small)
    with unit() as session:
        advance(session, small, number, "ask", actor="officer", at=NOON)
    with unit() as session, pytest.raises(Refused) as refusal:
        advance(session, small, number, "answered", actor="officer", at=NOON)
    assert codes(refusal) == ["engine_move"]


def test_the_clock_stands_while_waiting_and_its_date_moves(unit: Unit, small: Office) -> None:
    number = assigned(unit, small)
    with unit() as session:
        advance(session, small, number, "wait", actor="officer", at=NOON)
    with unit() as session:
        held = session.exec(select(Deadline)).one()
        assert (held.status, held.due_on, held.next_at) == ("paused", None, None)
    with unit() as session:  # resumed on Friday the 4th: two working days were paused
        advance(session, small, number, "go_on", actor="officer", at=NOON + timedelta(days=3))
    with unit() as session:
        running = session.exec(select(Deadline)).one()
        assert (running.status, running.due_on) == ("open", date(2026, 9, 23))
        kinds = [entry.kind for entry in session.exec(select(DeadlineEntry).order_by(DeadlineEntry.id))]  # type: ignore[arg-type]
        assert kinds == ["opened", "paused", "resumed"]


@pytest.mark.parametrize(
    "minutes, status",
    [(-1, "met"), (0, "late")],
    ids=["the last minute of the due day", "midnight after it"],
)
def test_a_clock_is_met_until_the_due_day_is_over(
    unit: Unit, small: Office, minutes: int, status: str
) -> None:
    number = assigned(unit, small)
    with unit() as session:
        over = session.exec(select(Deadline)).one().due_at
    assert over is not None
    with unit() as session:
        advance(session, small, number, "close", actor="officer", at=over + timedelta(minutes=minutes),
                fields={"outcome": "x"})  # fmt: skip
    with unit() as session:
        assert session.exec(select(Deadline)).one().status == status


def test_of_many_at_once_exactly_one_wins(unit: Unit, small: Office, engine: Engine) -> None:
    number = assigned(unit, small)
    results: list[str] = []
    barrier = threading.Barrier(8)

    def close() -> None:
        barrier.wait(timeout=30)
        try:
            with Session(engine) as session, session.begin():
                done: Moved = advance(session, small, number, "close", actor="officer", at=NOON, expected_version=2,
                                      fields={"outcome": "x"})  # fmt: skip
            results.append(done.to)
        except Refused as refusal:
            results.append(refusal.code)

    threads = [threading.Thread(target=close) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(results) == ["closed"] + ["moved_meanwhile"] * 7
    assert matter(unit, number).version == 3


def test_an_announcement_that_fails_takes_the_move_with_it(unit: Unit, small: Office) -> None:
    number = register(unit, small)

    def fails(*_: object) -> int:
        raise OSError("no space left on device")

    broken = Office(small.rulebooks, small.current, small.calendar, fails)
    with pytest.raises(OSError, match="no space"), unit() as session:
        advance(session, broken, number, "assign", actor="registrar", at=NOON, fields={"handler": "officer"})
    assert matter(unit, number).state == "registered"


STATE_WRITERS = {"cases/advance.py", "cases/opening.py"}


def test_nothing_else_in_the_code_can_change_a_state() -> None:
    root = Path(__file__).parents[2]
    packages = ("cases", "notifications", "flows", "web", "plumbline")
    files = [path for package in packages for path in sorted((root / package).rglob("*.py"))]
    assert len(files) > 20
    writers = {
        path.relative_to(root).as_posix() for path in files if _writes_matters(ast.parse(path.read_text()))
    }
    assert writers - STATE_WRITERS - FOLDS <= BULK, "a state is written outside the gate"
    for path in FOLDS:
        names = {
            node.id for node in ast.walk(ast.parse((root / path).read_text())) if isinstance(node, ast.Name)
        }
        assert not names & {"insert", "update", "delete"}, f"{path} is to read only"


BULK = {"cases/ledger_landing.py", "plumbline/rehearsal/store.py"}
"""These insert whole matters at the state their own record gives them; neither can change one that is on file."""

FOLDS = {"cases/audit_rows.py"}
"""These keep a state of their own while they go through a history, and write nothing."""


def _writes_matters(tree: ast.AST) -> bool:
    """Whether this module assigns to a `.state`, or inserts into or updates `Matter` with a state."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "state" and isinstance(node.ctx, ast.Store):
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            arguments = {argument.id for argument in node.args if isinstance(argument, ast.Name)}
            if node.func.id == "Matter" or (node.func.id == "insert" and "Matter" in arguments):
                return True
        if isinstance(node, ast.Dict) and any(
            isinstance(part, ast.Constant) and part.value in ("new_state", "b_state") for part in node.keys
        ):
            return True
        if isinstance(node, ast.keyword) and node.arg == "state" and _is_update(node, tree):
            return True
    return False


def _is_update(keyword: ast.keyword, tree: ast.AST) -> bool:
    """Whether this `state=` stands in `.values(...)` of a statement."""
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values"
        and keyword in node.keywords
        for node in ast.walk(tree)
    )  # fmt: skip
