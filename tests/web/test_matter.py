"""The page of a matter and the forms of its moves, as a browser without script uses them."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from html import unescape

import pytest
from sqlmodel import select

from cases.history import Event
from cases.matters import Matter
from cases.reads import ReadLog
from tests.web.browsing import Browser, Office
from tests.web.counting import queries
from tests.web.test_today import assigned, move, opened, seat
from web import account_words, assets, matter_words, page_words


def form(browser: Browser, path: str) -> dict[str, str]:
    """The hidden marks of a form, as the page hands them out."""
    page = browser.get(path).text
    return {
        name: unescape(value)
        for name, value in re.findall(r'name="(csrf|key|version)" value="([^"]*)"', page)
    }


def send(browser: Browser, path: str, data: Mapping[str, object]):  # type: ignore[no-untyped-def]
    return browser.client.post(
        path, data=data, headers={"origin": str(browser.client.base_url), "accept": "text/html"}
    )


def made(office: Office, name: str) -> int:
    with office.work.reading() as session:
        return len(session.exec(select(Event).where(Event.move == name)).all())


def test_a_registrar_takes_a_clue_in_and_is_told_that_it_was_done(office: Office) -> None:
    number = opened(office)
    [registrar] = seat(office, "registrar")
    page = registrar.get(f"/matters/{number}?lang=en").text
    path = f"/matters/{number}/moves/register"
    assert f'href="{path}"' in page
    answer = send(registrar, path, form(registrar, path) | {"f_managed_by": "ours", "f_grade": "general"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"/matters/{number}?done=")
    after = registrar.get(answer.headers["location"] + "&lang=en").text
    assert "Done: register." in after
    assert '<span class="tag open">registered</span>' in after


def test_sent_twice_it_is_done_once_and_answered_alike(office: Office) -> None:
    number = opened(office)
    [registrar] = seat(office, "registrar")
    path = f"/matters/{number}/moves/register"
    data = form(registrar, path) | {"f_managed_by": "ours", "f_grade": "general"}
    first, second = send(registrar, path, data), send(registrar, path, data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert made(office, "register") == 1


def test_going_back_and_sending_something_else_is_not_taken_for_the_same(office: Office) -> None:
    number = opened(office)
    [registrar] = seat(office, "registrar")
    path = f"/matters/{number}/moves/register?lang=en"
    data = form(registrar, path) | {"f_managed_by": "ours", "f_grade": "general"}
    send(registrar, path, data)
    again = send(registrar, path, data | {"f_grade": "urgent"})
    assert again.status_code == 409
    assert "This form was sent and done once" in again.text
    assert made(office, "register") == 1


def test_a_refusal_stands_at_its_field_and_nothing_typed_is_lost(office: Office) -> None:
    number = opened(office)
    move(office, "registrar", number, "register", managed_by="ours")
    [registrar] = seat(office, "registrar")
    path = f"/matters/{number}/moves/propose_assignment?lang=zh"
    answer = send(
        registrar, path, form(registrar, path) | {"f_assignment_proposal": "请承办部门 <b>先</b> 研判。"}
    )
    assert answer.status_code == 422
    assert "请承办部门 &lt;b&gt;先&lt;/b&gt; 研判。</textarea>" in answer.text
    fault = re.search(r'id="f-proposed_handler-faults">([^<]+)<', answer.text)
    assert fault
    assert "拟承办人" in fault[1]
    assert 'aria-describedby="f-proposed_handler-faults" aria-invalid="true"' in answer.text
    assert '<a href="#f-proposed_handler">' in answer.text
    assert made(office, "propose_assignment") == 0


def test_of_two_people_on_one_clue_the_second_is_told_who_was_first(office: Office) -> None:
    number = opened(office)
    move(office, "registrar", number, "register", managed_by="ours")
    office.give("registrar")
    one, two = seat(office, "registrar", "registrar")
    path = f"/matters/{number}/moves/propose_assignment?lang=en"
    mine, theirs = form(one, path), form(two, path)
    typed = {"f_proposed_handler": "officer", "f_assignment_proposal": "Look at the test report."}
    assert send(two, path, theirs | typed).status_code == 303
    late = send(one, path, mine | typed | {"f_assignment_proposal": "My own words."})
    assert late.status_code == 409
    assert "Somebody was first" in late.text
    assert "registrar moved" in late.text
    assert "My own words." in late.text
    assert made(office, "propose_assignment") == 1


def test_a_move_that_is_not_open_says_why_and_who_can_cure_it(office: Office) -> None:
    number = opened(office)
    move(office, "registrar", number, "register", managed_by="ours")
    [registrar] = seat(office, "registrar")
    page = registrar.get(f"/matters/{number}?lang=en").text
    blocked = page.split("Not open now")[1].split("</details>")[0]
    assert "<strong>" in blocked
    assert '<span class="quiet">' in blocked
    name = next(
        name for name in ("convene", "escalate", "screen_out", "approve_assignment")
        if f"/moves/{name}\"" not in page
    )  # fmt: skip
    assert registrar.get(f"/matters/{number}/moves/{name}").status_code == 409


def test_what_one_may_not_see_is_what_does_not_exist(office: Office) -> None:
    number = assigned(office)
    key = 1
    [other] = seat(office, "officer2")
    there = [f"/matters/{number}", f"/matters/{number}/moves/register", f"/matters/{number}/picture",
             f"/matters/{number}/clocks/{key}"]  # fmt: skip
    nowhere = ["/matters/MGJ-2026-9999", "/matters/MGJ-2026-9999/moves/register", "/matters/x/picture",
               "/matters/x/clocks/99999", "/matters/" + "x" * 300, "/nothing"]  # fmt: skip
    answers = [other.get(path) for path in (*there, *nowhere)]
    assert {one.status_code for one in answers} == {404}
    assert len({one.text for one in answers}) == 1
    marks = {"csrf": other.token("/account"), "key": "k", "version": "1"}
    posts = [send(other, f"/matters/{one}/moves/register", marks) for one in (number, "MGJ-2026-9999")]
    assert {one.status_code for one in posts} == {404}
    assert posts[0].text == posts[1].text


def test_a_look_at_a_clue_is_on_record(office: Office) -> None:
    number = assigned(office)
    [officer] = seat(office, "officer")
    officer.get(f"/matters/{number}")
    with office.work.reading() as session:
        looks = session.exec(select(ReadLog)).all()
        assert [(one.login, one.what, one.door) for one in looks] == [("officer", "file", "page")]


def test_who_reported_stands_on_no_page(office: Office) -> None:
    number = opened(office, reporter_name="金丝雀某", reporter_contact="信箱一二三")
    [registrar] = seat(office, "registrar")
    for path in ("", "/picture", "/moves/register"):
        page = registrar.get(f"/matters/{number}{path}").text
        assert "金丝雀某" not in page
        assert "信箱一二三" not in page


def test_why_this_date(office: Office) -> None:
    number = assigned(office)
    [officer, other] = seat(office, "officer", "officer2")
    page = officer.get(f"/matters/{number}?lang=zh").text
    links = re.findall(rf'href="(/matters/{number}/clocks/\d+)"', page)
    assert links
    told = officer.get(links[0] + "?lang=zh").text
    assert "逐日推算" in told
    assert "起算当日，不计入" in told
    assert other.get(links[0]).status_code == 404


def test_the_picture_has_its_way_drawn_in_and_no_style_of_its_own(office: Office) -> None:
    number = assigned(office)
    [officer] = seat(office, "officer")
    page = officer.get(f"/matters/{number}/picture?lang=en").text
    assert "discovered → registered → assignment proposed → assigned" in page
    assert 'class="line came"' in page
    assert "<style" not in page
    part = officer.get(f"/matters/{number}/picture", **{"hx-request": "true"}).text
    assert "<html" not in part
    assert "<svg" in part


def test_registering_by_form_once_however_often_it_is_sent(office: Office) -> None:
    [supervisor] = seat(office, "supervisor")
    assert "/register/clue" in supervisor.get("/register").text
    path = "/register/clue?lang=en"
    empty = form(supervisor, path)
    refused = send(supervisor, path, empty | {"f_title": "一句话"})
    assert refused.status_code == 422
    assert 'value="一句话"' in refused.text
    filled = {"f_title": "一句话", "f_source": "letter", "f_kind": "other", "f_project": "PC", "f_link": "c15_quality",
              "f_received_on": "2026-09-01", "f_problem": "何事。", "f_classification": "none",
              "f_real_name": "true"}  # fmt: skip
    first, second = send(supervisor, path, empty | filled), send(supervisor, path, empty | filled)
    assert (first.status_code, second.status_code) == (303, 303), first.text
    assert first.headers["location"] == second.headers["location"]
    with office.work.reading() as session:
        assert len(session.exec(select(Matter).where(Matter.machine == "clue")).all()) == 1


def test_who_may_not_open_one_finds_no_such_form(office: Office) -> None:
    [auditor] = seat(office, "auditor")
    assert auditor.get("/register/clue").status_code == 404
    assert "None of your roles opens matters by hand." in auditor.get("/register?lang=en").text
    assert auditor.get("/register/nothing").status_code == 404


@pytest.mark.parametrize(
    "marks", [{}, {"key": "k"}, {"key": "k", "version": "x"}, {"key": "", "version": "1"}]
)
def test_a_form_without_its_marks_is_none_of_ours(office: Office, marks: dict[str, str]) -> None:
    number = opened(office)
    [registrar] = seat(office, "registrar")
    token = {"csrf": registrar.token("/account")}
    assert send(registrar, f"/matters/{number}/moves/register", token | marks).status_code == 403


def test_the_page_asks_the_same_however_long_the_history(office: Office) -> None:
    number = assigned(office)
    [officer] = seat(office, "officer")
    officer.get(f"/matters/{number}")
    short = queries(office, lambda: officer.get(f"/matters/{number}"))
    for _ in range(3):
        move(office, "registrar", number, "propose_assignment", proposed_handler="officer")
        move(office, "head", number, "approve_assignment", handler="officer")
    assert queries(office, lambda: officer.get(f"/matters/{number}")) == short
    assert short <= 40


@pytest.mark.parametrize("lang, other", [("zh", "en"), ("en", "zh")])
def test_every_page_is_whole_in_both_languages_and_holds_no_script_or_style(
    office: Office, lang: str, other: str
) -> None:
    number = assigned(office)
    [officer] = seat(office, "officer")
    clock = re.search(r"/clocks/\d+", officer.get(f"/matters/{number}").text)
    assert clock
    paths = ["/", "/register", "/register/clue", "/status", "/account", f"/matters/{number}", f"/matters/{number}/picture",
             f"/matters/{number}{clock[0]}", f"/matters/{number}/moves/propose_disposition", "/nothing"]  # fmt: skip
    both = {**page_words.BOTH, **account_words.BOTH, **matter_words.BOTH}
    place = ("zh", "en").index(other)
    strange = {pair[place] for pair in both.values() if len(pair[place]) > 12 and "{" not in pair[place]}
    for path in paths:
        page = officer.get(f"{path}?lang={lang}").text
        assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}"' in page, path
        assert not re.search(
            r"<script(?! src=\"/static/)|<style|\sstyle=|\son[a-z]+=\"|javascript:|https?://(?!www\.w3\.org)",
            page,
        )
        assert not [text for text in strange if text in unescape(page)], path
        assert page.count("<h1") == 1, path
        assert '<main id="content"' in page


def test_both_languages_have_every_word() -> None:
    for words in (page_words, matter_words, account_words):
        assert all(zh.strip() and en.strip() for zh, en in words.BOTH.values())
        assert words.TEXTS["zh"].keys() == words.TEXTS["en"].keys()
        assert not [name for name, (zh, _) in words.BOTH.items() if name != "other" and zh.isascii()]


def test_the_first_page_is_light_and_kept(office: Office) -> None:
    [officer] = seat(office, "officer")
    page = officer.get("/")
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert len(files) == 5
    weight = len(page.content)
    for path in files:
        sent = officer.get(path, **{"accept-encoding": "gzip"})
        assert sent.headers["cache-control"] == assets.FOR_EVER
        assert sent.headers["content-encoding"] == "gzip"
        weight += len(gzip.compress(sent.content, 9))
        assert officer.get(path, **{"if-none-match": sent.headers["etag"]}).status_code == 304
    assert weight < 150 * 1024
    assert officer.get("/static/plumbline.css").headers["cache-control"] == "no-cache"
    assert officer.get("/static/../app.py").status_code == 404


def test_dark_follows_the_device_until_somebody_chooses(office: Office) -> None:
    [officer] = seat(office, "officer")
    assert '<html lang="zh-CN" data-theme="system">' in officer.get("/").text
    assert "prefers-color-scheme:dark" in officer.get("/static/plumbline.css").text
    officer.post("/look", "/account", look="dark", next="/account")
    assert 'data-theme="dark"' in officer.get("/").text
    officer.post("/look", "/account", look="<script>", next="//evil.example")
    assert 'data-theme="dark"' in officer.get("/").text


def test_the_language_is_the_persons_own(office: Office) -> None:
    [officer] = seat(office, "officer")
    assert officer.get("/").headers["content-language"] == "zh-CN"
    assert officer.post("/language", "/account", to="en", next="/").headers["location"] == "/"
    assert officer.get("/").headers["content-language"] == "en"
    [elsewhere] = seat(office, "officer")
    assert elsewhere.get("/").headers["content-language"] == "en"
