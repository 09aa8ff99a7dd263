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

import numpy as np
import numpy.typing as npt
import pandas as pd

from cases.ledger_distinct import Distinct
from cases.ledger_words import plain

SAME = ("source", "real_name", "subject", "subject_unit", "subject_post", "project", "link", "problem")
_NUMBERED = re.compile(
    r"(.+?)(?:[-_/.]\d{1,2}|之[一二三四五六七八九十\d]+|[(\[【]?(?:重复|重|补)\d*[)\]】]?|\(\d{1,2}\))"
)
_MAY_BE_NUMBERED = re.compile(r"(?:[-_/.]\d{1,2}|[^0-9])$")


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
    if "subject" not in good or good.empty:
        return ()
    words = {
        name: Distinct.of(good[name]).map(_word).merged()
        for name in SAME
        if name in good and name != "problem"
    }
    of_same = _groups([column.codes for column in words.values()])
    about = _groups([words[name].codes for name in ("subject", "project") if name in words])
    named = good["subject"].notna().to_numpy()
    candidate = named & (
        pd.Series(of_same).duplicated(keep=False).to_numpy()
        | good["number"].str.contains(_MAY_BE_NUMBERED).to_numpy()
    )
    return tuple(_found(good, np.flatnonzero(candidate).tolist(), of_same, about))


def _groups(columns: Sequence[npt.NDArray[np.intp]]) -> npt.NDArray[np.int64]:
    """One number for each row, equal where all these columns are."""
    found = np.zeros(len(columns[0]), dtype=np.int64)
    for codes in columns:
        found = pd.factorize(found * (int(codes.max(initial=0)) + 1) + codes)[0].astype(np.int64)
    return found


def _found(
    good: pd.DataFrame, places: Sequence[int], of_same: npt.NDArray[np.int64], about: npt.NDArray[np.int64]
) -> Iterator[Repeat]:
    """Go through the rows that may be repeats, keeping the first number of each report."""
    numbers, problems = good["number"].to_numpy(), good["problem"].to_numpy()
    stood = {number: place for place, number in enumerate(numbers)}
    firsts: dict[tuple[int, str], str] = {}
    heads: dict[str, str] = {}
    for place in places:
        number, own = numbers[place], (int(of_same[place]), _word(problems[place]))
        first = firsts.setdefault(own, number)
        base = stood.get(_base(number), place)
        if first == number and base < place and about[base] == about[place]:
            first = firsts[own] = heads.get(numbers[base], numbers[base])
        heads[number] = first
        if first != number:
            yield Repeat(int(good.index[place]), first)


def _base(number: str) -> str:
    """The number that this one says it repeats; itself if it says nothing of the kind."""
    named = _NUMBERED.fullmatch(number) if _MAY_BE_NUMBERED.search(number) else None
    return named[1] if named else number


def _word(value: object) -> str:
    return "" if value is None else plain(str(value))
