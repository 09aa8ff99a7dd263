"""Attachments: evidence of a matter, photographs released to a round, what goes with an escalation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plumbline.shell import files, given
from plumbline.shell.acting import Asked
from plumbline.shell.matter import Number
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

if TYPE_CHECKING:
    from cases.attachments import Added

app = noun(said("附件。", "Attachments: evidence, released photographs, what goes with an escalation."))

In = Annotated[Path, typer.Argument(metavar="FILE", help=said("要添加的文件。", "The file to add."))]
Out = Annotated[Path, typer.Argument(metavar="FILE", help=said("写入此文件。", "Where to write it."))]
Which = Annotated[
    int, typer.Argument(metavar="N", min=1, max=100_000, help=said("附件号，见 list。", "Which; see `list`."))
]
Several = Annotated[
    list[int],
    typer.Argument(metavar="N...", min=1, max=100_000, help=said("附件号。", "Which of the clue's.")),
]
Round = Annotated[str, typer.Argument(metavar="CONSULTATION", help=said("会商编号。", "The round's number."))]
Clue = Annotated[str, typer.Argument(metavar="CLUE", help=said("线索编号。", "The clue's number."))]
Escalation = Annotated[
    str, typer.Argument(metavar="ESCALATION", help=said("上报件编号。", "The escalation's number."))
]
Caption = Annotated[
    str | None,
    typer.Option("--caption", metavar="TEXT", help=said("附件说明。", "What it shows, in a line.")),
]
Name = Annotated[
    str | None,
    typer.Option("--name", metavar="NAME", help=said("显示的文件名。", "What to call it instead.")),
]


@verb(app, "add", said("添加附件。", "Add a file to a matter."))
def add(asked: Asked, number: Number, file: In, caption: Caption = None, name: Name = None) -> Answer:
    from plumbline.attaching import Attaching

    given.check_file(file, what="FILE")
    actor = asked.actor
    with files.opened(file) as stream:
        added = Attaching(asked.work).add(
            number, stream, name=name or file.name, actor=actor, at=asked.at, caption=caption or ""
        )
    return Answer(added.as_dict(), _added([added]))


def _added(made: Sequence[Added]) -> list[str | Table]:
    text: list[str | Table] = []
    for one in made:
        text.append(said(f"{one.matter} 第 {one.number} 号附件：{one.name}，{one.size:,} 字节。",
                         f"{one.matter}, attachment {one.number}: {one.name}, {one.size:,} bytes."))  # fmt: skip
        text += [_flag(flag) for flag in one.flags]
        if one.same_as:
            numbers = ", ".join(map(str, one.same_as))
            text.append(said(f"与第 {numbers} 号是同一文件。", f"It is the same file as {numbers}."))
    return text


def _flag(flag: str) -> str:
    from cases.file_kinds import FLAGS

    return said(f"注意：{FLAGS[flag].zh}。", f"Beware: {FLAGS[flag].en}.")


@verb(app, "list", said("列出附件。", "The attachments of a matter."))
def list_(asked: Asked, number: Number) -> Answer:
    from cases import attachments

    with asked.work.reading() as session:
        found = attachments.listed(session, asked.work.office, number, actor=asked.actor)
    headings = [said("号", "n"), said("文件名", "name"), said("说明", "caption"), said("类型", "kind"),
                said("字节", "bytes"), said("来源", "how"), said("提供给", "went to"), said("注意", "beware")]  # fmt: skip
    rows = [[one["attachment"], one["name"], one["caption"], one["media_type"], f"{one['size']:,}", one["how"],
             ", ".join(one["went_to"]), ", ".join(one["flags"])] for one in found]  # fmt: skip
    return Answer({"number": number, "attachments": found}, [Table(headings, rows)])


@verb(app, "get", said("取出附件。", "Write an attachment to a file, checked."))
def get(asked: Asked, number: Number, n: Which, file: Out) -> Answer:
    from plumbline.attaching import Attaching

    actor = asked.actor
    with Attaching(asked.work).opened(number, n, actor=actor, at=asked.at) as (found, stream):
        files.pour(file, stream)
    document = {"number": number, "attachment": n, "name": found.name, "media_type": found.media_type,
                "size": found.size, "sha256": found.sha256, "flags": found.flags, "file": str(file)}  # fmt: skip
    line = said(
        f"{found.name} 已写入 {file}，与原件一致。", f"{found.name} is in {file}, as it was handed in."
    )
    return Answer(document, [line, *(_flag(flag) for flag in found.flags)])


@verb(
    app,
    "release",
    said("向会商发布照片（去除元数据的副本）。", "Release photographs of a clue to a round, as bare copies."),
)
def release(
    asked: Asked, consultation: Round, clue: Clue, numbers: Several, caption: Caption = None
) -> Answer:
    from plumbline.attaching import Attaching

    actor = asked.actor
    made = Attaching(asked.work).release(
        consultation, clue, numbers, actor=actor, at=asked.at, caption=caption
    )
    return Answer({"number": consultation, "released": [one.as_dict() for one in made]}, _added(made))


@verb(
    app,
    "send",
    said(
        "把线索附件列入上报件；对收到的上报件，把本机关添加的附件列入答复。",
        "Mark attachments of a clue for its escalation, before it is dispatched; of one received, for its reply.",
    ),
)
def send(asked: Asked, escalation: Escalation, numbers: Several) -> Answer:
    from plumbline.attaching import Attaching

    actor = asked.actor
    made = Attaching(asked.work).send(escalation, numbers, actor=actor, at=asked.at)
    return Answer({"number": escalation, "marked": [one.as_dict() for one in made]}, _added(made))
