"""The status page, which anybody may see, and what probes and Prometheus ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from sqlalchemy.exc import DBAPIError

from cases import people
from plumbline import clock
from plumbline.work import Work
from states.rulebook import Label
from web import metrics, words
from web.acting import Signed
from web.pages import known, render
from web.status import Status, status

Scheduler = Callable[[], tuple[bool, Label]]
"""Asks whether Prefect does its work: yes or no, and a sentence."""


class Run(Protocol):
    """The newest run of one of Prefect's deployments."""

    @property
    def deployment(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def expected_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def well(self) -> bool: ...


Runs = Callable[[], Sequence[Run]]
"""The newest run of each of Prefect's deployments."""


def router(work: Work, scheduler: Scheduler | None, runs: Runs | None = None) -> APIRouter:
    """The pages on this database. Without `scheduler` nothing is said of Prefect; of `runs` only the operator reads."""
    pages = APIRouter()

    @pages.get("/status")
    def page(request: Request) -> HTMLResponse:
        found = _read(work)
        prefect = scheduler() if scheduler is not None else None
        who = _known(request, found)
        last = runs() if runs is not None and who is not None and _operates(work, who) else ()
        return render(request, "status.html", title="title", texts=words.TEXTS, found=found, prefect=prefect,
                      last_runs=last, signed=who, status=200 if found is not None else 503)  # fmt: skip

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


def _operates(work: Work, who: Signed) -> bool:
    with work.reading() as session:
        administers = work.office.rulebook().administers
        return any(held.role == administers for held in people.postings_of(session, who.login))


def _read(work: Work) -> Status | None:
    """The status, or None where the database cannot be read."""
    try:
        return status(work, at=clock.now())
    except DBAPIError:
        return None
