"""What may be written beside a clue that a round takes up: nobody whom the clue is about, and no clue out of sight."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import access, linking, recusals, round_items, substitutes, unnamed
from cases.matters import Matter, MatterLink, OnFile, Subject
from cases.office import Office
from states.facts import Facts, Reason
from states.guards_on_forms import redacted
from states.name_search import named_in
from states.round_rules import RoundRules
from states.rulebook import FormField, Label, Move


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
    fields = tuple(fields)
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
        else:
            found += _names_somebody(session, matter, fields, form, known)
    return found


def _already(number: str) -> Reason:
    return Reason(
        "on_the_agenda",
        Label(en=f"{number} is on the agenda of this round already.", zh=f"{number} 已列入本次会商议程。"),
        Label(en="One matter, one item; it can be taken again in a later round.",
              zh="一事一议；可在以后的会商中再次提请研究。"),
    )  # fmt: skip


def _names_somebody(
    session: Session, matter: int, fields: Iterable[FormField], form: Mapping[str, Any], known: Facts
) -> list[Reason]:
    texts = [field.name for field in fields if field.type in ("text", "long_text")]
    reasons = []
    for name in session.execute(select(col(Subject.name)).where(col(Subject.matter) == matter)).scalars():
        facts = Facts(known.at, known.today, known.state, known.actor, {"subject": name}, form=form)
        reason = redacted(facts, {"text": texts, "hides": ["subject"]})
        reasons += [reason] if reason is not None else []
    return reasons


def names_the_reporter(
    session: Session, office: Office, row: OnFile, rule: Move, form: Mapping[str, Any], *, by: str
) -> list[Reason]:
    """That a text which members of a round will read holds something of who reported one of its clues.

    Asked of whoever may see the clue: to a member the refusal itself would tell who reported.
    """
    book = office.rulebook(row.rulebook)
    if book.machines[row.machine].rounds is not None:
        clues = {
            *session.execute(select(col(MatterLink.parent)).where(col(MatterLink.child) == row.id)).scalars()
        }
        numbers = [form[field.name] for field in rule.fields if field.links and form.get(field.name)]
        clues |= {*session.execute(select(col(Matter.id)).where(col(Matter.number).in_(numbers))).scalars()}
    elif rule.opens is not None and book.machines[rule.opens.machine].rounds is not None:
        clues = {row.id}
    else:
        return []
    texts = [
        (field.label, str(form.get(field.name) or ""))
        for field in rule.fields
        if field.type in ("text", "long_text")
    ]
    if not clues or not any(text for _, text in texts):
        return []
    seen = access.visible_to(session, by, book)
    theirs = session.execute(select(col(Matter.id)).where(col(Matter.id).in_(clues), seen)).scalars()
    secrets = unnamed.reporters(session, [key for key in theirs if key is not None])
    return [_says_who_reported(label) for label, text in texts if named_in(text, secrets)]


def _says_who_reported(field: Label) -> Reason:
    return Reason(
        "names_the_reporter",
        Label(en=f"{field.en!r} holds something of who reported; members of the round would read it.",
              zh=f"“{field.zh}”含有举报人信息，参加会商的人员会看到。"),
        Label(en="Take it out; write of the project, the link and the problem.",
              zh="请删去举报人信息，只写项目、环节和问题。"),
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
