"""Risk points as one person may see them: the list by grade, every grade one had, and why it was raised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from cases import access, gathering, people
from cases.history import Event
from cases.journal import AccountEvent
from cases.matters import Matter, OnFile
from cases.office import Office
from cases.risk_causes import RiskCause
from cases.risk_points import MACHINE, RiskPoint
from states import grading
from states.grading_rules import GRADE, KEPT, LEVEL, LINK, SCHEME
from states.rulebook import Machine, Reach

MOST = 1000


@dataclass(frozen=True, slots=True)
class Ranked:
    """Points by grade, and how many there are in all."""

    lines: tuple[dict[str, Any], ...]
    total: int


def by_grade(
    session: Session, office: Office, *, actor: str, project: str | None = None, link: str | None = None,
    grade: str | None = None, retired: bool = False,
) -> Ranked:  # fmt: skip
    """The points this person sees, the gravest first, those not graded yet last; then the nearest clock. At most MOST."""
    wanted = [access.visible_to(session, actor, office.rulebook(), machine=MACHINE)]
    wanted += [] if retired else [col(RiskPoint.live).is_(True)]
    wanted += [col(RiskPoint.project) == project] if project is not None else []
    wanted += [col(RiskPoint.link) == link] if link is not None else []
    wanted += [col(Matter.values)[GRADE].as_string() == grade] if grade is not None else []
    points = (
        select(Matter, col(RiskPoint.gravity))
        .join(RiskPoint, col(RiskPoint.matter) == col(Matter.id))
        .where(*wanted)
    )
    total = session.execute(select(func.count()).select_from(points.subquery())).scalar_one()
    order = (col(RiskPoint.gravity).asc().nulls_last(), col(Matter.due_at).asc().nulls_last(), col(Matter.id))
    found = session.execute(points.order_by(*order).limit(MOST))
    return Ranked(tuple(_line(row, gravity) for row, gravity in found), int(total))


def _line(row: Matter, gravity: int | None) -> dict[str, Any]:
    values = row.values
    return {
        "number": row.number, "state": row.state, "version": row.version, "title": row.title,
        "aspect": values.get("aspect"), "place": values.get("place"), "project": row.project, "link": values.get(LINK),
        "scheme": values.get(SCHEME), "level": values.get(LEVEL), "grade": values.get(GRADE), "gravity": gravity,
        "owner": row.handler, "indicator": values.get("indicator"), "review_on": values.get("review_on"),
        "due_at": row.due_at.isoformat() if row.due_at else None,
    }  # fmt: skip


def record(session: Session, office: Office, number: str, *, actor: str, lang: str) -> dict[str, Any]:
    """Every grade a point had, oldest first, each worked out again; and what raised it, as far as this person may see
    that. Raises NoSuchMatter."""
    row = gathering.load(session, office, number, login=actor, for_change=False).row
    machine = office.rulebook(row.rulebook).machines[row.machine]
    return {
        "number": row.number, "state": row.state, "version": row.version, "scheme": row.values.get(SCHEME),
        "level": row.values.get(LEVEL), "grade": row.values.get(GRADE), "grades": _grades(session, machine, row, lang),
        "raised": _raised(session, office, row, actor=actor),
    }  # fmt: skip


def _grades(session: Session, machine: Machine, row: OnFile, lang: str) -> list[dict[str, Any]]:
    """From the history, which nothing overwrites."""
    rules = machine.grading
    if rules is None:
        return []
    moves = [one.graded_by for one in rules.schemes.values()]
    query = (
        select(Event).where(col(Event.matter) == row.id, col(Event.move).in_(moves)).order_by(col(Event.seq))
    )
    found = []
    for event in session.execute(query).scalars():
        why = grading.explained(machine, event.move, event.data)
        asks = rules.schemes[event.data[SCHEME]].asks
        found.append({
            "event": event.id, "at": event.at.isoformat(), "by": event.actor, "reason": event.data.get("grade_reason"),
            "inputs": {name: event.data.get(name) for name in asks}, "explained": why.in_(lang) if why else "",
            "as_recomputed": not grading.differs(rules, event.move, event.data),
        } | {part: event.data.get(part) for part in KEPT})  # fmt: skip
    return found


def _raised(session: Session, office: Office, row: OnFile, *, actor: str) -> list[dict[str, Any]]:
    """Each time the point was raised by rule. What raised it is there for those who may see that very thing; to everybody
    else all of them look alike."""
    query = (
        select(RiskCause, col(Event.at))
        .join(Event, col(Event.id) == col(RiskCause.raised))
        .where(col(RiskCause.point) == row.id)
        .order_by(col(RiskCause.raised))
    )
    causes: Sequence[Any] = session.execute(query).all()
    matters = _in_sight(session, office, [one.event for one, _ in causes if one.event], actor=actor)
    duties = _duties(session, office, row, [one.entry for one, _ in causes if one.entry], actor=actor)
    return [
        {"event": cause.raised, "at": at.isoformat(),
         "cause": matters.get(cause.event or 0) or duties.get(cause.entry or 0)}
        for cause, at in causes
    ]  # fmt: skip


def _in_sight(
    session: Session, office: Office, events: list[int], *, actor: str
) -> dict[int, dict[str, Any]]:
    if not events:
        return {}
    seen = access.visible_to(session, actor, office.rulebook())
    query = (
        select(col(Event.id), col(Event.move), col(Matter.number), col(Matter.machine))
        .join(Matter, col(Matter.id) == col(Event.matter))
        .where(col(Event.id).in_(events), seen)
    )
    return {key: {"kind": machine, "number": number, "move": move}
            for key, move, number, machine in session.execute(query)}  # fmt: skip


def _duties(
    session: Session, office: Office, row: OnFile, entries: list[int], *, actor: str
) -> dict[int, dict[str, Any]]:
    """Changes of duty, for those who see every sign there is anyway: to others a cause that is not told would be a clue."""
    if not entries or not _sees_signs(session, office, row, actor):
        return {}
    query = select(AccountEvent).where(col(AccountEvent.id).in_(entries))
    return {
        int(one.id or 0): {"kind": "duty", "person": one.login, "what": one.what, "role": one.data.get("role"),
                           "organisation": one.data.get("organisation")}
        for one in session.execute(query).scalars()
    }  # fmt: skip


def _sees_signs(session: Session, office: Office, row: OnFile, actor: str) -> bool:
    book = office.rulebook(row.rulebook)
    return any(
        all(book.roles[held.role].sees.get(name) is Reach.ORGANISATION for name in book.signs)
        for held in people.postings_of(session, actor)
        if held.role in book.roles and held.organisation == row.organisation and held.project is None
    )


def schemes(office: Office, lang: str) -> list[dict[str, Any]]:
    """The schemes of the rulebook in force: by which move each grades, what it asks, its levels, what it rests on."""
    machine = office.rulebook().machines.get(MACHINE)
    rules = machine.grading if machine is not None else None
    return [] if machine is None or rules is None else [
        {"scheme": name, "label": one.label.in_(lang), "move": one.graded_by, "formula": one.formula,
         "asks": {field.name: field.label.in_(lang) for field in machine.moves[one.graded_by].fields
                  if field.name in one.asks},
         "weighs": dict(one.weighs), "at_least": {str(count): level for count, level in one.at_least.items()},
         "otherwise": one.otherwise,
         "levels": [{"level": each.level, "grade": each.grade, "label": each.label.in_(lang), "notice": each.notice}
                    for each in one.levels],
         "basis": one.basis.model_dump(mode="json", exclude_none=True)}
        for name, one in rules.schemes.items()
    ]  # fmt: skip
