"""What left of a matter, and to whom; and which exports were made."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.shell.acting import Asked
from plumbline.shell.failures import WrongUsage
from plumbline.shell.matter import Number
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import verb
from plumbline.shell.words import said

To = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="WHOM", help=said("只列提供给此机关或账号的。", "Only what this body or account got.")
    ),
]
Perhaps = Annotated[
    str | None,
    typer.Argument(
        metavar="[NUMBER]", help=said("编号；不填则列出各次导出。", "Its number; without, the exports.")
    ),
]


def add_to(app: typer.Typer) -> None:
    """The command that shows the ledger of one matter."""
    verb(app, "disclosures", said("哪些内容提供给了谁。", "What left of it, to whom, by whom and when."))(
        disclosures
    )


def disclosures(asked: Asked, number: Number, to: To = None) -> Answer:
    from cases import disclosures as ledger

    with asked.work.reading() as session:
        lines = list(ledger.known(session, asked.work.office, number, actor=asked.actor, told=to))
    rows = [[line["at"], line["number"], line["kind"], line["document"], line["to"], line["by"],
             ", ".join(line["fields"]), line["pages"], ", ".join(line["redactions"])] for line in lines]  # fmt: skip
    headings = [said("时间", "at"), said("编号", "number"), said("形式", "as"), said("文种", "document"),
                said("提供给", "to"), said("经办", "by"), said("内容", "fields"), said("页数", "pages"),
                said("隐去", "left out")]  # fmt: skip
    text: list[str | Table] = [Table(headings, rows)] if rows else [said("没有提供过。", "Nothing left yet.")]
    return Answer({"number": number, "disclosures": lines}, text)


def everything(asked: Asked, number: Perhaps = None, to: To = None) -> Answer:
    """Of one matter, of whatever kind; without a number, the exports."""
    if number is not None:
        return disclosures(asked, number, to)
    if to is not None:
        raise WrongUsage(
            "which_matter", ("--to 须与编号一起使用。", "--to goes with a number."),
            ("如 plumbline disclosures MGJ-2026-0001 --to BHJ。", "Such as `plumbline disclosures MGJ-2026-0001 --to BHJ`."),
        )  # fmt: skip
    from cases import export_log

    with asked.work.reading() as session:
        lines = list(export_log.exports(session, asked.work.office, actor=asked.actor))
    rows = [
        [line["at"], line["what"], line["which"], line["count"], line["by"], line["sha256"]] for line in lines
    ]
    headings = [said("时间", "at"), said("内容", "what"), said("范围", "which"), said("件数", "rows"),
                said("经办", "by"), "sha256"]  # fmt: skip
    return Answer(
        {"exports": lines}, [Table(headings, rows)] if rows else [said("没有导出过。", "No exports yet.")]
    )
