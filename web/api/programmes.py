"""The inspection programme: plans and programmes, slots with their outcomes, draws and drawing again. To be read only."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from cases import drawing, plan_lists
from web.api import examples, shapes, wishes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation
from web.api.problems import not_here

NO_SUCH = "no_such_draw"


def operations() -> Iterator[Operation]:
    """All of them."""
    yield Operation("GET", "/programmes", "programmes_list", ("programme", "read"),
                    "The plans and programmes of inspections that you may see", list_,
                    Answers(shapes.ProgrammesShape, examples.PROGRAMMES), "inspections")  # fmt: skip
    yield Operation("GET", "/programme-slots", "programme_slots", ("programme", "read"),
                    "Every slot with its outcome and the reason for it, the newest first", slots,
                    Answers(shapes.SlotsShape, {"slots": [examples.SLOT]}), "inspections",
                    query=wishes.SlotsQuery)  # fmt: skip
    yield Operation("GET", "/draws", "draws_list", ("draw", "read"), "The draws on record that you may see", draws,
                    Answers(shapes.DrawsShape, {"draws": [examples.DRAW]}), "inspections")  # fmt: skip
    yield Operation("GET", "/draws/{id}", "draw_verify", ("draw", "read"),
                    "One draw, drawn again: `ok` says whether it agrees, null before its outcome is shown", verify,
                    Answers(shapes.VerifiedDrawShape, examples.DRAW | {"ok": True}), "inspections")  # fmt: skip


def list_(asked: Asked) -> Response:
    """Plans and programmes."""
    with asked.reading() as session:
        plans = plan_lists.plans(session, asked.office, actor=asked.actor)
        found = plan_lists.programmes(session, asked.office, actor=asked.actor, lang=asked.lang)
    return document({"plans": plans, "programmes": found})


def slots(asked: Asked) -> Response:
    """Slots with their outcomes."""
    wanted = asked.query(wishes.SlotsQuery)
    with asked.reading() as session:
        found = plan_lists.slots(session, asked.office, actor=asked.actor, lang=asked.lang,
                                 programme=wanted.programme, limit=wanted.limit)  # fmt: skip
    return document({"slots": found})


def draws(asked: Asked) -> Response:
    """Draws on record."""
    with asked.reading() as session:
        found = plan_lists.draws(session, asked.office, actor=asked.actor, today=asked.office.day(asked.at))
    return document({"draws": found})


def verify(asked: Asked) -> Response:
    """One draw, drawn again."""
    key, today = asked.id(NO_SUCH), asked.office.day(asked.at)
    with asked.reading() as session:
        row = plan_lists.draw(session, asked.office, key, actor=asked.actor)
        if row is None:
            raise not_here(NO_SUCH)
        hidden = plan_lists.is_hidden(row, actor=asked.actor, today=today)
        ok = None if hidden else drawing.verified(row)
        return document(drawing.as_dict(row, hidden=hidden) | {"ok": ok})
