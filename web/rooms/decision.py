"""The register of decisions on pages: what the records lack, and one decision with who came and what each said."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from cases import decision_lists, listing, surveys
from cases.decision_lists import MACHINE
from web import register
from web.pages import lang_of, render
from web.room_words import TEXTS
from web.rooms import naming
from web.rooms.door import Guest, Room, now, office_of, work_of

router = APIRouter(route_class=Room)


@router.get("/decisions")
def list_(request: Request, who: Guest) -> Response:
    """The gaps of the decisions this person sees that wait to be seen to."""
    office, lang = office_of(request), lang_of(request, who)
    with work_of(request).reading() as session:
        found = decision_lists.gaps(session, office, actor=who.login, at=now(), lang=lang)
        projects = {code: naming.project(session, code) for code in {one["project"] for one in found}}
        opens = MACHINE in dict(register.open_to(session, office, who.login, lang=lang))
    return render(request, "rooms/decisions.html", signed=who, title="decisions", texts=TEXTS, found=found,
                  projects=projects, opens=opens)  # fmt: skip


@router.get("/decisions/{number}")
def decision(request: Request, number: str, who: Guest) -> Response:
    """One decision."""
    office, lang, at = office_of(request), lang_of(request, who), now()
    with work_of(request).reading() as session:
        listing.check_machine(session, number, MACHINE)
        shown = listing.shown(session, office, number, actor=who.login)
        record = decision_lists.record(session, office, number, actor=who.login, at=at, lang=lang)
        project = naming.project(session, shown["project"])
        open_ = surveys.moves(session, office, number, actor=who.login, at=at).open
    machine = office.rulebook(shown["rulebook"]).machines[MACHINE]
    words = {
        name: naming.choices(machine, name, lang) for name in ("attendance", "view", "result", "category")
    }
    return render(request, "rooms/decision.html", signed=who, heading=number, texts=TEXTS, number=number, shown=shown,
                  record=record, project=project, open=open_, words=words,
                  moves={one.move: one.label for one in open_},
                  finds=machine.meeting.found_by if machine.meeting else "")  # fmt: skip
