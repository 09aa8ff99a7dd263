"""Recusals and declared interests: one's own, those to decide, deciding and lifting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session
from starlette.responses import Response

from cases import interests, recusing
from states.form_values import label
from states.names import key_of
from web.api import examples, shapes, wishes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation, Takes
from web.api.problems import Wrong, not_here

NO_SUCH = "no_such_recusal"


def operations() -> Iterator[Operation]:
    """All of them."""
    one = Answers(shapes.RecusalShape, examples.RECUSAL)
    yield Operation("GET", "/recusals", "recusals_list", ("recusal", "read"),
                    "Your own recusals, and those that are yours to decide", list_,
                    Answers(shapes.RecusalsShape, examples.RECUSALS), "recusals")  # fmt: skip
    yield Operation("POST", "/recusals/{id}/decision", "recusal_decide", ("recusal", "decide"), "Decide on a challenge",
                    decide, one, "recusals", key=True, may_refuse=True,
                    takes=Takes(wishes.Deciding, {"grant": True, "reason": "They are related."}))  # fmt: skip
    yield Operation("POST", "/recusals/{id}/lifting", "recusal_lift", ("recusal", "decide"), "Lift a recusal", lift, one,
                    "recusals", key=True, may_refuse=True,
                    takes=Takes(wishes.Because, {"reason": "Two firms of one name."}))  # fmt: skip
    yield Operation("GET", "/interests", "interests_list", ("interest", "read"), "What you declared", interests_,
                    Answers(shapes.InterestsShape, {"interests": [examples.INTEREST]}), "recusals")  # fmt: skip
    yield Operation("POST", "/interests", "interest_declare", ("interest", "declare"),
                    "Declare an interest; what is on file is matched at once", declare,
                    Answers(shapes.InterestShape, examples.INTEREST, 201), "recusals", key=True,
                    takes=Takes(wishes.Declaring, {"kind": "company", "name": "Hengtai Supervision"}))  # fmt: skip
    yield Operation("DELETE", "/interests/{id}", "interest_end", ("interest", "declare"),
                    "End an interest; recusals that rest on it stay until they are lifted", end,
                    Answers(shapes.Shape, {"id": 2, "ended": True}), "recusals")  # fmt: skip


def list_(asked: Asked) -> Response:
    """One's own, and those to decide."""
    with asked.reading() as session:
        mine = recusing.mine(session, asked.office, asked.actor)
        waiting = recusing.to_decide(session, asked.office, asked.actor)
    return document({"mine": mine, "to_decide": waiting})


def decide(asked: Asked) -> Response:
    """Decide on a challenge."""
    key, wish = asked.id(NO_SUCH), asked.body(wishes.Deciding)

    def act(session: Session) -> dict[str, Any]:
        return recusing.decide(session, asked.office, key, actor=asked.actor, grant=wish.grant, reason=wish.reason,
                               at=asked.at).as_dict()  # fmt: skip

    return document(asked.once((key, "decide", wish.grant, wish.reason), act))


def lift(asked: Asked) -> Response:
    """Lift a recusal."""
    key, wish = asked.id(NO_SUCH), asked.body(wishes.Because)

    def act(session: Session) -> dict[str, Any]:
        return recusing.lift(
            session, asked.office, key, actor=asked.actor, reason=wish.reason, at=asked.at
        ).as_dict()

    return document(asked.once((key, "lift", wish.reason), act))


def interests_(asked: Asked) -> Response:
    """One's declared interests."""
    with asked.reading() as session:
        found = [_shown(one) for one in interests.of(session, asked.actor)]
    return document({"interests": found})


def _shown(one: interests.Interest) -> dict[str, Any]:
    return {
        "id": one.id, "kind": one.kind, "name": one.name, "note": one.note,
        "declared_at": one.declared_at.isoformat(), "ended_at": one.ended_at.isoformat() if one.ended_at else None,
    }  # fmt: skip


def declare(asked: Asked) -> Response:
    """Declare an interest."""
    wish = asked.body(wishes.Declaring)
    if not key_of(wish.name):
        raise Wrong(422, "bad_name", label("名称须含文字。", "A name has letters or digits."), field="name")

    def act(session: Session) -> dict[str, Any]:
        key = interests.declare(
            session, person=asked.actor, kind=wish.kind, name=wish.name, note=wish.note, at=asked.at
        )
        recusing.match_everything(session, asked.office, at=asked.at)
        return _shown(session.get_one(interests.Interest, key))

    done = asked.once(("interest", wish.kind, wish.name, wish.note), act)
    return document(done, status=201)


def end(asked: Asked) -> Response:
    """End an interest."""
    key = asked.id("no_such_interest")
    with asked.unit() as session:
        if not interests.end(session, key, person=asked.actor, at=asked.at):
            raise not_here("no_such_interest")
    return document({"id": key, "ended": True})
