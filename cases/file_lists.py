"""Integrity files of persons as lists show them: whose, how each stands, which parts are missing. Never what a leaf says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import access, file_leaves, file_readings, gathering, person_files
from cases.matters import Matter
from cases.office import Office
from cases.person_files import MACHINE
from states.file_rules import SUBJECT, UNIT


def lines(session: Session, office: Office, *, actor: str, at: datetime, lang: str) -> list[dict[str, Any]]:
    """The files of persons this person sees: the live ones first, of these the nearest clock."""
    seen = access.visible_to(session, actor, office.rulebook(), machine=MACHINE)
    query = select(Matter).where(seen, col(Matter.machine) == MACHINE)
    rows = (
        session.execute(query.order_by(col(Matter.due_at).asc().nulls_last(), col(Matter.id))).scalars().all()
    )
    return sorted(
        (_line(session, office, row, at=at, lang=lang) for row in rows), key=lambda one: not one["live"]
    )


def record(
    session: Session, office: Office, number: str, *, actor: str, at: datetime, lang: str
) -> dict[str, Any]:
    """One file, and its readings as far as this person sees them. Raises NoSuchMatter."""
    loaded = gathering.load(session, office, number, login=actor, for_change=False).row
    row = session.get_one(Matter, loaded.id)
    readings = file_readings.of_file(session, office, loaded.id, actor=actor)
    return _line(session, office, row, at=at, lang=lang) | {"readings": readings}


def _line(session: Session, office: Office, row: Matter, *, at: datetime, lang: str) -> dict[str, Any]:
    """One file as a list shows it. Parts that every file has may be missing; of no other part is it told whether there is
    one."""
    book, key = office.rulebook(row.rulebook), int(row.id or 0)
    machine = book.machines[row.machine]
    going = person_files.is_live(book, row)
    lacking = (
        file_leaves.lacking(session, office, machine, key, row.number, today=office.day(at)) if going else {}
    )
    return {
        "number": row.number, "state": row.state, "version": row.version, "person": row.values.get(SUBJECT),
        "unit": row.values.get(UNIT), "post": row.values.get("subject_post"), "keeper": row.handler,
        "project": row.project, "live": going, "leaves": len(file_leaves.numbered(session, key)),
        "lacking": [said[lang != "zh"] for said in lacking.values()],
        "due_at": row.due_at.isoformat() if row.due_at else None,
    }  # fmt: skip
