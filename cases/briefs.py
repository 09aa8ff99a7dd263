"""What may be written beside a clue that a round takes up: nobody whom the clue is about, and no clue out of sight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import access, recusals, substitutes
from cases.errors import bad_reference
from cases.matters import Matter, OnFile, Subject
from cases.office import Office
from states.facts import Facts, Reason
from states.guards_on_forms import redacted
from states.rulebook import FormField, Label

_UNSEEN = Label(en="a clue that you see and that may be taken up here", zh="您可见且可提请会商的线索")


def faults(
    session: Session,
    office: Office,
    row: OnFile,
    fields: Iterable[FormField],
    form: Mapping[str, Any],
    known: Facts,
) -> list[Reason]:
    """What is wrong with a form that links a clue to a round."""
    found: list[Reason] = []
    fields = tuple(fields)
    for field in fields:
        number = form.get(field.name) if field.links else None
        if number is None:
            continue
        seen = access.visible_to(session, known.actor.id, office.rulebook(row.rulebook))
        matter = session.execute(select(col(Matter.id)).where(col(Matter.number) == number, seen)).scalar()
        if matter is None:
            found.append(bad_reference(field.name, number, _UNSEEN))
        else:
            found += _names_somebody(session, matter, fields, form, known)
    return found


def _names_somebody(
    session: Session, matter: int, fields: Iterable[FormField], form: Mapping[str, Any], known: Facts
) -> list[Reason]:
    texts = [field.name for field in fields if field.type in ("text", "long_text")]
    reasons = []
    for name in session.execute(select(col(Subject.name)).where(col(Subject.matter) == matter)).scalars():
        facts = Facts(known.at, known.today, known.state, known.actor, {"subject": name}, form=form)
        reason = redacted(facts, {"text": texts, "hides": ["subject"]})
        reasons += [reason] if reason is not None else []
    return reasons


def taken_up(
    session: Session, office: Office, row: OnFile, fields: Iterable[FormField], form: Mapping[str, Any], *, by: str,
    at: datetime,
) -> None:  # fmt: skip
    """Keep out of the round whoever is kept out of a clue that it takes up."""
    for field in fields:
        number = form.get(field.name) if field.links else None
        if number is None:
            continue
        matter = session.execute(select(col(Matter.id)).where(col(Matter.number) == number)).scalar_one()
        for person in recusals.out_of(session, matter or 0):
            if person not in recusals.out_of(session, row.id):
                recusals.inherit(session, matter or 0, row.id, at=at, only=person)
                substitutes.reseat(session, office, person, by=by, at=at)
