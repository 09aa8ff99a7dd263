"""All commands, under their nouns."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from typing import Annotated

import typer

from plumbline.shell import (
    assessment,
    attachment,
    audit,
    bodies,
    calendar,
    checklist,
    consultation,
    coverage,
    creation,
    deadlines,
    decision,
    disclosures,
    doctor,
    documents,
    escalation,
    file,
    inspection,
    interest,
    ledger,
    notices,
    output,
    people,
    person,
    programme,
    radar,
    recusal,
    risk,
    rulebook,
    running,
    sampling,
    setup,
    site,
    token,
    zero_report,
)
from plumbline.shell.acting import Asked
from plumbline.shell.matter import machine_app
from plumbline.shell.verbs import As, At, Json, verb
from plumbline.shell.words import said


def _say_version(wanted: bool) -> None:
    if wanted:
        output.write(f"plumbline {_version()}")
        raise typer.Exit


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("plumbline")
    except PackageNotFoundError:
        return said("（未安装，直接从源码运行）", "(run from its source, not installed)")


Version = Annotated[
    bool,
    typer.Option(
        "--version",
        help=said("显示版本。", "Say which version this is."),
        is_eager=True,
        callback=_say_version,
    ),
]

MACHINES = {
    "clue": ("clues", said("问题线索。", "Problem clues.")),
    "consultation": ("consultations", said("联合会商。", "Joint consultations.")),
    "escalation": ("escalations", said("上报区纪工委。", "What was sent up to the district commission.")),
    "assignment": ("assignments", said("上级交办件。", "What a commission gave one below it to handle.")),
    "task": ("tasks", said("整改任务。", "Rectification tasks.")),
    "inspection": ("inspections", said("监督检查。", "Inspection rounds.")),
    "risk": ("risks", said("廉政风险点。", "The risk register.")),
    "decision": ("decisions", said("重大事项决策。", "The register of important decisions.")),
    "catalogue": ("catalogues", said("重大事项清单。", "Lists of what is to be decided on collectively.")),
    "interference": ("interferences", said("干预和违规接触登记。", "The register of interference.")),
    "agreement": ("agreements", said("联创共建协议。", "Joint creation agreements.")),
    "appointment": ("appointments", said("廉洁监督员聘任。", "Appointments of integrity supervisors.")),
    "commitment": ("commitments", said("廉洁承诺。", "Integrity commitments and oaths.")),
    "education": ("educations", said("年度廉洁教育。", "Education and warning sessions of a year.")),
    "person_file": ("person_files", said("个人廉政档案。", "Integrity files of people.")),
    "file_reading": ("file_readings", said("廉政档案查阅。", "Requests to read an integrity file.")),
    "own_sheet": ("own_sheets", said("本人填报单。", "Sheets to fill in for one's own file.")),
    "project_file": ("project_files", said("工程项目廉政档案。", "Integrity files of projects.")),
    "zero_report": (
        "zero_reports",
        said("零报告。", "What each body reports each period, or that it has nothing."),
    ),
    "assessment": ("assessments", said("单位考核。", "Assessment of bodies: sheets that were drawn up.")),
    "zero_check": ("zero_checks", said("零报告核查。", "Checks of zero reports that may have been false.")),
}
COMMANDS = {machine.replace("_", "-"): machine for machine in MACHINES}


NOUNS = {
    "deadlines": deadlines.app,
    "calendar": calendar.app,
    "notices": notices.app,
    "documents": documents.app,
    "attachment": attachment.app,
    "audit": audit.app,
    "recusal": recusal.app,
    "interest": interest.app,
    "person": person.app,
    "rulebook": rulebook.app,
    "token": token.app,
    "people": people.app,
    "site": site.app,
    "organisation": bodies.organisations,
    "project": bodies.projects,
    "ledger": ledger.app,
    "programme": programme.app,
    "coverage": coverage.app,
    "creation": creation.app,
    "file": file.app,
    "radar": radar.app,
    "sampling": sampling.app,
    "checklist": checklist.app,
}


def noun_of(arguments: Sequence[str]) -> str | None:
    """The noun that a command begins with, if it does: its commands are then all that need be built."""
    first = arguments[0] if arguments else ""
    return first if first in COMMANDS or first in NOUNS else None


def build(only: str | None = None) -> typer.Typer:
    """The program with every command this installation can run. What is not built yet is absent.

    `only`: with the commands of this noun alone. All of them take a tenth of a second to build.
    """
    app = typer.Typer(
        name="plumbline",
        help=said(
            "准绳：工程建设领域问题线索管理。",
            "Plumbline (准绳): problem clues on construction projects, on time and with proof.",
        ),
        no_args_is_help=True,
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_before)
    if only is None:
        verb(app, "init", said("建立或升级数据库。", "Create the database or bring it up to date."))(
            setup.init
        )
    for name, machine in COMMANDS.items():
        if only in (None, name):
            app.add_typer(_machine(machine), name=name)
    for name, noun in NOUNS.items():
        if only in (None, name):
            app.add_typer(noun, name=name)
    if only is None:
        _add_verbs(app)
    return app


def _machine(machine: str) -> typer.Typer:
    plural, help_ = MACHINES[machine]
    nouns = machine_app(machine, plural, help_)
    if machine == consultation.MACHINE:
        consultation.add_to(nouns)
    if machine == inspection.MACHINE:
        inspection.add_to(nouns)
    if machine == risk.MACHINE:
        risk.add_to(nouns)
    if machine == decision.MACHINE:
        decision.add_to(nouns)
    if machine == assessment.MACHINE:
        assessment.add_to(nouns)
    if machine == zero_report.MACHINE:
        zero_report.add_to(nouns)
    if machine in escalation.MACHINES:
        escalation.add_to(nouns)
    disclosures.add_to(nouns)
    return nouns


def _add_verbs(app: typer.Typer) -> None:
    verb(
        app,
        "disclosures",
        said("提供台账：哪些内容提供给了谁。", "What left of a matter, to whom; and the exports."),
    )(disclosures.everything)
    verb(app, "tick", said("到期的事项各触发一次。", "Everything that is due fires once. Needs no Prefect."))(
        running.tick
    )
    verb(app, "doctor", said("检查运行环境。", "Check what it runs on, and say what to do."))(doctor.doctor)
    _add_what_is_built(app)


def _before(
    context: typer.Context, json_: Json = False, as_: As = None, at_: At = None, _version: Version = False
) -> None:
    context.obj = Asked(as_=as_, at_=at_, json=json_)


def _add_what_is_built(app: typer.Typer) -> None:
    """Commands whose part of the program may be missing from an installation."""
    for name, module, function, help_ in (
        (
            "serve",
            "plumbline.serve",
            running.serve,
            said("启动网页与定时任务。", "Web, schedules and a worker, until stopped."),
        ),
        (
            "demo",
            "plumbline.demo",
            running.demo,
            said("演示主要流程。", "The main job on the sample; ends by itself."),
        ),
        (
            "rehearse",
            "plumbline.rehearsal",
            running.rehearse,
            said("以某规则重演历史日志。", "Replay a log of real cases under a rulebook."),
        ),
    ):
        if importlib.util.find_spec(module) is not None:
            verb(app, name, help_)(function)
