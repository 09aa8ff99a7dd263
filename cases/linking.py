"""What a form sets besides its values: handler, seats, addressee; and the links between matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from sqlalchemy import bindparam, delete, insert, select
from sqlmodel import Session, col

from cases.matters import Matter, MatterLink, Reporter, Seat, Subject
from cases.prepared import Prepared
from states.rulebook import FormField

_COLUMNS = ("handler", "opener", "addressee", "project", "title", "received_on")
SUBJECT = frozenset({"subject", "subject_unit", "subject_post"})
_CHILDREN = Prepared(
    select(col(MatterLink.child))
    .where(col(MatterLink.parent) == bindparam("matter"), col(MatterLink.kind) == bindparam("kind"))
)  # fmt: skip
_LINK = Prepared(insert(MatterLink).values({name: bindparam(name) for name in ("parent", "child", "kind")}))
_SUBJECT = Prepared(
    insert(Subject).values(
        {name: bindparam(name) for name in ("matter", "name", "unit", "post", "managed_by")}
    )
)
_PARENTS = Prepared(
    select(col(MatterLink.parent))
    .where(col(MatterLink.child) == bindparam("matter"), col(MatterLink.kind) == bindparam("kind"))
)  # fmt: skip


def columns_set(fields: Iterable[FormField], form: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the matter that this form sets, by `FormField.sets`."""
    found: dict[str, Any] = {}
    for field in fields:
        if field.sets in _COLUMNS and form.get(field.name) is not None:
            value = form[field.name]
            found[field.sets] = date.fromisoformat(value) if field.sets == "received_on" else value
    return found


def keep_seats(session: Session, matter: int, fields: Iterable[FormField], form: Mapping[str, Any]) -> None:
    """Seat the people a form names, instead of those who sat there before."""
    seating = [field for field in fields if field.sets == "seats" and form.get(field.name)]
    if not seating:
        return
    people = named(seating, form)
    session.execute(delete(Seat).where(col(Seat.matter) == matter))
    session.execute(insert(Seat), [{"matter": matter, "person": login} for login in people])


def named(fields: Iterable[FormField], form: Mapping[str, Any]) -> tuple[str, ...]:
    """The people whom a form names in these fields, by login."""
    people: set[str] = set()
    for field in fields:
        value = form.get(field.name)
        if field.type in ("person", "people") and value:
            people |= {value} if isinstance(value, str) else set(value)
    return tuple(sorted(people))


def keep_links(session: Session, matter: int, fields: Iterable[FormField], form: Mapping[str, Any]) -> None:
    """Link this matter below those its form names, once each."""
    for field in fields:
        if field.links is None or not form.get(field.name):
            continue
        named = session.execute(
            select(col(Matter.id)).where(col(Matter.number) == form[field.name])
        ).scalar_one()
        if named not in linked(session, matter, kind=field.links, towards="parent"):
            link(session, parent=named, child=matter, kind=field.links)


def above_by_form(
    session: Session, matter: int, fields: Iterable[FormField], *, apart: Iterable[str]
) -> tuple[int, ...]:
    """The matters that the form of this one hung it below, but for those by links of the kinds `apart`."""
    kinds = {field.links for field in fields if field.links is not None}.difference(apart)
    return tuple(
        parent for kind in sorted(kinds) for parent in linked(session, matter, kind=kind, towards="parent")
    )


def keep_private(session: Session, matter: int, private: Mapping[str, Any]) -> None:
    """Keep who reported apart from everything else. An empty form changes nothing."""
    given = {name: value for name, value in private.items() if value is not None}
    if not given:
        return
    held = session.get(Reporter, matter)
    details = (held.details if held else {}) | given
    if held is None:
        session.add(Reporter(matter=matter, details=details))
    else:
        held.details = details
    session.flush()


def keep_subject(session: Session, matter: int, values: Mapping[str, Any]) -> None:
    """Put down whom a clue is about, from the fields subject, subject_unit, subject_post and managed_by."""
    if values.get("subject"):
        _SUBJECT.change(session, {
            "matter": matter, "name": values["subject"], "unit": values.get("subject_unit") or "",
            "post": values.get("subject_post") or "", "managed_by": values.get("managed_by") or ""})  # fmt: skip


def amend_subject(session: Session, matter: int, values: Mapping[str, Any], form: Mapping[str, Any]) -> None:
    """Put down anew whom a matter is about, where a form says something of it; searches and checks of briefs ask there."""
    if SUBJECT.intersection(form):
        session.execute(delete(Subject).where(col(Subject.matter) == matter))
        keep_subject(session, matter, values)


def link(session: Session, *, parent: int, child: int, kind: str) -> None:
    """Link two matters."""
    _LINK.change(session, {"parent": parent, "child": child, "kind": kind})


def linked(
    session: Session, matter: int, *, kind: str, towards: Literal["parent", "children"]
) -> Sequence[int]:
    """The matters linked to this one by links of this kind, oldest first."""
    query = _CHILDREN if towards == "children" else _PARENTS
    return sorted(other for (other,) in query.rows(session, {"matter": matter, "kind": kind}))
