"""The risk register: its points by grade, the record of one, the schemes. Grading, and everything else, is a move."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from cases import listing, risk_lists
from cases.risk_points import MACHINE
from web.api import examples, shapes, wishes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation


def operations() -> Iterator[Operation]:
    """All of them."""
    yield Operation("GET", "/risks/ranked", "risks_ranked", ("risk", "read"),
                    "The risk points you see, the gravest first", ranked,
                    Answers(shapes.RankedShape, {"points": [examples.RISK_POINT], "total": 1}), "risks",
                    query=wishes.RisksQuery)  # fmt: skip
    yield Operation("GET", "/risks/schemes", "risks_schemes", ("risk", "read"),
                    "The schemes of grading in force: what each asks, and its levels", schemes,
                    Answers(shapes.SchemesShape, {"schemes": [examples.RISK_SCHEME]}), "risks")  # fmt: skip
    yield Operation("GET", "/risks/{number}/record", "risk_record", ("risk", "read"),
                    "Every grade a point had, each worked out again, and what raised it", record,
                    Answers(shapes.RiskRecordShape, examples.RISK_RECORD), "risks",
                    more="`cause` is null where you may not see what raised it.")  # fmt: skip


def ranked(asked: Asked) -> Response:
    """Points by grade."""
    wanted = asked.query(wishes.RisksQuery)
    with asked.reading() as session:
        found = risk_lists.by_grade(session, asked.office, actor=asked.actor, project=wanted.project, link=wanted.link,
                                    grade=wanted.grade, retired=wanted.retired)  # fmt: skip
    return document({"points": list(found.lines), "total": found.total})


def schemes(asked: Asked) -> Response:
    """How points are graded."""
    return document({"schemes": risk_lists.schemes(asked.office, asked.lang)})


def record(asked: Asked) -> Response:
    """The grades of a point, and what raised it."""
    number = asked.number
    with asked.reading() as session:
        listing.check_machine(session, number, MACHINE)
        found = risk_lists.record(session, asked.office, number, actor=asked.actor, lang=asked.lang)
    return document(found)
