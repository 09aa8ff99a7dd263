"""What somebody chooses for their own eyes: the language, light or dark."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.visitors import Visitors

BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def language(page: Page) -> str:
    return page.locator("html").get_attribute("lang") or ""


def test_the_language_is_switched_at_the_head_of_any_page_and_is_the_persons_own(people: Visitors) -> None:
    page = people.be("officer", at="/board")
    assert language(page) == "en"
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("看板")
    assert language(page) == "zh-CN"
    elsewhere = people.be("officer", at="/calendar")
    assert language(elsewhere) == "zh-CN", "also at another desk, whatever its browser prefers"
    assert language(people.be("officer2")) == "en", "nobody else's changed"
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Board")


def test_before_signing_in_the_browsers_language_is_taken(people: Visitors) -> None:
    page = people.stranger(locale="zh-CN")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_dark_follows_the_device_until_somebody_chooses(people: Visitors) -> None:
    page = people.be("officer", color_scheme="light")
    light = page.evaluate(BACKGROUND)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(BACKGROUND)
    assert dark != light
    page.get_by_role("button", name="Light").click()
    expect(page.get_by_role("button", name="Light")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(BACKGROUND) == light
    page.get_by_role("button", name="As the device").click()
    expect(page.get_by_role("button", name="As the device")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate(BACKGROUND) == dark
