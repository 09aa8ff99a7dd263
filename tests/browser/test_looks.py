"""Every main page, as each of those who use it: readable for everybody, in both languages, by day and by night, on a narrow
screen. What the browser itself complains of, and what it asks of others, is checked at every visit."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Busy, all_speak
from tests.browser.looking import Sort, leftovers, look_around
from tests.browser.visitors import Visitors


@pytest.mark.parametrize("sort", [Sort("zh", dark=False), Sort("en", dark=True)], ids=str)
def test_no_page_keeps_anybody_out_speaks_half_or_runs_off_the_side(
    busy: Busy, lookers: Visitors, sort: Sort
) -> None:
    all_speak(busy.house, sort.lang)
    assert list(look_around(lookers, busy.found, sort)) == []


def test_a_picture_of_numbers_is_as_wide_as_it_may_be_and_its_key_is_one_line(lookers: Visitors) -> None:
    page = lookers.be("leader", at="/figures")
    picture = page.locator("svg.chart").first.bounding_box()
    key = page.locator(".chart-key").first.bounding_box()
    assert picture is not None
    assert key is not None
    assert picture["width"] > 700
    assert key["height"] < 40


def test_a_word_left_behind_would_be_found() -> None:
    assert leftovers("状态 registered，李明 (officer)，MGJ-2026-0001", "zh") == {"registered"}
    assert leftovers("Board 看板, 隐蔽工程未经验收", "en") == {"看板"}
