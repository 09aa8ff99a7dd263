"""Signing in and out: by password and second factor, by a provider, and in a rehearsal by choosing whom to be."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from cases import administering, bindings, sessions
from cases.attempts import TooManyTries
from cases.bindings import NotBound
from cases.people import UnknownPerson
from cases.sessions import SessionOver
from plumbline import clock
from plumbline.accounts import Accounts, NotProved, SignedIn, WrongCode
from plumbline.provider import Pending, Provider, ProviderRefused
from web import acting, words
from web.account_words import TEXTS
from web.acting import Form, WhoSoFar, safe_next
from web.pages import lang_of, render

PROVIDER = "plumbline_provider"
WITHIN = sessions.WAITS_FOR_CODE * 2

router = APIRouter()


@router.get("/sign-in")
def page(request: Request) -> Response:
    """The form to sign in with."""
    return _form(request, next_=safe_next(request.query_params.get("next")))


@router.post("/sign-in")
def sign_in(request: Request, form: Form) -> Response:
    """Sign in with login and password."""
    here, next_ = acting.accounts(request), safe_next(form.get("next"))
    login = form.get("login", "")
    try:
        done = here.sign_in(login, form.get("password", ""), acting.visitor(request), at=clock.now())
    except NotProved:
        return _form(request, "not_proved", login=login, next_=next_, status=401)
    except TooManyTries as fault:
        page = _form(request, "too_many", _clock(fault), login=login, next_=next_, status=429)
        page.headers["Retry-After"] = _seconds(fault)
        return page
    return _go_on(request, done, next_)


@router.get("/sign-in/code")
def code_page(request: Request) -> Response:
    """The form for the second factor."""
    return render(
        request, "code.html", title="second", faults=[], next=safe_next(request.query_params.get("next"))
    )


@router.post("/sign-in/code")
def give_code(request: Request, form: Form) -> Response:
    """The second factor."""
    here, next_ = acting.accounts(request), safe_next(form.get("next"))
    token = request.cookies.get(acting.cookie(here, acting.SESSION), "")
    try:
        done = here.give_code(token, form.get("code", ""), acting.visitor(request), at=clock.now())
    except SessionOver:
        return _form(request, "session_over", next_=next_, status=401)
    except (WrongCode, TooManyTries) as fault:
        return code_fault(request, fault, "code.html", title="second", next=next_)
    return _go_on(request, done, next_)


def code_fault(request: Request, fault: Exception, template: str, **context: Any) -> Response:
    """The page again, with what was wrong with the code."""
    text = TEXTS[lang_of(request, None)]
    if isinstance(fault, TooManyTries):
        faults, status = [text["too_many"].format(_clock(fault))], 429
    else:
        faults, status = [text["wrong_code"]], 401
    title = str(context.pop("title"))
    return render(request, template, title=title, faults=faults, status=status, **context)


def _go_on(request: Request, done: SignedIn, next_: str) -> Response:
    there = f"/sign-in/code?next={next_}" if done.begun.waits else next_
    answer = RedirectResponse(there, status_code=303)
    acting.welcome_in(answer, acting.accounts(request), done)
    return answer


def meanwhile(request: Request, *, next_: str, typed: str = "") -> Response:
    """The form, for somebody whose session ended while they typed; their words, if they are given, stand below it."""
    fault = "ended_meanwhile" if typed else "ended_and_kept"
    return _form(request, fault, next_=next_, typed=typed, status=401)


def _form(
    request: Request, fault: str = "", what: str = "", *, next_: str, login: str = "", typed: str = "", status: int = 200
) -> Response:  # fmt: skip
    text, settings = TEXTS[lang_of(request, None)], acting.accounts(request).work.settings
    provider = settings.oidc_name if settings.oidc_issuer else ""
    faults = [text[fault].format(what)] if fault else []
    return render(request, "sign_in.html", title="sign_in", status=status, faults=faults, next=next_,
                  login=login[:64], provider=provider, typed=typed)  # fmt: skip


def _clock(fault: TooManyTries) -> str:
    return f"{fault.until.astimezone(words.ZONE):%H:%M:%S}"


def _seconds(fault: TooManyTries) -> str:
    return str(max(1, int((fault.until - clock.now()).total_seconds()) + 1))


@router.post("/sign-out")
def sign_out(request: Request, who: WhoSoFar, _form: Form) -> Response:
    """End this session."""
    here = acting.accounts(request)
    with here.work.unit() as session:
        sessions.end(session, who.session, login=who.login, at=clock.now())
    return gone(request)


def gone(request: Request) -> Response:
    """Off to the sign-in page, with nothing left behind in the browser but that it is known."""
    answer = RedirectResponse("/sign-in", status_code=303)
    acting.let_go(answer, acting.accounts(request), acting.SESSION)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


# ------------------------------------------------------------------------------------------------- the provider


@router.get("/sign-in/provider")
def to_provider(request: Request) -> Response:
    """Off to the provider."""
    here = acting.accounts(request)
    provider = Provider.of(here.work.settings)
    if provider is None:
        raise HTTPException(404)
    try:
        url, pending = provider.begin(next_=safe_next(request.query_params.get("next")))
    except ProviderRefused as fault:
        return _refused(request, "provider_refused", str(fault), status=502)
    answer = RedirectResponse(url, status_code=303)
    passed = here.keys.pass_for(pending.written(), at=clock.now())
    acting.hold(answer, here, PROVIDER, passed, seconds=int(WITHIN.total_seconds()))
    return answer


@router.get("/sign-in/provider/back")
def from_provider(request: Request) -> Response:
    """Back from the provider: who it proved, if it is somebody here."""
    here, at = acting.accounts(request), clock.now()
    provider = Provider.of(here.work.settings)
    if provider is None:
        raise HTTPException(404)
    kept = request.cookies.get(acting.cookie(here, PROVIDER), "")
    brought = here.keys.brought_back(kept, at=at, within=WITHIN)
    try:
        if brought is None:
            raise ProviderRefused("This answer does not belong to a sign-in that this browser began.")
        pending = Pending.read(brought)
        proved = provider.finish(dict(request.query_params), pending, at=at)
        with here.work.unit() as session:
            login = bindings.account(session, issuer=proved.issuer, subject=proved.subject,
                                     verified_email=proved.verified_email, at=at)  # fmt: skip
            done = here.signed_in_by(session, login, sessions.PROVIDER, acting.visitor(request), at=at)
    except ProviderRefused as fault:
        return _refused(request, "provider_refused", str(fault), status=401)
    except NotBound as fault:
        return _refused(request, "not_bound", fault.subject, status=403)
    answer = _go_on(request, done, safe_next(pending.next))
    acting.let_go(answer, here, PROVIDER)
    return answer


def _refused(request: Request, text: str, what: str, *, status: int) -> Response:
    faults = [TEXTS[lang_of(request, None)][text].format(what)]
    page = render(request, "notice.html", title="sign_in", faults=faults, status=status)
    acting.let_go(page, acting.accounts(request), PROVIDER)
    return page


# ----------------------------------------------------------------------------------------------- in a rehearsal


@router.get("/rehearsal")
def choose(request: Request) -> Response:
    """Whom to be. There is no such page in a real office."""
    here = _rehearsing(request)
    lang, book = lang_of(request, None), here.work.office.rulebook()
    with here.work.reading() as session:
        people = [
            {"login": one["login"], "name": one["name"],
             "roles": ", ".join(book.roles[held["role"]].label.in_(lang) for held in one["postings"]
                                if held["role"] in book.roles)}
            for one in administering.listed(session, ended=False)
        ]  # fmt: skip
    next_ = safe_next(request.query_params.get("next"))
    return render(request, "rehearsal.html", title="act_as", people=people, next=next_)


@router.post("/rehearsal")
def be(request: Request, form: Form) -> Response:
    """Be somebody of the rehearsal."""
    here = _rehearsing(request)
    with here.work.unit() as session:
        try:
            done = here.signed_in_by(session, form.get("login", ""), sessions.REHEARSAL, acting.visitor(request),
                                     at=clock.now())  # fmt: skip
        except UnknownPerson:
            raise HTTPException(404) from None
    return _go_on(request, done, safe_next(form.get("next")))


def _rehearsing(request: Request) -> Accounts:
    here = acting.accounts(request)
    if not here.work.rehearsal:
        raise HTTPException(404)
    return here
