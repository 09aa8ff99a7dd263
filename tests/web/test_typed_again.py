"""What somebody typed while their session ended comes back in its form: to them, once, within the hour, to nobody else."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import httpx2 as httpx
import pytest
from sqlalchemy import text

from cases.typed_meanwhile import LASTS_FOR
from tests.web.browsing import Browser, Office
from tests.web.test_today import assigned, move, opened, seat

WORDS = "监理日志与取样单日期不符，\n需调取原始记录。"
HOW = "来信附件 <b>3</b>"
EN = {"accept-language": "en"}


def send_late(
    office: Office, browser: Browser, path: str, *, page: str = "", **form: str | list[str]
) -> httpx.Response:
    """A form that is sent when the session is over."""
    found = re.search(r'name="csrf" value="([^"]+)"', browser.get(page or path).text)
    assert found
    office.clock.later(minutes=31)
    data = {"csrf": unescape(found[1]), "key": "k", "version": "1"} | form
    headers = {"origin": str(browser.client.base_url), "accept": "text/html"} | EN
    return browser.client.post(path, data=data, headers=headers)


def kept(office: Office) -> list[str]:
    with office.work.reading() as session:
        return [str(one) for one in session.execute(text("SELECT sealed FROM typed_meanwhile")).scalars()]


def amend(office: Office) -> str:
    number = opened(office)
    return f"/matters/{number}/moves/amend"


def test_the_words_stand_in_the_very_form_again_after_signing_in(office: Office) -> None:
    path = amend(office)
    [registrar] = seat(office, "registrar")
    answer = send_late(office, registrar, path, f_note=WORDS, f_how=HOW)
    assert answer.status_code == 401
    assert "nothing was done" in answer.text
    assert "监理日志" not in answer.text, "the page is anybody's who comes by"
    assert f'name="next" value="{path}"' in answer.text
    [sealed] = kept(office)
    assert "监理" not in sealed
    done = registrar.sign_in("registrar", next=path)
    assert (done.status_code, done.headers["location"]) == (303, path)
    page = registrar.get(path).text
    assert f">\n{WORDS}</textarea>" in page
    assert "来信附件 &lt;b&gt;3&lt;/b&gt;" in page
    assert "已恢复，尚未提交" in page
    assert kept(office) == []
    assert WORDS not in registrar.get(path).text, "once"
    assert "amend" not in moves(office, path), "and nothing was done"


def moves(office: Office, path: str) -> list[str]:
    with office.work.reading() as session:
        return list(session.execute(text("SELECT move FROM event")).scalars())


def test_they_are_for_nobody_else_who_signs_in_there_and_wait_for_whoever_typed_them(office: Office) -> None:
    path = amend(office)
    [registrar] = seat(office, "registrar")
    office.give("leader")
    send_late(office, registrar, path, f_note=WORDS)
    registrar.sign_in("leader", next=path)
    assert "监理日志" not in registrar.get(path).text
    registrar.post("/sign-out", "/account")
    registrar.sign_in("registrar", next=path)
    assert WORDS in registrar.get(path).text


@pytest.mark.parametrize("late, there", [(timedelta(), False), (timedelta(seconds=-1), True)])
def test_they_are_kept_for_an_hour(office: Office, late: timedelta, there: bool) -> None:
    path = amend(office)
    [registrar] = seat(office, "registrar")
    send_late(office, registrar, path, f_note=WORDS)
    office.clock.at += LASTS_FOR + late
    registrar.sign_in("registrar", next=path)
    assert (WORDS in registrar.get(path).text) is there


def test_another_browser_does_not_get_them_nor_another_form(office: Office) -> None:
    path, other = amend(office), amend(office)
    [registrar] = seat(office, "registrar")
    send_late(office, registrar, path, f_note=WORDS)
    elsewhere = office.browser()
    elsewhere.sign_in("registrar")
    assert WORDS not in elsewhere.get(path).text
    registrar.sign_in("registrar")
    assert WORDS not in registrar.get(other).text
    assert WORDS in registrar.get(path).text


def test_of_one_session_the_last_form_is_kept_and_what_is_over_is_cleared_away(office: Office) -> None:
    path = amend(office)
    [registrar, leader] = seat(office, "registrar", "leader")
    found = re.search(r'name="csrf" value="([^"]+)"', registrar.get(path).text)
    assert found
    office.clock.later(minutes=31)
    for words in ("first", WORDS):
        data = {"csrf": unescape(found[1]), "key": "k", "version": "1", "f_note": words}
        registrar.client.post(
            path, data=data, headers={"origin": str(registrar.client.base_url), "accept": "text/html"}
        )
    assert len(kept(office)) == 1
    office.clock.at += LASTS_FOR
    leader.sign_in("leader")
    send_late(office, leader, path, f_note="second")
    assert len(kept(office)) == 1


def test_a_form_that_is_not_ours_plants_nothing(office: Office) -> None:
    path = amend(office)
    [registrar] = seat(office, "registrar")
    answer = send_late(office, registrar, path, csrf="forged", f_note=WORDS)
    assert (answer.status_code, kept(office)) == (401, [])
    assert WORDS in answer.text, "whoever typed it can still copy it"


def test_a_registration_comes_back_too_with_all_that_was_chosen(office: Office) -> None:
    [supervisor] = seat(office, "supervisor")
    path = "/register/clue"
    send_late(office, supervisor, path, f_title="桩基检测报告倒签", f_source="petition", f_project="PC")
    supervisor.sign_in("supervisor", next=path)
    page = supervisor.get(path).text
    assert 'value="桩基检测报告倒签"' in page
    assert re.search(r'value="PC" selected', page)


def test_people_who_were_named_are_named_again(office: Office) -> None:
    number = assigned(office)
    move(office, "officer", number, "sign_for")
    path = f"/matters/{number}/moves/copy_to"
    [officer] = seat(office, "officer")
    send_late(office, officer, path, f_copied_to=["officer2", "officer3"], f_copy_note="供了解")
    officer.sign_in("officer", next=path)
    page = officer.get(path).text
    assert 'value="供了解"' in page
    for login in ("officer2", "officer3"):
        assert re.search(rf'value="{login}" (checked|selected)', page), login


def test_what_was_typed_for_a_move_that_is_gone_meanwhile_can_be_copied(office: Office) -> None:
    number = opened(office)
    path = f"/matters/{number}/moves/register"
    [registrar] = seat(office, "registrar")
    send_late(office, registrar, path, f_managed_by="ours", f_reason=WORDS)
    move(office, "registrar", number, "register", managed_by="ours")
    registrar.sign_in("registrar", next=path)
    page = registrar.get(path)
    assert page.status_code == 409
    assert "监理日志" in page.text
