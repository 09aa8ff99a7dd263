"""The consultation room: sealed until opened, item by item, by several people at once."""

from __future__ import annotations

import re

import pytest

from cases import recusing
from tests.plumbline.shell import NOON
from tests.web.rooms.visiting import EVERYBODY, House, hidden

WORD = "寒潭倒影zq"


def give(house: House, who: str, number: str, *, item: int = 1, page: str = "", **form: str) -> int:
    """An opinion as the page offers it; the status of the answer."""
    page = page or house.page(who, f"/rounds/{number}")
    sent = {"item": str(item), "version": hidden(page, "version"), "key": hidden(page, "key", item)} | form
    return house.post(who, f"/rounds/{number}/opinion", f"/rounds/{number}", **sent).status_code


def test_a_member_reads_the_brief_and_gives_an_opinion_that_nobody_else_reads(house: House) -> None:
    _, number = house.in_session()
    page = house.page("owner", f"/rounds/{number}")
    assert "基床验收影像缺失。" in page
    assert "吴刚" in page
    assert "1. The last round's tasks" in page
    assert give(house, "owner", number, opinion="disagree", opinion_reasons=WORD) == 303
    assert WORD in house.page("owner", f"/rounds/{number}")
    for who in ("contractor", "leader", "head", "auditor", "officer"):
        for path in (f"/rounds/{number}", f"/rounds/{number}/now"):
            text = house.page(who, path)
            assert WORD not in text
            assert "sealed" in text
            assert text.count("has spoken") >= 1


def test_three_members_speak_from_pages_they_all_opened_before(house: House) -> None:
    _, number = house.in_session()
    pages = {who: house.page(who, f"/rounds/{number}") for who in ("owner", "contractor", "overseer")}
    for who, page in pages.items():
        assert give(house, who, number, page=page, opinion="agree") == 303
    assert house.site.moves_of(number).count("give_opinion") == 3


def test_an_opinion_that_was_typed_while_the_session_ended_stands_in_the_room_again(house: House) -> None:
    _, number = house.in_session()
    room, browser = f"/rounds/{number}", house.browser("owner")
    page = house.page("owner", room)
    sent = {"csrf": browser.token(room), "version": hidden(page, "version"), "key": hidden(page, "key", 1), "item": "1",
            "opinion": "agree_if", "opinion_reasons": WORD}  # fmt: skip
    house.office.clock.later(minutes=31)
    headers = {"origin": str(browser.client.base_url), "accept": "text/html"}
    answer = browser.client.post(f"{room}/opinion", data=sent, headers=headers)
    assert (answer.status_code, WORD in answer.text) == (401, False)
    assert browser.post("/rehearsal", login="contractor").status_code == 303
    assert WORD not in browser.get(room).text, "it is nobody else's"
    assert browser.post("/rehearsal", login="owner").status_code == 303
    page = browser.get(room).text
    assert WORD in page
    assert re.search(r'value="agree_if"[^>]* checked', page)
    assert "give_opinion" not in house.site.moves_of(number)


def test_what_was_typed_is_still_there_when_an_opinion_is_refused(house: House) -> None:
    _, number = house.in_session()
    page = house.page("owner", f"/rounds/{number}")
    answer = house.post("owner", f"/rounds/{number}/opinion", f"/rounds/{number}", item="1", opinion="agree_if",
                        version=hidden(page, "version"), key=hidden(page, "key", 1), opinion_reasons=WORD)  # fmt: skip
    assert answer.status_code == 422
    assert WORD in answer.text
    assert 'value="agree_if" required checked' in answer.text
    assert 'role="alert"' in answer.text
    assert "give_opinion" not in house.site.moves_of(number)


def test_the_same_form_sent_twice_is_one_opinion(house: House) -> None:
    _, number = house.in_session()
    page = house.page("owner", f"/rounds/{number}")
    assert [give(house, "owner", number, page=page, opinion="agree") for _ in range(2)] == [303, 303]
    assert house.site.moves_of(number).count("give_opinion") == 1


def test_an_opinion_from_a_page_of_before_the_round_moved_on_is_refused(house: House) -> None:
    _, number = house.in_session()
    page = house.page("owner", f"/rounds/{number}")
    house.site.move("leader", number, "name_substitute", member="contractor", substitute="overseer2")
    assert give(house, "owner", number, page=page, opinion="agree") == 409


def test_once_opened_the_tally_the_dissent_and_the_count_anew_are_shown(house: House) -> None:
    _, number = house.in_session()
    for who in ("owner", "contractor"):
        assert give(house, who, number, opinion="agree") == 303
    assert give(house, "overseer", number, opinion="disagree", opinion_reasons=WORD) == 303
    house.site.move("leader", number, "collect_opinions")
    page = house.page("contractor", f"/rounds/{number}")
    assert WORD in page
    assert "3 took part, 2 had to; 2 of 3 in favour." in page
    assert "not on file yet" in page
    house.site.move("leader", number, "resolve")
    page = house.page("contractor", f"/rounds/{number}")
    assert "it is what stands on file" in page
    assert "no task issued yet" in page
    assert f"/matters/{number}/moves/issue_task" in house.page("leader", f"/rounds/{number}")
    assert f"/matters/{number}/moves/issue_task" not in page


def test_a_page_opened_before_says_that_the_round_moved_on(house: House) -> None:
    _, number = house.in_session()
    part = house.page("leader", f"/rounds/{number}/now?seen=briefed")
    assert "The round has moved on." in part
    assert "The round has moved on." not in house.page("leader", f"/rounds/{number}/now?seen=in_session")
    assert 'hx-trigger="every 30s"' in part
    assert "<html" not in part


def test_who_is_kept_out_of_an_item_sees_that_it_exists_and_nothing_else(house: House) -> None:
    clue, number = house.convened()
    house.site.move("officer", number, "send_brief")
    other = house.site.clue(title="围堰", project="PC")
    house.site.move("registrar", number, "take_up_clue", clue=other, brief_item=WORD, proposed_item="rectify")
    house.released(clue, number)
    house.released(other, number, caption="围堰裂缝")
    with house.office.work.unit() as session:
        recusing.declare(session, house.office.work.office, other, actor="leader", reason="亲属", at=NOON)
    page = house.page("leader", f"/rounds/{number}")
    assert "Item 2" in page
    assert "You are kept out of this item" in page
    assert WORD not in page
    assert "围堰" not in page
    seen = house.page("owner", f"/rounds/{number}")
    assert WORD in seen
    assert "围堰裂缝" in seen
    assert house.get("owner", f"/matters/{number}/attachments/2").status_code == 200
    assert house.get("leader", f"/matters/{number}/attachments/2").status_code == 422


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_room_is_in_both_languages(house: House, lang: str) -> None:
    _, number = house.in_session()
    house.speak("owner", lang)
    page = house.get("owner", f"/rounds/{number}")
    assert page.headers["content-language"] == {"zh": "zh-CN", "en": "en"}[lang]
    assert ("二、新问题" in page.text, "2. New problems" in page.text) == (lang == "zh", lang == "en")
    assert ("提交意见" in page.text, "Give this opinion" in page.text) == (lang == "zh", lang == "en")


def test_a_round_one_may_not_see_is_answered_like_one_that_is_not_on_file(house: House) -> None:
    clue, number = house.in_session()
    for who in EVERYBODY:
        found = house.get(who, f"/rounds/{number}")
        absent = house.get(who, "/rounds/MGJ-HS-2026-999")
        assert absent.status_code == 404
        assert house.get(who, f"/rounds/{clue}").status_code == 404
        if found.status_code != 200:
            same = [re.sub(r"(?:MGJ-HS-2026-\d+)", "", one.text) for one in (found, absent)]
            assert (found.status_code, same[0]) == (404, same[1]), who
    seen = {who for who in EVERYBODY if house.get(who, f"/rounds/{number}").status_code == 200}
    assert seen == {"registrar", "officer", "leader", "head", "auditor", "owner", "contractor", "overseer"}


def test_the_list_of_rounds_has_those_one_sees(house: House) -> None:
    _, number = house.in_session()
    assert f'href="/rounds/{number}"' in house.page("owner", "/rounds")
    assert number not in house.page("overseer2", "/rounds")
    assert "There is no consultation" in house.page("overseer2", "/rounds")


def test_a_form_of_another_site_or_without_its_token_gives_no_opinion(house: House) -> None:
    _, number = house.in_session()
    browser = house.browser("owner")
    for origin, token in (("https://elsewhere.example", browser.token(f"/rounds/{number}")), (None, "x")):
        headers = {"origin": origin or str(browser.client.base_url)}
        data = {"csrf": token, "item": "1", "version": "3", "opinion": "agree"}
        answer = browser.client.post(f"/rounds/{number}/opinion", data=data, headers=headers)
        assert answer.status_code == 403
    assert "give_opinion" not in house.site.moves_of(number)
