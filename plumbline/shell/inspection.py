"""What an inspection has besides what every machine has: its checklist as it stands, and answering an item of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from plumbline.shell import matter_texts
from plumbline.shell.acting import Asked
from plumbline.shell.matter import Expect, Key, Number
from plumbline.shell.matter_texts import local
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import verb
from plumbline.shell.words import said

MACHINE, ANSWERS = "inspection", "answer_item"

Item = Annotated[
    str, typer.Argument(metavar="ITEM", help=said("检查项，如 c15_1。", "The item, such as c15_1."))
]
Result = Annotated[
    str, typer.Argument(metavar="ANSWER", help="in_order, finding, not_applicable, not_looked_at")
]
Remark = Annotated[
    str | None,
    typer.Option(
        "--remark", metavar="TEXT", help=said("情况说明。", "What was found, or why not looked at.")
    ),
]
Measured = Annotated[
    str | None, typer.Option("--measured", metavar="FIGURE", help=said("计量值。", "The figure."))
]
Unit = Annotated[str | None, typer.Option("--unit", metavar="UNIT", help=said("计量单位。", "Its unit."))]
Photographs = Annotated[
    list[int] | None,
    typer.Option("--photograph", metavar="N", min=1, help=said("照片的附件编号。", "Its number; repeatable.")),
]  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add them to the commands of the machine."""
    verb(
        app,
        "checklist",
        said("本次检查的清单：各项的最后答复。", "Its checklist: every item with its latest answer."),
    )(checklist)
    verb(app, "answer", said("答复检查项。", "Answer an item of its checklist; the last answer counts."))(
        answer
    )


def checklist(asked: Asked, number: Number) -> Answer:
    from cases import checklist_sheets, listing

    with asked.work.reading() as session:
        actor = asked.actor
        listing.check_machine(session, number, MACHINE)
        found = checklist_sheets.sheet(session, asked.work.office, number, actor=actor, lang=asked.lang)
    headings = [said("检查项", "item"), said("迹象", "sign"), said("必查", "mandatory"), said("结果", "answer"),
                said("说明", "remark"), said("计量", "measured"), said("答复人", "by"), said("时间", "at"),
                said("已转", "became")]  # fmt: skip
    rows = [_row(asked, one) for one in found["items"] if one["asked"]]
    unanswered, open_ = ", ".join(found["unanswered"]), ", ".join(found["findings"])
    return Answer(found, [
        f"{found['checklist']} {found['label']}", Table(headings, rows),
        said(f"必查未答复：{unanswered or '无'}；未整改到位：{open_ or '无'}",
             f"mandatory and not answered: {unanswered or 'none'}; found and not cured: {open_ or 'none'}"),
    ])  # fmt: skip


def _row(asked: Asked, one: Mapping[str, Any]) -> list[object]:
    given = one["answer"]
    mandatory = said("是", "yes") if one["mandatory"] else ""
    if given is None:
        left = said("已说明未检", "left out with a reason") if one["left_out"] else ""
        return [one["item"], one["sign"], mandatory, left, "", "", "", "", ""]
    measured = " ".join(filter(None, (given["measured"], given["unit"])))
    return [one["item"], one["sign"], mandatory, _answer(given["answer"]), given["remark"], measured, given["by"],
            local(asked, given["at"]), ", ".join(other["number"] for other in one["led_to"])]  # fmt: skip


def _answer(word: str) -> str:
    return {"in_order": said("正常", "in order"), "finding": said("发现问题", "something was found"),
            "not_applicable": said("不适用", "does not apply"),
            "not_looked_at": said("未检查", "not looked at")}[word]  # fmt: skip


def answer(
    asked: Asked, number: Number, item: Item, result: Result, *, remark: Remark = None, measured: Measured = None,
    unit: Unit = None, photograph: Photographs = None, expect: Expect = None, key: Key = None,
) -> Answer:  # fmt: skip
    from cases import listing
    from cases.advance import advance

    given = {"item": item, "answer": result, "remark": remark, "measured": measured, "unit": unit,
             "photographs": ", ".join(map(str, photograph or ())) or None}  # fmt: skip
    form = {name: value for name, value in given.items() if value is not None}
    actor = asked.actor
    with asked.work.unit() as session:
        listing.check_machine(session, number, MACHINE)
        moved = advance(session, asked.work.office, number, ANSWERS, actor=actor, at=asked.at, fields=form,
                        expected_version=expect, key=key)  # fmt: skip
    return Answer(moved.as_dict(), matter_texts.moved(moved))
