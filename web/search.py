"""Search: by number, by words, by whom it is about; what one may not see is not found."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from cases import searching
from cases.worklist import Looker
from plumbline import clock
from web import acting
from web.acting import Who
from web.list_words import WORDS
from web.pages import lang_of, render
from web.worklist import Shown

router = APIRouter()


@router.get("/search")
def page(request: Request, who: Who, q: str = "") -> Response:
    """What was searched for, and what was found."""
    work = acting.accounts(request).work
    words = searching.plain(q)
    with work.reading() as session:
        found = searching.search(
            session, Looker.of(session, work.office, who.login), words, limit=searching.MOST + 1
        )
    return render(
        request, "search.html", signed=who, title="search", texts=WORDS, q=words, found=found[: searching.MOST],
        more=len(found) > searching.MOST, most=searching.MOST, shown=Shown(work.office, clock.now(), lang_of(request, who)),
    )  # fmt: skip
