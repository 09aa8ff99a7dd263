"""The page of the radar: each body's count at each step, what stands still with its last act, and nothing out of sight."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.browsing import Clock, at_work
from tests.web.rooms.visiting import House


@pytest.fixture
def house(home: object, time: Clock) -> Iterator[House]:
    with at_work(time) as office:
        yield House(office)


def test_what_stands_still_is_listed_with_its_last_act_in_both_languages(house: House) -> None:
    number = house.site.clue(project="PC")
    assert "Nothing stands still." in house.page("leader", "/radar")
    house.later(days=15)
    page = house.page("leader", "/radar")
    assert page.count(f'href="/matters/{number}"') == 2  # as the body's longest, and in the list
    assert "<strong>10 working days</strong> · step 1" in page
    assert "next step on" in page
    assert "10 working days: 1" in page
    chinese = house.get("leader", "/radar?lang=zh").text
    assert "停滞监测" in chinese
    assert "满10个工作日：1" in chinese
    assert 'href="/radar"' in page


def test_a_body_or_a_kind_may_be_chosen_and_what_is_none_leaves_nothing_out(house: House) -> None:
    number = house.site.clue(project="PC")
    house.later(days=15)
    assert number in house.page("leader", "/radar?body=MGJ&machine=clue")
    assert number not in house.page("leader", "/radar?body=SJW")
    assert number in house.page("leader", "/radar?machine=dance")


def test_who_may_not_see_it_finds_nothing(house: House) -> None:
    number = house.site.clue(project="PC")
    house.later(days=15)
    page = house.page("owner", "/radar")
    assert "There is nothing that you may see." in page
    assert number not in page
