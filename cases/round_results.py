"""A round as one person may see it: its seats, its opinions, its result. Nothing here changes anything.

A sealed opinion is shown to nobody but the one who gave it, whatever role asks: that one was given, when, and its seal.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import gathering, rounds
from cases.errors import NoSuchMatter
from cases.history import Event
from cases.matters import OnFile
from cases.office import Office
from cases.rounds import GivenOpinion
from states import rounds as counting
from states.facts import Reason, Refused
from states.round_rules import RoundRules
from states.rulebook import Label


def seats(session: Session, office: Office, number: str, *, actor: str) -> list[dict[str, Any]]:
    """The seats of a round: who holds each, for whom, with what weight, and whether its holder is recused.

    Raises NoSuchMatter.
    """
    row, rules = _round(session, office, number, actor=actor)
    record = rounds.record(session, row, rules)
    out, sitting = counting.recused(record), counting.may_speak(record)
    said = {one.person for one in record.opinions}
    return [asdict(seat) | {"recused": seat.person in out, "given": seat.person in said,
                            "substitute_sits": seat.person in out and seat.substitute in sitting}
            for seat in record.seats]  # fmt: skip


def opinions(session: Session, office: Office, number: str, *, actor: str) -> list[dict[str, Any]]:
    """Every opinion given in a round, the changed ones too. What a sealed one says is left out. Raises NoSuchMatter."""
    row, rules = _round(session, office, number, actor=actor)
    closes = rounds.closes_at(session, row.id, rules)
    found = rounds.given(session, row.id)
    last = {one.person: one.seq for one in found}
    return [_shown(one, actor=actor) | {"late": closes is not None and one.given_at >= closes,
                                        "replaced": one.seq < last[one.person]}
            for one in found]  # fmt: skip


def _shown(one: GivenOpinion, *, actor: str) -> dict[str, Any]:
    bare = {"person": one.person, "seq": one.seq, "given_at": one.given_at.isoformat(), "seal": one.seal,
            "sealed": one.opened_at is None}  # fmt: skip
    if one.opened_at is None and one.person != actor:
        return bare
    return bare | {"view": one.view, "conditions": one.conditions, "reasons": one.reasons, "salt": one.salt}


def result(session: Session, office: Office, number: str, *, actor: str) -> dict[str, Any]:
    """What a round decided, counted anew from its record, and whether that is what stands on file.

    `on_file` is empty until the round is resolved. Raises NoSuchMatter, and Refused while opinions are sealed.
    """
    row, rules = _round(session, office, number, actor=actor)
    if not rounds.unsealed(session, row, rules):
        raise Refused("sealed", (_SEALED,))
    counted = counting.recount(rounds.record(session, row, rules))
    plain, on_file = rounds.plain(counted.as_dict()), row.values.get(rounds.RESULT)
    return {
        "number": row.number, "result": plain, "decision": rounds.decision(rules, counted.outcome, row.values),
        "on_file": on_file, "agrees": on_file is None or on_file == plain,
        "broken_seals": broken_seals(session, row), "rules": row.values[rounds.RULES],
    }  # fmt: skip


_SEALED = Reason(
    "sealed",
    Label(en="The opinions of this round are still sealed.", zh="本次会商的意见尚未开启。"),
    Label(en="They are opened when all are in or the time is up.", zh="意见收齐或期限届满后开启。"),
)


def broken_seals(session: Session, row: OnFile) -> list[str]:
    """Whose opinions are not as they were given: the content does not fit its seal, or its seal is not in history."""
    events = select(col(Event.actor), col(Event.data)).where(col(Event.matter) == row.id)
    noted = {
        (actor, data["opinion_no"], data["seal"]) for actor, data in session.execute(events) if "seal" in data
    }
    kept = set()
    broken = set()
    for one in rounds.given(session, row.id):
        mark = rounds.seal(row.number, one.person, one.seq, view=one.view, conditions=one.conditions,
                           reasons=one.reasons, given_at=one.given_at, salt=one.salt)  # fmt: skip
        kept.add((one.person, one.seq, one.seal))
        if mark != one.seal:
            broken.add(one.person)
    return sorted(broken | {person for person, _, _ in kept ^ noted})


def _round(session: Session, office: Office, number: str, *, actor: str) -> tuple[OnFile, RoundRules]:
    """The round with this number as `actor` sees it. What is no round is not found."""
    row = gathering.load(session, office, number, login=actor, for_change=False).row
    rules = rounds.frozen_rules(row)
    if rules is None:
        raise NoSuchMatter(number)
    return row, rules
