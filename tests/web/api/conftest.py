"""The API of a rehearsal, asked by the people of the sample, each with a token of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from plumbline import clock, setup
from plumbline.settings import Settings
from plumbline.work import Work
from tests.plumbline.conftest import home, rehearsal_template, shell  # noqa: F401
from tests.plumbline.shell import NOON
from tests.web.api.client import Client


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall clock stands at noon of the first day."""
    monkeypatch.setattr(clock, "now", lambda: NOON)


@pytest.fixture
def api(home: Path) -> Iterator[Client]:  # noqa: F811
    """Everybody's way into the rehearsal's API."""
    work = Work.open(Settings(api_per_minute=100_000))
    yield Client(work)
    work.engine.dispose()


@pytest.fixture
def api_on(database_url: str, tmp_path: Path) -> Iterator[Client]:
    """The same on a fresh database of each kind."""
    settings = Settings(home=tmp_path / "home", database_url=database_url)
    setup.prepare(settings, rehearsal=True, with_sample=True, at=NOON)
    work = Work.open(settings)
    yield Client(work)
    work.engine.dispose()
