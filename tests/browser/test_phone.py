"""The inspection on a phone: a draft on the quay, a photograph, and the finding is a clue."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.visitors import Visitors, put
from tests.cases import bad_files
from tests.web.rooms.visiting import House

WORDS = "沉箱基床未经验收即覆盖。"
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
SMALLEST = 44  # CSS pixels a thumb can be sure of


@pytest.fixture
def number(house: House) -> str:
    """An inspection under way."""
    return house.inspection()


def test_a_finding_is_kept_as_a_draft_then_recorded_with_its_photograph(
    house: House, people: Visitors, number: str
) -> None:
    page = people.be("supervisor", at="/inspections", **PHONE)
    page.get_by_role("link", name=number).tap()
    form = page.locator("form").filter(has=page.get_by_role("button", name="Keep as a draft")).first
    put(form, "finding", "基床影像缺失")
    put(form, "problem", WORDS)
    form.get_by_role("button", name="Keep as a draft").tap()
    expect(page.get_by_role("status")).to_contain_text("1")
    other = people.be("supervisor", at=f"/inspections/{number}", **PHONE)
    form = other.locator("form").filter(has=other.get_by_role("button", name="Keep as a draft")).first
    expect(form.get_by_label("problem")).to_have_value(WORDS)
    put(form, "link in the works", "quality and hidden works")
    put(form, "source", "found by inspection")
    photograph = FilePayload(
        name="IMG_1.jpg", mimeType="image/jpeg", buffer=bad_files.photograph(size=(640, 480))
    )
    form.get_by_label("Or choose pictures").set_input_files([photograph])
    form.get_by_role("button", name="Record it as a clue").tap()
    expect(other.get_by_role("status")).to_contain_text("MGJ-2026-0001")
    other.get_by_role("link", name="MGJ-2026-0001").tap()
    expect(other.get_by_role("main")).to_contain_text("IMG_1.jpg")
    assert house.site.clues() == ["MGJ-2026-0001"]


def test_what_a_thumb_presses_is_large_enough_and_nothing_runs_off_the_side(
    people: Visitors, number: str
) -> None:
    page = people.be("supervisor", at=f"/inspections/{number}", **PHONE)
    for button in page.get_by_role("main").get_by_role("button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= SMALLEST, button.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
