"""How matters look on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from plumbline.shell.output import Table
from plumbline.shell.words import chosen, said

if TYPE_CHECKING:
    from cases.moved import Moved
    from plumbline.shell.acting import Asked

Text = list[str | Table]


def local(asked: Asked, instant: str | None, *, day: bool = False) -> str:
    """An instant as the office's clock on the wall shows it."""
    if instant is None:
        return ""
    here = datetime.fromisoformat(instant).astimezone(asked.work.office.zone)
    return f"{here:%Y-%m-%d}" if day else f"{here:%Y-%m-%d %H:%M}"


def form(fields: Sequence[Mapping[str, Any]]) -> Text:
    """The fields of a form."""
    headings = [
        said("字段", "field"),
        said("名称", "label"),
        said("类型", "type"),
        said("必填", "required"),
        said("示例", "example"),
    ]
    return [Table(headings, [_field(one) for one in fields])]


def _field(one: Mapping[str, Any]) -> list[object]:
    kind = f"{one['type']}: {' | '.join(one['choices'])}" if one.get("choices") else one["type"]
    example = one.get("example")
    shown = ",".join(map(str, example)) if isinstance(example, list) else example
    return [one["name"], one["label"], kind, said("是", "yes") if one["required"] else "", shown]


def listed(asked: Asked, machine: str, lines: Sequence[Mapping[str, Any]], total: int) -> Text:
    """A list of matters."""
    states = {
        name: state.label.in_(asked.lang)
        for book in asked.work.office.rulebooks.values()
        if machine in book.machines
        for name, state in book.machines[machine].states.items()
    }
    headings = [
        said("编号", "number"),
        said("状态", "state"),
        said("标题", "title"),
        said("承办人", "handler"),
        said("到期", "late from"),
    ]
    rows = [
        [
            line["number"],
            states.get(line["state"], line["state"]),
            line["title"],
            line["handler"],
            local(asked, line["due_at"]),
        ]
        for line in lines
    ]
    shown = (
        said(f"共 {total} 项。", f"{total} in all.")
        if len(rows) == total
        else said(
            f"列出 {len(rows)} 项，共 {total} 项；用 --limit 看更多。",
            f"{len(rows)} of {total}; --limit shows more.",
        )
    )
    return [*([Table(headings, rows)] if rows else []), shown]


def shown(asked: Asked, found: Mapping[str, Any]) -> Text:
    """One matter in full."""
    top = [
        (said("编号", "number"), found["number"]),
        (said("标题", "title"), found["title"]),
        (
            said("状态", "state"),
            f"{found['state_label'][chosen()]} ({found['state']}, {said('版本', 'version')} {found['version']})",
        ),
        (said("项目", "project"), found["project"]),
        (said("承办人", "handler"), found["handler"]),
        (said("收件日", "received on"), found["received_on"]),
        (said("最近办理", "last moved"), f"{local(asked, found['moved_at'])}  {found['moved_by']}"),
    ]
    parts: Text = [
        Table(["", ""], [list(pair) for pair in top if pair[1] not in (None, "")]),
    ]
    values = [[name, _value(value)] for name, value in found["values"].items()]
    if values:
        parts.append(Table([said("字段", "field"), said("内容", "value")], values))
    if found["deadlines"]:
        rows = [
            [
                one["id"],
                one["label"][chosen()] if one["label"] else one["deadline"],
                one["status"],
                one["due_on"],
                said("暂定", "provisional") if one["provisional"] else "",
            ]
            for one in found["deadlines"]
        ]
        parts.append(
            Table(
                ["id", said("时限", "deadline"), said("状况", "status"), said("到期日", "due on"), ""], rows
            )
        )
    if found["links"]:
        rows = [[one["link"], one["number"], one["state"]] for one in found["links"]]
        parts.append(Table([said("关联", "link"), said("编号", "number"), said("状态", "state")], rows))
    if found["carriages"]:
        rows = [_carriage(asked, one) for one in found["carriages"]]
        parts.append(
            Table(
                [said("送交", "by"), said("结果", "outcome"), said("自", "since"), said("原因", "why")], rows
            )
        )
    return parts


def _carriage(asked: Asked, one: Mapping[str, Any]) -> list[object]:
    """How far its file is on the way to another site."""
    way = {"wire": said("网络", "wire"), "mail": said("邮件", "mail")}[one["way"]]
    outcome = {
        "brought": said("已送到", "brought"),
        "same": said("已送到，无新消息", "brought, nothing new"),
        "refused_there": said("对方未接收", "refused by the other site"),
        "refused_here": said("本站点未接受", "refused here"),
        "failed": said("未送到", "did not get through"),
    }[one["outcome"]]
    why = "; ".join(reason[chosen()] for reason in one["reasons"])
    return [way, outcome, local(asked, one["since"]), why]


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def moves(document: Mapping[str, Any]) -> Text:
    """Open and blocked moves, with what each open one asks for."""
    parts: Text = [
        f"{document['number']}: {document['state']}, {said('版本', 'version')} {document['version']}"
    ]
    for one in document["open"]:
        parts.append(f"+ {one['move']} → {one['to']}  {one['label']}")
        if one["fields"]:
            parts += form(one["fields"])
    for one in document["blocked"]:
        parts.append(f"- {one['move']} → {one['to']}  {one['label']}")
        parts += [f"    {reason['message']} {reason['cure']}" for reason in one["reasons"]]
    return parts


def moved(result: Moved) -> Text:
    """What a move did, here and elsewhere."""
    lines: Text = [
        f"{result.number}: {result.from_} → {result.to} ({said('版本', 'version')} {result.version})"
    ]
    lines += [f"  {one.number}: {one.from_ or said('新建', 'new')} → {one.to}" for one in result.consequences]
    return lines


def history(asked: Asked, events: Sequence[Mapping[str, Any]]) -> Text:
    """What happened, in order."""
    headings = [
        said("时间", "at"),
        said("何人", "who"),
        said("步骤", "move"),
        said("自", "from"),
        said("至", "to"),
        said("校验", "hash"),
    ]
    rows = [
        [
            local(asked, one["at"]),
            one["actor"],
            one["label"][chosen()] if one["label"] else one["move"],
            one["from"],
            one["to"],
            one["hash"][:12],
        ]
        for one in events
    ]
    return [Table(headings, rows)]
