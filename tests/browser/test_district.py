"""The district's answer: it signs for what came up, instructs, and the clue below goes on."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.visitors import Visitors, do
from tests.web.rooms.visiting import House


def test_the_district_signs_for_it_and_instructs_and_the_clue_goes_on(house: House, people: Visitors) -> None:
    clue = house.site.clue(project="PC")
    escalation = house.site.escalated(clue=clue)
    registrar = people.be("registrar", at=f"/matters/{clue}")
    expect(registrar.get_by_role("region", name="State")).to_contain_text("escalated")
    district = people.be("district", at="/inbox")
    card = district.get_by_role("main").get_by_role("listitem").filter(has_text=escalation).first
    expect(card).to_contain_text("Port Group Discipline Commission")
    card.get_by_role("link", name="sign for it").click()
    district.get_by_label("signed for by").fill("韩冰")
    district.get_by_role("button", name="sign for it").click()
    do(district, "instruct", instruction="请查明并于月底前报告。", what_is_to_be_done="补齐验收影像",
       due_on="2026-09-30")  # fmt: skip
    registrar.goto(f"/outbox/{escalation}")
    expect(registrar.get_by_role("main")).to_contain_text("请查明并于月底前报告。")
    expect(registrar.get_by_role("main")).to_contain_text("neglect of duty")
    registrar.goto(f"/matters/{clue}")
    expect(registrar.get_by_role("region", name="State")).not_to_contain_text("escalated")
    expect(registrar.get_by_role("region", name="Linked matters")).to_contain_text("answered")
