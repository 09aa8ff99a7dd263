"""The named substitute of a member: sits in the member's seat, and sees of the round what the member is recused from,
exactly while the member is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from cases import recusals, round_items, rounds, sight
from cases.matters import OnFile, Seat
from cases.office import Office
from cases.rounds import RoundSeat, SpokenSeat
from states import agenda
from states.facts import Reason
from states.round_rules import RoundRules
from states.rulebook import Label


def faults(session: Session, row: OnFile, rules: RoundRules, form: Mapping[str, Any]) -> list[Reason]:
    """Why the person that a form names cannot sit in for a member: they have a part of their own in another seat."""
    substitute, member = form.get(rules.substitute), form.get(rules.member)
    if member is None or substitute not in with_a_part(session, row.id, besides=member):
        return []
    return [Reason(
        "sits_already",
        Label(zh=f"{substitute} 已在本次会商的另一席位就席或替补，一人只能有一票。",
              en=f"{substitute} sits in another seat of this round, or is named for one: a person has one vote."),
        Label(zh="请为该成员另行指定替补。", en="Name somebody else for this member."),
    )]  # fmt: skip


def with_a_part(session: Session, matter: int, *, besides: str | None = None) -> frozenset[str]:
    """Everybody who holds a seat of a round, is named to sit in for a member, or has spoken from a seat that passed on;
    leaving out the seat that `besides` holds."""
    seats = {seat.person: seat for seat in rounds.seats(session, matter)}
    named = {one for holder, seat in seats.items() if holder != besides for one in (holder, seat.substitute)}
    spoke = {who for item in rounds.spoken_seats(session, matter).values() for holder, who in item.items()
             if holder != besides}  # fmt: skip
    return frozenset(one for one in named | spoke if one is not None)


def name(session: Session, row: OnFile, *, holder: str, substitute: str | None) -> None:
    """Name the substitute of a member (or nobody), instead of one named before; what that one said stays."""
    keep_what_was_said(session, row, holder=holder)
    held = (col(RoundSeat.matter) == row.id, col(RoundSeat.person) == holder)
    before = session.execute(select(col(RoundSeat.substitute)).where(*held)).scalar()
    if before is not None:
        _unseat(session, row.id, before)
    session.execute(update(RoundSeat).where(*held).values(substitute=substitute))
    if substitute is not None:
        _seat(session, row.id, holder, substitute)


def keep_what_was_said(session: Session, row: OnFile, *, holder: str) -> None:
    """Before a seat passes on, or has another substitute: whoever has spoken from it keeps the items they spoke on."""
    rules = rounds.frozen_rules(row)
    if rules is None:
        return
    held = (col(RoundSeat.matter) == row.id, col(RoundSeat.person) == holder)
    seat = session.execute(select(col(RoundSeat.id)).where(*held)).scalar_one()
    for item, speakers in agenda.spoken(rounds.agenda(session, row, rules)).items():
        if holder in speakers:
            before = (col(SpokenSeat.seat) == seat, col(SpokenSeat.item) == item)
            session.execute(delete(SpokenSeat).where(*before))
            session.execute(insert(SpokenSeat).values(seat=seat, item=item, person=speakers[holder]))


def reseat_for(session: Session, office: Office, substitute: str, *, by: str, at: datetime) -> None:
    """Seat this person for those for whom they are named, where it is decided now that nothing keeps them out."""
    holders = select(col(RoundSeat.person)).where(col(RoundSeat.substitute) == substitute).distinct()
    for holder in session.execute(holders.order_by(col(RoundSeat.person))).scalars().all():
        reseat(session, office, holder, by=by, at=at)


def reseat(session: Session, office: Office, person: str, *, by: str, at: datetime) -> None:
    """Seat the substitutes of this person in the rounds they are out of, and unseat those where they are back in.

    What a substitute's body comes to see of a round is noted as a disclosure.
    """
    named = select(col(RoundSeat.matter), col(RoundSeat.substitute)).where(col(RoundSeat.person) == person)
    for matter, substitute in session.execute(named).all():
        if substitute is not None:
            _unseat(session, matter, substitute)
            _seat(session, matter, person, substitute)
            sight.seated(session, office, matter, by=by, at=at)


def _seat(session: Session, matter: int, holder: str, substitute: str) -> None:
    if not _out_of_some_item(session, matter, holder) or recusals.undecided(session, [matter], [substitute]):
        return
    seated = select(1).where(col(Seat.matter) == matter, col(Seat.person) == substitute)
    if session.execute(seated).first() is None:
        session.execute(insert(Seat).values(matter=matter, person=substitute))


def _out_of_some_item(session: Session, matter: int, person: str) -> bool:
    affected = (matter, *round_items.clues(session, matter).values())
    return any(person in recusals.out_of(session, one) for one in affected)


def _unseat(session: Session, matter: int, substitute: str) -> None:
    """A substitute who holds a seat of their own keeps it."""
    own = select(1).where(col(RoundSeat.matter) == matter, col(RoundSeat.person) == substitute)
    if session.execute(own).first() is None:
        session.execute(delete(Seat).where(col(Seat.matter) == matter, col(Seat.person) == substitute))
