"""Signing in by an OpenID Connect provider: a real one, started here, on the loopback."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlmodel import select

from cases import bindings, second_factors
from cases.bindings import LoginBinding
from cases.people import Person
from plumbline import clock, provider
from tests.web.browsing import Browser, Clock, Office, at_work
from tests.web.conftest import staff

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it still uses a module of authlib's that says it is old
    import oidc_provider_mock

# What the provider for tests uses of authlib is on its way out, and says so in its own thread.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

USERS = {
    "u-liming": {"email": "li.ming@office.example", "email_verified": True},
    "u-claims": {"email": "li.ming@office.example", "email_verified": False},
    "u-wang": {"email": "Nobody.Knows@office.example", "email_verified": True},
}


@dataclass
class Provided:
    """An office with a provider."""

    office: Office
    issuer: str

    def asked(self, browser: Browser, next_: str = "/account") -> str:
        """Where the browser is sent."""
        answer = browser.get(f"/sign-in/provider?next={next_}")
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def consent(self, url: str, subject: str) -> str:
        """The person says yes at the provider; where that sends the browser back to."""
        answer = httpx.post(url, data={"sub": subject}, follow_redirects=False, trust_env=False)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["location"])
        return f"{back.path}?{back.query}"

    def sign_in(self, browser: Browser, subject: str, next_: str = "/account") -> Any:
        return browser.get(self.consent(self.asked(browser, next_), subject))


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider on the loopback."""
    users = [oidc_provider_mock.User(sub=sub, claims=claims) for sub, claims in USERS.items()]
    with oidc_provider_mock.run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def provided(issuer: str, real_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provided]:
    """A real office with that provider; the provider's clock is the machine's, so the office's is too."""
    now = clock.now()
    time = Clock(now)
    monkeypatch.setattr(clock, "now", time)
    with at_work(
        time, oidc_issuer=issuer, oidc_client_id="plumbline", oidc_client_secret="s3cret &%"
    ) as office:
        staff(office)
        yield Provided(office, issuer)


def test_an_address_the_provider_verified_binds_once_and_then_the_subject_counts(provided: Provided) -> None:
    browser = provided.office.browser()
    answer = provided.sign_in(browser, "u-liming")
    assert answer.headers["location"] == "/account"
    assert "李明" in browser.get("/account").text
    with provided.office.work.unit() as session:
        bound = session.exec(select(LoginBinding)).one()
        assert (bound.login, bound.subject, bound.issuer) == ("officer", "u-liming", provided.issuer)
        session.get_one(Person, "officer").email = "other@office.example"
        session.get_one(Person, "officer2").email = "li.ming@office.example"
    again = provided.office.browser()
    provided.sign_in(again, "u-liming")
    assert "李明" in again.get("/account").text, "not whoever has the address now"


@pytest.mark.parametrize("subject", ["u-claims", "u-wang"])
def test_who_belongs_to_nobody_is_told_the_subject_for_the_operator(provided: Provided, subject: str) -> None:
    browser = provided.office.browser()
    answer = provided.sign_in(browser, subject)
    assert (answer.status_code, subject in answer.text) == (403, True)
    assert not browser.is_in()
    with provided.office.work.unit() as session:
        bindings.bind(
            session, "leader", issuer=provided.issuer, subject=subject, by="operator", at=clock.now()
        )
    assert provided.sign_in(provided.office.browser(), subject).status_code == 303


def test_an_address_of_two_accounts_or_of_one_that_is_bound_binds_nobody(provided: Provided) -> None:
    with provided.office.work.unit() as session:
        session.get_one(Person, "officer2").email = "LI.MING@office.example"
    assert provided.sign_in(provided.office.browser(), "u-liming").status_code == 403
    with provided.office.work.unit() as session:
        session.get_one(Person, "officer2").email = None
        bindings.bind(
            session, "officer", issuer=provided.issuer, subject="u-other", by="operator", at=clock.now()
        )
    assert provided.sign_in(provided.office.browser(), "u-liming").status_code == 403


def test_who_left_does_not_come_in_by_the_provider(provided: Provided) -> None:
    provided.sign_in(provided.office.browser(), "u-liming")
    with provided.office.work.unit() as session:
        session.get_one(Person, "officer").active = False
    assert provided.sign_in(provided.office.browser(), "u-liming").status_code == 403


def test_the_second_factor_is_asked_for_all_the_same(provided: Provided) -> None:
    browser = provided.office.browser()
    provided.sign_in(browser, "u-liming")
    provided.office.factor(browser)
    with provided.office.work.unit() as session:
        assert second_factors.enrolled(session, "officer")
    fresh = provided.office.browser()
    assert provided.sign_in(fresh, "u-liming").headers["location"].startswith("/sign-in/code")
    assert not fresh.is_in()


def test_the_request_carries_pkce_state_and_nonce_and_none_of_their_secrets(provided: Provided) -> None:
    browser = provided.office.browser()
    asked = parse_qs(urlsplit(provided.asked(browser)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= asked.keys()
    kept = browser.cookie("plumbline_provider") or ""
    assert not any(value[0] in kept for value in asked.values())


def test_an_answer_that_another_browser_asked_for_is_refused(provided: Provided) -> None:
    attacker, victim = provided.office.browser(), provided.office.browser()
    back = provided.consent(provided.asked(attacker), "u-liming")
    assert victim.get(back).status_code == 401, "the victim never asked"
    provided.asked(victim)
    assert victim.get(back).status_code == 401, "the victim asked for another one"
    assert not victim.is_in()


def test_an_answer_is_good_once_and_for_ten_minutes(provided: Provided) -> None:
    browser = provided.office.browser()
    back = provided.consent(provided.asked(browser), "u-liming")
    kept = browser.cookie("plumbline_provider") or ""
    provided.office.clock.later(minutes=10, seconds=1)
    assert browser.get(back).status_code == 401
    provided.office.clock.later(minutes=-11)
    provided.office.clock.later(minutes=1)
    browser.hold("plumbline_provider", kept)
    assert browser.get(back).status_code == 303
    browser.hold("plumbline_provider", kept)
    assert browser.get(back).status_code == 401, "the provider takes its code once"


def test_a_refusal_of_the_provider_is_told(provided: Provided) -> None:
    browser = provided.office.browser()
    state = parse_qs(urlsplit(provided.asked(browser)).query)["state"][0]
    answer = browser.get(f"/sign-in/provider/back?error=access_denied&state={state}&lang=en")
    assert answer.status_code == 401
    assert "access_denied" in answer.text


@pytest.mark.parametrize("what", ["nothing", "nonce", "audience", "issuer", "expired", "unsigned"])
def test_an_id_token_must_be_for_this_office_this_sign_in_and_now(
    provided: Provided, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    browser = provided.office.browser()
    back = provided.consent(provided.asked(browser), "u-liming")
    real = provider.Provider._subject

    def tampered(
        self: provider.Provider, token: str, keys: Any, pending: provider.Pending, *, at: Any
    ) -> Any:
        if what == "nonce":
            pending = provider.Pending(pending.state, "another", pending.verifier, pending.next)
        if what == "audience":
            self = provider.Provider(self.issuer, "another", None, self.back)
        if what == "issuer":
            self = provider.Provider("http://localhost:1", self.client_id, None, self.back)
        if what == "expired":
            at = at.replace(year=at.year + 1)
        if what == "unsigned":
            token = token[: token.rindex(".")] + ".AAAA"
        return real(self, token, keys, pending, at=at)

    monkeypatch.setattr(provider.Provider, "_subject", tampered)
    assert browser.get(back).status_code == (303 if what == "nothing" else 401)
    assert browser.is_in() is (what == "nothing")


def test_a_provider_that_cannot_be_reached_is_said_so(real_home: Path, time: Clock) -> None:
    with at_work(time, oidc_issuer="http://localhost:1", oidc_client_id="plumbline") as office:
        answer = office.browser().get("/sign-in/provider?lang=en")
        assert answer.status_code == 502
        assert "cannot be reached" in answer.text


def test_without_a_provider_there_is_no_such_page(office: Office) -> None:
    browser = office.browser()
    assert browser.get("/sign-in/provider").status_code == 404
    assert browser.get("/sign-in/provider/back?code=x&state=y").status_code == 404
    assert not re.search("OpenID", browser.get("/sign-in").text)
