"""The radar: what stands still, since which act, and for how many working days; by body."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from cases import radar
from web.api import examples, shapes, wishes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation


def operations() -> Iterator[Operation]:
    """All of them."""
    yield Operation("GET", "/radar", "radar_show", ("radar", "read"),
                    "What stands still, the longest first, and how much of it each body has", show,
                    Answers(shapes.RadarShape, examples.RADAR), "radar", query=wishes.RadarQuery,
                    may_refuse=True)  # fmt: skip


def show(asked: Asked) -> Response:
    """The same document as the shell's."""
    wanted = asked.query(wishes.RadarQuery)
    with asked.reading() as session:
        found = radar.of(session, asked.office, actor=asked.actor, at=asked.at, organisation=wanted.organisation,
                         machine=wanted.machine, limit=wanted.limit)  # fmt: skip
    return document(radar.document(asked.office, found, actor=asked.actor, at=asked.at))
