"""Sheets that a person fills in and signs under their own account: what they wrote goes into their file as a signed leaf.

They are kept out of the file itself: the sheet is all of it they see, and what they wrote is sealed once they signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from cases import file_refusals, person_files
from cases.consequences import Drive
from cases.file_leaves import SIGNED_AS
from cases.matters import Matter, OnFile
from cases.moved import Moved
from cases.office import Office
from cases.people import Person
from states.facts import Reason
from states.file_rules import ACCOUNT, PART, SIGNED_BY, SIGNED_ON, TEXT
from states.rulebook import Machine


def faults(session: Session, office: Office, machine: Machine, row: OnFile, move: str) -> list[Reason]:
    """That there is no file that the sheet could go into."""
    rules = machine.sheet
    if rules is None or move != rules.signed_by or _file(session, office, row) is not None:
        return []
    return [file_refusals.NO_FILE_FOR_IT]


def sign_in(
    session: Session, office: Office, machine: Machine, row: OnFile, holds: Mapping[str, Any], *, drive: Drive, at: datetime
) -> Moved | None:  # fmt: skip
    """Put a sheet that was signed into the file of whoever signed it, in their name."""
    rules, file = machine.sheet, _file(session, office, row)
    if rules is None or file is None or row.handler is None:
        return None
    kept = office.rulebook(file.rulebook).machines[file.machine].file
    if kept is None:
        return None
    form = {
        PART: row.values.get(rules.part), TEXT: holds.get(TEXT), SIGNED_AS: row.handler,
        SIGNED_BY: session.get_one(Person, row.handler).name, SIGNED_ON: office.day(at).isoformat(),
    }  # fmt: skip
    return drive(session, office, int(file.id or 0), kept.signed_in_by, at=at, form=form, behind=row.handler)


def _file(session: Session, office: Office, row: OnFile) -> Matter | None:
    """The live file of whoever handles the sheet, in the body that keeps it."""
    theirs = (one for one in person_files.live(session, office, row.organisation)
              if row.handler is not None and one.values.get(ACCOUNT) == row.handler)  # fmt: skip
    return next(theirs, None)
