"""Seats and recusals held against history, row for row: whatever somebody changes in the database is found."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from cases import recusals, recusing, rulebooks, seat_record
from cases.history import Event, digest
from cases.matters import Matter
from cases.recusals import Recusal
from tests.cases.conftest import Unit
from tests.cases.ending_stories import approve, office_of, propose
from tests.cases.port_office import Port
from tests.cases.recusal_stories import WHY, challenge, decide, declare
from tests.cases.round_stories import door, faults, two_items


@pytest.fixture
def port(unit: Unit) -> Port:
    return office_of(unit)


def changed(port: Port, statement: str) -> list[str]:
    """What the audit finds once somebody has changed this behind the office's back; nothing before."""
    with port.unit() as session:
        rulebooks.publish(session, port.office.rulebook(), at=port.at)
    assert faults(port) == []
    with port.unit() as session:
        assert session.connection().execute(text(statement)).rowcount
    return faults(port)


def a_week(port: Port) -> str:
    """A round of two items: substitutes are named, one speaks and is replaced, a member leaves after speaking on one."""
    number, *_ = two_items(port)
    port.do(number, "registrar", "name_substitute", member="overseer", substitute="stranger")
    port.say(number, "contractor", item=1)
    approve(port, propose(port, "contractor", "deputy"))
    port.do(number, "registrar", "name_substitute", member="overseer", substitute="watcher2")
    return number


@pytest.fixture
def others(port: Port) -> None:
    """A second member of the supervisors' firm."""
    with port.unit() as session:
        session.execute(text("INSERT INTO person (login, name, organisation, lang, active) "
                             "VALUES ('watcher2', '方宁', 'HTJ', 'zh', true)"))  # fmt: skip
        session.execute(
            text("INSERT INTO posting (person, role, organisation) VALUES ('watcher2', 'member', 'HTJ')")
        )


SEATS = [
    "UPDATE spoken_seat SET person = 'owner'",
    "UPDATE spoken_seat SET item = 2",
    "DELETE FROM spoken_seat",
    "INSERT INTO spoken_seat (seat, item, person) SELECT id, 2, 'deputy' FROM round_seat WHERE person = 'owner'",
    "UPDATE round_seat SET organisation = 'GKJ', weight = 1 WHERE person = 'deputy'",
    "UPDATE round_seat SET weight = 2 WHERE person = 'owner'",
    "UPDATE round_seat SET veto = true WHERE person = 'owner'",
    "UPDATE round_seat SET substitute = 'stranger' WHERE person = 'overseer'",
    "UPDATE round_seat SET substitute = NULL WHERE person = 'overseer'",
    "UPDATE round_seat SET person = 'contractor' WHERE person = 'deputy'",
]


@pytest.mark.usefixtures("others")
@pytest.mark.parametrize("statement", SEATS)
def test_a_seat_that_was_changed_behind_the_rounds_back_is_found(port: Port, statement: str) -> None:
    a_week(port)
    assert "seats_altered" in changed(port, statement)


@pytest.mark.usefixtures("others")
def test_an_altered_seat_is_found_although_the_next_event_was_written_from_it(port: Port) -> None:
    number, *_ = two_items(port)
    port.say(number, "owner", item=2)
    with port.unit() as session:
        session.execute(text("INSERT INTO spoken_seat (seat, item, person) SELECT id, 2, 'owner' FROM round_seat "
                             "WHERE person = 'contractor'"))  # fmt: skip
        session.execute(text("UPDATE round_seat SET weight = 9 WHERE person = 'overseer'"))
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="stranger")
    port.do(number, "registrar", "name_substitute", member="overseer", substitute="watcher2")
    assert "seats_altered" in faults(port)


def without(session: Session, *keys: str) -> None:
    """History as an earlier version wrote it: these keys are gone, and every chain is whole."""
    for row in session.exec(select(Matter).order_by(col(Matter.id))).all():
        head = ""
        for event in session.exec(select(Event).where(Event.matter == row.id).order_by(col(Event.seq))).all():
            event.data = {name: value for name, value in event.data.items() if name not in keys}
            event.prev_hash, event.hash = head, ""
            event.hash = head = _digest(row.number, event)
            session.add(event)
        row.head_hash = head
        row.values = {name: value for name, value in row.values.items() if name not in keys}
        session.add(row)
    session.flush()


def _digest(number: str, event: Event) -> str:
    return digest(number=number, seq=event.seq, at=event.at, actor=event.actor, move=event.move,
                  from_state=event.from_state, to_state=event.to_state, version=event.version, data=event.data,
                  prev_hash=event.prev_hash)  # fmt: skip


@pytest.mark.usefixtures("others")
def test_rounds_and_recusals_from_before_are_clean_and_judged_as_before(port: Port) -> None:
    number = a_week(port)
    declare(port, number, "owner")
    with port.unit() as session:
        rulebooks.publish(session, port.office.rulebook(), at=port.at)
        without(session, seat_record.CONVENED, seat_record.CHANGED, recusals.SEAL)
        session.execute(text("UPDATE recusal SET salt = ''"))
    assert faults(port) == []
    with port.unit() as session:
        session.execute(text("UPDATE round_seat SET weight = 9 WHERE person = 'owner'"))
    assert faults(port) == ["seats_altered"]


RECUSALS = [
    "UPDATE recusal SET reason = 'x' WHERE origin IS NULL",
    "UPDATE recusal SET reason = 'x'",
    "UPDATE recusal SET reason = 'x' WHERE origin IS NOT NULL",
    "UPDATE recusal SET concerns_them = true",
    "UPDATE recusal SET kind = 'matched'",
    "UPDATE recusal SET asked_by = 'head'",
    "UPDATE recusal SET salt = ''",
    "UPDATE recusal SET salt = 'x'",
]


@pytest.mark.parametrize("statement", RECUSALS)
@pytest.mark.parametrize("way", ["declared", "granted", "by a move", "by an opinion"])
def test_a_recusal_that_was_changed_is_found_however_it_was_put_on_record(
    port: Port, way: str, statement: str
) -> None:
    number, clue, _ = two_items(port)
    if way == "declared":
        declare(port, clue, "leader")
    elif way == "granted":
        decide(port, challenge(port, clue, "leader", "officer2"), "head")
    elif way == "by a move":
        port.do(number, "owner", "declare_recusal", interest="near_relative")
        port.do(number, "contractor", "declare_recusal", interest="other", item=2)
    else:
        port.say(number, "owner", "recused", item=1, opinion_reasons=WHY)
        port.say(number, "contractor", "recused", item=2, opinion_reasons=WHY)
    port.do(clue, "officer", "report_singly")  # something opened or moved since
    assert "recusal_altered" in changed(port, statement)


@pytest.mark.parametrize("statement", [
    "UPDATE recusal SET concerns_them = false WHERE person = 'contractor'",
    "UPDATE recusal SET reason = 'x' WHERE person = 'contractor'",
])  # fmt: skip
def test_a_match_that_was_changed_is_found(port: Port, statement: str) -> None:
    port.clue_with(subject="某甲", subject_unit="第七工程局南方公司")
    assert "recusal_altered" in changed(port, statement)


def test_a_lifted_recusal_keeps_its_seal_and_is_clean(port: Port) -> None:
    clue = port.clue_with()
    key = declare(port, clue, "leader").id
    with port.unit() as session:
        recusing.lift(session, port.office, key, actor="head", reason="经核实", at=port.at)
    assert "recusal_altered" in changed(port, "UPDATE recusal SET reason = 'x'")


def test_history_tells_nobody_what_a_recusal_is_for(port: Port) -> None:
    number, *_ = two_items(port)
    port.say(number, "owner", "recused", item=1, opinion_reasons=WHY)
    with port.unit() as session:
        (salt, *_) = session.exec(select(Recusal.salt).where(Recusal.salt != "")).all()
        data = str(session.exec(select(Event.data)).all())
        assert recusals.SEAL in data
    for secret in (WHY, salt):
        assert secret not in data
        for who in ("contractor", "leader", "registrar"):
            assert secret not in door(port, number, who)
