"""Attachments of a matter: the list, adding, getting, releasing to a round, marking for an escalation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from cases import attachments, listing, photographs, reads
from cases.attachments import Attachment
from cases.file_kinds import FLAGS
from cases.office import Office
from plumbline.attaching import Attaching
from plumbline.work import Work
from states.facts import Refused
from states.rulebook import StateKind
from web import files
from web.acting import Form, Signed
from web.pages import lang_of, reasons, render
from web.room_words import TEXTS
from web.rooms import naming
from web.rooms.door import STATUS, Guest, Room, now, work_of
from web.rooms.uploads import Files, Handed

router = APIRouter(route_class=Room)
CHOSEN = "attachment-"  # a box to tick: this, and the attachment's number


@router.get("/matters/{number}/attachments")
def list_(request: Request, number: str, who: Guest) -> Response:
    """The attachments of a matter."""
    return _page(request, number, who, faults=[], caption="")


@router.post("/matters/{number}/attachments")
def add(request: Request, number: str, who: Guest, form: Files) -> Response:
    """Add files. What was taken in stays; of what was not, it says why."""
    lang, caption = lang_of(request, who), form.fields.get("caption", "")
    if not form.files:
        return _page(request, number, who, faults=[TEXTS[lang]["no_file"]], caption=caption, status=422)
    faults, status = put(work_of(request), number, form.files, caption=caption, actor=who.login, lang=lang)
    if faults:
        return _page(request, number, who, faults=faults, caption=caption, status=status)
    return RedirectResponse(f"/matters/{quote(number)}/attachments", status_code=303)


def put(
    work: Work, number: str, files: Sequence[Handed], *, caption: str, actor: str, lang: str
) -> tuple[list[str], int]:
    """Add these files to a matter, each for itself; why some were not taken in, and the status to say so with.

    Raises NoSuchMatter.
    """
    faults, status, again = [], 200, list[Handed]()
    for one in files:
        try:
            Attaching(work).add(number, one.stream, name=one.name, actor=actor, at=now(), caption=caption)
        except Refused as fault:
            faults += [f"{one.name[:80]}: {said}" for said in reasons(fault, lang)]
            status = STATUS.get(fault.code, 422)
            again.append(one)
    return faults + to_choose_again(again, lang), status


def to_choose_again(files: Sequence[Handed], lang: str) -> list[str]:
    """That files which came with a refused form are not kept: a browser does not choose them again by itself."""
    names = ", ".join(one.name[:80] for one in files)
    return [TEXTS[lang]["files_again"].format(names)] if names else []


@router.post("/matters/{number}/attachments/release")
def release(request: Request, number: str, who: Guest, form: Form) -> Response:
    """Release photographs of a clue to a round, as copies without metadata."""
    chosen, to = _chosen(form), form.get("to", "")
    caption = form.get("caption", "").strip() or None
    if not chosen or not to:
        return _nothing_chosen(request, number, who)
    Attaching(work_of(request)).release(to, number, chosen, actor=who.login, at=now(), caption=caption)
    return RedirectResponse(f"/matters/{quote(number)}/attachments", status_code=303)


@router.post("/matters/{number}/attachments/send")
def send(request: Request, number: str, who: Guest, form: Form) -> Response:
    """Mark attachments of a clue for its escalation."""
    chosen, to = _chosen(form), form.get("to", "")
    if not chosen or not to:
        return _nothing_chosen(request, number, who)
    Attaching(work_of(request)).send(to, chosen, actor=who.login, at=now())
    return RedirectResponse(f"/matters/{quote(number)}/attachments", status_code=303)


def _chosen(form: Form) -> list[int]:
    numbers = (name.removeprefix(CHOSEN) for name in form if name.startswith(CHOSEN))
    return sorted(int(one) for one in numbers if one.isdecimal() and len(one) < 7)


def _nothing_chosen(request: Request, number: str, who: Signed) -> Response:
    faults = [TEXTS[lang_of(request, who)]["nothing_chosen"]]
    return _page(request, number, who, faults=faults, caption="", status=422)


@router.get("/matters/{number}/attachments/{attachment}")
def get(request: Request, number: str, attachment: str, who: Guest) -> Response:
    """An attachment as it was handed in, checked. Only a copy that was made here is shown in the page."""
    if not attachment.isdecimal() or len(attachment) > 6:
        raise HTTPException(404)
    opened = Attaching(work_of(request)).opened(number, int(attachment), actor=who.login, at=now())
    return files.answer(opened, shown=made_here)


def made_here(one: Attachment) -> bool:
    """Whether the picture was drawn anew by this program, so that a browser may show it."""
    return one.how == attachments.RELEASED and one.media_type == photographs.COPIES


def _page(
    request: Request, number: str, who: Signed, *, faults: list[str], caption: str, status: int = 200
) -> Response:
    work, lang = work_of(request), lang_of(request, who)
    with work.reading() as session:
        shown = listing.shown(session, work.office, number, actor=who.login)
    if shown["machine"] in reads.LOGGED:
        with work.unit() as session:
            reads.note(session, number, login=who.login, what=reads.FILE, door="page", at=now())
    with work.reading() as session:
        found = attachments.listed(session, work.office, number, actor=who.login)
        names = naming.people(session, [one["added_by"] for one in found])
        barred = _barred(session, work.office, number, who.login, lang)
    to = _going(work.office, shown)
    return render(request, "rooms/attachments.html", signed=who, heading=number, texts=TEXTS, status=status,
                  number=number, shown=shown, found=found, names=names, barred=barred, to=to, faults=faults,
                  caption=caption, most=work.settings.attachment_mb, flags=FLAGS)  # fmt: skip


def _barred(session: Session, office: Office, number: str, login: str, lang: str) -> list[str]:
    """Why this person adds nothing here; empty where they may."""
    try:
        attachments.to_add(session, office, number, actor=login)
    except Refused as fault:
        return reasons(fault, lang)
    return []


def _going(office: Office, shown: dict[str, Any]) -> dict[str, list[str]]:
    """Where attachments of this matter may go, by its links: rounds to release to, escalations to send with; those of an
    escalation that came from another site, with its own reply."""
    machines = office.rulebook(shown["rulebook"]).machines
    found: dict[str, list[str]] = {"release": [], "send": []}
    own = machines[shown["machine"]]
    if shown["values"].get("incoming") is True and own.states[shown["state"]].kind is not StateKind.FINAL:
        found["send"].append(shown["number"])
    for link in shown["links"]:
        machine = machines.get(link["machine"])
        if machine is None or link["link"].startswith("of_"):
            continue
        if machine.states[link["state"]].kind is not StateKind.FINAL:
            if machine.released_by:
                found["release"].append(link["number"])
            elif machine.exchange is not None:
                found["send"].append(link["number"])
    return found
