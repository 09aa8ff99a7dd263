"""A process that registers and moves clues until it is killed, saying each thing only after it was committed.

`python -m tests.plumbline.mover HOME NAME` for registering and moving; with a third word, two of them race for the
clues that are on file: each says what it won.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlmodel import select

from cases import opening, surveys
from cases.advance import advance
from cases.matters import Matter
from plumbline.settings import Settings
from plumbline.work import Work
from states.facts import Refused

AT = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
MOST = 500  # so that a mover nobody kills ends by itself


def say(*words: object) -> None:
    """One line to whoever listens, at once."""
    print(*words, flush=True)


def register_and_move(work: Work, name: str) -> None:
    """Open a clue, register it; say each when it is on file."""
    for turn in range(MOST):
        at = AT + timedelta(minutes=turn)
        with work.unit() as session:
            form = surveys.opening_form(session, work.office, "clue", at=at, lang="en")
            fields = {part["name"]: part["example"] for part in form if part["required"]}
            opened = opening.open_matter(session, work.office, "clue", actor="supervisor", at=at, fields=fields,
                                         key=f"{name}-open-{turn}")  # fmt: skip
        say(opened.number, opened.version, opened.event)
        with work.unit() as session:
            moved = advance(session, work.office, opened.number, "register", actor="registrar", at=at,
                            fields={"managed_by": "ours", "grade": "general"}, key=f"{name}-move-{turn}")  # fmt: skip
        say(moved.number, moved.version, moved.event)


def race(work: Work) -> None:
    """Register every clue that is waiting for it; say which were won and which somebody else had first."""
    with work.reading() as session:
        numbers = session.exec(select(Matter.number).where(Matter.state == "discovered")).all()
    say("ready")
    sys.stdin.readline()
    for number in numbers:
        try:
            with work.unit() as session:
                advance(session, work.office, number, "register", actor="registrar", at=AT, expected_version=1,
                        fields={"managed_by": "ours", "grade": "general"})  # fmt: skip
            say("won", number)
        except Refused as refusal:
            say(refusal.code, number)


if __name__ == "__main__":
    desk = Work.open(Settings(home=Path(sys.argv[1])))
    if len(sys.argv) > 3:
        race(desk)
    else:
        register_and_move(desk, sys.argv[2])
