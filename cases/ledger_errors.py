"""The bad rows of a ledger, back in a workbook: as they stood there, each bad cell marked, and the reasons
beside it.

Corrected there, the workbook is a ledger of its own that can be imported: the column of reasons is one it
does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from cases.ledger import Fault, Ledger
from cases.ledger_cells import why_in
from cases.ledger_sheets import fit, put, width, workbook

_TEXTS = {
    "en": {"sheet": "rows to correct", "row": "row in the file", "why": "what is wrong",
           "title": "{n} rows of {file} to correct"},
    "zh": {"sheet": "待更正", "row": "原文件行号", "why": "原因", "title": "{file} 中待更正的 {n} 行"},
}  # fmt: skip
_HEADER_ROW = 2


def write_errors(
    ledger: Ledger, path: Path, *, at: datetime, zone: ZoneInfo, lang: str = "en", also: Sequence[Fault] = ()
) -> Path | None:  # fmt: skip
    """Write the bad rows of `ledger` into a workbook at `path`, and return it; None if there are none.

    `also` are faults found while landing, such as a number that is taken: their rows are told by number
    alone. The file holds what the ledger held, so only its owner may read it. Raises NotWritable.
    """
    if not ledger.bad_rows and not also:
        return None
    words = _TEXTS[lang if lang in _TEXTS else "en"]
    with workbook(path, at=at, zone=zone) as book:
        sheet = book.add_worksheet(words["sheet"])
        _fill(book, sheet, ledger, words, lang=lang, also=also)
    return path


def _fill(
    book: xlsxwriter.Workbook, sheet: Worksheet, ledger: Ledger, words: Mapping[str, str], *, lang: str,
    also: Sequence[Fault],
) -> None:  # fmt: skip
    bold = book.add_format({"bold": True, "bottom": 1})
    wrong = book.add_format({"bg_color": "#FFD9D9"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    wrong_day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "bg_color": "#FFD9D9"})
    rows = {row: as_it_stood(ledger, row) for row in {*ledger.bad_rows, *(one.row for one in also)}}
    sheet.write_string(
        0, 0, words["title"].format(n=len(rows), file=ledger.path.name), book.add_format({"bold": True})
    )
    titles = [*ledger.titles, words["row"], words["why"]]
    for column, title in enumerate(titles):
        put(sheet, _HEADER_ROW, column, title, bold, day)
    faults = _by_row((*ledger.bad, *also))
    places = {name: list(ledger.titles).index(title) for name, title in ledger.columns.items()}
    widths = [width(title) for title in titles]
    for line, (row, cells) in enumerate(sorted(rows.items()), start=_HEADER_ROW + 1):
        bad = {
            places[fault.column]: why_in(lang, fault.why) for fault in faults[row] if fault.column in places
        }
        reasons = "; ".join(f"{_title(ledger, fault)}: {why_in(lang, fault.why)}" for fault in faults[row])
        for column, cell in enumerate([*cells, row, reasons]):
            is_bad = column in bad
            put(sheet, line, column, cell, wrong if is_bad else None, wrong_day if is_bad else day)
            widths[column] = max(widths[column], width(cell))
        for column, why in bad.items():
            sheet.write_comment(line, column, why)
    fit(sheet, widths)
    sheet.freeze_panes(_HEADER_ROW + 1, 0)


def _by_row(faults: Sequence[Fault]) -> dict[int, list[Fault]]:
    found: dict[int, list[Fault]] = {}
    for fault in faults:
        found.setdefault(fault.row, []).append(fault)
    return found


def _title(ledger: Ledger, fault: Fault) -> str:
    """What the ledger calls the column."""
    return ledger.columns.get(fault.column, fault.column)


def as_it_stood(ledger: Ledger, row: int) -> list[Any]:
    """The cells of a row under the ledger's titles. A good row, whose number was taken, as it was read: enough to find
    it by."""
    if row in ledger.bad_rows:
        return [*ledger.bad_rows[row], *[""] * len(ledger.titles)][: len(ledger.titles)]
    values = ledger.rows.loc[row]
    titles = {title: name for name, title in ledger.columns.items()}
    return [values.get(titles.get(title, ""), "") for title in ledger.titles]


def told(ledger: Ledger, rows: Iterable[int]) -> dict[str, Any]:
    """These rows as they stood, for JSON: the ledger's titles, and under them the cells of each."""
    lines = [
        {"row": row, "cells": [_plain(cell) for cell in as_it_stood(ledger, row)]}
        for row in sorted(set(rows))
    ]
    return {"titles": list(ledger.titles), "rows": lines}


def _plain(cell: Any) -> str | bool | int | float | None:
    if isinstance(cell, datetime | date):
        return cell.isoformat() if str(cell) != "NaT" else None  # a day that is none is a day to pandas
    if isinstance(cell, bool | int) or (isinstance(cell, float) and isfinite(cell)):
        return cell
    return str(cell) if isinstance(cell, str) and cell else None
