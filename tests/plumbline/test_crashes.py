"""Kill -9 at any moment, two processes at once, a full disk: nothing acknowledged is lost, nothing is half-done."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import col, func, select

from cases import audit, opening, surveys
from cases.deadlines import Deadline
from cases.history import Event
from cases.matters import Matter
from plumbline import setup
from plumbline.settings import Settings
from plumbline.work import Work
from tests.plumbline.mover import AT

ROOT = Path(__file__).parents[2]
KILLS = 6


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A rehearsal with the sample."""
    setup.prepare(Settings(home=tmp_path / "home"), rehearsal=True, with_sample=True, at=AT)
    return tmp_path / "home"


@contextmanager
def mover(*words: str) -> Iterator[subprocess.Popen[str]]:
    """A mover in a process of its own, surely gone afterwards."""
    process = subprocess.Popen([sys.executable, "-m", "tests.plumbline.mover", *words], cwd=ROOT, text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)


def test_kill_9_loses_nothing_that_was_acknowledged_and_leaves_nothing_half_done(home: Path) -> None:
    dice = random.Random(20260901)
    said: list[tuple[str, int, int]] = []
    for turn in range(KILLS):
        with mover(str(home), f"mover-{turn}") as process:
            assert process.stdout is not None
            for _ in range(dice.randint(1, 25)):
                number, version, event = process.stdout.readline().split()
                said.append((number, int(version), int(event)))
            process.kill()
    work = Work.open(Settings(home=home))
    with work.reading() as session:
        kept = {(matter, version) for matter, version in session.execute(
            select(Matter.number, Event.version).join(Event, col(Event.matter) == col(Matter.id)))}  # fmt: skip
        assert {(number, version) for number, version, _ in said} <= kept
        verified = audit.verify(session)
        assert verified.faults == ()
        clocked = set(session.exec(select(Deadline.matter)).all())
        assert set(session.exec(select(Matter.id).where(Matter.machine == "clue")).all()) == clocked
        by_event = session.exec(text("SELECT event, count(*) FROM notice GROUP BY event")).all()  # type: ignore[call-overload]
        registered = session.exec(
            select(func.count()).select_from(Event).where(Event.move == "register")
        ).one()
    assert registered > 0
    assert len(by_event) >= registered, "every registration tells somebody, in the same transaction"
    work.engine.dispose()


def test_two_processes_race_for_the_same_clues_and_each_is_won_once(home: Path) -> None:
    work = Work.open(Settings(home=home))
    with work.unit() as session:
        form = surveys.opening_form(session, work.office, "clue", at=AT, lang="en")
        fields = {part["name"]: part["example"] for part in form if part["required"]}
        numbers = [opening.open_matter(session, work.office, "clue", actor="registrar", at=AT, fields=fields).number
                   for _ in range(25)]  # fmt: skip
    with mover(str(home), "a", "race") as one, mover(str(home), "b", "race") as two:
        for process in (one, two):
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        lines = []
        for process in (one, two):
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        for process in (one, two):
            lines += process.communicate(timeout=120)[0].splitlines()
    won = Counter(line.split()[1] for line in lines if line.startswith("won"))
    assert won == Counter(dict.fromkeys(numbers, 1))
    assert sum(line.startswith("moved_meanwhile") for line in lines) == len(numbers)
    work.engine.dispose()


def test_a_full_database_refuses_the_move_keeps_the_rest_and_goes_on_once_there_is_room(home: Path) -> None:
    work = Work.open(Settings(home=home))

    def register(turn: int) -> str:
        with work.unit() as session:
            form = surveys.opening_form(session, work.office, "clue", at=AT, lang="en")
            fields = {part["name"]: part["example"] for part in form if part["required"]} | {
                "problem": "x" * 15000
            }
            return opening.open_matter(session, work.office, "clue", actor="registrar",
                                       at=AT + timedelta(minutes=turn), fields=fields).number  # fmt: skip

    with work.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    done: list[str] = []
    with work.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 30}")
        connection.rollback()

    def register_many() -> None:
        for turn in range(200):
            done.append(register(turn))  # noqa: PERF401 - what was done before it failed is what is asked

    with pytest.raises(OperationalError, match="full"):
        register_many()
    with work.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1073741823")
        connection.rollback()
    assert 0 < len(done) < 200
    with work.reading() as session:
        assert sorted(session.exec(select(Matter.number).where(Matter.machine == "clue")).all()) == sorted(
            done
        )
        assert audit.verify(session).faults == ()
    register(500)
    work.engine.dispose()
