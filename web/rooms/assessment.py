"""Assessment on a page: the sheet of a body and period with its pickers, to be read, printed, and drawn up."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from cases import assessment_sheets, assessments
from states.facts import Refused
from web.acting import Form
from web.assessment_words import TEXTS, period_in
from web.pages import lang_of, reasons, render
from web.rooms import naming
from web.rooms.door import Guest, Room, now, office_of, work_of

router = APIRouter(route_class=Room)


@router.get("/assessment")
def show(request: Request, who: Guest) -> Response:
    """The pickers, and the sheet that was asked for; a member finds the sheets that were put to their body."""
    office, lang, at = office_of(request), lang_of(request, who), now()
    given = request.query_params
    body, period = given.get("body", ""), given.get("period", "").strip()
    found: dict[str, Any] | None = None
    faults: list[Any] = []
    with work_of(request).reading() as session:
        choices = assessments.bodies(session, office, actor=who.login)
        names = naming.bodies(session, lang)
        held = assessment_sheets.on_file(session, office, actor=who.login)
        if body and period:
            try:
                found = assessments.sheet(
                    session, office, organisation=body, period=period, actor=who.login, at=at
                ).as_dict(lang)
            except Refused as refusal:
                faults = reasons(refusal, lang)
    drafts = found is not None and _draws_up(request, who.login, found["keeper"])
    return _page(request, who, choices=choices, names=names, held=held, found=found, faults=faults, body=body,
                 period=period or _last_quarter(office.day(at)), drafts=drafts,
                 called=period_in(found["period"], lang) if found else "", status=422 if faults else 200)  # fmt: skip


@router.post("/assessment/draft")
def draft(request: Request, who: Guest, form: Form) -> Response:
    """Draw the sheet up."""
    with work_of(request).unit() as session:
        moved = assessment_sheets.draw_up(
            session, office_of(request), organisation=form.get("body", ""), period=form.get("period", ""),
            actor=who.login, at=now(),
        )  # fmt: skip
    return RedirectResponse(f"/assessment/{moved.number}", status_code=303)


@router.get("/assessment/{number}")
def fixed(request: Request, who: Guest, number: str) -> Response:
    """A sheet as it was drawn up, with the rows that this person may see."""
    office, lang = office_of(request), lang_of(request, who)
    with work_of(request).reading() as session:
        found = assessment_sheets.shown(session, office, number, actor=who.login, lang=lang)
        names = naming.bodies(session, lang)
    state = office.rulebook().machines[assessments.MACHINE].states[found["state"]].label.in_(lang)
    return render(request, "rooms/assessment_fixed.html", signed=who, title="assessment", texts=TEXTS, found=found,
                  names=names, state=state, called=period_in(found["period"], lang))  # fmt: skip


def _page(request: Request, who: Guest, *, status: int, **context: Any) -> Response:
    states = office_of(request).rulebook().machines[assessments.MACHINE].states
    labels = {name: one.label.in_(lang_of(request, who)) for name, one in states.items()}
    return render(request, "rooms/assessment.html", signed=who, title="assessment", texts=TEXTS, states=labels,
                  status=status, **context)  # fmt: skip


def _draws_up(request: Request, login: str, keeper: str) -> bool:
    with work_of(request).reading() as session:
        return assessment_sheets.may_draw_up(session, office_of(request), login, keeper)


def _last_quarter(today: Any) -> str:
    """The quarter before this one, which is over."""
    year, quarter = today.year, (today.month - 1) // 3
    return f"{year}-Q{quarter}" if quarter else f"{year - 1}-Q4"
