"""The checklist of a round on a phone: item after item, each saved by itself, with its photographs.

What was typed, and photographs that arrived, come back with a form that was refused. A script only saves the way to a new
page and back: without one, each answer is a form, and what follows is the page with the next item open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from cases import attachments, checklist_answering, checklist_loading, checklist_sheets, listing, surveys
from cases.errors import KeyReused
from cases.inspections import MACHINE
from cases.office import Office
from cases.surveys import Survey
from plumbline.attaching import Attaching
from plumbline.work import Work
from states.facts import Refused
from web.acting import Signed
from web.checklist_words import TEXTS
from web.pages import is_part, lang_of, reasons, render
from web.rooms import naming
from web.rooms.attachments import to_choose_again
from web.rooms.door import STATUS, Guest, Room, fresh_key, now, office_of, work_of
from web.rooms.uploads import MOST_FILES, Files, Handed, Sent

router = APIRouter(route_class=Room)
FIELDS = ("answer", "remark", "measured", "unit")
PREFIX, KEPT = (
    "f_",
    "photograph-",
)  # before the fields of an answer; before the number of a photograph that is there
LONGEST_KEY = 64


@dataclass(frozen=True, slots=True)
class Card:
    """The item whose form stands open, what stands in it, and what was wrong with it."""

    item: str = ""
    given: Mapping[str, str] = field(default_factory=dict)
    photographs: tuple[int, ...] = ()
    faults: tuple[str, ...] = ()
    seen: int | None = None  # the answer it was written over; None: the latest


@router.get("/inspections/{number}/checklist")
def page(request: Request, number: str, who: Guest) -> Response:
    """All items, the next one open; for a script, one of them with its form."""
    return _page(request, number, who, Card(request.query_params.get("item", "")[:64]))


@router.post("/inspections/{number}/checklist/{item}")
def answer(request: Request, number: str, item: str, who: Guest, form: Files) -> Response:
    """Answer one item with its photographs. What was refused comes back as it was sent."""
    work, lang = work_of(request), lang_of(request, who)
    caption, faults = _may(work, number, item, who=who, lang=lang)
    given = {name: form.fields.get(PREFIX + name, "") for name in FIELDS}
    card = Card(item, given, _kept(form), tuple(faults), _whole(form, "seen"))
    if faults:
        return _page(request, number, who, card, status=409)
    card, status = _with_photographs(work, number, card, form, caption=caption, who=who, lang=lang)
    if card.faults:
        return _page(request, number, who, card, status=status)
    try:
        _answer(work, number, card, _key(form), who=who)
    except Refused as fault:
        is_first = fault.code == checklist_answering.MEANWHILE
        card = replace(card, faults=tuple(reasons(fault, lang)), seen=None if is_first else card.seen)
        return _page(request, number, who, card, status=409 if is_first else STATUS.get(fault.code, 422))
    except KeyReused:
        card = replace(card, faults=(TEXTS[lang]["already_sent"],))
        return _page(request, number, who, card, status=409)
    return _saved(request, number, item, who)


def _may(work: Work, number: str, item: str, *, who: Signed, lang: str) -> tuple[str, list[str]]:
    """What photographs of this item are of, and why this person does not answer it now: asked before a file is kept.

    Raises NoSuchMatter, Refused (no_checklist), HTTPException(404).
    """
    with work.reading() as session:
        listing.check_machine(session, number, MACHINE)
        _, found = checklist_sheets.asked_of(session, work.office, number, actor=who.login)
        survey = surveys.moves(session, work.office, number, actor=who.login, at=now())
        barred = _barred(work.office, survey, lang)
    if item not in found.items:
        raise HTTPException(404)
    return f"{item} {found.items[item][1].sign.in_(lang)}"[: attachments.LONGEST_CAPTION], barred


def _barred(office: Office, survey: Survey, lang: str) -> list[str]:
    """Why this person answers nothing here now; empty where they may."""
    machine = office.rulebook(survey.matter.rulebook).machines[MACHINE]
    answers = machine.checklist.answered_by if machine.checklist else ""
    if answers in {one.move for one in survey.open}:
        return []
    for one in survey.blocked:
        if one.move == answers:
            return [f"{why.message.in_(lang)} {why.cure.in_(lang)}" for why in one.reasons]
    return [TEXTS[lang]["not_in_this_state"].format(machine.states[survey.matter.state].label.in_(lang))]


def _with_photographs(
    work: Work, number: str, card: Card, form: Sent, *, caption: str, who: Signed, lang: str
) -> tuple[Card, int]:
    """The card with the photographs that came with it, on file now; and why some were not taken in."""
    kept, faults, status = list(card.photographs), list[str](), 200
    for place, one in enumerate(form.files[:MOST_FILES]):
        try:
            kept.append(_put(work, number, one, caption=caption, who=who, key=f"{_key(form)}-{place}"))
        except Refused as fault:
            faults += [f"{one.name[:80]}: {said}" for said in reasons(fault, lang)]
            status = STATUS.get(fault.code, 422)
    if left := form.files[MOST_FILES:]:
        faults += [TEXTS[lang]["too_many_photographs"].format(MOST_FILES), *to_choose_again(left, lang)]
        status = 422
    return replace(card, photographs=tuple(dict.fromkeys(kept)), faults=tuple(faults)), status


def _put(work: Work, number: str, file: Handed, *, caption: str, who: Signed, key: str) -> int:
    """The number of a photograph among the attachments of the round. Raises NoSuchMatter, Refused."""
    given: dict[str, Any] = {
        "name": file.name,
        "actor": who.login,
        "at": now(),
        "caption": caption,
        "photograph": True,
    }
    try:
        return Attaching(work).add(number, file.stream, key=key, **given).number
    except KeyReused:  # the form was sent before with another file, and this is what its owner chose instead
        file.stream.seek(0)
        return Attaching(work).add(number, file.stream, **given).number


def _answer(work: Work, number: str, card: Card, key: str, *, who: Signed) -> None:
    form = {"item": card.item} | {name: text for name, text in card.given.items() if text.strip()}
    if card.photographs:
        form["photographs"] = ", ".join(map(str, card.photographs))
    with work.unit() as session:
        checklist_answering.answer(session, work.office, number, form, seen=card.seen or 0, actor=who.login,
                                   at=now(), key=key)  # fmt: skip


def _saved(request: Request, number: str, item: str, who: Signed) -> Response:
    """That it is saved, and on to the next item."""
    if is_part(request):
        return _page(request, number, who, Card(), saved=item)
    with work_of(request).reading() as session:
        found = checklist_sheets.sheet(session, office_of(request), number, actor=who.login, lang="zh")
    following = next_of(found, item)
    place = f"#item-{following}" if following else "#progress"
    return RedirectResponse(
        f"/inspections/{quote(number)}/checklist?saved={quote(item)}{place}", status_code=303
    )


# ------------------------------------------------------------------------------------------------------ showing


def next_of(sheet: Mapping[str, Any], after: str = "") -> str:
    """The item that waits for its answer after this one, or else from the beginning; what may be left out comes last."""
    names = [str(one["item"]) for one in sheet["items"]]
    begin = names.index(after) + 1 if after in names else 0
    waiting = {*sheet["again"], *sheet["unanswered"]}
    free = {
        one["item"]
        for one in sheet["items"]
        if one["asked"] and one["answer"] is None and not one["left_out"]
    }
    for wanted in (waiting, free):
        for name in (*names[begin:], *names[:begin]):
            if name in wanted:
                return name
    return ""


def _page(
    request: Request, number: str, who: Signed, card: Card, *, saved: str = "", status: int = 200
) -> Response:
    lang, part = lang_of(request, who), is_part(request)
    saved = saved or request.query_params.get("saved", "")[:64]
    with work_of(request).reading() as session:
        context = _looked(session, office_of(request), number, who.login, lang)
    sheet = context["sheet"]
    known = {one["item"]: one for one in sheet["items"]}
    following = next_of(sheet, saved)
    opened = card if card.item in known else Card("" if context["barred"] else following)
    items = (
        [known[name] for name in dict.fromkeys((saved, opened.item)) if name in known]
        if part
        else sheet["items"]
    )
    return render(
        request, "rooms/checklist_part.html" if part else "rooms/checklist.html", signed=who, status=status, texts=TEXTS,
        heading=TEXTS[lang]["checklist_of"].format(number), number=number, key=fresh_key(), card=opened, items=items,
        saved=known.get(saved), made=request.query_params.get("made", "")[:64], following=following, most=MOST_FILES,
        most_mb=work_of(request).settings.attachment_mb, **context,
    )  # fmt: skip


def _looked(session: Session, office: Office, number: str, me: str, lang: str) -> dict[str, Any]:
    listing.check_machine(session, number, MACHINE)
    sheet = checklist_sheets.sheet(session, office, number, actor=me, lang=lang)
    shown = listing.shown(session, office, number, actor=me)
    survey = surveys.moves(session, office, number, actor=me, at=now())
    machine = office.rulebook(shown["rulebook"]).machines[MACHINE]
    given = [one for line in sheet["items"] for one in (line["answer"], *line["earlier"]) if one is not None]
    links = checklist_loading.links(office)
    photographs = attachments.listed(session, office, number, actor=me)
    return {
        "sheet": sheet, "shown": shown, "barred": _barred(office, survey, lang),
        "machines": office.rulebook(shown["rulebook"]).machines,
        "makes": [one for one in survey.open if machine.checklist and one.move in machine.checklist.found_by],
        "choices": naming.choices(machine, "answer", lang), "names": naming.people(session, [one["by"] for one in given]),
        "links": {code: label.in_(lang) for code, label in links.items()},
        "photographs": {one["attachment"]: one["name"] for one in photographs},
        "waiting": list(dict.fromkeys((*sheet["again"], *sheet["unanswered"]))),
        "answered": sum(one["answer"] is not None for one in sheet["items"] if one["asked"]),
        "asked": sum(one["asked"] for one in sheet["items"]),
    }  # fmt: skip


def _kept(form: Sent) -> tuple[int, ...]:
    numbers = (name.removeprefix(KEPT) for name in form.fields if name.startswith(KEPT))
    return tuple(sorted(int(one) for one in numbers if one.isdecimal() and len(one) < 7))


def _whole(form: Sent, name: str) -> int:
    given = form.fields.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 19 else 0


def _key(form: Sent) -> str:
    return form.fields.get("key", "")[:LONGEST_KEY] or fresh_key()
