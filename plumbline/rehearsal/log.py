"""Reading a log of cases from a CSV file, plain or gzipped, whatever its size and order.

Rows are put down in a scratch file first and come back case by case in the order of time: rows of a case may stand
anywhere in the log, and memory does not grow with it. What cannot be read is counted, with the line it first stands on.
"""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from plumbline.rehearsal.mapping import LogMapping
from plumbline.rehearsal.rows import Case, Row
from states.schema_faults import meant

MOST_ROWS = 20_000_000
LONGEST_NAME = 64
BATCH = 5000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_AT, LAST_AT = EPOCH, datetime(2100, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_IN_ORDER = "SELECT name, at, number, cells FROM line ORDER BY name, at, number"

Line = tuple[str, int, int, str]  # case, microseconds since 1970, line of the file, cells as JSON


class UnreadableLog(Exception):
    """The log cannot be read at all; the message says why and what to do."""


class BadRow(Exception):
    """A row that is left out; the message says why, without what stands in it."""


@dataclass(slots=True)
class Left:
    """Rows that were left out for one reason: how many, and the line of the first."""

    count: int
    first_row: int


@dataclass(slots=True)
class Log:
    """A log that was read through once. `ends_at` is its last instant."""

    scratch: sqlite3.Connection
    names: tuple[str, ...]
    cases: int = 0
    rows: int = 0
    ends_at: datetime = EPOCH
    out_of_order: int = 0  # rows that stood after a later one of their case
    same_instant: int = 0  # rows at the very instant of the one before: they keep the order of the file
    duplicates: int = 0  # rows that say the same of the same instant once more: left out
    left_out: dict[str, Left] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Case]:
        """The cases, by name; their rows by instant, and as they stood in the file where the instant is the same."""
        for name, group in groupby(self.scratch.execute(_IN_ORDER), key=itemgetter(0)):
            yield Case(name, [self._row(line) for line in group])

    def close(self) -> None:
        """The rows are gone; the counts stay."""
        self.scratch.close()

    def _row(self, line: Line) -> Row:
        cells = dict(zip(self.names, json.loads(line[3]), strict=True))
        return Row(EPOCH + timedelta(microseconds=line[1]), cells, line[2])

    def leave_out(self, why: str, number: int) -> None:
        """Count a row that cannot be taken."""
        left = self.left_out.setdefault(why, Left(0, number))
        left.count += 1


@contextmanager
def opened(path: Path, mapping: LogMapping) -> Iterator[Log]:
    """The log in this file, read through once. Raises UnreadableLog where nothing can be made of it."""
    with tempfile.TemporaryDirectory(prefix="plumbline-log-") as folder:
        log = Log(sqlite3.connect(Path(folder) / "log.db", isolation_level=None), mapping.columns_used())
        try:
            _read(log, path, mapping)
            yield log
        finally:
            log.close()


def _read(log: Log, path: Path, mapping: LogMapping) -> None:
    log.scratch.executescript(
        "PRAGMA journal_mode=off; PRAGMA synchronous=off;"
        "CREATE TABLE line (name TEXT, at INTEGER, number INTEGER PRIMARY KEY, cells TEXT); BEGIN;"
    )
    for lines in _batches(_lines(path, mapping, log)):
        log.scratch.executemany("INSERT INTO line VALUES (?, ?, ?, ?)", lines)
    log.scratch.execute("COMMIT")
    _take_stock(log)
    if not log.rows:
        first = next(iter(log.left_out), None)
        why = f": {first}." if first else "; it is empty."
        raise UnreadableLog(f"{path.name} holds no row that can be read{why}")


def _take_stock(log: Log) -> None:
    """What the order of the rows tells, in one pass by case and time; rows that only repeat another are taken out."""
    repeated: list[tuple[int]] = []
    lines = log.scratch.execute(_IN_ORDER)
    for _, group in groupby(lines, key=itemgetter(0)):
        log.cases += 1
        seen: set[str] = set()
        at_before = number_before = -1
        for _, at, number, cells in group:
            log.ends_at = max(log.ends_at, EPOCH + timedelta(microseconds=at))
            log.out_of_order += number < number_before
            number_before = max(number, number_before)
            seen = seen if at == at_before else set()
            if cells in seen:
                repeated.append((number,))
                continue
            log.same_instant += at == at_before
            log.rows += 1
            at_before = at
            seen.add(cells)
    log.duplicates = len(repeated)
    log.scratch.executemany("DELETE FROM line WHERE number = ?", repeated)


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) >= BATCH:
            yield batch
            batch = []
    yield batch


def _lines(path: Path, mapping: LogMapping, log: Log) -> Iterator[Line]:
    """Every row that can be taken. Raises UnreadableLog."""
    try:
        with _text(path, mapping.encoding) as text:
            reader = csv.reader(text, delimiter=mapping.delimiter)
            yield from _taken(reader, mapping, log, path)
    except FileNotFoundError:
        raise UnreadableLog(f"There is no file {path}; check the path.") from None
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise UnreadableLog(
            f"{path.name} is damaged: it cannot be unpacked to its end. Fetch it again."
        ) from None
    except UnicodeError:
        raise UnreadableLog(
            f"{path.name} is not {mapping.encoding} text: name its `encoding` in the mapping."
        ) from None
    except csv.Error as fault:
        raise UnreadableLog(f"{path.name} is not a CSV file ({fault}): save the log as CSV.") from None
    except OSError as fault:
        raise UnreadableLog(f"{path.name} cannot be read: {fault.strerror or 'the disk failed'}.") from fault


def _text(path: Path, encoding: str) -> IO[str]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    if packed:
        return gzip.open(path, "rt", encoding=encoding, newline="")
    if path.suffix == ".gz":
        raise UnreadableLog(
            f"{path.name} is called .gz and is not gzip: fetch it again, or give it its right name."
        )
    return path.open(encoding=encoding, newline="")


def _taken(reader: Any, mapping: LogMapping, log: Log, path: Path) -> Iterator[Line]:
    header = next(reader, None)
    if header is None or not any(cell.strip() for cell in header):
        raise UnreadableLog(
            f"{path.name} is empty: a log has a line of column names and a row for each thing done."
        )
    places = _places([cell.strip() for cell in header], mapping, path)
    zone = ZoneInfo(mapping.zone) if mapping.zone else None
    for count, cells in enumerate(reader):
        if not cells:
            continue
        if count >= MOST_ROWS:
            raise UnreadableLog(f"{path.name} has more than {MOST_ROWS:,} rows: split it by case.")
        try:
            yield _line(cells, places, mapping.format, zone, reader.line_num)
        except BadRow as why:
            log.leave_out(str(why), reader.line_num)


def _places(header: list[str], mapping: LogMapping, path: Path) -> list[int]:
    """Where case, instant and the other columns stand."""
    wanted = (mapping.columns.case, mapping.columns.at, *mapping.columns_used())
    missing = [name for name in wanted if name not in header]
    if missing:
        raise UnreadableLog(f"{path.name} has no column {missing[0]!r}{meant(missing[0], tuple(header))} "
                            "The mapping names the columns.")  # fmt: skip
    return [header.index(name) for name in wanted]


def _line(cells: list[str], places: list[int], form: str | None, zone: ZoneInfo | None, number: int) -> Line:
    try:
        name, at, *rest = (cells[place].strip() for place in places)
    except IndexError:
        raise BadRow("it has fewer cells than the header") from None
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadRow(f"its case has no name, or one that is not 1 to {LONGEST_NAME} plain characters")
    instant = _instant(at, form, zone)
    return name, (instant - EPOCH) // _MICROSECOND, number, json.dumps(rest)


def _instant(text: str, form: str | None, zone: ZoneInfo | None) -> datetime:
    try:
        found = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007 - see below
        if found.tzinfo is None and zone is None:
            raise BadRow("its instant has no offset from UTC, and the mapping names no `zone`")
        aware = (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRow("its instant cannot be read") from None
    if not FIRST_AT <= aware < LAST_AT:
        raise BadRow("its instant is not between the years 1970 and 2100")
    return aware
