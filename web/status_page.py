"""The status page, which anybody may see, and what probes and Prometheus ask."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from sqlalchemy.exc import DBAPIError

from plumbline import clock
from plumbline.work import Work
from states.rulebook import Label
from web import metrics, words
from web.acting import Signed
from web.pages import known, render
from web.status import Status, status

Scheduler = Callable[[], tuple[bool, Label]]
"""Asks whether Prefect does its work: yes or no, and a sentence."""


def router(work: Work, scheduler: Scheduler | None) -> APIRouter:
    """The pages on this database. Without `scheduler` nothing is said of Prefect."""
    pages = APIRouter()

    @pages.get("/status")
    def page(request: Request) -> HTMLResponse:
        found = _read(work)
        prefect = scheduler() if scheduler is not None else None
        return render(request, "status.html", title="title", texts=words.TEXTS, found=found, prefect=prefect,
                      signed=_known(request, found), status=200 if found is not None else 503)  # fmt: skip

    @pages.get("/healthz", response_class=PlainTextResponse)
    def alive() -> str:
        return "ok"

    @pages.get("/readyz")
    def ready() -> JSONResponse:
        found = _read(work)
        schema = "unknown" if found is None else "current" if found.migrated else "not migrated"
        answer = {
            "ready": schema == "current",
            "database": "down" if found is None else "up",
            "schema": schema,
        }
        return JSONResponse(answer, status_code=200 if answer["ready"] else 503)

    @pages.get("/metrics")
    def measured() -> Response:
        prefect = scheduler()[0] if scheduler is not None else None
        return Response(metrics.exposition(_read(work), prefect=prefect), media_type=metrics.KIND)

    return pages


def _known(request: Request, found: Status | None) -> Signed | None:
    """Who is signed in, where that can be read at all."""
    try:
        return known(request) if found is not None and found.migrated else None
    except DBAPIError:
        return None


def _read(work: Work) -> Status | None:
    """The status, or None where the database cannot be read."""
    try:
        return status(work, at=clock.now())
    except DBAPIError:
        return None
