"""Many names that are known, to tell of a text at once whether it may name one of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from states.names import Name, folded, of_firm, of_person, pairs


class Known:
    """Known names. What is `same` or `near` as one of them touches it; so may a few other texts.

    Most texts share no two signs with any of them and need not even be read as names.
    """

    def __init__(self, names: Iterable[Name] = ()) -> None:
        self._forms: set[str] = set()
        self._sought_pairs: set[str] = set()
        self._beginning: dict[str, set[str]] = defaultdict(set)
        self._holding: dict[str, set[str]] = defaultdict(set)
        self._asked: dict[str, bool] = {}
        self.add(names)

    def add(self, names: Iterable[Name]) -> None:
        """Know these besides."""
        self._asked.clear()
        for name in names:
            self._forms |= name.forms
            self._sought_pairs |= name.sought_pairs
            for form in name.sought:
                self._beginning[form[:2]].add(form)
            for text in name.texts:
                for pair in pairs(text):
                    self._holding[pair].add(text)

    def touches(self, text: str) -> bool:
        """Whether a text may name one of them, be it read as a person's name or a firm's."""
        if text not in self._asked:
            self._asked[text] = self._may_touch(text) and any(
                not self._forms.isdisjoint(name.forms) or self._stand_in(name) or self._hold(name)
                for name in (of_person(text), of_firm(text))
            )
        return self._asked[text]

    def _may_touch(self, text: str) -> bool:
        plain = folded(text)
        if "(" in plain:  # what is left without a note need not stand in one piece
            return True
        key = "".join(filter(str.isalnum, plain))
        return key in self._forms or not self._holding.keys().isdisjoint(pairs(key))

    def concerns(self, name: Name) -> bool:
        """Whether a name may be the same as one of them, or near it; whichever kind of name they were read as."""
        if not self._forms.isdisjoint(name.forms):
            return True
        if not self._sought_pairs.isdisjoint(name.text_pairs) and self._stand_in(name):
            return True
        return not self._holding.keys().isdisjoint(name.sought_pairs) and self._hold(name)

    def _stand_in(self, name: Name) -> bool:
        """Whether one of them stands in it."""
        return any(
            text.startswith(form, start)
            for text in name.texts
            for start, pair in enumerate(pairs(text))
            for form in self._beginning.get(pair, ())
        )

    def _hold(self, name: Name) -> bool:
        """Whether it stands in one of them."""
        return any(form in held for form in name.sought for held in self._holding.get(form[:2], ()))
