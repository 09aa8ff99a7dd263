"""Many names that are known, to tell of a text at once whether it may name one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from states.names import Name, folded, key_of, of_firm, of_person


class Known:
    """Known names. What is `same` or `near` as one of them touches it; so may a few other texts.

    Two names that have to do with each other share two signs that follow one another, or are one sign alone: so most
    texts need not even be read as names.
    """

    def __init__(self, names: Iterable[Name] = ()) -> None:
        self._forms: set[str] = set()
        self._beginning: dict[str, set[str]] = defaultdict(set)
        self._holding: dict[str, set[str]] = defaultdict(set)
        self._asked: dict[str, bool] = {}
        self.add(names)

    def add(self, names: Iterable[Name]) -> None:
        """Know these besides."""
        self._asked.clear()
        for name in names:
            self._forms |= name.forms
            for form in name.sought:
                self._beginning[form[:2]].add(form)
            for text in name.texts:
                for pair in _pairs(text):
                    self._holding[pair].add(text)

    def touches(self, text: str) -> bool:
        """Whether a text may name one of them, be it read as a person's name or a firm's."""
        if text not in self._asked:
            self._asked[text] = self._may_touch(text) and any(
                self.concerns(name) for name in (of_person(text), of_firm(text))
            )
        return self._asked[text]

    def _may_touch(self, text: str) -> bool:
        key = key_of(text)
        return (
            key in self._forms
            or "(" in folded(text)  # what is left without a note need not stand in one piece
            or any(pair in self._holding for pair in _pairs(key))
        )

    def concerns(self, name: Name) -> bool:
        """Whether a name may be the same as one of them, or near it; whichever kind of name they were read as."""
        return (
            not self._forms.isdisjoint(name.forms)
            or any(self._begins_in(text) for text in name.texts)
            or any(form in held for form in name.sought for held in self._holding.get(form[:2], ()))
        )

    def _begins_in(self, text: str) -> bool:
        return any(
            text.startswith(form, start)
            for start, pair in enumerate(_pairs(text))
            for form in self._beginning.get(pair, ())
        )


def _pairs(text: str) -> Iterator[str]:
    return (text[start : start + 2] for start in range(len(text) - 1))
