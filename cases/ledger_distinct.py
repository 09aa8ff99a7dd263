"""A column as its different values and who has which: what is asked of a value is asked once, however often it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Values = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Distinct:
    """The different values of a column, None for nothing, and for each row the place of its value among them."""

    codes: npt.NDArray[np.intp]
    different: tuple[Any, ...]

    @classmethod
    def of(cls, values: Values) -> Distinct:
        """The column taken apart. Values must be hashable; what is not a number to pandas is None."""
        codes, different = pd.factorize(values, use_na_sentinel=False)
        # pandas gives every kind of nothing back as NaN, the one value that is not equal to itself
        return cls(codes, tuple(None if value != value else value for value in different))  # noqa: PLR0124

    def map(self, read: Callable[[Any], Any]) -> Values:
        """`read` of every row's value, as objects."""
        answers = np.empty(len(self.different), dtype=object)
        for place, value in enumerate(self.different):
            answers[place] = read(value)
        return answers[self.codes] if len(answers) else answers

    def only(self, rows: Mask) -> Distinct:
        """The column in these rows alone."""
        return Distinct(self.codes[rows], self.different)

    def at(self, row: int) -> Any:
        """The value of one row."""
        return self.different[self.codes[row]]


def is_none(values: Values) -> Mask:
    """Where there is nothing."""
    return np.array([value is None for value in values], dtype=bool)
