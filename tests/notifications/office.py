"""An office for tests of notices: who tells whom what, on a rulebook small enough to be read at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session, func, select

from cases.history import CLOCK, Event
from cases.matters import Matter, Seat
from cases.office import Occurred, Office
from notifications import outbox
from states.calendars import china
from states.rulebook import Rulebook

MORNING = datetime(2026, 9, 1, 0, 30, tzinfo=UTC)  # Tuesday 1 September 2026, half past eight in Shanghai
MINUTE = timedelta(minutes=1)
INSTANT = timedelta(microseconds=1)


def label(zh: str, en: str | None = None) -> dict[str, str]:
    return {"zh": zh, "en": en or zh}


def rulebook() -> Rulebook:
    """A clue that is opened, assigned and closed; an escalation that is drafted, then sent; a task with an owner."""
    state = {"label": label("状态"), "owner": ["officer"]}
    clue = {
        "label": label("线索", "clue"), "initial": "registered",
        "states": {"registered": state | {"owner": ["registrar"]}, "assigned": state,
                   "waiting": {"label": label("等")}},
        "moves": {name: {"label": label(name), "from": ["registered"], "roles": ["officer"]}
                  for name in ("assign", "close", "whisper", "call", "sit", "ask")},
        "notices": [
            {"on": ["open"], "to": ["registrar"], "document": "clue_noted"},
            {"on": ["assign"], "to": ["handler"], "document": "assignment_letter"},
            {"on": ["assign", "close"], "to": ["registrar", "handler", "opener"], "document": "progress_note"},
            {"on": ["whisper"], "to": ["member", "district"], "document": "progress_note"},
            {"on": ["call"], "to": ["above"], "document": "escalation_report"},
            {"on": ["ask"], "to": ["named"], "document": "progress_note"},
            {"on": ["sit"], "to": ["seats"], "document": "meeting_notice"},
        ],
    }  # fmt: skip
    escalation = {
        "label": label("上报件", "escalation"), "initial": "drafted",
        "states": {"drafted": state, "sent": state | {"owner": ["district"]}},
        "moves": {name: {"label": label(name), "from": ["drafted"], "roles": ["officer"]} for name in ("note", "send")},
        "notices": [{"on": ["note", "send"], "to": ["district"], "document": "escalation_report"}],
    }  # fmt: skip
    task = {
        "label": label("任务", "task"), "initial": "open", "states": {"open": state | {"owner": ["member"]}},
        "moves": {"set": {"label": label("set"), "from": ["open"], "roles": ["officer"]}},
        "notices": [{"on": ["set"], "to": ["seats"], "document": "rectification_notice"}],
    }  # fmt: skip
    every = {"clue": "organisation", "escalation": "organisation", "task": "organisation"}
    rules: dict[str, Any] = {
        "name": "told", "version": "1", "label": label("通知", "notices"),
        "roles": {
            "supervisor": {"label": label("监督员"), "sees": {"clue": "own"}},
            "registrar": {"label": label("案管"), "sees": every},
            "officer": {"label": label("承办人"), "sees": {"clue": "own", "escalation": "own"}},
            "leader": {"label": label("领导"), "sees": every},
            "head": {"label": label("负责人"), "sees": every},
            "member": {"label": label("成员"), "sees": {"task": "own"}},
            "district": {"label": label("上级"), "sees": {"escalation": "addressed"}},
            "auditor": {"label": label("审计"), "sees": every},
            "operator": {"label": label("管理员")},
        },
        "documents": {
            "clue_noted": label("新线索提示", "a new clue was noted"),
            "assignment_letter": label("交办函", "assignment letter"),
            "progress_note": label("办理进展通知", "note on progress"),
            "work_prompt": label("工作提示函", "work prompt"),
            "escalation_report": label("上报件送达通知", "escalation for you to sign for"),
        },
        "machines": {"clue": clue, "escalation": escalation, "task": task},
    }  # fmt: skip
    return Rulebook.model_validate(rules)


def office() -> Office:
    """The office whose announcements are planned as notices."""
    book = rulebook()
    return Office({book.key: book}, book.key, china(), outbox.plan)


def matter(session: Session, *, at: datetime = MORNING, machine: str = "clue", **changes: Any) -> Matter:
    """A matter on file, complete by default: a clue on the Port Centre, opened by the supervisor, with an officer."""
    count = session.exec(select(func.count()).select_from(Matter)).one()
    given: dict[str, Any] = {
        "machine": machine, "number": f"MGJ-2026-{count + 1:04d}", "rulebook": rulebook().key, "state": "registered",
        "organisation": "MGJ", "project": "PC", "opener": "supervisor", "handler": "officer", "title": "x",
        "opened_at": at, "moved_at": at, "moved_by": "registrar", "progressed_at": at,
    }  # fmt: skip
    row = Matter(**(given | changes))
    session.add(row)
    session.flush()
    return row


def seat(session: Session, row: Matter, *logins: str) -> None:
    """Give these people a seat in a matter."""
    assert row.id is not None
    session.add_all([Seat(matter=row.id, person=login) for login in logins])
    session.flush()


def happened(
    session: Session, row: Matter, move: str, *, by: str = "leader", at: datetime = MORNING, **changes: Any
) -> Occurred:  # fmt: skip
    """An event of a matter, in its history, as it is told to the outbox."""
    assert row.id is not None
    row.head_seq += 1
    event = Event(matter=row.id, seq=row.head_seq, at=at, actor=by, move=move, from_state=row.state,
                  to_state=row.state, version=row.version, hash="-")  # fmt: skip
    session.add(event)
    session.flush()
    assert event.id is not None
    given: dict[str, Any] = {
        "event": event.id, "matter": row.id, "number": row.number, "machine": row.machine, "rulebook": row.rulebook,
        "move": move, "state": row.state, "at": at, "actor": by, "organisation": row.organisation,
        "addressee": row.addressee, "project": row.project, "handler": row.handler, "opener": row.opener,
    }  # fmt: skip
    return Occurred(**(given | changes))


def rang(
    session: Session, row: Matter, to: Sequence[str], *, due_on: date = date(2026, 9, 8), at: datetime = MORNING
) -> Occurred:  # fmt: skip
    """A rung of a ladder that fired for a matter."""
    return happened(session, row, "clock.opinion.remind", by=CLOCK, at=at, document="work_prompt", to=tuple(to),
                    due_on=due_on)  # fmt: skip
