"""The application: the pages, the API and the doors for other sites. Everything is served from here."""

from __future__ import annotations

from collections import OrderedDict

from fastapi import FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from plumbline.accounts import Accounts
from plumbline.settings import Settings
from plumbline.work import Work
from web import (
    account,
    acting,
    assets,
    board,
    calendar,
    exchange,
    figures,
    guarding,
    matter,
    pacing,
    preferences,
    register,
    search,
    sign_in,
    status_page,
    today,
    troubles,
    worklist,
)
from web.api import door
from web.doorkeeper import Doorkeeper
from web.guarding import HEADERS
from web.pacing import Paces
from web.rooms import every
from web.status_page import Runs, Scheduler

__all__ = ["HEADERS", "Scheduler", "create"]


def create(work: Work, *, scheduler: Scheduler | None = None, runs: Runs | None = None) -> FastAPI:
    """The application for this database. Without `scheduler` nothing is said of Prefect; `runs` are its last runs."""
    app = FastAPI(title="Plumbline", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.accounts = Accounts(work)
    app.state.remembered = OrderedDict()
    acting.handle(app)
    troubles.handle(app)
    paces = Paces(pacing.file_of(work.settings))
    app.add_middleware(door.Way, api=door.router(work, paces))
    app.add_middleware(Guard, settings=work.settings, paces=paces)

    app.include_router(exchange.router(work, keeper=Doorkeeper.counting(paces)))
    app.include_router(sign_in.router)
    app.include_router(account.router)
    app.include_router(status_page.router(work, scheduler, runs))
    app.include_router(preferences.router)
    app.include_router(today.router)
    app.include_router(register.router)
    app.include_router(matter.router)
    for pages_ in (worklist, board, search, calendar, figures):
        app.include_router(pages_.router)
    app.include_router(every.router)
    app.include_router(assets.router)
    return app


class Guard:
    """Turns away what comes from another site's page or too fast, and puts the headers on every answer, whoever gives it;
    a plain ASGI layer, because every request goes through it."""

    def __init__(self, app: ASGIApp, *, settings: Settings, paces: Paces) -> None:
        self._app = app
        self._settings = settings
        self._headers = dict(guarding.headers(settings))
        self._paces = paces

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
        refused = guarding.refusal(Request(scope), self._settings, self._paces)
        await (refused or self._app)(scope, receive, guarded)
