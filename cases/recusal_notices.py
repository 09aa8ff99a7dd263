"""Who is told of recusals: who decides, whom it concerns, who seats a substitute. A number and a link, never a reason.

Whom a matter is about is told nothing, not even that it exists. Everybody named here may know: nobody is looked up by what
they see, because who is kept out of a matter is told of it all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from cases import gathering, recusals, round_items, rounds
from cases.matters import OnFile
from cases.office import PERSON, Office, occurred
from cases.organisations import line_above
from cases.people import holders
from cases.recusals import DECLARED, IN_FORCE, Recusal
from cases.round_items import RoundItem
from cases.rounds import RoundSeat
from states import agenda
from states.facts import ENGINE
from states.rulebook import Rulebook

REQUEST, NOTICE, VACANT = "recusal_request", "recusal_notice", "seat_vacant"  # kinds of message


def asked(
    session: Session, office: Office, row: OnFile, found: Recusal, deciders: Iterable[str], *, at: datetime
) -> None:
    """A challenge: those who decide on it are told."""
    _tell(
        session, office, row, REQUEST, deciders, cause=f"recusal:{found.id}:asked", by=found.asked_by, at=at
    )


def decided(session: Session, office: Office, row: OnFile, found: Recusal, *, by: str, at: datetime) -> None:
    """A decision, either way: who asked and the registry are told; the person too, of what is in force or lifted."""
    book = office.rulebook(row.rulebook)
    people = {found.asked_by, *_registry(session, book, row)}
    people -= {found.person}
    if found.state != recusals.REFUSED and not _is_about(session, row.id, found.person):
        people |= {found.person}
    _tell(session, office, row, NOTICE, people, cause=f"recusal:{found.id}:{found.state}", by=by, at=at)


def in_force(
    session: Session, office: Office, row: OnFile, key: int, person: str, *, kind: str, by: str, at: datetime
) -> None:
    """Declared or matched: the registry is told of what somebody declared, those above of what concerns a head; and of
    every seat that is empty now, who is to name its substitute."""
    book = office.rulebook(row.rulebook)
    people = set(_registry(session, book, row)) - {person} if kind == DECLARED else set()
    if person in holders(session, book.decides_recusals, organisation=row.organisation):
        people |= set(receivers_above(session, book, row, out=recusals.out_of(session, row.id) | {person}))
    _tell(session, office, row, NOTICE, people, cause=f"recusal:{key}:{IN_FORCE}", by=by, at=at)
    empty_seats(session, office, in_rounds_of(person), at=at)


def in_rounds_of(person: str) -> ColumnElement[bool]:
    """The condition that holds for every seat of the rounds that this person sits in or may sit in for somebody."""
    theirs = aliased(RoundSeat)
    own = or_(col(theirs.person) == person, col(theirs.substitute) == person)
    return col(RoundSeat.matter).in_(select(col(theirs.matter)).where(own))


def empty_seats(session: Session, office: Office, which: ColumnElement[bool], *, at: datetime) -> None:
    """Tell the registry of every seat whose holder is out and in which nobody sits, in the round or in one item of it,
    while a substitute may be named.

    However often it is called, each is told once for each recusal; of an item, nobody who is kept out of it.
    """
    on = or_(
        col(Recusal.matter) == col(RoundSeat.matter),
        col(Recusal.matter).in_(
            select(col(RoundItem.clue)).where(col(RoundItem.matter) == col(RoundSeat.matter))
        ),
    )
    query = (
        select(col(RoundSeat.matter), col(RoundSeat.person), col(Recusal.matter), func.min(Recusal.id))
        .join(Recusal, and_(col(Recusal.person) == col(RoundSeat.person), on))
        .where(which, col(Recusal.state) == IN_FORCE)
        .group_by(col(RoundSeat.matter), col(RoundSeat.person), col(Recusal.matter))
        .order_by(col(RoundSeat.matter), col(RoundSeat.person), col(Recusal.matter))
    )
    for matter, person, about, key in session.execute(query).all():
        row = gathering.load_by_id(session, matter).row
        if _may_be_filled(office, row) and _is_empty(session, row, person, about):
            people = set(_registry(session, office.rulebook(row.rulebook), row)) - {person}
            people -= recusals.out_of(session, about)
            _tell(
                session, office, row, VACANT, people, cause=f"seat:{matter}:{person}:{key}", by=ENGINE, at=at
            )


def _is_empty(session: Session, row: OnFile, holder: str, about: int) -> bool:
    """Whether nobody sits in this seat: in the item that is the clue `about`, or, where that is the round, in any."""
    rules = rounds.frozen_rules(row)
    if rules is None:
        return False
    empty = agenda.empty(rounds.agenda(session, row, rules))
    items = {clue: item for item, clue in round_items.clues(session, row.id).items()}
    return any(holder in empty[item] for item in ([items[about]] if about in items else empty))


def receivers_above(session: Session, book: Rulebook, row: OnFile, *, out: Iterable[str]) -> list[str]:
    """Those who receive what is sent up, in the nearest body above that has any who are not `out`."""
    kept_out = set(out)
    for body in line_above(session, row.organisation):
        found = [login for login in holders(session, book.receives, organisation=body.code)
                 if login not in kept_out]  # fmt: skip
        if found:
            return found
    return []


def _registry(session: Session, book: Rulebook, row: OnFile) -> Sequence[str]:
    """Those of the keeping body who are told of recusals and may know of this matter."""
    out = recusals.out_of(session, row.id)
    return [login for role in book.recusals_told for login in holders(session, role, organisation=row.organisation)
            if login not in out]  # fmt: skip


def _is_about(session: Session, matter: int, person: str) -> bool:
    query = select(1).where(
        col(Recusal.matter) == matter,
        col(Recusal.person) == person,
        col(Recusal.concerns_them),
        col(Recusal.state) != recusals.REFUSED,
    )
    return session.execute(query).first() is not None


def _may_be_filled(office: Office, row: OnFile) -> bool:
    machine = office.rulebook(row.rulebook).machines[row.machine]
    naming = machine.rounds.substituted_by if machine.rounds else None
    return naming is not None and row.state in machine.moves[naming].from_


def _tell(
    session: Session, office: Office, row: OnFile, document: str, people: Iterable[str], *, cause: str, by: str,
    at: datetime,
) -> None:  # fmt: skip
    to = tuple(PERSON + login for login in sorted(set(people) - {by}))
    if to:
        happened = occurred(row, event=None, move="", at=at, by=by)
        office.announce(session, office, [replace(happened, document=document, to=to, cause=cause)])
