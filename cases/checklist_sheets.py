"""The checklist of a round as people read it: every item with its latest answer, the earlier ones, and what it led to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import access, gathering
from cases.checklist_facts import Asked, asked, asks_again
from cases.history import Event
from cases.matters import Matter, MatterLink, OnFile
from cases.office import Office
from states import checklist_answers
from states.checklist_answers import Standing
from states.checklist_rules import FINDING, ITEM, MEASURED, PHOTOGRAPHS, REMARK, UNIT
from states.facts import Reason, Refused
from states.rulebook import Label

_SAID = ("problem", "found")  # where a move that finds something says what


def sheet(session: Session, office: Office, number_: str, *, actor: str, lang: str) -> dict[str, Any]:
    """The checklist of a round with every item, its latest answer and the earlier ones, for whoever sees the round.

    Raises NoSuchMatter, Refused (no_checklist).
    """
    row, found = asked_of(session, office, number_, actor=actor)
    stand = checklist_answers.standing(found.rules, gathering.Course(session, row.id))
    given = answers(session, row, found)
    again = stand.again if asks_again(office, row, found.rules) else None
    made = led_to(session, office, row, ITEM, actor=actor)
    items = [
        _line(found, name, given.get(name, []), stand, again, lang) | {"led_to": made.get(name, [])}
        for name in found.items
    ]
    return {"number": row.number, "state": row.state, "version": row.version, "checklist": found.checklist.key,
            "label": found.checklist.content.label.in_(lang), "items": items,
            "unanswered": list(stand.unanswered(found.mandatory)), "findings": list(stand.found),
            "again": list(stand.to_ask_again) if again is not None else []}  # fmt: skip


def asked_of(session: Session, office: Office, number: str, *, actor: str) -> tuple[OnFile, Asked]:
    """A round and what it is asked. Raises NoSuchMatter, Refused (no_checklist)."""
    row = gathering.load(session, office, number, login=actor, for_change=False).row
    found = asked(session, office, row)
    if found is None:
        raise Refused("no_checklist", (Reason(
            "no_checklist", Label(zh=f"{number} 没有检查清单。", en=f"{number} has no checklist."),
            Label(zh="登记检查时注明清单代码。", en="A round names its checklist as it is registered.")),))  # fmt: skip
    return row, found


def answers(session: Session, row: OnFile, found: Asked) -> dict[str, list[dict[str, Any]]]:
    """Every answer by item, oldest first. What is made of a finding, a clue or a task, is no answer of its own; without an
    answer before it, it is the answer."""
    moves = (found.rules.answered_by, *found.rules.found_by, found.rules.asked_again_by)
    query = (
        select(col(Event.id), col(Event.at), col(Event.actor), col(Event.move), col(Event.data))
        .where(col(Event.matter) == row.id, col(Event.move).in_(moves))
        .order_by(col(Event.seq))
    )
    given: dict[str, list[dict[str, Any]]] = {}
    stands: set[str] = set()  # found, and not asked again since
    for event, at, actor, move, data in session.execute(query):
        if move == found.rules.asked_again_by:
            stands.clear()
        if (said := checklist_answers.answer_of(found.rules, move, data)) is not None:
            if said[0] in stands and move in found.rules.found_by:
                continue
            (stands.add if said[1] == FINDING else stands.discard)(said[0])
            remark = next((data[name] for name in (REMARK, *_SAID) if data.get(name)), None)
            numbers = [int(word) for word in checklist_answers.numbers_in(data.get(PHOTOGRAPHS) or "")]
            given.setdefault(said[0], []).append({
                "answer": said[1], "remark": remark, "measured": data.get(MEASURED), "unit": data.get(UNIT),
                "photographs": numbers, "by": actor, "at": at.isoformat(), "event": event})  # fmt: skip
    return given


def led_to(
    session: Session, office: Office, row: OnFile, fact: str, *, actor: str
) -> dict[str, list[dict[str, Any]]]:
    """What was made of findings, by what stands in this fact of it (the item, the gap), oldest first, as far as this person
    sees it."""
    query = (
        select(col(Matter.number), col(Matter.machine), col(Matter.state), col(Matter.rulebook), col(Matter.values))
        .join(MatterLink, col(MatterLink.child) == col(Matter.id))
        .where(col(MatterLink.parent) == row.id, access.visible_to(session, actor, office.rulebook()))
        .order_by(col(Matter.id))
    )  # fmt: skip
    made: dict[str, list[dict[str, Any]]] = {}
    for number, machine, state, book, values in session.execute(query):
        if (item := values.get(fact)) is not None:
            label = office.rulebook(book).machines[machine].states[state].label
            made.setdefault(str(item), []).append(
                {
                    "number": number,
                    "machine": machine,
                    "state": state,
                    "label": {"zh": label.zh, "en": label.en},
                }
            )
    return made


def _line(
    found: Asked, name: str, given: list[dict[str, Any]], stand: Standing, again: tuple[str, ...] | None, lang: str
) -> dict[str, Any]:  # fmt: skip
    section, item = found.items[name]
    measure = {"label": item.measure.label.in_(lang), "unit": item.measure.unit, "least": item.measure.least,
               "most": item.measure.most} if item.measure else None  # fmt: skip
    return {
        "item": name, "link": section.link, "sign": item.sign.in_(lang), "mandatory": item.mandatory, "measure": measure,
        "basis": [basis.model_dump(mode="json", exclude_none=True) for basis in section.basis],
        "answer": given[-1] if given else None, "earlier": given[:-1],
        "left_out": name in stand.left_out and not given, "asked": again is None or name in again,
    }  # fmt: skip
