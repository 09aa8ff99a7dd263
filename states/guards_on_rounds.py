"""Guards on a round of members: who may speak, when the opinions may be opened, and that nobody types another result.

What they look at (`round_...`) the gate computes from the round's record; a matter that is no round has none of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from states import guard_arguments
from states.facts import Facts, Reason
from states.guard import because, guard
from states.rounds import View

SITTING, MISSING, CLOSES_AT, DECISION = "round_sitting", "round_missing", "round_closes_at", "round_decision"


@guard(guard_arguments.nothing)
def sits_in_the_round(facts: Facts, _argument: Any) -> Reason | None:
    """The person sits in the round: a member who is not recused, or the substitute of one who is."""
    sitting = facts.values.get(SITTING)
    if sitting is None or facts.actor.id in sitting:
        return None
    return because(
        "no_seat",
        "您在本次会商中没有席位（或已回避）。",
        "You have no seat in this round, or you are recused from it.",
        cure_zh="意见由会商成员发表；成员回避的，由其指定的替补成员发表。",
        cure_en="Its members give their opinions; for one who is recused, the substitute who was named.",
    )


@guard(guard_arguments.nothing)
def all_in_or_time_up(facts: Facts, _argument: Any) -> Reason | None:
    """Sealed opinions are opened when all are in or the time is up, and no earlier."""
    missing = facts.values.get(MISSING)
    if not missing or (closes := facts.values.get(CLOSES_AT)) is None:
        return None
    if facts.at >= datetime.fromisoformat(closes):
        return None
    return because(
        "opinions_missing",
        f"意见未齐，期限未到，尚缺：{'、'.join(missing)}。",
        f"Opinions are still missing and the time is not up: {', '.join(missing)}.",
        cure_zh="请其发表意见，或等表态期限届满；在此之前任何人都看不到他人意见。",
        cure_en="They give theirs, or the time for it passes; until then nobody reads another's.",
    )


@guard(guard_arguments.fields, of="form")
def as_counted(facts: Facts, argument: Any) -> Reason | None:
    """What is typed as the round's decision is what was counted. Left blank, the count stands: `as_counted: resolution`."""
    counted = facts.values.get(DECISION)
    said = (facts.form or {}).get(argument)
    if counted is None or said in (None, counted):
        return None
    return because(
        "not_as_counted",
        f"会商结论由意见计算得出，为{{choice:{argument}={counted}}}，不能另填。",
        f"The decision is counted from the opinions; it is {{choice:{argument}={counted}}} and no other can be typed.",
        cure_zh=f"{{field:{argument}}}留空即可；对结果有异议的，可休会再议。",
        cure_en=f"Leave {{field:{argument}}} blank; whoever doubts the outcome adjourns and takes it up again.",
    )


@guard(guard_arguments.opinion, of="form")
def opinion_stands(facts: Facts, argument: Any) -> Reason | None:
    """An opinion says what it has to: dissent its reasons, a condition what it is.

    `{view: opinion, conditions: conditions, reasons: opinion_reasons}`.
    """
    form = facts.form or {}
    view = form.get(argument["view"])
    needs = {View.DISAGREE: argument["reasons"], View.AGREE_IF: argument["conditions"]}.get(view)  # type: ignore[arg-type]
    if needs is None or form.get(needs):
        return None
    return because(
        "missing",
        f"{{choice:{argument['view']}={view}}}须填写{{field:{needs}}}。",
        f"Whoever says {{choice:{argument['view']}={view}}} fills in {{field:{needs}}}.",
        cure_zh=f"请填写{{field:{needs}}}；不同意见及理由载入纪要。",
        cure_en=f"Fill in {{field:{needs}}}; dissent is kept in the minutes with its reasons.",
    )
