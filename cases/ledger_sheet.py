"""Reading what stands in the cells: of a workbook with calamine, of a text file with the csv module. Nothing
is evaluated.

A formula's cell holds the value its program last computed, or nothing.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import python_calamine as calamine

from cases import ledger_guard
from cases.ledger_guard import LAST_COLUMN, LAST_ROW, NotALedger

EPOCH_1900 = date(
    1899, 12, 30
)  # day 0 of the serials of nearly every workbook; the leap day 1900 that never was
EPOCH_1904 = date(1904, 1, 1)  # of workbooks from old Macintoshes, which say so
_IS_1904 = re.compile(rb"\bdate1904\s*=\s*[\"'](?:1|true|on)[\"']")


@dataclass(frozen=True)
class Grid:
    """The cells of one sheet. `cells[0]` is the sheet's row `first_row`; rows may differ in length."""

    sheet: str
    first_row: int
    cells: Sequence[list[Any]]
    epoch: date = EPOCH_1900
    encoding: str | None = None  # of a text file: as which it was read

    def row_number(self, place: int) -> int:
        """The number a spreadsheet program shows at the margin of `cells[place]`."""
        return self.first_row + place


def grids(path: Path) -> Iterator[Grid]:
    """The visible sheets, first to last, each read as it is asked for. Raises NotALedger."""
    if ledger_guard.check(path) == "text":
        yield _text(path)
    else:
        yield from _sheets(path)


def _sheets(path: Path) -> Iterator[Grid]:
    epoch = _epoch(path)
    try:
        with calamine.CalamineWorkbook.from_path(str(path)) as book:
            for meta in book.sheets_metadata:
                is_shown = meta.visible is calamine.SheetVisibleEnum.Visible
                if is_shown and meta.typ is calamine.SheetTypeEnum.WorkSheet:
                    yield _sheet(book.get_sheet_by_name(meta.name), epoch)
    except calamine.PasswordError:
        raise ledger_guard.locked(path) from None
    except (calamine.CalamineError, OSError) as fault:
        raise ledger_guard.damaged(path) from fault


def _sheet(sheet: calamine.CalamineSheet, epoch: date) -> Grid:
    if sheet.start is None:
        return Grid(sheet.name, 1, [], epoch)
    top, left = sheet.start
    cells = sheet.to_python(skip_empty_area=True)
    for (first, column), (last, last_column) in sheet.merged_cell_ranges or []:
        if column == last_column and column >= left:
            _fill_down(cells, first - top, last - top, column - left)
    return Grid(sheet.name, top + 1, cells, epoch)


def _fill_down(cells: list[list[Any]], first: int, last: int, column: int) -> None:
    """A cell merged over several rows speaks for each of them."""
    if 0 <= first < len(cells) and column < len(cells[first]):
        for row in cells[first + 1 : last + 1]:
            row[column] = cells[first][column]


def _epoch(path: Path) -> date:
    """From which day the workbook counts its days."""
    with zipfile.ZipFile(path) as packed:
        try:
            said = _IS_1904.search(packed.read("xl/workbook.xml"))
        except KeyError:
            said = None
    return EPOCH_1904 if said else EPOCH_1900


def _text(path: Path) -> Grid:
    """A comma, semicolon or tab separated file, in UTF-8 (with or without mark), UTF-16 (with mark) or
    GB18030.
    """
    text, encoding = _decoded(path)
    first_line = text.partition("\n")[0]
    mark = max(",;\t", key=first_line.count)
    cells: list[list[Any]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True):
            cells.append(list(row))
            if len(cells) > LAST_ROW or len(row) > LAST_COLUMN:
                raise ledger_guard.too_large(path)
    except csv.Error as fault:
        where = len(cells) + 1
        raise NotALedger(
            f"{path.name}: row {where} cannot be read ({fault}): a quotation mark was not closed, "
            "or a cell is too long.",
            f"{path.name}：第 {where} 行无法读取：引号未闭合，或单元格内容过长。",
        ) from None
    return Grid(path.name, 1, cells, encoding=encoding)


def _decoded(path: Path) -> tuple[str, str]:
    raw = path.read_bytes()
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif raw.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    else:
        candidates = ["utf-8", "gb18030"]
    for encoding in candidates:
        try:
            return raw.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise NotALedger(f"{path.name} is neither UTF-8 nor GB18030 text: save it as “CSV UTF-8” or as .xlsx.",
                     f"{path.name} 既不是 UTF-8 也不是 GB18030 文本：请另存为“CSV UTF-8”或 .xlsx。")  # fmt: skip
