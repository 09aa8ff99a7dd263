"""Guards on a checklist: what has to be answered before a round is reported, and cured before it is closed.

What they look at (`checklist_...`) the gate computes from the history; a matter without a checklist has none of it. Each is
a mapping of items to their sign in Chinese and English.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from states import guard_arguments
from states.facts import Facts, Reason
from states.guard import because, guard

UNANSWERED, OPEN, AGAIN = "checklist_unanswered", "checklist_open", "checklist_again"
MOST_NAMED = 8  # items in one sentence


@guard(guard_arguments.moves)
def checklist_answered(facts: Facts, argument: Any) -> Reason | None:
    """Every mandatory item is answered, or left out with a reason by the move named: `checklist_answered: leave_out`."""
    missing: Mapping[str, Sequence[str]] = facts.values.get(UNANSWERED) or {}
    if not missing:
        return None
    return because(
        "unanswered",
        f"必查项尚未答复（{len(missing)} 项）：{_named(missing, 0)}。",
        f"Mandatory items are not answered ({len(missing)}): {_named(missing, 1)}.",
        cure_zh=f"请逐项答复；确实无法检查的，由有权人员办理{{move:{argument}}}并说明原因。",
        cure_en=f"Answer each; where that cannot be, whoever may make {{move:{argument}}} says why.",
    )


@guard(guard_arguments.nothing)
def findings_cured(facts: Facts, _argument: Any) -> Reason | None:
    """No finding is open: the re-inspection has asked again what was found, and all of it is cured."""
    waiting: Mapping[str, Sequence[str]] = (facts.values.get(OPEN) or {}) | (facts.values.get(AGAIN) or {})
    if not waiting:
        return None
    return because(
        "finding_open",
        f"发现的问题尚未复查整改到位（{len(waiting)} 项）：{_named(waiting, 0)}。",
        f"What was found is not seen to be cured yet ({len(waiting)}): {_named(waiting, 1)}.",
        cure_zh="请安排复查，并对这些检查项重新答复。",
        cure_en="Order a re-inspection and have these items answered again.",
    )


@guard(guard_arguments.nothing)
def nothing_found(facts: Facts, _argument: Any) -> Reason | None:
    """The checklist holds no finding."""
    found: Mapping[str, Sequence[str]] = facts.values.get(OPEN) or {}
    if not found:
        return None
    return because(
        "finding_open",
        f"检查清单中已记录发现（{len(found)} 项）：{_named(found, 0)}。",
        f"The checklist holds findings ({len(found)}): {_named(found, 1)}.",
        cure_zh="请将发现转为线索或整改任务，或结束检查记录。",
        cure_en="Make them a clue or a task, or end the looking.",
    )


def _named(items: Mapping[str, Sequence[str]], lang: int) -> str:
    named = [f"{item} {words[lang]}" for item, words in list(items.items())[:MOST_NAMED]]
    more = len(items) - len(named)
    rest = [(f"另 {more} 项", f"{more} more")[lang]] if more > 0 else []
    return ("；", "; ")[lang].join([*named, *rest])
