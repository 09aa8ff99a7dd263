"""A round's checklist: what is asked for in an answer, and what is wrong with one.

Answers are events of the round's history and nothing else: the latest counts, and no earlier one is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session

from cases import attachments, checklist_findings
from cases.checklist_facts import asked, asks_again
from cases.matters import OnFile
from cases.office import Office
from states import checklist_answers
from states.checklist_rules import (
    ANSWER,
    IN_ORDER,
    ITEM,
    LEFT_OUT,
    LINK,
    MEASURED,
    PHOTOGRAPHS,
    REMARK,
    UNIT,
    ChecklistRules,
)
from states.checklists import Item, number
from states.facts import Facts, Reason
from states.rulebook import FormField, Label

MOST_PHOTOGRAPHS = 50


def form(
    session: Session, office: Office, row: OnFile, move: str, fields: tuple[FormField, ...], known: Facts
) -> tuple[tuple[FormField, ...], dict[str, Any]]:
    """The fields of a move as they stand for this round, and what would pass in those that its checklist decides.

    A field without an example here has none that would pass: there is no photograph yet, or the item is not measured.
    """
    rules = office.rulebook(row.rulebook).machines[row.machine].checklist
    if rules is None or move not in (rules.answered_by, *rules.found_by):
        return fields, {}
    found = asked(session, office, row)
    if found is None:  # no item can be meant
        return tuple(field for field in fields if field.name != ITEM), {}
    stand = checklist_answers.standing(rules, known.course)
    again = stand.again if asks_again(office, row, rules) and stand.again else tuple(found.items)
    name = checklist_answers.next_item(stand, again, found.mandatory)
    if move != rules.answered_by:
        name = next(iter(stand.found), name)
        return fields, {ITEM: name} | checklist_findings.begun(
            session, row, found, fields, name, today=known.today, lang="zh"
        )
    measure = found.items[name][1].measure
    photographs = [one.number for one in attachments.of_matter(session, row.id) if one.is_photograph]
    return fields, {ITEM: name, ANSWER: IN_ORDER, MEASURED: measure.least if measure else None,
                    UNIT: measure.unit if measure else None,
                    PHOTOGRAPHS: str(photographs[0]) if photographs else None}  # fmt: skip


# --------------------------------------------------------------------------------------------------- answering


def read(
    session: Session, office: Office, row: OnFile, move: str, form: dict[str, Any], known: Facts
) -> list[Reason]:
    """What is wrong with a form that answers an item or leaves some out; what the history holds of it comes into `form`."""
    sheet_ = asked(session, office, row)
    rules = office.rulebook(row.rulebook).machines[row.machine].checklist
    if rules is None or move not in (rules.answered_by, rules.left_out_by, *rules.found_by):
        return []
    if sheet_ is None:
        return [_no_such_item(form[ITEM], [])] if form.get(ITEM) and move in rules.found_by else []
    stand = checklist_answers.standing(rules, known.course)
    if move == rules.left_out_by:
        form[LEFT_OUT] = list(stand.unanswered(sheet_.mandatory))
        return [] if form[LEFT_OUT] else [_nothing_left()]
    if not form.get(ITEM):
        return []
    open_ = stand.again if stand.again and asks_again(office, row, rules) else tuple(sheet_.items)
    if row.state not in office.rulebook(row.rulebook).machines[row.machine].moves[rules.answered_by].from_:
        open_ = stand.found  # nothing is answered any more; of what was found something may still be made
    if form[ITEM] not in open_:
        return [_no_such_item(form[ITEM], open_)]
    section, item = sheet_.items[form[ITEM]]
    if move in rules.found_by and not form.get(LINK):
        form[LINK] = section.link
    return [
        *_measure_faults(item, form),
        *_photograph_faults(session, row, form),
        *_remark_faults(rules, move, form),
    ]


def _measure_faults(item: Item, form: dict[str, Any]) -> list[Reason]:
    said, unit = form.get(MEASURED), form.get(UNIT)
    if said is None:
        return []
    figure = number(str(said))
    if figure is None:
        return [_reason("not_a_number", f"计量值“{str(said)[:40]}”不是数字。", f"{str(said)[:40]!r} is not a number.",
                        "请用数字填写，如 12.5。", "Write it in digits, such as 12.5.", MEASURED)]  # fmt: skip
    if item.measure is None:
        if unit:
            return []
        return [_reason("missing", "计量值缺少单位。", "What was measured lacks its unit.", "请填写单位。",
                        "Give the unit.", UNIT)]  # fmt: skip
    wanted = item.measure.unit
    if unit not in (None, wanted):
        return [_reason("wrong_unit", f"{item.id} 以 {wanted} 计量，而不是 {str(unit)[:16]}。",
                        f"{item.id} is measured in {wanted}, not in {str(unit)[:16]}.",
                        f"请换算为 {wanted}。", f"Give it in {wanted}.", UNIT)]  # fmt: skip
    if not item.measure.allows(figure):
        least, most = item.measure.least, item.measure.most
        return [_reason("out_of_range", f"{figure} {wanted} 不在 {least} 至 {most} 之间。",
                        f"{figure} {wanted} does not lie between {least} and {most}.", "请核对计量值。",
                        "Check the figure.", MEASURED)]  # fmt: skip
    form[UNIT] = wanted
    return []


def _photograph_faults(session: Session, row: OnFile, form: dict[str, Any]) -> list[Reason]:
    said = form.get(PHOTOGRAPHS)
    if said is None:
        return []
    words = checklist_answers.numbers_in(str(said))
    held = {str(one.number) for one in attachments.of_matter(session, row.id) if one.is_photograph}
    if len(words) > MOST_PHOTOGRAPHS or not held.issuperset(words):
        there = ", ".join(sorted(held, key=int)) or "-"
        return [_reason("no_such_attachment", f"照片须是本次检查的照片附件编号（现有：{there}）。",
                        f"Photographs are named by their numbers among this round's attachments (there are: {there}).",
                        "请先上传照片，再填写编号，如：1, 3。", "Add the photograph first.", PHOTOGRAPHS)]  # fmt: skip
    form[PHOTOGRAPHS] = ", ".join(dict.fromkeys(words))
    return []


def _remark_faults(rules: ChecklistRules, move: str, form: Mapping[str, Any]) -> list[Reason]:
    if move != rules.answered_by or form.get(ANSWER) == IN_ORDER or form.get(REMARK):
        return []
    return [_reason("missing", "须说明发现了什么，或为何不适用、未检查。",
                    "Say what was found, or why it does not apply or was not looked at.", "请填写说明。",
                    "Fill in the remark.", REMARK)]  # fmt: skip


def _no_such_item(given: object, items: Iterable[str]) -> Reason:
    there = ", ".join(items) or "-"
    shown = str(given)[:40]
    return _reason("unknown_reference", f"本次检查没有待答复的检查项“{shown}”。",
                   f"This round is not asked the item {shown!r}.",
                   f"可答复：{there[:400]}。", f"It is asked: {there[:400]}.", ITEM)  # fmt: skip


def _nothing_left() -> Reason:
    return _reason("nothing_unanswered", "必查项均已答复，无需说明。", "Every mandatory item is answered.",
                   "请直接提交检查报告。", "Report the round.")  # fmt: skip


def _reason(code: str, zh: str, en: str, cure_zh: str, cure_en: str, field: str | None = None) -> Reason:
    return Reason(code, Label(zh=zh, en=en), Label(zh=cure_zh, en=cure_en), field)
