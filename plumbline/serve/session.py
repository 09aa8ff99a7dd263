"""A private Prefect server for as long as something is played through real flow runs: the demo, and tests."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from prefect import settings as prefect
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker, PrefectConsoleHandler

from plumbline.serve import parts
from plumbline.serve.api import PrefectApi
from plumbline.serve.environment import PrefectHome, environment, prefect_home
from plumbline.settings import Settings

BARE = {"PREFECT__SERVER_WEBSERVER_ONLY": "1", "PREFECT_SERVER_UI_ENABLED": "false"}
"""Nobody watches and nothing is scheduled: without its services and pages the server starts and answers faster."""


@dataclass(frozen=True, slots=True)
class PrefectSession:
    """A server that runs while the session is open, and its process."""

    home: PrefectHome
    process: int

    def api(self) -> PrefectApi:
        """A connection to it, to see what was recorded."""
        return PrefectApi(self.home)


@contextmanager
def prefect_session(settings: Settings, *, folder: str = "prefect-session") -> Iterator[PrefectSession]:
    """Start a private server under PLUMBLINE_HOME; within, calling a flow makes a real run that is recorded there.

    The flows see these settings. Afterwards the environment is as it was and the server has stopped; its database
    stays in `folder`. To be entered from the main thread. Raises CannotServe.
    """
    home = prefect_home(settings, name=folder)
    variables = {**environment(settings, home, os.environ), **BARE}
    server = parts.start_server(home, variables)
    try:
        with _as_environment(variables), _as_prefect_settings(home), _quietly():
            parts.await_server(settings, home, server, Event())
            yield PrefectSession(home, server.process.pid)
    finally:
        server.stop(within=15)


@contextmanager
def _as_environment(variables: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    ours = {name: value for name, value in variables.items() if name.startswith(("PLUMBLINE_", "PREFECT_"))}
    try:
        os.environ.update(ours)
        yield
    finally:
        for name in ours:
            os.environ.pop(name)
        os.environ.update(before)


@contextmanager
def _as_prefect_settings(home: PrefectHome) -> Iterator[None]:
    """Prefect read its environment when it was loaded; for what runs in this process its settings are put over it."""
    ours = {
        prefect.PREFECT_HOME: Path(home.folder),
        prefect.PREFECT_API_URL: home.api_url,
        prefect.PREFECT_API_AUTH_STRING: home.password.get_secret_value(),
        prefect.PREFECT_RESULTS_PERSIST_BY_DEFAULT: False,
    }
    with prefect.temporary_settings(updates=ours):
        try:
            yield
        finally:
            asyncio.run(_drain())


@contextmanager
def _quietly() -> Iterator[None]:
    """What runs say is kept with the run; whoever plays hears of warnings only."""
    talkers = {
        one: one.level for one in logging.getLogger().handlers if isinstance(one, PrefectConsoleHandler)
    }
    try:
        for talker in talkers:
            talker.setLevel(logging.WARNING)
        yield
    finally:
        for talker, level in talkers.items():
            talker.setLevel(level)


async def _drain() -> None:
    """Let the last logs and events reach the server before it stops: threads of Prefect's send them."""
    for sent in (APILogWorker.instance().drain(), EventsWorker.drain_all()):
        if inspect.isawaitable(sent):
            await sent
