"""Challenges that wait for this person: each is decided with a reason. One's own interest is never one's to judge."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from cases import offering, recusing
from states.facts import Refused
from web.acting import Form, Signed
from web.pages import lang_of, reasons, render
from web.room_words import TEXTS
from web.rooms.door import Guest, NotHere, Room, now, whole, work_of

router = APIRouter(route_class=Room)


@router.get("/recusals")
def waiting(request: Request, who: Guest) -> Response:
    """The challenges that are this person's to decide, oldest first; of a matter they do not see, its number only."""
    return _waiting(request, who)


@router.post("/recusals/{key}")
def decide(request: Request, key: str, who: Guest, form: Form) -> Response:
    """Keep the person out, or do not. What is refused keeps what was typed."""
    grant = {"grant": True, "refuse": False}.get(form.get("decision", ""))
    challenge = whole(key, most=10**9)
    if grant is None:
        raise NotHere(str(NotHere.__doc__))
    work = work_of(request)
    try:
        with work.unit() as session:
            recusing.decide(session, work.office, challenge, actor=who.login, grant=grant,
                            reason=form.get("reason", ""), at=now())  # fmt: skip
    except Refused as fault:
        if fault.code != "missing":
            raise
        return _waiting(request, who, faults=reasons(fault, lang_of(request, who)), about=challenge,
                        given=form.get("reason", ""), status=422)  # fmt: skip
    return RedirectResponse("/recusals", status_code=303)


def _waiting(
    request: Request, who: Signed, *, faults: list[str] | None = None, about: int = 0, given: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    work = work_of(request)
    with work.reading() as session:
        found = recusing.to_decide(session, work.office, who.login)
        people = [login for one in found for login in (one["person"], one["asked_by"], *one["also"])]
        names = offering.names(session, people)
    asked = {one["id"]: datetime.fromisoformat(one["asked_at"]) for one in found}
    return render(request, "rooms/recusals.html", signed=who, title="recusals", texts=TEXTS, status=status, found=found,
                  names=names, asked=asked, faults=faults or [], about=about, given=given)  # fmt: skip
