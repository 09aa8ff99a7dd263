"""Ledgers for tests: workbooks made of plain lists, and the one that was given."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from cases.ledger import Ledger, read_ledger
from cases.office import Office
from states.calendars import china
from states.rulebook_file import shipped
from tests.cases.small_office import Told

DATA = Path(__file__).parent.parent / "data"
GIVEN = DATA / "ledger-2026.xlsx"
EXPECTED: dict[str, Any] = json.loads((DATA / "ledger-2026.expected.json").read_text(encoding="utf-8"))

TODAY = date(2026, 11, 25)
AT = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)  # Wednesday 25 November 2026, noon in Shanghai

HEADER = ("线索编号", "收到时间", "反映的主要问题", "被反映人", "工程项目", "目前进展", "处置方式")
ROW = ("MGJ-2026-0001", "2026-03-05", "主体结构违规再分包", "王建国", "港口中心项目", "待分办", "")


def workbook(
    path: Path, *rows: Sequence[Any], sheets: Mapping[str, Sequence[Sequence[Any]]] | None = None
) -> Path:
    """A workbook with these rows, in one sheet or in several."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, lines in (sheets or {"台账": rows}).items():
            sheet = book.add_worksheet(name)
            for place, line in enumerate(lines):
                for column, cell in enumerate(line):
                    if isinstance(cell, date):
                        sheet.write_datetime(place, column, datetime.combine(cell, datetime.min.time()), day)
                    else:
                        sheet.write(place, column, cell)
    return path


def row(**changes: Any) -> list[Any]:
    """A good row under HEADER, but for the changes, which are named by field."""
    names = ("number", "received_on", "problem", "subject", "project", "progress", "disposition")
    return [changes.get(name, value) for name, value in zip(names, ROW, strict=True)]


def read(path: Path, **how: Any) -> Ledger:
    """The ledger as it is read on the day of the tests."""
    return read_ledger(path, **({"today": TODAY} | how))


def port_centre(told: Told | None = None) -> Office:
    """The office that works by the shipped rulebook."""
    book = shipped()
    return Office({book.key: book}, book.key, china(), told or Told())


def repacked(path: Path, source: Path, changes: Mapping[str, bytes]) -> Path:
    """A copy of a workbook with some of its parts replaced."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, changes.get(part.filename, old.read(part)))
    return path
