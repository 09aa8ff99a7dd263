"""Assessments besides their matters: the sheet of a body and period, and a sheet as it was drawn up."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from cases import assessment_sheets
from cases import assessments as sheets
from web.api import examples, shapes, wishes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation


def operations() -> Iterator[Operation]:
    """All of them."""
    yield Operation("GET", "/assessments/sheet", "assessment_sheet", ("assessment", "read"),
                    "The sheet of a body and period, each figure with its rows and formula", sheet,
                    Answers(shapes.AssessmentShape, examples.ASSESSMENT), "assessments",
                    query=wishes.AssessmentQuery, may_refuse=True)  # fmt: skip
    yield Operation("GET", "/assessments/{number}/sheet", "assessment_fixed", ("assessment", "read"),
                    "A sheet as it was drawn up, with the rows that you may see", fixed,
                    Answers(shapes.FixedAssessmentShape, examples.FIXED_ASSESSMENT), "assessments")  # fmt: skip


def sheet(asked: Asked) -> Response:
    """The same document as the shell's."""
    wanted = asked.query(wishes.AssessmentQuery)
    with asked.reading() as session:
        found = sheets.sheet(session, asked.office, organisation=wanted.organisation, period=wanted.period,
                             actor=asked.actor, at=asked.at, as_of=wanted.as_of)  # fmt: skip
    return document(found.as_dict(asked.lang))


def fixed(asked: Asked) -> Response:
    """By its number; what somebody may not see is not there."""
    with asked.reading() as session:
        found = assessment_sheets.shown(
            session, asked.office, asked.names["number"], actor=asked.actor, lang=asked.lang
        )
    return document(found)
