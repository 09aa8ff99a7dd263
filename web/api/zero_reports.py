"""Zero reports besides their matters: which body reported for which period, and what is missing of that."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from cases import zero_lists
from web.api import examples, shapes, wishes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation


def operations() -> Iterator[Operation]:
    """All of them."""
    yield Operation("GET", "/zero-reports/periods", "zero_report_periods", ("zero_report", "read"),
                    "Which body reported for which period, the newest first", periods,
                    Answers(shapes.ZeroPeriodsShape, examples.ZERO_PERIODS), "zero-reports",
                    query=wishes.ZeroPeriodsQuery, may_refuse=True)  # fmt: skip
    yield Operation("GET", "/zero-reports/gaps", "zero_report_gaps", ("zero_report", "read"),
                    "What is late or was never reported, and the reports that a later clue casts doubt on", gaps,
                    Answers(shapes.ZeroGapsShape, examples.ZERO_GAPS), "zero-reports", may_refuse=True)  # fmt: skip


def periods(asked: Asked) -> Response:
    """The same document as the shell's."""
    wanted = asked.query(wishes.ZeroPeriodsQuery)
    with asked.reading() as session:
        return document(
            zero_lists.document(session, asked.office, actor=asked.actor, at=asked.at, most=wanted.most)
        )


def gaps(asked: Asked) -> Response:
    """Each with its reason."""
    with asked.reading() as session:
        found = zero_lists.gaps_document(
            session, asked.office, actor=asked.actor, at=asked.at, lang=asked.lang
        )
    return document(found)
