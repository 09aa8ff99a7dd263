"""What the form of a move begins with that makes a clue of what a register holds: a gap of a decision, or interference.

What a finding of a checklist begins with stands in `cases.checklist_findings`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from cases.matters import OnFile
from states.meeting_rules import GAP
from states.rulebook import FormField, Label, Machine

LONGEST = 200
_CLUE, _TITLE, _PROBLEM, _ON = "clue", "title", "problem", "received_on"


def begun(
    rules: Machine, row: OnFile, move: str, fields: Iterable[FormField], *, gap: str, today: date, lang: str
) -> dict[str, str]:
    """The title, the day and, of a gap, what is wrong; empty for a move that makes no clue of the matter as it stands."""
    opens = rules.moves[move].opens
    if opens is None or opens.machine != _CLUE or rules.checklist is not None or rules.rounds is not None:
        return {}
    values = {_TITLE: row.title, _ON: today.isoformat()}
    if rules.meeting is not None:
        if gap not in rules.meeting.gaps:
            return {}
        values |= _of_gap(rules.meeting.gaps[gap], row, lang) | {GAP: gap}
    return {field.name: values[field.name] for field in fields if field.name in values}


def _of_gap(label: Label, row: OnFile, lang: str) -> dict[str, str]:
    said = label.in_(lang)
    joined = f"{row.title}：{said}" if lang == "zh" else f"{row.title}: {said}"
    return {_TITLE: joined[:LONGEST], _PROBLEM: joined}
