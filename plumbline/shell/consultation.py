"""What a consultation has besides what every machine has: its seats, its opinions, its results counted anew,
and its order of business."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import typer

from plumbline.shell.acting import Asked
from plumbline.shell.matter import Number
from plumbline.shell.matter_texts import Text, local
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import verb
from plumbline.shell.words import said

MACHINE = "consultation"


def add_to(app: typer.Typer) -> None:
    """Add them to the commands of the machine."""
    verb(
        app,
        "agenda",
        said("会商议程：先上期整改，再议新问题，后定分工。",
             "The order of business: last round's tasks, what is new, who fixes what."),
    )(agenda)  # fmt: skip
    verb(app, "seats", said("会商席位。", "Its seats: who sits, for whom, and who is recused."))(seats)
    verb(
        app,
        "opinions",
        said("会商意见；未开启的只显示封存码。", "Its opinions; of a sealed one only that it was given."),
    )(opinions)
    verb(app, "result", said("按记录重新计算会商结果。", "What it decided, counted anew from the record."))(
        result
    )


def agenda(asked: Asked, number: Number) -> Answer:
    from cases import round_agenda

    with asked.work.reading() as session:
        found = round_agenda.business(session, asked.work.office, number, actor=asked.actor, at=asked.at)
    return Answer(found, [*_last_tasks(asked, found["last_tasks"]), *_new(asked, found["items"]),
                          *_decided(asked, found["decisions"])])  # fmt: skip


def _last_tasks(asked: Asked, found: Mapping[str, Any]) -> Text:
    lines: Text = [said("一、上期整改", "1. The last round's tasks")]
    if not found["tasks"]:
        return [*lines, said("没有需要通报的任务。", "There is none to take note of.")]
    headings = [said("任务", "task"), said("整改措施", "measure"), said("责任人", "owner"), said("期限", "due on"),
                said("现状", "state"), said("备注", "remark")]  # fmt: skip
    rows = [[one["number"], one["measure"], one["owner"], one["due_on"], one["state_label"][asked.lang], _task(one)]
            for one in found["tasks"]]  # fmt: skip
    return [*lines, Table(headings, rows)]


def _task(one: Mapping[str, Any]) -> str:
    remarks = [
        said("已逾期", "overdue") if one["overdue"] else "",
        ""
        if one["read_out"]
        else said("有成员回避，不在会上通报", "a member is kept out of it: not read out"),
    ]
    return ", ".join(filter(None, remarks))


def _new(asked: Asked, found: Sequence[Mapping[str, Any]]) -> Text:
    headings = [
        said("项", "item"),
        said("情况说明", "brief"),
        said("提请意见", "proposed"),
        said("线索", "clue"),
    ]
    rows = [
        [one["item"], said("（回避）", "(recused)"), "", ""] if one["recused"]
        else [one["item"], one["brief"], _choice(asked, one, "proposed"), one["clue"]]
        for one in found
    ]  # fmt: skip
    return [said("二、新问题", "2. New problems"), Table(headings, rows)]


def _decided(asked: Asked, found: Sequence[Mapping[str, Any]]) -> Text:
    lines: Text = [said("三、定分工", "3. Who fixes what")]
    if not found:
        return [*lines, said("尚未形成会商意见。", "Nothing is decided yet.")]
    headings = [said("项", "item"), said("决定", "decision"), said("任务", "tasks")]
    return [
        *lines,
        Table(headings, [[one["item"], _choice(asked, one, "decision"), _tasks(one)] for one in found]),
    ]


def _tasks(one: Mapping[str, Any]) -> str:
    told = "; ".join(f"{task['number']} {task['owner']} {task['due_on']}" for task in one["tasks"])
    return told or (said("尚未下达", "not issued yet") if one["lacks_task"] else "")


def _choice(asked: Asked, one: Mapping[str, Any], name: str) -> object:
    label = one[f"{name}_label"]
    return label[asked.lang] if label else one[name]


def seats(asked: Asked, number: Number) -> Answer:
    from cases import round_results

    with asked.work.reading() as session:
        found = round_results.seats(session, asked.work.office, number, actor=asked.actor)
    headings = [
        said("成员", "member"), said("单位", "organisation"), said("权重", "weight"), said("一票否决", "veto"),
        said("替补", "substitute"), said("项", "item"), said("回避", "recused"), said("已表态", "has spoken"),
    ]  # fmt: skip
    rows = [
        [one["person"], one["organisation"], one["weight"], _mark(one["veto"]), one["substitute"], item["item"],
         _mark(item["recused"]), _mark(item["given"])]
        for one in found for item in one["items"]
    ]  # fmt: skip
    return Answer({"number": number, "seats": found}, [Table(headings, rows)])


def opinions(asked: Asked, number: Number) -> Answer:
    from cases import round_results

    with asked.work.reading() as session:
        found = round_results.opinions(session, asked.work.office, number, actor=asked.actor)
    headings = [
        said("项", "item"), said("成员", "member"), said("次", "no."), said("时间", "given"), said("意见", "opinion"),
        said("条件、理由", "conditions, reasons"), said("备注", "remark"),
    ]  # fmt: skip
    rows = [_opinion(asked, one) for one in found]
    return Answer({"number": number, "opinions": found}, [Table(headings, rows)] if rows else [])


def _opinion(asked: Asked, one: Mapping[str, Any]) -> list[object]:
    words = " / ".join(filter(None, (one.get("conditions"), one.get("reasons"))))
    remarks = [
        said("封存", "sealed") if one["sealed"] else "",
        said("逾期不计", "late, does not count") if one["late"] else "",
        said("已被后一意见取代", "replaced by a later one") if one["replaced"] else "",
    ]
    given = local(asked, one["given_at"])
    return [
        one["item"],
        one["person"],
        one["seq"],
        given,
        one.get("view"),
        words,
        ", ".join(filter(None, remarks)),
    ]


def result(asked: Asked, number: Number) -> Answer:
    from cases import round_results

    with asked.work.reading() as session:
        found = round_results.result(session, asked.work.office, number, actor=asked.actor)
    status = 0 if found["agrees"] and not found["broken_seals"] else 1
    return Answer(found, _told(found), status)


def _told(found: Mapping[str, Any]) -> Text:
    several = len(found["items"]) > 1
    lines: Text = [line for one in found["items"] for line in _item_told(one, several=several)]
    if not found["agrees"]:
        lines.append(said("在册结果与重新计算不符！", "What stands on file is not what was counted!"))
    if found["broken_seals"]:
        who = ", ".join(found["broken_seals"])
        lines.append(said(f"封存码不符：{who}", f"Not as they were given: {who}"))
    return lines


def _item_told(one: Mapping[str, Any], *, several: bool) -> Text:
    lines: Text = [said(f"第 {one['item']} 项", f"Item {one['item']}")] if several else []
    if one["recused"]:
        return [*lines, said("您已回避本项。", "You are recused from it.")]
    counted = one["result"]
    lines += [
        said(f"结果：{counted['outcome']}，决定：{one['decision']}。",
             f"{counted['outcome']}: {one['decision']}."),
        said(f"参加 {counted['present']}，应到 {counted['needed']}；赞成 {counted['in_favour']} / {counted['of']}。",
             f"{counted['present']} took part, {counted['needed']} had to; {counted['in_favour']} of "
             f"{counted['of']} in favour."),
        "  ".join(f"{name} {count}" for name, count in counted["counts"].items() if count),
    ]  # fmt: skip
    lines += [said(f"不同意见（{each['person']}）：{each['text']}", f"Dissent ({each['person']}): {each['text']}")
              for each in counted["dissent"]]  # fmt: skip
    return lines + [said(f"附条件（{each['person']}）：{each['text']}", f"Condition ({each['person']}): {each['text']}")
                    for each in counted["conditions"]]  # fmt: skip


def _mark(is_so: bool) -> str:
    return said("是", "yes") if is_so else ""
