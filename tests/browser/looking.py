"""A look at every main page: what keeps people out, what runs off the side, which words are not of its language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from plumbline import sample
from states.rulebook_file import shipped
from tests.browser import places
from tests.browser.furnishing import Furnished
from tests.browser.visitors import Visitors
from web import account_words, list_words, matter_words, page_words, room_words

NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
GRAVE = ("serious", "critical")
TEXT = """() => {
  const of = (element) => element.closest("[lang]").lang === document.documentElement.lang;
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (of(parent) && !parent.closest("code, kbd, script")) found.push(walk.currentNode.data);
  }
  for (const name of ["aria-label", "placeholder", "title", "alt"])
    for (const element of document.querySelectorAll(`[${name}]`)) if (of(element)) found.push(element.getAttribute(name));
  return found.join("\\n");
}"""
HAN, LATIN = re.compile(r"[\u4e00-\u9fff]+"), re.compile(r"[A-Za-z_][A-Za-z_0-9]+")
FILES = frozenset({"Excel", "CSV", "PDF", "Word", "JSON", "json", "eml", "jpg", "KB", "MB", "MP"})
NAMES_IN_BOTH = {"operator: organisations", "officer: account"}  # of bodies, and of the browser one came with


@dataclass(frozen=True)
class Sort:
    """A way to look: a language, by day or by night."""

    lang: str
    dark: bool

    def __str__(self) -> str:
        return f"{self.lang}, {'dark' if self.dark else 'light'}"


@dataclass(frozen=True)
class Look:
    """One page as one person saw it."""

    page: str
    lang: str
    status: int
    barriers: Sequence[str]
    width: int  # on a screen that is 320 wide
    leftovers: frozenset[str]


def look_around(lookers: Visitors, found: Furnished, sort: Sort) -> Iterator[Look]:
    """Every main page."""
    like = {
        "color_scheme": "dark" if sort.dark else "light",
        "locale": {"zh": "zh-CN", "en": "en-GB"}[sort.lang],
    }
    for who, pages in places.of(found).items():
        page = lookers.be(who, **like) if who else lookers.stranger(**like)
        for name, path in pages.items():
            answer = page.goto(path)
            assert answer is not None
            yield _look(page, f"{who}: {name}", answer.status, sort)


def _look(page: Page, name: str, status: int, sort: Sort) -> Look:
    barriers = [f"{one['id']}: {node['html'][:200]}" for one in Axe().run(page).response["violations"]
                for node in one["nodes"] if one["impact"] in GRAVE]  # fmt: skip
    text = page.evaluate(TEXT)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    left = frozenset[str]() if name in NAMES_IN_BOTH else leftovers(text, sort.lang)
    return Look(name, page.locator("html").get_attribute("lang") or "", status, barriers, width, left)


def leftovers(text: str, lang: str) -> frozenset[str]:
    """Words of a page that are of the other language, or of none: codes. What people wrote and are called stays out."""
    if lang == "en":
        return frozenset(HAN.findall(text)) & CHINESE
    names = {one[place] for one in sample.PEOPLE for place in (0, 2)} | {code for code, _ in sample.PROJECTS}
    known = FILES | names | {one[0] for one in sample.ORGANISATIONS}
    return frozenset(LATIN.findall(re.sub(r"MGJ(-[A-Z]+)?-[-0-9]+|CN-\d+\.\w+", "", text))) - known


def _chinese() -> Iterator[str]:
    """Every Chinese word that stands in a text of ours by itself."""
    for texts in (
        account_words.TEXTS,
        list_words.WORDS,
        matter_words.TEXTS,
        page_words.TEXTS,
        room_words.TEXTS,
    ):
        yield from (str(text) for text in texts["zh"].values())
    book = shipped()
    for machine in book.machines.values():
        yield machine.label.zh
        yield from (one.label.zh for one in (*machine.states.values(), *machine.moves.values()))


CHINESE = frozenset(word for text in _chinese() for word in HAN.findall(text))
