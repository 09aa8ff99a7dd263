"""What a consultation has besides what every machine has: its seats, its opinions, its result counted anew."""

from __future__ import annotations

from collections.abc import Mapping
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
    verb(app, "seats", said("会商席位。", "Its seats: who sits, for whom, and who is recused."))(seats)
    verb(
        app,
        "opinions",
        said("会商意见；未开启的只显示封存码。", "Its opinions; of a sealed one only that it was given."),
    )(opinions)
    verb(app, "result", said("按记录重新计算会商结果。", "What it decided, counted anew from the record."))(
        result
    )


def seats(asked: Asked, number: Number) -> Answer:
    from cases import round_results

    with asked.work.reading() as session:
        found = round_results.seats(session, asked.work.office, number, actor=asked.actor)
    headings = [
        said("成员", "member"), said("单位", "organisation"), said("权重", "weight"), said("一票否决", "veto"),
        said("替补", "substitute"), said("回避", "recused"), said("已表态", "has spoken"),
    ]  # fmt: skip
    rows = [
        [one["person"], one["organisation"], one["weight"], _mark(one["veto"]), one["substitute"],
         _mark(one["recused"]), _mark(one["given"])]
        for one in found
    ]  # fmt: skip
    return Answer({"number": number, "seats": found}, [Table(headings, rows)])


def opinions(asked: Asked, number: Number) -> Answer:
    from cases import round_results

    with asked.work.reading() as session:
        found = round_results.opinions(session, asked.work.office, number, actor=asked.actor)
    headings = [
        said("成员", "member"), said("次", "no."), said("时间", "given"), said("意见", "opinion"),
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
    return [one["person"], one["seq"], given, one.get("view"), words, ", ".join(filter(None, remarks))]


def result(asked: Asked, number: Number) -> Answer:
    from cases import round_results

    with asked.work.reading() as session:
        found = round_results.result(session, asked.work.office, number, actor=asked.actor)
    status = 0 if found["agrees"] and not found["broken_seals"] else 1
    return Answer(found, _told(found), status)


def _told(found: Mapping[str, Any]) -> Text:
    counted = found["result"]
    counts = "  ".join(f"{name} {count}" for name, count in counted["counts"].items() if count)
    lines: Text = [
        said(f"结果：{counted['outcome']}，决定：{found['decision']}。",
             f"{counted['outcome']}: {found['decision']}."),
        said(f"参加 {counted['present']}，应到 {counted['needed']}；赞成 {counted['in_favour']} / {counted['of']}。",
             f"{counted['present']} took part, {counted['needed']} had to; {counted['in_favour']} of "
             f"{counted['of']} in favour."),
        counts,
    ]  # fmt: skip
    lines += [said(f"不同意见（{one['person']}）：{one['text']}", f"Dissent ({one['person']}): {one['text']}")
              for one in counted["dissent"]]  # fmt: skip
    if not found["agrees"]:
        lines.append(said("在册结果与重新计算不符！", "What stands on file is not what was counted!"))
    if found["broken_seals"]:
        who = ", ".join(found["broken_seals"])
        lines.append(said(f"封存码不符：{who}", f"Not as they were given: {who}"))
    return lines


def _mark(is_so: bool) -> str:
    return said("是", "yes") if is_so else ""
