"""The small office on a fresh database, and units of work on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from cases.office import Office
from cases.people import Person, Posting
from tests.cases.port_office import Port
from tests.cases.small_office import Told, office, staffed

Unit = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def unit(engine: Engine) -> Unit:
    """Units of work on a fresh database with the sample's people."""

    @contextmanager
    def one() -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    with one() as session:
        staffed(session)
    return one


@pytest.fixture
def told() -> Told:
    """What the office announced."""
    return Told()


@pytest.fixture
def small(told: Told) -> Office:
    """The small office."""
    return office(told)


@pytest.fixture
def port(unit: Unit) -> Port:
    """The Port Centre's office, with a second member of the contractor's."""
    join_deputy(unit)
    return Port(unit)


def join_deputy(unit: Unit) -> None:
    """A second member of the contractor's."""
    with unit() as session:
        session.add(Person(login="deputy", name="高远", organisation="QJN"))
        session.flush()
        session.add(Posting(person="deputy", role="member", organisation="QJN"))
