"""Which row of a sheet is its header, and which column holds which field."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cases.ledger_guard import NotALedger
from cases.ledger_sheet import Grid
from cases.ledger_words import Words, plain

NEEDED = ("number", "received_on", "problem")  # without these a row is no clue
SEARCHED = 60  # rows in which a header is looked for; title rows above it are few
LONGEST_HEADER = 60  # characters; a longer cell is text, not a header
_BARE = frozenset({"no", "编号", "号码"})
_DIGIT = re.compile(r"\d")
FEWEST = 3  # known headers that make a row a header


@dataclass(frozen=True)
class Header:
    """The header of a sheet: where it is, and the place of each field's column."""

    place: int  # in the grid's cells
    titles: Sequence[str]  # as they stand there
    columns: Mapping[str, int]  # field: place of its column
    unknown: tuple[str, ...] = field(
        default=()
    )  # headers that name no field, or one that has a column already


def find(path: Path, grid: Grid, words: Words, given: Mapping[str, str]) -> Header | None:
    """The header of the sheet, or None if it has none. `given` maps fields to headers by the user's word.

    Raises NotALedger where there is a header that does not do, with what would cure it.
    """
    _check_given(words, given)
    rows = [_titles(row) for row in grid.cells[:SEARCHED]]
    scores = [_score(titles, words, given) for titles in rows]
    best = max(scores, default=0)
    if best < 2 * FEWEST:
        return None
    place = scores.index(best)
    header = _header(path, place, rows[place], words, given)
    _check_needed(path, grid, header, words)
    _check_single(path, grid, header, words)
    return header


def no_header(path: Path, words: Words) -> NotALedger:
    """That no sheet has a header row, and what one looks like."""
    titles = [
        words.titles[name] for name in words.fields if name not in ("serial", "reporter", "reporter_contact")
    ]
    return NotALedger(
        f"{path.name} has no header row. A ledger's header holds at least {_named(words, NEEDED, 'en')}; known are: "
        f"{', '.join(title.en for title in titles)} (or the Chinese ones). Name others with --columns field=Header.",
        f"{path.name} 没有表头行。台账表头至少应有{_named(words, NEEDED, 'zh')}；可识别的表头有："
        f"{'、'.join(title.zh for title in titles)}。其他表头请用 --columns 字段=表头 指定。",
    )


def _titles(row: Sequence[Any]) -> list[str]:
    return [cell.strip() if isinstance(cell, str) and len(cell) <= LONGEST_HEADER else "" for cell in row]


def _score(titles: Sequence[str], words: Words, given: Mapping[str, str]) -> int:
    """How much a row looks like a header: two for each field it names, one for each it seems to name."""
    by_hand = {plain(title) for title in given.values()}
    named = {words.field_of(title) or title for title in titles
             if title and (words.field_of(title) or plain(title) in by_hand)}  # fmt: skip
    sure = {entry[0] if isinstance(entry, tuple) else entry for entry in named}
    seeming = {
        words.likely_field(title, taken=sure) for title in titles if title and words.field_of(title) is None
    }
    return 2 * len(sure) + len(seeming - {None})


def _header(path: Path, place: int, titles: list[str], words: Words, given: Mapping[str, str]) -> Header:
    columns = _by_hand(path, titles, given)
    _by_name(path, titles, words, columns)
    for column, title in enumerate(titles):
        if title and column not in columns.values() and words.field_of(title) is None:
            likely = words.likely_field(title, taken=columns)
            if likely is not None:
                columns[likely] = column
    unknown = tuple(title for column, title in enumerate(titles) if title and column not in columns.values())
    return Header(place, tuple(titles), columns, unknown)


def _by_hand(path: Path, titles: Sequence[str], given: Mapping[str, str]) -> dict[str, int]:
    """The columns that the user named."""
    columns: dict[str, int] = {}
    for name, title in given.items():
        places = [place for place, found in enumerate(titles) if found and plain(found) == plain(title)]
        if not places:
            there = ", ".join(found for found in titles if found)
            raise NotALedger(f"{path.name} has no column {title!r} for {name}; its headers are: {there}.",
                             f"{path.name} 没有用于 {name} 的“{title}”列；其表头为：{there}。")  # fmt: skip
        if len(places) > 1:
            raise _doubled(path, title)
        columns[name] = places[0]
    return columns


def _by_name(path: Path, titles: Sequence[str], words: Words, columns: dict[str, int]) -> None:
    """The columns with known names. Of two for one field, the name that stands first among the words wins."""
    found: dict[str, list[tuple[int, int]]] = {}
    for place, title in enumerate(titles):
        known = words.field_of(title) if title and place not in columns.values() else None
        if known is not None:
            found.setdefault(known[0], []).append((known[1], place))
    for name, places in found.items():
        ranked = sorted(places)
        first = titles[ranked[0][1]]
        if name not in columns:
            if len(ranked) > 1 and plain(titles[ranked[1][1]]) == plain(first):
                raise _doubled(path, first)
            columns[name] = ranked[0][1]
        for _, place in ranked[1:]:
            if plain(titles[place]) in _BARE:  # beside a number with a name of its own, it counts the lines
                columns.setdefault("serial", place)


def _check_given(words: Words, given: Mapping[str, str]) -> None:
    for name in given:
        if name not in words.titles:
            near = difflib.get_close_matches(name, words.fields, 1)
            hint, hint_zh = (f" Did you mean {near[0]}?", f"是否指 {near[0]}？") if near else ("", "")
            raise NotALedger(
                f"--columns: there is no field {name!r}.{hint} Fields are: {', '.join(words.fields)}.",
                f"--columns：没有字段 {name!r}。{hint_zh}可用字段：{', '.join(words.fields)}。",
            )


def _check_needed(path: Path, grid: Grid, header: Header, words: Words) -> None:
    lacking = [name for name in NEEDED if name not in header.columns]
    if lacking:
        row = grid.row_number(header.place)
        there = ", ".join(header.unknown) or "-"
        example = f"--columns {lacking[0]}=…"
        raise NotALedger(
            f"{path.name}: the header in row {row} has no column for {_named(words, lacking, 'en')}. If one of these "
            f"is it, say so with {example}: {there}.",
            f"{path.name}：第 {row} 行表头缺少{_named(words, lacking, 'zh')}。"
            f"若为以下某列，请用 {example} 指定：{there}。",
        )


def _check_single(path: Path, grid: Grid, header: Header, words: Words) -> None:
    """Refuse a second header row: under the first, it names columns anew; anywhere else it starts another
    table.
    """
    own = {plain(title) for title in header.titles if title}
    key = [header.columns[name] for name in NEEDED]
    for place, row in enumerate(grid.cells[header.place + 1 :], start=header.place + 1):
        number = row[key[0]] if key[0] < len(row) else ""
        if isinstance(number, str) and not _DIGIT.search(number) and _is_header(row, key, own, words):
            raise _two_headers(path, grid.row_number(header.place), grid.row_number(place))


def _is_header(row: Sequence[Any], key: Sequence[int], own: set[str], words: Words) -> bool:
    titles = _titles(row)
    if any(
        place < len(row) and row[place] != "" and not _is_title(titles[place], own, words) for place in key
    ):
        return False
    return sum(_is_title(title, own, words) for title in titles) >= 2


def _is_title(title: str, own: set[str], words: Words) -> bool:
    return bool(title) and (plain(title) in own or words.field_of(title) is not None)


def _named(words: Words, names: Sequence[str], lang: str) -> str:
    titles = [f"{words.titles[name].in_(lang)} ({name})" for name in names]
    return "、".join(titles) if lang == "zh" else ", ".join(titles)


def _doubled(path: Path, title: str) -> NotALedger:
    return NotALedger(f"{path.name} has two columns {title!r}: rename one of them.",
                      f"{path.name} 有两列“{title}”：请重命名其中一列。")  # fmt: skip


def _two_headers(path: Path, first: int, second: int) -> NotALedger:
    return NotALedger(
        f"{path.name} has two header rows, {first} and {second}: keep one row in which every column has its name.",
        f"{path.name} 有两行表头（第 {first} 行和第 {second} 行）：请只保留一行，并使每列都有名称。",
    )
