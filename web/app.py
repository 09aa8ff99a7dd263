"""The application: a status page, and what probes and Prometheus ask. Everything is served from here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import DBAPIError
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from plumbline import clock
from plumbline.accounts import Accounts
from plumbline.settings import Settings
from plumbline.work import Work
from states.rulebook import Label
from web import account, acting, exchange, guarding, metrics, sign_in, words
from web.api import door
from web.guarding import HEADERS
from web.rooms import every
from web.status import Status, status

__all__ = ["HEADERS", "Scheduler", "create"]

HERE = Path(__file__).parent

Scheduler = Callable[[], tuple[bool, Label]]
"""Asks whether Prefect does its work: yes or no, and a sentence."""


def create(work: Work, *, scheduler: Scheduler | None = None) -> FastAPI:
    """The application for this database. Without `scheduler` nothing is said of Prefect."""
    app = FastAPI(title="Plumbline", openapi_url=None, docs_url=None, redoc_url=None)
    pages = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip

    app.state.accounts = Accounts(work)
    acting.handle(app)
    app.add_middleware(door.Way, api=door.router(work))
    app.add_middleware(Guard, settings=work.settings)

    @app.get("/", response_class=HTMLResponse)
    def page(request: Request) -> HTMLResponse:
        lang = words.asked(request, work.settings.lang)
        found = _read(work)
        prefect = scheduler() if scheduler is not None else None
        text = pages.get_template("status.html").render(
            status=found,
            prefect=prefect,
            lang=lang,
            t=words.TEXTS[lang],
            local=words.local,
            rehearsal=work.rehearsal,
        )
        return HTMLResponse(
            text, status_code=200 if found is not None else 503, headers={"Content-Language": lang}
        )

    @app.get("/healthz", response_class=PlainTextResponse)
    def alive() -> str:
        return "ok"

    @app.get("/readyz")
    def ready() -> JSONResponse:
        found = _read(work)
        schema = "unknown" if found is None else "current" if found.migrated else "not migrated"
        answer = {
            "ready": schema == "current",
            "database": "down" if found is None else "up",
            "schema": schema,
        }
        return JSONResponse(answer, status_code=200 if answer["ready"] else 503)

    @app.get("/metrics")
    def measured() -> Response:
        prefect = scheduler()[0] if scheduler is not None else None
        return Response(metrics.exposition(_read(work), prefect=prefect), media_type=metrics.KIND)

    app.include_router(exchange.router(work))
    app.include_router(sign_in.router)
    app.include_router(account.router)
    app.include_router(every.router)
    app.mount("/static", StaticFiles(directory=HERE / "static"))
    return app


class Guard:
    """Turns away what comes from another site's page or too fast, and puts the headers on every answer, whoever gives it;
    a plain ASGI layer, because every request goes through it."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._headers = dict(guarding.headers(settings))
        self._pace = guarding.Pace()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = guarding.refusal(Request(scope), self._settings, self._pace)
        await (refused or self._app)(scope, receive, guarded)


def _read(work: Work) -> Status | None:
    """The status, or None where the database cannot be read."""
    try:
        return status(work, at=clock.now())
    except DBAPIError:
        return None
