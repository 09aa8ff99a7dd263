"""An inspection on a phone: its moves as large buttons, findings with their text and photographs, drafts kept meanwhile.

A finding becomes a clue, and its photographs become that clue's attachments. What was typed is kept when the line is bad
or a finding is refused; photographs are chosen again then, because a browser does not give a file twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from cases import checklist_facts, drafts, listing, opening, standing_lists, surveys
from cases.advance import advance
from cases.drafts import Draft
from cases.office import Office
from cases.surveys import OpenMove
from plumbline.work import Work
from states import forms
from states.facts import Refused
from web.acting import Signed
from web.pages import lang_of, reasons, render
from web.room_words import TEXTS
from web.rooms import attachments, naming
from web.rooms.door import STATUS, Guest, NotHere, Room, fresh_key, now, office_of, page_asked, whole, work_of
from web.rooms.uploads import Files

router = APIRouter(route_class=Room)
MACHINE = "inspection"


@dataclass(frozen=True, slots=True)
class Fault:
    """Which form was refused, and why."""

    item: int = 0
    given: dict[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


@router.get("/inspections")
def list_(request: Request, who: Guest) -> Response:
    """The inspections this person sees, the most urgent first."""
    with work_of(request).reading() as session:
        found = standing_lists.of(session, office_of(request), (MACHINE,), actor=who.login, at=now(),
                                  page=page_asked(request))  # fmt: skip
        context: dict[str, Any] = {"names": naming.people(session, [one.handler for one in found.lines]),
                   "bodies": naming.bodies(session, lang_of(request, who))}  # fmt: skip
    return render(request, "rooms/list.html", signed=who, title="inspections", texts=TEXTS, found=found,
                  where="/inspections", empty="no_inspections", **context)  # fmt: skip


@router.get("/inspections/{number}")
def inspection(request: Request, number: str, who: Guest) -> Response:
    """One inspection."""
    return _page(request, number, who, Fault())


@router.post("/inspections/{number}/findings")
def finding(request: Request, number: str, who: Guest, form: Files) -> Response:
    """Keep a finding as a draft, or record it: it becomes a clue with these photographs."""
    work, lang, item = (
        work_of(request),
        lang_of(request, who),
        whole(form.fields.get("item"), most=drafts.MOST_ITEMS),
    )
    given = {
        name: text for name, text in form.fields.items() if name not in ("item", "key", "version", "act")
    }
    here = f"/inspections/{quote(number)}"
    move = _finding_move(work, number, who)
    with work.unit() as session:
        drafts.keep(session, work.office, number, move, item, given, actor=who.login, at=now())
    if form.fields.get("act") != "record":
        if form.files:  # a draft is text alone
            return _page(
                request, number, who, Fault(item, given, tuple(attachments.to_choose_again(form.files, lang)))
            )
        return RedirectResponse(f"{here}?kept={item}#finding-{item}", status_code=303)
    try:
        clue = _record(work, number, move, item, given, who=who, form=form)
    except Refused as fault:
        told = Fault(item, given, (*reasons(fault, lang), *attachments.to_choose_again(form.files, lang)))
        return _page(request, number, who, told, status=STATUS.get(fault.code, 422))
    if not clue:
        return RedirectResponse(here, status_code=303)
    faults, status = attachments.put(work, clue, form.files, caption=given.get("title", "")[:200], actor=who.login,
                                     lang=lang)  # fmt: skip
    if faults:
        told = Fault(0, {}, (TEXTS[lang]["recorded_without"].format(clue), *faults))
        return _page(request, number, who, told, status=status)
    return RedirectResponse(f"{here}?recorded={quote(clue)}", status_code=303)


def _record(
    work: Work, number: str, move: str, item: int, given: dict[str, str], *, who: Signed, form: Files
) -> str:
    """The number of the clue that the finding became; empty for a form sent again, whose photographs came with the first."""
    fields = {name: text for name, text in given.items() if text.strip()}
    with work.unit() as session:
        moved = advance(session, work.office, number, move, actor=who.login, at=now(), fields=fields,
                        expected_version=whole(form.fields.get("version"), most=10**9),
                        key=form.fields.get("key", "")[:200] or None)  # fmt: skip
        matter = opening.id_of(session, number)
        drafts.drop(session, matter, move, item, actor=who.login)
    return moved.consequences[0].number if moved.consequences else ""


def _finding_move(work: Work, number: str, who: Signed) -> str:
    """The move that records a finding. Raises NoSuchMatter, NotHere, and Refused where it may not be made now."""
    with work.reading() as session:
        listing.check_machine(session, number, MACHINE)
        survey = surveys.moves(session, work.office, number, actor=who.login, at=now())
        machine = work.office.rulebook(survey.matter.rulebook).machines[MACHINE]
    for one in survey.open:
        if machine.moves[one.move].opens is not None:
            return one.move
    for blocked in survey.blocked:
        if machine.moves[blocked.move].opens is not None:
            raise Refused("blocked", blocked.reasons)
    raise NotHere(str(NotHere.__doc__))


def _page(request: Request, number: str, who: Signed, fault: Fault, *, status: int = 200) -> Response:
    lang = lang_of(request, who)
    with work_of(request).reading() as session:
        context = _looked(session, office_of(request), number, who.login, lang)
    return render(request, "rooms/inspection.html", signed=who, heading=number, texts=TEXTS, status=status, fault=fault,
                  number=number, key=fresh_key(), kept=request.query_params.get("kept", ""),
                  recorded=request.query_params.get("recorded", ""), **context)  # fmt: skip


def _looked(session: Session, office: Office, number: str, me: str, lang: str) -> dict[str, Any]:
    listing.check_machine(session, number, MACHINE)
    shown = listing.shown(session, office, number, actor=me)
    survey = surveys.moves(session, office, number, actor=me, at=now())
    machine = office.rulebook(shown["rulebook"]).machines[MACHINE]
    records = [one for one in survey.open if machine.moves[one.move].opens is not None]
    recorder = records[0] if records else None
    answers = checklist_facts.answered_by(machine, shown["values"])
    return {
        "shown": shown, "version": shown["version"], "kind": naming.choices(machine, "kind", lang),
        "buttons": [one for one in survey.open if one is not recorder and one.move != answers],
        "by_checklist": answers is not None,
        "form": _form(recorder, lang) if recorder is not None else None,
        "kept_drafts": _drafts(session, office, number, recorder, me),
        "project": naming.project(session, shown["project"]),
        "findings": [link for link in shown["links"] if not link["link"].startswith("of_")],
    }  # fmt: skip


def _form(recorder: OpenMove, lang: str) -> list[dict[str, Any]]:
    """The fields of a finding; a date begins as what would pass, which is today."""
    dated = {each.name: recorder.examples.get(each.name) for each in recorder.fields if each.type == "date"}
    return forms.describe_fields(recorder.fields, lang, dated)


def _drafts(session: Session, office: Office, number: str, recorder: OpenMove | None, me: str) -> list[Draft]:
    """Those that were kept, and an empty one to begin the next with."""
    if recorder is None:
        return []
    found = list(drafts.of(session, office, number, recorder.move, actor=me))
    free = next(item for item in range(1, drafts.MOST_ITEMS + 2) if item not in {one.item for one in found})
    return [*found, Draft(free, {}, now())]
