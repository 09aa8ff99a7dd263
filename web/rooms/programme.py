"""The inspection programme on a page: plans and what recurs, rounds to come, and what became of every slot."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request, Response

from cases import plan_lists
from web.pages import lang_of, render
from web.room_words import TEXTS
from web.rooms import naming
from web.rooms.door import Guest, Room, now, office_of, work_of

router = APIRouter(route_class=Room)
AHEAD = timedelta(days=92)
MOST = 200


@router.get("/programme")
def programme(request: Request, who: Guest) -> Response:
    """What this person may see of it; to those who see no rounds, an empty page."""
    office, lang = office_of(request), lang_of(request, who)
    today = office.day(now())
    kinds = next(
        (one.choices for one in office.rulebook().machines["inspection"].register_ if one.name == "kind"), {}
    )
    with work_of(request).reading() as session:
        found = plan_lists.programmes(session, office, actor=who.login, lang=lang)
        plans = plan_lists.plans(session, office, actor=who.login)
        slots = plan_lists.slots(session, office, actor=who.login, lang=lang, limit=MOST)
        coming = plan_lists.ahead(
            session, office, actor=who.login, today=today, until=today + AHEAD, limit=MOST
        )
        draws = plan_lists.draws(session, office, actor=who.login, today=today, limit=MOST)
        names = naming.people(session, [one["made_by"] for one in found])
    drawn = {(one["programme"], one["slot"]): one["drawn"] for one in draws if one["what"] == "sites"}
    return render(request, "rooms/programme.html", signed=who, title="programme", texts=TEXTS, found=found, plans=plans,
                  slots=slots, coming=coming, drawn=drawn, kinds=kinds, names=names)  # fmt: skip
