"""Passing on what hangs on one person to another, through the gate; and closing an account behind it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from cases import (
    access,
    attempts,
    bindings,
    invitations,
    passwords,
    people,
    recusals,
    references,
    rounds,
    seat_record,
    second_factors,
    sessions,
    substitutes,
    tokens,
)
from cases.advance import advance_by_engine
from cases.belongings import Belonging, machine_of
from cases.gathering import standing
from cases.matters import Seat
from cases.office import Office
from cases.people import Person
from cases.rounds import RoundSeat
from states.facts import Reason, Refused
from states.rulebook import HandOver, Label

SEATS = frozenset({"seat", "vote", "substitute"})
_WHY = {
    "no_successor": Label(zh="没有指定接替人", en="no successor is named"),
    "successor_leaves": Label(zh="接替人就是移交人本人", en="the successor is the one who leaves"),
    "successor_unknown": Label(
        zh="接替人没有账号或账号已终止", en="the successor has no account, or it has ended"
    ),
    "successor_recused": Label(zh="接替人须回避", en="the successor is recused"),
    "successor_undecided": Label(
        zh="接替人是否应当回避尚未决定", en="it is not decided yet whether the successor is to be kept out"
    ),
    "successor_unfit": Label(
        zh="接替人没有承办所需的任职", en="the successor does not hold the role it asks for"
    ),
    "successor_seated": Label(zh="接替人已有席位", en="the successor sits in it already"),
    "other_body": Label(zh="席位属于另一单位", en="the seat belongs to another body"),
    "successor_blind": Label(zh="接替人无权查看", en="the successor could not see it"),
}


def bar(code: str, number: str, who: str) -> Reason:
    """Why a matter cannot pass on to somebody."""
    why = _WHY[code]
    return Reason(
        code,
        Label(en=f"{number}: {why.en}{f' ({who})' if who else ''}.",
              zh=f"{number}：{why.zh}{f'（{who}）' if who else ''}。"),
        Label(en="Name another successor for it.", zh="请为其另行指定接替人。"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heir:
    """Who takes over from whom, under which rules."""

    leaves: str
    successor: str
    rules: HandOver

    def unfit(self, session: Session, office: Office, one: Belonging) -> Reason | None:
        """Why the successor cannot take this matter over; None where they can."""
        code = self._bar(session, office, one)
        return bar(code, one.row.number, self.successor) if code is not None else None

    def _bar(self, session: Session, office: Office, one: Belonging) -> str | None:
        if self.successor == self.leaves:
            return "successor_leaves"
        person = session.get(Person, self.successor)
        if person is None or not person.active:
            return "successor_unknown"
        if self.successor in recusals.out_of(session, one.row.id):
            return "successor_recused"
        if recusals.undecided(session, [one.row.id], [self.successor]):
            return "successor_undecided"
        if "handler" in one.roles and not self._holds(session, office, one):
            return "successor_unfit"
        if one.roles & SEATS and (code := self._cannot_sit(session, one, person)) is not None:
            return code
        return None if self._would_see(session, office, one) else "successor_blind"

    def _holds(self, session: Session, office: Office, one: Belonging) -> bool:
        fields = machine_of(office, one.row).moves[self.rules.handled].fields
        field = next(each for each in fields if each.sets == "handler")
        fit = references.people_for(session, field, organisation=one.row.organisation, matter=one.row)
        return self.successor in fit

    def _cannot_sit(self, session: Session, one: Belonging, person: Person) -> str | None:
        """Nobody has two votes: who sits in another seat, or is named for one, is no successor in this."""
        mine = [
            seat
            for seat in rounds.seats(session, one.row.id)
            if self.leaves in (seat.person, seat.substitute)
        ]
        own = mine[0].person if len(mine) == 1 else None
        if self.successor == own or self.successor in substitutes.with_a_part(
            session, one.row.id, besides=own
        ):
            return "successor_seated"
        return "other_body" if {seat.organisation for seat in mine} - {person.organisation} else None

    def _would_see(self, session: Session, office: Office, one: Belonging) -> bool:
        postings, *_ = standing(session, self.successor, matter=one.row.id)
        changes: dict[str, Any] = {
            name: self.successor for name in ("handler", "opener") if name in one.roles
        }
        after = replace(one.row, **changes)
        book = office.rulebook(one.row.rulebook)
        return access.sees(
            self.successor, postings, book, after, seated="seat" in one.roles, recused=False
        ) or bool(one.roles <= {"vote", "substitute"})


def pass_on(
    session: Session, office: Office, one: Belonging, heir: Heir, *, by: str, at: datetime
) -> tuple[str, str]:
    """Let the successor take a matter over; its number, and who that is. Raises Refused, as any move may be."""
    row, rules = one.row, heir.rules
    before = seat_record.on_file(session, row.id)
    named = _pass_seats(session, office, one, heir, by=by, at=at)
    move = rules.handled if "handler" in one.roles else rules.passed
    form: dict[str, Any] = {"handed_over_from": heir.leaves, "handed_over_by": by, **named}
    form |= {name: heir.successor for name in ("handler", "opener") if name in one.roles}
    if "seat" in one.roles:
        form["seats"] = _seated(session, row.id, heir)
    if before:
        form |= seat_record.changed(session, row.id, before)
    moved = advance_by_engine(session, office, row.id, move, at=at, form=form)
    if moved is None:
        raise Refused("cannot_hand_over", (bar("successor_unfit", row.number, heir.successor),))
    return row.number, heir.successor


def _seated(session: Session, matter: int, heir: Heir) -> list[str]:
    query = select(col(Seat.person)).where(col(Seat.matter) == matter)
    return sorted(({*session.execute(query).scalars()} - {heir.leaves}) | {heir.successor})


def _pass_seats(
    session: Session, office: Office, one: Belonging, heir: Heir, *, by: str, at: datetime
) -> dict[str, str]:
    """A seat passes on with its vote on everything that nobody has said yet; what was said stays with who said it. Its
    substitute sits in it no longer unless the successor is out too. What history is to hold of a substitute so named.
    """
    if "vote" in one.roles:
        substitutes.keep_what_was_said(session, one.row, holder=heir.leaves)
        mine = (col(RoundSeat.matter) == one.row.id, col(RoundSeat.person) == heir.leaves)
        session.execute(update(RoundSeat).where(*mine).values(person=heir.successor))
        own = (col(RoundSeat.person) == heir.successor, col(RoundSeat.substitute) == heir.successor)
        session.execute(
            update(RoundSeat).where(col(RoundSeat.matter) == one.row.id, *own).values(substitute=None)
        )
        substitutes.reseat(session, office, heir.successor, by=by, at=at)
    return _name_substitute(session, one, heir) if "substitute" in one.roles else {}


def _name_substitute(session: Session, one: Belonging, heir: Heir) -> dict[str, str]:
    """The successor sits in for the first member whom the one who leaves sat in for: a person has one vote."""
    rules = rounds.frozen_rules(one.row)
    holders = [seat.person for seat in rounds.seats(session, one.row.id) if seat.substitute == heir.leaves]
    for holder in holders[1:]:
        substitutes.name(session, one.row, holder=holder, substitute=None)
    if rules is None or not holders:
        return {}
    substitutes.name(session, one.row, holder=holders[0], substitute=heir.successor)
    return {rules.member: holders[0], rules.substitute: heir.successor}


def close(session: Session, login: str, *, at: datetime) -> tuple[int, int]:
    """Close an account: nothing opens it any more. How many sessions and tokens ended."""
    ended = sessions.end_all(session, login, at=at), tokens.revoke(session, login, at=at)
    passwords.forget(session, login)
    second_factors.forget(session, login)
    bindings.forget(session, login)
    attempts.forget(session, login)
    invitations.void(session, login, at=at)
    person = people.person(session, login)
    person.active = False
    session.add(person)
    session.flush()
    return ended
