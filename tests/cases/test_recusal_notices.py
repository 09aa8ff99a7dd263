"""Who is told of recusals: who decides, who asked, whom it concerns unless it is about them, who fills the seat."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from cases import interests, recusing
from cases.recusals import Recusal
from notifications import outbox
from notifications.messages import Letterhead, render
from notifications.notices import Notice
from tests.cases.conftest import Unit, join_deputy
from tests.cases.port_office import Port, port_office
from tests.cases.round_stories import two_items

WHY = "与被反映人系近亲属"


@pytest.fixture
def port(unit: Unit) -> Port:
    join_deputy(unit)
    office = port_office()
    office = type(office)(office.rulebooks, office.current, office.calendar, outbox.plan)
    return Port(unit, office)


def told(port: Port, *documents: str) -> list[tuple[str, str]]:
    """Who was told what of recusals, in order."""
    wanted = documents or ("recusal_request", "recusal_notice", "seat_vacant")
    with port.unit() as session:
        rows = session.exec(select(Notice).where(col(Notice.document).in_(wanted)).order_by(col(Notice.id)))
        return [(row.document, row.recipient) for row in rows]


def challenge(port: Port, number: str, who: str, person: str) -> int:
    with port.unit() as session:
        return recusing.challenge(
            session, port.office, number, actor=who, person_=person, reason=WHY, at=port.at
        ).id


def decide(port: Port, key: int, who: str, *, grant: bool = True) -> None:
    with port.unit() as session:
        recusing.decide(session, port.office, key, actor=who, grant=grant, reason="经核实", at=port.at)


def declare(port: Port, number: str, who: str) -> None:
    with port.unit() as session:
        recusing.declare(session, port.office, number, actor=who, reason=WHY, at=port.at)


def test_a_challenge_tells_those_who_decide_and_nobody_else(port: Port) -> None:
    challenge(port, port.clue_with(), "registrar", "officer")
    assert told(port) == [("recusal_request", "head")]


def test_a_challenge_of_the_head_is_told_above(port: Port) -> None:
    challenge(port, port.clue_with(), "registrar", "head")
    assert told(port) == [("recusal_request", "district"), ("recusal_request", "district2")]


def test_a_decision_tells_the_person_who_asked_and_the_registry(port: Port) -> None:
    key = challenge(port, port.clue_with(), "registrar", "officer")
    decide(port, key, "head")
    assert told(port, "recusal_notice") == [
        ("recusal_notice", who) for who in ("leader", "officer", "registrar")
    ]


def test_a_challenge_that_is_refused_is_nothing_the_person_hears_of(port: Port) -> None:
    key = challenge(port, port.clue_with(), "registrar", "officer")
    decide(port, key, "head", grant=False)
    assert told(port, "recusal_notice") == [("recusal_notice", who) for who in ("leader", "registrar")]


def test_who_is_the_subject_is_told_nothing_whatever_is_decided(port: Port) -> None:
    port.note(subject="李明")  # as the case officer is called
    with port.unit() as session:
        found = session.exec(select(Recusal).where(col(Recusal.person) == "officer")).one()
        assert found.concerns_them
        recusing.lift(session, port.office, found.id or 0, actor="head", reason="同名", at=port.at)
    assert told(port) == [("recusal_notice", "leader"), ("recusal_notice", "registrar")]


def test_lifting_tells_whoever_is_back(port: Port) -> None:
    key = challenge(port, port.clue_with(), "registrar", "officer")
    decide(port, key, "head")
    with port.unit() as session:
        recusing.lift(session, port.office, key, actor="head", reason="已不相关", at=port.at)
    assert told(port, "recusal_notice").count(("recusal_notice", "officer")) == 2


def test_a_declared_interest_tells_the_registry_and_the_head_s_own_goes_up(port: Port) -> None:
    declare(port, port.clue_with(), "officer")
    assert told(port) == [("recusal_notice", "leader"), ("recusal_notice", "registrar")]
    declare(port, port.clue_with("officer2"), "head")
    assert told(port)[2:] == [
        ("recusal_notice", who) for who in ("district", "district2", "leader", "registrar")
    ]


def briefed(port: Port) -> str:
    """A round of two whose brief is with its members, who see it from then on."""
    number = port.note("leader", "consultation", seats=["owner", "contractor"])
    port.do(number, "registrar", "send_brief")
    return number


def test_an_empty_seat_is_told_once_to_those_who_name_the_substitute(port: Port) -> None:
    number = briefed(port)
    port.do(number, "contractor", "declare_recusal")
    assert told(port, "seat_vacant") == [("seat_vacant", "leader"), ("seat_vacant", "registrar")]
    port.do(number, "leader", "open_session")
    assert len(told(port, "seat_vacant")) == 2, "however many moves come after"


def test_a_seat_with_a_substitute_is_not_empty(port: Port) -> None:
    number = briefed(port)
    port.do(number, "leader", "name_substitute", member="contractor", substitute="deputy")
    port.do(number, "contractor", "declare_recusal")
    assert told(port, "seat_vacant") == []


def test_a_match_tells_of_the_seat_and_of_nothing_else(port: Port) -> None:
    with port.unit() as session:
        interests.declare(session, person="owner", kind="project", name="港口中心项目", note="", at=port.at)
    port.note(project="PC")
    assert told(port) == []
    port.note("registrar", "consultation", seats=["owner", "contractor"], project="PC")
    assert told(port) == [("seat_vacant", "leader"), ("seat_vacant", "registrar")]


def test_who_is_kept_out_is_told_of_no_seat(port: Port) -> None:
    number = briefed(port)
    declare(port, number, "registrar")
    declare(port, number, "owner")
    assert told(port, "seat_vacant") == [("seat_vacant", "leader")]


def test_the_messages_hold_a_number_and_a_link_and_no_reason(port: Port) -> None:
    key = challenge(port, port.clue_with(), "registrar", "officer")
    decide(port, key, "head")
    with port.unit() as session:
        claimed = [one for one in _claimed(session, port) if one.document.startswith("recusal")]
    assert len(claimed) == 4
    for one in claimed:
        message = render(
            one, Letterhead(port.office, rehearsal=False, base_url="http://x", sender="a@b.example")
        )
        assert "MGJ-2026-0001" in message.subject
        assert WHY not in message.text
        assert "经核实" not in message.text
        assert "http://x/matters/MGJ-2026-0001" in message.text
        assert "回避" in message.text


def _claimed(session: Session, port: Port) -> list[outbox.Claimed]:
    return outbox.claim(session, worker="a", at=port.at, limit=500, lease_for=timedelta(minutes=1))


def test_a_seat_that_is_empty_in_one_item_alone_is_told_as_well(port: Port) -> None:
    number, *_ = two_items(port)
    port.do(number, "contractor", "declare_recusal", item=2)
    assert told(port, "seat_vacant") == [("seat_vacant", "leader"), ("seat_vacant", "registrar")]
    port.say(number, "owner", item=1)
    assert len(told(port, "seat_vacant")) == 2, "once, however many moves come after"


def test_who_is_kept_out_of_the_item_is_not_told_of_its_empty_seat(port: Port) -> None:
    number, _, other = two_items(port)
    declare(port, other, "registrar")
    port.do(number, "contractor", "declare_recusal", item=2)
    assert told(port, "seat_vacant") == [("seat_vacant", "leader")]


def test_a_substitute_in_the_item_fills_the_seat_there(port: Port) -> None:
    number, *_ = two_items(port)
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="deputy")
    port.do(number, "contractor", "declare_recusal", item=2)
    assert told(port, "seat_vacant") == []


def test_of_two_seats_with_one_substitute_the_second_is_told_to_be_empty(port: Port) -> None:
    number = briefed(port)
    port.do(number, "leader", "name_substitute", member="contractor", substitute="deputy")
    with port.unit() as session:
        session.execute(text("UPDATE round_seat SET substitute = 'deputy' WHERE person = 'owner'"))
    declare(port, number, "contractor")
    assert told(port, "seat_vacant") == []
    declare(port, number, "owner")
    assert told(port, "seat_vacant") == [("seat_vacant", "leader"), ("seat_vacant", "registrar")]
