"""The ways between pages, the words on them instead of codes, and words that outlive a session."""

from __future__ import annotations

from tests.web.rooms.visiting import House, words

WORDS = "检测报告日期早于取样日期。<b>"


def test_search_stands_at_the_head_of_every_page(house: House) -> None:
    for path in ("/", "/worklist", "/settings"):
        assert 'role="search" action="/search"' in house.page("officer", path), path
    assert 'action="/search"' not in house.office.browser().get("/sign-in").text


def test_a_matter_leads_to_its_attachments_and_a_round_to_its_room(house: House) -> None:
    clue, number = house.in_session()
    assert f'href="/matters/{clue}/attachments"' in house.page("officer", f"/matters/{clue}")
    assert f'href="/rounds/{number}"' in house.page("owner", f"/matters/{number}")
    assert f'href="/rounds/{number}"' in house.page("owner", "/")


def test_a_filter_is_cleared_by_a_link_that_says_so(house: House) -> None:
    assert ">Clear the filters</a>" in house.page("officer", "/worklist?state=registered")


def test_why_a_date_names_the_move_that_began_it(house: House) -> None:
    clue = house.site.clue()
    page = house.page("registrar", f"/matters/{clue}/clocks/1")
    assert "<td>Register</td>" in page
    assert "<td>register</td>" in house.page("registrar", f"/matters/{clue}/clocks/3"), (
        "taken in, the clock stopped"
    )


def test_what_went_up_is_said_in_words_and_under_the_label_it_was_asked_by(house: House) -> None:
    number = house.site.escalated()
    house.speak("registrar", "zh")
    page = words(house.get("registrar", f"/outbox/{number}").text)
    assert "问题类别" in page
    for code in ("duty_neglect", "site_problem", "request", "检查类型"):
        assert code not in page, code


def test_a_channel_is_called_by_its_name(house: House) -> None:
    house.speak("officer", "zh")
    assert "folder" not in words(house.get("officer", "/settings").text)


def test_words_typed_while_the_session_ended_come_back_and_nothing_was_done(house: House) -> None:
    clue = house.site.clue()
    path = "/worklist/moves/amend"  # a form that is no page of its own: its words stand on the page to sign in with
    browser = house.browser("registrar")
    token = browser.token(f"/matters/{clue}/moves/amend")
    house.later(minutes=31)
    headers = {"origin": str(browser.client.base_url), "accept": "text/html",
               "referer": f"{browser.client.base_url}{path.removeprefix('/')}"}  # fmt: skip
    form = {
        "csrf": token,
        "key": "a",
        "version": "2",
        f"row.{clue}": "2",
        "field.note": WORDS,
        "field.phase": "approval",
        "password": "secret words",
    }
    answer = browser.client.post(path, data=form, headers=headers)
    assert answer.status_code == 401
    assert WORDS.replace("<b>", "&lt;b&gt;") in answer.text
    assert "secret words" not in answer.text
    assert ">approval" not in answer.text
    assert "amend" not in house.site.moves_of(clue)
    again = browser.client.post(path, data={"csrf": token, "key": "a", "version": "2"}, headers=headers)
    assert (again.status_code, again.headers["location"]) == (303, "/sign-in")
