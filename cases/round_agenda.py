"""The order of business of a round: the tasks of the last one first, then what is new, then who fixes what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import access, last_tasks, listing, round_facts, round_results
from cases.matters import Matter, MatterLink
from cases.office import Office
from cases.round_results import Looked
from cases.rounds import items as agenda_items
from states.agenda import FIRST, Item
from states.rulebook import Label, Machine


def business(session: Session, office: Office, number: str, *, actor: str, at: datetime) -> dict[str, Any]:
    """The agenda in three parts, as far as this person may see them. Raises NoSuchMatter.

    `last_tasks`: the last round's tasks, with older ones still open, and what was noted of them when the session was
    opened. `items`: what is put to the members. `decisions`: once decided, what was, with the tasks that follow.
    """
    seen = round_results.looked(session, office, number, actor=actor)
    rulebook, values = office.rulebook(seen.row.rulebook), seen.sight.values(seen.row.values)
    machine = rulebook.machines[seen.row.machine]
    last = last_tasks.last_round(session, seen.row)
    tasks = last_tasks.tasks(session, rulebook, seen.row, actor=actor)
    return {
        "number": seen.row.number, "state": seen.row.state,
        "last_tasks": {
            "round": last.number if last is not None and _sees(session, office, last.id, actor) else None,
            "noted": values.get(seen.rules.last_tasks), "tasks": [task.as_dict(at=at) for task in tasks],
        },
        "items": [_item(machine, seen, item) for item in agenda_items(seen.row, seen.rules)],
        "decisions": _decisions(session, office, machine, seen, actor=actor),
    }  # fmt: skip


def _sees(session: Session, office: Office, matter: int, actor: str) -> bool:
    query = select(1).where(col(Matter.id) == matter, access.visible_to(session, actor, office.rulebook()))
    return session.execute(query).first() is not None


def _item(machine: Machine, seen: Looked, item: Item) -> dict[str, Any]:
    if item.number not in seen.sight.items:
        return {"item": item.number, "recused": True}
    return {"item": item.number, "recused": False, "brief": item.brief, "clue": item.clue, "proposed": item.proposed,
            "proposed_label": _label(machine, seen.rules.proposed, item.proposed)}  # fmt: skip


def _label(machine: Machine, field: str, choice: str | None) -> dict[str, str] | None:
    """What people call this choice of a field."""
    found: Label | None = None
    for one in listing.fields_of(machine):
        if one.name == field and choice is not None:
            found = found or one.choices.get(choice)
    return found.model_dump() if found is not None else None


def _decisions(
    session: Session, office: Office, machine: Machine, seen: Looked, *, actor: str
) -> list[dict[str, Any]]:
    follows, rules = seen.rules.follows, seen.rules
    owed = round_facts.owed(session, seen.row, rules, follows) if follows is not None else []
    tasks = _tasks(session, office, seen, actor=actor)
    return [
        {"item": item, "decision": decision, "decision_label": _label(machine, rules.decision, decision),
         "lacks_task": item in owed, "tasks": [task for task in tasks if task["item"] == item]}
        for item, decision in round_facts.held_decisions(seen.row, rules).items() if item in seen.sight.items
    ]  # fmt: skip


def _tasks(session: Session, office: Office, seen: Looked, *, actor: str) -> list[dict[str, Any]]:
    """What followed from the round, as far as this person sees it."""
    kind = seen.rules.follows.link if seen.rules.follows is not None else ""
    query = (
        select(Matter)
        .join(MatterLink, col(MatterLink.child) == col(Matter.id))
        .where(col(MatterLink.parent) == seen.row.id, col(MatterLink.kind) == kind)
        .where(access.visible_to(session, actor, office.rulebook()))
        .order_by(col(Matter.id))
    )
    return [
        {"item": task.values.get(seen.rules.item, FIRST), "number": task.number, "measure": task.title,
         "owner": task.handler, "due_on": task.values.get("due_on"), "state": task.state,
         "state_label": office.rulebook(task.rulebook).machines[task.machine].states[task.state].label.model_dump()}
        for task in session.execute(query).scalars()
    ]  # fmt: skip
