"""Joint creation on a page: what is missing of it and why, what is under way, and where something new is begun."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from cases import creation_gaps, creation_scope
from web import register
from web.pages import lang_of, render
from web.room_words import TEXTS
from web.rooms import naming
from web.rooms.door import Guest, Room, now, office_of, work_of

router = APIRouter(route_class=Room)


@router.get("/creation")
def page(request: Request, who: Guest) -> Response:
    """The gaps by kind, and the matters that are not over."""
    office, lang = office_of(request), lang_of(request, who)
    book = office.rulebook()
    machines = [name for name in creation_gaps.MACHINES if name in book.machines]
    with work_of(request).reading() as session:
        found = creation_gaps.document(session, office, actor=who.login, at=now(), lang=lang)
        going = creation_scope.under_way(session, office, machines, actor=who.login)
        context: dict[str, Any] = {
            "names": naming.people(session, [one["person"] for one in found["gaps"]]),
            "bodies": naming.bodies(session, lang),
            "projects": {code: naming.project(session, code) for code in {one["project"] for one in found["gaps"]}},
            "opens": [one for one in register.open_to(session, office, who.login, lang=lang) if one[0] in machines],
        }  # fmt: skip
    labels = {name: book.machines[name].label.in_(lang) for name in machines}
    states = {
        (name, state): rule.label.in_(lang)
        for name in machines
        for state, rule in book.machines[name].states.items()
    }
    return render(request, "rooms/creation.html", signed=who, title="creation", texts=TEXTS, found=found, going=going,
                  labels=labels, states=states, **context)  # fmt: skip
