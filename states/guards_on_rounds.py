"""Guards on a round of members: who may speak to what, when the opinions may be opened, and that nobody types another
result.

What they look at (`round_...`) the gate computes from the round's record; a matter that is no round has none of it.
Items are counted from 1; a round of one item need not name it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from states import guard_arguments
from states.agenda import FIRST
from states.facts import Facts, Reason
from states.guard import because, guard
from states.rounds import View

SITTING, MISSING, CLOSES_AT, DECISION = "round_sitting", "round_missing", "round_closes_at", "round_decision"
ITEMS, NEXT_ITEM, OWING, LAST_TASKS = "round_items", "round_next_item", "round_owing", "round_last_tasks"
WITHHELD = "round_withheld"  # the items that the person is kept out of
UNRATIFIED = "round_unratified"  # the clues whose single report is to be ratified; "" for one they do not see


@dataclass(frozen=True, slots=True)
class _Round:
    """What a guard asks of the round, for the person who acts; of what is no round every answer is empty."""

    facts: Facts

    @property
    def items(self) -> Sequence[int]:
        """What is on the agenda; of a round that has one item nobody need say so."""
        return self.facts.values.get(ITEMS) or [FIRST]

    @property
    def sitting(self) -> Mapping[int, Sequence[str]]:
        """Who sits in each item, while opinions are given."""
        return self.facts.values.get(SITTING) or {}

    @property
    def missing(self) -> Mapping[int, Sequence[str]]:
        """Who has not spoken, by item."""
        return self.facts.values.get(MISSING) or {}

    @property
    def owing(self) -> Sequence[int]:
        """The items that lack the task their decision asks for."""
        return self.facts.values.get(OWING) or []

    @property
    def withheld(self) -> Sequence[int]:
        """The items this person is kept out of."""
        return self.facts.values.get(WITHHELD) or []

    @property
    def unratified(self) -> Sequence[str]:
        """The clues whose single report this round still has to put on its record; "" for one that is not theirs to see."""
        return self.facts.values.get(UNRATIFIED) or []

    @property
    def theirs(self) -> list[int]:
        """The items this person sits in."""
        return [item for item, people in self.sitting.items() if self.facts.actor.id in people]

    def named(self, field: str) -> int | None:
        """The item that the form names, if it names one."""
        return (self.facts.form or {}).get(field)

    def meant(self, field: str) -> int:
        """The item that the form is about: the first, where it names none."""
        return int(self.named(field) or FIRST)

    def in_sight(self, items: Iterable[int]) -> list[int]:
        """Of these items those the person is not kept out of: a reason tells nothing of the others."""
        return [item for item in items if item not in self.withheld]


@guard(guard_arguments.nothing)
def sits_in_the_round(facts: Facts, _argument: Any) -> Reason | None:
    """The person sits in some item of the round: a member who is not recused, or the substitute of one who is."""
    if SITTING not in facts.values or _Round(facts).theirs:
        return None
    return because(
        "no_seat",
        "您在本次会商中没有席位（或已回避）。",
        "You have no seat in this round, or you are recused from it.",
        cure_zh="意见由会商成员发表；成员回避的，由其指定的替补成员发表。",
        cure_en="Its members give their opinions; for one who is recused, the substitute who was named.",
    )


@guard(guard_arguments.fields, of="form")
def item_named(facts: Facts, argument: Any) -> Reason | None:
    """Where several items are on the agenda, the form says which one is meant: `item_named: item`."""
    round_ = _Round(facts)
    items = round_.items
    if facts.form is None or len(items) == 1 or round_.named(argument) is not None:
        return None
    return because(
        "missing",
        f"本次会商有 {len(items)} 项议题，须写明{{field:{argument}}}。",
        f"This round has {len(items)} items; say which: fill in {{field:{argument}}}.",
        cure_zh=f"请填写议题序号（{_in_order(items)}），逐项办理。",
        cure_en=f"Give the number of the item ({_in_order(items)}); one matter at a time.",
    )


@guard(guard_arguments.fields, of="form")
def item_exists(facts: Facts, argument: Any) -> Reason | None:
    """The item a form names is on the agenda, and the person is not kept out of it: `item_exists: item`."""
    round_ = _Round(facts)
    items, item = round_.items, round_.named(argument)
    if item in round_.withheld:
        return because(
            "recused",
            f"您须回避第 {item} 项议题，不能办理。",
            f"You are recused from item {item}; nothing of it is yours to do.",
            cure_zh="请由未回避的人员办理该项。",
            cure_en="Somebody who is not recused from it does this.",
        )
    if item is None or item in items:
        return None
    return because(
        "no_such_item",
        f"议程中没有第 {item} 项。",
        f"There is no item {item} on the agenda.",
        cure_zh=f"议程现有：{_in_order(items)}。",
        cure_en=f"On the agenda are: {_in_order(items)}.",
    )


@guard(guard_arguments.fields, of="form")
def sits_in_the_item(facts: Facts, argument: Any) -> Reason | None:
    """The person sits in the item that the form names: `sits_in_the_item: item`."""
    round_ = _Round(facts)
    item, yours = round_.meant(argument), round_.theirs
    if facts.form is None or item not in round_.sitting or item in yours:
        return None
    return because(
        "no_seat",
        f"您在第 {item} 项议题中没有席位（或已回避）。",
        f"You have no seat in item {item}, or you are recused from it.",
        cure_zh=f"您可发表意见的议题：{_in_order(yours) or '无'}；回避的由替补成员发表。",
        cure_en=f"You may speak to: {_in_order(yours) or 'none'}. For one who is recused, the substitute speaks.",
    )


@guard(guard_arguments.nothing)
def all_in_or_time_up(facts: Facts, _argument: Any) -> Reason | None:
    """Sealed opinions are opened when all are in on every item or the time is up, and no earlier."""
    round_ = _Round(facts)
    if not round_.missing or (closes := facts.values.get(CLOSES_AT)) is None:
        return None
    if facts.at >= datetime.fromisoformat(closes):
        return None
    several = len(round_.items) > 1
    seen = {item: round_.missing[item] for item in round_.in_sight(round_.missing)}
    zh = "；".join((f"第 {item} 项：" if several else "") + "、".join(who) for item, who in seen.items())
    en = "; ".join((f"item {item}: " if several else "") + ", ".join(who) for item, who in seen.items())
    return because(
        "opinions_missing",
        f"意见未齐，期限未到，尚缺：{zh or '您须回避的议题的意见'}。",
        f"Opinions are still missing and the time is not up: {en or 'on an item that is not yours to see'}.",
        cure_zh="请其发表意见，或等表态期限届满；在此之前任何人都看不到他人意见。",
        cure_en="They give theirs, or the time for it passes; until then nobody reads another's.",
    )


@guard(guard_arguments.fields, of="form")
def as_counted(facts: Facts, argument: Any) -> Reason | None:
    """What is typed as item 1's decision is what was counted. Left blank, the count stands: `as_counted: resolution`."""
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


@guard(guard_arguments.fields, of="form")
def last_tasks_noted(facts: Facts, argument: Any) -> Reason | None:
    """Each task of the round before is named, by its number, with what became of it: `last_tasks_noted: last_tasks`."""
    if facts.form is None:
        return None
    said = str(facts.form.get(argument) or "")
    left_out = [number for number in facts.values.get(LAST_TASKS) or [] if number not in said]
    if not left_out:
        return None
    return because(
        "last_tasks_left_out",
        f"上期任务未逐项写明：{'、'.join(left_out)}。",
        f"Tasks of the last round are left out: {', '.join(left_out)}.",
        cure_zh="先议上期整改：请逐项写明任务编号和现状；本步骤表单的示例列有各项任务的现状。",
        cure_en="Last round's rectification comes first: name each with its state. The form's example lists them.",
    )


@guard(guard_arguments.roles_or_nothing)
def sees_every_item(facts: Facts, argument: Any) -> Reason | None:
    """Whoever speaks for the round is kept out of none of its items; the roles are those who may instead:
    `sees_every_item: [officer, registrar]`."""
    withheld = _Round(facts).withheld
    if not withheld:
        return None
    roles = [f"{{role:{role}}}" for role in guard_arguments.listed(argument) if role is not None]
    return because(
        "recused",
        f"您须回避第 {_in_order(withheld)} 项议题，不能办理涉及全部议题的这一步。",
        f"You are recused from item {_in_order(withheld)}, and this speaks of every item.",
        cure_zh=f"请由不须回避任何议题的{'、'.join(roles) or '人员'}办理。",
        cure_en=f"Somebody who is recused from none does it: {', '.join(roles) or 'another of your role'}.",
    )


@guard(guard_arguments.nothing)
def each_item_has_its_task(facts: Facts, _argument: Any) -> Reason | None:
    """No item whose decision asks for a task is left without one, or without the word that none is needed."""
    round_ = _Round(facts)
    if not round_.owing:
        return None
    seen = round_.in_sight(round_.owing)
    return because(
        "item_without_task",
        f"议题第 {_in_order(seen)} 项决定整改，尚未下达任务。" if seen else "有议题尚待其他人员办结。",
        f"Rectification was decided without a task yet on item {_in_order(seen)}."
        if seen
        else "Something is still to be done by others on an item that is not yours to see.",
        cure_zh="请为每一项分别下达任务，或由主要负责人逐项说明不下达的理由。",
        cure_en="Issue a task for each of them, or have the head say why there is none.",
    )


@guard(guard_arguments.nothing)
def some_item_owes_a_task(facts: Facts, _argument: Any) -> Reason | None:
    """Some item of several still lacks the task its decision asks for."""
    if _Round(facts).owing:
        return None
    return because(
        "nothing_owed",
        "没有尚缺整改任务的议题。",
        "No item lacks a task.",
        cure_zh="无需办理这一步。",
        cure_en="There is nothing to do here; take the next step.",
    )


@guard(guard_arguments.fields, of="form")
def item_owes_a_task(facts: Facts, argument: Any) -> Reason | None:
    """The item that the form names still lacks its task: `item_owes_a_task: item`."""
    round_ = _Round(facts)
    item, seen = round_.meant(argument), _in_order(round_.in_sight(round_.owing))
    if OWING not in facts.values or facts.form is None:
        return None
    if item in round_.owing or item in round_.withheld:
        return None
    return because(
        "nothing_owed",
        f"第 {item} 项议题不缺整改任务。",
        f"Item {item} lacks no task.",
        cure_zh=f"尚缺任务的议题：{seen or '无'}。",
        cure_en=f"Without a task are: {seen or 'none'}.",
    )


@guard(guard_arguments.nothing)
def owes_no_ratification(facts: Facts, _argument: Any) -> Reason | None:
    """No urgent matter that was decided on by single report before this session still waits to be ratified by it."""
    unratified = _Round(facts).unratified
    if not unratified:
        return None
    seen = [number for number in unratified if number]
    return because(
        "not_ratified",
        f"尚有单独汇报事项未在本次会商追认：{'、'.join(seen) or '有您无权查看的事项'}。",
        f"A single report is still to be ratified by this round: {', '.join(seen) or 'of a clue that is not yours to see'}.",
        cure_zh="请由分管领导或案管部门办理“追认单独汇报事项”载入记录；确不追认的，由主要负责人说明理由。",
        cure_en="The leader or the case supervision office ratifies it on the record, or the head says why it is not.",
    )


@guard(guard_arguments.nothing)
def some_ratification_owed(facts: Facts, _argument: Any) -> Reason | None:
    """Some single report still waits to be ratified by this round."""
    if _Round(facts).unratified:
        return None
    return because(
        "nothing_owed",
        "没有待本次会商追认的单独汇报事项。",
        "No single report waits to be ratified by this round.",
        cure_zh="无需办理这一步。",
        cure_en="There is nothing to do here; take the next step.",
    )


def _in_order(items: Sequence[int]) -> str:
    return ", ".join(map(str, items))
