"""The worklist: tabs, filters in the address, pages, saved filters, export, one move on several."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session, select

from cases import bulk, narrowing, saved_filters, worklist
from cases.office import Office
from cases.people import Person
from cases.worklist import SORTS, TABS, Line, Looker, Wanted
from plumbline import clock
from states.facts import Refused
from states.rulebook import Label
from web import acting, filters, ledger_file, remembering
from web.acting import Form, Signed, Who
from web.list_words import WORDS
from web.pages import lang_of, reasons, render

router = APIRouter()
PAGE = 50
ROW = "row."  # before the number of a chosen row; its value is the version that was seen


@dataclass(frozen=True, slots=True)
class DueWords:
    """A due date in words, with how it looks: late, soon or later; `on` is the last day in time."""

    text: str
    look: str
    on: date


def due_words(due_at: datetime | None, office: Office, *, at: datetime, lang: str) -> DueWords | None:
    """What to say of a clock that is late from `due_at` on."""
    if due_at is None:
        return None
    on, today, text = office.day(due_at - timedelta(microseconds=1)), office.day(at), WORDS[lang]
    days = (on - today).days
    if at >= due_at:
        said = text["late_now"] if not days else counted(text, "late_by", -days)
        return DueWords(said, "late", on)
    if days <= 0:
        return DueWords(text["due_today"], "soon", on)
    return DueWords(counted(text, "due_in", days), "soon" if days <= 3 else "later", on)


def counted(text: Mapping[str, str], name: str, count: int) -> str:
    """A sentence with a count in it; its own where a language has one for this count."""
    return (text.get(f"{name}_{count}") or text[name]).format(count)


@router.get("/worklist")
def page(request: Request, who: Who) -> Response:
    """The list; bare, with the filter its owner chose to open it with."""
    work, at = acting.accounts(request).work, clock.now()
    with work.reading() as session:
        if set(request.query_params) <= {"lang"} and (opening := saved_filters.first(session, who.login)):
            query: Mapping[str, str] = dict(parse_qsl(opening))
        else:
            query = request.query_params
        return _page(request, who, session, query, at=at)


def _page(
    request: Request, who: Signed, session: Session, query: Mapping[str, str], *, at: datetime, status: int = 200,
    refused: list[str] | None = None,
) -> Response:  # fmt: skip
    office, lang = acting.accounts(request).work.office, lang_of(request, who)
    looker = Looker.of(session, office, who.login)
    wanted, faults = filters.read(query, looker.machines())
    after = filters.spot(query.get("after", ""), wanted.sort)
    tabs = remembering.of(request, session, looker, ("tabs", wanted.machine), at,
                          lambda: worklist.counts(session, looker, wanted.machine, at=at))  # fmt: skip
    total = None if filters.narrowed(wanted) or wanted.tab == "late" else tabs[wanted.tab]
    found = worklist.page(session, looker, wanted, at=at, limit=PAGE, after=after, total=total)
    return render(
        request, "worklist.html", signed=who, title="worklist", texts=WORDS, status=status, wanted=wanted,
        tabs=tabs, machines=looker.machines(), found=found,
        shown=Shown(office, at, lang), faults=faults, refused=refused or [], paged=after is not None,
        next=filters.cursor(found.next), f=filters,
        options=_options(session, looker, wanted, lang), most=worklist.MOST_COUNTED,
        saved=saved_filters.of(session, who.login), tab_names=TABS, sorts=SORTS,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """How lines read: words of one language, as of one instant."""

    office: Office
    at: datetime
    lang: str

    def state(self, line: Any) -> str:
        """What people call the state a line is in."""
        states = self.office.rulebook(line.rulebook).machines[line.machine].states
        return states[line.state].label.in_(self.lang) if line.state in states else line.state

    def machine(self, name: str) -> str:
        """What people call a machine."""
        return self.office.rulebook().machines[name].label.in_(self.lang)

    def due(self, line: Line) -> DueWords | None:
        """When it is due, in words."""
        return due_words(line.due_at, self.office, at=self.at, lang=self.lang)

    def clock(self, line: Line) -> str:
        """What people call the nearest clock."""
        rule = self.office.rulebook(line.rulebook).machines[line.machine].deadlines.get(line.clock or "")
        return rule.label.in_(self.lang) if rule else line.clock or ""

    def value(self, line: Line, name: str) -> str:
        """A choice of the form, in words."""
        value = line.values.get(name)
        label = choices(self.office, line.machine, name).get(value) if isinstance(value, str) else None
        return label.in_(self.lang) if label else str(value or "")

    def days_still(self, line: Line) -> int:
        """Whole days since the last substantive act."""
        return max((self.office.day(self.at) - self.office.day(line.progressed_at)).days, 0)


_CHOICES: dict[tuple[str, str, str], Mapping[str, Label]] = {}


def choices(office: Office, machine: str, name: str) -> Mapping[str, Label]:
    """What may be chosen in the forms' fields of this name, by code."""
    key = (office.current, machine, name)
    if key not in _CHOICES:
        rules = office.rulebook().machines[machine]
        forms = (rules.register_, *(move.fields for move in rules.moves.values()))
        _CHOICES[key] = {code: said for form in forms for one in form if one.name == name
                         for code, said in one.choices.items()}  # fmt: skip
    return _CHOICES[key]


def _options(session: Session, looker: Looker, wanted: Wanted, lang: str) -> dict[str, list[tuple[str, str]]]:
    """What each filter may be set to, by name, with the words for it; people and projects of one's own bodies alone."""
    office = looker.office
    rules = office.rulebook().machines[wanted.machine]
    found = {"state": [(name, one.label.in_(lang)) for name, one in rules.states.items()]}
    for name in ("kind", "link", "grade"):
        found[name] = [(code, said.in_(lang)) for code, said in choices(office, wanted.machine, name).items()]
    bodies = sorted({one.organisation for one in looker.postings})
    found["handler"] = narrowing.people(session, bodies)
    found["project"] = narrowing.projects(session, bodies)
    found["organisation"] = narrowing.commissions(session, lang)
    return found


# -------------------------------------------------------------------------------------------------- saved filters


@router.post("/worklist/filters")
def save(request: Request, who: Who, form: Form) -> Response:
    """Keep the filter that the list stands under."""
    work, at = acting.accounts(request).work, clock.now()
    query = dict(parse_qsl(form.get("query", "")[: saved_filters.LONGEST_QUERY]))
    try:
        with work.unit() as session:
            wanted, _ = filters.read(query, Looker.of(session, work.office, who.login).machines())
            saved_filters.save(session, who.login, name=form.get("name", ""), query=filters.pairs(wanted),
                               shared="shared" in form, opens="opens" in form, at=at)  # fmt: skip
    except Refused as fault:
        with work.reading() as session:
            return _page(
                request, who, session, query, at=at, status=422, refused=reasons(fault, lang_of(request, who))
            )
    return RedirectResponse(filters.address(wanted), status_code=303)


@router.post("/worklist/filters/{key}/remove")
def remove(request: Request, key: int, who: Who, _form: Form) -> Response:
    """Throw away one of one's own filters."""
    with acting.accounts(request).work.unit() as session:
        if not 0 < key < 2**31 or not saved_filters.remove(session, key, login=who.login):
            raise HTTPException(404)
    return RedirectResponse("/worklist?tab=todo", status_code=303)


# ---------------------------------------------------------------------------------------------------------- export


@router.post("/worklist/export")
def export(request: Request, who: Who, form: Form) -> Response:
    """The clues of the filter as a workbook; on record before it leaves."""
    work, at, lang = acting.accounts(request).work, clock.now(), lang_of(request, who)
    query = dict(parse_qsl(form.get("query", "")[: saved_filters.LONGEST_QUERY]))

    def which(looker: Looker) -> Wanted:
        wanted, _ = filters.read(query, looker.machines())
        if wanted.machine != "clue":
            raise HTTPException(404)
        return wanted

    done = ledger_file.written(work, which, actor=who.login, at=at, lang=lang)
    return Response(done.content, media_type=ledger_file.WORKBOOK, headers=ledger_file.saved_as(done.name))


# ------------------------------------------------------------------------------------------------- several at once


@router.post("/worklist/moves")
def several(request: Request, who: Who, form: Form) -> Response:
    """Those chosen: which move, then its form."""
    work, at = acting.accounts(request).work, clock.now()
    chosen = _chosen(form)
    with work.reading() as session:
        offers = bulk.offers(session, work.office, list(chosen), actor=who.login, at=at)
        names = dict(session.exec(select(Person.login, Person.name)).all())
    offer = next((one for one in offers if one.move == form.get("move")), None)
    return render(request, "bulk.html", signed=who, title="bulk_title", texts=WORDS, chosen=chosen, offers=offers,
                  offer=offer, key=secrets.token_urlsafe(16), back=_back(form), names=names, ROW=ROW)  # fmt: skip


@router.post("/worklist/moves/{move}")
def move_several(request: Request, move: str, who: Who, form: Form) -> Response:
    """Make the move on each of those chosen."""
    work, at = acting.accounts(request).work, clock.now()
    chosen = _chosen(form)
    given = {name[6:]: value for name, value in form.items() if name.startswith("field.") and value.strip()}
    key = f"bulk-{form.get('key', '')[:40] or secrets.token_urlsafe(16)}"
    outcomes = bulk.move_each(
        work.unit, work.office, chosen, move, actor=who.login, at=at, fields=given, key=key
    )
    return render(request, "bulk_result.html", signed=who, title="bulk_title", texts=WORDS, outcomes=outcomes,
                  back=_back(form))  # fmt: skip


def _chosen(form: Mapping[str, str]) -> dict[str, int]:
    """The numbers of the rows chosen, with the versions that were seen."""
    rows = {name[len(ROW) :]: value for name, value in form.items() if name.startswith(ROW)}
    return {
        number: int(value)
        for number, value in rows.items()
        if value.isascii() and value.isdigit() and len(value) < 10
    }


def _back(form: Mapping[str, str]) -> str:
    there = acting.safe_next(form.get("back"))
    return there if there.startswith("/worklist") else "/worklist"
