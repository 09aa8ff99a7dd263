"""Decisions as one person may see them: who came and what each said, and what the records lack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import access, checklist_sheets, gathering, meeting_facts
from cases.history import Event
from cases.matters import Matter, OnFile
from cases.office import Office
from states import meeting_gaps
from states.facts import Made
from states.meeting_gaps import Record
from states.meeting_rules import GAP, MeetingRules

MACHINE = "decision"
MOST = 1000  # decisions that one list searches, the newest of them


def gaps(
    session: Session, office: Office, *, actor: str, at: datetime, lang: str, project: str | None = None,
    settled: bool = False,
) -> list[dict[str, Any]]:  # fmt: skip
    """What the records of decisions lack that this person sees, the oldest decision first; with `settled`, also what
    became a clue or was accepted."""
    wanted = [access.visible_to(session, actor, office.rulebook(), machine=MACHINE)]
    wanted += [col(Matter.project) == project] if project is not None else []
    query = select(Matter).where(*wanted).order_by(col(Matter.id).desc()).limit(MOST)
    rows = list(reversed(session.execute(query).scalars().all()))
    return [
        {"number": row.number, "state": row.state, "title": row.title, "project": row.project, "gap": gap,
         "label": rules.gaps[gap].in_(lang), "settled": gap in record.settled}
        for row, rules, record in _records(session, office, rows, at=at)
        for gap in record.gaps
        if settled or gap not in record.settled
    ]  # fmt: skip


def record(
    session: Session, office: Office, number: str, *, actor: str, at: datetime, lang: str
) -> dict[str, Any]:
    """One decision: a line for each person, and its gaps with the clues they became, as far as this person sees those.
    Raises NoSuchMatter."""
    row = gathering.load(session, office, number, login=actor, for_change=False).row
    base: dict[str, Any] = {
        "number": row.number,
        "state": row.state,
        "version": row.version,
        "title": row.title,
    }
    made = checklist_sheets.led_to(session, office, row, GAP, actor=actor)
    for _, rules, found in _records(session, office, [row], at=at):
        return base | {
            "entitled": row.values.get("entitled"), "chair": row.values.get("chair"),
            "result": row.values.get("result"),
            "people": [
                {"name": one.name, "attendance": one.attendance, "view": one.view, "reason": one.reason,
                 "turn": one.turn, "lines": one.lines}
                for one in found.voices
            ],
            "gaps": [{"gap": gap, "label": rules.gaps[gap].in_(lang), "settled": gap in found.settled,
                      "led_to": made.get(gap, [])}
                     for gap in found.gaps],
        }  # fmt: skip
    return base | {"entitled": None, "chair": None, "result": None, "people": [], "gaps": []}


def _records(
    session: Session, office: Office, rows: Sequence[Matter | OnFile], *, at: datetime
) -> Iterator[tuple[Matter | OnFile, MeetingRules, Record]]:
    keys = [int(row.id or 0) for row in rows]
    courses = _courses(session, keys)
    books = {row.rulebook: office.rulebook(row.rulebook).machines[row.machine].meeting for row in rows}
    clocks = sorted({clock for rules in books.values() if rules for clock in rules.late})
    late = meeting_facts.ran_out(session, keys, clocks, at=at)
    for key, row in zip(keys, rows, strict=True):
        rules = books[row.rulebook]
        if rules is not None:
            ran_out = [clock for clock in late.get(key, ()) if clock in rules.late]
            yield row, rules, meeting_gaps.read(rules, row.values, courses.get(key, ()), late=ran_out)


def _courses(session: Session, matters: Sequence[int]) -> Mapping[int, Sequence[Made]]:
    """The moves of each, oldest first."""
    query = (
        select(col(Event.matter), col(Event.move), col(Event.actor), col(Event.from_state), col(Event.data))
        .where(col(Event.matter).in_(matters))
        .order_by(col(Event.matter), col(Event.seq))
    )
    found: dict[int, list[Made]] = {}
    for matter, move, actor, from_state, data in session.execute(query) if matters else ():
        found.setdefault(matter, []).append(Made(move, actor, from_state, data))
    return found
