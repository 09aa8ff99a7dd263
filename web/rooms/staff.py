"""People, bodies and projects, as the operator enters them; and how an account ends, in which others have a say too."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from cases import administering, ending, journal, organisations, people
from cases.ending import Proposal
from cases.people import Person
from states.facts import Refused
from web.acting import Form, Signed
from web.pages import lang_of, reasons, render
from web.room_words import TEXTS
from web.rooms.door import Guest, NotHere, Room, now, office_of, whole, work_of

router = APIRouter(route_class=Room)


@router.get("/people")
def list_(request: Request, who: Guest) -> Response:
    """Everybody with their postings, and the form to enter somebody."""
    return _people(request, who, faults=[], given={})


@router.post("/people")
def add(request: Request, who: Guest, form: Form) -> Response:
    """Enter somebody, with a first role if one is given."""
    given, work = {name: text.strip() for name, text in form.items()}, work_of(request)
    try:
        with work.unit() as session:
            administering.add_person(
                session, work.office, actor=who.login, login=given.get("login", ""), name=given.get("name", ""),
                organisation=given.get("organisation", ""), email=given.get("email") or None,
                lang="en" if given.get("lang") == "en" else "zh", at=now(),
            )  # fmt: skip
            if given.get("role"):
                administering.post(session, work.office, actor=who.login, login=given["login"], role=given["role"],
                                   organisation=given.get("organisation", ""), project=given.get("project") or None,
                                   at=now())  # fmt: skip
    except Refused as fault:
        return _people(request, who, faults=reasons(fault, lang_of(request, who)), given=given, status=422)
    return RedirectResponse(f"/people/{given['login']}", status_code=303)


def _people(
    request: Request, who: Signed, *, faults: list[str], given: dict[str, str], status: int = 200
) -> Response:
    ended = request.query_params.get("ended") == "1"
    with work_of(request).reading() as session:
        found = administering.listed(session, ended=ended)
        bodies, projects = organisations.organisations(session), organisations.projects(session)
        return render(request, "rooms/people.html", signed=who, title="people", texts=TEXTS, status=status, found=found,
                      bodies=bodies, projects=projects, roles=office_of(request).rulebook().roles, faults=faults,
                      given=given, ended=ended)  # fmt: skip


@router.get("/people/{login}")
def one(request: Request, login: str, who: Guest) -> Response:
    """One person: postings, what was done to the account, and what can be."""
    return _person(request, login, who)


def _person(request: Request, login: str, who: Signed, *, link: str = "", until: str = "") -> Response:
    with work_of(request).reading() as session:
        held = session.get(Person, login)
        if held is None:
            raise NotHere(str(NotHere.__doc__))
        return render(request, "rooms/person.html", signed=who, heading=held.name, texts=TEXTS, held=held,
                      postings=people.postings_of(session, login), record=journal.of(session, login),
                      bodies=organisations.organisations(session), projects=organisations.projects(session),
                      roles=office_of(request).rulebook().roles, link=link, until=until)  # fmt: skip


@router.post("/people/{login}/post")
def post(request: Request, login: str, who: Guest, form: Form) -> Response:
    """Give somebody a role."""
    return _role(request, login, who, form, administering.post)


@router.post("/people/{login}/unpost")
def unpost(request: Request, login: str, who: Guest, form: Form) -> Response:
    """Take a role away; it ends with the next request."""
    return _role(request, login, who, form, administering.unpost)


def _role(
    request: Request, login: str, who: Signed, form: Mapping[str, str], change: Callable[..., object]
) -> Response:
    """Give or take the role that a form names."""
    work = work_of(request)
    with work.unit() as session:
        change(session, work.office, actor=who.login, login=login, role=form.get("role", ""),
               organisation=form.get("organisation", ""), project=form.get("project") or None, at=now())  # fmt: skip
    return RedirectResponse(f"/people/{login}", status_code=303)


@router.post("/people/{login}/invite")
def invite(request: Request, login: str, who: Guest, form: Form) -> Response:
    """A one-time link to choose a password, on its only appearance."""
    work = work_of(request)
    with work.unit() as session:
        made = administering.invite(session, work.office, actor=who.login, login=login,
                                    clears_factor=form.get("lost") == "1", at=now())  # fmt: skip
    link = f"{work.settings.base_url.rstrip('/')}/welcome/{made.token}"
    return _person(request, login, who, link=link, until=made.expires_at.isoformat())


# ------------------------------------------------------------------------------------------- the end of an account


@router.get("/account-ends")
def ends(request: Request, who: Guest) -> Response:
    """The proposed ends that are this person's to decide or of their making; a pack, if one is asked for."""
    return _ends(request, who, request.query_params.get("login", "").strip(), faults=[], given={})


@router.post("/account-ends")
def propose(request: Request, who: Guest, form: Form) -> Response:
    """Propose that an account ends; a second person approves."""
    work, login = work_of(request), form.get("login", "").strip()
    others = dict(line.split("=", 1) for line in form.get("others", "").split() if "=" in line)
    proposal = Proposal(login, form.get("successor", "").strip() or None, others, form.get("reason", ""))
    try:
        with work.unit() as session:
            ending.propose(session, work.office, proposal, actor=who.login, at=now())
    except Refused as fault:
        return _ends(
            request, who, login, faults=reasons(fault, lang_of(request, who)), given=form, status=422
        )
    return RedirectResponse("/account-ends", status_code=303)


@router.post("/account-ends/{key}/approve")
def approve(request: Request, key: str, who: Guest, _form: Form) -> Response:
    """Approve an end: everything passes on at once."""
    work = work_of(request)
    with work.unit() as session:
        ending.approve(session, work.office, whole(key, most=10**9), actor=who.login, at=now())
    return RedirectResponse("/account-ends", status_code=303)


@router.post("/account-ends/{key}/keep")
def keep(request: Request, key: str, who: Guest, _form: Form) -> Response:
    """Decide against an end, or take one's own proposal back."""
    work = work_of(request)
    with work.unit() as session:
        ending.refuse(session, work.office, whole(key, most=10**9), actor=who.login, at=now())
    return RedirectResponse("/account-ends", status_code=303)


def _ends(
    request: Request, who: Signed, login: str, *, faults: list[str], given: dict[str, str], status: int = 200
) -> Response:
    work, lang = work_of(request), lang_of(request, who)
    rules = work.office.rulebook().hands_over
    with work.reading() as session:
        held = {one.role for one in people.postings_of(session, who.login)}
        waiting = ending.waiting(session, work.office, actor=who.login)
        proposes = rules is not None and not held.isdisjoint(rules.proposed_by)
        pack = None
        if login and proposes:
            try:
                pack = ending.pack(session, work.office, login, actor=who.login)
            except Refused as fault:
                faults, status = faults or reasons(fault, lang), 422
        return render(request, "rooms/ends.html", signed=who, title="ends", texts=TEXTS, status=status, waiting=waiting,
                      proposes=proposes, pack=pack, login=login, faults=faults, given=given)  # fmt: skip


# -------------------------------------------------------------------------------------------- bodies and projects


@router.get("/organisations")
def bodies(request: Request, who: Guest) -> Response:
    """The bodies there are, and who stands above whom."""
    return _bodies(request, who, faults=[], given={})


@router.post("/organisations")
def add_body(request: Request, who: Guest, form: Form) -> Response:
    """Enter a body, or put one under another."""
    work, given = work_of(request), {name: text.strip() for name, text in form.items()}
    try:
        with work.unit() as session:
            if given.get("act") == "move":
                administering.move_organisation(session, work.office, actor=who.login, code=given.get("code", ""),
                                                parent=given.get("parent") or None, at=now())  # fmt: skip
            else:
                names = {"zh": given.get("name_zh", ""), "en": given.get("name_en", "")}
                administering.add_organisation(session, work.office, actor=who.login, code=given.get("code", ""),
                                               kind=given.get("kind", ""), names=names,
                                               parent=given.get("parent") or None, at=now())  # fmt: skip
    except Refused as fault:
        return _bodies(request, who, faults=reasons(fault, lang_of(request, who)), given=given, status=422)
    return RedirectResponse("/organisations", status_code=303)


def _bodies(
    request: Request, who: Signed, *, faults: list[str], given: dict[str, str], status: int = 200
) -> Response:
    with work_of(request).reading() as session:
        found = organisations.organisations(session)
        return render(request, "rooms/organisations.html", signed=who, title="organisations", texts=TEXTS, status=status,
                      found=found, kinds=administering.KINDS, faults=faults, given=given)  # fmt: skip


@router.get("/projects")
def projects(request: Request, who: Guest) -> Response:
    """The projects there are."""
    return _projects(request, who, faults=[], given={})


@router.post("/projects")
def add_project(request: Request, who: Guest, form: Form) -> Response:
    """Enter a project."""
    work = work_of(request)
    try:
        with work.unit() as session:
            administering.add_project(session, work.office, actor=who.login, code=form.get("code", "").strip(),
                                      name=form.get("name", ""), organisation=form.get("organisation", ""),
                                      at=now())  # fmt: skip
    except Refused as fault:
        return _projects(request, who, faults=reasons(fault, lang_of(request, who)), given=form, status=422)
    return RedirectResponse("/projects", status_code=303)


def _projects(
    request: Request, who: Signed, *, faults: list[str], given: dict[str, str], status: int = 200
) -> Response:
    with work_of(request).reading() as session:
        return render(request, "rooms/projects.html", signed=who, title="projects", texts=TEXTS, status=status,
                      found=organisations.projects(session), bodies=organisations.organisations(session), faults=faults,
                      given=given)  # fmt: skip
