"""The seats of a round as its history tells of them: as it was convened, and every change since.

An event that seats somebody, names a substitute or lets a seat pass on says what became of the seats. So an audit
replays them, and finds a row that was changed, put in or taken out behind the history's back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session, col

from cases.organisations import Organisation
from cases.people import Person
from cases.rounds import RoundSeat, SpokenSeat
from states.round_rules import RoundRules

CONVENED, CHANGED = "seats_convened", "seats_changed"  # under which an event holds them
FROM = "handed_over_from"  # whose account ended, in the event by which a seat passes on
_FROZEN = ("organisation", "weight", "veto")
_CHANGING = ("person", "substitute", "spoken")


class SeatsDoNotFollow(Exception):
    """What an event says of the seats cannot have become of those before: it was read from a row that was altered."""


Seats = Mapping[str, Mapping[str, Any]]  # by whoever holds each


def convened(session: Session, rules: RoundRules, people: Iterable[str]) -> list[dict[str, Any]]:
    """The seats of a round about to be convened: who, for which body, with which weight and veto."""
    query = (
        select(col(Person.login), col(Person.organisation), col(Organisation.kind))
        .join(Organisation, col(Organisation.code) == col(Person.organisation))
        .where(col(Person.login).in_(list(people)))
        .order_by(col(Person.login))
    )
    return [
        {"person": login, "organisation": body, "weight": rules.weights.get(kind, 1), "veto": kind in rules.veto}
        for login, body, kind in session.execute(query)
    ]  # fmt: skip


def put_down(session: Session, matter: int, values: Mapping[str, Any]) -> None:
    """Put down the seats that a round starts with."""
    if values.get(CONVENED):
        session.execute(insert(RoundSeat), [{"matter": matter, **seat} for seat in values[CONVENED]])


def on_file(session: Session, matter: int) -> dict[int, dict[str, Any]]:
    """The seats as they stand, by their key; `spoken`: by item (as text), who spoke from it before it passed on."""
    names = ("person", *_FROZEN, "substitute")
    query = select(col(RoundSeat.id), *(getattr(RoundSeat, name) for name in names)).where(
        col(RoundSeat.matter) == matter
    )
    found = {
        row[0]: dict(zip(names, row[1:], strict=True)) | {"spoken": {}} for row in session.execute(query)
    }
    said = select(col(SpokenSeat.seat), col(SpokenSeat.item), col(SpokenSeat.person)).join(
        RoundSeat, col(RoundSeat.id) == col(SpokenSeat.seat)
    )
    for seat, item, person in session.execute(said.where(col(RoundSeat.matter) == matter)):
        found[seat]["spoken"][str(item)] = person
    return found


def changed(session: Session, matter: int, before: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """What an event is to hold of the seats, which stood as `before`: of each that changed, what is other now."""
    found = []
    for key, now in on_file(session, matter).items():
        other = {name: now[name] for name in _CHANGING if now[name] != before[key][name]}
        if other:
            found.append({"seat": before[key]["person"], "now": other})
    return {CHANGED: found}


def replayed(history: Iterable[Mapping[str, Any]]) -> Seats | None:
    """The seats that the data of a round's events amount to; None where the first does not hold them, as those of
    earlier versions do not. Raises SeatsDoNotFollow.
    """
    seats: dict[str, Mapping[str, Any]] | None = None
    for place, data in enumerate(history):
        if place == 0 and CONVENED not in data:
            return None
        if place == 0:
            seats = {one["person"]: one | {"substitute": None, "spoken": {}} for one in data[CONVENED]}
        elif seats is not None:
            for change in data.get(CHANGED, ()):
                seat = _after(seats.pop(change["seat"], None), change["now"], leaves=data.get(FROM))
                seats[seat["person"]] = seat
    return seats


def _after(seat: Mapping[str, Any] | None, now: Mapping[str, Any], *, leaves: str | None) -> dict[str, Any]:
    if seat is None or ("person" in now and seat["person"] != leaves):
        raise SeatsDoNotFollow("A seat passed on that nobody left.")
    spoke = {**seat["spoken"], **now.get("spoken", {})}
    could = {seat["person"], seat["substitute"]}
    if any(seat["spoken"].get(item) != person and person not in could for item, person in spoke.items()):
        raise SeatsDoNotFollow("Somebody spoke from a seat that was not theirs.")
    return {**seat, **now}
