"""Coverage: which cells of a project were looked at, which will be, and which are blind."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from plumbline.shell.acting import Asked
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

app = noun(
    said("监督覆盖。", "Coverage: who looked last at each phase, side and link, and where nobody did.")
)

Of = Annotated[
    str | None, typer.Option("--project", metavar="CODE", help=said("项目代码。", "Of one project alone."))
]


@verb(
    app, "show", said("各单元的覆盖情况。", "Every cell: covered, planned or blind, as far as you may see.")
)
def show(asked: Asked, project: Of = None) -> Answer:
    from cases import coverage

    office, actor = asked.work.office, asked.actor
    with asked.work.reading() as session:
        found = coverage.of(session, office, actor=actor, at=asked.at, project=project)
        cells = [coverage.as_dict(one) for one in found.cells]
    document: dict[str, Any] = {"as_of": office.day(asked.at).isoformat(), "as_seen_by": actor,
                                "projects": list(found.projects), "counts": found.counts(),
                                "cells": cells}  # fmt: skip
    words = {
        "covered": said("已覆盖", "covered"),
        "planned": said("已安排", "planned"),
        "blind": said("盲区", "blind"),
    }
    headings = [said("项目", "project"), said("环节", "link"), said("阶段", "phase"), said("对象", "personnel"),
                said("状态", "state"), said("风险", "risk"), said("上次", "last"), said("有效至", "until"),
                said("下次", "next")]  # fmt: skip
    rows = [
        [one["project"], one["link"], one["phase"], one["personnel"], words[one["state"]], one["risk"],
         one["last"]["number"] if one["last"] else None, one["covered_until"],
         one["planned"]["on"] if one["planned"] else None]
        for one in cells
    ]  # fmt: skip
    counts = "  ".join(f"{words[state]} {count}" for state, count in document["counts"].items())
    return Answer(document, [Table(headings, rows), counts])
