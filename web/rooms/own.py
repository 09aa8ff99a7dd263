"""One's own settings, and the visible outbox of notices."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session, col, select

from cases import access, own_settings, people
from cases.matters import Matter
from notifications import notices, outbox
from notifications.mail import BadAddress, sendable
from notifications.notices import Listed
from notifications.outbox import NotDead
from web.acting import Form, Signed
from web.api.rights import OPERATOR
from web.pages import lang_of, render
from web.room_words import TEXTS
from web.rooms.door import Guest, NotHere, Room, now, office_of, whole, work_of

router = APIRouter(route_class=Room)
OFFICE = ""  # in place of a channel: as the office tells everybody
MOST = 100


@router.get("/settings")
def settings(request: Request, who: Guest) -> Response:
    """By which channel, in which language and at which address one is told."""
    return _settings(request, who, faults=[])


@router.post("/settings")
def change(request: Request, who: Guest, form: Form) -> Response:
    """Change them. What was wrong changes nothing of the rest either."""
    work, text = work_of(request), TEXTS[lang_of(request, who)]
    wanted: dict[str, str | None] = {}
    if form.get("lang") in TEXTS:
        wanted["lang"] = form["lang"]
    channel, address = form.get("channel", OFFICE), form.get("email", "").strip()
    if channel != OFFICE and channel not in work.channels:
        return _settings(request, who, faults=[text["no_such_channel"]], status=422)
    wanted["channel"] = channel or None
    try:
        wanted["email"] = sendable(address) if address else None
    except BadAddress:
        return _settings(request, who, faults=[text["bad_address"]], status=422)
    with work.unit() as session:
        for what, value in wanted.items():
            own_settings.change(session, who.login, what, value, actor=who.login, at=now())
    return RedirectResponse("/settings?saved=1", status_code=303)


def _settings(request: Request, who: Signed, *, faults: list[str], status: int = 200) -> Response:
    work = work_of(request)
    with work.reading() as session:
        held = own_settings.of(session, who.login, actor=who.login)
        told_by = outbox.way(held.channel, office=work.settings.channel, has_address=bool(held.email),
                             set_up=work.channels)  # fmt: skip
        return render(request, "rooms/settings.html", signed=who, title="settings", texts=TEXTS, status=status,
                      held=held, told_by=told_by, channels=sorted(work.channels), faults=faults,
                      saved=request.query_params.get("saved") == "1", operates=_operates(session, who.login),
                      changes=own_settings.changes(session, who.login))  # fmt: skip


def _operates(session: Session, login: str) -> bool:
    return any(one.role == OPERATOR for one in people.postings_of(session, login))


@router.get("/notices")
def list_(request: Request, who: Guest) -> Response:
    """One's own notices, the newest first, with reasons for failure; the operator's are everybody's."""
    status, before = request.query_params.get("status", ""), request.query_params.get("before", "")
    with work_of(request).reading() as session:
        everybodys = _operates(session, who.login)
        found = notices.notices(
            session, status=status if status in notices.STATUSES else None, limit=MOST + 1,
            recipient=None if everybodys else who.login, before=int(before) if before.isdecimal()
            and len(before) < 12 else None,
        )  # fmt: skip
        seen = _seen(request, session, who.login, found)
        counts = notices.counts(session) if everybodys else {}
    lines, more = found[:MOST], len(found) > MOST
    return render(request, "rooms/notices.html", signed=who, title="notices", texts=TEXTS, found=lines, seen=seen,
                  counts=counts, everybodys=everybodys, status_asked=status, following=lines[-1].id if more else None,
                  documents=office_of(request).rulebook().documents,
                  statuses=[one for one in notices.STATUSES if everybodys or one != notices.DROPPED])  # fmt: skip


def _seen(request: Request, session: Session, login: str, lines: Sequence[Listed]) -> set[str]:
    """The numbers among them of matters that this person may see; the others are not named."""
    numbers = {one.number for one in lines if one.number is not None}
    visible = access.visible_to(session, login, office_of(request).rulebook())
    return set(session.exec(select(Matter.number).where(col(Matter.number).in_(numbers), visible)).all())


@router.post("/notices/{notice}/again")
def again(request: Request, notice: str, who: Guest, _form: Form) -> Response:
    """Take up a notice that was given up: one's own, or any for the operator."""
    work, key = work_of(request), whole(notice, most=2**31)
    with work.unit() as session:
        everybodys = _operates(session, who.login)
        if notices.one_of(session, key, login=who.login, everybodys=everybodys) is None:
            raise NotHere(str(NotHere.__doc__))
        try:
            outbox.revive(session, key, by=who.login, at=now())
        except NotDead:
            raise NotHere(str(NotHere.__doc__)) from None
    return RedirectResponse("/notices", status_code=303)
