"""What a person is shown where there is no page: nothing there, or nothing that is theirs, with the very same words."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
from web import acting, page_words, sign_in
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


async def typed(request: Request) -> str:
    """What somebody wrote into a form of ours that can not be taken: their words, without codes and marks."""
    kind = request.headers.get("content-type", "")
    with_files = _BOUNDARY.fullmatch(kind)
    if with_files is None and not kind.startswith("application/x-www-form-urlencoded"):
        return ""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > MOST_BYTES:
            if with_files is None:
                return ""
            break  # our forms have their words before their files
    try:
        pairs = (
            list(_texts(bytes(data), with_files[1].encode())) if with_files is not None
            else parse_qsl(data.decode(), max_num_fields=MOST_FIELDS, errors="strict")
        )  # fmt: skip
    except ValueError:
        return ""
    return "\n\n".join(text for name, text in pairs if name.startswith(WORDS) and not _CODE.fullmatch(text))


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
        if request.method == "POST" and (words := await typed(request)):
            return await run_in_threadpool(sign_in.meanwhile, request, words)
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
