"""Rehearsals and real offices to look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from cases import passwords
from cases.people import Person
from plumbline import clock, sample
from tests.notifications.test_smtp import certificate  # noqa: F401
from tests.plumbline.conftest import (  # noqa: F401
    home,
    real_home,
    real_template,
    rehearsal_template,
    shell,
    two,
)
from tests.web import browsing
from tests.web.browsing import Clock, Office, at_work


@pytest.fixture(autouse=True)
def hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hashing with less work: what it costs is measured elsewhere."""
    quick = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),))
    monkeypatch.setattr(passwords, "_HASHING", quick)
    passwords._nobodys.cache_clear()
    browsing._quick.clear()


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The wall clock, standing at noon."""
    found = Clock()
    monkeypatch.setattr(clock, "now", found)
    return found


def staff(office: Office) -> None:
    """The sample's people, in a real database; a second operator is not among them."""
    with office.work.unit() as session:
        sample.load(session, on=office.clock.at.date())
        session.get_one(Person, "officer").email = "li.ming@office.example"


@pytest.fixture
def office(real_home: Path, time: Clock) -> Iterator[Office]:  # noqa: F811 - the fixture of that name
    """A real office whose officers have passwords."""
    with at_work(time) as found:
        staff(found)
        for login in ("officer", "officer2"):
            found.give(login)
        yield found


@pytest.fixture
def rehearsing(home: Path, time: Clock) -> Iterator[Office]:  # noqa: F811 - the fixture of that name
    """A rehearsal."""
    with at_work(time) as found:
        yield found
