"""The board: a column for each state, and what may be done with each card, without dragging anything."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response

from cases import boards, surveys
from cases.errors import NoSuchMatter
from cases.worklist import Looker, Wanted
from plumbline import clock
from states.rulebook import StateKind
from web import acting, filters, remembering
from web.acting import Who
from web.list_words import WORDS
from web.pages import lang_of, render
from web.worklist import Shown, counted

router = APIRouter()


@router.get("/board")
def page(request: Request, who: Who) -> Response:
    """The board of one machine."""
    work, at, lang = acting.accounts(request).work, clock.now(), lang_of(request, who)
    with work.reading() as session:
        looker = Looker.of(session, work.office, who.login)
        wanted, _ = filters.read({"machine": request.query_params.get("machine", "")}, looker.machines())
        known = remembering.of(request, session, looker, ("board", wanted.machine), at,
                               lambda: boards.tallies(session, looker, wanted.machine, at=at))  # fmt: skip
        columns = boards.board(session, looker, wanted.machine, at=at, known=known)
    return render(
        request, "board.html", signed=who, title="board", texts=WORDS, machine=wanted.machine, machines=looker.machines(),
        live=[one for one in columns if one.rule.kind is not StateKind.FINAL],
        ends=[one for one in columns if one.rule.kind is StateKind.FINAL],
        shown=Shown(work.office, at, lang), still_for=boards.STILL_FOR, counted=counted,
        all_of=lambda state: filters.address(Wanted(machine=wanted.machine, tab="all", state=state)),
    )  # fmt: skip


@router.get("/board/{number}")
def moves(request: Request, number: str, who: Who) -> Response:
    """The moves that are open to this person for one card, each a link to its form."""
    work, at = acting.accounts(request).work, clock.now()
    try:
        with work.reading() as session:
            survey = surveys.moves(session, work.office, number, actor=who.login, at=at)
    except NoSuchMatter:
        raise HTTPException(404) from None
    states = work.office.rulebook(survey.matter.rulebook).machines[survey.matter.machine].states
    heading = WORDS[lang_of(request, who)]["moves_of"].format(survey.matter.number)
    return render(
        request, "board_moves.html", signed=who, heading=heading, texts=WORDS, survey=survey, states=states
    )
