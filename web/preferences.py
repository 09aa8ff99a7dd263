"""What somebody chooses for their own eyes: light or dark, which a browser keeps, and the language, which the person has."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from cases import own_settings
from plumbline import clock
from web import acting, words
from web.acting import Form, Who, safe_next
from web.pages import LOOK, LOOKS

A_YEAR = 365 * 24 * 3600

router = APIRouter()


@router.post("/look")
def look(request: Request, form: Form) -> Response:
    """Light, dark, or as the device has it."""
    answer = RedirectResponse(safe_next(form.get("next")), status_code=303)
    if (chosen := form.get("look", "")) in LOOKS:
        secure = acting.accounts(request).work.settings.base_url.startswith("https:")
        answer.set_cookie(
            LOOK, chosen, max_age=A_YEAR, path="/", httponly=True, samesite="lax", secure=secure
        )
    return answer


@router.post("/language")
def language(request: Request, who: Who, form: Form) -> Response:
    """The language one reads from now on, in pages and messages."""
    if (chosen := form.get("to", "")) in words.TEXTS:
        with acting.accounts(request).work.unit() as session:
            own_settings.change(session, who.login, "lang", chosen, actor=who.login, at=clock.now())
    return RedirectResponse(safe_next(form.get("next")), status_code=303)
