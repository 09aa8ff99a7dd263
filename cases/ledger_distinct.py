"""A column as its different values and who has which: what is asked of a value is asked once, however often
it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Distinct:
    """The different values of a column, and for each row the place of its value among them."""

    codes: npt.NDArray[np.intp]
    different: tuple[Any, ...]

    @classmethod
    def of(cls, values: Iterable[Any]) -> Distinct:
        """The column taken apart. Values must be hashable."""
        places: dict[Any, int] = {}
        firsts = np.fromiter(map(places.setdefault, values, count()), dtype=np.intp)  # where each stood first
        dense = np.zeros(len(firsts), dtype=np.intp)
        dense[np.fromiter(places.values(), dtype=np.intp, count=len(places))] = np.arange(len(places))
        return cls(dense[firsts], tuple(places))

    @classmethod
    def same(cls, value: Any, *, rows: int) -> Distinct:
        """A column that holds the same in every row."""
        return cls(np.zeros(rows, dtype=np.intp), (value,))

    def map(self, read: Callable[[Any], Any]) -> Distinct:
        """`read` of every value. Different values may be read as the same."""
        return Distinct(self.codes, tuple(map(read, self.different)))

    def merged(self) -> Distinct:
        """The same column, with values that are equal counted as one."""
        own = Distinct.of(self.different)
        return Distinct(own.codes[self.codes], own.different)

    def where(self, is_so: Callable[[Any], bool]) -> Mask:
        """The rows of which `is_so` holds."""
        found = np.fromiter(map(is_so, self.different), dtype=bool, count=len(self.different))
        return found[self.codes] if found.any() else np.zeros(len(self.codes), dtype=bool)

    def only(self, rows: Mask) -> Distinct:
        """The column in these rows alone."""
        return Distinct(self.codes[rows], self.different)

    def at(self, row: int) -> Any:
        """The value of one row."""
        return self.different[self.codes[row]]

    def values(self) -> Values:
        """The value of every row."""
        found = np.empty(len(self.different), dtype=object)
        found[:] = self.different
        return found[self.codes] if len(found) else found

    def numbers(self, read: Callable[[Any], int]) -> npt.NDArray[np.int64]:
        """`read` of every row's value, as numbers that can be compared."""
        found = np.fromiter(map(read, self.different), dtype=np.int64, count=len(self.different))
        return found[self.codes] if len(found) else found


def is_none(value: Any) -> bool:
    """Whether there is nothing."""
    return value is None
