"""The inspection programme: plans, programmes, milestones, and what became of every slot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plumbline.shell import given
from plumbline.shell.acting import Asked
from plumbline.shell.given_days import day_if_given, day_of
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

if TYPE_CHECKING:
    from sqlmodel import Session

    from cases.planning import Wanted
    from states.facts import Reason

app = noun(
    said("监督检查计划。", "The inspection programme: plans, rounds to come, and what became of each.")
)

Code = Annotated[str, typer.Argument(metavar="CODE", help=said("代码。", "Its code."))]
Title = Annotated[str, typer.Option("--title", metavar="TEXT", help=said("名称。", "What it is called."))]
In = Annotated[
    str, typer.Option("--organisation", metavar="CODE", help=said("单位代码。", "For which body."))
]
Of = Annotated[
    str | None, typer.Option("--project", metavar="CODE", help=said("项目代码。", "For one project alone."))
]
Period = Annotated[
    str,
    typer.Option("--period", metavar="YEAR", help=said("年度或季度，如 2026、2026Q3。", "2026, or 2026Q3.")),
]
Kind = Annotated[
    str,
    typer.Option("--kind", metavar="KIND", help="daily, special, unannounced, joint, embedded, look_back"),
]
Rule = Annotated[
    str,
    typer.Option("--rule", metavar="TEXT", help=said("周期，如“每月第1个工作日”。", '"every month on the 10th", "每周一".')),
]  # fmt: skip
Plan = Annotated[
    str | None, typer.Option("--plan", metavar="CODE", help=said("所属计划。", "The plan it belongs to."))
]
Link = Annotated[
    str | None, typer.Option("--link", metavar="LINK", help=said("环节。", "The link in the works."))
]
Inspectors = Annotated[
    list[str] | None,
    typer.Option("--inspector", metavar="LOGIN", help=said("检查人员，可重复。", "Who goes; repeatable.")),
]
Sites = Annotated[
    list[str] | None,
    typer.Option(
        "--site", metavar="NAME=WEIGHT", help=said("地点及权重，可重复。", "A site and its weight.")
    ),
]
Take = Annotated[
    int, typer.Option("--take", min=0, help=said("每次抽取的地点数。", "Sites drawn for each round; 0: all."))
]
Team = Annotated[
    int, typer.Option("--team", min=0, help=said("每次抽取的人数。", "Inspectors drawn; 0: all of them."))
]
Starts = Annotated[
    str | None, typer.Option("--starts", metavar="DATE", help=said("开始日期。", "Its first day."))
]
Ends = Annotated[str | None, typer.Option("--ends", metavar="DATE", help=said("结束日期。", "Its last day."))]
Outage = Annotated[
    str, typer.Option("--on-outage", metavar="POLICY", help=said("中断后。", "run_once, run_all, or skip."))
]
Asks = Annotated[
    str | None,
    typer.Option(
        "--checklist", metavar="CODE", help=said("检查清单代码。", "The checklist its rounds take.")
    ),
]
File = Annotated[
    Path, typer.Argument(metavar="FILE", help=said("CSV 或 YAML 文件。", "A file in CSV or YAML."))
]
Dry = Annotated[bool, typer.Option("--dry-run", help=said("只检查，不登记。", "Only check it."))]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="DATE", help=said("同时列出至此日的后续各期。", "And those to come until then.")),
]  # fmt: skip
Only = Annotated[
    str | None, typer.Argument(metavar="[CODE]", help=said("检查安排代码。", "Of one programme."))
]


@verb(app, "plan", said("登记年度或季度计划。", "Put a yearly or quarterly plan on file."))
def plan(
    asked: Asked, code: Code, title: Title, period: Period, organisation: In, project: Of = None
) -> Answer:
    from cases import planning

    actor = asked.actor
    with asked.work.unit() as session:
        made = planning.add_plan(session, asked.work.office, actor=actor, code=code, title=title, period=period,
                                 organisation=organisation, project=project, at=asked.at)  # fmt: skip
        document = {"code": made.code, "period": made.period, "organisation": made.organisation}
    return Answer(document, [said(f"已登记计划 {code}。", f"The plan {code} is on file.")])


@verb(app, "add", said("登记检查安排。", "Put a programme on file: what is inspected, how often, by whom."))
def add(
    asked: Asked, code: Code, *, kind: Kind, title: Title, rule: Rule, organisation: In, project: Of = None,
    plan: Plan = None, link: Link = None, inspector: Inspectors = None, site: Sites = None, take: Take = 0,
    team: Team = 0, starts: Starts = None, ends: Ends = None, on_outage: Outage = "run_once",
    checklist: Asks = None,
) -> Answer:  # fmt: skip
    from cases import programme_files
    from cases.planning import Wanted

    sites = [one for text in site or () for one in programme_files.sites(text)]
    wanted = Wanted(
        code=code, kind=kind, title=title, rule=rule, organisation=organisation, project=project, plan=plan,
        link=link, inspectors=inspector or (), sites=sites, take=take, team=team, on_outage=on_outage,
        checklist=checklist,
        starts_on=day_if_given(starts, "--starts"), ends_on=day_if_given(ends, "--ends"),
    )  # fmt: skip
    actor = asked.actor
    with asked.work.unit() as session:
        document = _added(asked, session, wanted, actor)
    return Answer(document, [f"{code}: {document['recurs']}", _next(document)])


def _added(asked: Asked, session: Session, wanted: Wanted, actor: str) -> dict[str, Any]:
    from cases import inspections, planning
    from states import recurrence_words
    from states.calendars import LAST_ON

    office = asked.work.office
    made = planning.add_programme(session, office, wanted, actor=actor, at=asked.at)
    marks = inspections.milestones(session, made.project) if made.project else {}
    coming = inspections.slots(made, inspections.given(made, office.calendar, marks), until=LAST_ON)
    first = next(coming, None)
    return {"code": made.code, "rule": made.rule, "recurs": recurrence_words.label(made.rule, asked.lang),
            "starts_on": made.starts_on.isoformat(), "ends_on": made.ends_on.isoformat() if made.ends_on else None,
            "next": first.on.isoformat() if first else None}  # fmt: skip


def _next(document: dict[str, Any]) -> str:
    none = said("尚无确定的日期", "no day yet")
    return said(f"下一期：{document['next'] or none}", f"next: {document['next'] or none}")


@verb(app, "import", said("由文件登记检查安排。", "Put the programmes of a file on file, all or none."))
def import_(asked: Asked, file: File, dry_run: Dry = False) -> Answer:
    from cases import programme_files
    from states.facts import Refused

    actor = asked.actor
    wanted = programme_files.programmes(given.text_of(file, what="FILE"))
    with asked.work.unit() as session:
        made, reasons = _each(asked, session, wanted, actor)
        if reasons:
            raise Refused("bad_form" if len(reasons) > 1 else reasons[0].code, tuple(reasons))
        if dry_run:
            session.rollback()
    headings = [said("代码", "code"), said("周期", "recurs"), said("下一期", "next")]
    rows = [[one["code"], one["recurs"], one["next"]] for one in made]
    return Answer({"programmes": made, "dry_run": dry_run}, [Table(headings, rows)])


def _each(
    asked: Asked, session: Session, wanted: Sequence[Wanted], actor: str
) -> tuple[list[dict[str, Any]], list[Reason]]:
    """Those that could be put on file, and what is wrong with the others, each named."""
    from states.facts import Refused
    from states.rulebook import Label

    made, reasons = [], []
    for number, one in enumerate(wanted, start=1):
        try:
            made.append(_added(asked, session, one, actor))
        except Refused as refusal:
            name = one.code or number
            reasons += [
                replace(
                    reason,
                    message=Label(en=f"{name}: {reason.message.en}", zh=f"{name}：{reason.message.zh}"),
                )
                for reason in refusal.reasons
            ]
    return made, reasons


@verb(app, "list", said("计划和检查安排。", "The plans and programmes you may see."))
def list_(asked: Asked) -> Answer:
    from cases import plan_lists

    with asked.work.reading() as session:
        office = asked.work.office
        plans = plan_lists.plans(session, office, actor=asked.actor)
        found = plan_lists.programmes(session, office, actor=asked.actor, lang=asked.lang)
    headings = [said("代码", "code"), said("计划", "plan"), said("类型", "kind"), said("名称", "title"),
                said("周期", "recurs"), said("项目", "project"), said("中断后", "on outage")]  # fmt: skip
    rows = [[one["code"], one["plan"], one["kind"], one["title"], one["recurs"], one["project"], one["on_outage"]]
            for one in found if one["active"]]  # fmt: skip
    return Answer({"plans": plans, "programmes": found}, [Table(headings, rows)])


@verb(app, "slots", said("各期及其结果。", "Every slot with its outcome and the reason for it."))
def slots(asked: Asked, code: Only = None, until: Until = None) -> Answer:
    from cases import plan_lists

    last, today = day_if_given(until, "--until"), asked.work.office.day(asked.at)
    with asked.work.reading() as session:
        office, actor = asked.work.office, asked.actor
        found = plan_lists.slots(session, office, actor=actor, lang=asked.lang, programme=code)
        coming = plan_lists.ahead(session, office, actor=actor, today=today, until=last) if last else []
    coming = [one for one in coming if code in (None, one["programme"])]
    headings = [said("安排", "programme"), said("期次", "slot"), said("结果", "outcome"), said("检查编号", "round"),
                said("原因", "reason")]  # fmt: skip
    rows = [
        [one["programme"], one["slot"], _outcome(one["outcome"]), one["number"], one["reason"]]
        for one in found
    ]
    rows += [[one["programme"], one["slot"], said("未到期", "to come"), None, None] for one in coming]
    return Answer({"slots": found, "ahead": coming}, [Table(headings, rows)])


def _outcome(word: str) -> str:
    return {"opened": said("已开启", "opened"), "missed": said("漏检", "missed"),
            "skipped": said("不再补做", "skipped")}[word]  # fmt: skip


Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help=said("变更内容，可重复，名称同文件栏目。",
                                                          "What changes, repeatable; named as in files.")),
]  # fmt: skip
From = Annotated[
    str | None,
    typer.Option("--from", metavar="DATE", help=said("自何日起；不填为最早之日。", "From which day on; else the soonest.")),
]  # fmt: skip


@verb(
    app,
    "change",
    said("自某日起变更检查安排。", "Change a programme from a day on; the rounds it opened stay."),
)
def change(asked: Asked, code: Code, set_: Changes = None, from_: From = None) -> Answer:
    from cases import planning, programme_files

    first, actor = day_if_given(from_, "--from"), asked.actor
    wanted = programme_files.changes(set_ or ())
    with asked.work.unit() as session:
        made = planning.change(
            session, asked.work.office, code, wanted, from_on=first, actor=actor, at=asked.at
        )
        document = {"code": made.code, "from": made.change_on.isoformat() if made.change_on else None,
                    "change": dict(made.change or {})}  # fmt: skip
    day = document["from"]
    return Answer(document, [said(f"{code} 自 {day} 起变更。", f"{code} changes from {day} on.")])


Project = Annotated[str, typer.Argument(metavar="PROJECT", help=said("项目代码。", "The project's code."))]
Name = Annotated[str, typer.Argument(metavar="NAME", help=said("里程碑名称。", "The milestone's name."))]
Day = Annotated[str, typer.Argument(metavar="DATE", help=said("日期。", "The day it falls on."))]


@verb(
    app, "milestone", said("登记或改期里程碑。", "Say when a milestone of a project falls, or that it moved.")
)
def milestone(asked: Asked, project: Project, name: Name, day: Day) -> Answer:
    from cases import planning

    falls_on, actor = day_of(day, "DATE"), asked.actor
    with asked.work.unit() as session:
        made = planning.set_milestone(
            session, asked.work.office, actor=actor, project=project, name=name, falls_on=falls_on
        )
        document = {"project": made.project, "name": made.name, "falls_on": made.falls_on.isoformat()}
    return Answer(document, [f"{document['project']} · {document['name']}: {document['falls_on']}"])


@verb(app, "end", said("终止检查安排。", "End a programme; the rounds it opened stay."))
def end(asked: Asked, code: Code) -> Answer:
    from cases import planning

    actor = asked.actor
    with asked.work.unit() as session:
        planning.end(session, asked.work.office, code, actor=actor)
    return Answer({"code": code, "active": False}, [said(f"{code} 已终止。", f"{code} has ended.")])
