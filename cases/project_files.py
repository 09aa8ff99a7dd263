"""A project's integrity file: its items as they were noted, and what the program itself has on file at each of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import access, file_refusals, gathering, person_files
from cases.errors import NoSuchMatter
from cases.file_refusals import refused
from cases.history import Event
from cases.matters import Matter
from cases.office import Office
from cases.person_files import Born
from states import file_items
from states.facts import Made
from states.file_rules import ITEM_ON, ITEM_STATE, ITEM_WHERE, ItemRules
from states.rulebook import Machine, StateKind

MACHINE = "project_file"
MOST = 200  # numbers told one by one
ENDED_ALONE = frozenset({"clue"})  # counted once they are over: a project's file tells of no running one


def check_the_only_one(session: Session, office: Office, machine: Machine, birth: Born) -> None:
    """Raises Refused where the body keeps a live file of the project already. Asked once the number was taken."""
    if machine.items is None:
        return
    project = birth.values.get("project")
    query = select(Matter).where(col(Matter.machine) == MACHINE, col(Matter.organisation) == birth.organisation,
                                 col(Matter.project) == project).order_by(col(Matter.id))  # fmt: skip
    for row in session.execute(query).scalars():
        if person_files.is_live(office.rulebook(row.rulebook), row):
            seen = person_files.in_sight(session, office, row.number, birth.actor)
            raise refused(file_refusals.second_of_project(seen))


def lines(session: Session, office: Office, *, actor: str, lang: str) -> list[dict[str, Any]]:
    """The files of projects this person sees, the live ones first."""
    seen = access.visible_to(session, actor, office.rulebook(), machine=MACHINE)
    query = select(Matter).where(seen, col(Matter.machine) == MACHINE)
    rows = session.execute(query.order_by(col(Matter.due_at).asc().nulls_last(), col(Matter.id))).scalars()
    found = [_line(session, office, row, lang) for row in rows]
    return sorted(found, key=lambda one: not one["live"])


def _line(session: Session, office: Office, row: Matter, lang: str) -> dict[str, Any]:
    book = office.rulebook(row.rulebook)
    machine = book.machines[row.machine]
    rules = machine.items
    lacking = (
        file_items.lacking(machine, rules, file_items.noted(rules, _course(session, rules, row)))
        if rules
        else {}
    )
    return {
        "number": row.number, "state": row.state, "version": row.version, "title": row.title, "project": row.project,
        "keeper": row.handler, "live": person_files.is_live(book, row), "items": len(rules.items) if rules else 0,
        "lacking": [said[lang != "zh"] for said in lacking.values()],
        "due_at": row.due_at.isoformat() if row.due_at else None,
    }  # fmt: skip


def _course(session: Session, rules: ItemRules, row: Matter) -> list[Made]:
    query = select(col(Event.move), col(Event.actor), col(Event.from_state), col(Event.data)).where(
        col(Event.matter) == row.id, col(Event.move) == rules.noted_by
    )
    return [Made(*event) for event in session.execute(query.order_by(col(Event.seq)))]


def record(session: Session, office: Office, number: str, *, actor: str, lang: str) -> dict[str, Any]:
    """One file: each item as it was noted last, what it rests on, and the matters that the program has at it as far as this
    person sees them. Raises NoSuchMatter."""
    loaded = gathering.load(session, office, number, login=actor, for_change=False).row
    row = session.get_one(Matter, loaded.id)
    machine = office.rulebook(row.rulebook).machines[row.machine]
    rules = machine.items
    if rules is None:
        raise NoSuchMatter(number)
    notes = file_items.noted(rules, _course(session, rules, row))
    names, states = file_items.item_labels(machine, rules), file_items.choices_of(machine, rules, ITEM_STATE)
    counted = _counted(session, office, rules, row, actor=actor, lang=lang)
    items = []
    for item, basis in rules.items.items():
        made = notes.get(item)
        said = made.form if made is not None else {}
        state = str(said.get(ITEM_STATE, "missing"))
        items.append({
            "item": item, "label": names[item].in_(lang), "state": state,
            "state_label": states[state].in_(lang) if state in states else state, "settled": state in rules.settled,
            "on": said.get(ITEM_ON), "where": said.get(ITEM_WHERE), "by": made.actor if made is not None else None,
            "basis": basis.model_dump(mode="json", exclude_none=True),
            "counted": [one for one in counted if one["item"] == item],
        })  # fmt: skip
    return _line(session, office, row, lang) | {"each": items}


def _counted(
    session: Session, office: Office, rules: ItemRules, row: Matter, *, actor: str, lang: str
) -> list[dict[str, Any]]:
    """Of each machine, the matters of the project that this person sees: how many there are, how many are over, which."""
    book = office.rulebook()
    found = []
    for name, item in rules.counts.items():
        machine = book.machines.get(name)
        if machine is None:
            continue
        over = [state for state, rule in machine.states.items() if rule.kind is StateKind.FINAL]
        wanted = [access.visible_to(session, actor, book, machine=name), col(Matter.machine) == name,
                  col(Matter.organisation) == row.organisation, col(Matter.project) == row.project]  # fmt: skip
        wanted += [col(Matter.state).in_(over)] if name in ENDED_ALONE else []
        query = select(col(Matter.number), col(Matter.state)).where(*wanted).order_by(col(Matter.id))
        rows = session.execute(query).all()
        found.append({
            "item": item, "machine": name, "label": machine.label.in_(lang), "total": len(rows),
            "over": sum(state in over for _, state in rows), "numbers": [number for number, _ in rows[:MOST]],
        })  # fmt: skip
    return found
