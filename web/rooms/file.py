"""Integrity files on pages: of people and of projects, one of each, and what an approved reading shows for its time."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from cases import file_lists, file_readings, listing, person_files, project_files, reads, surveys
from cases.errors import NoSuchMatter
from cases.file_leaves import SIGNED_AS, SOURCE, TOLD
from cases.office import Office
from states.file_rules import DATED_ON, SIGNED_BY, SIGNED_ON, STAMPED_BY, TEXT, TITLE
from web import register
from web.file_words import TEXTS
from web.pages import lang_of, render
from web.rooms import naming
from web.rooms.door import Guest, Room, now, office_of, work_of

MACHINES = (person_files.MACHINE, project_files.MACHINE, file_readings.OF_FILE)

router = APIRouter(route_class=Room)


@router.get("/files")
def list_(request: Request, who: Guest) -> Response:
    """The files this person sees, and what each lacks."""
    office, lang = office_of(request), lang_of(request, who)
    with work_of(request).reading() as session:
        people = file_lists.lines(session, office, actor=who.login, at=now(), lang=lang)
        works = project_files.lines(session, office, actor=who.login, lang=lang)
        names = naming.people(session, [one["keeper"] for one in (*people, *works)])
        projects = {
            code: naming.project(session, code) for code in {one["project"] for one in (*people, *works)}
        }
        opens = [one for one in register.open_to(session, office, who.login, lang=lang) if one[0] in MACHINES]
    return render(request, "rooms/files.html", signed=who, title="integrity_files", texts=TEXTS, people=people, works=works,
                  names=names, projects=projects, opens=opens, states=_states(office, lang))  # fmt: skip


def _states(office: Office, lang: str) -> dict[tuple[str, str], str]:
    machines = office.rulebook().machines
    return {(name, state): rule.label.in_(lang) for name in MACHINES if name in machines
            for state, rule in machines[name].states.items()}  # fmt: skip


@router.get("/files/{number}")
def file(request: Request, number: str, who: Guest) -> Response:
    """One file: of a person without anything it holds, of a project with its items."""
    office, lang = office_of(request), lang_of(request, who)
    with work_of(request).unit() as session:  # a look at the file of a person is on record before it is shown
        shown = listing.shown(session, office, number, actor=who.login)
        machine = shown["machine"]
        if machine not in MACHINES[:2]:
            raise NoSuchMatter(number)
        context = _looked(session, office, number, machine, me=who.login, lang=lang)
        context |= {"shown": shown, "project": naming.project(session, shown["project"])}
    template = "rooms/file.html" if machine == person_files.MACHINE else "rooms/project_file.html"
    return render(request, template, signed=who, heading=f"{number} {shown['title']}", texts=TEXTS, number=number,
                  states=_states(office, lang), **context)  # fmt: skip


def _looked(
    session: Session, office: Office, number: str, machine: str, *, me: str, lang: str
) -> dict[str, Any]:
    at = now()
    if machine == person_files.MACHINE:
        record = file_lists.record(session, office, number, actor=me, at=at, lang=lang)
        people = [record["keeper"], *(one["by"] for one in record["readings"])]
        reads.note(session, number, login=me, what=reads.FILE, door="page", at=at)
    else:
        record = project_files.record(session, office, number, actor=me, lang=lang)
        people = [record["keeper"], *(one["by"] for one in record["each"])]
    return {"record": record, "names": naming.people(session, people),
            "open": surveys.moves(session, office, number, actor=me, at=at).open}  # fmt: skip


@router.get("/files/{number}/contents")
def contents(request: Request, number: str, who: Guest) -> Response:
    """What the reading with this number shows whoever asked for it, until its instant. It is not kept, printed or copied."""
    office, lang = office_of(request), lang_of(request, who)
    with work_of(request).unit() as session:
        found = file_readings.contents(session, office, number, actor=who.login, door="page", at=now())
    leaves = [
        {
            "leaf": one.leaf, "part": found.labels[one.part].in_(lang), "on": one.on.isoformat(),
            "title": one.holds.get(TITLE), "text": one.holds.get(TEXT), "source": one.holds.get(SOURCE),
            "told": [said.get(lang, said["zh"]) for said in one.holds.get(TOLD, ())],
            "by": one.holds.get(SIGNED_BY) or one.holds.get(STAMPED_BY), "signed": SIGNED_ON in one.holds,
            "account": one.holds.get(SIGNED_AS),
            "stamped": DATED_ON in one.holds and STAMPED_BY in one.holds,
        }
        for one in found.leaves
    ]  # fmt: skip
    return render(request, "rooms/contents.html", signed=who, heading=number, texts=TEXTS, found=found, leaves=leaves,
                  reading=number)  # fmt: skip
