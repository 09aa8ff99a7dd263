"""Repeat reports among the rows of a ledger: kept, and linked to the first.

A row repeats an earlier one when everything that says what is reported, and by which way, is the same:
source, named or anonymous, subject, unit and post, project, link and problem. The day, the number and how
far it has got may differ. The same matter reported by another way or about another post is not a repeat
but a second source, and stays on its own. A number that says so itself, such as MGJ-2026-0083-2 after
MGJ-2026-0083, needs only the same subject and project.

Rules on reports (2020), Art. 14: repeat reports are kept and counted with the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cases.ledger_distinct import Distinct, Values
from cases.ledger_words import plain

SAME = ("source", "real_name", "subject", "subject_unit", "subject_post", "project", "link", "problem")
_NUMBERED = re.compile(
    r"(.+?)(?:[-_/.]\d{1,2}|之[一二三四五六七八九十\d]+|[(\[【]?(?:重复|重|补)\d*[)\]】]?|\(\d{1,2}\))"
)
_MAY_BE_NUMBERED = re.compile(r"[-_/.]\d{1,2}$|[^0-9]$")


@dataclass(frozen=True, slots=True)
class Repeat:
    """That the clue in this row of the sheet repeats the one with the number `first`."""

    row: int
    first: str


def key(values: Mapping[str, object]) -> tuple[str, ...]:
    """What two reports of the same have in common."""
    return tuple(_word(values.get(name)) for name in SAME)


def repeats(good: pd.DataFrame) -> tuple[Repeat, ...]:
    """The repeats among the good rows, in the order of the sheet; `first` is never itself a repeat."""
    return tuple(Repeat(row, first) for row, first in _found(good))


def _found(good: pd.DataFrame) -> Iterator[tuple[int, str]]:
    """Go through the rows once, keeping the first number of each report."""
    words = {name: Distinct.of(good[name]).map(_word).values() for name in SAME if name in good}
    same, brief = _keys(good, words, SAME), _keys(good, words, ("subject", "project"))
    firsts: dict[Any, str] = {}
    heads: dict[str, tuple[str, Any]] = {}  # number: its first, its subject and project
    for row, number, own, short in zip(good.index, good["number"], same, brief, strict=True):
        first = firsts.get(own) if own else None
        if first is None and short and _MAY_BE_NUMBERED.search(number, max(len(number) - 6, 0)):
            first = _named_first(number, short, heads)
        if own:
            firsts.setdefault(own, first or number)
        heads[number] = first or number, short
        if first is not None:
            yield int(row), first


def _named_first(number: str, short: Any, heads: dict[str, tuple[str, Any]]) -> str | None:
    """The first that a number names by itself, if that is on the same subject and project."""
    named = _NUMBERED.fullmatch(number)
    first, of = heads.get(named[1], (None, None)) if named else (None, None)
    return first if of == short else None


def _keys(good: pd.DataFrame, words: Mapping[str, Values], names: Sequence[str]) -> list[Any]:
    """What each row has in common with its repeats; nothing where no subject is named, for then nothing says
    so.
    """
    if "subject" not in good:
        return [None] * len(good)
    rows = zip(*(words[name] for name in names if name in words), strict=True)
    return [key if is_named else None for is_named, key in zip(good["subject"].notna(), rows, strict=True)]


def _word(value: object) -> str:
    return "" if value is None else plain(str(value))
