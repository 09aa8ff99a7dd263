"""From cells to rows: each column is cleaned as a whole, then judged as a whole.

Every fault of every row is found in one pass. Columns repeat themselves (a ledger of 100,000 rows has
some thousand different dates), so each different cell is read once; see `ledger_distinct`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from cases import ledger_cells as cells
from cases.ledger_cells import BadCell
from cases.ledger_columns import NEEDED, Header
from cases.ledger_dates import NotADay, day_of
from cases.ledger_distinct import Distinct, Mask, is_none
from cases.ledger_sheet import Grid
from cases.ledger_words import Words, plain

DAYS = ("received_on", "opinion_on", "closed_on")
STORIES = ("problem", "outcome", "remarks")
IN_HAND = "in_hand"


@dataclass(frozen=True, slots=True)
class Fault:
    """One cell that cannot be taken: the sheet's row, the field, what stood there, and why not."""

    row: int
    column: str
    value: str
    why: str

    def as_dict(self, lang: str = "en") -> dict[str, Any]:
        """The form of contract.md: {"row", "column", "value", "why"}."""
        why = cells.why_in(lang, self.why)
        return {"row": self.row, "column": self.column, "value": self.value, "why": why}


@dataclass(frozen=True)
class Checked:
    """The rows of a sheet: `good` by sheet row, with a value per field (None where there is none) and the
    `state` the clue is in; the faults of the others; and how many were no clues at all.
    """

    good: pd.DataFrame
    faults: tuple[Fault, ...]
    bad_cells: Mapping[int, Sequence[Any]]  # the bad rows as they stood there
    bad_numbers: tuple[str, ...]  # the numbers of the bad rows, where they have one
    blank: int
    totals: int
    footnotes: int


@dataclass
class _Table:
    """The columns of the rows under judgement, as they stood and as they were read, and the faults found so
    far.
    """

    rows: npt.NDArray[np.int64]  # their numbers in the sheet
    stood: Mapping[str, Distinct]
    read: dict[str, Distinct] = field(default_factory=dict)
    faults: list[tuple[int, int, Fault]] = field(default_factory=list)  # place, column's rank

    def column(self, name: str) -> Distinct:
        """A column as it was read; of one the ledger lacks, nothing in every row."""
        return self.read.get(name) or Distinct.same(None, rows=len(self.rows))

    def refuse(self, name: str, where: Mask, why: str | Distinct) -> None:
        """Note a fault in column `name` of every row in `where`."""
        rank = list(self.stood).index(name)
        for place in np.flatnonzero(where).tolist():
            said = why if isinstance(why, str) else str(why.at(place))
            value = _shown(self.stood[name].at(place))
            self.faults.append((place, rank, Fault(int(self.rows[place]), name, value, said)))


def checked(grid: Grid, header: Header, words: Words, *, today: date) -> Checked:
    """Judge every row below the header. Dates may not lie after `today`."""
    body = grid.cells[header.place + 1 :]
    first_row = grid.row_number(header.place + 1)
    sheet = _columns(body, len(header.titles), serial=header.columns.get("serial"))
    kinds = _kinds(body, sheet, header, words)
    is_clue = kinds == _CLUE
    columns = {name: sheet[place].only(is_clue) for name, place in header.columns.items() if name != "serial"}
    table = _Table(np.flatnonzero(is_clue) + first_row, columns)
    _read(table, grid.epoch)
    _judge(table, words, today)
    return _result(table, lambda row: body[row - first_row], kinds)


def _columns(body: Sequence[Sequence[Any]], width: int, *, serial: int | None) -> list[Distinct]:
    """The sheet's columns; a row that ends early is blank to its end. Serial numbers say nothing and are left out."""
    widest = max([width, *map(len, body)])
    even = body
    if min(map(len, body), default=widest) < widest:
        even = [[*row, *[""] * (widest - len(row))] for row in body]
    nothing = Distinct.same("", rows=len(body))
    columns = zip(*even, strict=True) if even else [()] * widest
    return [nothing if place == serial else Distinct.of(column) for place, column in enumerate(columns)]


_CLUE, _BLANK, _TOTAL, _FOOTNOTE = range(4)


def _kinds(
    body: Sequence[Sequence[Any]], sheet: Sequence[Distinct], header: Header, words: Words
) -> npt.NDArray[np.int8]:
    """What each row is: a clue, nothing (a serial number alone is nothing), a sum, or a note below the table."""
    serial = header.columns.get("serial")
    filled = {place: column.where(_is_filled) for place, column in enumerate(sheet) if place != serial}
    kinds = np.zeros(len(body), dtype=np.int8)
    kinds[~np.logical_or.reduce(list(filled.values()))] = _BLANK
    keys = np.add.reduce([filled[header.columns[name]].astype(np.int8) for name in NEEDED])
    for place in np.flatnonzero(keys <= 1).tolist():
        said = [cell for cell in body[place] if isinstance(cell, str) and _is_filled(cell)]
        if any(_starts(cell, words.totals) for cell in said):
            kinds[place] = _TOTAL
        elif kinds[place] == _CLUE and 1 <= len(said) <= 4 and _starts(said[0], words.footnotes):
            kinds[place] = _FOOTNOTE
    return kinds


def _starts(cell: str, with_words: Iterable[str]) -> bool:
    """Whether the cell is one of the words, or begins with one and goes on with a colon or a figure:
    "合计：240件".
    """
    return plain(cell.replace("：", ":").partition(":")[0]).rstrip("0123456789件条个宗项") in with_words


def _is_filled(cell: Any) -> bool:
    return not isinstance(cell, str) or (cell != "" and (cell[0].isalnum() or cells.words_in(cell) != ""))


def _read(table: _Table, epoch: date) -> None:
    """Clean every column; a cell that cannot be taken is `_FAULTY`, with its fault noted."""
    for name, stood in table.stood.items():
        read = stood.map(_reader(name, epoch))
        faulty = read.where(lambda value: isinstance(value, Exception))
        table.refuse(name, faulty, read)
        table.read[name] = read.map(lambda value: _FAULTY if isinstance(value, Exception) else value)


class _Faulty:
    """Stands for a cell whose fault is noted already."""

    def __bool__(self) -> bool:
        return False


_FAULTY = _Faulty()
_TEXTS: Mapping[str, Callable[[Any], str]] = {
    "number": cells.number, "subject": cells.name, "handler": cells.name, "reporter": cells.name,
    **dict.fromkeys(STORIES, cells.story),
}  # fmt: skip


def _reader(name: str, epoch: date) -> Callable[[Any], Any]:
    text_of = _TEXTS.get(name, cells.line)

    def day(cell: Any) -> Any:
        try:
            blank = isinstance(cell, str) and not cells.line(cell)
            return None if blank else day_of(cell, epoch=epoch)
        except (NotADay, BadCell) as why:
            return why

    def text(cell: Any) -> Any:
        try:
            return text_of(cell) or None
        except BadCell as why:
            return why

    return day if name in DAYS else text


def _judge(table: _Table, words: Words, today: date) -> None:
    for name in NEEDED:
        table.refuse(name, table.read[name].where(is_none), cells.MISSING)
    number = pd.Series(table.read["number"].values())
    used_twice = number.duplicated().to_numpy(dtype=bool) & table.read["number"].where(bool)
    table.refuse("number", used_twice, cells.USED_TWICE)
    for name in (name for name in DAYS if name in table.read):
        _judge_day(table, name, today)
    _translate(table, "real_name", _truth_reader(words))
    _translate(table, "disposition", _word_reader(words.dispositions, words.shown_dispositions), into="way")
    _translate(table, "progress", _word_reader(words.states, words.shown_states), into="stage")
    _judge_secrets(table, words)
    table.read["state"] = _states(table)


def _judge_secrets(table: _Table, words: Words) -> None:
    """State secrets are refused here, before anything is stored (Secrecy Law 2024, Art. 31)."""
    known = ("非密", "工作秘密", "国家秘密")
    _translate(table, "classification", _word_reader(words.classifications, known))
    if "classification" in table.read:
        is_secret = table.read["classification"].where(lambda value: value == "state_secret")
        table.refuse("classification", is_secret, cells.CLASSIFIED)


def _judge_day(table: _Table, name: str, today: date) -> None:
    """Not after today; and no opinion or end before the clue was received."""
    days = table.read[name].numbers(_ordinal)
    late = days > today.toordinal()
    table.refuse(name, late, cells.IN_THE_FUTURE)
    if name != "received_on":
        received = table.read["received_on"].numbers(_ordinal)
        known = (received > 0) & (received <= today.toordinal()) & (days > 0) & ~late
        table.refuse(name, known & (days < received), cells.BEFORE_RECEIPT)


def _ordinal(day: Any) -> int:
    return day.toordinal() if isinstance(day, date) else 0


def _translate(table: _Table, name: str, read: Callable[[Any], Any], *, into: str | None = None) -> None:
    """Read a column's words as what they mean."""
    if name not in table.read:
        return
    meanings = table.read[name].map(lambda text: read(text) if isinstance(text, str) else None)
    table.refuse(name, meanings.where(lambda meaning: isinstance(meaning, BadCell)), meanings)
    table.read[into or name] = meanings.map(lambda meaning: None if isinstance(meaning, BadCell) else meaning)


def _truth_reader(words: Words) -> Callable[[str], Any]:
    def truth(text: str) -> Any:
        word = plain(text)
        known = words.truths.get(word)
        if known is None:
            known = False if "匿名" in word else True if "实名" in word else None
        return BadCell("not known: write 实名 or 匿名 (real name or anonymous)") if known is None else known

    return truth


def _word_reader(known: Mapping[str, str], shown: Sequence[str]) -> Callable[[str], Any]:
    def meaning(text: str) -> Any:
        return known.get(plain(text)) or BadCell(f"not known: write one of {'、'.join(shown)}")

    return meaning


def _states(table: _Table) -> Distinct:
    """The state of each clue: what progress says; of one in hand, what its disposition says."""
    parts = [table.column(name) for name in ("stage", "way")]
    parts += [table.column(name).map(bool) for name in ("opinion_on", "closed_on")]
    return Distinct.of(zip(*(part.values().tolist() for part in parts), strict=True)).map(_state)


def _state(said: tuple[str | None, str | None, bool, bool]) -> str:
    stage, way, has_opinion, is_closed = said
    in_hand = way or ("disposition_proposed" if has_opinion else "assigned")
    if stage is not None:
        return in_hand if stage == IN_HAND else stage
    if is_closed:
        return "concluded"
    return in_hand if way or has_opinion else "registered"


def _result(table: _Table, cells_of: Callable[[int], Sequence[Any]], kinds: npt.NDArray[np.int8]) -> Checked:
    ordered = [fault for _, _, fault in sorted(table.faults, key=lambda entry: entry[:2])]
    is_bad = np.zeros(len(table.rows), dtype=bool)
    is_bad[[place for place, _, _ in table.faults]] = True
    good = pd.DataFrame({name: column.only(~is_bad).values() for name, column in table.read.items()},
                        index=pd.Index(table.rows[~is_bad]), dtype=object)  # fmt: skip
    bad_cells = {row: cells_of(row) for row in table.rows[is_bad].tolist()}
    numbers = tuple({number: None for number in table.read["number"].only(is_bad).values() if number})
    count = {kind: int((kinds == kind).sum()) for kind in (_BLANK, _TOTAL, _FOOTNOTE)}
    return Checked(good, tuple(ordered), bad_cells, numbers, count[_BLANK], count[_TOTAL], count[_FOOTNOTE])


def _shown(cell: Any) -> str:
    """A cell as it may stand in a message: short, on one line."""
    try:
        text = cells.words_in(cell)
    except BadCell:
        text = repr(cell)
    text = "".join(sign if sign.isprintable() else "␣" for sign in text[:81])
    return text if len(text) <= 80 else text[:79] + "…"
