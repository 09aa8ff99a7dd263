"""What guards the pages: forms of our own, from our own site; cookies and headers; not too many at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from tests.web.browsing import PASSWORD, Clock, Office, at_work
from tests.web.conftest import staff
from web import account, guarding, sign_in

POSTS = sorted(
    route.path
    for router in (sign_in.router, account.router)
    for route in router.routes
    if isinstance(route, APIRoute) and "POST" in (route.methods or ())
)


def filled(path: str) -> str:
    return path.replace("{key}", "1").replace("{token}", "x")


@pytest.mark.parametrize("csrf", [None, "", "guessed", "of another session"])
def test_no_form_works_without_the_token_of_this_session(office: Office, csrf: str | None) -> None:
    browser, other = office.browser(), office.browser()
    browser.sign_in("officer")
    other.sign_in("officer2")
    token = other.token("/account") if csrf == "of another session" else csrf
    form = {} if token is None else {"csrf": token}
    headers = {"origin": str(browser.client.base_url)}
    answers = {
        path: browser.client.post(filled(path), data=form, headers=headers).status_code for path in POSTS
    }
    assert len(POSTS) > 10
    assert set(answers.values()) == {403}, answers
    assert browser.is_in()


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:8400.evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_refused_even_with_the_token(
    office: Office, headers: dict[str, str]
) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    form = {"csrf": browser.token("/account")}
    answers = {
        path: browser.client.post(filled(path), data=form, headers=headers).status_code for path in POSTS
    }
    assert set(answers.values()) == {403}, answers
    assert browser.is_in()


def test_signing_somebody_in_from_another_site_fails(office: Office) -> None:
    """A page that signs you in as its owner would have you write into their account."""
    browser = office.browser()
    answer = browser.client.post("/sign-in", data={"login": "officer", "password": PASSWORD})
    assert answer.status_code == 403
    assert not browser.is_in()


def test_the_token_may_come_in_a_header_for_scripts(office: Office) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    answer = browser.client.post(
        "/account/sessions/end-all", headers={"x-csrf-token": browser.token("/account")}
    )
    assert answer.status_code == 303


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(office: Office) -> None:
    browser = office.browser()
    cookies = browser.get("/sign-in").headers.get_list("set-cookie")
    cookies += browser.sign_in("officer").headers.get_list("set-cookie")
    given = [one for one in cookies if "Max-Age=0" not in one]
    assert {one.partition("=")[0] for one in given} == {"plumbline", "plumbline_visitor", "plumbline_device"}
    for one in given:
        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= {part.strip() for part in one.split(";")}, one
        assert "Domain" not in one


def test_with_tls_cookies_are_bound_to_it_and_to_this_host(real_home: Path, time: Clock) -> None:
    with at_work(time, base_url="https://zj.example.org") as office:
        staff(office)
        office.give("officer")
        browser = office.browser()
        answer = browser.sign_in("officer")
        given = [one for one in answer.headers.get_list("set-cookie") if "Max-Age=0" not in one]
        assert all(one.startswith("__Host-plumbline") for one in given), given
        assert all("Secure" in one for one in given)
        assert browser.is_in()
        assert answer.headers["strict-transport-security"].startswith("max-age=")


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/account", "/account/second-factor", "/rehearsal", "/welcome/x"]
)
def test_every_page_carries_the_headers(office: Office, path: str) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    answer = browser.get(path)
    assert {name: answer.headers.get(name) for name in guarding.HEADERS} == dict(guarding.HEADERS)
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "form-action 'self'" in policy
    assert not re.search(r"https?:", policy)


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/account/password", "/account/second-factor"])
def test_pages_work_without_script_and_every_field_has_a_label(office: Office, path: str) -> None:
    browser = office.browser()
    browser.sign_in("officer")
    page = browser.get(path).text
    assert not re.search(r"<script(?! src=\"/static/)", page)
    assert not re.search(r"\son[a-z]+=|style=", page)
    fields = re.findall(r'<input [^>]*id="([^"]+)"', page)
    assert fields or path == "/account"
    assert all(f'for="{name}">' in page for name in fields)
    assert re.search('<html lang="(zh-CN|en)"', page)


def test_so_many_posts_a_minute_from_one_source(office: Office) -> None:
    browser = office.browser()
    for _ in range(guarding.MOST):
        browser.client.post("/sign-in")
    answer = browser.client.post("/sign-in")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert office.browser(source="198.51.100.3").sign_in("officer").status_code == 303
    office.clock.later(minutes=1)
    assert [browser.client.post("/sign-in").status_code for _ in range(guarding.MOST + 1)][-2:] == [403, 429]


def test_a_large_form_is_refused(office: Office) -> None:
    browser = office.browser()
    answer = browser.client.post("/sign-in", content=b"login=" + b"x" * 1_000_001)
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"\xff\xfe=1", b"&".join([b"a=1"] * 501), b"csrf=%ff%fe"])
def test_what_is_no_form_is_refused_without_a_trace(office: Office, body: bytes) -> None:
    assert office.browser().client.post("/sign-in", content=body).status_code == 403
