"""What a clue or a task begins with that is made, in one step, of what was found at an item of a checklist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from cases import checklist_sheets
from cases.checklist_facts import Asked
from cases.matters import OnFile
from states.checklist_rules import FINDING, ITEM, LINK
from states.rulebook import FormField

_TITLE, _SAID, _ON, _SOURCE = "title", ("problem", "found"), "received_on", "source"
_SOURCES = {"joint": "joint_inspection"}  # of a round of this kind; of any other it is the inspection itself
_OF_ROUND = ("phase", "personnel")


def begun(
    session: Session,
    row: OnFile,
    found: Asked,
    fields: Iterable[FormField],
    item: str,
    *,
    today: date,
    lang: str,
) -> dict[str, str]:
    """What the form of a move that makes something of a finding begins with: its sign, what was found, where and when.

    Empty for an item that the round is not asked.
    """
    if item not in found.items:
        return {}
    section, sign = found.items[item]
    given = checklist_sheets.answers(session, row, found).get(item, [])
    last = given[-1] if given and given[-1]["answer"] == FINDING else None
    values = {ITEM: item, _TITLE: sign.sign.in_(lang), LINK: section.link, _ON: today.isoformat(),
              _SOURCE: _SOURCES.get(str(row.values.get("kind")), "inspection")}  # fmt: skip
    values |= {name: str(row.values[name]) for name in _OF_ROUND if row.values.get(name)}
    if said := _in_words(last):
        values |= dict.fromkeys(_SAID, said)
    return {
        field.name: values[field.name] for field in fields
        if field.name in values and (not field.choices or values[field.name] in field.choices)
    }  # fmt: skip


def _in_words(last: Mapping[str, Any] | None) -> str:
    """What was noted of it, and what was measured."""
    if last is None:
        return ""
    figure = f"{last['measured']} {last['unit'] or ''}".strip() if last["measured"] else ""
    remark = str(last["remark"] or "")
    return f"{remark} ({figure})" if figure and remark else remark or figure
