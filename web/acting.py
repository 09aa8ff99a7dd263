"""Who acts on a page: the session a browser holds, and the token that shows that a form is one of ours.

A page's handler takes `Depends(signed_in)`; one that takes a form takes `Depends(posted)` as well. Who is not signed in is
sent to /sign-in, or told 401 where no page was asked for.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse

from cases import sessions
from cases.sessions import SEEN_EVERY, SessionOver, WebSession
from plumbline import clock
from plumbline.accounts import Accounts, SignedIn, Visitor
from web import guarding

SESSION, VISITOR, DEVICE = "plumbline", "plumbline_visitor", "plumbline_device"
CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"
MOST_BYTES, MOST_FIELDS = 1_000_000, 500
DEVICE_SECONDS = 180 * 24 * 3600
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Signed:
    """Who is signed in: login, name and language, the session's id, the token for forms, how it was proved."""

    login: str
    name: str
    lang: str
    session: int
    csrf: str
    proved: str
    held: WebSession


class NotSignedIn(Exception):
    """Nobody is signed in here: sign in first."""


class FactorMissing(Exception):
    """This account must have a second factor: enrol one first."""


class NotOurForm(Exception):
    """This form is not one of ours, or it is older than the session: load the page again."""


class TooLarge(Exception):
    """This form is larger than any of ours."""


def accounts(request: Request) -> Accounts:
    """The accounts of this application."""
    found: Accounts = request.app.state.accounts
    return found


def signed_in_so_far(request: Request) -> Signed:
    """Who is signed in, even if a second factor is still to be enrolled. Raises NotSignedIn."""
    known: Signed | None = getattr(request.state, "signed", None)
    if known is None:
        known = request.state.signed = _signed(request)
    return known


def _signed(request: Request) -> Signed:
    here, at = accounts(request), clock.now()
    token = request.cookies.get(cookie(here, SESSION), "")
    with here.work.reading() as session:
        try:
            held, name, lang = sessions.current(session, token, at=at, lasting=here.lasting)
        except SessionOver:
            raise NotSignedIn(str(NotSignedIn.__doc__)) from None
        found = Signed(held.login, name, lang, int(held.id or 0), csrf_for(here, token), held.proved, held)
        request.state.factor_missing = here.needs_factor(session, held.login)
    if at - held.seen_at >= SEEN_EVERY:
        with here.work.unit() as session:
            sessions.seen(session, found.session, at=at)
    return found


def signed_in(request: Request) -> Signed:
    """Who is signed in, and may go on. Raises NotSignedIn, FactorMissing."""
    found = signed_in_so_far(request)
    if request.state.factor_missing:
        raise FactorMissing(str(FactorMissing.__doc__))
    return found


async def posted(request: Request) -> dict[str, str]:
    """A form's fields, the last of each name, once it is known to be ours. Raises NotOurForm, TooLarge."""
    return {name: given[-1] for name, given in (await posted_all(request)).items()}


async def posted_all(request: Request) -> dict[str, list[str]]:
    """The same with all that was given under each name, as boxes that are ticked give it."""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > MOST_BYTES:
            raise TooLarge(str(TooLarge.__doc__))
    try:
        pairs = parse_qsl(data.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise NotOurForm(str(NotOurForm.__doc__)) from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    check_form(request, given[-1] if (given := fields.pop(CSRF_FIELD, [])) else None)
    return fields


def check_form(request: Request, given: str | None) -> None:
    """Raises NotOurForm unless `given`, or the header X-CSRF-Token, is the token of the session or the visitor."""
    token = given if given is not None else request.headers.get(CSRF_HEADER, "")
    secret = secret_of(request)
    expected = csrf_for(accounts(request), secret) if secret else ""
    if not expected or not hmac.compare_digest(token.encode(), expected.encode()):
        raise NotOurForm(str(NotOurForm.__doc__))


def csrf_for(here: Accounts, secret: str) -> str:
    """The token of the forms that belong to what a browser holds."""
    return here.keys.named("csrf", secret)


def secret_of(request: Request) -> str:
    """What the browser holds that its forms' tokens are made from: its session, or before that its visit."""
    here = accounts(request)
    return request.cookies.get(cookie(here, SESSION)) or request.cookies.get(cookie(here, VISITOR)) or ""


def visitor(request: Request) -> Visitor:
    """Who asks, before they sign in."""
    here = accounts(request)
    device = request.cookies.get(cookie(here, DEVICE))
    return Visitor(guarding.source(request), device, request.headers.get("user-agent", ""))


# ------------------------------------------------------------------------------------------------------ cookies


def cookie(here: Accounts, name: str) -> str:
    """A cookie's name; with TLS one that browsers take from this very host alone."""
    return f"__Host-{name}" if guarding.secure(here.work.settings) else name


def hold(response: Response, here: Accounts, name: str, value: str, *, seconds: int | None = None) -> None:
    """Have the browser hold something that no script and no foreign site can use."""
    response.set_cookie(cookie(here, name), value, max_age=seconds, path="/", httponly=True, samesite="lax",
                        secure=guarding.secure(here.work.settings))  # fmt: skip


def let_go(response: Response, here: Accounts, name: str) -> None:
    """Have the browser forget it."""
    response.delete_cookie(cookie(here, name), path="/", httponly=True, samesite="lax",
                           secure=guarding.secure(here.work.settings))  # fmt: skip


def welcome_in(response: Response, here: Accounts, done: SignedIn) -> None:
    """Have the browser hold its new session, and what makes it known to the account."""
    hold(response, here, SESSION, done.begun.token)
    let_go(response, here, VISITOR)
    if done.device is not None:
        hold(response, here, DEVICE, done.device, seconds=DEVICE_SECONDS)


# ---------------------------------------------------------------------------------------------------- where to


def safe_next(wanted: str | None) -> str:
    """Where to go after signing in: a path of this site and nothing else."""
    if not wanted or not wanted.startswith("/") or wanted[1:2] in ("/", "\\") or not wanted.isprintable():
        return "/"
    parts = urlsplit(wanted)
    return "/" if parts.scheme or parts.netloc or "\\" in wanted else wanted


def came_from(request: Request) -> str:
    """The page of ours that a form was on, if the browser says so; else the first."""
    came = request.headers.get("referer", "")
    base = str(request.base_url).rstrip("/")
    return safe_next(came.removeprefix(base)) if came.startswith(base + "/") else "/"


def wants_page(request: Request) -> bool:
    """Whether a whole page is asked for, not a part of one or data."""
    if request.headers.get("hx-request") or request.headers.get("sec-fetch-mode", "navigate") != "navigate":
        return False
    return "text/html" in request.headers.get("accept", "*/*") or "*/*" in request.headers.get(
        "accept", "*/*"
    )


def handle(app: FastAPI) -> None:
    """Teach an application what to answer to the exceptions above."""

    @app.exception_handler(FactorMissing)
    def _enrol(request: Request, _fault: FactorMissing) -> Response:
        if not wants_page(request):
            return problem(403, "second_factor_missing", str(FactorMissing.__doc__))
        return RedirectResponse("/account/second-factor", status_code=303)

    @app.exception_handler(NotOurForm)
    def _not_ours(_request: Request, _fault: NotOurForm) -> Response:
        text = "403: 表单已失效，请返回并刷新页面。 This form is no longer valid; go back and load the page again.\n"
        return PlainTextResponse(text, status_code=403)

    @app.exception_handler(TooLarge)
    def _too_large(_request: Request, _fault: TooLarge) -> Response:
        return PlainTextResponse("413: 表单过大。 This form is too large.\n", status_code=413)


def problem(status: int, code: str, message: str) -> JSONResponse:
    """A refusal for a program."""
    reasons = [{"code": code, "message": message, "cure": ""}]
    return JSONResponse(
        {"error": code, "message": message, "reasons": reasons}, status_code=status, media_type=PROBLEM
    )


Who = Annotated[Signed, Depends(signed_in)]
WhoSoFar = Annotated[Signed, Depends(signed_in_so_far)]
Form = Annotated[dict[str, str], Depends(posted)]
WholeForm = Annotated[dict[str, list[str]], Depends(posted_all)]
