"""The lists of items that decisions go by: what stands on each that is in force, and whether a decision names one of them.

A list under its yearly review is in force as it was last put in force; what is added or struck meanwhile counts once it is
put in force anew. A decision is checked as it is registered and keeps the list it went by, whatever becomes of that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import access
from cases.history import Event
from cases.matters import Matter
from cases.references import Looks
from states.facts import Reason
from states.meeting_rules import ITEM_CODE, ITEM_LIST, Lists
from states.rulebook import Label

Items = Mapping[str, bool]
"""Whether each code that a list ever had stands on it still."""


def read(
    session: Session, rules: Lists, form: Mapping[str, Any], *, organisation: str, looks: Looks
) -> tuple[dict[str, Any], list[Reason]]:
    """What the form is to say of its item besides, and what is wrong with what it says."""
    lists = in_force(session, rules, organisation=organisation)
    code, named = str(form.get(ITEM_CODE) or "").strip(), form.get(ITEM_LIST)
    if named is not None and named not in lists:
        return {}, [
            _reason(
                f"{named} 不在施行中。",
                f"{named} is not in force.",
                _there(session, rules, lists, looks),
                ITEM_LIST,
            )
        ]
    if not lists:
        return {}, []
    if not code:
        zh, en = (
            "事项清单施行中，须注明所依据的事项。",
            "A list of items is in force: say which item this goes by.",
        )
        return {}, [_reason(zh, en, _there(session, rules, lists, looks), ITEM_CODE, "missing")]
    among = {number: items for number, items in lists.items() if named in (None, number)}
    found = [number for number, items in among.items() if items.get(code)]
    if len(found) == 1:
        return {ITEM_LIST: found[0], ITEM_CODE: code}, []
    cure = _there(session, rules, lists, looks)
    if found:
        return {}, [
            _reason(f"事项 {code} 见于多个清单。", f"{code} stands on more lists than one.", cure, ITEM_LIST)
        ]
    if any(code in items for items in among.values()):
        return {}, [
            _reason(f"事项 {code} 已从清单删去。", f"{code} was struck from the list.", cure, ITEM_CODE)
        ]
    return {}, [
        _reason(f"施行中的清单没有事项 {code}。", f"No list in force has an item {code}.", cure, ITEM_CODE)
    ]


def in_force(session: Session, rules: Lists, *, organisation: str) -> dict[str, Items]:
    """The lists of a body that are in force, by number, with their codes as they were last put in force."""
    query = (
        select(col(Matter.number), col(Event.move), col(Event.data))
        .join(Event, col(Event.matter) == col(Matter.id))
        .where(col(Matter.machine) == rules.machine, col(Matter.organisation) == organisation)
        .where(col(Matter.state).in_(rules.states))
        .where(col(Event.move).in_((rules.added_by, rules.struck_by, rules.in_force_by)))
        .order_by(col(Matter.id), col(Event.seq))
    )
    drafts: dict[str, dict[str, bool]] = {}
    found: dict[str, Items] = {}
    for number, move, data in session.execute(query):
        draft = drafts.setdefault(number, {})
        if move == rules.in_force_by:
            found[number] = dict(draft)
        else:
            draft[str(data.get(ITEM_CODE, "")).strip()] = move == rules.added_by
    return found


def _there(session: Session, rules: Lists, lists: Mapping[str, Items], looks: Looks) -> Label:
    """Which lists and codes there are, as far as this person sees the lists."""
    if not lists:
        return Label(zh="现无施行中的清单：不填清单即可。", en="No list is in force: leave it empty.")
    seen = access.visible_to(session, looks.actor, looks.rulebook, machine=rules.machine)
    query = select(col(Matter.number)).where(col(Matter.number).in_(lists), seen).order_by(col(Matter.id))
    shown = list(session.execute(query).scalars())
    if not shown:
        return Label(zh="请向案件监督管理部门核对事项编号。", en="Ask the registry for the code of the item.")
    codes = {number: [code for code, stands in lists[number].items() if stands] for number in shown}
    zh = "；".join(f"{number}：{'、'.join(some)}" for number, some in codes.items())
    en = "; ".join(f"{number}: {', '.join(some)}" for number, some in codes.items())
    return Label(zh=f"施行中的清单和事项：{zh}。", en=f"In force there is {en}.")


def _reason(zh: str, en: str, cure: Label, field: str, code: str = "unknown_reference") -> Reason:
    return Reason(code, Label(zh=zh, en=en), cure, field)
