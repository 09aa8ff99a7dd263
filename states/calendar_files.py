"""The file in which a year's rest days and make-up working days are written down.

A CSV file with a header: `year` (whose notice decrees the day), `first`, `last` (empty for a single day),
`kind` (`rest` or `work`), and the holiday's name as `zh` and `en`. An office that types in the new year's
notice may use the Chinese headers and words, save from Excel in UTF-8 or GB 18030, and leave out the names.
Everything wrong is said at once.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from states.yaml_tree import Fault

MOST_BYTES = 1_000_000
_LONGEST_FOR = timedelta(days=31)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_COLUMNS = {
    "year": "year", "年度": "year", "年份": "year",
    "first": "first", "开始": "first", "开始日期": "first", "日期": "first",
    "last": "last", "结束": "last", "结束日期": "last",
    "kind": "kind", "类型": "kind",
    "zh": "zh", "名称": "zh",
    "en": "en", "英文名称": "en",
}  # fmt: skip
_KINDS = {"rest": False, "休": False, "放假": False, "work": True, "班": True, "上班": True, "补班": True}


@dataclass(frozen=True, slots=True)
class Decree:
    """Days that the notice for `year` makes rest days, or working days. Both ends belong to it."""

    year: int
    first_on: date
    last_on: date
    works: bool
    zh: str = ""
    en: str = ""

    def days(self) -> Iterator[date]:
        """Every day of it."""
        for offset in range((self.last_on - self.first_on).days + 1):
            yield self.first_on + timedelta(days=offset)


class FaultyCalendarFile(ValueError):
    """The calendar file cannot be used; `faults` says where and why, all at once."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


def read(path: Path) -> tuple[Decree, ...]:
    """The decrees in the file. Raises FaultyCalendarFile with everything that is wrong with it."""
    faults: list[Fault] = []
    decrees: list[tuple[int, Decree]] = []
    for line, row in _rows(path):
        try:
            decrees.append((line, _decree(row)))
        except _Wrong as wrong:
            faults.append(Fault(path.name, line, wrong.column, str(wrong)))
    faults += [Fault(path.name, line, "first", why) for line, why in _conflicts(decrees)]
    if not faults:
        faults += [Fault(path.name, 0, "", why) for why in _incomplete([decree for _, decree in decrees])]
    if faults:
        raise FaultyCalendarFile(sorted(faults))
    return tuple(decree for _, decree in decrees)


class _Wrong(Exception):
    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Line number and cells by column, without blank lines and comments."""
    reader = csv.reader(_text(path).splitlines())
    try:
        lines = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise FaultyCalendarFile([Fault(path.name, reader.line_num, "", f"is not CSV: {error}")]) from error
    filled = [(line, row) for line, row in lines if any(row) and not row[0].startswith("#")]
    if not filled:
        why = "is empty; it needs a header and a row per holiday"
        raise FaultyCalendarFile([Fault(path.name, 1, "", why)])
    columns = _header(path.name, *filled[0])
    return [(line, dict(zip(columns, row, strict=False))) for line, row in filled[1:]]


def _header(file: str, line: int, cells: list[str]) -> list[str]:
    columns = [_COLUMNS.get(cell.lower(), "") for cell in cells]
    unknown = [cell for cell, column in zip(cells, columns, strict=True) if cell and not column]
    missing = [name for name in ("year", "first", "kind") if name not in columns]
    faults = [Fault(file, line, cell[:40], "is not a column of a calendar file") for cell in unknown]
    faults += [Fault(file, line, name, "this column is missing from the header") for name in missing]
    if faults:
        raise FaultyCalendarFile(faults)
    return columns


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        why = f"cannot be read: {error.strerror or error}"
        raise FaultyCalendarFile([Fault(path.name, 0, "", why)]) from error
    if len(content) > MOST_BYTES:
        raise FaultyCalendarFile([Fault(path.name, 0, "", "is larger than any calendar (1 MB)")])
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FaultyCalendarFile([Fault(path.name, 0, "", "is not text; save it as CSV in UTF-8")])


def _decree(row: dict[str, str]) -> Decree:
    year = _year(row.get("year", ""))
    first_on = _date("first", row.get("first", ""))
    last_on = _date("last", row["last"]) if row.get("last") else first_on
    if row.get("kind", "").lower() not in _KINDS:
        raise _Wrong("kind", f'"{row.get("kind", "")[:40]}" is neither rest (放假) nor work (上班)')
    decree = Decree(
        year,
        first_on,
        last_on,
        works=_KINDS[row["kind"].lower()],
        zh=row.get("zh", "")[:40],
        en=row.get("en", "")[:60],
    )
    _check(decree)
    return decree


def _check(decree: Decree) -> None:
    """Raises where a single row cannot be what a notice says."""
    if decree.last_on < decree.first_on:
        raise _Wrong("last", f"{decree.last_on} lies before {decree.first_on}")
    if decree.last_on - decree.first_on > _LONGEST_FOR:
        raise _Wrong("last", f"{decree.first_on} to {decree.last_on} is longer than a holiday can be")
    if decree.first_on < date(decree.year - 1, 12, 1) or decree.last_on.year > decree.year:
        raise _Wrong("first", f"{decree.first_on} to {decree.last_on} is not for the notice of {decree.year}")
    if decree.works and any(day.weekday() < 5 for day in decree.days()):
        raise _Wrong("first", f"{decree.first_on} is no weekend; only a Saturday or Sunday is made up")


def _conflicts(decrees: list[tuple[int, Decree]]) -> Iterator[tuple[int, str]]:
    """Days that are given twice."""
    seen: dict[date, int] = {}
    for line, decree in decrees:
        for day in decree.days():
            if day in seen:
                yield line, f"{day} is already given in line {seen[day]}"
                break
            seen[day] = line


def _incomplete(decrees: list[Decree]) -> Iterator[str]:
    """Years whose fixed holidays are missing: half a notice would make certain what is not."""
    rest = {day for decree in decrees if not decree.works for day in decree.days()}
    if not decrees:
        yield "has a header but no days"
    for year in sorted({decree.year for decree in decrees}):
        for day in (date(year, 1, 1), date(year, 5, 1), date(year, 10, 1)):
            if day not in rest:
                yield f"{day} is not a rest day of {year}; the file must hold the whole notice of the year"


def _year(text: str) -> int:
    if not re.fullmatch(r"(19|20)\d\d年?", text, re.ASCII):
        raise _Wrong("year", f'"{text[:40]}" is not a year such as 2027')
    return int(text[:4])


def _date(column: str, text: str) -> date:
    found = _DATE.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else _no_date(column, text)
    except ValueError:
        return _no_date(column, text)


def _no_date(column: str, text: str) -> date:
    raise _Wrong(column, f'"{text[:40]}" is not a day that exists; write it as 2027-10-01')
