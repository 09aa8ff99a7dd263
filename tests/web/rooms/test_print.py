"""On paper: the page of a clue and a round's minutes without navigation, forms and buttons."""

from __future__ import annotations

import re
from pathlib import Path

from tests.web.rooms.visiting import House

OFF = re.compile(r"@media print \{(.*)\}", re.DOTALL)


def printed(house: House, page: str) -> tuple[set[str], str]:
    """What the page's own stylesheets hide on paper, and their rules for paper."""
    rules = ""
    for link in re.findall(r'<link rel="stylesheet" href="([^"]+)"', page):
        text = house.office.browser().get(link).text
        if "tabler" not in link and (found := OFF.search(text)):
            rules += found[1]
    hidden = re.findall(r"([^{}]+)\{ display: none[^}]*\}", rules)
    return {name.split()[-1] for one in hidden for name in one.split(",")}, rules


def test_the_page_of_a_clue_prints_without_what_only_a_screen_needs(house: House) -> None:
    number, _ = house.convened()
    page = house.page("registrar", f"/matters/{number}")
    hidden, rules = printed(house, page)
    assert {".masthead", ".places", ".foot", ".skip-link", ".no-print", "form", "dialog"} <= hidden
    assert "@page" in rules
    for part in (
        '<header class="masthead"',
        '<nav class="places"',
        '<footer class="foot"',
        '<section class="card no-print" id="moves"',
    ):
        assert part in page, part


def test_minutes_print_without_the_way_through_the_page(house: House) -> None:
    _, round_ = house.convened()
    page = house.page("registrar", f"/rounds/{round_}")
    hidden, _ = printed(house, page)
    assert {".places", ".room-anchors", ".room-opinion", ".room-moves"} <= hidden
    assert 'class="room-anchors' in page
    assert not re.search(r"style=", page), "what is printed is in the stylesheets alone"


def test_the_rules_for_paper_come_last_so_that_nothing_undoes_them() -> None:
    css = (Path("web/static") / "plumbline.css").read_text(encoding="utf-8")
    assert css.rstrip().endswith("}")
    assert css.rindex("@media print") > css.rindex("@media (max-width")
