"""Every main page, as each of those who use it: readable for everybody, in both languages, by day and by night, on a narrow
screen. What the browser itself complains of, and what it asks of others, is checked for every visit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.browser.looking import Look, Sort

SORTS = pytest.mark.parametrize("sort", [Sort("zh", dark=False), Sort("en", dark=True)], ids=str)
Looks = Callable[[Sort], Sequence[Look]]


@SORTS
def test_every_page_is_there_in_its_language(looks: Looks, sort: Sort) -> None:
    lang = {"zh": "zh-CN", "en": "en"}[sort.lang]
    assert [one.page for one in looks(sort) if (one.status, one.lang) != (200, lang)] == []


@SORTS
def test_no_page_keeps_anybody_out(looks: Looks, sort: Sort) -> None:
    assert {one.page: one.barriers for one in looks(sort) if one.barriers} == {}


@SORTS
def test_no_page_runs_off_the_side_of_a_narrow_screen(looks: Looks, sort: Sort) -> None:
    assert {one.page: one.width for one in looks(sort) if one.width > 320} == {}


@SORTS
def test_no_page_speaks_half_in_another_language_or_in_codes(looks: Looks, sort: Sort) -> None:
    assert {one.page: sorted(one.leftovers) for one in looks(sort) if one.leftovers} == {}
