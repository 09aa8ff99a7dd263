"""A browser for the tests of this folder, and offices to look at with it.

Browser and server live as long as tests of this folder follow one another: Playwright's loop runs in the tests' own
thread, where tests of other folders run loops of theirs.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlmodel import select

from cases.people import Person
from plumbline import clock
from plumbline.settings import Settings
from plumbline.work import Work
from tests.browser import chromium
from tests.browser.furnishing import Furnished, furnish
from tests.browser.serving import Port, listening
from tests.browser.visitors import Visitors, visiting
from tests.plumbline.conftest import home, rehearsal_template  # noqa: F401 - fixtures
from tests.web.browsing import Clock, Office
from tests.web.conftest import time  # noqa: F401 - a fixture
from tests.web.rooms.visiting import House


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser, one for all of them."""
    path = chromium.path()
    own = {"XDG_CONFIG_HOME": str(tmp_path_factory.mktemp("chromium"))}
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path, args=list(chromium.ARGUMENTS), env={**os.environ, **own}
        )
        yield started
        started.close()


@pytest.fixture(scope="package")
def port() -> Iterator[Port]:
    """The server."""
    with listening() as found:
        yield found


def all_speak(house: House, lang: str) -> None:
    """Everybody of the rehearsal reads this language from now on."""
    with house.office.work.unit() as session:
        for person in session.exec(select(Person)):
            person.lang = lang


@pytest.fixture
def house(home: Path, time: Clock, port: Port) -> Iterator[House]:  # noqa: F811 - the fixtures of that name
    """A rehearsal of this test's own, served."""
    work = Work.open(Settings(home=home, base_url=port.url))
    house = House(Office(work, time))
    all_speak(house, "en")
    port.app = house.office.app
    yield house
    work.engine.dispose()


@pytest.fixture
def people(browser: Browser, house: House, port: Port) -> Iterator[Visitors]:
    """Whoever comes to that rehearsal."""
    with visiting(browser, port.url) as found:
        yield found


@dataclass(frozen=True)
class Busy:
    """An office in the middle of its work, to look at and not to change."""

    house: House
    found: Furnished


@pytest.fixture(scope="package")
def furnished(
    rehearsal_template: Path,  # noqa: F811 - the fixture of that name
    tmp_path_factory: pytest.TempPathFactory,
    port: Port,
) -> Iterator[Busy]:
    """A rehearsal in which something stands on every page; one for all who only look."""
    folder = tmp_path_factory.mktemp("busy") / "home"
    shutil.copytree(rehearsal_template, folder)
    work = Work.open(Settings(home=folder, base_url=port.url))
    with pytest.MonkeyPatch.context() as patch:
        at = Clock()
        patch.setattr(clock, "now", at)
        house = House(Office(work, at))
        found = furnish(house)
    yield Busy(house, found)
    work.engine.dispose()


@pytest.fixture
def busy(furnished: Busy, port: Port, time: Clock) -> Busy:  # noqa: F811 - the clock stands
    """That office, served three days later: something is due today, and something is late."""
    time.later(days=3)
    port.app = furnished.house.office.app
    return furnished


@pytest.fixture
def lookers(browser: Browser, busy: Busy, port: Port) -> Iterator[Visitors]:
    """Whoever comes to look at it."""
    with visiting(browser, port.url) as found:
        yield found
