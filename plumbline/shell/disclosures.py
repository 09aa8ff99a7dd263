"""What left of a matter, and to whom."""

from __future__ import annotations

from typing import Annotated

import typer

from plumbline.shell.acting import Asked
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


def add_to(app: typer.Typer) -> None:
    """The command that shows the ledger of one matter."""
    verb(app, "disclosures", said("哪些内容提供给了谁。", "What left of it, to whom, by whom and when."))(
        disclosures
    )


def disclosures(asked: Asked, number: Number, to: To = None) -> Answer:
    from cases import disclosures as ledger

    with asked.work.reading() as session:
        lines = list(ledger.known(session, asked.work.office, number, actor=asked.actor, told=to))
    rows = [[line["at"], line["number"], line["kind"], line["to"], line["by"], ", ".join(line["fields"]),
             ", ".join(line["redactions"])] for line in lines]  # fmt: skip
    headings = [said("时间", "at"), said("编号", "number"), said("形式", "as"), said("提供给", "to"), said("经办", "by"),
                said("内容", "fields"), said("隐去", "left out")]  # fmt: skip
    return Answer({"number": number, "disclosures": lines}, [Table(headings, rows)])
