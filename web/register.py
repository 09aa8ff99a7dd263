"""Opening a matter by hand: what somebody may open, the form, and the opening itself."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from cases import opening, surveys
from cases.errors import KeyReused
from cases.office import Office
from cases.people import postings_of
from plumbline import clock
from states.facts import Refused
from states.rulebook import Machine
from web import acting, form_fields, typed_again
from web.acting import Signed, Who, WholeForm
from web.form_fields import Sent, Typed
from web.matter_words import TEXTS
from web.pages import lang_of, render

router = APIRouter()


def open_to(session: Session, office: Office, login: str, *, lang: str) -> list[tuple[str, str]]:
    """The machines of which this person may open a matter by hand, and what a matter of each is called."""
    roles = {held.role for held in postings_of(session, login)}
    return [(name, machine.label.in_(lang)) for name, machine in office.rulebook().machines.items()
            if roles.intersection(machine.registered_by)]  # fmt: skip


@router.get("/register")
def choose(request: Request, who: Who) -> Response:
    """What is to be opened."""
    here, lang = acting.accounts(request).work, lang_of(request, who)
    with here.reading() as session:
        opens = open_to(session, here.office, who.login, lang=lang)
    return render(request, "register.html", signed=who, title="register", texts=TEXTS, opens=opens)


@router.get("/register/{machine}")
def form(request: Request, machine: str, who: Who) -> Response:
    """The form of opening one."""
    return _form(request, machine, who, kept=typed_again.into_fields(typed_again.back(request, who)))


@router.post("/register/{machine}")
def register(request: Request, machine: str, who: Who, form: WholeForm) -> Response:
    """Open one, once for each form that was handed out."""
    here, sent = acting.accounts(request).work, Sent.read(form)
    asked = _machine(request, machine).register_
    try:
        with here.unit() as session:
            moved = opening.open_matter(session, here.office, machine, actor=who.login, at=clock.now(),
                                        fields=sent.fields(asked), key=sent.key)  # fmt: skip
    except Refused as refused:
        return _form(request, machine, who, sent=sent, refused=refused)
    except KeyReused:
        return _form(request, machine, who, sent=sent, again=True)
    return RedirectResponse(f"/matters/{moved.number}?done={moved.event}", status_code=303)


def _form(
    request: Request, machine: str, who: Signed, *, sent: Sent | None = None, refused: Refused | None = None,
    again: bool = False, kept: Typed | None = None,
) -> Response:  # fmt: skip
    here, lang = acting.accounts(request).work, lang_of(request, who)
    rules, at = _machine(request, machine), clock.now()
    with here.reading() as session:
        if machine not in dict(open_to(session, here.office, who.login, lang=lang)):
            raise HTTPException(404)
        described = surveys.opening_form(session, here.office, machine, at=at, lang=lang, actor=who.login)
        fields = form_fields.built(
            session, here.office, rules.register_, {one["name"]: one["example"] for one in described},
            surveys.nowhere(machine), actor=who.login, lang=lang, typed=sent.typed if sent else kept, refused=refused,
        )  # fmt: skip
    general = form_fields.general(refused, rules.register_, lang)
    return render(
        request, "register_form.html", signed=who, texts=TEXTS, fields=fields, version=0, machine=machine,
        heading=TEXTS[lang]["register_one"].format(rules.label.in_(lang)),
        general=[TEXTS[lang]["sent_before"]] if again else general,
        key=sent.key if sent and not again else secrets.token_urlsafe(16),
        back=kept is not None, status=422 if refused else 409 if again else 200,
    )  # fmt: skip


def _machine(request: Request, machine: str) -> Machine:
    found = acting.accounts(request).work.office.rulebook().machines.get(machine)
    if found is None:
        raise HTTPException(404)
    return found
