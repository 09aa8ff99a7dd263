"""A look at every main page: what keeps people out, what runs off the side, which words are not of its language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from plumbline import sample
from states.rulebook_file import shipped
from tests.browser import places
from tests.browser.furnishing import Furnished
from tests.browser.visitors import Visitors
from web import account_words, checklist_words, list_words, matter_words, page_words, room_words

NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}
AXE = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
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
HAN, LATIN = re.compile(r"[\u4e00-\u9fff]{2,}"), re.compile(r"[A-Za-z_][A-Za-z_0-9]+")
NUMBERS = re.compile(  # of matters, items and calendars, addresses, and what a move is called in the shell, after its name
    r"MGJ(-[A-Z]+)?-[-0-9]+|\bc\d\d_\d+|CN-\d+\.\w+|\S+@\S+|[(（]\w+[)）]"
)
FILES = frozenset({"Excel", "CSV", "PDF", "Word", "JSON", "json", "eml", "jpg", "KB", "MB", "MP3", "MP4"})
CALLED = frozenset({"English", "中文", "SQLite", "Asia", "Shanghai"})  # the same in every language
COMMANDS = frozenset({"plumbline", "serve", "tick"})  # to be typed as they stand there
NAMES_IN_BOTH = {"operator: organisations", "officer: account"}  # of bodies, and of the browser one came with


@dataclass(frozen=True)
class Sort:
    """A way to look: a language, by day or by night."""

    lang: str
    dark: bool

    @property
    def locale(self) -> str:
        """What the browser prefers."""
        return {"zh": "zh-CN", "en": "en-GB"}[self.lang]

    def __str__(self) -> str:
        return f"{self.lang}, {'dark' if self.dark else 'light'}"


def look_around(lookers: Visitors, found: Furnished, sort: Sort) -> Iterator[str]:
    """What is wrong with every main page, a sentence each."""
    like = {"color_scheme": "dark" if sort.dark else "light", "locale": sort.locale}
    for who, pages in places.of(found).items():
        page = lookers.be(who, **like) if who else lookers.stranger(**like)
        for name, path in pages.items():
            answer = page.goto(path)
            status = answer.status if answer is not None else 0
            yield from (f"{who}: {name}: {one}" for one in _faults(page, f"{who}: {name}", status, sort))


def _faults(page: Page, name: str, status: int, sort: Sort) -> Iterator[str]:
    lang = page.locator("html").get_attribute("lang")
    if (status, lang) != (200, {"zh": "zh-CN", "en": "en"}[sort.lang]):
        yield f"answered {status} in {lang}"
    for one in Axe().run(page, options=AXE).response["violations"]:
        yield from (f"{one['id']}: {node['html'][:200]}" for node in one["nodes"] if one["impact"] in GRAVE)
    if name not in NAMES_IN_BOTH and (left := leftovers(page.evaluate(TEXT), sort.lang)):
        yield f"left untranslated: {sorted(left)}"
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    if (width := page.evaluate("document.documentElement.scrollWidth")) > NARROW["width"]:
        yield f"{width} pixels wide on a screen of {NARROW['width']}"
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]


def leftovers(text: str, lang: str) -> frozenset[str]:
    """Words of a page that are of the other language, or of none: codes. What people wrote and are called stays out."""
    if lang == "en":
        return frozenset(HAN.findall(text)) & CHINESE - CALLED
    names = {one[place] for one in sample.PEOPLE for place in (0, 2)} | {code for code, _ in sample.PROJECTS}
    known = FILES | CALLED | COMMANDS | names | {one[0] for one in sample.ORGANISATIONS}
    return frozenset(LATIN.findall(NUMBERS.sub("", text))) - known


def _chinese() -> Iterator[str]:
    """Every Chinese word that stands in a text of ours by itself."""
    for texts in (
        account_words.TEXTS,
        checklist_words.TEXTS,
        list_words.WORDS,
        matter_words.TEXTS,
        page_words.TEXTS,
        room_words.TEXTS,
    ):
        yield from (str(text) for text in texts["zh"].values())
    book = shipped()
    for machine in book.machines.values():
        yield machine.label.zh
        yield from (one.label.zh for one in machine.states.values())
        yield from (one.label.zh for one in machine.moves.values())


CHINESE = frozenset(word for text in _chinese() for word in HAN.findall(text))
