"""The checklist of a round on a phone: item after item, with photographs, in both languages, with script and without."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from cases import checklist_sheets
from tests.browser.conftest import all_speak
from tests.browser.test_phone import PHONE, SMALLEST
from tests.browser.visitors import Visitors, put
from tests.cases import bad_files
from tests.web.rooms.visiting import House

WORDS = "另签补充协议，与招标文件第七章不一致。"


@pytest.fixture
def number(house: House) -> str:
    """A round at the signing of contracts, under way: it is asked c08_1, c08_2 and c08_3."""
    return house.inspection(checklist="LINKS", link="c08_contract")


def photograph(name: str = "IMG_1.jpg") -> FilePayload:
    return FilePayload(name=name, mimeType="image/jpeg", buffer=bad_files.photograph(size=(640, 480)))


def card(page: Page, item: str) -> Any:
    return page.locator(f"#item-{item}")


def line(house: House, number: str, item: str) -> dict[str, Any]:
    with house.office.work.reading() as session:
        found = checklist_sheets.sheet(
            session, house.office.work.office, number, actor="supervisor", lang="en"
        )
    return next(one for one in found["items"] if one["item"] == item)


def test_from_the_desk_item_after_item_is_saved_and_the_next_opens(
    house: House, people: Visitors, number: str
) -> None:
    page = people.be("supervisor", **PHONE)
    page.get_by_role("link", name=f"Checklist {number}").first.tap()
    expect(page.get_by_role("status").first).to_contain_text("0 of 3 answered")
    first = card(page, "c08_1")
    first.get_by_label("in order").check()
    first.get_by_role("button", name="Save").tap()
    expect(page.get_by_role("status").first).to_contain_text("c08_1 is saved: in order")
    expect(page.get_by_role("status").first).to_contain_text("1 of 3 answered")
    second = card(page, "c08_2")
    second.get_by_label("something was found").check()
    second.get_by_label("Remark").fill(WORDS)
    second.get_by_label("Take photographs").first.set_input_files([photograph()])
    second.get_by_label("Take photographs").nth(1).set_input_files([photograph("IMG_2.jpg")])
    second.get_by_role("button", name="Save").tap()
    expect(page.get_by_role("status").first).to_contain_text("2 of 3 answered")
    expect(second).to_contain_text(WORDS)
    expect(second.get_by_role("link", name="1 IMG_1.jpg")).to_be_visible()
    third = card(page, "c08_3")
    expect(third.get_by_role("radio").first).to_be_focused()
    third.get_by_label("in order").check()
    third.get_by_label("bond as a share").fill("101")
    third.get_by_role("button", name="Save").tap()
    expect(third.get_by_role("alert").first).to_be_focused()
    expect(third.get_by_label("bond as a share")).to_have_value("101")
    third.get_by_label("bond as a share").fill("9.5")
    third.get_by_role("button", name="Save").tap()
    expect(page.get_by_role("status").first).to_contain_text("Nothing that has to be answered is open.")
    assert page.url.endswith("/checklist"), "one page all the way"
    assert line(house, number, "c08_2")["answer"]["photographs"] == [1, 2]
    assert line(house, number, "c08_3")["answer"]["measured"] == "9.5"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_script_the_same_and_the_next_item_is_there(
    house: House, people: Visitors, number: str, lang: str
) -> None:
    all_speak(house, lang)
    say = {"zh": ("发现问题", "情况说明", "或选择已有照片", "保存", "c08_1 已保存"),
           "en": ("something was found", "Remark", "Or choose pictures", "Save", "c08_1 is saved")}[lang]  # fmt: skip
    page = people.be("supervisor", at=f"/inspections/{number}/checklist", java_script_enabled=False, **PHONE)
    first = card(page, "c08_1")
    first.get_by_label(say[0]).check()
    first.get_by_label(say[1]).fill(WORDS)
    first.get_by_label(say[2]).set_input_files([photograph()])
    first.get_by_role("button", name=say[3]).tap()
    expect(page.get_by_role("status").first).to_contain_text(say[4])
    assert page.url.endswith("?saved=c08_1#item-c08_2")
    expect(card(page, "c08_2").get_by_role("button", name=say[3])).to_be_visible()
    assert line(house, number, "c08_1")["answer"]["photographs"] == [1]


def test_two_inspectors_on_one_item_with_script_the_second_is_told_and_may_still_save(
    house: House, people: Visitors, number: str
) -> None:
    at = f"/inspections/{number}/checklist"
    first, second = (people.be(who, at=at, **PHONE) for who in ("registrar", "supervisor"))
    mine = card(second, "c08_1")
    mine.get_by_label("something was found").check()
    mine.get_by_label("Remark").fill(WORDS)
    card(first, "c08_1").get_by_label("in order").check()
    card(first, "c08_1").get_by_role("button", name="Save").tap()
    expect(first.get_by_role("status").first).to_contain_text("c08_1 is saved")
    mine.get_by_role("button", name="Save").tap()
    expect(mine.get_by_role("alert").first).to_contain_text("registrar answered this item")
    expect(mine.get_by_label("Remark")).to_have_value(WORDS)
    mine.get_by_role("button", name="Save").tap()
    expect(second.get_by_role("status").first).to_contain_text("c08_1 is saved")
    assert [one["answer"] for one in line(house, number, "c08_1")["earlier"]] == ["in_order"]


def test_without_a_line_it_says_that_nothing_was_saved_and_keeps_the_words(
    house: House, people: Visitors, number: str
) -> None:
    page = people.be("supervisor", at=f"/inspections/{number}/checklist", **PHONE)
    mine = card(page, "c08_1")
    mine.get_by_label("something was found").check()
    mine.get_by_label("Remark").fill(WORDS)
    page.context.set_offline(True)
    mine.get_by_role("button", name="Save").tap()
    expect(mine.get_by_role("alert").first).to_contain_text("Not saved")
    expect(mine.get_by_label("Remark")).to_have_value(WORDS)
    page.context.set_offline(False)
    people.complaints.clear()  # that there was no line
    mine.get_by_role("button", name="Save").tap()
    expect(page.get_by_role("status").first).to_contain_text("c08_1 is saved")


def test_a_session_that_ended_on_the_quay_gives_the_words_back(
    house: House, people: Visitors, number: str
) -> None:
    page = people.be("supervisor", at=f"/inspections/{number}/checklist", **PHONE)
    mine = card(page, "c08_1")
    mine.get_by_label("something was found").check()
    mine.get_by_label("Remark").fill(WORDS)
    house.office.clock.later(minutes=31)
    mine.get_by_role("button", name="Save").tap()
    expect(page.get_by_role("textbox", name="What you typed")).to_have_value(WORDS)
    people.complaints.clear()  # that the session was over


def test_without_a_mouse_an_item_is_answered(house: House, people: Visitors, number: str) -> None:
    page = people.be("supervisor", at=f"/inspections/{number}/checklist")
    card(page, "c08_1").get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    for _ in range(5):
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("c08_1 is saved: in order")
    expect(card(page, "c08_2").get_by_role("radio").first).to_be_focused()


def test_a_finding_becomes_a_task_in_one_step_and_its_item_says_so(
    house: House, people: Visitors, number: str
) -> None:
    house.site.move("supervisor", number, "answer_item", item="c08_2", answer="finding", remark=WORDS)
    page = people.be("supervisor", at=f"/inspections/{number}/checklist", **PHONE)
    card(page, "c08_2").get_by_role("link", name="order a cure").tap()
    form = page.get_by_role("main")
    expect(form.get_by_label("what was found")).to_have_value(WORDS)
    expect(form.get_by_label("link in the works")).to_have_value("c08_contract")
    for label, value in (("unit responsible", "QJN"), ("owner of the task", "冯涛"), ("measure", "删除补充协议"),
                         ("due on", "2026-09-30"), ("proof required", "解除协议的文件")):  # fmt: skip
        put(form, label, value)
    form.get_by_role("button", name="order a cure").tap()
    expect(card(page, "c08_2").get_by_role("status")).to_contain_text(
        "It became rectification task MGJ-ZG-2026-001"
    )
    theirs = people.be("contractor", at="/tasks", **PHONE)
    theirs.get_by_role("link", name="MGJ-ZG-2026-001").first.tap()
    expect(theirs.get_by_role("main")).to_contain_text(WORDS)


@pytest.mark.parametrize("width", [320, 390])
def test_what_a_thumb_presses_is_large_enough_and_nothing_runs_off_the_side(
    people: Visitors, number: str, width: int
) -> None:
    page = people.be("supervisor", at=f"/inspections/{number}/checklist",
                     **PHONE | {"viewport": {"width": width, "height": 844}})  # fmt: skip
    main = page.get_by_role("main")
    for pressed in (*main.get_by_role("button").all(), *main.locator("a.btn, .room-choices label").all()):
        box = pressed.bounding_box()
        assert box is not None
        assert box["height"] >= SMALLEST, pressed.inner_text()
    for link in main.locator(".check-progress a").all():
        box = link.bounding_box()
        assert box is not None
        assert min(box["height"], box["width"]) >= 24
    assert page.evaluate("document.documentElement.scrollWidth") <= width
