"""Plans, programmes, slots and draws as one person may see them. Nothing here changes anything.

Whose rounds somebody sees, their programmes and slots they see. The sites a round is drawn from are for those who plan;
what was drawn is for the inspectors from the day of the round on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any

from sqlmodel import Session, col, select

from cases import drawing, due_rounds, inspections, planning
from cases.drawing import RecordedDraw
from cases.inspections import MACHINE, Plan, Programme, Slot
from cases.matters import Matter
from cases.office import Office
from cases.people import postings_of
from states import recurrence_words

MOST = 1000
FURTHEST = timedelta(days=731)


def bodies(session: Session, office: Office, actor: str) -> set[str]:
    """The bodies whose inspection rounds `actor` sees."""
    roles = office.rulebook().roles
    return {held.organisation for held in postings_of(session, actor)
            if held.role in roles and MACHINE in roles[held.role].sees}  # fmt: skip


def plans(session: Session, office: Office, *, actor: str) -> list[dict[str, Any]]:
    """The yearly and quarterly plans, by code."""
    query = select(Plan).where(col(Plan.organisation).in_(bodies(session, office, actor)))
    return [
        {"code": one.code, "title": one.title, "period": one.period, "organisation": one.organisation,
         "project": one.project, "made_by": one.made_by, "made_at": one.made_at.isoformat()}
        for one in session.exec(query.order_by(col(Plan.code)))
    ]  # fmt: skip


def programmes(session: Session, office: Office, *, actor: str, lang: str) -> list[dict[str, Any]]:
    """The programmes, by code; each with its rule in `lang`, and its sites only to those who plan."""
    planned_by = planning.may_plan(session, office, actor)
    query = select(Programme).where(col(Programme.organisation).in_(bodies(session, office, actor)))
    return [
        _programme(one, lang=lang, whole=one.organisation in planned_by)
        for one in session.exec(query.order_by(col(Programme.code)))
    ]


def _programme(one: Programme, *, lang: str, whole: bool) -> dict[str, Any]:
    return {
        "code": one.code, "plan": one.plan, "kind": one.kind, "title": one.title, "rule": one.rule,
        "recurs": recurrence_words.label(one.rule, lang), "organisation": one.organisation, "project": one.project,
        "link": one.link, "inspectors": list(one.inspectors), "team": one.team, "take": one.take,
        "sites": [dict(site) for site in one.sites] if whole else None, "starts_on": one.starts_on.isoformat(),
        "ends_on": one.ends_on.isoformat() if one.ends_on else None, "on_outage": one.on_outage, "active": one.active,
    }  # fmt: skip


def slots(
    session: Session,
    office: Office,
    *,
    actor: str,
    lang: str,
    programme: str | None = None,
    limit: int = MOST,
) -> list[dict[str, Any]]:
    """The slots with their outcomes, the newest first; each with its reason, and the number of its round."""
    query = (
        select(Slot, Matter.number)
        .join(Programme, col(Programme.code) == col(Slot.programme))
        .outerjoin(Matter, col(Matter.id) == col(Slot.matter))
        .where(col(Programme.organisation).in_(bodies(session, office, actor)))
        .order_by(col(Slot.slot).desc(), col(Slot.programme))
        .limit(limit)
    )
    if programme is not None:
        query = query.where(col(Slot.programme) == programme)
    return [
        {"programme": one.programme, "slot": one.slot.isoformat(), "outcome": one.outcome, "number": number,
         "why": one.why, "reason": due_rounds.reason(one.why, one.instead, lang) or one.reason,
         "at": one.at.isoformat()}
        for one, number in session.exec(query)
    ]  # fmt: skip


def ahead(
    session: Session, office: Office, *, actor: str, today: date, until: date, limit: int = MOST
) -> list[dict[str, Any]]:
    """The slots to come until a day, two years ahead at most, the nearest first, with the day each opens on."""
    until = min(until, today + FURTHEST)
    found: list[dict[str, Any]] = []
    query = select(Programme).where(col(Programme.organisation).in_(bodies(session, office, actor)))
    for one in session.exec(query.where(col(Programme.active))).all():
        marks = inspections.milestones(session, one.project) if one.project else {}
        given = inspections.given(one, office.calendar, marks)
        for when in islice(inspections.slots(one, given, until=until), limit):
            opens_on = office.calendar.next_working_day(when.on)
            found.append({"programme": one.code, "slot": when.on.isoformat(), "opens_on": opens_on.isoformat(),
                          "provisional": office.calendar.is_provisional(when.on, opens_on)})  # fmt: skip
    return sorted(found, key=lambda one: (one["slot"], one["programme"]))[:limit]


def draws(
    session: Session, office: Office, *, actor: str, today: date, limit: int = MOST
) -> list[dict[str, Any]]:
    """The draws on record, the newest first."""
    query = select(RecordedDraw).where(col(RecordedDraw.organisation).in_(bodies(session, office, actor)))
    found = session.exec(query.order_by(col(RecordedDraw.id).desc()).limit(limit)).all()
    return [shown(one, actor=actor, today=today) for one in found]


def draw(session: Session, office: Office, key: int, *, actor: str) -> RecordedDraw | None:
    """One draw; None for one that does not exist or is not theirs to see."""
    found = session.get(RecordedDraw, key)
    return found if found is not None and found.organisation in bodies(session, office, actor) else None


def is_hidden(one: RecordedDraw, *, actor: str, today: date) -> bool:
    """Whether its outcome is not to be known yet: before the day of the round, by anybody but who drew."""
    return one.shown_on is not None and today < one.shown_on and one.made_by != actor


def shown(one: RecordedDraw, *, actor: str, today: date) -> dict[str, Any]:
    """A draw as somebody may see it on a day."""
    return drawing.as_dict(one, hidden=is_hidden(one, actor=actor, today=today))


def known(session: Session, office: Office, *, actor: str) -> Sequence[str]:
    """The codes of the programmes somebody sees."""
    query = select(Programme.code).where(col(Programme.organisation).in_(bodies(session, office, actor)))
    return session.exec(query.order_by(col(Programme.code))).all()
