"""What the risk register has besides what every machine has: the points by grade, the record of one, the schemes."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from plumbline.shell.acting import Asked
from plumbline.shell.matter import Number
from plumbline.shell.matter_texts import local
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import verb
from plumbline.shell.words import said

MACHINE = "risk"

Of = Annotated[
    str | None, typer.Option("--project", metavar="CODE", help=said("项目代码。", "Of one project alone."))
]
Link = Annotated[
    str | None, typer.Option("--link", metavar="LINK", help=said("环节。", "At one link in the works."))
]
Grade = Annotated[
    str | None, typer.Option("--grade", metavar="GRADE", help=said("等级，如 high。", "Of one grade: high."))
]
Retired = Annotated[
    bool, typer.Option("--retired", help=said("含已撤销的。", "With those that were retired."))
]


def add_to(app: typer.Typer) -> None:
    """Add them to the commands of the machine."""
    verb(app, "ranked", said("按等级列出风险点。", "The points you see, the gravest first."))(ranked)
    verb(
        app,
        "record",
        said(
            "历次定级（重新计算）及提请复核的原因。",
            "Every grade a point had, worked out again, and what raised it, as far as you may see that.",
        ),
    )(record)
    verb(app, "schemes", said("现行定级办法。", "The schemes of grading, with what each asks."))(schemes)


def ranked(
    asked: Asked, *, project: Of = None, link: Link = None, grade: Grade = None, retired: Retired = False
) -> Answer:
    from cases import risk_lists

    with asked.work.reading() as session:
        found = risk_lists.by_grade(session, asked.work.office, actor=asked.actor, project=project, link=link, grade=grade,
                                    retired=retired)  # fmt: skip
    headings = [said("编号", "number"), said("等级", "grade"), said("级别", "level"), said("状态", "state"),
                said("风险点", "risk point"), said("项目", "project"), said("环节", "link"), said("责任人", "owner"),
                said("复核日期", "review on")]  # fmt: skip
    rows = [
        [one["number"], _grade(one["grade"]), one["level"], one["state"], one["title"], one["project"], one["link"],
         one["owner"], one["review_on"]]
        for one in found.lines
    ]  # fmt: skip
    document = {"points": list(found.lines), "total": found.total, "as_seen_by": asked.actor}
    more = said(f"共 {found.total} 个", f"{found.total} in all")
    return Answer(document, [Table(headings, rows), more])


def _grade(name: str | None) -> str:
    known = {"high": said("高", "high"), "middle": said("中", "middle"), "low": said("低", "low")}
    return known.get(name, name) if name else said("未定级", "not graded")


def record(asked: Asked, number: Number) -> Answer:
    from cases import listing, risk_lists

    with asked.work.reading() as session:
        actor = asked.actor
        listing.check_machine(session, number, MACHINE)
        found = risk_lists.record(session, asked.work.office, number, actor=actor, lang=asked.lang)
    grades = [
        [local(asked, one["at"]), one["by"], _grade(one["grade"]), one["level"], one["explained"], one["reason"],
         said("一致", "yes") if one["as_recomputed"] else said("不一致", "NO")]
        for one in found["grades"]
    ]  # fmt: skip
    raised = [[local(asked, one["at"]), _cause(one["cause"])] for one in found["raised"]]
    return Answer(found, [
        f"{number} {found['state']}",
        Table([said("时间", "at"), said("定级人", "by"), said("等级", "grade"), said("级别", "level"),
               said("依据", "how"), said("理由", "why"), said("重新计算", "as recomputed")], grades),
        Table([said("提请复核时间", "raised at"), said("原因", "because of")], raised),
    ])  # fmt: skip


def _cause(cause: dict[str, Any] | None) -> str:
    if cause is None:
        return said("按规则提请复核（原因对您不可见）", "by rule (you may not see of what)")
    if cause["kind"] == "duty":
        place = " ".join(filter(None, (cause["role"], cause["organisation"])))
        return said(
            f"{cause['person']} 任职变动：{place}", f"the postings of {cause['person']} changed: {place}"
        ).rstrip(": ：")
    return f"{cause['number']} ({cause['move']})"


def schemes(asked: Asked) -> Answer:
    from cases import risk_lists

    found = risk_lists.schemes(asked.work.office, asked.lang)
    rows = [
        [one["scheme"], one["label"], one["move"], ", ".join(one["asks"]),
         "; ".join(f"{each['label']} → {each['grade']}" for each in one["levels"])]
        for one in found
    ]  # fmt: skip
    headings = [said("代码", "scheme"), said("办法", "it grades"), said("步骤", "move"), said("所问", "it asks"),
                said("级别", "levels")]  # fmt: skip
    return Answer({"schemes": found}, [Table(headings, rows)])
