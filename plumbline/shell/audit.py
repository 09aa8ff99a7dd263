"""Audit: whether the file is as it was written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plumbline.shell import given, output
from plumbline.shell.acting import Asked
from plumbline.shell.matter import Number
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

if TYPE_CHECKING:
    from cases.audit import Verified

app = noun(said("核验。", "Audit: whether the file is as it was written."))

File = Annotated[
    Path | None,
    typer.Argument(
        metavar="FILE",
        help=said(
            "另一数据库文件，如备份副本；只读打开。",
            "Another database file, such as a copy; it is only read.",
        ),
    ),
]


@verb(
    app,
    "verify",
    said("重算全部历史链并与现状核对。", "Recompute every chain, and hold every row against its history."),
)
def verify(asked: Asked, file: File = None) -> Answer:
    from cases import audit

    if file is None:
        with asked.work.reading() as session, output.progress(said("核验", "verifying")):
            found = audit.verify(session, asked.work.evidence)
    else:
        found = _of_file(file)
    return Answer(found.as_dict(asked.lang), _text(found, asked.lang), 0 if found.ok else 1)


def _of_file(path: Path) -> Verified:
    from sqlmodel import Session

    from cases import audit
    from plumbline.shell.opening import reader_of_file

    given.check_file(path, what="FILE")
    engine = reader_of_file(path)
    try:
        progress = output.progress(said("核验", "verifying"))
        with engine.connect() as connection, Session(connection) as session, progress:
            return audit.verify(session)
    finally:
        engine.dispose()


def _text(found: Verified, lang: str) -> list[str | Table]:
    looked_at = said(
        f"记录 {found.events} 条，检查点 {found.checkpoints} 个。",
        f"{found.events} events, {found.checkpoints} checkpoints.",
    )
    if found.ok:
        return [said(f"完好。{looked_at}", f"Nothing was changed. {looked_at}")]
    rows = [[fault.subject, fault.event, fault.why.in_(lang)] for fault in found.faults]
    count = len(found.faults) + found.more
    return [
        Table([said("对象", "whose"), said("记录", "event"), said("问题", "what is wrong")], rows),
        said(f"发现 {count} 处问题。{looked_at}", f"{count} faults. {looked_at}"),
    ]


@verb(
    app,
    "reads",
    said("谁查看过某线索（仅限审计人员）。", "Who looked at a clue; for the auditor alone."),
)
def reads(asked: Asked, number: Number) -> Answer:
    from cases import people
    from cases import reads as log

    with asked.work.reading() as session:
        actor = asked.actor
        if not any(held.role == log.AUDITOR for held in people.postings_of(session, actor)):
            raise log.not_the_auditor()
        lines, _ = log.of(session, asked.work.office, number, actor=actor)
    headings = [said("时间", "at"), said("何人", "who"), said("内容", "what"), said("途径", "by")]
    rows = [[one["at"], one["login"], one["what"], one["door"]] for one in lines]
    return Answer({"number": number, "reads": list(lines)}, [Table(headings, rows)] if rows else [])


@verb(
    app,
    "checkpoint",
    said("为全部历史链设检查点。", "Note the ends of all chains that grew since the last checkpoint."),
)
def checkpoint(asked: Asked) -> Answer:
    from plumbline import duties

    taken = duties.checkpoint(asked.work, at=asked.at)
    text = (
        said(
            f"检查点 {taken.id}，{taken.heads} 条链；散列值 {taken.hash}，请另处抄存。",
            f"Checkpoint {taken.id} over {taken.heads} chains; note its hash down elsewhere: {taken.hash}",
        )
        if taken.id
        else said("自上一检查点以来没有变化。", "Nothing has changed since the last checkpoint.")
    )
    return Answer({"checkpoint": taken.id, "heads": taken.heads, "hash": taken.hash}, [text])
