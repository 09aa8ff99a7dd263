"""The officer's day: what is due, what is missing, the moves, and why a date is the date it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitors import Visitors, do, heading, put
from tests.web.browsing import PASSWORD
from tests.web.rooms.visiting import House


@pytest.fixture
def clue(house: House) -> str:
    """A clue that was given to the officer."""
    number = house.site.clue(project="PC")
    house.site.move("registrar", number, "propose_assignment")
    house.site.move("head", number, "approve_assignment", handler="officer")
    return number


def sign_in(page: Page, password: str) -> None:
    page.get_by_label("Login").fill("officer")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_signing_in_leads_to_what_is_due_today(house: House, people: Visitors, clue: str) -> None:
    house.office.give("officer")
    house.office.clock.later(days=2)
    page = people.stranger()
    page.goto("/worklist")
    sign_in(page, "not this one")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Login")).to_have_value("officer")
    sign_in(page, PASSWORD)
    assert heading(page) == "Worklist", "one goes on to where one wanted to go"
    page.get_by_role("link", name="Today").click()
    pressing = page.get_by_role("region", name="Due today or late")
    expect(pressing.get_by_role("listitem").filter(has_text=clue)).to_contain_text("Due today")


def test_a_move_that_is_not_open_says_what_is_missing_and_opens_once_it_is_there(
    people: Visitors, clue: str
) -> None:
    page = people.be("officer")
    page.get_by_role("region", name="Mine").get_by_role("link", name=clue, exact=True).click()
    page.get_by_text("Not open now").click()
    why = page.get_by_role("listitem").filter(has=page.get_by_text("propose a disposition", exact=True))
    expect(why).to_contain_text('You have not made "sign for it"')
    do(page, "sign for it")
    expect(page.get_by_role("region", name="State")).to_contain_text("assigned")
    do(page, "add facts", note="材料齐备。", where="3号泊位")
    expect(page.get_by_role("region", name="Facts")).to_contain_text("3号泊位")
    history = page.get_by_role("region", name="History").get_by_role("listitem")
    expect(history.first).to_contain_text("add facts")
    expect(page.get_by_role("region", name="Open moves")).to_contain_text("propose a disposition")


def test_a_date_is_explained_day_by_day(people: Visitors, clue: str) -> None:
    page = people.be("officer", at=f"/matters/{clue}")
    page.get_by_role("link", name="Why this date? disposition opinion").click()
    walk = page.get_by_role("region", name="Day by day")
    expect(walk.get_by_role("row").filter(has_text="7 October 2026")).to_contain_text("National Day")
    expect(walk.get_by_role("row").last).to_contain_text("8 October 2026")
    expect(page.get_by_role("region", name="Entries").get_by_role("row").last).to_contain_text("Register")


def test_a_clue_is_found_by_its_number_and_stands_on_board_and_calendar(people: Visitors, clue: str) -> None:
    page = people.be("officer")
    page.get_by_role("banner").get_by_role("searchbox").fill(clue)
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_role("listitem").filter(has_text="this number")).to_contain_text(
        clue
    )
    places = page.get_by_role("navigation", name="Main navigation")
    places.get_by_role("link", name="Board").click()
    column = page.get_by_role("region", name="assigned")
    column.get_by_role("link", name=f"Move {clue} to").click()
    page.get_by_role("link", name="sign for it").click()
    expect(page.get_by_role("region", name="Open moves")).to_contain_text("sign for it")
    places.get_by_role("link", name="Calendar").click()
    expect(page.get_by_role("table").get_by_role("link", name=clue, exact=True).first).to_be_visible()
    page.get_by_role("link", name="The month after").click()
    due = page.get_by_role("cell").filter(has=page.get_by_text("8", exact=True))
    expect(due.filter(has_text=clue)).to_contain_text("disposition opinion")


def test_a_filter_is_kept_and_several_clues_are_moved_at_once(house: House, people: Visitors) -> None:
    for title in ("隐蔽工程未验收", "复检报告缺失"):
        house.site.clue(project="PC", title=title)
    house.site.clue_discovered(project="PC", title="围堰渗水")
    page = people.be("registrar", at="/worklist?tab=all")
    page.get_by_text("Filter", exact=True).click()
    put(page.get_by_role("main"), "State", "registered")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("status")).to_contain_text("2 in all")
    expect(page.get_by_role("link", name="Clear the filters")).to_be_visible()
    page.get_by_text("Saved filters").click()
    page.get_by_label("Name").fill("To be assigned")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("navigation", name="Main navigation").get_by_role("link", name="Worklist").click()
    page.get_by_text("Saved filters").click()
    page.get_by_role("link", name="To be assigned").click()
    for box in page.get_by_role("table").get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Move those chosen").click()
    page.get_by_role("button", name="propose an assignment").click()
    put(page.get_by_role("main"), "proposed handler", "李明")
    put(page.get_by_role("main"), "proposal", "建议由李明承办。")
    page.get_by_role("button", name="Make it on 2").click()
    expect(page.get_by_role("status")).to_contain_text("2 done")
    assert [house.site.state(one) for one in house.site.clues()].count("assignment_proposed") == 2
