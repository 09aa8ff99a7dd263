"""Pages from templates: with the words of one language, the person who is signed in, and the token for forms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from web import acting, assets, navigation, page_words, words
from web.account_words import TEXTS
from web.acting import Signed

ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined,
    trim_blocks=True, lstrip_blocks=True,
)  # fmt: skip
LOOKS = ("system", "light", "dark")
LOOK = "plumbline_look"


def lang_of(request: Request, signed: Signed | None) -> str:
    """The language of a page: `?lang=`, else the person's own, else what the browser prefers, else the usual one."""
    if signed is not None and request.query_params.get("lang", "") not in TEXTS:
        return signed.lang if signed.lang in TEXTS else "zh"
    return words.asked(request, acting.accounts(request).work.settings.lang)


def is_part(request: Request) -> bool:
    """Whether a script asks for a piece to put into a page that is there already."""
    return request.headers.get("hx-request") == "true"


def render(
    request: Request,
    template: str,
    *,
    signed: Signed | None = None,
    status: int = 200,
    title: str = "",
    heading: str = "",
    texts: Mapping[str, Mapping[str, str]] | None = None,
    **context: Any,
) -> HTMLResponse:
    """A page. `title` is the name of one of the texts, or `heading` a text of its own, such as a number.

    `texts` are the words of these pages by language, beside those of every page. Who is not signed in gets a visit to
    make forms from.
    """
    here, lang = acting.accounts(request), lang_of(request, signed)
    fresh = ""
    secret = acting.secret_of(request)
    if signed is None and not secret:
        secret = fresh = here.new_visit()
    words_here = {**page_words.TEXTS[lang], **TEXTS[lang], **(texts[lang] if texts is not None else {})}
    look = request.cookies.get(LOOK, "")
    given = {
        "t": words_here, "lang": lang, "other": "en" if lang == "zh" else "zh", "title": heading or words_here[title],
        "signed": signed, "navigation": navigation.entries(lang) if signed is not None else (),
        "csrf": signed.csrf if signed is not None else acting.csrf_for(here, secret), "local": words.local,
        "day": partial(words.day, lang=lang), "moment": partial(words.moment, lang=lang), "asset": assets.address,
        "assets": assets, "rehearsal": here.work.rehearsal, "path": request.url.path,
        "look": look if look in LOOKS else "system",
        "part": is_part(request),
    }  # fmt: skip
    text = ENVIRONMENT.get_template(template).render(given | context)
    headers = {"Content-Language": "zh-CN" if lang == "zh" else "en", "Vary": "HX-Request"}
    page = HTMLResponse(text, status_code=status, headers=headers)
    if fresh:
        acting.hold(page, here, acting.VISITOR, fresh)
    return page


def known(request: Request) -> Signed | None:
    """Who is signed in and may go on, for a page that anybody may see."""
    try:
        return acting.signed_in(request)
    except (acting.NotSignedIn, acting.FactorMissing):
        return None


def reasons(fault: Any, lang: str) -> list[str]:
    """What a refusal says, with what would cure it."""
    return [f"{one.message.in_(lang)} {one.cure.in_(lang)}" for one in fault.reasons]
