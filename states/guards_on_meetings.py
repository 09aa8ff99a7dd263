"""Guards on the record of a decision: whom a view may be noted of, which gap it has, and that each gap was seen to.

What they look at (`meeting_...`) the gate reads out of the course; a matter that is no decision has none of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from states import guard_arguments
from states.facts import Facts, Reason
from states.guard import because, guard
from states.meeting_gaps import Record
from states.meeting_rules import MeetingRules

OPEN, PRESENT = "meeting_gaps_open", "meeting_present"


def known(rules: MeetingRules, record: Record) -> dict[str, Any]:
    """The facts that these guards look at."""
    return {
        OPEN: {gap: [rules.gaps[gap].zh, rules.gaps[gap].en] for gap in record.open},
        PRESENT: record.present,
    }


@guard(guard_arguments.fields, of="form")
def attends(facts: Facts, argument: Any) -> Reason | None:
    """Whom the named field names was noted as present: `attends: attendee`."""
    present: Sequence[str] = facts.values.get(PRESENT) or ()
    if facts.form is None or (name := str(facts.form.get(argument, "")).strip()) in present:
        return None
    return because(
        "not_noted_as_present",
        f"“{name}”没有到会登记。",
        f"{name} is not noted as present.",
        cure_zh="请先登记到会情况；姓名须与登记一致。",
        cure_en="Note the attendance first, by the same name.",
    )


@guard(guard_arguments.fields, of="form")
def gap_stands(facts: Facts, argument: Any) -> Reason | None:
    """The gap that the named field names is one, and was not seen to yet: `gap_stands: gap`."""
    open_: Mapping[str, Sequence[str]] = facts.values.get(OPEN) or {}
    if facts.form is None or facts.form.get(argument) in open_:
        return None
    return because(
        "no_such_gap",
        f"记录中没有该项待处理缺失。现有：{_named(open_, 0) or '无'}。",
        f"The record has no such gap left. There is: {_named(open_, 1) or 'none'}.",
        cure_zh="请从现有缺失中选择。",
        cure_en="Pick one that it has.",
    )


@guard(guard_arguments.nothing)
def some_gap(facts: Facts, _argument: Any) -> Reason | None:
    """The record has a gap that was not seen to."""
    if facts.values.get(OPEN):
        return None
    return because(
        "no_gap",
        "记录没有待处理的缺失。",
        "The record has no gap that waits.",
        cure_zh="无需处理。",
        cure_en="There is nothing to do.",
    )


@guard(guard_arguments.nothing)
def gaps_settled(facts: Facts, _argument: Any) -> Reason | None:
    """Each gap of the record became a clue, or was accepted with its reason."""
    open_: Mapping[str, Sequence[str]] = facts.values.get(OPEN) or {}
    if not open_:
        return None
    return because(
        "gap_open",
        f"记录缺失尚未处理（{len(open_)} 项）：{_named(open_, 0)}。",
        f"Gaps of the record were not seen to ({len(open_)}): {_named(open_, 1)}.",
        cure_zh="请补齐记录，或逐项转为线索，或说明理由予以认可。",
        cure_en="Complete the record, make each a clue, or accept it with the reason.",
    )


def _named(gaps: Mapping[str, Sequence[str]], lang: int) -> str:
    return ("；", "; ")[lang].join(labels[lang] for labels in gaps.values())
