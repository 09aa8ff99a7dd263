"""An account that ends: who else is there, and short words for how it comes about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlmodel import Session, col, select

from cases import (
    audit,
    belongings,
    ending,
    round_results,
    rulebooks,
)
from cases.deadlines import Deadline
from cases.ending import AccountEnd, Ended, Proposal
from cases.matters import Matter
from cases.people import Person, Posting
from states.facts import Refused
from tests.cases.conftest import Unit
from tests.cases.port_office import Port


def office_of(unit: Unit) -> Port:
    """The office, with a second member of the contractor's and a second supervisor on site."""
    with unit() as session:
        for login, name, body, role in (
            ("deputy", "高远", "QJN", "member"),
            ("stranger", "宋平", "HTJ", "member"),
            ("watcher", "石磊", "MGJ", "supervisor"),
        ):
            session.add(Person(login=login, name=name, organisation=body))
            session.flush()
            session.add(Posting(person=login, role=role, organisation=body))
    return Port(unit)


def propose(
    port: Port, person: str, successor: str | None, by: str = "registrar", /, **others: str
) -> AccountEnd:
    with port.unit() as session:
        proposal = Proposal(person, successor, {k.replace("_", "-"): v for k, v in others.items()}, "调离")
        return ending.propose(session, port.office, proposal, actor=by, at=port.at)


def approve(port: Port, end: AccountEnd, by: str = "head") -> Ended:
    assert end.id is not None
    with port.unit() as session:
        return ending.approve(session, port.office, end.id, actor=by, at=port.at)


def codes(refusal: Refused) -> set[str]:
    return {reason.code for reason in refusal.reasons}


def on_file(session: Session, number: str) -> Matter:
    return session.exec(select(Matter).where(Matter.number == number)).one()


def clocks(session: Session, number: str) -> Mapping[str, Any]:
    held = select(Deadline).where(Deadline.matter == on_file(session, number).id)
    return {one.name: (one.status, one.due_on) for one in session.exec(held.order_by(col(Deadline.id))).all()}


def left(port: Port, login: str) -> belongings.Belongings:
    with port.unit() as session:
        return belongings.of(session, port.office, login)


def second_deputy(port: Port) -> str:
    with port.unit() as session:
        session.add(Person(login="deputy2", name="罗平", organisation="QJN"))
        session.flush()
        session.add(Posting(person="deputy2", role="member", organisation="QJN"))
    return "deputy2"


def counted(port: Port, number: str) -> Mapping[str, int]:
    """The opinions of the round once it is decided, with the file sound."""
    port.walk(number, ("leader", "collect_opinions"), ("leader", "resolve"))
    with port.unit() as session:
        rulebooks.publish(session, port.office.rulebook(), at=port.at)
        found = round_results.result(session, port.office, number, actor="leader")
        assert audit.verify(session).faults == ()
    return cast(Mapping[str, int], found["result"]["counts"])


def others_agree(port: Port, number: str) -> None:
    port.say(number, "owner")
    port.say(number, "overseer")
