"""Ledgers that only grow are sealed with every checkpoint: nobody takes a line back out of them unseen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import select

from cases import audit, checkpoints, disclosures, ledger_seals, reads
from cases.disclosures import Left
from cases.history import Checkpoint
from cases.opening import id_of
from tests.cases.conftest import Unit
from tests.cases.port_office import Port


@pytest.fixture
def port(unit: Unit) -> Port:
    """An office with a clue, a round about it, a disclosure of each kind of day, and a seal upon them."""
    port = Port(unit)
    told(port, "BHJ")
    told(port, "GKJ")
    port.do(port.clue_with(), "officer", "convene", seats=["owner", "contractor"])
    sealed(port)
    return port


def told(port: Port, whom: str) -> None:
    clue = port.clue_with()
    with port.unit() as session:
        left = Left(["title"])
        disclosures.record(session, id_of(session, clue), "brief", left, told=whom, by="leader", at=port.at)
        reads.note(session, clue, login="leader", what=reads.FILE, door="page", at=port.at)


def sealed(port: Port) -> checkpoints.Taken:
    port.at += timedelta(hours=1)
    with port.unit() as session:
        reached = ledger_seals.reached(session)
    with port.unit() as session:
        return checkpoints.take(session, at=port.at, seals=ledger_seals.seal(session, reached))


def faults(port: Port) -> list[tuple[str, str]]:
    with port.unit() as session:
        return [(one.subject, one.code) for one in audit.verify(session).faults]


def test_what_was_only_added_to_is_sound(port: Port) -> None:
    assert faults(port) == []
    told(port, "BHJ")
    assert faults(port) == []
    assert sealed(port).id is not None
    assert sealed(port).id is None, "nothing was added since"
    assert faults(port) == []


@pytest.mark.parametrize(
    "touched, ledger",
    [
        ("DELETE FROM disclosure WHERE id = 1", "disclosure"),
        ("UPDATE disclosure SET told = 'GKJ' WHERE id = 1", "disclosure"),
        ("UPDATE disclosure SET fields = '[]' WHERE id = 2", "disclosure"),
        ("DELETE FROM read_log", "read_log"),
        ("UPDATE read_log SET login = 'head' WHERE id = 1", "read_log"),
        ("DELETE FROM matter_link", "matter_link"),
        ("UPDATE matter_link SET kind = 'task'", "matter_link"),
    ],
)
def test_a_line_taken_out_or_told_otherwise_is_found(port: Port, touched: str, ledger: str) -> None:
    with port.unit() as session:
        session.execute(text(touched))
    assert (ledger, "ledger_altered") in faults(port)


def test_a_line_put_in_between_is_found(port: Port) -> None:
    with port.unit() as session:
        session.execute(text("UPDATE disclosure SET id = 100 WHERE id = 2"))
    sealed(port)
    assert faults(port) == [("disclosure", "ledger_altered")]


def test_a_later_seal_hides_nothing(port: Port) -> None:
    """Whoever alters a line and has everything sealed anew is found by the seal before."""
    with port.unit() as session:
        session.execute(text("UPDATE disclosure SET told = 'GKJ' WHERE id = 1"))
    told(port, "BHJ")
    sealed(port)
    with port.unit() as session:
        (fault,) = audit.verify(session).faults
    assert (fault.subject, fault.why.en) == (
        "disclosure",
        "The ledger of disclosures, rows 1 to 2: a row was changed, deleted or put in after checkpoint 1 had sealed them.",
    )


def test_a_seal_itself_cannot_be_rewritten(port: Port) -> None:
    with port.unit() as session:
        row = session.exec(select(Checkpoint)).one()
        row.ledgers = row.ledgers | {"disclosure": [0, ""]}
        session.add(row)
    assert ("checkpoint 1", "checkpoint_altered") in faults(port)


def test_while_somebody_is_writing_the_ledgers_are_left_for_the_next_seal(port: Port) -> None:
    with port.unit() as writer:
        clue = port.clue_with() if writer.connection().dialect.name == "postgresql" else None
        if clue is None:
            pytest.skip("SQLite has one writer at a time: whoever seals is alone")
        reads.note(writer, clue, login="leader", what=reads.FILE, door="page", at=port.at)
        with port.unit() as session:
            assert ledger_seals.reached(session) == {}
        assert sealed(port).id is not None, "the chains are noted all the same"
    assert sealed(port).id is not None
    assert faults(port) == []
