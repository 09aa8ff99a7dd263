"""A browser on the pages: keeps cookies, fills in forms with the token that the page gave it, says where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import httpx2 as httpx
import pyotp
from fastapi.testclient import TestClient

from cases import passwords
from plumbline.accounts import Accounts
from plumbline.settings import Settings
from plumbline.work import Work
from tests.plumbline.shell import NOON
from web import app

PASSWORD = "tram violet oven 7"  # no list has it
OTHER = "ladder marzipan fog 2"


@dataclass
class Clock:
    """The wall clock, as a test sets it."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def later(self, **passed: float) -> None:
        self.at += timedelta(**passed)


@dataclass
class Office:
    """An application on a database, its clock, and people with passwords."""

    work: Work
    clock: Clock
    browsers: list[TestClient] = field(default_factory=list)

    @property
    def accounts(self) -> Accounts:
        found: Accounts = self.app.state.accounts
        return found

    def __post_init__(self) -> None:
        self.app = app.create(self.work)

    def browser(self, *, source: str = "192.0.2.7") -> Browser:
        base = self.work.settings.base_url
        return Browser(TestClient(self.app, base_url=base, client=(source, 50000), follow_redirects=False))

    def give(self, login: str, password: str = PASSWORD) -> None:
        """A password, as if chosen by a link before."""
        with self.work.unit() as session:
            passwords.keep(session, login, quick_hash(password), at=self.clock.at)

    def factor(self, browser: Browser) -> Phone:
        """Enrol a phone; it, with the recovery codes."""
        page = browser.get("/account/second-factor").text
        found = re.search(r"<code>([A-Z2-7]{32})</code>", page)
        assert found, page
        phone = Phone(found[1], self.clock)
        answer = browser.post("/account/second-factor", code=phone.code())
        phone.recovery = re.findall(r"<code>([a-z0-9-]{19})</code>", answer.text)
        assert len(phone.recovery) == 10, answer.text
        return phone


@dataclass
class Phone:
    """What a phone shows."""

    secret: str
    clock: Clock
    recovery: list[str] = field(default_factory=list)

    def code(self, **off: float) -> str:
        return pyotp.TOTP(self.secret).at(self.clock.at + timedelta(**off))


@dataclass
class Browser:
    """One browser."""

    client: TestClient

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers={"accept": "text/html"} | headers)

    def token(self, path: str) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(path).text)
        assert found, path
        return unescape(found[1])

    def post(self, path: str, page: str | None = None, /, **form: str) -> httpx.Response:
        """Fill in the form of `page` (the account's, or that of the path itself) and send it."""
        data = {"csrf": self.token(page or path)} | form
        return self.client.post(
            path, data=data, headers={"origin": str(self.client.base_url), "accept": "text/html"}
        )

    def sign_in(self, login: str, password: str = PASSWORD, **form: str) -> httpx.Response:
        return self.post("/sign-in", login=login, password=password, **form)

    def is_in(self) -> bool:
        """Whether it is signed in, and may go on."""
        return self.get("/account").status_code == 200

    def cookie(self, name: str) -> str | None:
        return next((one.value for one in self.client.cookies.jar if one.name.endswith(name)), None)

    def hold(self, name: str, value: str) -> None:
        self.client.cookies.set(name, value, domain=self.client.base_url.host, path="/")


_quick: dict[str, str] = {}


def quick_hash(password: str) -> str:
    """Hashes cost time on purpose; tests hash each password once."""
    if password not in _quick:
        _quick[password] = passwords.hashed(password)
    return _quick[password]


@contextmanager
def at_work(clock: Clock, **settings: Any) -> Iterator[Office]:
    """The office that PLUMBLINE_HOME names, open."""
    work = Work.open(Settings(**settings))
    try:
        yield Office(work, clock)
    finally:
        work.engine.dispose()
