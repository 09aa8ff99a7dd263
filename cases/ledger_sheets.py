"""Writing workbooks that are safe to open: text stays text, nothing is computed, nothing becomes a link.

A cell that looks like a formula is written as text and with an apostrophe before it, so that it stays
text when somebody copies it on or saves the sheet as CSV. Reading it again takes the apostrophe off:
`cases.ledger_cells`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cases.ledger_cells import defused

_SAFE = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
LONGEST = 32_767  # characters; a cell holds no more
_WIDEST = 60


class NotWritable(OSError):
    """The workbook cannot be written there; the message says where and why."""


@contextmanager
def workbook(path: Path, *, at: datetime, zone: ZoneInfo) -> Iterator[xlsxwriter.Workbook]:
    """A new workbook at `path`, readable by its owner alone. A file that is there is replaced only once the
    new one is whole. `at` is written into it as the day it was made. Raises NotWritable.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        book = xlsxwriter.Workbook(str(part), _SAFE)
        book.set_properties(
            {"created": at.astimezone(zone).replace(tzinfo=None), "author": "", "company": ""}
        )
        yield book
        book.close()
        part.replace(path)
    except (OSError, FileCreateError) as fault:
        why = getattr(fault, "strerror", None) or "the disk may be full"
        raise NotWritable(f"{path} cannot be written: {why}. Name another file.") from fault
    finally:
        part.unlink(missing_ok=True)


def put(sheet: Worksheet, row: int, column: int, value: Any, style: Format | None, day: Format) -> None:
    """Write one cell; rows and columns count from 0. Days become real dates, text never anything but text."""
    if value is None or value == "":
        if style is not None:
            sheet.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, style)
    elif isinstance(value, datetime):
        moment = value.replace(tzinfo=None)
        sheet.write_datetime(row, column, moment, day if moment.time() == time(0) else style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime.combine(value, time()), day)
    else:
        sheet.write_string(row, column, defused(str(value))[:LONGEST], style)


def fit(sheet: Worksheet, widths: list[int]) -> None:
    """Make the columns as wide as their longest text, within reason."""
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(max(width + 2, 8), _WIDEST))


def width(value: Any) -> int:
    """How many columns of a fixed font a value takes; a Chinese character takes two."""
    text = str(value) if value is not None else ""
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text[:_WIDEST])
