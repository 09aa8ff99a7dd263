"""Without script, and without a mouse."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitors import Visitors, do
from tests.web.rooms.visiting import House

OUTLINE = "element => getComputedStyle(element).outlineStyle + ' ' + getComputedStyle(element).outlineWidth"


@pytest.fixture
def clue(house: House) -> str:
    """A clue that waits for the registrar."""
    return house.site.clue(project="PC")


def test_without_script_everything_is_read_and_a_move_is_made(
    house: House, people: Visitors, clue: str
) -> None:
    page = people.be("registrar", java_script_enabled=False)
    page.get_by_role("region", name="For my role to move").get_by_role("link", name=clue, exact=True).click()
    page.get_by_role("link", name="Show the state diagram").click()
    expect(page.get_by_role("region", name="State diagram")).to_be_visible()
    page.get_by_role("link", name=f"Back to {clue}").click()
    page.get_by_text("Not open now").click()
    expect(page.get_by_text("Still missing").first).to_be_visible()
    do(page, "propose an assignment", proposed_handler="李明", proposal="建议由李明承办。")
    assert house.site.state(clue) == "assignment_proposed"
    for place in ("Worklist", "Board", "Calendar", "Figures", "Search", "Outbox"):
        page.get_by_role("navigation", name="Main navigation").get_by_role("link", name=place).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_without_script_a_proposal_against_blind_cells_is_accepted(people: Visitors) -> None:
    page = people.be("leader", at="/coverage/PC", java_script_enabled=False)
    cells = page.get_by_role("region", name="By link, phase and side").get_by_role("listitem")
    assert cells.filter(has_text="planned").count() == 0
    proposal = page.get_by_role("article", name="posts and conduct")
    proposal.get_by_label("What you add to the reason").fill("季度重点")
    proposal.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("status")).to_have_text("MGJ-PC-C22 is on file.")
    assert cells.filter(has_text="planned").count() == 40
    expect(page.get_by_role("article", name="posts and conduct")).to_have_count(0)


def focused(page: Page) -> str:
    """What has the focus; and one must see that it has."""
    here = page.locator(":focus")
    assert here.evaluate(OUTLINE) == "solid 3px", here.evaluate("element => element.outerHTML")
    return here.inner_text().strip()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_without_a_mouse_from_the_desk_to_a_move(house: House, people: Visitors, clue: str) -> None:
    second = house.site.clue(project="PC", title="复检报告缺失")
    page = people.be("registrar")
    press(page, "Tab")
    assert focused(page) == "Skip to the content"
    press(page, "Enter", "Tab")
    assert page.get_by_role("main").locator(":focus").count() == 1
    press(page, "/")
    expect(page.get_by_role("banner").get_by_role("searchbox")).to_be_focused()
    press(page, "j", "Tab")
    expect(page.get_by_role("banner").get_by_role("searchbox")).to_have_value("j")
    press(page, "j")
    rows = {focused(page)}
    press(page, "j")
    assert {*rows, focused(page)} == {clue, second}
    press(page, "k")
    chosen = focused(page)
    press(page, "o")
    page.wait_for_url(f"**/matters/{chosen}")
    press(page, "m")
    assert focused(page) == "link as a repeat"
    press(page, "j")
    assert focused(page) == "propose an assignment"
    press(page, "o")
    expect(page.get_by_label("proposed handler")).to_be_focused()
    press(page, "ArrowDown")
    expect(page.get_by_label("proposed handler")).not_to_have_value("")
    press(page, "Tab")
    page.keyboard.type("建议由李明承办。")
    press(page, "Tab")
    assert focused(page) == "propose an assignment"
    press(page, "Enter")
    expect(page.get_by_role("status")).to_have_text("Done: propose an assignment.")
    assert house.site.state(chosen) == "assignment_proposed"


def test_the_keys_are_told_and_can_be_switched_off(people: Visitors, clue: str) -> None:
    page = people.be("registrar")
    press(page, "?")
    told = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(told).to_be_visible()
    told.get_by_label("Switch single-key shortcuts off").check()
    press(page, "Escape")
    expect(told).to_be_hidden()
    press(page, "/")
    expect(page.get_by_role("banner").get_by_role("searchbox")).not_to_be_focused()
