"""Fields that name somebody or something on file: who may be named, and whether what was given is among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, exists, or_, select
from sqlmodel import Session, col

from cases import access, readings, recusals, rounds, substitutes
from cases.deadlines import Deadline
from cases.errors import bad_reference
from cases.matters import Matter, MatterLink, OnFile
from cases.organisations import Organisation, Project, line_above
from cases.people import Person, Posting
from cases.prepared import Prepared
from states.facts import Reason
from states.rulebook import FormField, Label, Rulebook

_KINDS = {
    "person": Label(en="a person who may be named here", zh="可在此指定的人员"),
    "people": Label(en="a person who may be named here", zh="可在此指定的人员"),
    "organisation": Label(en="an organisation on file", zh="已登记的单位"),
    "project": Label(en="a project on file", zh="已登记的工程项目"),
    "matter": Label(en="another matter on file that may be named here", zh="可在此引用的其他在册事项"),
}

_ACTIVE = Prepared(select(col(Person.login)).where(col(Person.active)))
_HOLDING = Prepared(
    select(col(Person.login), col(Posting.organisation))
    .join(Posting, col(Posting.person) == col(Person.login))
    .where(col(Person.active), col(Posting.role) == bindparam("role"))
)


class Looks(NamedTuple):
    """Who fills a form in, and under which rules they see what they see."""

    actor: str
    rulebook: Rulebook


def faults(
    session: Session, fields: Iterable[FormField], form: Mapping[str, Any], *,
    matter: OnFile | None = None, organisation: str | None = None, looks: Looks | None = None,
) -> list[Reason]:  # fmt: skip
    """What is wrong with the names in a form; nothing if all of them are on file and fit.

    `looks` is the person who fills it in: a matter they do not see is refused in the words for one that does not exist.
    """
    found: list[Reason] = []
    for field in fields:
        if field.type in _KINDS and form.get(field.name) is not None:
            value = form[field.name]
            given = value if isinstance(value, list) else [value]
            fit = _fitting(session, field, given, organisation=matter.organisation if matter else organisation,
                           matter=matter, looks=looks)  # fmt: skip
            found += [
                bad_reference(field.name, name, _KINDS[field.type]) for name in given if name not in fit
            ]
            body = form.get(field.within or "") or (matter.values.get(field.within or "") if matter else None)
            if fit and body:
                found += _elsewhere(session, field, str(value), body=str(body))
    return found


def _elsewhere(session: Session, field: FormField, login: str, *, body: str) -> list[Reason]:
    """That a person holds no post in the body that the form names beside them, and who does."""
    posted = _at(session, field)
    if (login, body) in posted:
        return []
    there = ", ".join(sorted(who for who, where in posted if where == body)) or "-"
    return [Reason(
        "not_of_that_body",
        Label(zh=f"{field.name}：{login} 不在单位 {body} 任职。", en=f"{field.name}: {login} has no post in {body}."),
        Label(zh=f"请改选单位，或指定该单位人员：{there}。", en=f"Name its own people ({there}), or the other body."),
        field.name,
    )]  # fmt: skip


def _fitting(
    session: Session,
    field: FormField,
    given: Sequence[str],
    *,
    organisation: str | None,
    matter: OnFile | None,
    looks: Looks | None,
) -> set[str]:
    if field.type in ("person", "people"):
        return set(people_for(session, field, organisation=organisation, matter=matter, looks=looks)) & set(
            given
        )
    if field.type == "organisation":
        return set(_bodies(session, field, organisation=organisation)) & set(given)
    if field.type == "project":
        query = select(col(Project.code)).where(col(Project.code).in_(given))
    else:
        query = _matters(session, field, matter, looks).where(col(Matter.number).in_(given))
    return set(session.execute(query).scalars())


def people_for(
    session: Session, field: FormField, *, organisation: str | None, matter: OnFile | None = None,
    looks: Looks | None = None,
) -> list[str]:  # fmt: skip
    """Who may be named in a person field: active holders of its role in the keeping organisation; if nobody there
    holds it, holders anywhere (consultation members belong to other bodies). Sorted by login.

    Whoever is recused from the matter is not among them; a member who is may still be given a substitute. Where the
    field puts the matter before them, only people of the keeping body whose role could see such a matter at all.
    """
    if field.of_readers and matter is not None and looks is not None:
        return readings.released(session, looks.rulebook.machines[matter.machine], matter.id, field)
    found = _holding(session, field, organisation=organisation)
    if matter is None:
        return found
    if looks is not None and (field.sets == "readers" or field.answers is not None):
        able = _able(session, field, matter, looks.rulebook)
        found = [login for login in found if login in able]
    members = (
        {seat.person for seat in rounds.seats(session, matter.id)} if field.seated is not None else set()
    )
    if field.seated:
        return [login for login in found if login in members]
    out = recusals.out_of(session, matter.id) | members
    return [login for login in found if login not in out]


_POSTED = Prepared(
    select(col(Posting.person), col(Posting.role)).where(
        col(Posting.organisation) == bindparam("organisation"),
        or_(col(Posting.project).is_(None), col(Posting.project) == bindparam("project")),
    )
)  # fmt: skip


def _able(session: Session, field: FormField, matter: OnFile, rulebook: Rulebook) -> set[str]:
    """Who in the keeping body could read the matter once it is put before them, and may answer what they are asked."""
    roles = readings.able_roles(rulebook, matter.machine, field)
    here = {"organisation": matter.organisation, "project": matter.project}
    return {person for person, role in _POSTED.rows(session, here) if role in roles}


def _holding(session: Session, field: FormField, *, organisation: str | None) -> list[str]:
    if field.holding is None:
        return sorted(login for (login,) in _ACTIVE.rows(session, {}))
    found = _at(session, field)
    here = {login for login, body in found if body == organisation}
    return sorted(here or {login for login, _ in found})


def _at(session: Session, field: FormField) -> set[tuple[str, str]]:
    """Whoever holds the role of a field, and where."""
    return {(login, body) for login, body in _HOLDING.rows(session, {"role": field.holding})}


def candidates(session: Session, field: FormField, matter: OnFile, *, looks: Looks) -> list[str]:
    """What may be named in a reference field of a matter's form, best first: others before who looks, newest first.

    Other matters only as far as they see them.
    """
    if field.type in ("person", "people"):
        people = people_for(session, field, organisation=matter.organisation, matter=matter, looks=looks)
        if field.seated is False:  # one named for another seat would be refused
            people = [login for login in people if login not in substitutes.with_a_part(session, matter.id)]
        if (body := matter.values.get(field.within or "")) is not None:
            posted = _at(session, field)
            people = [login for login in people if (login, body) in posted]
        return [login for login in people if login != looks.actor] + [
            login for login in people if login == looks.actor
        ]
    if field.type == "organisation":
        return _bodies(session, field, organisation=matter.organisation or _home(session, looks.actor))
    if field.type == "project":
        own = select(col(Project.code)).where(col(Project.organisation) == matter.organisation)
        return sorted(session.execute(own).scalars()) or sorted(
            session.execute(select(col(Project.code))).scalars()
        )
    linked = select(1).where(col(MatterLink.parent) == col(Matter.id), col(MatterLink.child) == matter.id,
                             col(MatterLink.kind) == field.links)  # fmt: skip
    newest = (
        _matters(session, field, matter, looks)
        .where(~exists(linked))
        .order_by(col(Matter.id).desc())
        .limit(20)
    )
    return list(session.execute(newest).scalars())


def _bodies(session: Session, field: FormField, *, organisation: str | None) -> list[str]:
    """The organisations on file, by code; `beneath`: the commissions that stand below this one; `holding`: those in which
    somebody holds that role, in the order in which these people may be named."""
    if field.holding is not None:
        people = _holding(session, field, organisation=organisation)
        held = sorted((people.index(login), body) for login, body in _at(session, field) if login in people)
        return list(dict.fromkeys(body for _, body in held))
    every = list(session.execute(select(Organisation).order_by(col(Organisation.code))).scalars())
    if not field.beneath:
        return [body.code for body in every]
    return [body.code for body in every if body.kind == "commission"
            and organisation in {above.code for above in line_above(session, body.code)}]  # fmt: skip


def _home(session: Session, login: str) -> str | None:
    """The body somebody belongs to, where a form is shown before there is a matter."""
    return session.execute(select(col(Person.organisation)).where(col(Person.login) == login)).scalar()


def _matters(session: Session, field: FormField, matter: OnFile | None, looks: Looks | None) -> Any:
    """Other matters of the field's machine kept by the same organisation, in sight of whoever looks."""
    query = select(col(Matter.number)).where(col(Matter.machine) == (field.machine or "clue"))
    if field.owing is not None:
        runs = (col(Deadline.matter) == col(Matter.id), col(Deadline.name) == field.owing)
        query = query.where(exists(select(1).where(*runs, col(Deadline.status).in_(("open", "paused")))))
    if looks is not None:
        query = query.where(access.visible_to(session, looks.actor, looks.rulebook))
    if matter is not None:
        query = query.where(col(Matter.organisation) == matter.organisation, col(Matter.id) != matter.id)
    return query
