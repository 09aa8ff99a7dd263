"""What the first page weighs on the line, from signing in to the desk, with everything they load."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.furnishing import furnish
from tests.browser.visitors import Visitors
from tests.web.browsing import PASSWORD
from tests.web.rooms.visiting import House

MOST = 150 * 1024  # bytes, as they travel


def weighed(page: Page) -> list[int]:
    """How many bytes each answer takes on the line, headers included, as the browser counts them."""
    found: list[int] = []
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")

    def arrived(event: dict[str, Any]) -> None:
        found.append(int(event["encodedDataLength"]))

    line.on("Network.loadingFinished", arrived)
    return found


def test_signing_in_and_the_desk_weigh_less_than_150_kib(house: House, people: Visitors) -> None:
    furnish(house)
    house.office.give("officer")
    page = people.stranger()
    bytes_ = weighed(page)
    page.goto("/", wait_until="networkidle")
    page.get_by_label("Login").fill("officer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("region", name="Mine")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert len(bytes_) >= 5, "pages, two sheets, two scripts"
    assert 20 * 1024 < sum(bytes_) < MOST, bytes_


def test_what_is_not_there_is_said_in_words(house: House, people: Visitors) -> None:
    page = people.be("officer")
    answer = page.goto("/matters/MGJ-2026-9999")
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is here")
    people.expect_refusals(404)
