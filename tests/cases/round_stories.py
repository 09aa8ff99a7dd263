"""Rounds of several items, as far as a story needs them before it begins; and what anybody can read of them."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from cases import audit, interests, listing, round_agenda, round_results, surveys
from cases.matters import Seat
from cases.opening import id_of
from states.facts import Refused
from tests.cases.port_office import Port

WORD = "冰下暗流zq"  # planted in what belongs to item 2
FIRM = "远洋劳务公司"


def shown(port: Port, number: str, who: str = "leader") -> dict[str, Any]:
    with port.unit() as session:
        return listing.shown(session, port.office, number, actor=who)


def linked(port: Port, number: str, kind: str) -> list[str]:
    return [one["number"] for one in shown(port, number)["links"] if one["link"] == kind]


def result(port: Port, number: str, who: str = "leader") -> dict[str, Any]:
    with port.unit() as session:
        return round_results.result(session, port.office, number, actor=who)


def opinions(port: Port, number: str, who: str) -> list[dict[str, Any]]:
    with port.unit() as session:
        return round_results.opinions(session, port.office, number, actor=who)


def agenda(port: Port, number: str, who: str = "leader") -> dict[str, Any]:
    with port.unit() as session:
        return round_agenda.business(session, port.office, number, actor=who, at=port.at)


def door(port: Port, number: str, who: str) -> str:
    """Everything that somebody can read of a round."""
    with port.unit() as session:
        found: list[Any] = [
            listing.shown(session, port.office, number, actor=who),
            listing.history(session, port.office, number, actor=who),
            surveys.moves(session, port.office, number, actor=who, at=port.at).as_dict("zh"),
            round_results.seats(session, port.office, number, actor=who),
            round_results.opinions(session, port.office, number, actor=who),
            round_agenda.business(session, port.office, number, actor=who, at=port.at),
            listing.matters(session, port.office, "consultation", actor=who, at=port.at),
            listing.matters(session, port.office, "task", actor=who, at=port.at),
        ]
        try:
            found.append(round_results.result(session, port.office, number, actor=who))
        except Refused as refused:
            found.append(str(refused))
    return str(found)


def faults(port: Port) -> list[str]:
    with port.unit() as session:
        return sorted(one.code for one in audit.verify(session).faults)


def convened(
    port: Port, *, seats: tuple[str, ...] = ("owner", "contractor", "overseer"), **about: Any
) -> tuple[str, str, str]:
    """A round on a clue that takes up another, with a word in all that is said of the second: round, clue, other."""
    clue, other = port.clue_with(), port.clue_with(**about)
    port.do(clue, "officer", "convene", seats=list(seats), proposed="rectify")
    number = linked(port, clue, "consultation")[-1]
    port.do(
        number, "registrar", "take_up_clue", clue=other, brief_item=f"另有一事{WORD}", proposed_item="rectify"
    )
    return number, clue, other


def opened(port: Port, number: str) -> str:
    port.walk(number, ("officer", "send_brief"), ("leader", "open_session"))
    return number


def two_items(port: Port, **about: Any) -> tuple[str, str, str]:
    """The same in session."""
    number, clue, other = convened(port, **about)
    return opened(port, number), clue, other


def all_say(
    port: Port,
    number: str,
    item: int,
    opinion: str = "agree",
    *,
    who: tuple[str, ...] = ("owner", "contractor", "overseer"),
) -> None:
    for one in who:
        port.say(
            number, one, opinion, item=item, opinion_reasons="工期不足" if opinion == "disagree" else None
        )


def resolved(port: Port, number: str) -> None:
    port.walk(number, ("leader", "collect_opinions"), ("leader", "resolve"))


def interested(port: Port, who: str = "contractor") -> None:
    with port.unit() as session:
        interests.declare(session, person=who, kind="company", name=FIRM, note="", at=port.at)


def apart(port: Port) -> str:
    """A round in session whose second item touches the contractor's interest; the deputy sits in for them there."""
    interested(port)
    number, *_ = convened(port, subject="某甲", subject_unit=FIRM)
    port.do(number, "registrar", "name_substitute", member="contractor", substitute="deputy")
    return opened(port, number)


def seated(port: Port, number: str) -> set[str]:
    with port.unit() as session:
        query = select(Seat.person).where(col(Seat.matter) == id_of(session, number))
        return set(session.exec(query))


def both_decided(port: Port) -> tuple[str, str, str]:
    number, clue, other = two_items(port)
    all_say(port, number, 1)
    all_say(port, number, 2)
    resolved(port, number)
    return number, clue, other
