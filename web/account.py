"""One's own account: sessions, password, second factor, and what was done to it; and one-time links."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import segno
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from cases import invitations, journal, second_factors, sessions
from cases.attempts import TooManyTries
from cases.invitations import LinkRefused
from cases.organisations import Organisation
from cases.people import Person
from plumbline import clock
from plumbline.accounts import NotProved, SignedIn, WrongCode
from states.facts import Refused
from web import acting
from web.account_words import TEXTS
from web.acting import Form, Signed, Who, WhoSoFar
from web.pages import lang_of, reasons, render
from web.sign_in import code_fault, gone

router = APIRouter()


@router.get("/account")
def page(request: Request, who: Who) -> Response:
    """The account: its sessions and its record."""
    here = acting.accounts(request)
    with here.work.reading() as session:
        return render(
            request, "account.html", signed=who, title="account", enrolled=second_factors.enrolled(session, who.login),
            codes_left=second_factors.codes_left(session, who.login), record=journal.of(session, who.login),
            sessions=sessions.of(session, who.login, at=clock.now(), lasting=here.lasting),
        )  # fmt: skip


@router.post("/account/sessions/end-all")
def end_all(request: Request, who: WhoSoFar, _form: Form) -> Response:
    """Sign out everywhere."""
    with acting.accounts(request).work.unit() as session:
        sessions.end_all(session, who.login, at=clock.now())
    return gone(request)


@router.post("/account/sessions/{key}/end")
def end_one(request: Request, key: int, who: WhoSoFar, _form: Form) -> Response:
    """End one session of one's own."""
    with acting.accounts(request).work.unit() as session:
        if not sessions.end(session, key, login=who.login, at=clock.now()):
            raise HTTPException(404)
    return gone(request) if key == who.session else RedirectResponse("/account", status_code=303)


@router.get("/account/password")
def password_page(request: Request, who: WhoSoFar) -> Response:
    """The form to change the password with."""
    return render(request, "password.html", signed=who, title="change_password", faults=[], done=False)


@router.post("/account/password")
def change_password(request: Request, who: WhoSoFar, form: Form) -> Response:
    """Change the password."""
    text = TEXTS[lang_of(request, who)]
    faults, status = [], 200
    if form.get("new") != form.get("again"):
        faults, status = [text["not_the_same"]], 422
    else:
        try:
            acting.accounts(request).change_password(
                who.held, form.get("old", ""), form.get("new", ""), acting.visitor(request), at=clock.now()
            )
        except NotProved:
            faults, status = [text["not_proved"]], 401
        except TooManyTries:
            faults, status = [text["too_many"].format("15 min")], 429
        except Refused as fault:
            faults, status = reasons(fault, lang_of(request, who)), 422
    return render(request, "password.html", signed=who, title="change_password", faults=faults, done=not faults,
                  status=status)  # fmt: skip


@router.get("/account/second-factor")
def factor_page(request: Request, who: WhoSoFar) -> Response:
    """The second factor: to enrol, or what can be done with it."""
    return render(request, "factor.html", signed=who, title="second", faults=[], **_factor(request, who))


def _factor(request: Request, who: Signed) -> dict[str, Any]:
    here = acting.accounts(request)
    with here.work.reading() as session:
        enrolled = second_factors.enrolled(session, who.login)
        found = {"enrolled": enrolled, "codes_left": second_factors.codes_left(session, who.login),
                 "must": request.state.factor_missing, "secret": "", "picture": ""}  # fmt: skip
    if not enrolled:
        secret, address = here.enrol(who.held, at=clock.now())
        found |= {"secret": secret, "picture": _picture(address)}
    return found


def _picture(address: str) -> str:
    drawn = BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", xmldecl=False, svgns=True, scale=4, dark="#000", light="#fff",
                                        svgclass="qr", lineclass=None)  # fmt: skip
    return drawn.getvalue().decode()


@router.post("/account/second-factor")
def enrol(request: Request, who: WhoSoFar, form: Form) -> Response:
    """Confirm the phone with its first code."""
    try:
        codes = acting.accounts(request).confirm_factor(who.held, form.get("code", ""), at=clock.now())
    except WrongCode as fault:
        return code_fault(request, fault, "factor.html", title="second", signed=who, **_factor(request, who))
    return render(request, "codes.html", signed=who, title="codes", codes=codes)


@router.post("/account/second-factor/codes")
def new_codes(request: Request, who: Who, form: Form) -> Response:
    """New recovery codes."""
    try:
        codes = acting.accounts(request).renew_codes(
            who.held, form.get("code", ""), acting.visitor(request), at=clock.now()
        )
    except (WrongCode, TooManyTries) as fault:
        return code_fault(request, fault, "factor.html", title="second", signed=who, **_factor(request, who))
    return render(request, "codes.html", signed=who, title="codes", codes=codes)


@router.post("/account/second-factor/remove")
def remove(request: Request, who: Who, form: Form) -> Response:
    """Ask for no code any more."""
    try:
        acting.accounts(request).remove_factor(
            who.held, form.get("code", ""), acting.visitor(request), at=clock.now()
        )
    except (WrongCode, TooManyTries) as fault:
        return code_fault(request, fault, "factor.html", title="second", signed=who, **_factor(request, who))
    return RedirectResponse("/account", status_code=303)


# ------------------------------------------------------------------------------------------------ one-time links


@router.get("/welcome/{token}")
def welcome(request: Request, token: str) -> Response:
    """The form behind a one-time link. Looking at it does not use it up."""
    try:
        return _welcome(request, token, {})
    except LinkRefused:
        return _link_refused(request)


@router.post("/welcome/{token}")
def accept(request: Request, token: str, form: Form) -> Response:
    """Choose a password, and be signed in."""
    lang = lang_of(request, None)
    try:
        if form.get("new", "") != form.get("again"):
            return _welcome(request, token, form, faults=[TEXTS[lang]["not_the_same"]], status=422)
        done = _accepted(request, token, form, lang)
    except LinkRefused:
        return _link_refused(request)
    except Refused as fault:
        return _welcome(request, token, form, faults=reasons(fault, lang), status=422)
    answer = RedirectResponse(
        "/sign-in/code?next=/account" if done.begun.waits else "/account", status_code=303
    )
    acting.welcome_in(answer, acting.accounts(request), done)
    return answer


def _accepted(request: Request, token: str, form: dict[str, str], lang: str) -> SignedIn:
    here, visitor, at, password = (
        acting.accounts(request),
        acting.visitor(request),
        clock.now(),
        form.get("new", ""),
    )
    with here.work.reading() as session:
        first = invitations.look(session, token, at=at).purpose == invitations.FIRST
    if not first:
        return here.accept(token, password, visitor, at=at)
    given = {
        name: form.get(name, "").strip()
        for name in ("login", "name", "email", "body_code", "body_zh", "body_en")
    }
    body = Organisation(
        code=given["body_code"], kind="commission", name_zh=given["body_zh"], name_en=given["body_en"]
    )
    person = Person(login=given["login"], name=given["name"], organisation=body.code, email=given["email"] or None,
                    lang=lang)  # fmt: skip
    return here.accept_first(token, person, body, password, visitor, at=at)


def _welcome(
    request: Request, token: str, given: dict[str, str], *, faults: list[str] | None = None, status: int = 200
) -> Response:
    with acting.accounts(request).work.reading() as session:
        link = invitations.look(session, token, at=clock.now())
        first, login = link.purpose == invitations.FIRST, link.login or ""
    return render(request, "welcome.html", title="first" if first else "welcome", first=first, login=login, given=given,
                  faults=faults or [], status=status)  # fmt: skip


def _link_refused(request: Request) -> Response:
    faults = [TEXTS[lang_of(request, None)]["link_refused"]]
    return render(request, "notice.html", title="welcome", faults=faults, status=404)
