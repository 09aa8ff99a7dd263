"""The radar on a page: by body how much stands still at which step, and what, the longest first."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from cases import radar
from cases.office import Office
from web.pages import lang_of, render
from web.radar_words import TEXTS
from web.rooms import naming
from web.rooms.door import Guest, Room, now, office_of, work_of

router = APIRouter(route_class=Room)
SHOWN = 100


@router.get("/radar")
def show(request: Request, who: Guest) -> Response:
    """What this person sees standing still; of one body, or one kind, where that is asked."""
    office, lang, at = office_of(request), lang_of(request, who), now()
    given = request.query_params
    rules = radar.rules_of(office.rulebook())
    machine = given.get("machine", "") if given.get("machine") in rules.steps else ""
    body = given.get("body", "")
    with work_of(request).reading() as session:
        found = radar.of(session, office, actor=who.login, at=at, organisation=body or None, machine=machine or None,
                         limit=SHOWN)  # fmt: skip
        names = naming.people(
            session, [person for one in found.blips for person in (one.line.handler, one.act.by)]
        )
        bodies = naming.bodies(session, lang)
    document = radar.document(office, found, actor=who.login, at=at)
    return render(request, "rooms/radar.html", signed=who, title="radar", texts=TEXTS, found=document, names=names,
                  bodies=bodies, shown=SHOWN, today=office.day(at), body=body, machine=machine,
                  **_words(office, lang))  # fmt: skip


def _words(office: Office, lang: str) -> dict[str, Any]:
    """What machines, their states and moves are called; those of earlier rules too."""
    books = [*office.rulebooks.values(), office.rulebook()]
    return {
        "kinds": {name: one.label.in_(lang) for book in books for name, one in book.machines.items()},
        "states": {(name, state): rule.label.in_(lang) for book in books for name, one in book.machines.items()
                   for state, rule in one.states.items()},
        "moves": {(name, move): rule.label.in_(lang) for book in books for name, one in book.machines.items()
                  for move, rule in one.moves.items()},
    }  # fmt: skip
