"""The radar: what stands still, since which act, and for how many working days."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.shell.acting import Asked
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

app = noun(said("停滞监测。", "The radar: what stands still, and for how many working days."))

Of = Annotated[
    str | None,
    typer.Option("--organisation", metavar="CODE", help=said("单位代码。", "Of one body alone.")),
]
Machine = Annotated[
    str | None,
    typer.Option(
        "--machine", metavar="NAME", help=said("类别，如 clue。", "Of one kind alone, such as clue.")
    ),
]
Limit = Annotated[
    int,
    typer.Option("--limit", metavar="N", min=1, max=1000, help=said("最多列出多少件。", "The first N alone.")),
]  # fmt: skip


@verb(
    app,
    "show",
    said(
        "哪些事项停滞、多少个工作日、自哪一次实质性办理起。",
        "What stands still, as far as you may see, the longest first; and how much of it each body has.",
    ),
)
def show(asked: Asked, organisation: Of = None, machine: Machine = None, limit: Limit = 50) -> Answer:
    from cases import radar

    office, actor = asked.work.office, asked.actor
    with asked.work.reading() as session:
        found = radar.of(
            session, office, actor=actor, at=asked.at, organisation=organisation, machine=machine, limit=limit
        )
    document = radar.document(office, found, actor=actor, at=asked.at)
    bodies = Table(
        [said("单位", "body"), said("类别", "kind"), said("在办", "live"), said("停滞", "standing still"),
         said("最长", "longest"), said("最近一次办理", "last act of all")],
        [[one["organisation"], one["machine"], one["live"],
          "  ".join(f"≥{step['days']}: {step['count']}" for step in one["still"]),
          f"{one['longest']['number']} ({one['longest']['days']})" if one["longest"] else None,
          office.day(body.last_act_at)]
         for one, body in zip(document["organisations"], found.bodies, strict=True)],
    )  # fmt: skip
    matters = Table(
        [said("编号", "number"), said("工作日", "working days"), said("级", "step"), said("状态", "state"),
         said("承办人", "handler"), said("最近一次办理", "last act"), said("办理人", "by"), said("日期", "on"),
         said("下一级", "next step")],
        [[one["number"], one["days"], one["step"], one["state"], one["handler"], one["act"]["move"], one["act"]["by"],
          office.day(blip.act.at), one["next_on"]]
         for one, blip in zip(document["matters"], found.blips, strict=True)],
    )  # fmt: skip
    more = said("未列全，可用 --limit 增加。", "There is more: see --limit.")
    return Answer(document, [bodies, matters, *([more] if found.more else [])])
