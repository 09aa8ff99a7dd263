"""The words of other offices' ledgers: what they call a column, a state, a way of disposition.

They stand in `ledger_words.yaml`, beside this file, so that a new office's words are data.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from states.rulebook import FormField, Label, Machine

WORDS = Path(__file__).with_name("ledger_words.yaml")
_BRACKETED = re.compile(r"\(.*?\)|\[.*?\]|【.*?】|〔.*?〕")
_NOT_A_LETTER = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """`text` as words are compared: without blanks, punctuation, width and case."""
    return _NOT_A_LETTER.sub("", unicodedata.normalize("NFKC", text).casefold())


def without_brackets(text: str) -> str:
    """`plain`, and without what stands in brackets: "收到时间（必填）" is 收到时间."""
    return plain(_BRACKETED.sub("", unicodedata.normalize("NFKC", text)))


@dataclass(frozen=True)
class Words:
    """Every word, already `plain`, with what it means."""

    titles: Mapping[str, Label]  # what an exported ledger calls each field
    headers: Mapping[str, tuple[str, int]]  # word: field, and how early it stands in the field's list
    likely: tuple[tuple[str, re.Pattern[str]], ...]
    states: Mapping[str, str]
    dispositions: Mapping[str, str]
    shown_dispositions: tuple[str, ...]
    shown_states: tuple[str, ...]
    truths: Mapping[str, bool]
    classifications: Mapping[str, str]
    same: Mapping[str, int]
    totals: frozenset[str]
    footnotes: frozenset[str]

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields a column may hold."""
        return tuple(self.titles)

    def field_of(self, header: str) -> tuple[str, int] | None:
        """The field a column of this name holds, and the word's rank; None for a word nobody entered."""
        return self.headers.get(plain(header)) or self.headers.get(without_brackets(header))

    def likely_field(self, header: str, *, taken: Iterable[str]) -> str | None:
        """The field a column of this name most likely holds, among those that have no column yet."""
        word, gone = without_brackets(header), set(taken)
        return next((field for field, like in self.likely if field not in gone and like.search(word)), None)

    def ways(self, field: FormField) -> Mapping[str, str]:
        """The rulebook's choice for each way of disposition, by the state a clue is in when that way was chosen."""
        labels = (
            (code, word) for code, label in field.choices.items() for word in (label.zh, label.en, code)
        )
        known = ((self.dispositions.get(plain(word)), code) for code, word in labels)
        return {state: code for state, code in known if state is not None}

    def choice(self, field: FormField, text: str) -> str | None:
        """The choice that `text` names in the rulebook's words or another office's; None if it names none."""
        word = plain(text)
        known = {plain(word_): code for code, label in field.choices.items()
                 for word_ in (code, label.en, label.zh)}  # fmt: skip
        if word in known or word not in self.same:
            return known.get(word)
        return next((code for known_word, code in known.items()
                     if self.same.get(known_word) == self.same[word]), None)  # fmt: skip


@cache
def words() -> Words:
    """The words of the shipped file."""
    found = YAML(typ="safe").load(WORDS.read_text(encoding="utf-8"))
    headers = found["headers"]
    return Words(
        titles={field: Label(zh=by["zh"][0], en=by["en"][0]) for field, by in headers.items()},
        headers={plain(word): (field, rank) for field, by in headers.items()
                 for words_ in by.values() for rank, word in enumerate(words_)},
        likely=tuple((field, re.compile(like)) for field, like in found["likely"]),
        states=_meanings(found["states"]),
        dispositions=_meanings(found["dispositions"]),
        shown_dispositions=tuple(each[0] for each in found["dispositions"].values()),
        shown_states=tuple(each[0] for each in found["states"].values()),
        truths={plain(str(word)): bool(truth) for truth, words_ in found["truths"].items() for word in words_},
        classifications=_meanings(found["classifications"]),
        same={plain(word): place for place, words_ in enumerate(found["same"]) for word in words_},
        totals=frozenset(plain(word) for word in found["totals"]),
        footnotes=frozenset(plain(word) for word in found["footnotes"]),
    )  # fmt: skip


def words_with(machine: Machine | None) -> Words:
    """The shipped words, and the labels by which a rulebook's machine calls its own states."""
    shipped = words()
    if machine is None:
        return shipped
    labels = {plain(text): name for name, state in machine.states.items()
              for text in (name, state.label.zh, state.label.en)}  # fmt: skip
    return Words(**{**vars(shipped), "states": dict(shipped.states) | labels})


def _meanings(found: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {plain(word): meaning for meaning, words_ in found.items() for word in (meaning, *words_)}
