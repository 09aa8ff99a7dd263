"""Signing in: what proves who somebody is, what does not, and what nobody learns from trying."""

from __future__ import annotations

import re

import pytest
from sqlmodel import select

from cases import attempts, passwords, people, sessions
from cases.attempts import LoginAttempt
from cases.sessions import WebSession
from plumbline import accounts as signing
from tests.web.browsing import OTHER, PASSWORD, Clock, Office, at_work

WRONG = "The login or the password is not right."


def said(text: str) -> str:
    """What stands on a page besides its tokens and what was typed."""
    return re.sub(r'value="[^"]*"', "", text)


def test_an_officer_signs_in_and_is_where_they_wanted_to_go(office: Office) -> None:
    browser = office.browser()
    assert browser.get("/account").headers["location"] == "/sign-in?next=/account"
    answer = browser.sign_in("officer", next="/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    page = browser.get("/account")
    assert (page.status_code, "李明" in page.text) == (200, True)


def test_the_login_is_taken_in_any_case_and_the_password_in_any_composition(office: Office) -> None:
    office.give("officer2", "Ångström brücke 7")
    assert office.browser().sign_in(" Officer2 ", "A\u030angstro\u0308m bru\u0308cke 7").status_code == 303


@pytest.mark.parametrize(
    "login, password",
    [
        ("officer", "not the password"),
        ("nobody", PASSWORD),
        ("leader", PASSWORD),
        ("", ""),
        ("engine", PASSWORD),
    ],
)
def test_a_wrong_try_says_the_same_whoever_it_is(office: Office, login: str, password: str) -> None:
    right_name = office.browser().sign_in("officer", "another wrong one")
    answer = office.browser(source="198.51.100.9").sign_in(login, password)
    assert answer.status_code == right_name.status_code == 401
    assert WRONG in answer.text
    assert said(answer.text) == said(right_name.text)


@pytest.mark.parametrize("login", ["officer", "nobody", "leader", "ended"])
def test_the_same_hashing_is_done_whether_there_is_such_an_account_or_not(
    office: Office, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    with office.work.unit() as session:
        person = people.Person(login="ended", name="去职", organisation="MGJ", active=False)
        session.add(person)
    worked: list[str] = []
    real = passwords._HASHING.verify

    def verify(text: str, held: str) -> bool:
        worked.append(held)
        return real(text, held)

    monkeypatch.setattr(passwords._HASHING, "verify", verify)
    assert office.browser().sign_in(login, "some wrong password").status_code == 401
    assert len(worked) == 1
    assert worked[0].split("$")[1:4] == passwords.hashed("x").split("$")[1:4], "with the same parameters"


def test_who_left_does_not_come_in(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    with office.work.unit() as session:
        session.get_one(people.Person, "officer").active = False
    assert browser.get("/account").status_code == 303
    assert WRONG in office.browser().sign_in("officer").text


def test_a_session_is_a_new_one_at_every_sign_in_whatever_the_browser_held(office: Office) -> None:
    browser = office.browser()
    browser.hold("plumbline", "planted")
    browser.sign_in("officer")
    first = browser.cookie("plumbline")
    assert first not in (None, "planted")
    browser.sign_in("officer")
    assert browser.cookie("plumbline") != first
    stranger = office.browser()
    stranger.hold("plumbline", "planted")
    assert not stranger.is_in()


def test_the_database_holds_nothing_a_browser_could_show(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    token = browser.cookie("plumbline") or ""
    with office.work.unit() as session:
        held = session.exec(select(WebSession)).one()
        assert held.hash == sessions.hash_of(token)
        thief = office.browser()
        thief.hold("plumbline", held.hash)
        tried = session.exec(select(LoginAttempt)).one()
        assert "192.0.2.7" not in (tried.source, tried.account)
        assert "officer" not in tried.account
    assert not thief.is_in()


@pytest.mark.parametrize("after, stays", [({"minutes": 29, "seconds": 59}, True), ({"minutes": 30}, False)])
def test_a_session_rests_half_an_hour(office: Office, after: dict[str, float], stays: bool) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    office.clock.later(**after)
    assert browser.is_in() is stays


def test_a_busy_session_ends_after_twelve_hours(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    for _ in range(35):
        office.clock.later(minutes=20)
        assert browser.is_in()
    office.clock.later(minutes=19, seconds=59)
    assert browser.is_in()
    office.clock.later(seconds=1)
    assert not browser.is_in()


@pytest.mark.parametrize(
    "wanted, where",
    [
        ("/clues?state=held", "/clues?state=held"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("evil.example", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("", "/"),
    ],
)
def test_signing_in_leads_nowhere_else(office: Office, wanted: str, where: str) -> None:
    assert office.browser().sign_in("officer", next=wanted).headers["location"] == where


def test_signing_out_ends_the_session_on_file_too(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    kept = browser.cookie("plumbline") or ""
    answer = browser.post("/sign-out", "/account")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    browser.hold("plumbline", kept)
    assert not browser.is_in()


# ---------------------------------------------------------------------------------------------------- lock-out


def test_the_sixth_wrong_try_waits_and_then_the_right_one_goes_through(office: Office, time: Clock) -> None:
    browser = office.browser()
    for _ in range(attempts.FREE):
        assert browser.sign_in("officer", "wrong").status_code == 401
    held = browser.sign_in("officer")
    assert (held.status_code, held.headers["retry-after"]) == (429, "16")
    time.later(seconds=14)
    assert browser.sign_in("officer").status_code == 429
    time.later(seconds=1)
    assert browser.sign_in("officer").status_code == 303


def test_who_tries_too_often_cannot_keep_the_owner_out(office: Office, time: Clock) -> None:
    known, stranger = office.browser(source="203.0.113.1"), office.browser(source="203.0.113.1")
    known.sign_in("officer")
    for _ in range(attempts.FREE):
        stranger.sign_in("officer", "wrong")
    assert stranger.sign_in("officer").status_code == 429
    assert known.sign_in("officer").status_code == 303, (
        "from a browser that the account knows, even beside the attacker"
    )
    assert office.browser(source="198.51.100.1").sign_in("officer").status_code == 303, (
        "and from anywhere else"
    )


def test_an_account_tried_from_everywhere_hears_each_stranger_once(office: Office, time: Clock) -> None:
    key = office.accounts.keys.named("password", "officer")
    with office.work.unit() as session:
        for number in range(attempts.EVERYWHERE):
            session.add(LoginAttempt(account=key, source=f"{number:064d}", at=time.at))
    stranger = office.browser(source="198.51.100.77")
    assert stranger.sign_in("officer", "wrong").status_code == 401
    assert stranger.sign_in("officer").status_code == 429
    assert office.browser(source="198.51.100.78").sign_in("officer").status_code == 303, (
        "the owner's first try is heard"
    )
    time.later(minutes=15)
    assert stranger.sign_in("officer").status_code == 303


def test_waiting_is_the_same_for_accounts_there_are_not(office: Office) -> None:
    texts = []
    for login, source in (("officer", "203.0.113.5"), ("nobody", "203.0.113.6")):
        browser = office.browser(source=source)
        for _ in range(attempts.FREE):
            browser.sign_in(login, "wrong")
        texts.append(said(browser.sign_in(login, "wrong").text))
    assert texts[0] == texts[1]


def test_another_accounts_device_makes_nobody_known(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer2")
    for _ in range(attempts.FREE):
        browser.sign_in("officer", "wrong")
    assert browser.sign_in("officer").status_code == 429


def test_a_try_counts_before_it_is_judged(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many at once would otherwise all be judged before the first is on file."""
    seen: list[int] = []

    def judged(_password: str, _held: str | None) -> bool:
        with office.work.reading() as session:
            seen.append(len(session.exec(select(LoginAttempt).where(LoginAttempt.failed)).all()))
        return False

    monkeypatch.setattr(signing, "_proves", judged)
    browser = office.browser()
    browser.sign_in("officer", "wrong")
    browser.sign_in("officer", "wrong")
    assert seen == [1, 2]


# ------------------------------------------------------------------------------------------------ second factor


def test_with_a_second_factor_the_password_alone_opens_nothing(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    phone = office.factor(browser)
    office.clock.later(minutes=1)
    fresh = office.browser(source="198.51.100.1")
    answer = fresh.sign_in("officer", next="/account")
    assert answer.headers["location"] == "/sign-in/code?next=/account"
    waiting = fresh.cookie("plumbline")
    assert not fresh.is_in()
    answer = fresh.post("/sign-in/code", code=phone.code(), next="/account")
    assert answer.headers["location"] == "/account"
    assert fresh.is_in()
    assert fresh.cookie("plumbline") != waiting, "the session that proves something is another one"
    old = office.browser()
    old.hold("plumbline", waiting or "")
    assert not old.is_in()


@pytest.mark.parametrize("off, good", [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_a_phones_clock_may_be_a_step_off(office: Office, off: int, good: bool) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    phone = office.factor(browser)
    office.clock.later(minutes=5)
    browser.sign_in("officer")
    answer = browser.post("/sign-in/code", code=phone.code(seconds=off))
    assert (answer.status_code == 303) is good


def test_a_code_works_once(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    phone = office.factor(browser)
    office.clock.later(minutes=5)
    browser.sign_in("officer")
    code = phone.code()
    assert browser.post("/sign-in/code", code=code).status_code == 303
    watcher = office.browser(source="198.51.100.2")
    watcher.sign_in("officer")
    assert watcher.post("/sign-in/code", code=code).status_code == 401
    assert watcher.post("/sign-in/code", code=phone.code(seconds=-30)).status_code == 401, (
        "nor does an earlier one"
    )
    assert watcher.post("/sign-in/code", code=phone.code(seconds=30)).status_code == 303


def test_the_code_that_enrolled_the_phone_is_used_up(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    phone = office.factor(browser)
    browser.sign_in("officer")
    assert browser.post("/sign-in/code", code=phone.code()).status_code == 401


def test_a_recovery_code_works_once_however_it_is_typed(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    phone = office.factor(browser)
    typed = phone.recovery[3].replace("-", " ").upper()
    browser.sign_in("officer")
    assert browser.post("/sign-in/code", code=typed).status_code == 303
    assert "9 recovery codes are left" in browser.get("/account?lang=en").text
    browser.sign_in("officer")
    assert browser.post("/sign-in/code", code=typed).status_code == 401


def test_five_wrong_codes_and_the_password_is_asked_for_again(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    phone = office.factor(browser)
    office.clock.later(minutes=5)
    browser.sign_in("officer")
    for _ in range(sessions.MOST_CODES):
        assert browser.post("/sign-in/code", code="000000").status_code == 401
    office.clock.later(minutes=1)
    answer = browser.post("/sign-in/code", code=phone.code())
    assert "The session is over" in answer.text
    assert not browser.is_in()


def test_a_half_open_session_waits_five_minutes(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    phone = office.factor(browser)
    browser.sign_in("officer")
    office.clock.later(minutes=5)
    assert "The session is over" in browser.post("/sign-in/code", code=phone.code()).text


def test_the_secret_is_sealed_and_cannot_be_carried_to_another_account(office: Office) -> None:
    for login in ("officer", "officer2"):
        browser = office.browser(source=f"198.51.100.{len(login)}")
        browser.sign_in(login)
        phone = office.factor(browser)
    office.clock.later(minutes=5)
    with office.work.unit() as session:
        held = session.connection().exec_driver_sql("SELECT login, secret FROM second_factor").all()
        assert all(phone.secret not in secret for _, secret in held)
        mine = dict(tuple(row) for row in held)["officer2"]
        session.connection().exec_driver_sql(
            f"UPDATE second_factor SET secret = '{mine}' WHERE login = 'officer'"
        )
    thief = office.browser()
    thief.sign_in("officer")
    assert thief.post("/sign-in/code", code=phone.code()).status_code == 401


def test_an_operator_cannot_go_on_without_a_second_factor(office: Office) -> None:
    office.give("operator")
    browser = office.browser()
    browser.sign_in("operator")
    assert browser.get("/account").headers["location"] == "/account/second-factor"
    assert browser.get("/account", **{"sec-fetch-mode": "cors"}).status_code == 403
    office.factor(browser)
    assert browser.is_in()


def test_everybody_needs_one_where_the_office_says_so(office: Office) -> None:
    with at_work(office.clock, second_factor="everybody") as strict:
        browser = strict.browser()
        browser.sign_in("officer")
        assert browser.get("/account").headers["location"] == "/account/second-factor"


# ----------------------------------------------------------------------------------------------------- rehearsal


def test_in_a_rehearsal_one_chooses_whom_to_be_and_every_page_says_so(rehearsing: Office) -> None:
    browser = rehearsing.browser()
    page = browser.get("/rehearsal?lang=en")
    assert "REHEARSAL" in page.text
    assert "commission head" in page.text
    assert browser.post("/rehearsal", login="head", next="/account").headers["location"] == "/account"
    assert "演练库" in browser.get("/account?lang=zh").text
    assert browser.post("/rehearsal", login="nobody").status_code == 404


def test_a_real_office_has_no_such_page(office: Office) -> None:
    browser = office.browser()
    assert browser.get("/rehearsal").status_code == 404
    assert browser.post("/rehearsal", "/sign-in", login="head").status_code == 404
    assert "Act as" not in browser.get("/sign-in?lang=en").text
    assert not browser.is_in()


def test_pages_for_programs_answer_401(office: Office) -> None:
    browser = office.browser()
    for headers in ({"hx-request": "true"}, {"sec-fetch-mode": "cors"}, {"accept": "application/json"}):
        answer = browser.get("/account", **headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "not_signed_in")
    assert OTHER not in browser.get("/sign-in").text
