"""What a person is shown where there is no page: nothing there, or nothing that is theirs, with the very same words."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException

from cases.errors import NoSuchMatter
from plumbline.database_faults import trouble
from web import acting, page_words
from web.pages import known, lang_of, render


def not_found(request: Request) -> Response:
    """Nothing is here. What one may not see does not exist, so that is what is said of it; the page names no address."""
    signed = known(request)
    text = page_words.TEXTS[lang_of(request, signed)]
    return render(request, "gone.html", signed=signed, status=404, title="not_found", says=text["not_found_says"],
                  what_now=text["not_found_do"], path="/")  # fmt: skip


def handle(app: FastAPI) -> None:
    """Teach an application to answer people so."""

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
