"""Whether a text names somebody: a blank between its letters does not hide a name."""

from __future__ import annotations

from collections.abc import Iterable


def named_in(text: str, names: Iterable[str]) -> bool:
    """Whether one of these names stands in a text, with or without blanks, in small letters or capitals."""
    searched = _closed_up(text)
    return any(_closed_up(name) in searched for name in names)


def _closed_up(text: str) -> str:
    return "".join(text.split()).casefold()
