"""The clues that a round takes up: once each, none out of sight, and with them who is kept out. (`cases.redaction` holds
what is written beside them.)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import access, linking, recusals, round_items, substitutes
from cases.matters import Matter, OnFile
from cases.office import Office
from states.facts import Facts, Reason
from states.round_rules import RoundRules
from states.rulebook import FormField, Label


def faults(
    session: Session,
    office: Office,
    row: OnFile,
    fields: Iterable[FormField],
    form: Mapping[str, Any],
    known: Facts,
) -> list[Reason]:
    """What is wrong with a form that links a clue to a round."""
    found: list[Reason] = []
    for field in fields:
        number = form.get(field.name) if field.links else None
        if number is None:
            continue
        seen = access.visible_to(session, known.actor.id, office.rulebook(row.rulebook))
        matter = session.execute(select(col(Matter.id)).where(col(Matter.number) == number, seen)).scalar()
        if matter is None:
            continue  # refused already, in the words for what does not exist
        if matter in linking.linked(session, row.id, kind=str(field.links), towards="parent"):
            found.append(_already(number))
    return found


def _already(number: str) -> Reason:
    return Reason(
        "on_the_agenda",
        Label(en=f"{number} is on the agenda of this round already.", zh=f"{number} 已列入本次会商议程。"),
        Label(en="One matter, one item; it can be taken again in a later round.",
              zh="一事一议；可在以后的会商中再次提请研究。"),
    )  # fmt: skip


def on_agenda(
    session: Session, office: Office, row: OnFile, rules: RoundRules, fields: Iterable[FormField], form: dict[str, Any],
    *, by: str, at: datetime,
) -> None:  # fmt: skip
    """Put the clue that a form takes up on the agenda as an item of its own, with its brief and what is proposed."""
    number = next(form[field.name] for field in fields if field.links)
    clue = _id_of(session, number)
    form[rules.item] = item = round_items.add(session, row.id, clue=clue)
    form[round_items.key(item)] = {"clue": number, "brief": form.pop(rules.item_brief),
                                   "proposed": form.pop(rules.item_proposed)}  # fmt: skip
    recusals.inherit(session, clue, row.id, at=at, concerning=True)
    for person in sorted(recusals.out_of(session, clue)):
        substitutes.reseat(session, office, person, by=by, at=at)


def taken_up(
    session: Session, office: Office, row: OnFile, fields: Iterable[FormField], form: Mapping[str, Any], *, by: str,
    at: datetime,
) -> None:  # fmt: skip
    """Keep out of the round whoever is kept out of a clue that it takes up as a whole."""
    for field in fields:
        number = form.get(field.name) if field.links else None
        if number is not None:
            for person in recusals.inherit(session, _id_of(session, number), row.id, at=at):
                substitutes.reseat(session, office, person, by=by, at=at)


def _id_of(session: Session, number: str) -> int:
    return int(session.execute(select(col(Matter.id)).where(col(Matter.number) == number)).scalar_one() or 0)
