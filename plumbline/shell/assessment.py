"""What assessments have besides what every machine has: the sheet of a body and period, drawing one up, counting anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from plumbline.shell.acting import Asked, read_instant
from plumbline.shell.matter import Number
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import verb
from plumbline.shell.words import said

MACHINE = "assessment"

Body = Annotated[str, typer.Argument(metavar="ORG", help=said("单位代码。", "The code of the body."))]
Period = Annotated[
    str, typer.Option("--period", metavar="PERIOD", help=said("如 2026-Q3。", "2026, 2026-Q3 or 2026-09."))
]
AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="INSTANT",
        help=said("统计截止时刻。", "Count as of this instant; without it, of now."),
    ),
]
Xlsx = Annotated[
    Path | None,
    typer.Option(
        "--xlsx", metavar="FILE", help=said("写入该 xlsx 文件。", "Write it into this workbook as well.")
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add them to the commands of the machine."""
    verb(
        app,
        "sheet",
        said(
            "某单位某期考核表，列明每项依据。",
            "The sheet of a body and period, each figure with its rows and formula.",
        ),
    )(sheet)
    verb(app, "draft", said("拟制考核表并入档。", "Draw up the sheet of a period that is over; its number."))(
        draft
    )
    verb(
        app, "fixed", said("已拟制的考核表。", "A sheet as it was drawn up, with the rows that you may see.")
    )(fixed)
    verb(
        app,
        "recount",
        said("重新统计已拟制的考核表。", "Count every sheet you may see anew, each as of its own instant."),
    )(recount)


def _instant(given: str | None) -> datetime | None:
    return read_instant(given) if given is not None else None


def sheet(asked: Asked, body: Body, period: Period, *, as_of: AsOf = None, xlsx: Xlsx = None) -> Answer:
    from cases import assessment_export, assessments

    office = asked.work.office
    with asked.work.reading() as session:
        found = assessments.sheet(session, office, organisation=body, period=period, actor=asked.actor, at=asked.at,
                                  as_of=_instant(as_of))  # fmt: skip
    document = found.as_dict(asked.lang)
    text = _text(document)
    if xlsx is not None:
        assessment_export.write(document, xlsx, name=body, at=asked.at, zone=office.zone, lang=asked.lang)
        document["file"] = str(xlsx)
        text.append(said(f"已写入 {xlsx}。", f"Written to {xlsx}."))
    return Answer(document, text)


def draft(asked: Asked, body: Body, period: Period, *, as_of: AsOf = None) -> Answer:
    from cases import assessment_sheets

    with asked.work.unit() as session:
        moved = assessment_sheets.draw_up(session, asked.work.office, organisation=body, period=period,
                                          actor=asked.actor, at=asked.at, as_of=_instant(as_of))  # fmt: skip
    document = {"number": moved.number, "state": moved.to, "version": moved.version}
    return Answer(document, [said(f"已拟制 {moved.number}。", f"Drawn up as {moved.number}.")])


def fixed(asked: Asked, number: Number) -> Answer:
    from cases import assessment_sheets

    with asked.work.reading() as session:
        found = assessment_sheets.shown(
            session, asked.work.office, number, actor=asked.actor, lang=asked.lang
        )
    return Answer(found, _text(found))


def recount(asked: Asked) -> Answer:
    from cases import assessment_sheets

    with asked.work.reading() as session:
        found = assessment_sheets.recount(session, asked.work.office, actor=asked.actor)
    lines = [one.as_dict() for one in found]
    table = Table(
        [said("编号", "number"), said("相符", "agrees"), said("摘要值相符", "fits its digest"), said("不符指标", "differs")],
        [[one["number"], _yes(one["ok"]), _yes(one["fits"]), ", ".join(one["differs"])] for one in lines],
    )  # fmt: skip
    wrong = sum(not one["ok"] for one in lines)
    return Answer(
        {"sheets": lines, "wrong": wrong},
        [
            table,
            said(f"共 {len(lines)} 份，不符 {wrong} 份。", f"{len(lines)} sheets, {wrong} do not agree."),
        ],
    )


def _yes(holds: bool) -> str:
    return said("是", "yes") if holds else said("否", "no")


def _text(found: Mapping[str, Any]) -> list[str | Table]:
    headings = [said("指标", "figure"), said("数值", "figure's value"), said("权重", "weight"), said("扣分", "deducted"),
                said("依据", "rows")]  # fmt: skip
    figures = [
        [one["label"], _value(one), one["weight"] or None, one["deducted"] or None, _rows(one)]
        for one in found["figures"]
    ]
    formulas = [[one["label"], one["formula"]] for one in found["figures"]]
    score = (
        found["score"]
        if found["score"] is not None
        else said("不适用或不予显示", "does not apply, or is withheld")
    )
    return [
        f"{found['organisation']}  {found['period']}  {said('截至', 'as of')} {found['as_of']}",
        Table(headings, figures),
        f"{said('得分', 'score')}: {score}  {found['worked']}",
        found["formula"],
        Table([said("指标", "figure"), said("计算口径", "formula")], formulas),
    ]


def _value(one: Mapping[str, Any]) -> str:
    if one["withheld"]:
        return said("不予显示", "withheld")
    if not one["applies"]:
        return said("不适用", "does not apply")
    return f"{one['hits']}/{one['of']}" if one["of"] is not None else str(one["hits"])


def _rows(one: Mapping[str, Any]) -> str:
    named = [row["number"] if row["hit"] else f"({row['number']})" for row in one["rows"]]
    hidden = said(f"另有 {one['hidden']} 件不可查看", f"{one['hidden']} not shown to you")
    return "; ".join([*named, *([hidden] if one["hidden"] else [])])
