"""The named substitute of a member: sits in the member's seat, and sees of the round what the member is recused from,
exactly while the member is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session, col

from cases import recusals, round_items, sight
from cases.matters import Seat
from cases.office import Office
from cases.rounds import RoundSeat


def name(session: Session, matter: int, *, holder: str, substitute: str) -> None:
    """Name the substitute of a member, instead of one named before."""
    held = (col(RoundSeat.matter) == matter, col(RoundSeat.person) == holder)
    before = session.execute(select(col(RoundSeat.substitute)).where(*held)).scalar()
    if before is not None:
        _unseat(session, matter, before)
    session.execute(update(RoundSeat).where(*held).values(substitute=substitute))
    _seat(session, matter, holder, substitute)


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
    if not _out_of_some_item(session, matter, holder):
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
