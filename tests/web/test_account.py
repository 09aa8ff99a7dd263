"""One's own account: its sessions, its password, its second factor, its record; and one-time links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlmodel import select

from cases import administering, invitations, second_factors
from cases.invitations import OneTimeLink
from cases.people import Person, Posting
from cases.second_factors import RecoveryCode
from tests.web.browsing import OTHER, PASSWORD, Clock, Office, at_work


def invited(office: Office, login: str, *, clears_factor: bool = False) -> str:
    with office.work.unit() as session:
        made = administering.invite(session, office.work.office, actor="operator", login=login,
                                    clears_factor=clears_factor, at=office.clock.at)  # fmt: skip
    return f"/welcome/{made.token}"


def test_sessions_are_listed_and_one_is_ended(office: Office) -> None:
    here, there = office.browser(), office.browser()
    here.client.headers["user-agent"] = "Office browser <b>"
    for browser in (here, there):
        browser.sign_in("officer")
    page = here.get("/account?lang=en").text
    assert "Office browser &lt;b&gt; <strong>(this one)</strong>" in page
    keys = re.findall(r"/account/sessions/(\d+)/end", page)
    assert len(keys) == 2
    assert here.post(f"/account/sessions/{max(keys, key=int)}/end", "/account").status_code == 303
    assert here.is_in()
    assert not there.is_in()


def test_nobody_ends_the_session_of_another(office: Office) -> None:
    mine, theirs = office.browser(), office.browser()
    mine.sign_in("officer")
    theirs.sign_in("officer2")
    key = re.findall(r"/account/sessions/(\d+)/end", theirs.get("/account").text)[0]
    assert mine.post(f"/account/sessions/{key}/end", "/account").status_code == 404
    assert theirs.is_in()


def test_signing_out_everywhere(office: Office) -> None:
    here, there = office.browser(), office.browser()
    for browser in (here, there):
        browser.sign_in("officer")
    here.post("/account/sessions/end-all", "/account")
    assert not here.is_in()
    assert not there.is_in()


def test_a_new_password_ends_the_other_sessions_and_needs_the_old_one(office: Office) -> None:
    here, there = office.browser(), office.browser()
    for browser in (here, there):
        browser.sign_in("officer")
    form = {"new": OTHER, "again": OTHER}
    assert here.post("/account/password", old="guessed", **form).status_code == 401
    assert here.post("/account/password", old=PASSWORD, new=OTHER, again="else").status_code == 422
    assert "changed" in here.post("/account/password?lang=en", old=PASSWORD, **form).text
    assert here.is_in()
    assert not there.is_in()
    assert office.browser().sign_in("officer").status_code == 401
    assert office.browser().sign_in("officer", OTHER).status_code == 303


@pytest.mark.parametrize(
    "poor", ["short1", "Password2026!", "officer-at-work", "qwertyuiop[]", "李明的一个很长的密码"]
)
def test_a_poor_password_is_refused_with_the_reason(office: Office, poor: str) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    answer = browser.post("/account/password?lang=en", old=PASSWORD, new=poor, again=poor)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert poor not in answer.text


def test_the_picture_for_the_phone_is_drawn_here(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    page = browser.get("/account/second-factor").text
    assert "<svg" in page
    assert "<script>" not in page
    assert "style=" not in page
    assert browser.get("/account/second-factor").text.count("<code>") == 1
    wrong = browser.post("/account/second-factor", code="123456")
    assert wrong.status_code == 401
    assert "<svg" in wrong.text


def test_recovery_codes_are_shown_once_and_only_hashes_are_kept(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    phone = office.factor(browser)
    with office.work.unit() as session:
        kept = {one.hash for one in session.exec(select(RecoveryCode)).all()}
    assert len(kept) == 10
    assert not kept & set(phone.recovery)
    assert phone.recovery[0] not in browser.get("/account/second-factor").text
    office.clock.later(minutes=1)
    answer = browser.post("/account/second-factor/codes", "/account", code=phone.code())
    fresh = re.findall(r"<code>([a-z0-9-]{19})</code>", answer.text)
    assert len(set(fresh) - set(phone.recovery)) == 10
    with office.work.unit() as session:
        assert not second_factors.recovers(session, "officer", phone.recovery[1], at=office.clock.at)


def test_the_second_factor_is_removed_by_who_has_it(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    phone = office.factor(browser)
    office.clock.later(minutes=1)
    assert browser.post("/account/second-factor/remove", "/account", code="000000").status_code == 401
    assert browser.post("/account/second-factor/remove", "/account", code=phone.code()).status_code == 303
    assert office.browser().sign_in("officer").headers["location"] == "/"


def test_both_languages_follow_the_person_and_can_be_asked_for(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    assert "登录会话" in browser.get("/account", **{"accept-language": "en"}).text
    assert "Sessions" in browser.get("/account?lang=en").text


# ------------------------------------------------------------------------------------------------ one-time links


def test_an_invitation_is_looked_at_often_and_used_once(office: Office) -> None:
    link = invited(office, "leader")
    browser = office.browser()
    for _ in range(2):
        assert "leader" in browser.get(link).text
    answer = browser.post(link, new=OTHER, again=OTHER)
    assert answer.headers["location"] == "/account"
    assert browser.is_in()
    again = office.browser()
    assert again.get(link).status_code == 404
    assert again.post(link, "/sign-in", new=PASSWORD, again=PASSWORD).status_code == 404
    assert office.browser().sign_in("leader", OTHER).status_code == 303


@pytest.mark.parametrize("hours, good", [(23.99, True), (24, False)])
def test_a_link_lasts_a_day(office: Office, hours: float, good: bool) -> None:
    link = invited(office, "leader")
    office.clock.later(hours=hours)
    assert (office.browser().get(link).status_code == 200) is good


def test_a_newer_link_voids_the_older_one(office: Office) -> None:
    older, newer = invited(office, "leader"), invited(office, "leader")
    assert office.browser().get(older).status_code == 404
    assert office.browser().get(newer).status_code == 200


def test_a_poor_password_does_not_use_the_link_up(office: Office) -> None:
    link = invited(office, "leader")
    assert office.browser().post(link, new="leader-123456", again="leader-123456").status_code == 422
    assert office.browser().post(link, new=OTHER, again=OTHER).status_code == 303


def test_a_reset_asks_for_the_second_factor_all_the_same(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    phone = office.factor(browser)
    office.clock.later(minutes=1)
    fresh = office.browser()
    assert (
        fresh.post(invited(office, "officer"), new=OTHER, again=OTHER)
        .headers["location"]
        .startswith("/sign-in/code")
    )
    assert not fresh.is_in()
    assert not browser.is_in(), "every session before is over"
    assert fresh.post("/sign-in/code", code=phone.code()).status_code == 303


def test_who_lost_the_phone_gets_a_link_that_says_so_and_the_record_says_who_made_it(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    office.factor(browser)
    fresh = office.browser()
    fresh.post(invited(office, "officer", clears_factor=True), new=OTHER, again=OTHER)
    page = fresh.get("/account?lang=en").text
    assert re.search(r"one-time link made</td><td>operator", page)
    assert "The second factor is off." in page


def test_a_link_of_somebody_who_left_is_void(office: Office) -> None:
    link = invited(office, "leader")
    with office.work.unit() as session:
        session.get_one(Person, "leader").active = False
    assert office.browser().get(link).status_code == 404


# -------------------------------------------------------------------------------------- the first administrator

FIRST = {"login": "root1", "name": "管理员甲", "email": "", "body_code": "MGJ", "body_zh": "港口集团纪委",
         "body_en": "Port Group Commission", "new": PASSWORD, "again": PASSWORD}  # fmt: skip


def test_the_first_administrator_comes_in_by_the_link_of_the_console(real_home: Path, time: Clock) -> None:
    with at_work(time) as office:
        made = office.accounts.first_link(at=time.at)
        assert made is not None
        browser = office.browser()
        answer = browser.post(f"/welcome/{made.token}", **FIRST)
        assert answer.headers["location"] == "/account"
        assert browser.get("/account").headers["location"] == "/account/second-factor"
        with office.work.unit() as session:
            assert administering.operators(session, office.work.office) == ["root1"]
            assert [one.role for one in session.exec(select(Posting)).all()] == ["operator"]
        assert office.accounts.first_link(at=time.at) is None, "only while there is no operator"
        assert office.browser().get(f"/welcome/{made.token}").status_code == 404


def test_what_is_wrong_is_said_and_the_link_stays_good(real_home: Path, time: Clock) -> None:
    with at_work(time) as office:
        made = office.accounts.first_link(at=time.at)
        assert made is not None
        answer = office.browser().post(
            f"/welcome/{made.token}?lang=en", **FIRST | {"login": "Bad Login!", "body_code": "x y"}
        )
        assert answer.status_code == 422
        assert "cannot be a login" in answer.text or "cannot be a code" in answer.text
        assert office.browser().post(f"/welcome/{made.token}", **FIRST).status_code == 303


def test_a_first_link_still_open_is_void_once_there_is_an_operator(office: Office) -> None:
    with office.work.unit() as session:
        made = invitations.make(session, invitations.FIRST, login=None, by="console", at=office.clock.at)
    answer = office.browser().post(f"/welcome/{made.token}", **FIRST)
    assert answer.status_code == 404
    with office.work.unit() as session:
        assert session.get(Person, "root1") is None


def test_no_link_is_kept_readable(office: Office) -> None:
    link = invited(office, "leader")
    with office.work.unit() as session:
        kept = session.exec(select(OneTimeLink)).one()
    assert kept.hash not in link


def test_the_link_leads_to_where_the_office_is_served(
    real_home: Path, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_work(time) as office:
        served = office.accounts.first_address(at=time.at, served_at="http://127.0.0.1:9000/")
        assert (served or "").startswith("http://127.0.0.1:9000/welcome/")
        assert (office.accounts.first_address(at=time.at) or "").startswith("http://127.0.0.1:8400/welcome/")
    monkeypatch.setenv("PLUMBLINE_BASE_URL", "https://zj.example.org/")
    with at_work(time) as office:
        served = office.accounts.first_address(at=time.at, served_at="http://127.0.0.1:9000/")
        assert (served or "").startswith("https://zj.example.org/welcome/")
