"""People at the workbench: each has a browser profile of their own, and what their browser complains of is noted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect

PATIENCE = 30_000  # milliseconds until what was to appear counts as missing; a busy machine is slow
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (401|409|422)\b")
"""What Chromium notes of a page that says no. The page itself tells the person why."""


expect.set_options(timeout=PATIENCE)


@dataclass
class Visitors:
    """Everybody who looks at one office, and what went wrong in their browsers."""

    browser: Browser
    url: str
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def profile(self, **options: Any) -> BrowserContext:
        """A browser that was never here before, in English unless `locale` says otherwise."""
        given = {
            "base_url": self.url,
            "locale": "en-GB",
            "viewport": {"width": 1280, "height": 800},
        } | options
        context = self.browser.new_context(**given)
        context.set_default_timeout(PATIENCE)
        context.on("request", self._asks)
        context.on("console", self._says)
        context.on("weberror", lambda fault: self.complaints.append(f"script failed: {fault.error}"))
        self.contexts.append(context)
        return context

    def stranger(self, **options: Any) -> Page:
        """A page of somebody who is not signed in."""
        return self.profile(**options).new_page()

    def be(self, login: str, *, at: str = "/", **options: Any) -> Page:
        """A page of this person of the rehearsal, signed in and looking at `at`."""
        page = self.stranger(**options)
        page.goto(f"/rehearsal?next={at}")
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=login, exact=True))
        row.get_by_role("button").click()
        page.wait_for_url(lambda url: "/rehearsal" not in url)
        return page

    def _asks(self, request: Request) -> None:
        self.asked.append(request.url)

    def _says(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not REFUSED.search(message.text):
            self.complaints.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def expect_refusals(self, *status: int) -> None:
        """These were answered, and that was right."""
        noted = re.compile(rf"the server responded with a status of ({'|'.join(map(str, status))})\b")
        self.complaints = [one for one in self.complaints if not noted.search(one)]

    def check(self) -> None:
        """No browser complained of anything, and none asked another host for anything."""
        assert self.complaints == []
        strange = {one for one in self.asked if not one.startswith((self.url + "/", "data:", "blob:"))}
        assert strange == set()

    def leave(self) -> None:
        for context in self.contexts:
            context.close()


@contextmanager
def visiting(browser: Browser, url: str) -> Iterator[Visitors]:
    """Visitors who leave at the end; whatever their browsers complained of is a failure."""
    visitors = Visitors(browser, url)
    try:
        yield visitors
        visitors.check()
    finally:
        visitors.leave()


def heading(page: Page) -> str:
    """What the page says it is."""
    return page.get_by_role("heading", level=1).inner_text()


def put(form: Page | Locator, label: str, value: str | bool) -> None:
    """Fill in one field, as its label calls it: type, choose from its list, or say yes or no."""
    group = form.get_by_role("group", name=label)
    if group.count():
        said = value if isinstance(value, str) else "yes" if value else "no"
        group.get_by_label(said, exact=True).check()
        return
    field = form.get_by_label(re.compile(rf"^\s*{re.escape(label)}(\s|$)"))
    if field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(field.locator("option").filter(has_text=str(value)).first.get_attribute("value"))
    else:
        field.fill(str(value))


def do(page: Page, move: str, **fields: str | bool) -> None:
    """Make a move from the page of its matter: open its form, fill it in (`_` stands for a space), send it."""
    page.get_by_role("region", name="moves").or_(page.get_by_role("region", name="What may be done")).get_by_role(
        "link", name=move, exact=True).click()  # fmt: skip
    form = page.locator("form").filter(has=page.get_by_role("button", name=move, exact=True))
    for label, value in fields.items():
        put(form, label.replace("_", " "), value)
    form.get_by_role("button", name=move, exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Done: ")).to_have_text(f"Done: {move}.")
