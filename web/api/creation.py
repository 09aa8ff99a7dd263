"""Joint creation besides its matters: what is missing of it."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from cases import creation_gaps
from web.api import examples, shapes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation


def operations() -> Iterator[Operation]:
    """The one there is."""
    yield Operation("GET", "/creation/gaps", "creation_gaps", ("creation", "read"),
                    "What is missing of supervisors, agreements, signatures, commitments and education", gaps,
                    Answers(shapes.CreationGapsShape, examples.CREATION_GAPS), "agreements",
                    more="Of what you see as a whole; who sees only their own is told of no gap.")  # fmt: skip


def gaps(asked: Asked) -> Response:
    """Each with its reason and the matters it was found in."""
    with asked.reading() as session:
        found = creation_gaps.document(session, asked.office, actor=asked.actor, at=asked.at, lang=asked.lang)
    return document(found)
