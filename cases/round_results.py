"""A round as one person may see it: its seats, its opinions, its results. Nothing here changes anything.

A sealed opinion is shown to nobody but the one who gave it, whatever role asks: that one was given, when, and its seal.
Of an item that somebody is kept out of they are told that it exists, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import gathering, round_sight, rounds
from cases.errors import NoSuchMatter
from cases.history import Event
from cases.matters import OnFile
from cases.office import Office
from cases.round_sight import Sight
from cases.rounds import GivenOpinion
from states import agenda as agendas
from states import rounds as counting
from states.agenda import FIRST, Agenda
from states.facts import Reason, Refused
from states.round_rules import RoundRules
from states.rounds import Record, Seat, View
from states.rulebook import Label


@dataclass(frozen=True, slots=True)
class Looked:
    """A round, its rules, and what of it the person who looks may see."""

    row: OnFile
    rules: RoundRules
    sight: Sight


def looked(session: Session, office: Office, number: str, *, actor: str) -> Looked:
    """The round with this number as `actor` sees it. What is no round is not found. Raises NoSuchMatter."""
    row = gathering.load(session, office, number, login=actor, for_change=False).row
    rules = rounds.frozen_rules(row)
    if rules is None:
        raise NoSuchMatter(number)
    return Looked(row, rules, round_sight.sight(session, office, row, actor=actor))


def seats(session: Session, office: Office, number: str, *, actor: str) -> list[dict[str, Any]]:
    """The seats of a round: who holds each, for whom, with what weight; by item, who is recused, who sits and who has
    spoken. `recused` and `given` of a seat hold for all items.

    Raises NoSuchMatter.
    """
    seen = looked(session, office, number, actor=actor)
    agenda = rounds.agenda(session, seen.row, seen.rules)
    records = {
        item.number: agendas.record_of(agenda, item)
        for item in agenda.items
        if item.number in seen.sight.items
    }
    return [_seat(seat, records) for seat in agenda.whole.seats]


def _seat(seat: Seat, records: Mapping[int, Record]) -> dict[str, Any]:
    items = [{"item": item} | _in_item(seat, record) for item, record in records.items()]
    return {name: value for name, value in asdict(seat).items() if name != "spoken_by"} | {
        "recused": all(one["recused"] for one in items),
        "given": any(one["given"] for one in items) and all(one["given"] or one["recused"] for one in items),
        "substitute_sits": any(one["substitute_sits"] for one in items),
        "items": items,
    }


def _in_item(seat: Seat, record: Record) -> dict[str, Any]:
    """`spoken_by`: who spoke from this seat before it passed on, where what they said still stands."""
    out, sitting = counting.recused(record), counting.may_speak(record)
    here = next(one for one in record.seats if one.person == seat.person)
    spoken_by = here.spoken_by if here.spoken_by in sitting else None
    said = {one.person for one in record.opinions}
    return {"recused": seat.person in out and spoken_by is None, "given": spoken_by is not None or seat.person in said,
            "substitute_sits": spoken_by is None and seat.person in out and seat.substitute in sitting,
            "spoken_by": spoken_by}  # fmt: skip


def opinions(session: Session, office: Office, number: str, *, actor: str) -> list[dict[str, Any]]:
    """Every opinion given in a round, the changed ones too. What a sealed one says is left out. Raises NoSuchMatter."""
    seen = looked(session, office, number, actor=actor)
    closes = rounds.closes_at(session, seen.row.id, seen.rules)
    found = [one for one in rounds.given(session, seen.row.id) if one.item in seen.sight.items]
    last = {(one.item, one.person): one.seq for one in found}
    return [_shown(one, actor=actor) | {"late": closes is not None and one.given_at >= closes,
                                        "replaced": one.seq < last[one.item, one.person]}
            for one in found]  # fmt: skip


def _shown(one: GivenOpinion, *, actor: str) -> dict[str, Any]:
    """As far as `actor` may read it. Why somebody recused themselves stands with the recusal, for those who decide."""
    bare = {"item": one.item, "person": one.person, "seq": one.seq, "given_at": one.given_at.isoformat(),
            "seal": one.seal, "sealed": one.opened_at is None}  # fmt: skip
    if one.opened_at is None and one.person != actor:
        return bare
    if one.view == View.RECUSED and one.person != actor:
        return bare | {"view": one.view, "conditions": "", "reasons": ""}
    return bare | {"view": one.view, "conditions": one.conditions, "reasons": one.reasons, "salt": one.salt}


def result(session: Session, office: Office, number: str, *, actor: str) -> dict[str, Any]:
    """What a round decided on each item, counted anew from its record, and whether that is what stands on file.

    `result`, `decision` and `on_file` are item 1's; `items` has every item's. `on_file` is empty until the round is
    resolved. Raises NoSuchMatter, and Refused while opinions are sealed.
    """
    seen = looked(session, office, number, actor=actor)
    if not rounds.unsealed(session, seen.row, seen.rules):
        raise Refused("sealed", (_SEALED,))
    items = _counted(rounds.agenda(session, seen.row, seen.rules), seen)
    first = next((one for one in items if one["item"] == FIRST and not one["recused"]), None) or {}
    return {
        "number": seen.row.number, "result": first.get("result"), "decision": first.get("decision"),
        "on_file": first.get("on_file"), "agrees": all(one.get("agrees", True) for one in items),
        "items": items, "broken_seals": broken_seals(session, seen.row, items=seen.sight.items),
        "rules": seen.row.values[rounds.RULES],
    }  # fmt: skip


def _counted(agenda: Agenda, seen: Looked) -> list[dict[str, Any]]:
    results, held = agendas.results(agenda), rounds.held_results(seen.row)
    decisions = rounds.decisions(agenda, results)
    found: list[dict[str, Any]] = []
    for item in agenda.numbers:
        if item not in seen.sight.items:
            found.append({"item": item, "recused": True})
            continue
        plain, on_file = rounds.plain(results[item].as_dict()), held.get(item)
        found.append({"item": item, "recused": False, "decision": decisions[item], "result": plain, "on_file": on_file,
                      "agrees": on_file is None or on_file == plain})  # fmt: skip
    return found


def version_to_expect(session: Session, office: Office, number: str, version: int, *, actor: str) -> int:
    """The version an opinion may be given at by somebody who saw `version`: the round's present one, where nothing was
    done since but that others gave theirs; else `version`. The round is locked until the end of the transaction.

    Members speak at once, and what one says changes nothing for another. Raises NoSuchMatter.
    """
    row = gathering.load(session, office, number, login=actor, for_change=True).row
    rules = rounds.frozen_rules(row)
    if rules is None:
        raise NoSuchMatter(number)
    since = select(col(Event.move)).where(col(Event.matter) == row.id, col(Event.version) > version)
    others = set(session.execute(since).scalars())
    return row.version if version < row.version and others == {rules.given_by} else version


_SEALED = Reason(
    "sealed",
    Label(en="The opinions of this round are still sealed.", zh="本次会商的意见尚未开启。"),
    Label(en="They are opened when all are in or the time is up.", zh="意见收齐或期限届满后开启。"),
)


def broken_seals(session: Session, row: OnFile, *, items: frozenset[int] | None = None) -> list[str]:
    """Whose opinions are not as they were given: the content does not fit its seal, or its seal is not in history.

    On these `items`; on all of them, if none are named.
    """
    events = select(col(Event.actor), col(Event.data)).where(col(Event.matter) == row.id)
    noted = {
        (data.get("item", FIRST), actor, data["opinion_no"], data["seal"])
        for actor, data in session.execute(events)
        if "seal" in data
    }
    kept = set()
    broken = set()
    for one in rounds.given(session, row.id):
        mark = rounds.seal(row.number, one.person, one.seq, view=one.view, conditions=one.conditions,
                           reasons=one.reasons, given_at=one.given_at, salt=one.salt, item=one.item)  # fmt: skip
        kept.add((one.item, one.person, one.seq, one.seal))
        if mark != one.seal:
            broken.add((one.item, one.person))
    broken |= {(item, person) for item, person, _, _ in kept ^ noted}
    return sorted({person for item, person in broken if items is None or item in items})
