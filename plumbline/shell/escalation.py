"""What an escalation has besides the commands of every machine: the exchange with another site by file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plumbline.shell import files
from plumbline.shell.acting import Asked
from plumbline.shell.matter import Number
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import verb
from plumbline.shell.words import said

if TYPE_CHECKING:
    from cases.packets import Packet
    from cases.packing import Written

Out = Annotated[Path, typer.Argument(metavar="FILE", help=said("写入此文件。", "Where to write it."))]
In = Annotated[Path, typer.Argument(metavar="FILE", help=said("对方的文件。", "The other site's file."))]
Redact = Annotated[
    list[str] | None,
    typer.Option(
        "--redact", metavar="FIELD", help=said("隐去此项，可重复。", "Leave this fact out; repeatable.")
    ),
]
Attach = Annotated[
    list[int] | None,
    typer.Option(
        "--attach", metavar="N", min=1, max=100_000,
        help=said("附上本件的第 N 号附件，可重复；缺省为已列入的全部。",
                  "Enclose attachment N of it; repeatable. Without it, all that were marked."),
    ),
]  # fmt: skip
Look = Annotated[bool, typer.Option("--dry-run", help=said("只查看，不导入。", "Only show what it is."))]

MACHINES = ("escalation", "assignment")


def add_to(app: typer.Typer) -> None:
    """The commands of the exchange."""
    verb(app, "packet", said("写出签名的上报文件。", "Write the signed packet for the other site."))(packet)
    verb(app, "receive", said("导入其他站点的上报文件。", "Take in a packet of another site."))(receive)
    verb(app, "reply", said("写出回执或答复文件。", "Write receipt or answer for the site it came from."))(
        reply
    )
    verb(app, "take-reply", said("导入回执或答复文件。", "Take in receipt or answer."))(take_reply)
    verb(app, "resend", said("再次送交对方站点。", "Bring or mail its file once more, with the next tick."))(
        resend
    )


def packet(asked: Asked, number: Number, file: Out, redact: Redact = None, attach: Attach = None) -> Answer:
    from plumbline.exchange import Exchanger

    written = Exchanger.of(asked.work).packet(
        number, actor=asked.actor, at=asked.at, redact=redact or (), attach=attach or ()
    )
    files.write(file, written.text)
    return _written(written, file)


def reply(asked: Asked, number: Number, file: Out) -> Answer:
    from plumbline.exchange import Exchanger

    written = Exchanger.of(asked.work).reply(number, actor=asked.actor, at=asked.at)
    files.write(file, written.text)
    return _written(written, file)


def _written(written: Written, file: Path) -> Answer:
    document = {"number": written.number, "file": str(file), "sha256": written.sha256, "edition": written.edition,
                "fields": list(written.fields), "redactions": list(written.redactions),
                "attachments": list(written.attachments), "to": written.told}  # fmt: skip
    return Answer(document, [said(f"{written.number} 已写入 {file}，收件 {written.told}，散列值 {written.sha256}。",
                                  f"{written.number} is in {file}, for {written.told}; "
                                  f"its hash is {written.sha256}.")])  # fmt: skip


def receive(asked: Asked, file: In, dry_run: Look = False) -> Answer:
    from plumbline.exchange import Exchanger

    data, end = files.read(file, mail=True), Exchanger.of(asked.work)
    if dry_run:
        found = end.look(data, actor=asked.actor).content
        return Answer(
            _shown(found) | {"facts": [fact.model_dump() for fact in found.facts]}, _text(asked, found)
        )
    arrived = end.receive(data, actor=asked.actor, at=asked.at)
    document = {"number": arrived.number, "new": arrived.new, "state": arrived.state} | _shown(arrived.packet)
    line = (said(f"已登记为 {arrived.number}。", f"It is on file as {arrived.number}.") if arrived.new
            else said(f"先前已收到，编号 {arrived.number}。", f"It is on file already, as {arrived.number}."))  # fmt: skip
    return Answer(document, [line, *_text(asked, arrived.packet)])


def _shown(found: Packet) -> dict[str, Any]:
    return {"kind": found.kind, "notice": found.notice, "edition": found.edition, "document": found.document,
            "sender": found.sender.code, "addressee": found.addressee.code, "urgency": found.urgency,
            "redactions": found.redactions, "checkpoint": found.checkpoint.code,
            "attachments": [one.model_dump(exclude={"data"}) for one in found.attachments]}  # fmt: skip


def _text(asked: Asked, found: Packet) -> list[str | Table]:
    zh = asked.lang == "zh"
    rows = [
        [fact.label.zh if zh else fact.label.en, fact.shown.zh if zh else fact.shown.en]
        for fact in found.facts
    ]
    rows += [[said("附件", "attachment"), f"{one.name} ({one.size:,})"] for one in found.attachments]
    sender = found.sender.zh if zh else found.sender.en
    return [said(f"{sender}：{found.notice}（{found.document}），检查点 {found.checkpoint.code}。",
                 f"{found.notice} ({found.document}) of {sender}; checkpoint {found.checkpoint.code}."),
            Table([said("项目", "fact"), ""], rows)]  # fmt: skip


def take_reply(asked: Asked, file: In) -> Answer:
    from plumbline.exchange import Exchanger

    taken = Exchanger.of(asked.work).take_reply(files.read(file, mail=True), actor=asked.actor, at=asked.at)
    document = {"number": taken.number, "new": taken.new, "state": taken.state, "steps": list(taken.steps)}
    line = (said(f"{taken.number} 现为 {taken.state}。", f"{taken.number} is now {taken.state}.") if taken.new
            else said(f"先前已导入，{taken.number} 仍为 {taken.state}。",
                      f"It was taken in before; {taken.number} is {taken.state}."))  # fmt: skip
    return Answer(document, [line])


def resend(asked: Asked, number: Number) -> Answer:
    from plumbline.exchange import Exchanger

    ways = Exchanger.of(asked.work).once_more(number, actor=asked.actor, at=asked.at)
    line = (said(f"{number} 将在下一次 tick 时再次送交。", f"{number} goes out again with the next tick.") if ways
            else said(f"{number} 尚未通过网络或邮件送交。", f"{number} was not brought or mailed yet."))  # fmt: skip
    return Answer({"number": number, "ways": ways}, [line])
