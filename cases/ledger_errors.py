"""The bad rows of a ledger, back in a workbook: as they stood there, each bad cell marked, and the reasons
beside it.

Corrected there, the workbook is a ledger of its own that can be imported: the column of reasons is one it
does not know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
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
    rows = {row: list(cells) for row, cells in ledger.bad_rows.items()} | {
        one.row: _known(ledger, one) for one in also
    }
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
        stood = [*cells, *[""] * len(ledger.titles)][: len(ledger.titles)]
        for column, cell in enumerate([*stood, row, reasons]):
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


def _known(ledger: Ledger, fault: Fault) -> list[object]:
    """A good row whose number was taken, as it was read: enough to find it by."""
    values = ledger.rows.loc[fault.row]
    titles = {title: name for name, title in ledger.columns.items()}
    return [values.get(titles.get(title, ""), "") for title in ledger.titles]
