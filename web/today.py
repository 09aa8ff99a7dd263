"""What one opens in the morning: what is due, what is one's own, what waits for others."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from cases import desk, desk_lists, offering
from plumbline import clock
from web import acting, register
from web.acting import Who
from web.matter_words import TEXTS
from web.pages import lang_of, render

OFTEN_EMPTY = (
    "opinions",
    "put_before",
    "owed",
    "role",
)  # these stand on a desk only with something in them: most people never have any

router = APIRouter()


@router.get("/")
def today(request: Request, who: Who) -> Response:
    """The desk of whoever is signed in."""
    here, lang, at = acting.accounts(request).work, lang_of(request, who), clock.now()
    with here.reading() as session:
        found = desk.desk(session, here.office, actor=who.login, at=at)
        opens = register.open_to(session, here.office, who.login, lang=lang)
        lines = [line for name in desk_lists.NAMES for line in getattr(found, name).lines]
        names = offering.names(
            session,
            [line.handler for line in lines if line.handler] + [one["person"] for one in found.recusals],
        )
    lists = [(name, getattr(found, name)) for name in desk_lists.NAMES]
    return render(
        request, "today.html", signed=who, title="today", texts=TEXTS, at=at, names=names, recusals=found.recusals,
        lists=[(name, one) for name, one in lists if one.lines or name not in OFTEN_EMPTY],
        empty=not lines and not found.recusals, opens=opens, on=here.office.day(at),
        gone=request.query_params.get("gone", "")[:64],
    )  # fmt: skip
