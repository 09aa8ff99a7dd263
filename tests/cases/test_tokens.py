"""Tokens prove who acts from a shell; only their hashes are on file."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cases import tokens
from cases.people import Person, UnknownPerson
from cases.tokens import TokenRefused
from tests.cases.conftest import Unit
from tests.cases.small_office import NOON

DAY = timedelta(days=1)


def test_a_token_holds_until_the_instant_it_expires(unit: Unit) -> None:
    with unit() as session:
        issued = tokens.issue(session, "officer", at=NOON, lasts_for=DAY)
    with unit() as session:
        tokens.prove(session, "officer", issued.token, at=NOON)
        tokens.prove(session, "officer", issued.token, at=NOON + DAY - timedelta(microseconds=1))
        with pytest.raises(TokenRefused):
            tokens.prove(session, "officer", issued.token, at=NOON + DAY)


@pytest.mark.parametrize(
    "login, token", [("head", None), ("officer", "plumb_guessed"), ("officer", ""), ("", None)]
)
def test_a_token_proves_nobody_else(unit: Unit, login: str, token: str | None) -> None:
    with unit() as session:
        issued = tokens.issue(session, "officer", at=NOON)
        with pytest.raises(TokenRefused):
            tokens.prove(session, login, issued.token if token is None else token, at=NOON)


def test_a_second_token_leaves_the_first_valid_and_revoking_ends_both(unit: Unit) -> None:
    with unit() as session:
        first, second = (tokens.issue(session, "officer", at=NOON).token for _ in range(2))
        other = tokens.issue(session, "head", at=NOON).token
        tokens.prove(session, "officer", first, at=NOON)
    with unit() as session:
        assert tokens.revoke(session, "officer", at=NOON) == 2
        assert tokens.revoke(session, "officer", at=NOON) == 0
    with unit() as session:
        for token in (first, second):
            with pytest.raises(TokenRefused):
                tokens.prove(session, "officer", token, at=NOON)
        tokens.prove(session, "head", other, at=NOON)


def test_nobody_who_is_not_on_file_gets_a_token(unit: Unit) -> None:
    with unit() as session:
        with pytest.raises(UnknownPerson):
            tokens.issue(session, "stranger", at=NOON)
        session.get_one(Person, "officer").active = False
        session.flush()
        with pytest.raises(UnknownPerson):
            tokens.issue(session, "officer", at=NOON)


def test_what_is_on_file_is_not_the_token(unit: Unit) -> None:
    with unit() as session:
        issued = tokens.issue(session, "officer", at=NOON)
        held = tokens.tokens(session, login="officer")
    assert [one.login for one in held] == ["officer"]
    assert issued.token not in str(held[0])
    assert len(held[0].hash) == 64
