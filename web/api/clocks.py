"""Deadlines and the calendar: which clocks run, how a date came about, more time, when a period is over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from cases import due_dates, extending
from states import due_answers
from web.api import cursors, examples, shapes, wishes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation, Takes

NO_SUCH = "no_such_deadline"


def operations() -> Iterator[Operation]:
    """All of them."""
    yield Operation("GET", "/deadlines", "deadlines_list", ("deadline", "read"),
                    "The running clocks you may see, the nearest first", list_,
                    Answers(shapes.DeadlinesShape, {"deadlines": [examples.DEADLINE], "total": 1, "next": None}),
                    "deadlines", query=wishes.DeadlinesQuery)  # fmt: skip
    yield Operation("GET", "/deadlines/{id}", "deadline_explain", ("deadline", "read"),
                    "How a date came about, day by day, and on which legal basis", explain,
                    Answers(shapes.ExplainedShape, examples.EXPLAINED), "deadlines")  # fmt: skip
    yield Operation("POST", "/deadlines/{id}/extensions", "deadline_extend", ("deadline", "extend"),
                    "More time, as far as the rulebook allows; you are the one who approves it", extend,
                    Answers(shapes.ExtendedShape, {"id": 9, "due_on": "2026-09-15"}, 201), "deadlines", key=True,
                    may_refuse=True,
                    takes=Takes(wishes.Because, {"reason": "The laboratory needs another week."}))  # fmt: skip
    yield Operation("GET", "/calendar/due", "calendar_due", ("calendar", "read"),
                    "When a period is over, and the walk to that day", due, Answers(shapes.DueShape, examples.DUE),
                    "deadlines", query=wishes.DueQuery)  # fmt: skip


def list_(asked: Asked) -> Response:
    """A page of the running clocks."""
    wanted = asked.query(wishes.DeadlinesQuery)
    with asked.reading() as session:
        found = due_dates.open_deadlines(session, asked.office, actor=asked.actor, at=asked.at, until=wanted.until,
                                         limit=wanted.limit, after=cursors.read(wanted.cursor))  # fmt: skip
    return document({"deadlines": found.lines, "total": found.total, "next": cursors.written(found.next)})


def explain(asked: Asked) -> Response:
    """One clock."""
    key = asked.id(NO_SUCH)
    with asked.reading() as session:
        return document(due_dates.explained(session, asked.office, key, actor=asked.actor, at=asked.at))


def extend(asked: Asked) -> Response:
    """More time."""
    key, wish = asked.id(NO_SUCH), asked.body(wishes.Because)

    def act(session: Session) -> dict[str, Any]:
        due_on = extending.extend(
            session, asked.office, key, actor=asked.actor, at=asked.at, reason=wish.reason
        )
        return {"id": key, "due_on": due_on.isoformat() if due_on else None}

    return document(asked.once((key, "extend", wish.reason), act), status=201)


def due(asked: Asked) -> Response:
    """When a period is over."""
    wanted = asked.query(wishes.DueQuery)
    return document(
        due_answers.calendar_answer(wanted.from_, wanted.for_, asked.office.calendar, zone=asked.office.zone)
    )
