"""How one gets into a room: rights by the table of the pages, what is not there, and a refusal with its reasons."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4

from fastapi import Depends, HTTPException, Request, Response
from fastapi.routing import APIRoute

from cases import people
from cases.errors import KeyReused, NoSuchMatter
from cases.office import Office
from cases.people import UnknownPerson
from plumbline import clock
from plumbline.work import Work
from states.facts import Refused
from web import acting
from web.acting import Signed, signed_in
from web.page_rights import RIGHTS
from web.pages import lang_of, reasons, render
from web.room_words import TEXTS

STATUS = {"not_your_role": 403, "moved_meanwhile": 409, "attachment_too_large": 413, "too_large": 413}
"""Of refusals whose code has a status of its own; of the others it is 422."""


class NotHere(Exception):
    """There is no such page for this person."""


class Room(APIRoute):
    """A route whose handler may raise what the cases raise, and people get a page that says what it means for them."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, guarded."""
        handled = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handled(request)
            except (NoSuchMatter, NotHere, UnknownPerson):
                return nothing(request)
            except Refused as fault:
                return refused(request, reasons(fault, lang_of(request, _signed(request))),
                               status=STATUS.get(fault.code, 422))  # fmt: skip
            except KeyReused:
                return refused(request, [_texts(request)["key_reused"]], status=409)

        return guarded


def nothing(request: Request) -> Response:
    """What is not on file, and what this person may not see: the same words."""
    return render(request, "rooms/refused.html", signed=_signed(request), title="nothing", texts=TEXTS, status=404,
                  faults=[_texts(request)["nothing_here"]], back="/")  # fmt: skip


def refused(request: Request, faults: list[str], *, status: int = 422) -> Response:
    """What was refused, and what would cure it; nothing was changed."""
    return render(request, "rooms/refused.html", signed=_signed(request), title="refused", texts=TEXTS, status=status,
                  faults=faults, back=acting.came_from(request))  # fmt: skip


def _signed(request: Request) -> Signed | None:
    return getattr(request.state, "signed", None)


def _texts(request: Request) -> Any:
    return TEXTS[lang_of(request, _signed(request))]


def allowed(request: Request, who: Annotated[Signed, Depends(signed_in)]) -> Signed:
    """Who is signed in and may come in here. Raises NotSignedIn, FactorMissing, NotHere."""
    right = RIGHTS[request.method if request.method != "HEAD" else "GET", request.scope["route"].path]
    if right.roles:
        with work_of(request).reading() as session:
            if right.roles.isdisjoint(one.role for one in people.postings_of(session, who.login)):
                raise NotHere(str(NotHere.__doc__))
    return who


Guest = Annotated[Signed, Depends(allowed)]


def work_of(request: Request) -> Work:
    """The work this application is on."""
    return acting.accounts(request).work


def office_of(request: Request) -> Office:
    """Its office."""
    return work_of(request).office


def now() -> datetime:
    """The instant of the request."""
    return clock.now()


def fresh_key() -> str:
    """A key for a form: sent twice, it does its work once."""
    return uuid4().hex


def page_asked(request: Request) -> int:
    """Which page of a list is wanted; what is no number is the first."""
    given = request.query_params.get("page", "1")
    return int(given) if given.isdecimal() and len(given) < 7 else 1


def whole(given: str | None, *, most: int = 100_000) -> int:
    """A small number that a form sends. Raises HTTPException(404) for what our forms do not send."""
    if given is None or not given.isdecimal() or len(given) > 9 or not 0 < int(given) <= most:
        raise HTTPException(404)
    return int(given)
