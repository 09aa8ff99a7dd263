"""People of the rehearsal in the rooms: signed in once each, in the language they are shown."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import httpx2 as httpx

from cases.people import Person
from plumbline.exchange import Exchanger
from plumbline.sample import PEOPLE
from tests.cases import bad_files
from tests.plumbline import exhibits
from tests.plumbline.sites import Site
from tests.web.browsing import Browser, Office

EVERYBODY = [one[0] for one in PEOPLE]


@dataclass
class House:
    """The rehearsal, its people's browsers, and its matters as the shell's people move them."""

    office: Office
    browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def site(self) -> Site:
        return Site(self.office.work, Exchanger.of(self.office.work))

    def browser(self, who: str) -> Browser:
        if who not in self.browsers:
            browser = self.office.browser()
            answer = browser.post("/rehearsal", login=who)
            assert answer.status_code == 303, answer.text
            self.browsers[who] = browser
        return self.browsers[who]

    def get(self, who: str, path: str) -> httpx.Response:
        return self.browser(who).get(path)

    def page(self, who: str, path: str) -> str:
        """A page that must be there, in English."""
        answer = self.get(who, path + ("&" if "?" in path else "?") + "lang=en")
        assert answer.status_code == 200, (who, path, answer.status_code, answer.text[-600:])
        return unescape(answer.text)

    def post(self, who: str, path: str, page: str, /, **form: str) -> httpx.Response:
        """A form of `page`, sent with the token that stands there."""
        return self.browser(who).post(path, page, **form)

    def send(self, who: str, path: str, page: str, files: dict[str, Any], /, **form: str) -> httpx.Response:
        """A form with files."""
        browser = self.browser(who)
        data = {"csrf": browser.token(page)} | form
        headers = {"origin": str(browser.client.base_url), "accept": "text/html"}
        return browser.client.post(path, data=data, files=files, headers=headers)

    def later(self, **passed: float) -> None:
        """Time passes, and everybody signs in anew."""
        self.office.clock.later(**passed)
        self.browsers.clear()

    def speak(self, who: str, lang: str) -> None:
        with self.office.work.unit() as session:
            session.get_one(Person, who).lang = lang

    def convened(self) -> tuple[str, str]:
        """A clue, and its round with three members, in session."""
        clue = self.site.clue(project="PC")
        for who, move, form in (
            ("registrar", "propose_assignment", {}), ("head", "approve_assignment", {"handler": "officer"}),
            ("officer", "sign_for", {}),
        ):  # fmt: skip
            self.site.move(who, clue, move, **form)
        moved = self.site.move("officer", clue, "convene", seats=["owner", "contractor", "overseer"],
                               brief="基床验收影像缺失。", proposed="rectify")  # fmt: skip
        return clue, moved.consequences[0].number

    def in_session(self) -> tuple[str, str]:
        clue, number = self.convened()
        self.site.move("officer", number, "send_brief")
        self.site.move("leader", number, "open_session")
        return clue, number

    def released(self, clue: str, number: str, caption: str = "基床表面") -> None:
        exhibits.add(self.site, clue, caption=caption)
        newest = max(one["attachment"] for one in exhibits.listed(self.site, clue, who="registrar"))
        exhibits.release(self.site, number, clue, newest)


def hidden(page: str, name: str, item: int | None = None) -> str:
    """What a hidden field of a form holds; of several forms, the one whose value ends with the item."""
    found = re.findall(rf'name="{name}" value="([^"]*)"', page)
    if item is not None:
        found = [one for one in found if one.endswith(f"-{item}")]
    assert found, name
    return unescape(found[0])


def photograph() -> io.BytesIO:
    return io.BytesIO(bad_files.photograph())


def words(page: str) -> str:
    """A page without its tags."""
    return re.sub(r"<[^>]*>", "", page)
