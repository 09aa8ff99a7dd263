"""Ledgers: taking one in from a workbook, writing one out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from plumbline.shell import given, output
from plumbline.shell.acting import Asked
from plumbline.shell.failures import WrongUsage
from plumbline.shell.output import Answer, Table
from plumbline.shell.verbs import noun, verb
from plumbline.shell.words import said

app = noun(said("线索台账。", "Ledgers: taking one in from a workbook, writing one out."))

File = Annotated[
    Path, typer.Argument(metavar="FILE", help=said("xlsx 或 csv 文件。", "An .xlsx workbook or a .csv text."))
]
Target = Annotated[
    Path, typer.Argument(metavar="FILE", help=said("要写的 xlsx 文件。", "The .xlsx workbook to write."))
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help=said("只看会怎样，不入库。", "Only say what would happen."))
]
Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--columns",
        metavar="FIELD=HEADER",
        help=said("字段对应的表头，可重复。", "Under which header a field stands; repeatable."),
    ),
]
Errors = Annotated[
    Path | None,
    typer.Option(
        "--errors", metavar="FILE", help=said("退回错误行的工作簿。", "Where the workbook of bad rows goes.")
    ),
]

MOST_SHOWN = 40  # bad rows in a terminal; the workbook holds them all


@verb(
    app, "import", said("导入台账。", "Take in a ledger: good rows land, bad rows come back in a workbook.")
)
def import_(
    asked: Asked, file: File, dry_run: DryRun = False, columns: Columns = None, errors: Errors = None
) -> Answer:
    given.check_file(file, what="FILE")
    headers, actor = _headers(columns), asked.actor
    from cases import ledger as ledgers
    from cases import ledger_errors, ledger_landing, ledger_outcome

    work, at = asked.work, asked.at
    with output.progress(said("导入", "importing")) as step:

        def tell(_part: str, done: int, of: int) -> None:
            step(done, of)

        today, rules = work.office.day(at), work.office.rulebook().machines["clue"]
        ledger = ledgers.read_ledger(file, today=today, columns=headers, machine=rules, progress=tell)
        place = errors or asked.settings.home / "imports" / f"{file.stem}-{ledger.sha256[:8]}-errors.xlsx"
        place.parent.mkdir(parents=True, exist_ok=True)
        with work.reading() if dry_run else work.unit() as session:
            landed = ledger_landing.land(
                session, work.office, ledger, actor=actor, at=at, dry_run=dry_run, progress=tell
            )
            # Written before the commit: whoever is told of bad rows also has them, or nothing happened at all.
            back = ledger_errors.write_errors(
                ledger, place, at=at, zone=work.office.zone, lang=asked.lang, also=landed.conflicts
            )
    document = ledger_outcome.outcome(ledger, landed, lang=asked.lang, dry_run=dry_run)
    document["errors_file"] = str(back) if back else None
    return Answer(document, _text(document))


def _headers(columns: list[str] | None) -> dict[str, str]:
    """`["number=编号"]` as fields and the headers they stand under. Raises WrongUsage."""
    found: dict[str, str] = {}
    for pair in columns or ():
        field, equals, header = pair.partition("=")
        if not (equals and field.strip() and header.strip()):
            raise WrongUsage(
                "not_a_column",
                (f"--columns {pair[:60]} 不是“字段=表头”。", f"--columns {pair[:60]} is not FIELD=HEADER."),
                ("如 --columns number=编号。", "For instance --columns number=编号."),
            )
        found[field.strip()] = header.strip()
    return found


def _text(found: dict[str, Any]) -> list[str | Table]:
    bad = found["bad"]
    headings = [
        said("行", "row"),
        said("字段", "field"),
        said("原值", "what stood there"),
        said("原因", "why not"),
    ]
    rows = [[one["row"], one["column"], one["value"], one["why"]] for one in bad[:MOST_SHOWN]]
    made = found["would_create"] if found["dry_run"] else found["created"]
    verb_ = said("将新建", "would create") if found["dry_run"] else said("新建", "created")
    lines = [
        said(
            f"读取 {found['read']} 行：合格 {found['good']}，有误 {found['read'] - found['good']}；"
            f"{verb_} {made}，已在库 {found['already']}，重复件 {len(found['repeats'])}。",
            f"{found['read']} rows read: {found['good']} good, {found['read'] - found['good']} bad; "
            f"{verb_} {made}, on file already {found['already']}, repeats {len(found['repeats'])}.",
        )
    ]
    lines += (
        [said(f"错误行见 {found['errors_file']}", f"The bad rows are in {found['errors_file']}")]
        if bad
        else []
    )
    lines += _remarks(found)
    return [*([Table(headings, rows)] if rows else []), *lines]


def _remarks(found: dict[str, Any]) -> list[str]:
    """What was left alone, so that nobody finds it missing later."""
    named = (
        ("unknown_headers", "不认识的表头（未读）", "headers nobody here knows, not read"),
        ("unread_sheets", "未读的工作表", "sheets not read"),
        ("unknown_handlers", "查无此人的承办人", "handlers who are nobody here"),
        ("new_projects", "新登记的项目", "projects that are new"),
    )
    return [f"{said(zh, en)}: {', '.join(map(str, found[key]))}" for key, zh, en in named if found[key]]


@verb(app, "export", said("导出可见台账。", "Write out the ledger, as you may see it."))
def export(asked: Asked, file: Target) -> Answer:
    actor, at = asked.actor, asked.at
    from cases import export_log, ledger_export, ledger_sheets

    part = file.with_name(f".{file.name}.new")  # under its own name only once it is on record
    try:
        with asked.work.reading() as session, output.progress(said("导出", "exporting")) as step:
            done = ledger_export.export_ledger(
                session, asked.work.office, part, actor=actor, at=at, lang=asked.lang,
                progress=lambda _part, done, of: step(done, of),
            )  # fmt: skip
        mark = given.sha256_of(part)
        with asked.work.unit() as session:
            export_log.note(
                session, "ledger", count=done.clues, lang=asked.lang, sha256=mark, by=actor, at=at
            )
            part.replace(file)
    except ledger_sheets.NotWritable as fault:
        raise ledger_sheets.NotWritable(str(fault).replace(str(part), str(file))) from fault
    finally:
        part.unlink(missing_ok=True)
    document = {"file": str(file), "clues": done.clues, "shortened": done.shortened, "sha256": mark}
    text = said(f"{done.clues} 条，已写入 {file}；导出已登记，SHA-256：{mark}",
                f"{done.clues} clues written to {file}. The export is on record; SHA-256: {mark}")  # fmt: skip
    return Answer(document, [text])
