"""Short words for what people do about recusals, and for what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cases import interests, listing, recusals, recusing
from cases.opening import id_of
from tests.cases.port_office import Port

WHY = "与被反映人系近亲属"


def declare(port: Port, number: str, who: str, reason: str = WHY) -> recusing.Decided:
    with port.unit() as session:
        return recusing.declare(session, port.office, number, actor=who, reason=reason, at=port.at)


def challenge(port: Port, number: str, who: str, person: str) -> int:
    with port.unit() as session:
        return recusing.challenge(
            session, port.office, number, actor=who, person_=person, reason=WHY, at=port.at
        ).id


def decide(port: Port, key: int, who: str, *, grant: bool = True) -> recusing.Decided:
    with port.unit() as session:
        return recusing.decide(session, port.office, key, actor=who, grant=grant, reason="经核实", at=port.at)


def interest(port: Port, who: str, kind: str, name: str) -> None:
    with port.unit() as session:
        interests.declare(session, person=who, kind=kind, name=name, note="", at=port.at)


def out_of(port: Port, number: str) -> set[str]:
    with port.unit() as session:
        return set(recusals.out_of(session, id_of(session, number)))


def told(port: Port, who: str) -> list[dict[str, Any]]:
    with port.unit() as session:
        return recusing.mine(session, port.office, who)


def child(port: Port, number: str, kind: str, who: str = "leader") -> str:
    with port.unit() as session:
        links = listing.shown(session, port.office, number, actor=who)["links"]
    return str([one["number"] for one in links if one["link"] == kind][-1])


def listed(port: Port, who: str, machine: str = "clue") -> Sequence[str]:
    with port.unit() as session:
        return [
            one.number for one in listing.matters(session, port.office, machine, actor=who, at=port.at).lines
        ]
