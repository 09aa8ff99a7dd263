"""The page of a matter: how it stands, what may be done next and why not, its clocks, its history, and its moves.

A look at the file on a person is on record before it is shown. A move goes through the one gate, once for each form that
was handed out: a double click, or Back and again, does nothing twice.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from sqlmodel import Session

from cases import (
    checklist_facts,
    checklist_findings,
    clues_begun,
    due_dates,
    form_of_move,
    gathering,
    listing,
    offering,
    reads,
    surveys,
)
from cases.due_dates import NoSuchDeadline
from cases.errors import KeyReused, NoSuchMatter
from cases.form_of_move import Asked
from cases.surveys import Survey
from plumbline import clock
from plumbline.attaching import Attaching
from plumbline.work import Work
from states import diagram
from states.checklist_rules import ITEM
from states.facts import Refused
from states.rulebook import Machine
from web import acting, form_fields, matter_facts, typed_again, words
from web.acting import Signed, Who, WholeForm
from web.form_fields import Sent, Typed
from web.matter_facts import Reader
from web.matter_words import TEXTS
from web.pages import lang_of, render
from web.rooms import naming

LONGEST_NUMBER = 64
PAGE = "page"  # the door that looks are noted at
NOT_FOR_PEOPLE = "engine_move"
OPENED = "open"  # what the ledger of a clock calls the opening of its matter
FIRST = frozenset({"moved_meanwhile", "wrong_state"})

router = APIRouter(prefix="/matters")


@dataclass(frozen=True, slots=True)
class Shown:
    """A matter as one person may see it, read at one instant."""

    found: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]
    survey: Survey
    rules: Machine
    names: Mapping[str, str]
    bodies: Mapping[str, str]
    project: str


@router.get("/{number}")
def page(request: Request, number: str, who: Who) -> Response:
    """The matter."""
    here, lang, at = acting.accounts(request).work, lang_of(request, who), clock.now()
    with here.reading() as session:
        shown = _shown(session, here, checked(number), actor=who.login, at=at, lang=lang)
    note_read(here, shown.found["machine"], number, who, reads.FILE, at=at)
    found, reader = shown.found, Reader.of(shown.rules, shown.names, lang)
    done = [one for one in shown.events if str(one["id"]) == request.query_params.get("done", "")
            and one["actor"] == who.login]  # fmt: skip
    by_engine = [
        one for one in shown.survey.blocked if any(why.code == NOT_FOR_PEOPLE for why in one.reasons)
    ]
    return render(
        request, "matter.html", signed=who, heading=f"{number} {found['title']}", texts=TEXTS, m=found, reader=reader,
        facts=reader.facts(found["values"], but_the_head=True), events=shown.events, rules=shown.rules,
        level=_level(reader, found["values"]), open=shown.survey.open, by_engine=by_engine,
        blocked=[one for one in shown.survey.blocked if one not in by_engine], bodies=shown.bodies, project=shown.project,
        done=done, on=here.office.day(at).isoformat(), machines=here.office.rulebook().machines,
        is_round=shown.rules.rounds is not None, answers_by=checklist_facts.answered_by(shown.rules, found["values"]),
        is_graded=shown.rules.grading is not None,
        is_meeting=shown.rules.meeting is not None,
        is_file=shown.rules.file is not None or shown.rules.items is not None, is_reading=_reads(shown, who),
        takes_attachments=shown.rules.file is None,
    )  # fmt: skip


def _shown(session: Session, here: Work, number: str, *, actor: str, at: datetime, lang: str) -> Shown:
    found = listing.shown(session, here.office, number, actor=actor)
    events = listing.history(session, here.office, number, actor=actor)
    survey = surveys.moves(session, here.office, number, actor=actor, at=at)
    rules = here.office.rulebook(found["rulebook"]).machines[found["machine"]]
    named = matter_facts.logins(rules, [found["values"], *(one["data"] for one in events)])
    named |= {one["actor"] for one in events} | set(found["seats"])
    named |= {one["person"] for one in found["readers"]}
    named |= {found[name] for name in ("handler", "opener", "moved_by") if found[name]}
    bodies = form_of_move.bodies(session, [found["organisation"], found["addressee"]], lang=lang)
    project = naming.project(session, found["project"])
    return Shown(found, events, survey, rules, offering.names(session, named), bodies, project)


def _reads(shown: Shown, who: Signed) -> bool:
    """Whether this is a reading that was approved for whoever looks."""
    rules = shown.rules.reading
    return (
        rules is not None
        and shown.found["opener"] == who.login
        and shown.found["state"] == shown.rules.moves[rules.approved_by].to
    )


def _level(reader: Reader, values: Mapping[str, Any]) -> str:
    field = reader.fields.get("classification")
    return reader.text(field, values["classification"]) if field and "classification" in values else ""


def checked(number: str) -> str:
    """A number as it may stand in an address. Raises NoSuchMatter."""
    if len(number) > LONGEST_NUMBER or not number.isprintable():
        raise NoSuchMatter(number[:LONGEST_NUMBER])
    return number


def note_read(here: Work, machine: str, number: str, who: Signed, what: str, *, at: datetime) -> None:
    """A line in a unit of its own, committed before the answer leaves: what cannot be recorded is not shown."""
    if machine in reads.LOGGED:
        with here.unit() as session:
            reads.note(session, number, login=who.login, what=what, door=PAGE, at=at)


@router.get("/{number}/picture")
def picture(request: Request, number: str, who: Who) -> Response:
    """The states of its machine with its way through them drawn in, and the same in words."""
    here, lang = acting.accounts(request).work, lang_of(request, who)
    with here.reading() as session:
        found = listing.shown(session, here.office, checked(number), actor=who.login)
        events = listing.history(session, here.office, number, actor=who.login)
    note_read(here, found["machine"], number, who, reads.HISTORY, at=clock.now())
    came = [one["to"] for one in events if one["to"]]
    path = tuple(state for index, state in enumerate(came) if index == 0 or came[index - 1] != state)
    rules = here.office.rulebook(found["rulebook"]).machines[found["machine"]]
    drawn = diagram.svg(rules, lang=lang, current=found["state"], path=path[:-1], styled=False)
    heading = TEXTS[lang]["picture_of"].format(number)
    return render(request, "picture.html", signed=who, heading=heading, texts=TEXTS, m=found, drawn=Markup(drawn),  # noqa: S704 - our own drawing
                  way=[rules.states[state].label.in_(lang) for state in path if state in rules.states])  # fmt: skip


@router.get("/{number}/clocks/{key}")
def why(request: Request, number: str, key: int, who: Who) -> Response:
    """How a date came about."""
    here, lang, at = acting.accounts(request).work, lang_of(request, who), clock.now()
    with here.reading() as session:
        try:
            found = due_dates.explained(session, here.office, key, actor=who.login, at=at)
        except NoSuchDeadline:
            raise NoSuchMatter(number) from None
        names = offering.names(session, [one["by"] for one in found["entries"] if one["by"]])
    if found["number"] != number:
        raise NoSuchMatter(number)
    name = found["label"][lang] if found["label"] else found["deadline"]
    heading = TEXTS[lang]["why_of"].format(number, name)
    moves = {
        code: move.label.in_(lang)
        for code, move in here.office.rulebook().machines[found["machine"]].moves.items()
    }
    moves[OPENED] = TEXTS[lang]["begin"]
    return render(request, "why.html", signed=who, heading=heading, texts=TEXTS, c=found, number=number,
                  moves=moves, reader=Reader({}, names, lang), budget=words.period(found["budget"], lang))  # fmt: skip


# --------------------------------------------------------------------------------------------------------- moves


@router.get("/{number}/moves/{move}")
def form(request: Request, number: str, move: str, who: Who) -> Response:
    """The form of a move; of one that is not open, why not."""
    return _form(
        request, checked(number), move, who, kept=typed_again.into_fields(typed_again.back(request, who))
    )


@router.post("/{number}/moves/{move}")
def make(request: Request, number: str, move: str, who: Who, form: WholeForm) -> Response:
    """Make a move, once for each form that was handed out."""
    here, sent, at = acting.accounts(request).work, Sent.read(form), clock.now()
    with here.reading() as session:
        asked = form_of_move.asked(session, here.office, checked(number), move, actor=who.login, at=at)
    try:
        moved = Attaching(here).advance(
            number, move, actor=who.login, at=at, expected_version=sent.version, key=sent.key,
            fields=sent.fields(asked.fields),
        )  # fmt: skip
    except Refused as refused:
        return _form(request, number, move, who, sent=sent, refused=refused)
    except KeyReused:
        return _form(request, number, move, who, sent=sent, again=True)
    there = _after(here, number, moved.event, who.login)
    if there.startswith("/matters/") and (item := _item_of(asked, sent)):
        there = f"/inspections/{number}/checklist?made={quote(item)}#item-{quote(item)}"
    return RedirectResponse(there, status_code=303)


def _item_of(asked: Asked, sent: Sent) -> str:
    """The item of a checklist that something was made of; empty for any other form."""
    rules, given = asked.rules.checklist, sent.typed.get(ITEM, ())
    return given[-1].strip() if rules is not None and asked.move in rules.found_by and given else ""


def _after(here: Work, number: str, event: int, login: str) -> str:
    """Where one stands after a move: at the matter, or at the desk where the move took it out of sight."""
    with here.reading() as session:
        try:
            gathering.load(session, here.office, number, login=login, for_change=False)
        except NoSuchMatter:
            return f"/?gone={number}"
    return f"/matters/{number}?done={event}"


def _form(
    request: Request, number: str, move: str, who: Signed, *, sent: Sent | None = None, refused: Refused | None = None,
    again: bool = False, kept: Typed | None = None,
) -> Response:  # fmt: skip
    here, lang, at = acting.accounts(request).work, lang_of(request, who), clock.now()
    with here.reading() as session:
        asked = form_of_move.asked(session, here.office, number, move, actor=who.login, at=at)
        if not asked.exists:
            raise HTTPException(404)
        item, gap = (request.query_params.get(name, "") for name in ("item", "gap"))
        typed = (
            sent.typed if sent else kept or _begun(session, here, asked, item=item, gap=gap, at=at, lang=lang)
        )
        fields = form_fields.built(
            session, here.office, asked.fields, asked.examples, asked.matter, actor=who.login, lang=lang, typed=typed,
            refused=refused,
        )  # fmt: skip
    text, first = TEXTS[lang], refused is not None and refused.code in FIRST
    general = [text["sent_before"]] if again else form_fields.general(refused, asked.fields, lang)
    state = asked.rules.states[asked.matter.state].label.in_(lang)
    return render(
        request, "move.html", signed=who, texts=TEXTS, asked=asked, rule=asked.rules.moves[move], number=number,
        heading=f"{asked.rules.moves[move].label.in_(lang)} · {number}", fields=fields, general=general, first=first,
        state=state, leads=asked.leads(lang), version=asked.matter.version, move=move, sent=sent,
        key=sent.key if sent and not again else secrets.token_urlsafe(16), status=_status(asked, refused, again=again),
        typed=Reader.of(asked.rules, {}, lang).facts(_typed(sent.typed if sent else kept or {})), back=kept is not None,
    )  # fmt: skip


def _begun(
    session: Session, here: Work, asked: Asked, *, item: str, gap: str, at: datetime, lang: str
) -> Typed | None:
    """What a form begins with that makes something of what was found: at an item of a checklist, or in a register."""
    rules, today = asked.rules.checklist, here.office.day(at)
    begun = clues_begun.begun(
        asked.rules, asked.matter, asked.move, asked.fields, gap=gap, today=today, lang=lang
    )
    found = checklist_facts.asked(session, here.office, asked.matter) if item and rules is not None else None
    if found is not None and asked.move in found.rules.found_by:
        begun = checklist_findings.begun(
            session, asked.matter, found, asked.fields, item, today=today, lang=lang
        )
    return {name: [text] for name, text in begun.items()} or None


def _typed(typed: Typed) -> dict[str, str]:
    return {name: ", ".join(one for one in given if one.strip()) for name, given in typed.items()}


def _status(asked: Asked, refused: Refused | None, *, again: bool) -> int:
    if again or (refused is not None and refused.code in FIRST):
        return 409
    return 422 if refused is not None else 200 if asked.is_open else 409
