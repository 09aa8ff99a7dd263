"""Plans, programmes, slots and draws as one person may see them. Nothing here changes anything.

Whose rounds somebody sees, their programmes and slots they see. The sites a round is drawn from are for those who plan;
what was drawn is for the inspectors from the day of the round on. Whoever is kept out of a round finds nothing of it here:
neither that slot's number nor what was drawn for it.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_
from sqlmodel import Session, col, select

from cases import drawing, due_rounds, inspections, planning, recusals
from cases.drawing import RecordedDraw
from cases.inspections import MACHINE, Plan, Programme, Slot
from cases.matters import Matter
from cases.office import Office
from cases.people import postings_of
from states import recurrence_words
from states.rulebook import Reach

MOST = 1000
FURTHEST = timedelta(days=731)


def within(
    session: Session, office: Office, actor: str, organisation: Any, project: Any
) -> ColumnElement[bool]:
    """The condition for what belongs to rounds within the reach of `actor`: of their body, or of their project in it.

    Who sees only rounds of their own sees no programme: it is not theirs.
    """
    roles = office.rulebook().roles
    found: list[ColumnElement[bool]] = []
    for held in postings_of(session, actor):
        reach = roles[held.role].sees.get(MACHINE) if held.role in roles else None
        ours = col(organisation) == held.organisation
        if reach in (Reach.ORGANISATION, Reach.PROJECT) and held.project is not None:
            found.append(and_(ours, col(project) == held.project))
        elif reach is Reach.ORGANISATION:
            found.append(ours)
    return or_(*found) if found else false()


def of_programmes(session: Session, office: Office, actor: str) -> ColumnElement[bool]:
    """The condition for the programmes that `actor` sees."""
    return within(session, office, actor, Programme.organisation, Programme.project)


def plans(session: Session, office: Office, *, actor: str) -> list[dict[str, Any]]:
    """The yearly and quarterly plans, by code."""
    mine = select(col(Programme.plan)).where(of_programmes(session, office, actor))
    whole = within(session, office, actor, Plan.organisation, Plan.project)
    query = select(Plan).where(or_(whole, col(Plan.code).in_(mine)))
    return [
        {"code": one.code, "title": one.title, "period": one.period, "organisation": one.organisation,
         "project": one.project, "made_by": one.made_by, "made_at": one.made_at.isoformat()}
        for one in session.exec(query.order_by(col(Plan.code)))
    ]  # fmt: skip


def programmes(session: Session, office: Office, *, actor: str, lang: str) -> list[dict[str, Any]]:
    """The programmes, by code; each with its rule in `lang`, and its sites only to those who plan."""
    planned_by = planning.may_plan(session, office, actor)
    query = select(Programme).where(of_programmes(session, office, actor))
    return [
        _programme(one, lang=lang, whole=planned_by.plans(one.organisation, one.project))
        for one in session.exec(query.order_by(col(Programme.code)))
    ]


def _programme(one: Programme, *, lang: str, whole: bool) -> dict[str, Any]:
    return {
        "code": one.code, "plan": one.plan, "kind": one.kind, "title": one.title, "rule": one.rule,
        "recurs": recurrence_words.label(one.rule, lang), "organisation": one.organisation, "project": one.project,
        "link": one.link, "inspectors": list(one.inspectors), "team": one.team, "take": one.take,
        "sites": [dict(site) for site in one.sites] if whole else None, "starts_on": one.starts_on.isoformat(),
        "ends_on": one.ends_on.isoformat() if one.ends_on else None, "on_outage": one.on_outage, "active": one.active,
        "checklist": one.checklist, "made_by": one.made_by,
        "made_at": one.made_at.isoformat() if one.made_at else None, "why": one.why,
        "change_on": one.change_on.isoformat() if one.change_on else None,
        "change": _change(one, lang=lang, whole=whole),
    }  # fmt: skip


def _change(one: Programme, *, lang: str, whole: bool) -> dict[str, Any] | None:
    """What is to change; the sites only for those who plan."""
    if one.change is None:
        return None
    found = {name: value for name, value in one.change.items() if whole or name != "sites"}
    return found | ({"recurs": recurrence_words.label(found["rule"], lang)} if "rule" in found else {})


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
        .where(of_programmes(session, office, actor), or_(col(Matter.id).is_(None), _not_kept_out(actor)))
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
    query = select(Programme).where(of_programmes(session, office, actor))
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
    query = select(RecordedDraw).where(_of_draws(session, office, actor), _of_no_hidden_round(actor))
    found = session.exec(query.order_by(col(RecordedDraw.id).desc()).limit(limit)).all()
    return [shown(one, actor=actor, today=today) for one in found]


def draw(session: Session, office: Office, key: int, *, actor: str) -> RecordedDraw | None:
    """One draw; None for one that does not exist or is not theirs to see."""
    query = select(RecordedDraw).where(RecordedDraw.id == key, _of_draws(session, office, actor))
    query = query.where(_of_no_hidden_round(actor))
    return session.exec(query).first()


def _of_draws(session: Session, office: Office, actor: str) -> ColumnElement[bool]:
    """Those of programmes in sight; and those made by hand, which name no project, for all who see rounds of the body."""
    mine = select(col(Programme.code)).where(of_programmes(session, office, actor))
    roles = office.rulebook().roles
    bodies = {held.organisation for held in postings_of(session, actor) if held.role in roles
              and roles[held.role].sees.get(MACHINE) in (Reach.ORGANISATION, Reach.PROJECT)}  # fmt: skip
    by_hand = and_(col(RecordedDraw.programme).is_(None), col(RecordedDraw.organisation).in_(bodies))
    return or_(col(RecordedDraw.programme).in_(mine), by_hand)


def _not_kept_out(actor: str) -> ColumnElement[bool]:
    return not_(recusals.keeps_out(actor))


def _of_no_hidden_round(actor: str) -> ColumnElement[bool]:
    """The condition on a draw that holds unless it was for a round that `actor` is kept out of."""
    round_ = (
        select(Slot.id)
        .join(Matter, col(Matter.id) == col(Slot.matter))
        .where(col(Slot.programme) == col(RecordedDraw.programme), col(Slot.slot) == col(RecordedDraw.slot))
    )
    return not_(round_.where(recusals.keeps_out(actor)).exists())


def is_hidden(one: RecordedDraw, *, actor: str, today: date) -> bool:
    """Whether its outcome is not to be known yet: before the day of the round, by anybody but who drew."""
    return one.shown_on is not None and today < one.shown_on and one.made_by != actor


def shown(one: RecordedDraw, *, actor: str, today: date) -> dict[str, Any]:
    """A draw as somebody may see it on a day."""
    return drawing.as_dict(one, hidden=is_hidden(one, actor=actor, today=today))
