"""People, bodies and projects, as the operator enters them; and how an account ends, in which others have a say too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlmodel import Session
from starlette.responses import Response

from cases import administering, ending, journal, organisations, people
from cases.ending import AccountEnd, Proposal
from cases.people import Person
from web.api import examples, shapes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation, Takes
from web.api.problems import not_here
from web.api.wishes import Flag, Line, Story, Wish

TAG = "staff"
NOBODY, NO_END = "no_such_person", "no_such_account_end"


class PeopleQuery(Wish):
    ended: Annotated[Flag, Field(description="With those whose account has ended.")] = False


class Entering(Wish):
    login: Annotated[Line, Field(examples=["officer9"])]
    name: Annotated[Line, Field(examples=["王明"])]
    organisation: Annotated[Line, Field(description="Its code.", examples=["MGJ"])]
    email: Annotated[Line | None, Field(examples=["wang@example.org"])] = None
    lang: Literal["zh", "en"] = "zh"


class Holding(Wish):
    """A role in a body, for one project or for all of them."""

    role: Annotated[Line, Field(examples=["officer"])]
    organisation: Annotated[Line, Field(description="Its code.", examples=["MGJ"])]
    project: Annotated[Line | None, Field(description="Its code.", examples=["PC"])] = None


class Inviting(Wish):
    clears_factor: Annotated[bool, Field(description="The phone and the recovery codes are lost.")] = False


class EnteringBody(Wish):
    code: Annotated[Line, Field(examples=["SGJ"])]
    kind: Annotated[Line, Field(examples=["contractor"])]
    name_zh: Annotated[Line, Field(examples=["第三建筑公司"])]
    name_en: Annotated[Line, Field(examples=["Third Building Company"])]
    parent: Annotated[Line | None, Field(examples=["MGJ"])] = None


class Moving(Wish):
    parent: Annotated[Line | None, Field(description="The body it reports to; null: none.", examples=["MGJ"])]


class EnteringProject(Wish):
    code: Annotated[Line, Field(examples=["PC2"])]
    name: Annotated[Line, Field(examples=["二期工程"])]
    organisation: Annotated[Line, Field(description="The commission that supervises it.", examples=["MGJ"])]


class PackQuery(Wish):
    login: Annotated[Line, Field(examples=["officer"])]


class Proposing(Wish):
    person: Annotated[Line, Field(examples=["officer"])]
    successor: Annotated[Line | None, Field(examples=["officer2"])] = None
    others: Annotated[
        dict[Line, Line],
        Field(max_length=1000, default_factory=dict, description="Other successors, by the number of the matter.",
              examples=[{}]),
    ]  # fmt: skip
    reason: Annotated[Story, Field(examples=["Moves to the port authority on 1 October."])]


class PostingShape(shapes.Shape):
    role: str
    organisation: str
    project: str | None


class PersonShape(shapes.Shape):
    login: str
    name: str
    organisation: str
    email: str | None
    lang: str | None
    active: bool
    postings: list[PostingShape]


class PeopleShape(shapes.Shape):
    people: list[PersonShape]


class WholePersonShape(PersonShape):
    """With what was done to the account, the newest first."""

    record: list[dict[str, Any]]


class InvitationShape(shapes.Shape):
    """A one-time link to choose a password, on its only appearance."""

    login: str
    link: str
    expires_at: shapes.When


class BodyShape(shapes.Shape):
    code: str
    kind: str
    name: shapes.Both
    parent: str | None


class BodiesShape(shapes.Shape):
    organisations: list[BodyShape]


class ProjectShape(shapes.Shape):
    code: str
    name: str
    organisation: str


class ProjectsShape(shapes.Shape):
    projects: list[ProjectShape]


class PackShape(shapes.Shape):
    """What hangs on a person. `unseen`: matters that whoever asks may not see are only counted."""

    matters: list[dict[str, Any]]
    unseen: int
    clocks: int
    programmes: list[Any]


class EndShape(shapes.Shape):
    id: int
    person: str
    successor: str | None
    others: dict[str, str]
    reason: str
    status: str
    proposed_by: str
    proposed_at: shapes.When
    decided_by: str | None


class WaitingEndShape(EndShape):
    pack: PackShape


class EndsShape(shapes.Shape):
    account_ends: list[WaitingEndShape]


class EndedShape(shapes.Shape):
    """What passed on, and to whom, by number."""

    id: int
    person: str
    passed: dict[str, str]
    sessions: int
    tokens: int


_POSTING = {"role": "officer", "organisation": "MGJ", "project": None}
_PERSON: dict[str, Any] = {
    "login": "officer9", "name": "王明", "organisation": "MGJ", "email": "wang@example.org", "lang": "zh", "active": True,
    "postings": [_POSTING],
}  # fmt: skip
_WHOLE = _PERSON | {"record": [{"what": "added", "by": "operator", "at": examples.AT}]}
_BODY: dict[str, Any] = {"code": "SGJ", "kind": "contractor", "parent": "MGJ",
                         "name": {"zh": "第三建筑公司", "en": "Third Building Company"}}  # fmt: skip
_PROJECT = {"code": "PC2", "name": "二期工程", "organisation": "MGJ"}
_PACK: dict[str, Any] = {"matters": [], "unseen": 2, "clocks": 3, "programmes": []}
_END: dict[str, Any] = {
    "id": 1, "person": "officer", "successor": "officer2", "others": {}, "reason": "Moves to the port authority.",
    "status": "proposed", "proposed_by": "head", "proposed_at": examples.AT, "decided_by": None,
}  # fmt: skip
_PROPOSED = {"person": "officer", "successor": "officer2", "reason": "Moves away."}
_ENTERED = {
    "code": "SGJ",
    "kind": "contractor",
    "name_zh": "第三建筑公司",
    "name_en": "Third Building Company",
}


def operations() -> Iterator[Operation]:
    """All of them."""
    yield from _of_people()
    yield from _of_bodies()
    yield Operation("GET", "/account-ends", "account_ends_list", ("account_end", "read"),
                    "The proposed ends of accounts that are yours to decide or of your making", ends,
                    Answers(EndsShape, {"account_ends": [_END | {"pack": _PACK}]}), TAG)  # fmt: skip
    yield Operation("GET", "/account-ends/pack", "account_end_pack", ("account_end", "read"),
                    "What hangs on a person, before their account ends", pack, Answers(PackShape, _PACK), TAG,
                    query=PackQuery, may_refuse=True)  # fmt: skip
    yield Operation("POST", "/account-ends", "account_end_propose", ("account_end", "change"),
                    "Propose that an account ends; a second person approves", propose, Answers(EndShape, _END, 201), TAG,
                    key=True, may_refuse=True,
                    takes=Takes(Proposing, _PROPOSED))  # fmt: skip
    yield Operation("POST", "/account-ends/{id}/approval", "account_end_approve", ("account_end", "change"),
                    "Approve it: everything passes on at once", approve,
                    Answers(EndedShape, {"id": 1, "person": "officer", "passed": {"MGJ-2026-0001": "officer2"},
                                         "sessions": 1, "tokens": 0}), TAG, key=True, may_refuse=True)  # fmt: skip
    yield Operation("POST", "/account-ends/{id}/refusal", "account_end_refuse", ("account_end", "change"),
                    "Decide against it, or take your own proposal back", keep,
                    Answers(EndShape, _END | {"status": "refused"}), TAG, key=True, may_refuse=True)  # fmt: skip


def _of_people() -> Iterator[Operation]:
    person = Answers(WholePersonShape, _WHOLE)
    yield Operation("GET", "/people", "people_list", ("person", "read"), "Everybody with their postings", list_,
                    Answers(PeopleShape, {"people": [_PERSON]}), TAG, query=PeopleQuery)  # fmt: skip
    yield Operation("GET", "/people/{login}", "person_read", ("person", "read"),
                    "One person, with what was done to the account", one, person, TAG)  # fmt: skip
    yield Operation("POST", "/people", "person_add", ("person", "change"), "Enter somebody", add,
                    Answers(WholePersonShape, _WHOLE, 201), TAG, key=True, may_refuse=True,
                    takes=Takes(Entering, {"login": "officer9", "name": "王明", "organisation": "MGJ"}))  # fmt: skip
    yield Operation("POST", "/people/{login}/postings", "person_post", ("person", "change"), "Give somebody a role",
                    post, person, TAG, key=True, may_refuse=True,
                    takes=Takes(Holding, {"role": "officer", "organisation": "MGJ"}))  # fmt: skip
    yield Operation("POST", "/people/{login}/postings/end", "person_unpost", ("person", "change"),
                    "Take a role away; it ends with the next request", unpost, person, TAG, key=True, may_refuse=True,
                    takes=Takes(Holding, {"role": "officer", "organisation": "MGJ"}))  # fmt: skip
    yield Operation("POST", "/people/{login}/invitation", "person_invite", ("person", "change"),
                    "A one-time link by which they choose a password, the first or a new one", invite,
                    Answers(InvitationShape, {"login": "officer9", "link": "https://plumbline.example/welcome/…",
                                              "expires_at": examples.AT}, 201), TAG, may_refuse=True,
                    more="Each request makes a new link and ends the one before: it is kept nowhere, under no key.",
                    takes=Takes(Inviting, {"clears_factor": False}))  # fmt: skip


def _of_bodies() -> Iterator[Operation]:
    yield Operation("GET", "/organisations", "organisations_list", ("organisation", "read"),
                    "The bodies there are, and who stands above whom", bodies,
                    Answers(BodiesShape, {"organisations": [_BODY]}), TAG)  # fmt: skip
    yield Operation("POST", "/organisations", "organisation_add", ("organisation", "change"), "Enter a body", add_body,
                    Answers(BodyShape, _BODY, 201), TAG, key=True, may_refuse=True,
                    takes=Takes(EnteringBody, _ENTERED))  # fmt: skip
    yield Operation("POST", "/organisations/{code}/parent", "organisation_move", ("organisation", "change"),
                    "Put a body under another, or under none", move_body, Answers(BodyShape, _BODY), TAG, key=True,
                    may_refuse=True, takes=Takes(Moving, {"parent": "MGJ"}))  # fmt: skip
    yield Operation("GET", "/projects", "projects_list", ("project", "read"), "The projects there are", projects,
                    Answers(ProjectsShape, {"projects": [_PROJECT]}), TAG)  # fmt: skip
    yield Operation("POST", "/projects", "project_add", ("project", "change"), "Enter a project", add_project,
                    Answers(ProjectShape, _PROJECT, 201), TAG, key=True, may_refuse=True,
                    takes=Takes(EnteringProject, _PROJECT))  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- people


def list_(asked: Asked) -> Response:
    """Everybody."""
    wanted = asked.query(PeopleQuery)
    with asked.reading() as session:
        return document({"people": administering.listed(session, ended=wanted.ended)})


def one(asked: Asked) -> Response:
    """One person."""
    with asked.reading() as session:
        return document(_person(session, _login(asked, session)))


def _login(asked: Asked, session: Session) -> str:
    login = asked.names["login"]
    if session.get(Person, login[:64]) is None:
        raise not_here(NOBODY)
    return login


def _person(session: Session, login: str) -> dict[str, Any]:
    held = session.get_one(Person, login)
    postings = [{"role": each.role, "organisation": each.organisation, "project": each.project}
                for each in people.postings_of(session, login)]  # fmt: skip
    record = [{"what": each.what, "by": each.actor, "at": each.at.isoformat()}
              for each in journal.of(session, login)]  # fmt: skip
    return {"login": held.login, "name": held.name, "organisation": held.organisation, "email": held.email,
            "lang": held.lang, "active": held.active, "postings": postings, "record": record}  # fmt: skip


def add(asked: Asked) -> Response:
    """Enter somebody."""
    wish = asked.body(Entering)

    def act(session: Session) -> dict[str, Any]:
        added = administering.add_person(
            session, asked.office, actor=asked.actor, at=asked.at, **wish.model_dump()
        )
        return _person(session, added.login)

    return document(asked.once(("person", *wish.model_dump().values()), act), status=201)


def post(asked: Asked) -> Response:
    """Give somebody a role."""
    return _role(asked, administering.post)


def unpost(asked: Asked) -> Response:
    """Take a role away."""
    return _role(asked, administering.unpost)


def _role(asked: Asked, change: Callable[..., None]) -> Response:
    wish = asked.body(Holding)

    def act(session: Session) -> dict[str, Any]:
        login = _login(asked, session)
        change(session, asked.office, actor=asked.actor, login=login, at=asked.at, **wish.model_dump())
        session.flush()
        return _person(session, login)

    what = (asked.names["login"], change.__name__, *wish.model_dump().values())
    return document(asked.once(what, act))


def invite(asked: Asked) -> Response:
    """A one-time link."""
    wish = asked.body(Inviting)
    with asked.unit() as session:
        login = _login(asked, session)
        made = administering.invite(session, asked.office, actor=asked.actor, login=login,
                                    clears_factor=wish.clears_factor, at=asked.at)  # fmt: skip
    link = f"{asked.work.settings.base_url.rstrip('/')}/welcome/{made.token}"
    return document({"login": login, "link": link, "expires_at": made.expires_at.isoformat()}, status=201)


# ------------------------------------------------------------------------------------------------ bodies, projects


def bodies(asked: Asked) -> Response:
    """The bodies there are."""
    with asked.reading() as session:
        return document({"organisations": [_body(each) for each in organisations.organisations(session)]})


def _body(each: organisations.Organisation) -> dict[str, Any]:
    return {
        "code": each.code,
        "kind": each.kind,
        "name": {"zh": each.name_zh, "en": each.name_en},
        "parent": each.parent,
    }


def add_body(asked: Asked) -> Response:
    """Enter a body."""
    wish = asked.body(EnteringBody)

    def act(session: Session) -> dict[str, Any]:
        administering.add_organisation(session, asked.office, actor=asked.actor, code=wish.code, kind=wish.kind,
                                       names={"zh": wish.name_zh, "en": wish.name_en}, parent=wish.parent,
                                       at=asked.at)  # fmt: skip
        return _body(session.get_one(organisations.Organisation, wish.code))

    return document(asked.once(("organisation", *wish.model_dump().values()), act), status=201)


def move_body(asked: Asked) -> Response:
    """Put a body elsewhere."""
    wish, code = asked.body(Moving), asked.names["code"]

    def act(session: Session) -> dict[str, Any]:
        if session.get(organisations.Organisation, code[:32]) is None:
            raise not_here("no_such_organisation")
        administering.move_organisation(
            session, asked.office, actor=asked.actor, code=code, parent=wish.parent, at=asked.at
        )
        return _body(session.get_one(organisations.Organisation, code))

    return document(asked.once((code, "parent", wish.parent), act))


def projects(asked: Asked) -> Response:
    """The projects there are."""
    with asked.reading() as session:
        return document({"projects": [each.model_dump() for each in organisations.projects(session)]})


def add_project(asked: Asked) -> Response:
    """Enter a project."""
    wish = asked.body(EnteringProject)

    def act(session: Session) -> dict[str, Any]:
        administering.add_project(session, asked.office, actor=asked.actor, at=asked.at, **wish.model_dump())
        return session.get_one(organisations.Project, wish.code).model_dump()

    return document(asked.once(("project", *wish.model_dump().values()), act), status=201)


# ------------------------------------------------------------------------------------------- the end of an account


def ends(asked: Asked) -> Response:
    """The proposals that wait."""
    with asked.reading() as session:
        found = ending.waiting(session, asked.office, actor=asked.actor)
        return document({"account_ends": [_end(each) | {"pack": held} for each, held in found]})


def _end(each: AccountEnd) -> dict[str, Any]:
    names = ("id", "person", "successor", "others", "reason", "status", "proposed_by", "decided_by")
    return {name: getattr(each, name) for name in names} | {"proposed_at": each.proposed_at.isoformat()}


def pack(asked: Asked) -> Response:
    """What hangs on somebody."""
    wanted = asked.query(PackQuery)
    with asked.reading() as session:
        return document(ending.pack(session, asked.office, wanted.login, actor=asked.actor))


def propose(asked: Asked) -> Response:
    """Propose an end."""
    wish = asked.body(Proposing)
    proposal = Proposal(wish.person, wish.successor, wish.others, wish.reason)

    def act(session: Session) -> dict[str, Any]:
        return _end(ending.propose(session, asked.office, proposal, actor=asked.actor, at=asked.at))

    what = ("account_end", wish.person, wish.successor, sorted(wish.others.items()), wish.reason)
    return document(asked.once(what, act), status=201)


def approve(asked: Asked) -> Response:
    """Approve an end."""
    key = asked.id(NO_END)

    def act(session: Session) -> dict[str, Any]:
        return ending.approve(session, asked.office, key, actor=asked.actor, at=asked.at).as_dict()

    return document(asked.once((key, "approve_end"), act))


def keep(asked: Asked) -> Response:
    """Decide against an end."""
    key = asked.id(NO_END)

    def act(session: Session) -> dict[str, Any]:
        return _end(ending.refuse(session, asked.office, key, actor=asked.actor, at=asked.at))

    return document(asked.once((key, "refuse_end"), act))
