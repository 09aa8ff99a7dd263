"""Coverage: which cells of a project were looked at, which will be, and which are blind."""

from __future__ import annotations

from typing import Annotated

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
Limit = Annotated[
    int,
    typer.Option("--limit", metavar="N", min=1, max=1000, help=said("最多列出多少条建议。", "The first N alone.")),
]  # fmt: skip
Project = Annotated[str, typer.Argument(metavar="PROJECT", help=said("项目代码。", "The project's code."))]
Link = Annotated[
    str, typer.Argument(metavar="LINK", help=said("环节，如 c15_quality。", "The link, such as c15_quality."))
]
Kind = Annotated[
    str | None,
    typer.Option("--kind", metavar="KIND", help=said("检查类型，不填的按建议。", "Another kind than proposed.")),
]  # fmt: skip
Why = Annotated[
    str, typer.Option("--why", metavar="TEXT", help=said("补充理由。", "What you add to the reason."))
]
Inspectors = Annotated[
    list[str] | None,
    typer.Option("--inspector", metavar="LOGIN", help=said("检查人员，可重复。", "Who goes; repeatable.")),
]


@verb(
    app, "show", said("各单元的覆盖情况。", "Every cell: covered, planned or blind, as far as you may see.")
)
def show(asked: Asked, project: Of = None) -> Answer:
    from cases import coverage

    office, actor = asked.work.office, asked.actor
    with asked.work.reading() as session:
        found = coverage.of(session, office, actor=actor, at=asked.at, project=project)
    document = coverage.document(office, found, actor=actor, at=asked.at)
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
        for one in document["cells"]
    ]  # fmt: skip
    counts = "  ".join(f"{words[state]} {count}" for state, count in document["counts"].items())
    return Answer(document, [Table(headings, rows), counts])


@verb(
    app,
    "propose",
    said(
        "建议安排哪些检查以消除盲区，消除多的在前。",
        "Which rounds would close the blind cells, those that close most first, each with its reason.",
    ),
)
def propose(asked: Asked, project: Of = None, limit: Limit = 1000) -> Answer:
    from cases import proposing

    office, actor = asked.work.office, asked.actor
    with asked.work.reading() as session:
        found = proposing.of(session, office, actor=actor, at=asked.at, project=project)
        document = proposing.document(
            session, office, found, actor=actor, at=asked.at, lang=asked.lang, limit=limit
        )
    listed = document["proposals"]
    headings = [said("项目", "project"), said("环节", "link"), said("形式", "form"), said("消除", "closes"),
                said("余", "left"), said("风险", "risk"), said("首次", "first"), said("理由", "reason")]  # fmt: skip
    rows = [
        [one["project"], one["link"], form_word(one["form"]), one["closes"], one["left"], one["risk"], one["on"],
         one["reason"]]
        for one in listed
    ]  # fmt: skip
    counts = said(f"盲区 {found.blind} 个，建议 {len(found.proposals)} 项。",
                  f"blind cells: {found.blind}; proposals: {len(found.proposals)}.")  # fmt: skip
    how = said(
        "采纳：plumbline coverage accept 项目 环节", "to accept one: plumbline coverage accept PROJECT LINK"
    )
    return Answer(document, [Table(headings, rows), counts, *([how] if listed else [])])


def form_word(form: str) -> str:
    """What a proposal would become."""
    return {"programme": said("定期安排", "programme"), "round": said("一次检查", "one round")}[form]


@verb(
    app,
    "accept",
    said(
        "采纳建议，登记检查安排或检查。",
        "Accept what is proposed at a link: it becomes a programme or a round.",
    ),
)
def accept(
    asked: Asked, project: Project, link: Link, kind: Kind = None, why: Why = "", inspector: Inspectors = None
) -> Answer:
    from cases import proposing

    actor = asked.actor
    with asked.work.unit() as session:
        done = proposing.accept(session, asked.work.office, actor=actor, at=asked.at, project=project, link=link,
                                kind=kind, why=why, inspectors=inspector or (), lang=asked.lang)  # fmt: skip
    made = done.programme or done.number
    line = said(f"已登记 {made}（{form_word(done.form)}），消除盲区 {done.closes} 个。",
                f"{made} ({form_word(done.form)}) is on file and closes {done.closes} blind cells.")  # fmt: skip
    return Answer(done.as_dict(), [line, done.why])
