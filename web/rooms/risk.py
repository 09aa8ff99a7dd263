"""The risk register on pages: the points by grade, and a point with every grade it had and what raised it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from cases import listing, risk_lists, surveys
from cases.office import Office
from cases.risk_points import MACHINE
from states.grading_rules import GRADE, LINK
from web import register
from web.pages import lang_of, render
from web.room_words import TEXTS
from web.rooms import naming
from web.rooms.door import Guest, Room, now, office_of, work_of

router = APIRouter(route_class=Room)


@router.get("/risks")
def list_(request: Request, who: Guest) -> Response:
    """The points this person sees, the gravest first; those that were not graded yet stand last."""
    office, lang = office_of(request), lang_of(request, who)
    with work_of(request).reading() as session:
        found = risk_lists.by_grade(session, office, actor=who.login)
        names = naming.people(session, [one["owner"] for one in found.lines])
        projects = {code: naming.project(session, code) for code in {one["project"] for one in found.lines}}
        opens = MACHINE in dict(register.open_to(session, office, who.login, lang=lang))
    return render(request, "rooms/risks.html", signed=who, title="risks", texts=TEXTS, found=found, names=names,
                  projects=projects, opens=opens, words=_words(office, lang))  # fmt: skip


@router.get("/risks/{number}")
def point(request: Request, number: str, who: Guest) -> Response:
    """One point."""
    office, lang = office_of(request), lang_of(request, who)
    with work_of(request).reading() as session:
        context = _looked(session, office, number, me=who.login, lang=lang)
    return render(request, "rooms/risk.html", signed=who, heading=number, texts=TEXTS, number=number,
                  words=_words(office, lang), **context)  # fmt: skip


def _looked(session: Session, office: Office, number: str, *, me: str, lang: str) -> dict[str, Any]:
    listing.check_machine(session, number, MACHINE)
    shown = listing.shown(session, office, number, actor=me)
    record = risk_lists.record(session, office, number, actor=me, lang=lang)
    people = [shown["handler"], *(one["by"] for one in record["grades"]),
              *((one["cause"] or {}).get("person") for one in record["raised"])]  # fmt: skip
    rules = office.rulebook(shown["rulebook"])
    grading = rules.machines[MACHINE].grading
    levels = {
        (name, level.level): level.label.in_(lang)
        for name, scheme in (grading.schemes.items() if grading else ())
        for level in scheme.levels
    }
    return {
        "shown": shown, "record": record, "levels": levels, "names": naming.people(session, people),
        "project": naming.project(session, shown["project"]),
        "open": surveys.moves(session, office, number, actor=me, at=now()).open,
        "moves": {(name, move): rule.label.in_(lang) for name, machine in rules.machines.items()
                  for move, rule in machine.moves.items()},
        "machines": {name: machine.label.in_(lang) for name, machine in rules.machines.items()},
    }  # fmt: skip


def _words(office: Office, lang: str) -> Mapping[str, Mapping[str, str]]:
    """What grades, links, kinds and states of points are called."""
    machine = office.rulebook().machines.get(MACHINE)
    if machine is None:
        return {name: {} for name in (GRADE, LINK, "aspect", "state")}
    found = {name: naming.choices(machine, name, lang) for name in (GRADE, LINK, "aspect")}
    return found | {"state": {name: state.label.in_(lang) for name, state in machine.states.items()}}
