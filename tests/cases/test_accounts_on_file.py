"""What accounts keep in the tables, on every database: sessions, tries, links, codes; each used once."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from cases import attempts, bindings, invitations, second_factors, sessions
from cases.attempts import LONGEST_WAIT, TooManyTries, Tried
from cases.invitations import LinkRefused
from cases.sessions import Lasting, SessionOver
from tests.cases.conftest import Unit
from tests.cases.small_office import NOON

LASTING = Lasting()
HERE = Tried("account", "source")


class OpenKeys:
    """Hides nothing, for tests that look elsewhere."""

    def seal(self, text: str) -> str:
        return text.encode().hex()

    def opened(self, sealed: str) -> str | None:
        return bytes.fromhex(sealed).decode()


def fail(unit: Unit, tried: Tried, times: int) -> None:
    with unit() as session:
        for _ in range(times):
            attempts.reserve(session, tried, at=NOON)


@pytest.mark.parametrize(
    "failures, wait", [(4, 0), (5, 15), (6, 30), (7, 60), (10, 480), (11, 900), (29, 900)]
)
def test_each_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(
    unit: Unit, failures: int, wait: int
) -> None:
    with unit() as session:
        for number in range(failures):
            session.add(
                attempts.LoginAttempt(
                    account="account", source="source", at=NOON + timedelta(0, number / 100)
                )
            )
        session.flush()
        last = NOON + timedelta(0, (failures - 1) / 100)
        until = attempts.held_until(session, HERE, at=last)
    assert until == (last + timedelta(seconds=wait) if wait else None)


def test_asking_too_early_makes_nobody_wait_longer(unit: Unit) -> None:
    fail(unit, HERE, attempts.FREE)
    for _ in range(10):
        with unit() as session, pytest.raises(TooManyTries) as held:
            attempts.reserve(session, HERE, at=NOON + timedelta(seconds=14))
        assert held.value.until == NOON + timedelta(seconds=15)
    with unit() as session:
        attempts.reserve(session, HERE, at=NOON + timedelta(seconds=15))


def test_a_good_try_forgives_the_failures_before_it(unit: Unit) -> None:
    fail(unit, HERE, attempts.FREE - 1)
    with unit() as session:
        attempts.succeeded(session, attempts.reserve(session, HERE, at=NOON))
    fail(unit, HERE, attempts.FREE - 1)
    with unit() as session:
        assert attempts.held_until(session, HERE, at=NOON) is None


def test_one_source_on_many_accounts_waits_as_well(unit: Unit) -> None:
    with unit() as session:
        for number in range(attempts.FREE_OF_SOURCE):
            attempts.reserve(session, Tried(f"account {number}", "source"), at=NOON)
        with pytest.raises(TooManyTries):
            attempts.reserve(session, Tried("yet another", "source"), at=NOON)
        attempts.reserve(session, Tried("yet another", "elsewhere"), at=NOON)


def test_tries_are_forgotten_after_a_day(unit: Unit) -> None:
    fail(unit, HERE, 3)
    with unit() as session:
        attempts.reserve(
            session, Tried("another", "elsewhere"), at=NOON + attempts.KEPT + timedelta(seconds=1)
        )
        assert session.connection().exec_driver_sql("SELECT count(*) FROM login_attempt").scalar() == 1


def test_a_device_is_known_for_its_account_alone_and_for_half_a_year(unit: Unit) -> None:
    with unit() as session:
        token = attempts.remember(session, None, "officer", at=NOON)
        assert attempts.remember(session, token, "officer2", at=NOON) == token, "one browser, two accounts"
        assert attempts.known(session, token, "officer", at=NOON) is not None
        assert attempts.known(session, token, "leader", at=NOON) is None
        assert attempts.known(session, token, "officer", at=NOON + attempts.DEVICE_LASTS) is None
        fail_at = attempts.known(session, token, "officer", at=NOON)
        for _ in range(attempts.FREE):
            attempts.reserve(session, Tried("account", "source", fail_at), at=NOON)
        with pytest.raises(TooManyTries) as held:
            attempts.reserve(session, Tried("account", "source", fail_at), at=NOON)
        assert held.value.until - NOON < LONGEST_WAIT
        attempts.forget(session, "officer")
        assert attempts.known(session, token, "officer", at=NOON) is None


def test_sessions_are_listed_while_they_run(unit: Unit) -> None:
    with unit() as session:
        first = sessions.begin(session, "officer", proved="password", waits=False, at=NOON, lasting=LASTING,
                               user_agent="A\x1b[31mB" + "x" * 300)  # fmt: skip
        sessions.begin(
            session, "officer", proved="password", waits=True, at=NOON, lasting=LASTING, user_agent=""
        )
        (listed,) = sessions.of(session, "officer", at=NOON, lasting=LASTING)
        assert listed.user_agent.startswith("A[31mBx")
        assert len(listed.user_agent) == 200
        sessions.seen(session, int(listed.id or 0), at=NOON + timedelta(minutes=29))
        sessions.current(session, first.token, at=NOON + timedelta(minutes=58), lasting=LASTING)
        with pytest.raises(SessionOver):
            sessions.current(session, first.token, at=NOON + timedelta(minutes=59), lasting=LASTING)
        assert sessions.of(session, "officer", at=NOON + timedelta(minutes=59), lasting=LASTING) == []


def test_a_code_of_the_phone_is_used_up_on_every_database(unit: Unit) -> None:
    keys = OpenKeys()
    with unit() as session:
        secret = second_factors.begin(session, "officer", keys, at=NOON)
        assert second_factors.begin(session, "officer", keys, at=NOON) == secret, (
            "the same until it is confirmed"
        )
        assert not second_factors.proves(session, "officer", pyotp.TOTP(secret).at(NOON), keys, at=NOON)
        codes = second_factors.confirm(session, "officer", pyotp.TOTP(secret).at(NOON), keys, at=NOON)
        assert len(set(codes)) == second_factors.CODES
        with pytest.raises(LookupError):
            second_factors.begin(session, "officer", keys, at=NOON)
    later = NOON + timedelta(minutes=1)
    code = pyotp.TOTP(secret).at(later)
    for good in (True, False):
        with unit() as session:
            assert second_factors.proves(session, "officer", code, keys, at=later) is good
    for good in (True, False):
        with unit() as session:
            assert second_factors.recovers(session, "officer", codes[0], at=later) is good
    with unit() as session:
        assert second_factors.codes_left(session, "officer") == 9
        second_factors.forget(session, "officer")
        assert not second_factors.enrolled(session, "officer")


@pytest.mark.parametrize("junk", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "000000\n", "é" * 6])
def test_what_is_no_code_proves_nothing(junk: str) -> None:
    assert second_factors.step_of(pyotp.random_base32(), junk, at=NOON) is None


def test_a_link_is_used_by_one(unit: Unit) -> None:
    with unit() as session:
        made = invitations.make(session, invitations.INVITATION, login="officer", by="operator", at=NOON)
    with unit() as session:
        assert invitations.use(session, made.token, at=NOON).login == "officer"
    with unit() as session, pytest.raises(LinkRefused):
        invitations.use(session, made.token, at=NOON)


def test_a_subject_is_one_accounts_and_an_account_has_one_subject(unit: Unit) -> None:
    with unit() as session:
        bindings.bind(session, "officer", issuer="https://i", subject="s", by="operator", at=NOON)
        bindings.bind(session, "officer2", issuer="https://i", subject="s", by="operator", at=NOON)
        bindings.bind(session, "officer2", issuer="https://i", subject="t", by="operator", at=NOON)
        with pytest.raises(bindings.NotBound):
            bindings.account(session, issuer="https://i", subject="s", verified_email=None, at=NOON)
        with pytest.raises(bindings.NotBound):
            bindings.account(session, issuer="https://j", subject="t", verified_email=None, at=NOON)
        assert (
            bindings.account(session, issuer="https://i", subject="t", verified_email=None, at=NOON)
            == "officer2"
        )
