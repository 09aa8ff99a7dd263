"""Zero reports on a page: which body reported for which period, and what is missing of that."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from cases import zero_lists
from web.pages import lang_of, render
from web.rooms import naming
from web.rooms.door import Guest, Room, now, office_of, work_of
from web.zero_words import TEXTS

router = APIRouter(route_class=Room)


@router.get("/zero-reports")
def show(request: Request, who: Guest) -> Response:
    """The newest twelve periods of each body in sight; a member sees their own body."""
    office, lang, at = office_of(request), lang_of(request, who), now()
    with work_of(request).reading() as session:
        found = zero_lists.document(session, office, actor=who.login, at=at)
        missing = zero_lists.gaps_document(session, office, actor=who.login, at=at, lang=lang)
        bodies = naming.bodies(session, lang)
        signers = [cell["signed_by"] for one in found["bodies"] for cell in one["cells"]]
        names = naming.people(session, signers)
    return render(request, "rooms/zero_reports.html", signed=who, title="zero_reports", texts=TEXTS, found=found,
                  missing=missing, bodies=bodies, names=names, today=office.day(at))  # fmt: skip
