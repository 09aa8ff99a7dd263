"""Ledgers of other times and offices: read from a workbook or text file, judged row by row, before anything
is stored.

Reading touches no database. What lands is `cases.ledger_landing`, what comes back is
`cases.ledger_errors`, and what goes out is `cases.ledger_export`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from cases import ledger_columns, ledger_rows
from cases.ledger_bulk import unhindered
from cases.ledger_columns import Header
from cases.ledger_guard import NotALedger
from cases.ledger_repeats import Repeat, repeats
from cases.ledger_rows import Fault
from cases.ledger_sheet import Grid, grids
from cases.ledger_words import Words, words_with
from states.rulebook import Machine

__all__ = ["Fault", "Ledger", "NotALedger", "Progress", "Repeat", "read_ledger"]

Progress = Callable[[str, int, int], None]
"""Told how far long work has got: which part of it, how much is done, of how much."""


@dataclass(frozen=True)
class Ledger:
    """What a file says. `rows` are the good rows by sheet row, one column per field, with the `state` each
    is in.
    """

    path: Path
    sha256: str
    sheet: str
    header_row: int
    titles: Sequence[str]  # the header as it stands there
    columns: Mapping[str, str]  # field: the header it was found under
    unknown_headers: tuple[str, ...]
    unread_sheets: tuple[str, ...]
    encoding: str | None  # of a text file: as which it was read
    rows: pd.DataFrame
    bad: tuple[Fault, ...]
    bad_rows: Mapping[int, Sequence[Any]]  # the bad rows as they stood there
    bad_numbers: tuple[str, ...]  # the numbers of the bad rows, where they have one
    repeats: tuple[Repeat, ...]
    skipped_blank: int
    skipped_total: int
    skipped_footnotes: int

    @property
    def read(self) -> int:
        """How many rows held a clue, good or bad."""
        return len(self.rows) + len(self.bad_rows)


def read_ledger(
    path: Path,
    *,
    today: date,
    columns: Mapping[str, str] | None = None,
    machine: Machine | None = None,
    progress: Progress | None = None,
) -> Ledger:
    """Read and judge the ledger in `path`, an .xlsx workbook or a .csv text. Nothing is stored.

    `today` is the last day a date may name. `columns` maps fields to headers where the words on file do
    not. `machine` adds its states' labels to the words for progress. Raises NotALedger with a sentence
    that says what to do.
    """
    tell = progress or (lambda _part, _done, _of: None)
    known = words_with(machine)
    tell("reading", 0, 2)
    with unhindered():
        grid, header, unread = _table(path, known, columns or {})
        tell("reading", 1, 2)
        checked = ledger_rows.checked(grid, header, known, today=today)
        found = repeats(checked.good)
    tell("reading", 2, 2)
    return Ledger(
        path=path, sha256=_sha256(path), sheet=grid.sheet, header_row=grid.row_number(header.place),
        titles=header.titles, columns={name: header.titles[place] for name, place in header.columns.items()},
        unknown_headers=header.unknown, unread_sheets=unread, encoding=grid.encoding,
        rows=checked.good, bad=checked.faults, bad_rows=checked.bad_cells,
        bad_numbers=checked.bad_numbers, repeats=found,
        skipped_blank=checked.blank, skipped_total=checked.totals, skipped_footnotes=checked.footnotes,
    )  # fmt: skip


def _table(path: Path, known: Words, given: Mapping[str, str]) -> tuple[Grid, Header, tuple[str, ...]]:
    """The first sheet with a header, its header, and the names of the sheets after it, which are not read."""
    found: tuple[Grid, Header] | None = None
    unread: list[str] = []
    empty = True
    for grid in grids(path):
        if found is not None:
            unread.append(grid.sheet)
            continue
        empty = empty and not grid.cells
        header = ledger_columns.find(path, grid, known, given)
        if header is not None:
            found = grid, header
    if found is None:
        raise _nothing_in(path) if empty else ledger_columns.no_header(path, known)
    return *found, tuple(unread)


def _nothing_in(path: Path) -> NotALedger:
    return NotALedger(f"{path.name} is empty: no visible sheet holds anything.",
                      f"{path.name} 是空的：所有可见工作表均无内容。")  # fmt: skip


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
