"""A consultation with everybody in the room at once: sealed until all have spoken, then counted before their eyes."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.visitors import Visitors, do
from tests.web.rooms.visiting import House

MEMBERS = ("owner", "contractor", "overseer")
REASON = "寒潭倒影：验收影像应先补齐。"


def speak(page: Page, view: str, reasons: str = "") -> None:
    item = page.get_by_role("article", name="Item 1")
    item.get_by_role("group", name="opinion").get_by_label(view, exact=True).check()
    item.get_by_label("reasons").fill(reasons)
    item.get_by_role("button", name="Give this opinion").click()
    expect(page.get_by_role("status")).to_contain_text("1")


def test_three_members_and_the_convener_from_the_brief_to_the_signatures(
    house: House, people: Visitors
) -> None:
    _, number = house.convened()
    pages = {who: people.be(who) for who in (*MEMBERS, "leader", "officer")}
    officer, leader = pages["officer"], pages["leader"]
    officer.goto(f"/rounds/{number}")
    do(officer, "send the brief", redaction_check="no person")
    leader.goto(f"/rounds/{number}")
    leader.get_by_role("link", name="open the session").click()
    for name in ("吴刚", "冯涛", "沈洁"):
        leader.get_by_role("checkbox", name=name).check()
    leader.get_by_role("group", name="interests were asked for").get_by_label("yes").check()
    leader.get_by_label("state of the last round's tasks").fill("上期无未销号任务。")
    leader.get_by_role("button", name="open the session").click()
    expect(leader.get_by_role("status")).to_have_text("Done: open the session.")

    for who in MEMBERS:  # each comes by their own desk
        pages[who].goto("/")
        pages[who].get_by_role("link", name="Give my opinion").click()
        expect(pages[who].get_by_role("article", name="Item 1")).to_contain_text("基床验收影像缺失。")
    leader.goto(f"/rounds/{number}")

    speak(pages["overseer"], "disagree", REASON)
    expect(pages["overseer"].get_by_role("article", name="Item 1")).to_contain_text(REASON)
    for who in ("owner", "contractor", "leader"):
        pages[who].get_by_role("link", name="Reload").click()
        seats = pages[who].get_by_role("region", name="Seats and who has spoken")
        expect(seats.get_by_role("row").filter(has_text="沈洁").first).to_contain_text("has spoken")
        expect(seats).to_contain_text("sealed")
        assert REASON not in pages[who].content()
    speak(pages["owner"], "agree")
    expect(leader.get_by_text("in favour")).to_have_count(0)
    speak(pages["contractor"], "agree")

    leader.get_by_role("link", name="Reload").click()
    do(leader, "take the opinions in")
    pages["owner"].get_by_role("link", name="Reload").click()
    seats = pages["owner"].get_by_role("region", name="Seats and who has spoken")
    expect(seats).to_contain_text("3 took part, 2 had to; 2 of 3 in favour.")
    expect(seats).to_contain_text(REASON)

    leader.goto(f"/rounds/{number}")
    do(leader, "resolve", text="建设单位补齐验收影像。")
    officer.goto(f"/rounds/{number}")
    do(officer, "issue a task", measure="补齐验收影像", owner_of_the_task="沈洁", due_on="2026-09-20",
       proof_required="影像清单")  # fmt: skip
    do(officer, "draft the minutes", minutes="逐一表态，两家同意，一家保留意见。")
    leader.goto(f"/rounds/{number}")
    minutes = leader.get_by_role("region", name="Resolution and minutes")
    expect(minutes).to_contain_text("逐一表态，两家同意，一家保留意见。")
    do(leader, "sign the minutes")
    assert house.site.state(number) == "signed"
    pages["overseer"].goto("/tasks")
    expect(pages["overseer"].get_by_role("main")).to_contain_text("补齐验收影像")
