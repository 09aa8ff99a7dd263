"""Notices: one's own; for the operator all of them. A number is shown only where this person may see the matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlmodel import Session, col, select
from starlette.responses import Response

from cases import access, people
from cases.matters import Matter
from cases.paging import Place
from notifications import notices, outbox
from notifications.notices import Listed
from web.api import cursors, examples, shapes, wishes
from web.api.asking import Asked, document
from web.api.operations import Answers, Operation
from web.api.problems import not_here
from web.api.rights import OPERATOR

NO_SUCH = "no_such_notice"


def operations() -> Iterator[Operation]:
    """The list, and sending one again."""
    yield Operation("GET", "/notices", "notices_list", ("notice", "read"),
                    "Your notices, the newest first, with reasons for failure; the operator's are everybody's", list_,
                    Answers(shapes.NoticesShape, {"notices": [examples.NOTICE], "next": None}), "notices",
                    query=wishes.NoticesQuery)  # fmt: skip
    yield Operation("POST", "/notices/{id}/resend", "notice_resend", ("notice", "resend"),
                    "Try one again that was given up: your own, or any for the operator", resend,
                    Answers(shapes.ResentShape, examples.RESENT), "notices", key=True, may_refuse=True)  # fmt: skip


def list_(asked: Asked) -> Response:
    """A page of them."""
    wanted, after = asked.query(wishes.NoticesQuery), None
    if (place := cursors.read(wanted.cursor)) is not None:
        after = place.id
    with asked.reading() as session:
        everybodys = _operates(asked, session)
        found = notices.notices(session, status=wanted.status, limit=wanted.limit + 1, before=after,
                                recipient=None if everybodys else asked.actor)  # fmt: skip
        lines = found[: wanted.limit]
        seen = _seen(asked, session, lines)
    shown = [one._asdict() | {"number": one.number if one.number in seen else None} for one in lines]
    following = Place(None, lines[-1].id) if len(found) > wanted.limit else None
    return document({"notices": shown, "next": cursors.written(following)})


def resend(asked: Asked) -> Response:
    """Take one up again that was given up."""
    key = asked.id(NO_SUCH)

    def act(session: Session) -> dict[str, Any]:
        everybodys = _operates(asked, session)
        if notices.one_of(session, key, login=asked.actor, everybodys=everybodys) is None:
            raise not_here(NO_SUCH)
        outbox.revive(session, key, by=asked.actor, at=asked.at)
        return {"id": key, "status": notices.PENDING}

    return document(asked.once((key, "resend"), act))


def _operates(asked: Asked, session: Session) -> bool:
    return any(one.role == OPERATOR for one in people.postings_of(session, asked.actor))


def _seen(asked: Asked, session: Session, lines: Sequence[Listed]) -> set[str]:
    numbers = [one.number for one in lines if one.number is not None]
    visible = access.visible_to(session, asked.actor, asked.office.rulebook())
    return set(session.exec(select(Matter.number).where(col(Matter.number).in_(numbers), visible)).all())
