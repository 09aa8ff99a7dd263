"""The office of these tests on a fresh database, and units of work on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from cases import rulebooks
from cases.office import Office
from cases.rulebooks import Installation
from notifications.dispatch import Unit
from notifications.messages import Letterhead
from plumbline import sample
from tests.notifications.office import MORNING, office, rulebook


@pytest.fixture
def unit(engine: Engine) -> Unit:
    """Units of work on a fresh installation with the sample's people."""

    @contextmanager
    def one() -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    with one() as session:
        key = rulebooks.publish(session, rulebook(), at=MORNING)
        session.add(Installation(uid="here", rehearsal=True, rulebook=key, created_at=MORNING))
        sample.load(session, on=MORNING.date())
    return one


@pytest.fixture
def house() -> Office:
    """The office whose rules say who is told."""
    return office()


@pytest.fixture
def letterhead(house: Office) -> Letterhead:
    """How its messages begin and end."""
    return Letterhead(
        house, rehearsal=True, base_url="https://clues.example.org/", sender="plumbline@example.org"
    )
