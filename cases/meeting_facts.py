"""What guards may know of the record of a decision: who was there, and which gaps it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases.deadlines import Deadline
from cases.matters import OnFile
from cases.office import Office
from states import guards_on_meetings, meeting_gaps
from states.facts import Made


def facts(
    session: Session, office: Office, row: OnFile, course: Iterable[Made], *, at: datetime
) -> dict[str, Any]:
    """Nothing for what is no decision."""
    rules = office.rulebook(row.rulebook).machines[row.machine].meeting
    if rules is None:
        return {}
    late = ran_out(session, [row.id], tuple(rules.late), at=at).get(row.id, ())
    return guards_on_meetings.known(rules, meeting_gaps.read(rules, row.values, course, late=late))


def ran_out(
    session: Session, matters: Sequence[int], clocks: Sequence[str], *, at: datetime
) -> Mapping[int, Sequence[str]]:
    """By matter, those of these clocks that ran out before what they wait for was done, or are late now."""
    if not matters or not clocks:
        return {}
    query = select(col(Deadline.matter), col(Deadline.name)).where(
        col(Deadline.matter).in_(matters), col(Deadline.name).in_(clocks),
        (col(Deadline.status) == "late") | ((col(Deadline.status) == "open") & (col(Deadline.due_at) <= at)),
    )  # fmt: skip
    found: dict[int, list[str]] = {}
    for matter, name in session.execute(query):
        found.setdefault(matter, []).append(name)
    return found
