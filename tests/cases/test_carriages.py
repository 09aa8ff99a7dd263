"""How far files are on their way: one worker at a time, longer waits, and a log that a flood does not fill."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import col, select

from cases import carriages, exchange, sites
from cases.carriages import BROUGHT, FAILED, MAIL, NOTHING_NEW, REFUSED_THERE, WIRE, Carriage
from cases.exchange import BY_WIRE, ExchangeLog, File
from cases.matters import Matter
from cases.opening import id_of
from tests.cases.conftest import Unit
from tests.cases.port_office import Port

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def port(unit: Unit) -> Port:
    return Port(unit)


@pytest.fixture
def matter(port: Port) -> int:
    """Something on file; what it is does not matter here."""
    number = port.note()
    with port.unit() as session:
        return id_of(session, number)


def due(port: Port, way: str = WIRE, *, after: timedelta = timedelta()) -> list[int]:
    """What is due, of all that is on file, as if it were addressed to the district."""
    with port.unit() as session:
        for row in session.exec(select(Matter).where(col(Matter.addressee).is_(None))):
            row.addressee = "BHJ"
        session.flush()
        states = [row.state for row in session.exec(select(Matter))]
        found = carriages.packets_due(session, way, machines=["clue"], states=states, to=["BHJ"], at=port.at + after,
                                      limit=10)  # fmt: skip
    return [one.matter for one in found]


def test_of_two_workers_one_brings_it(port: Port, matter: int) -> None:
    with port.unit() as session:
        assert carriages.take(session, matter, WIRE, at=port.at) is not None
        assert carriages.take(session, matter, WIRE, at=port.at) is None
        assert carriages.take(session, matter, MAIL, at=port.at) is not None, "the other way is another thing"
        late = port.at + carriages.HELD_FOR
        assert carriages.take(session, matter, WIRE, at=late - timedelta(seconds=1)) is None
        assert carriages.take(session, matter, WIRE, at=late) is not None, (
            "the first has died with it in its hand"
        )


@pytest.mark.parametrize(
    "outcome, size, waits",
    [(BROUGHT, 0, [1, 1, 1]), (NOTHING_NEW, 0, [1, 2, 4, 8, 15, 15]), (FAILED, 0, [1, 2, 4, 8, 16, 32, 60, 60]),
     (REFUSED_THERE, 0, [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]),
     (NOTHING_NEW, 3_000_000, [1, 2, 4, 8, 16, 32, 45, 45])],
)  # fmt: skip
def test_waits_in_minutes(port: Port, matter: int, outcome: str, size: int, waits: list[int]) -> None:
    at, found = port.at, []
    with port.unit() as session:
        for _ in waits:
            carriages.take(session, matter, WIRE, at=at)
            carriages.settle(session, matter, WIRE, outcome, at=at, mark="a", size=size)
            row = session.exec(select(Carriage)).one()
            found.append(((row.next_at or at) - at) // MINUTE)
            at = row.next_at or at
        assert (row.since, row.tries) == (port.at, len(waits))
    assert found == waits


def test_another_file_begins_anew(port: Port, matter: int) -> None:
    with port.unit() as session:
        for mark in ("a", "a", "b"):
            carriages.take(session, matter, WIRE, at=port.at)
            carriages.settle(session, matter, WIRE, FAILED, at=port.at, mark=mark)
        row = session.exec(select(Carriage)).one()
        assert (row.mark, row.tries) == ("b", 1)


def test_what_is_due_and_in_which_order(port: Port, matter: int) -> None:
    assert due(port) == [matter]
    with port.unit() as session:
        carriages.take(session, matter, WIRE, at=port.at)
        carriages.settle(session, matter, WIRE, FAILED, at=port.at, mark="a")
    assert due(port, after=MINUTE - timedelta(seconds=1)) == []
    assert due(port, after=MINUTE) == [matter]
    assert due(port, MAIL) == [matter]
    with port.unit() as session:
        other = id_of(session, port.note())
    assert due(port, after=MINUTE) == [other, matter], "what was never brought goes first"
    with port.unit() as session:
        carriages.take(session, matter, WIRE, at=port.at)
        carriages.settle(session, matter, WIRE, BROUGHT, at=port.at, mark="a", done=True)
    assert due(port, after=1000 * HOUR) == [other]
    with port.unit() as session:
        assert carriages.once_more(session, matter, at=port.at) == 1
    assert due(port) == [other, matter]


def test_a_line_that_is_down_since_its_first_silence(port: Port) -> None:
    with port.unit() as session:
        session.add(sites.TrustedSite(id="s" * 32, key="", trusted_at=port.at, trusted_by="operator"))
        session.flush()
        for hours in range(3):
            carriages.silent(session, "s" * 32, why="x" * 1000, at=port.at + hours * HOUR, wait=True)
        [line] = carriages.lines(session).values()
        assert (line.down_since, line.tries, len(line.why)) == (port.at, 3, 300)
        assert line.next_at == port.at + 2 * HOUR + 4 * MINUTE
        carriages.answered(session, "s" * 32, at=port.at + 3 * HOUR)
        told = {"down_since": line.down_since, "tries": line.tries, "next_at": line.next_at, "why": line.why}
        assert told == {"down_since": None, "tries": 0, "next_at": None, "why": ""}


def test_a_flood_is_a_line_a_day(port: Port) -> None:
    with port.unit() as session:
        for which in range(500):
            file = File("packet", f"{which:064}", which)
            exchange.note(session, file, outcome="refused", by=BY_WIRE, at=port.at, reasons=["not_a_packet"])
        exchange.note(session, File("packet", "f" * 64, 1), outcome="refused", by="district", at=port.at,
                      reasons=["not_a_packet"])  # fmt: skip
        lines = session.exec(select(ExchangeLog).order_by(col(ExchangeLog.id))).all()
    assert [(line.times, line.by, line.file_sha256[-3:]) for line in lines] == [
        (500, "wire", "499"),
        (1, "district", "fff"),
    ]
