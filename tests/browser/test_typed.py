"""Nothing that somebody typed is lost: not to a refusal, not to a colleague who was first, not to a pause too long."""

from __future__ import annotations

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.visitors import Visitors, do, put
from tests.web.rooms.visiting import House

WORDS = "检测报告日期早于取样日期，需调取原始记录。"


@pytest.fixture
def clue(house: House) -> str:
    """A clue that waits for the registrar."""
    return house.site.clue(project="PC")


def form_of(page: Page, move: str) -> None:
    page.get_by_role("region", name="Open moves").get_by_role("link", name=move, exact=True).click()


def test_two_people_on_one_clue_the_second_is_told_who_was_first(
    house: House, people: Visitors, clue: str
) -> None:
    first, second = (people.be("registrar", at=f"/matters/{clue}") for _ in range(2))
    form_of(second, "add facts")
    put(second.get_by_role("main"), "note", WORDS)
    do(first, "add facts", note="材料齐备。")
    second.get_by_role("button", name="add facts").click()
    told = second.get_by_role("alert")
    expect(told).to_contain_text("Somebody was first")
    expect(told).to_contain_text("registrar")
    expect(told).to_be_focused()
    expect(second.get_by_label("note")).to_have_value(WORDS)
    second.get_by_role("button", name="add facts").click()
    expect(second.get_by_role("status")).to_have_text("Done: add facts.")
    assert house.site.moves_of(clue).count("amend") == 2


def test_what_was_typed_for_a_move_that_is_gone_meanwhile_can_still_be_copied(
    house: House, people: Visitors, clue: str
) -> None:
    page = people.be("registrar", at=f"/matters/{clue}")
    form_of(page, "propose an assignment")
    put(page.get_by_role("main"), "proposed handler", "李明")
    put(page.get_by_role("main"), "proposal", WORDS)
    house.site.move("registrar", clue, "propose_assignment")
    page.get_by_role("button", name="propose an assignment").click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody was first")
    expect(page.get_by_role("main")).to_contain_text(WORDS)


def test_a_refused_form_stands_as_it_was_with_the_fault_at_its_field(people: Visitors, clue: str) -> None:
    page = people.be("registrar", at=f"/matters/{clue}/moves/amend")
    put(page, "how", WORDS)
    put(page, "note", "   ")
    page.get_by_role("button", name="add facts").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.get_by_label("note")).to_be_focused()
    expect(page.get_by_label("note")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("how")).to_have_value(WORDS)


def test_whoever_leaves_a_form_half_filled_in_is_asked_first(people: Visitors, clue: str) -> None:
    page = people.be("registrar", at=f"/matters/{clue}")
    form_of(page, "add facts")
    put(page.get_by_role("main"), "note", WORDS)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Board").click(no_wait_after=True)
    assert asked == ["beforeunload"]
    expect(page.get_by_label("note")).to_have_value(WORDS)


def test_a_session_that_ended_while_somebody_typed_gives_the_words_back(
    house: House, people: Visitors, clue: str
) -> None:
    page = people.be("registrar", at=f"/matters/{clue}/moves/amend")
    put(page, "note", WORDS)
    house.office.clock.later(minutes=31)
    page.get_by_role("button", name="add facts").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.get_by_role("alert")).to_contain_text("nothing was done")
    expect(page.get_by_role("main")).not_to_contain_text(WORDS)
    assert "amend" not in house.site.moves_of(clue)
    page.get_by_role("link", name="Act as").click()
    page.get_by_role("button", name="Act as this one: registrar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("add facts")
    expect(page.get_by_label("note")).to_have_value(WORDS)
    page.get_by_role("button", name="add facts").click()
    expect(page.get_by_role("status")).to_have_text("Done: add facts.")


def test_a_double_click_on_a_slow_line_is_one_move(house: House, people: Visitors, clue: str) -> None:
    page = people.be("registrar", at=f"/matters/{clue}/moves/amend")
    put(page, "note", WORDS)
    line = page.context.new_cdp_session(page)
    line.send("Network.emulateNetworkConditions", {
        "offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 20_000})  # fmt: skip
    page.get_by_role("button", name="add facts").dblclick()
    expect(page.get_by_role("status")).to_have_text("Done: add facts.")
    assert house.site.moves_of(clue).count("amend") == 1
