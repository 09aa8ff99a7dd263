"""Loading checklists: a new version is for those who plan inspections to bring in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from cases import checklists, planning
from cases.inspections import MACHINE
from cases.office import Office
from states.checklists import Checklist
from states.facts import Refused
from states.refusals import not_your_role
from states.rulebook import Label


def links(office: Office) -> Mapping[str, Label]:
    """The links in the works that the rulebook knows, with their labels."""
    fields = office.rulebook().machines[MACHINE].register_
    return next((one.choices for one in fields if one.name == "link"), {})


def load(session: Session, office: Office, checklist: Checklist, *, actor: str, at: datetime) -> str:
    """Put a version on file for the rounds to come; its key. Raises Refused: not_your_role, already_loaded."""
    if not planning.may_plan(session, office, actor):
        book = office.rulebook()
        reason = not_your_role(book.machines[MACHINE].moves[planning.SENDS].roles, book.roles)
        raise Refused(reason.code, (reason,))
    return checklists.put(session, checklist, by=actor, at=at)
