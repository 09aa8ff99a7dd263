"""What the register of decisions has besides what every machine has: what the records lack, and the record of one."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.shell.acting import Asked
from plumbline.shell.matter import Number
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import verb
from plumbline.shell.words import said

MACHINE = "decision"

Of = Annotated[
    str | None, typer.Option("--project", metavar="CODE", help=said("项目代码。", "Of one project alone."))
]
Settled = Annotated[
    bool,
    typer.Option(
        "--settled",
        help=said("含已转线索或已认可的。", "With those that became a clue or were accepted."),
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add them to the commands of the machine."""
    verb(app, "gaps", said("决策记录缺失。", "What the records of the decisions you see lack."))(gaps)
    verb(
        app,
        "record",
        said("到会情况、每人意见和记录缺失。", "Who came, what each said, and what the record lacks."),
    )(record)


def gaps(asked: Asked, *, project: Of = None, settled: Settled = False) -> Answer:
    from cases import decision_lists

    with asked.work.reading() as session:
        found = decision_lists.gaps(session, asked.work.office, actor=asked.actor, at=asked.at, lang=asked.lang,
                                    project=project, settled=settled)  # fmt: skip
    headings = [said("编号", "number"), said("状态", "state"), said("决策事项", "decision"), said("项目", "project"),
                said("缺失", "gap"), said("说明", "in words"), said("已处理", "seen to")]  # fmt: skip
    rows = [
        [one["number"], one["state"], one["title"], one["project"], one["gap"], one["label"], _yes(one["settled"])]
        for one in found
    ]  # fmt: skip
    return Answer({"gaps": found, "as_seen_by": asked.actor}, [Table(headings, rows)])


def record(asked: Asked, number: Number) -> Answer:
    from cases import decision_lists, listing

    with asked.work.reading() as session:
        actor = asked.actor
        listing.check_machine(session, number, MACHINE)
        found = decision_lists.record(
            session, asked.work.office, number, actor=actor, at=asked.at, lang=asked.lang
        )
    people = [[one["turn"], one["name"], one["attendance"], one["view"], one["reason"], one["lines"]]
              for one in found["people"]]  # fmt: skip
    lacks = [
        [one["gap"], one["label"], _yes(one["settled"]), "、".join(made["number"] for made in one["led_to"])]
        for one in found["gaps"]
    ]
    return Answer(found, [
        f"{number} {found['state']}",
        Table([said("发言次序", "spoke"), said("姓名", "person"), said("到会", "attendance"), said("意见", "view"),
               said("理由", "reason"), said("登记次数", "lines")], people),
        Table([said("缺失", "gap"), said("说明", "in words"), said("已处理", "seen to"), said("已转线索", "became")], lacks),
    ])  # fmt: skip


def _yes(holds: bool) -> str:
    return said("是", "yes") if holds else said("否", "no")
