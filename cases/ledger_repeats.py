"""Repeat reports among the rows of a ledger: kept, and linked to the first.

A row repeats an earlier one when everything that says what is reported, and by which way, is the same: source, named or
anonymous, subject, unit and post, project, link and problem. The day, the number and how far it has got may differ. The
same matter reported by another way or about another post is not a repeat but a second source, and stays on its own.
A number that says so itself, such as MGJ-2026-0083-2 after MGJ-2026-0083, needs only the same subject and project.

Rules on reports (2020), Art. 14: repeat reports are kept and counted with the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from cases.ledger_distinct import Distinct
from cases.ledger_words import plain

SAME = ("source", "real_name", "subject", "subject_unit", "subject_post", "project", "link", "problem")
_NUMBERED = re.compile(r"(.+?)(?:[-_/.]\d{1,2}|之[一二三四五六七八九十\d]+|[(\[【]?(?:重复|重|补)\d*[)\]】]?|\(\d{1,2}\))")


@dataclass(frozen=True, slots=True)
class Repeat:
    """That the clue in this row of the sheet repeats the one with the number `first`."""

    row: int
    first: str


def key(values: dict[str, object]) -> str:
    """What two reports of the same have in common, as one text."""
    return "\x1f".join(_word(values.get(name)) for name in SAME)


def repeats(good: pd.DataFrame) -> tuple[Repeat, ...]:
    """The repeats among the good rows, in the order of the sheet; `first` is never itself a repeat."""
    return tuple(Repeat(row, first) for row, first in _found(good))


def _found(good: pd.DataFrame) -> Iterator[tuple[int, str]]:
    """Go through the rows once, keeping the first number of each report."""
    same = _keys(good)
    short = _keys(good, ("subject", "project"))
    firsts: dict[str, str] = {}
    heads: dict[str, tuple[str, str]] = {}  # number: its first, its subject and project
    for row, number, own, brief in zip(good.index, good["number"], same, short, strict=True):
        first = firsts.get(own) if own else None
        named = _NUMBERED.fullmatch(number) if first is None else None
        if named is not None and heads.get(named[1], ("", ""))[1] == brief:
            first = heads[named[1]][0]
        if own:
            firsts.setdefault(own, first or number)
        heads[number] = (first or number, brief)
        if first is not None:
            yield int(row), first


def _keys(good: pd.DataFrame, names: tuple[str, ...] = SAME) -> list[str]:
    """The key of every row over these columns; "" where no subject is named, for then nothing says it is the same."""
    if "subject" not in good:
        return [""] * len(good)
    parts = [_plain(good[name]) for name in names if name in good]
    return ["\x1f".join(row) if named else "" for named, *row in
            zip(good["subject"].map(bool), *parts, strict=True)]  # fmt: skip


def _plain(column: pd.Series) -> list[str]:
    """The column as words are compared."""
    return list(Distinct.of(column.to_numpy(dtype=object)).map(_word))


def _word(value: object) -> str:
    return "" if value is None else plain(str(value))
