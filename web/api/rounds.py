"""What a consultation has besides: its seats, its opinions, its result counted anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from starlette.responses import Response

from cases import listing, round_results
from web.api import shapes
from web.api.asking import Asked, document
from web.api.examples import AT
from web.api.operations import Answers, Operation

MACHINE, PLURAL = "consultation", "consultations"
NUMBER = "MGJ-C-2026-001"


def operations() -> Iterator[Operation]:
    """All of them."""
    seat = {"person": "owner", "organisation": "GKJ", "weight": 1, "veto": False, "substitute": None, "recused": False,
            "given": True, "substitute_sits": False}  # fmt: skip
    opinion = {
        "person": "owner",
        "seq": 1,
        "given_at": AT,
        "seal": "0" * 64,
        "sealed": True,
        "late": False,
        "replaced": False,
    }
    result: dict[str, Any] = {"number": NUMBER, "result": {"outcome": "agreed"}, "decision": "agreed",
                              "on_file": None, "agrees": True, "broken_seals": [], "rules": {}}  # fmt: skip
    yield _operation("seats", "Who sits, for whom, and who is recused", seats,
                     Answers(shapes.SeatsShape, {"number": NUMBER, "seats": [seat]}))  # fmt: skip
    yield _operation("opinions", "Its opinions; of a sealed one only that it was given", opinions,
                     Answers(shapes.OpinionsShape, {"number": NUMBER, "opinions": [opinion]}))  # fmt: skip
    yield _operation("result", "What it decided, counted anew from the record", result_,
                     Answers(shapes.ResultShape, result))  # fmt: skip


def _operation(name: str, says: str, act: Callable[[Asked], Response], answers: Answers) -> Operation:
    return Operation("GET", f"/{PLURAL}/{{number}}/{name}", f"{MACHINE}_{name}", ("round", "read"), says,
                     act, answers, PLURAL, may_refuse=name == "result")  # fmt: skip


def seats(asked: Asked) -> Response:
    """Its seats."""
    number = asked.number
    with asked.reading() as session:
        listing.check_machine(session, number, MACHINE)
        found = round_results.seats(session, asked.office, number, actor=asked.actor)
    return document({"number": number, "seats": found})


def opinions(asked: Asked) -> Response:
    """Its opinions."""
    number = asked.number
    with asked.reading() as session:
        listing.check_machine(session, number, MACHINE)
        found = round_results.opinions(session, asked.office, number, actor=asked.actor)
    return document({"number": number, "opinions": found})


def result_(asked: Asked) -> Response:
    """Its result."""
    number = asked.number
    with asked.reading() as session:
        listing.check_machine(session, number, MACHINE)
        found = round_results.result(session, asked.office, number, actor=asked.actor)
    return document(found)
