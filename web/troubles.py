"""What a person is shown where there is no page: nothing there, or nothing that is theirs, with the very same words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import parse_qsl, quote

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from cases.errors import NoSuchMatter
from plumbline.database_faults import trouble
from web import acting, page_words, sign_in, typed_again
from web.acting import MOST_BYTES, MOST_FIELDS, NotSignedIn
from web.pages import known, lang_of, render

WORDS = (
    "f_",
    "field.",
    "opinion_",
)  # before the names of fields that people write into; no password is among them
_BOUNDARY = re.compile(r'multipart/form-data; ?boundary="?([^"; ]{1,70})"?')
_NAME = re.compile(rb'[ ;]name="([^"]*)"')
_CODE = re.compile(r"[a-z0-9_.:-]*")


async def sent(request: Request) -> dict[str, list[str]]:
    """The fields of a form of ours that can not be taken; none of what is no such form."""
    kind = request.headers.get("content-type", "")
    with_files = _BOUNDARY.fullmatch(kind)
    if with_files is None and not kind.startswith("application/x-www-form-urlencoded"):
        return {}
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > MOST_BYTES:
            if with_files is None:
                return {}
            break  # our forms have their words before their files
    try:
        pairs = (
            list(_texts(bytes(data), with_files[1].encode())) if with_files is not None
            else parse_qsl(data.decode(), max_num_fields=MOST_FIELDS, errors="strict")
        )  # fmt: skip
    except ValueError:
        return {}
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def typed(fields: Mapping[str, Sequence[str]]) -> str:
    """The words that somebody wrote into it, without codes and marks."""
    texts = (text for name, given in fields.items() if name.startswith(WORDS) for text in given)
    return "\n\n".join(text for text in texts if not _CODE.fullmatch(text))


async def _meanwhile(request: Request) -> Response | None:
    fields = await sent(request) if request.method == "POST" else {}
    return await run_in_threadpool(_with_words, request, fields) if fields else None


def _with_words(request: Request, fields: Mapping[str, Sequence[str]]) -> Response | None:
    """The form to sign in with, for somebody who typed; their words come back in their own form, or stand below."""
    if (kept := typed_again.keep(request, fields)) is not None:
        page, key = kept
        answer = sign_in.meanwhile(request, next_=page)
        typed_again.hold(answer, request, key)
        return answer
    words = typed(fields)
    return sign_in.meanwhile(request, next_=acting.came_from(request), typed=words) if words else None


def _texts(data: bytes, boundary: bytes) -> Iterator[tuple[str, str]]:
    """The fields of a form with files, without its files. Raises ValueError."""
    for part in data.split(b"--" + boundary)[: MOST_FIELDS + 1]:
        head, _, body = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if name is not None and b"filename" not in head:
            yield name[1].decode(), body.decode().removesuffix("\r\n")


def not_found(request: Request) -> Response:
    """Nothing is here. What one may not see does not exist, so that is what is said of it; the page names no address."""
    signed = known(request)
    text = page_words.TEXTS[lang_of(request, signed)]
    return render(request, "gone.html", signed=signed, status=404, title="not_found", says=text["not_found_says"],
                  what_now=text["not_found_do"], path="/")  # fmt: skip


def handle(app: FastAPI) -> None:
    """Teach an application to answer people so."""

    @app.exception_handler(NotSignedIn)
    async def _sign_in(request: Request, _fault: NotSignedIn) -> Response:
        if not acting.wants_page(request):
            return acting.problem(401, "not_signed_in", str(NotSignedIn.__doc__))
        if (answer := await _meanwhile(request)) is not None:
            return answer
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        there = f"?next={quote(back, safe='/')}" if request.method == "GET" and back != "/" else ""
        return RedirectResponse(f"/sign-in{there}", status_code=303)

    @app.exception_handler(NoSuchMatter)
    def _no_such(request: Request, _fault: NoSuchMatter) -> Response:
        return not_found(request)

    @app.exception_handler(HTTPException)
    async def _no_page(request: Request, fault: HTTPException) -> Response:
        if (
            fault.status_code == 404
            and acting.wants_page(request)
            and "text/html" in request.headers.get("accept", "")
        ):
            return await run_in_threadpool(not_found, request)
        return await http_exception_handler(request, fault)

    @app.exception_handler(RequestValidationError)
    async def _no_number(request: Request, fault: RequestValidationError) -> Response:
        """A path that holds no number where one belongs."""
        if acting.wants_page(request):
            return await run_in_threadpool(not_found, request)
        return await request_validation_exception_handler(request, fault)

    @app.exception_handler(DBAPIError)
    def _no_database(request: Request, fault: DBAPIError) -> Response:
        lang = lang_of(request, None)
        text = page_words.TEXTS[lang]
        cause = trouble(fault, lang)
        return render(request, "gone.html", status=503, title="trouble", says=text["trouble_says"],
                      what_now=cause.message if cause is not None else "", path="/")  # fmt: skip
