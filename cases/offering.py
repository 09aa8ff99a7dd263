"""What a form offers to choose from, with the names people know it by; of matters only those that the person may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from cases import access, references
from cases.matters import Matter, OnFile
from cases.office import Office
from cases.organisations import Organisation, Project
from cases.people import Person
from cases.prepared import PreparedForLists
from states.forms import FOUND_BY_GATE
from states.rulebook import FormField

Offered = tuple[tuple[str, str], ...]  # what is kept, and what people read


def offered(
    session: Session, office: Office, fields: Iterable[FormField], matter: OnFile, *, actor: str, lang: str
) -> dict[str, Offered]:
    """By field that names somebody or something on file, whom or what it may name; the likeliest first."""
    looks = references.Looks(actor, office.rulebook(matter.rulebook))
    return {
        field.name: _named(session, office, field,
                           references.candidates(session, field, matter, looks=looks), actor=actor, lang=lang)
        for field in fields if field.type in FOUND_BY_GATE
    }  # fmt: skip


def _named(
    session: Session, office: Office, field: FormField, found: Sequence[str], *, actor: str, lang: str
) -> Offered:
    if field.type in ("person", "people"):
        known = names(session, found)
        return tuple((login, f"{known.get(login, login)} ({login})") for login in found)
    if field.type == "organisation":
        bodies = select(Organisation).where(col(Organisation.code).in_(found))
        known = {body.code: body.name(lang) for body in session.execute(bodies).scalars()}
    elif field.type == "project":
        projects = select(col(Project.code), col(Project.name)).where(col(Project.code).in_(found))
        known = dict(session.execute(projects).tuples().all())
    else:
        seen = access.visible_to(session, actor, office.rulebook())
        matters = select(col(Matter.number), col(Matter.title)).where(col(Matter.number).in_(found), seen)
        known = dict(session.execute(matters).tuples().all())
    return tuple((key, f"{key} {known[key]}".strip()) for key in found if key in known)


def names(session: Session, logins: Iterable[str]) -> Mapping[str, str]:
    """The names of those of these logins that are somebody's, whether or not the account has ended."""
    return dict(_NAMES.rows(session, logins=sorted(set(logins))))  # type: ignore[arg-type]


_NAMES = PreparedForLists(
    lambda given: select(col(Person.login), col(Person.name)).where(col(Person.login).in_(given["logins"]))
)
