"""Coverage on a page: a map of phase, side and link, coloured and in words, and what is proposed against blind cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from cases import coverage, inspections, planning, proposing, requests
from cases.coverage import Map
from cases.office import Office
from cases.worklist import Looker
from states import coverage_words
from states.coverage import BLIND, Cell
from web import remembering
from web.acting import Form, Signed
from web.coverage_words import TEXTS
from web.pages import lang_of, render
from web.rooms import naming
from web.rooms.door import Guest, NotHere, Room, fresh_key, now, office_of, work_of

router = APIRouter(route_class=Room)
SIGNS = {"covered": "✓", "planned": "◷", "blind": "✕"}
DEEPEST = 3  # shades of a blind cell, by risk
SHADE = 5  # of risk, for each shade


@router.get("/coverage")
def overview(request: Request, who: Guest) -> Response:
    """How much of each project is covered, planned and blind; of who sees one project only, its map."""
    given = request.query_params
    if project := given.get("project", ""):
        kept = {name: given[name] for name in ("side", "phase") if given.get(name)}
        there = f"/coverage/{quote(project, safe='')}"
        return RedirectResponse(f"{there}?{urlencode(kept)}" if kept else there, status_code=303)
    office, lang, at = office_of(request), lang_of(request, who), now()
    with work_of(request).reading() as session:
        projects = coverage.projects(session, office, who.login)
        names = {one.code: one.name for one in projects}
        found = _map(request, session, office, who, tuple(names), at)
    chosen = _Chosen.of(request, found)
    lines = [(code, name, coverage.counts([one for one in chosen.cells if one.project == code]))
             for code, name in names.items()]  # fmt: skip
    return render(request, "rooms/coverages.html", signed=who, title="coverage", texts=TEXTS, lines=lines, names=names,
                  signs=SIGNS, chosen=chosen, today=office.day(at), **_labels(office, lang))  # fmt: skip


@router.get("/coverage/{project}")
def of_project(request: Request, project: str, who: Guest) -> Response:
    """The map of one project, and what is proposed for it."""
    office, lang, at = office_of(request), lang_of(request, who), now()
    with work_of(request).reading() as session:
        names = {one.code: one.name for one in coverage.projects(session, office, who.login)}
        if project not in names:
            raise NotHere(str(NotHere.__doc__))
        found = _map(request, session, office, who, (project,), at)
        proposed = proposing.from_map(office, found, at=at)
        listed = proposing.listed(session, office, proposed, actor=who.login, lang=lang)
        people = naming.people(session, {one.last.by for one in found.cells if one.last})
    chosen = _Chosen.of(request, found)
    return render(
        request, "rooms/coverage.html", signed=who, heading=TEXTS[lang]["coverage_of"].format(names[project]),
        texts=TEXTS, project=project, names=names, chosen=chosen, signs=SIGNS, rows=_rows(chosen), people=people,
        counts=coverage.counts(chosen.cells), today=office.day(at), proposals=listed, without=proposed.without,
        since=coverage_words.since, place_of=place_of, shade=shade, accepted=request.query_params.get("accepted", ""),
        kinds=naming.choices(office.rulebook().machines[inspections.MACHINE], "kind", lang),
        keys={one["link"]: fresh_key() for one in listed}, planners=_planners(office, lang), **_labels(office, lang),
    )  # fmt: skip


@router.post("/coverage/{project}/accept")
def accept(request: Request, project: str, who: Guest, form: Form) -> Response:
    """Do what is proposed at a link; the same form sent again does it once."""
    work, at = work_of(request), now()
    link, kind, why = (form.get(name, "") for name in ("link", "kind", "why"))
    with work.unit() as session:
        if project not in {one.code for one in coverage.projects(session, work.office, who.login)}:
            raise NotHere(str(NotHere.__doc__))

        def act() -> dict[str, Any]:
            return proposing.accept(
                session, work.office, actor=who.login, at=at, project=project, link=link, kind=kind or None, why=why,
                lang=lang_of(request, who),
            ).as_dict()  # fmt: skip

        asked = requests.Request(
            who.login, form.get("key", "")[:200] or None, ("coverage", project, link, kind, why)
        )
        done = requests.once(session, asked, act, at=at)
    made = done["programme"] or done["number"]
    return RedirectResponse(
        f"/coverage/{quote(project, safe='')}?accepted={quote(made)}#proposals", status_code=303
    )


def _map(
    request: Request, session: Session, office: Office, who: Signed, projects: Sequence[str], at: datetime
) -> Map:
    """The cells of these projects: what history tells was read a moment ago, if nothing happened since; plans are read
    anew."""
    looker = Looker.of(session, office, who.login)
    told: list[coverage.Found] = []
    for project in projects:
        rows = coverage.reading(session, office, looker, at=at, projects=[project])
        told.append(remembering.of(request, session, looker, ("coverage", project), at, partial(coverage.found, rows),
                                   touched=rows.touched_since))  # fmt: skip
    whole = coverage.reading(session, office, looker, at=at, projects=projects)
    return coverage.counted(whole, coverage.Found.of(told))


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The filters, and the cells that they leave."""

    side: str
    phase: str
    cells: Sequence[Cell]

    @classmethod
    def of(cls, request: Request, found: Map) -> _Chosen:
        """By the query; what is no side or phase leaves nothing out."""
        given = request.query_params
        known = {one for link in found.rules.links.values() for one in link.phases}
        side = given.get("side", "") if given.get("side") in found.rules.personnel else ""
        phase = given.get("phase", "") if given.get("phase") in known else ""
        cells = [
            one for one in found.cells if side in ("", one.spot.personnel) and phase in ("", one.spot.phase)
        ]
        return cls(side, phase, cells)


def _rows(chosen: _Chosen) -> Mapping[str, Mapping[str, list[Cell]]]:
    """The cells by link and phase."""
    found: dict[str, dict[str, list[Cell]]] = {}
    for one in chosen.cells:
        found.setdefault(one.spot.link, {}).setdefault(one.spot.phase, []).append(one)
    return found


def _labels(office: Office, lang: str) -> dict[str, Any]:
    """What links, phases and sides are called; phases in the order of the works."""
    rules = coverage.rules_of(office)
    machine = office.rulebook().machines[rules.machine]
    return {"links": naming.choices(machine, "link", lang), "phases": naming.choices(machine, "phase", lang),
            "sides": {name: one.label.in_(lang) for name, one in rules.personnel.items()}}  # fmt: skip


def _planners(office: Office, lang: str) -> str:
    """Who plans inspections, in words."""
    book = office.rulebook()
    names = book.machines[inspections.MACHINE].moves[planning.SENDS].roles
    return ("、" if lang == "zh" else ", ").join(book.roles[one].label.in_(lang) for one in names)


def place_of(cell: Cell) -> str:
    """Where a cell leads: to what looked last while that holds, else to what is planned, else to what would close it."""
    if cell.last is not None and cell.state in ("covered", BLIND):
        return _page(cell.last.machine, cell.last.number)
    if cell.planned is not None:
        return _page(cell.planned.machine, cell.planned.by) if cell.planned.machine else "/programme"
    return f"#proposal-{cell.spot.link}"


def _page(machine: str, number: str) -> str:
    room = "inspections" if machine == inspections.MACHINE else "matters"
    return f"/{room}/{quote(number)}"


def shade(cell: Cell) -> int:
    """How deep a blind cell is coloured, from 1."""
    return min(DEEPEST, 1 + cell.risk // SHADE)
