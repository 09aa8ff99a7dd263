"""The ledger: out as a workbook, as whoever asks may see it; in from a workbook or a text, bad rows back in the answer."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode

from sqlmodel import Session
from starlette.responses import Response

from cases import file_names, ledger_guard
from cases.worklist import Looker, Wanted
from plumbline.work import Work
from states.form_values import label
from web import ledger_file
from web.api import examples, shapes, wishes
from web.api.asking import Asked, document, etag
from web.api.machines import check_state
from web.api.operations import Answers, Operation, Takes, Upload
from web.api.problems import Wrong

MOST_TOLD = 1000  # faults that are told one by one, and their rows
ENDINGS = (".xlsx", ".xlsm", ".xls", ".csv", ".txt", ".tsv")
LONGEST_STEM = 50  # characters, so that no file system finds the name too long
CONTENT = {"type": "string", "format": "binary"}
HEADERS = {
    "Content-Disposition": "The file's name.", "ETag": "Its SHA-256, as it stands on record.",
    "Plumbline-Clues": "How many clues are in it.", "Plumbline-Shortened": "How many texts a cell could not hold.",
}  # fmt: skip


def operations() -> Iterator[Operation]:
    """All of them."""
    yield Operation("GET", "/ledger", "ledger_export", ("ledger", "export"), "The clues in sight, as a workbook", export,
                    Answers(CONTENT, "…", kinds=(ledger_file.WORKBOOK,), headers=HEADERS), "ledger",
                    query=wishes.LedgerQuery,
                    more="Every export is on record with its hash before it leaves. Who reported is in no "
                    "column.")  # fmt: skip
    yield Operation("POST", "/ledger", "ledger_import", ("ledger", "import"),
                    "Take in a ledger: good rows become clues, bad rows come back", import_,
                    Answers(shapes.ImportedShape, examples.IMPORTED), "ledger", query=wishes.ImportQuery,
                    takes=Takes(CONTENT, "…", kind="application/octet-stream", upload=Upload(_most, _too_large)),
                    before=may_import, key=True,
                    more="The body is the file as it is: an .xlsx workbook or a .csv text. A number that is on file is "
                    "left as it is, so the same file creates nothing twice, under whichever key. `errors_workbook` is "
                    "where the same file gets its bad rows as a workbook.")  # fmt: skip
    told = {"Content-Disposition": "The file's name.", "Plumbline-Rows": "How many rows are in it."}
    yield Operation("POST", "/ledger/errors", "ledger_errors", ("ledger", "import"),
                    "The bad rows of a ledger as a workbook, to be corrected and sent again", errors,
                    Answers(CONTENT, "…", kinds=(ledger_file.WORKBOOK,), headers=told), "ledger", query=wishes.ErrorsQuery,
                    takes=Takes(CONTENT, "…", kind="application/octet-stream", upload=Upload(_most, _too_large)),
                    before=may_correct, may_refuse=True,
                    more="The body is the file as it was sent to the import; nothing is taken in, and nothing of it is "
                    "kept here. Each bad cell is marked and the reasons stand beside it.")  # fmt: skip


def _most(_work: Work) -> int:
    return ledger_guard.LARGEST_FILE


def _too_large(most: int) -> Wrong:
    shown = f"{most >> 20} MB"
    return Wrong(413, "too_large", label(f"台账超过 {shown}。", f"The ledger is larger than {shown}."),
                 label("请删除图片，或按年度拆分。", "Remove pictures, or split it by year."))  # fmt: skip


def export(asked: Asked) -> Response:
    """The workbook."""
    wish = asked.query(wishes.LedgerQuery)
    check_state(asked, "clue", wish.state)
    given = {name: value for name, value in wish.model_dump().items() if value is not None}
    wanted = Wanted(text=given.pop("q", ""), **given)

    def which(_looker: Looker) -> Wanted | None:
        return wanted if wanted != Wanted(tab="all") else None

    done = ledger_file.written(asked.work, which, actor=asked.actor, at=asked.at, lang=asked.lang)
    told = {"Plumbline-Clues": str(done.clues), "Plumbline-Shortened": str(done.shortened)}
    headers = ledger_file.saved_as(done.name) | etag(done.sha256) | told
    return Response(done.content, media_type=ledger_file.WORKBOOK, headers=headers)


def may_import(asked: Asked) -> None:
    """What can be said before the file is read."""
    _, wanted = asked.key, asked.query(wishes.ImportQuery)
    _may_send(asked, wanted.columns)


def may_correct(asked: Asked) -> None:
    """The same of one that is to come back with its faults."""
    _may_send(asked, asked.query(wishes.ErrorsQuery).columns)


def _may_send(asked: Asked, columns: str) -> None:
    from cases import ledger_landing  # noqa: PLC0415 - what reads workbooks is slow to load

    _columns(columns)
    with asked.reading() as session:
        ledger_landing.keeper_for(session, asked.office, asked.actor)


def import_(asked: Asked) -> Response:
    """Take in a ledger, or only say what would happen."""
    from cases import ledger_errors, ledger_landing, ledger_outcome  # noqa: PLC0415 - as above

    wanted, office = asked.query(wishes.ImportQuery), asked.office
    columns = _columns(wanted.columns)
    with _named(asked.uploaded, wanted.name) as path:
        ledger = _read(asked, path, columns)

    def land(session: Session) -> dict[str, Any]:
        landed = ledger_landing.land(
            session, office, ledger, actor=asked.actor, at=asked.at, dry_run=wanted.dry_run
        )
        return _told(ledger_outcome.outcome(ledger, landed, lang=asked.lang, dry_run=wanted.dry_run))

    if wanted.dry_run:
        with asked.reading() as session:
            done = land(session)
    else:
        done = asked.once(("ledger.import", ledger.sha256, wanted.name, columns), land)
    back = ledger_errors.told(ledger, (one["row"] for one in done["bad"]))
    return document(done | {"errors": back, "errors_workbook": _where(wanted) if done["bad"] else None})


def _read(asked: Asked, path: Path, columns: Mapping[str, str]) -> Any:
    from cases import ledger as ledgers  # noqa: PLC0415 - as above

    rules = asked.office.rulebook().machines["clue"]
    return ledgers.read_ledger(path, today=asked.office.day(asked.at), columns=columns, machine=rules)


def _where(wanted: wishes.ImportQuery) -> str:
    """Where the same file gets its bad rows: nothing of it is kept here for whoever never comes for them."""
    given = {"name": wanted.name} | ({"columns": wanted.columns} if wanted.columns else {})
    return f"/api/v1/ledger/errors?{urlencode(given, quote_via=quote)}"


def errors(asked: Asked) -> Response:
    """The bad rows as a workbook."""
    from cases import ledger_errors, ledger_landing  # noqa: PLC0415 - as above

    wanted, office = asked.query(wishes.ErrorsQuery), asked.office
    with _named(asked.uploaded, wanted.name) as path:
        ledger = _read(asked, path, _columns(wanted.columns))
        with asked.reading() as session:
            landed = ledger_landing.land(
                session, office, ledger, actor=asked.actor, at=asked.at, dry_run=True
            )
        back = ledger_errors.write_errors(ledger, path.with_name("errors.xlsx"), at=asked.at, zone=office.zone,
                                          lang=asked.lang, also=landed.conflicts)  # fmt: skip
        if back is None:
            raise Wrong(404, "no_bad_rows", label("台账没有错误行。", "The ledger has no bad rows."),
                        label("可直接导入。", "Take it in as it is."))  # fmt: skip
        content = back.read_bytes()
    rows = len({*ledger.bad_rows, *(one.row for one in landed.conflicts)})
    name = f"{ledger.path.stem}-errors.xlsx"
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type=ledger_file.WORKBOOK, headers=headers | {"Plumbline-Rows": str(rows)})


def _told(found: dict[str, Any]) -> dict[str, Any]:
    """No more faults than anybody reads: the answer is kept with its key."""
    bad = found["bad"]
    return found | {"bad": bad[:MOST_TOLD], "more_bad": max(len(bad) - MOST_TOLD, 0)}


@contextmanager
def _named(file: BinaryIO, name: str) -> Iterator[Path]:
    """The file under the name that was given it, as far as that is one, for as long as it is read."""
    clean = Path(file_names.cleaned(name, ENDINGS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{clean.stem[:LONGEST_STEM]}{clean.suffix}"
        with path.open("wb") as stream:
            shutil.copyfileobj(file, stream)
        yield path


def _columns(text: str) -> Mapping[str, str]:
    """`number=编号;received_on=日期` as fields and the headers they stand under. Raises Wrong (422)."""
    found: dict[str, str] = {}
    for pair in text.split(";") if text else ():
        field, equals, header = (part.strip() for part in pair.partition("="))
        if not (equals and field and header) or field in found:
            raise Wrong(422, "not_a_column",
                        label(f"“{pair[:60]}”不是“字段=表头”，或字段重复。",
                              f"“{pair[:60]}” is not FIELD=HEADER, or names a field again."),
                        label("如 number=编号;received_on=日期。", "For instance number=编号;received_on=日期."),
                        field="columns")  # fmt: skip
        found[field] = header
    return found
