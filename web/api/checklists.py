"""Checklists of inspections, and how that of a round stands. Answering is a move of the round."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from cases import checklist_sheets, checklists, listing
from cases.inspections import MACHINE
from web.api import examples, shapes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation


def operations() -> Iterator[Operation]:
    """All of them."""
    yield Operation("GET", "/checklists", "checklists_list", ("checklist", "read"),
                    "Every version of the checklists on file, by code, the newest first", list_,
                    Answers(shapes.ChecklistsShape, {"checklists": [examples.CHECKLIST]}), "inspections")  # fmt: skip
    yield Operation("GET", "/inspections/{number}/checklist", "inspection_checklist", ("checklist", "read"),
                    "The checklist of a round: every item with its latest answer and the earlier ones", sheet,
                    Answers(shapes.SheetShape, examples.SHEET), "inspections", may_refuse=True)  # fmt: skip


def list_(asked: Asked) -> Response:
    """Versions on file."""
    with asked.reading() as session:
        found = [checklists.summary(one, asked.lang) for one in checklists.all_(session)]
    return document({"checklists": found})


def sheet(asked: Asked) -> Response:
    """How the checklist of a round stands."""
    number = asked.number
    with asked.reading() as session:
        listing.check_machine(session, number, MACHINE)
        found = checklist_sheets.sheet(session, asked.office, number, actor=asked.actor, lang=asked.lang)
    return document(found)
