"""The rulebook: checking it, drawing it, publishing it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plumbline.shell.acting import Asked
from plumbline.shell.failures import WrongUsage
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

if TYPE_CHECKING:
    from states.rulebook import Rulebook

app = noun(said("规则。", "The rulebook: checking it, drawing it, publishing it."))

SHIPPED = "port-centre"


class Format(StrEnum):
    """How a diagram is written."""

    SVG = "svg"
    MERMAID = "mermaid"


File = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE", help=said("规则文件；缺省为随附规则。", "A rulebook; without it, the shipped one.")
    ),
]
Needed = Annotated[Path, typer.Argument(metavar="FILE", help=said("规则文件。", "A rulebook."))]
Drawn = Annotated[str, typer.Argument(metavar="MACHINE", help=said("事项类型。", "Which machine."))]
As = Annotated[Format, typer.Option("--format", help=said("图的格式。", "How it is written."))]
Of = Annotated[
    Path | None,
    typer.Option(
        "--rulebook",
        metavar="FILE",
        help=said("规则文件；缺省为随附规则。", "A rulebook; without it, the shipped one."),
    ),
]


@verb(app, "check", said("检查规则。", "Read a rulebook and say everything that is wrong with it."))
def check(asked: Asked, file: File = None) -> Answer:
    from states import check as checker
    from states import rulebook_file

    asked.check()
    try:
        book, tree = rulebook_file.load_with_places(file or rulebook_file.SHIPPED[SHIPPED])
    except rulebook_file.RulebookFaults as faulty:
        return _faulty(faulty.faults)
    findings = [one.as_dict(asked.lang) for one in checker.findings(book, tree)]
    errors = sum(one["severity"] == "error" for one in findings)
    document = {"rulebook": book.key, "ok": not errors, "faults": [], "findings": findings}
    return Answer(document, _findings(book, findings), 1 if errors else 0)


def _faulty(faults: tuple[Any, ...]) -> Answer:
    lines = [{"file": one.file, "line": one.line, "key": one.key, "message": one.message} for one in faults]
    text = [
        *(str(one) for one in faults),
        said(f"{len(faults)} 处错误，未载入。", f"{len(faults)} faults; it was not loaded."),
    ]
    return Answer({"rulebook": None, "ok": False, "faults": lines, "findings": []}, text, 2)


def _findings(book: Rulebook, findings: list[dict[str, Any]]) -> list[str | Table]:
    rows = [[one["severity"], _where(one), one["message"]] for one in findings]
    headings = [said("程度", "severity"), said("位置", "where"), said("问题", "what")]
    moves = sum(len(machine.moves) for machine in book.machines.values())
    size = said(
        f"{book.key}：{len(book.machines)} 类事项，{moves} 个步骤，发现 {len(rows)} 处。",
        f"{book.key}: {len(book.machines)} machines, {moves} moves, {len(rows)} findings.",
    )
    return [*([Table(headings, rows)] if rows else []), size]


def _where(one: dict[str, Any]) -> str:
    return f"{Path(one['file']).name}:{one['line']} {one['key']}" if one["file"] else str(one["key"])


@verb(app, "diagram", said("画出状态图。", "The picture of a machine."))
def diagram(asked: Asked, machine: Drawn = "clue", format_: As = Format.SVG, rulebook: Of = None) -> Answer:
    from states import check as checker
    from states import diagram as drawing
    from states import rulebook_file

    asked.check()
    book = rulebook_file.load(rulebook) if rulebook else rulebook_file.shipped(SHIPPED)
    if machine not in book.machines:
        there, shown = ", ".join(book.machines), repr(machine[:64])
        raise WrongUsage(
            "unknown_machine",
            (f"规则中没有 {shown}。", f"The rulebook has no machine {shown}."),
            (f"可用：{there}。", f"There are: {there}."),
        )
    rules = book.machines[machine]
    if format_ is Format.MERMAID:
        picture = drawing.mermaid(rules, asked.lang)
    else:
        found = [one for one in checker.findings(book) if one.machine == machine]
        picture = drawing.svg(rules, lang=asked.lang, findings=found)
    return Answer({"machine": machine, "format": format_.value, "diagram": picture}, [picture])


@verb(
    app,
    "publish",
    said(
        "发布规则：此后登记的事项按它办理。",
        "Put a rulebook on file: whatever is opened from now on follows it.",
    ),
)
def publish(asked: Asked, file: Needed) -> Answer:
    from cases import rulebooks
    from states import check as checker
    from states import rulebook_file

    book, tree = rulebook_file.load_with_places(file)
    errors = [one for one in checker.findings(book, tree) if one.severity == "error"]
    if errors:
        count, first = len(errors), errors[0].message
        raise WrongUsage(
            "faulty_rulebook",
            (f"规则有 {count} 处错误：{first.zh}", f"The rulebook has {count} errors: {first.en}"),
            ("请运行 rulebook check。", "`rulebook check` lists them."),
        )
    with asked.work.unit() as session:
        key = rulebooks.publish(session, book, at=asked.at)
        before = rulebooks.make_current(session, key)
    return Answer(
        {"rulebook": key, "before": before},
        [said(f"现行规则：{key}（此前 {before}）。", f"In force now: {key} (before: {before}).")],
    )
