"""The register of decisions: what the records lack, and the record of one. Noting, and everything else, is a move."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from cases import decision_lists, listing
from cases.decision_lists import MACHINE
from web.api import examples, shapes, wishes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation


def operations() -> Iterator[Operation]:
    """All of them."""
    yield Operation("GET", "/decisions/gaps", "decisions_gaps", ("decision", "read"),
                    "What the records of the decisions you see lack", gaps,
                    Answers(shapes.GapsShape, {"gaps": [examples.DECISION_GAP]}), "decisions",
                    query=wishes.GapsQuery)  # fmt: skip
    yield Operation("GET", "/decisions/{number}/record", "decision_record", ("decision", "read"),
                    "Who came, what each said, and what the record lacks", record,
                    Answers(shapes.DecisionRecordShape, examples.DECISION_RECORD), "decisions")  # fmt: skip


def gaps(asked: Asked) -> Response:
    """Gaps of every decision in sight."""
    wanted = asked.query(wishes.GapsQuery)
    with asked.reading() as session:
        found = decision_lists.gaps(session, asked.office, actor=asked.actor, at=asked.at, lang=asked.lang,
                                    project=wanted.project, settled=wanted.settled)  # fmt: skip
    return document({"gaps": found})


def record(asked: Asked) -> Response:
    """The people of one decision and its gaps."""
    number = asked.number
    with asked.reading() as session:
        listing.check_machine(session, number, MACHINE)
        found = decision_lists.record(
            session, asked.office, number, actor=asked.actor, at=asked.at, lang=asked.lang
        )
    return document(found)
