"""What somebody typed while their session ended stands in the very form again, once they are signed in as themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from fastapi import Request, Response

from cases import sessions, typed_meanwhile
from cases.typed_meanwhile import LASTS_FOR, Words
from plumbline import clock
from web import acting
from web.acting import CSRF_FIELD, SESSION, NotOurForm, Signed
from web.form_fields import PREFIX

TYPED = "plumbline_typed"
OURS = (CSRF_FIELD, "key", "version")  # marks of a form that nobody types
_SAME = re.compile(r"/(matters/[^/]+/moves|register)/[^/]+")
_OPINION = re.compile(r"(/rounds/[^/]+)/opinion")

Fields = Mapping[str, Sequence[str]]


def page_of(path: str) -> str | None:
    """The page with the form that is sent here, if words can be put back into it."""
    if _SAME.fullmatch(path):
        return path
    found = _OPINION.fullmatch(path)
    return found[1] if found else None


def keep(request: Request, sent: Fields) -> tuple[str, str] | None:
    """Keep what came in a form of a session that has ended: the page it was typed on, and the key for the browser.

    None where it is not known whose session that was, the form is not one of ours, or its page takes nothing back.
    """
    here, page, at = acting.accounts(request), page_of(request.url.path), clock.now()
    token = request.cookies.get(acting.cookie(here, SESSION), "")
    if page is None or not token:
        return None
    try:
        acting.check_form(request, next(iter(sent.get(CSRF_FIELD, [])), None))
    except NotOurForm:
        return None
    fields = {name: given for name, given in sent.items() if name not in OURS and any(map(str.strip, given))}
    with here.work.unit() as session:
        whose = sessions.whose(session, token)
        if whose is None:
            return None
        key = typed_meanwhile.keep(session, whose[0], Words(whose[1], page, fields), at=at)
    return (page, key) if key is not None else None


def hold(response: Response, request: Request, key: str) -> None:
    """Have the browser hold the key, for as long as there is anything to open with it."""
    seconds = int(LASTS_FOR.total_seconds())
    acting.hold(response, acting.accounts(request), TYPED, key, seconds=seconds)


def back(request: Request, who: Signed) -> Fields | None:
    """What this person typed into the form of this page before they had to sign in, once."""
    here, at = acting.accounts(request), clock.now()
    key = request.cookies.get(acting.cookie(here, TYPED), "")
    if not key:
        return None
    with here.work.reading() as session:
        if not typed_meanwhile.is_kept(session, key, at=at):
            return None
    with here.work.unit() as session:
        return typed_meanwhile.given_back(session, key, login=who.login, page=request.url.path, at=at)


def into_fields(typed: Fields | None) -> Fields | None:
    """The same by the rulebook's own names."""
    if typed is None:
        return None
    return {name.removeprefix(PREFIX): given for name, given in typed.items() if name.startswith(PREFIX)}
