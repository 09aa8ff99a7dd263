"""From cells to rows: each column is cleaned as a whole, then judged as a whole, with pandas.

Every fault of every row is found in one pass. Columns repeat themselves (a ledger of 100,000 rows has some thousand
different dates), so each different cell is read once, and the rows get their values by number.
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
from cases.ledger_distinct import Distinct, Mask, Values, is_none
from cases.ledger_dates import NotADay, day_of
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
    """The rows of a sheet: `good` by sheet row, with a value per field (None where there is none) and the `state` the
    clue is in; the faults of the others; and how many were no clues at all."""

    good: pd.DataFrame
    faults: tuple[Fault, ...]
    bad_cells: Mapping[int, Sequence[Any]]  # the bad rows as they stood there
    blank: int
    totals: int
    footnotes: int


@dataclass
class _Table:
    """The columns of the rows under judgement, and the faults found so far."""

    rows: npt.NDArray[np.int64]  # their numbers in the sheet
    columns: Mapping[str, Distinct]
    values: dict[str, Values] = field(default_factory=dict)
    faults: list[tuple[int, int, Fault]] = field(default_factory=list)  # place, column's rank

    def refuse(self, name: str, where: Mask, why: str | Values) -> None:
        """Note a fault in column `name` of every row in `where`."""
        rank = list(self.columns).index(name)
        column = self.columns[name]
        for place in np.flatnonzero(where):
            said = why if isinstance(why, str) else str(why[place])
            value = _shown(column.at(int(place)))
            self.faults.append((int(place), rank, Fault(int(self.rows[place]), name, value, said)))


def checked(grid: Grid, header: Header, words: Words, *, today: date) -> Checked:
    """Judge every row below the header. Dates may not lie after `today`."""
    body = grid.cells[header.place + 1 :]
    sheet = _columns(body, len(header.titles))
    kinds = _kinds(body, sheet, header, words)
    is_clue = kinds == _CLUE
    rows = np.arange(len(body), dtype=np.int64)[is_clue] + grid.row_number(header.place + 1)
    columns = {name: sheet[place].only(is_clue) for name, place in header.columns.items() if name != "serial"}
    table = _Table(rows, columns)
    _read(table, grid.epoch)
    _judge(table, words, today)
    bad = {int(rows[place]) for place, _, _ in table.faults}
    stood = {row: body[row - grid.row_number(header.place + 1)] for row in sorted(bad)}
    return _result(table, stood, kinds)


def _columns(body: Sequence[Sequence[Any]], width: int) -> list[Distinct]:
    """The sheet's columns; a row that ends early is blank to its end."""
    sheet = pd.DataFrame(list(body), dtype=object)
    if len(sheet.columns) < width:
        sheet = sheet.reindex(columns=range(width))
    return [Distinct.of(sheet[place].to_numpy(dtype=object)) for place in sheet.columns]


_CLUE, _BLANK, _TOTAL, _FOOTNOTE = range(4)


def _kinds(
    body: Sequence[Sequence[Any]], sheet: Sequence[Distinct], header: Header, words: Words
) -> npt.NDArray[np.int8]:
    """What each row is: a clue, nothing (a serial number alone is nothing), a sum, or a note below the table."""
    serial = header.columns.get("serial")
    filled = {place: column.map(_is_filled).astype(bool) for place, column in enumerate(sheet) if place != serial}
    kinds = np.zeros(len(body), dtype=np.int8)
    kinds[~np.logical_or.reduce(list(filled.values()))] = _BLANK
    keys = np.add.reduce([filled[header.columns[name]].astype(np.int8) for name in NEEDED])
    for place in np.flatnonzero(keys <= 1):
        said = [cell for cell in body[place] if isinstance(cell, str) and _is_filled(cell)]
        if any(_starts(cell, words.totals) for cell in said):
            kinds[place] = _TOTAL
        elif kinds[place] == _CLUE and 1 <= len(said) <= 4 and _starts(said[0], words.footnotes):
            kinds[place] = _FOOTNOTE
    return kinds


def _starts(cell: str, with_words: Iterable[str]) -> bool:
    """Whether the cell is one of the words, or begins with one and goes on with a colon or a figure: "合计：240件"."""
    return plain(cell.replace("：", ":").partition(":")[0]).rstrip("0123456789件条个宗项") in with_words


def _is_filled(cell: Any) -> bool:
    try:
        return bool(cells.words_in(cell))
    except BadCell:
        return True


def _read(table: _Table, epoch: date) -> None:
    """Clean every column; a cell that cannot be taken is `_FAULTY`, with its fault noted."""
    for name, column in table.columns.items():
        values = column.map(_reader(name, epoch))
        faulty = np.array([isinstance(value, Exception) for value in values], dtype=bool)
        if faulty.any():
            table.refuse(name, faulty, values)
            values[faulty] = _FAULTY
        table.values[name] = values


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
        table.refuse(name, is_none(table.values[name]), cells.MISSING)
    number = pd.Series(table.values["number"])
    table.refuse("number", (number.map(bool) & number.duplicated()).to_numpy(dtype=bool), cells.USED_TWICE)
    for name in (name for name in DAYS if name in table.values):
        _judge_day(table, name, today)
    _translate(table, "real_name", _truth_reader(words))
    _translate(table, "disposition", _word_reader(words.dispositions, words.shown_dispositions), into="way")
    _translate(table, "progress", _word_reader(words.states, words.shown_states), into="stage")
    _judge_secrets(table, words)
    table.values["state"] = _states(table)


def _judge_secrets(table: _Table, words: Words) -> None:
    """State secrets are refused here, before anything is stored (Secrecy Law 2024, Art. 31)."""
    known = ("非密", "工作秘密", "国家秘密")
    _translate(table, "classification", _word_reader(words.classifications, known))
    if "classification" in table.values:
        is_secret = table.values["classification"] == "state_secret"
        table.refuse("classification", np.asarray(is_secret, dtype=bool), cells.SECRET)


def _judge_day(table: _Table, name: str, today: date) -> None:
    """Not after today; and no opinion or end before the clue was received."""
    days = _ordinals(table.values[name])
    late = days > today.toordinal()
    table.refuse(name, late, cells.IN_THE_FUTURE)
    if name != "received_on":
        received = _ordinals(table.values["received_on"])
        known = (received > 0) & (received <= today.toordinal()) & (days > 0) & ~late
        table.refuse(name, known & (days < received), cells.BEFORE_RECEIPT)


def _ordinals(days: Values) -> npt.NDArray[np.int64]:
    """Days as numbers that compare, 0 for none."""
    return np.array([day.toordinal() if isinstance(day, date) else 0 for day in days], dtype=np.int64)


def _translate(table: _Table, name: str, read: Callable[[Any], Any], *, into: str | None = None) -> None:
    """Replace a column's words by what they mean."""
    if name not in table.values:
        return
    meanings = Distinct.of(table.values[name]).map(read)
    unknown = np.array([isinstance(meaning, BadCell) for meaning in meanings], dtype=bool)
    table.refuse(name, unknown, meanings)
    meanings[unknown] = None
    table.values[into or name] = meanings


def _truth_reader(words: Words) -> Callable[[Any], Any]:
    def truth(text: Any) -> Any:
        if not isinstance(text, str):
            return None
        word = plain(text)
        known = words.truths.get(word)
        if known is None:
            known = False if "匿名" in word else True if "实名" in word else None
        return BadCell("not known: write 实名 or 匿名 (real name or anonymous)") if known is None else known

    return truth


def _word_reader(known: Mapping[str, str], shown: Sequence[str]) -> Callable[[Any], Any]:
    def meaning(text: Any) -> Any:
        if not isinstance(text, str):
            return None
        word = known.get(plain(text))
        return word or BadCell(f"not known: write one of {'、'.join(shown)}")

    return meaning


def _states(table: _Table) -> Values:
    """The state of each clue: what progress says; of one in hand, what its disposition says."""
    nothing = np.full(len(table.rows), None, dtype=object)
    stage, way, opinion, closed = (table.values.get(name, nothing) for name in
                                   ("stage", "way", "opinion_on", "closed_on"))  # fmt: skip
    has_opinion, is_closed, has_way = (np.array([bool(value) for value in values], dtype=bool)
                                       for values in (opinion, closed, way))  # fmt: skip
    said = np.array([value is not None for value in stage], dtype=bool)
    in_hand = np.where(has_way, way, np.where(has_opinion, "disposition_proposed", "assigned"))
    unsaid = np.where(is_closed, "concluded", np.where(has_way | has_opinion, in_hand, "registered"))
    return np.where(said, np.where(stage == IN_HAND, in_hand, stage), unsaid).astype(object)


def _result(table: _Table, stood: Mapping[int, Sequence[Any]], kinds: npt.NDArray[np.int8]) -> Checked:
    ordered = [fault for _, _, fault in sorted(table.faults, key=lambda entry: entry[:2])]
    good = pd.DataFrame(table.values, index=pd.Index(table.rows), dtype=object)
    good = good[~np.isin(table.rows, list(stood))]
    count = {kind: int((kinds == kind).sum()) for kind in (_BLANK, _TOTAL, _FOOTNOTE)}
    return Checked(good, tuple(ordered), stood, count[_BLANK], count[_TOTAL], count[_FOOTNOTE])


def _shown(cell: Any) -> str:
    """A cell as it may stand in a message: short, on one line."""
    try:
        text = cells.words_in(cell)
    except BadCell:
        text = repr(cell)
    text = "".join(sign if sign.isprintable() else "␣" for sign in text[:81])
    return text if len(text) <= 80 else text[:79] + "…"
