"""What zero reports have besides what every machine has: which body reported for which period, and what is missing."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.shell.acting import Asked
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import verb
from plumbline.shell.words import said

MACHINE = "zero_report"

Most = Annotated[
    int,
    typer.Option("--periods", metavar="N", min=1, max=60, help=said("最近多少个报告期。", "The newest N periods.")),
]  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Add them to the commands of the machine."""
    verb(app, "periods", said("各单位各报告期。", "Which body reported for which period, the newest first."))(
        periods
    )
    verb(
        app,
        "gaps",
        said(
            "逾期、未报、无人签报和疑似虚报。",
            "What is late or was never reported, and the reports that a later clue casts doubt on.",
        ),
    )(gaps)


def periods(asked: Asked, *, most: Most = 12) -> Answer:
    from cases import zero_lists

    with asked.work.reading() as session:
        found = zero_lists.document(session, asked.work.office, actor=asked.actor, at=asked.at, most=most)
    headings = [said("单位", "body"), said("报告期", "period"), said("情况", "status"), said("编号", "number"),
                said("签报人", "signed by"), said("签报日期", "signed on")]  # fmt: skip
    words = _statuses()
    rows = [
        [
            one["organisation"],
            cell["period"],
            words[cell["status"]],
            cell["number"],
            cell["signed_by"],
            cell["signed_on"],
        ]
        for one in found["bodies"]
        for cell in one["cells"]
        if cell["status"] != "not_owed"
    ]
    return Answer(found, [Table(headings, rows)])


def gaps(asked: Asked) -> Answer:
    from cases import zero_lists

    with asked.work.reading() as session:
        found = zero_lists.gaps_document(
            session, asked.work.office, actor=asked.actor, at=asked.at, lang=asked.lang
        )
    headings = [said("类别", "kind"), said("单位", "body"), said("报告期", "period"), said("编号", "number"),
                said("说明", "reason")]  # fmt: skip
    words = _statuses() | {"nobody": said("无人可签报", "nobody"), "no_keeper": said("受理单位不明", "reports to nobody"),
                           "doubtful": said("疑似虚报", "doubtful")}  # fmt: skip
    rows = [
        [words[one["kind"]], one["organisation"], one["period"], one["number"], one["reason"]]
        for one in found["gaps"]
    ]
    return Answer(found, [Table(headings, rows), said(f"共 {len(rows)} 项。", f"{len(rows)} in all.")])


def _statuses() -> dict[str, str]:
    return {
        "nothing": said("零报告", "nothing"), "something": said("有事项", "something"), "late": said("逾期未报", "late"),
        "awaiting": said("待报告", "awaiting"), "missed": said("认定未报", "missed"),
        "false_report": said("认定虚报", "false"), "lapsed": said("未要求（中断）", "not asked for"),
        "unopened": said("尚未开启", "not opened yet"), "running": said("未到期", "not yet due"),
        "not_owed": said("无须报告", "not owed"), "unseen": said("不可查看", "unseen"),
    }  # fmt: skip
