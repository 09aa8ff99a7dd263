"""A round's checklist: what is wrong with an answer, and the sheet people read.

Answers are events of the round's history and nothing else: the latest counts, and no earlier one is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import attachments, gathering
from cases.checklist_facts import Asked, asked
from cases.history import Event
from cases.matters import OnFile
from cases.office import Office
from states import checklist_answers
from states.checklist_answers import Standing
from states.checklist_rules import (
    ANSWER,
    IN_ORDER,
    ITEM,
    LEFT_OUT,
    MEASURED,
    PHOTOGRAPHS,
    REMARK,
    UNIT,
    ChecklistRules,
)
from states.checklists import Item, number
from states.facts import Facts, Reason, Refused
from states.rulebook import FormField, Label

MOST_PHOTOGRAPHS = 50
_BETWEEN = re.compile(r"[\s,，、;；]+")
_SAID = ("problem", "measure")  # where a move that finds something says what


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
    again = stand.again if _asks_again(office, row, rules) and stand.again else tuple(found.items)
    name = checklist_answers.next_item(stand, again, found.mandatory)
    if move != rules.answered_by:
        return fields, {ITEM: name}
    measure = found.items[name][1].measure
    photographs = [one.number for one in attachments.of_matter(session, row.id) if one.is_photograph]
    return fields, {ITEM: name, ANSWER: IN_ORDER, MEASURED: measure.least if measure else None,
                    UNIT: measure.unit if measure else None,
                    PHOTOGRAPHS: str(photographs[0]) if photographs else None}  # fmt: skip


def _asks_again(office: Office, row: OnFile, rules: ChecklistRules) -> bool:
    """Whether the round is being looked at again."""
    machine = office.rulebook(row.rulebook).machines[row.machine]
    return row.state == machine.moves[rules.asked_again_by].to


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
    open_ = stand.again if stand.again and _asks_again(office, row, rules) else tuple(sheet_.items)
    if form[ITEM] not in open_:
        return [_no_such_item(form[ITEM], open_)]
    _, item = sheet_.items[form[ITEM]]
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
    words = [word for word in _BETWEEN.split(str(said)) if word]
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


# ----------------------------------------------------------------------------------------------------- reading


def sheet(session: Session, office: Office, number_: str, *, actor: str, lang: str) -> dict[str, Any]:
    """The checklist of a round with every item, its latest answer and the earlier ones, for whoever sees the round.

    Raises NoSuchMatter, Refused (no_checklist).
    """
    row = gathering.load(session, office, number_, login=actor, for_change=False).row
    found = asked(session, office, row)
    if found is None:
        raise Refused("no_checklist", (_reason(
            "no_checklist", f"{number_} 没有检查清单。", f"{number_} has no checklist.",
            "登记检查时注明清单代码。", "A round names its checklist as it is registered."),))  # fmt: skip
    stand = checklist_answers.standing(found.rules, gathering.Course(session, row.id))
    given = _given(session, row, found)
    again = stand.again if _asks_again(office, row, found.rules) else None
    items = [_line(found, name, given.get(name, []), stand, again, lang) for name in found.items]
    return {"number": row.number, "state": row.state, "version": row.version, "checklist": found.checklist.key,
            "label": found.checklist.content.label.in_(lang), "items": items,
            "unanswered": list(stand.unanswered(found.mandatory)), "findings": list(stand.found),
            "again": list(stand.to_ask_again) if again is not None else []}  # fmt: skip


def _given(session: Session, row: OnFile, found: Asked) -> dict[str, list[dict[str, Any]]]:
    """Every answer by item, oldest first."""
    moves = (found.rules.answered_by, *found.rules.found_by)
    query = (
        select(col(Event.id), col(Event.at), col(Event.actor), col(Event.move), col(Event.data))
        .where(col(Event.matter) == row.id, col(Event.move).in_(moves))
        .order_by(col(Event.seq))
    )
    answers: dict[str, list[dict[str, Any]]] = {}
    for event, at, actor, move, data in session.execute(query):
        if (said := checklist_answers.answer_of(found.rules, move, data)) is not None:
            remark = next((data[name] for name in (REMARK, *_SAID) if data.get(name)), None)
            numbers = [int(word) for word in _BETWEEN.split(data.get(PHOTOGRAPHS) or "") if word]
            answers.setdefault(said[0], []).append({
                "answer": said[1], "remark": remark, "measured": data.get(MEASURED), "unit": data.get(UNIT),
                "photographs": numbers, "by": actor, "at": at.isoformat(), "event": event})  # fmt: skip
    return answers


def _line(
    found: Asked, name: str, given: list[dict[str, Any]], stand: Standing, again: tuple[str, ...] | None, lang: str
) -> dict[str, Any]:  # fmt: skip
    section, item = found.items[name]
    measure = {"label": item.measure.label.in_(lang), "unit": item.measure.unit} if item.measure else None
    return {
        "item": name, "link": section.link, "sign": item.sign.in_(lang), "mandatory": item.mandatory, "measure": measure,
        "basis": [basis.model_dump(mode="json", exclude_none=True) for basis in section.basis],
        "answer": given[-1] if given else None, "earlier": given[:-1],
        "left_out": name in stand.left_out and not given, "asked": again is None or name in again,
    }  # fmt: skip
