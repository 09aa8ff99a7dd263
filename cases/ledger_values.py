"""From a good row to what a clue keeps: the rulebook's fields, its choices, a title; who reported is kept
apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cases.ledger_distinct import Distinct, Values
from cases.ledger_words import Words
from states.rulebook import FormField, Machine

OTHER = "other"  # the choice for what is none of the others, where a rulebook has one
_TEXTS = ("problem", "subject", "subject_unit", "subject_post", "real_name", "classification")
_DATES = ("opinion_on", "closed_on")
_CHOICES = ("source", "kind", "phase", "link", "managed_by", "grade", "outcome")
_RENAMED = {"remarks": "note"}
_PRIVATE = {"reporter": "reporter_name", "reporter_contact": "reporter_contact"}
_SENTENCE_END = re.compile(r"[。；！？;!?\n]")
_TITLE = 60  # characters of the problem that make its title; lists have room for no more


@dataclass(frozen=True, slots=True)
class Clue:
    """A clue on its way in. `values` are what the gate's forms would have kept; `private` is who reported."""

    row: int
    number: str
    state: str
    title: str
    received_on: date
    known_on: date  # the latest day the ledger knows of it
    project: str | None
    handler: str | None
    values: dict[str, Any]
    private: dict[str, Any]


@dataclass
class Translation:
    """The rows of a ledger in the words of a rulebook, and the words that it does not know."""

    rows: pd.DataFrame
    machine: Machine
    words: Words
    unmatched: dict[str, set[str]] = field(default_factory=dict)

    def clues(self) -> Iterator[Clue]:
        """Every row as a clue, in the order of the sheet."""
        columns = self._columns()
        names = list(columns)
        rest = [self._column(name) for name in ("number", "state", "received_on", "opinion_on", "closed_on",
                                                "project", "handler", "problem", "subject")]  # fmt: skip
        rows = zip(self.rows.index, zip(*columns.values(), strict=True), self._private(), zip(*rest, strict=True),
                   strict=True)  # fmt: skip
        for row, said, private, own in rows:
            number, state, received_on, opinion_on, closed_on, project, handler, problem, subject = own
            values = {name: value for name, value in zip(names, said, strict=True) if value is not None}
            title = values["title"] = title_of(problem, subject)
            known_on = max(received_on, opinion_on or received_on, closed_on or received_on)
            yield Clue(
                int(row), number, state, title, received_on, known_on, project, handler, values, private
            )

    def _private(self) -> Iterator[dict[str, Any]]:
        """Who reported, row by row; nothing where the ledger does not say."""
        given = {_PRIVATE[name]: self._column(name) for name in _PRIVATE if name in self.rows}
        if not given:
            yield from ({} for _ in range(len(self.rows)))
        for row in zip(*given.values(), strict=True):
            yield {name: value for name, value in zip(given, row, strict=True) if value is not None}

    def _columns(self) -> dict[str, Values]:
        """The fields to keep, one array each."""
        kept = {name: self._column(name) for name in _TEXTS if name in self.rows}
        kept |= {name: self._each(name, date.isoformat).values() for name in ("received_on", *_DATES)
                 if name in self.rows}  # fmt: skip
        for name in _CHOICES:
            if name in self.rows:
                kept |= self._chosen(name)
        if "way" in self.rows:
            kept |= self._way()
        kept |= {_RENAMED[name]: self._column(name) for name in _RENAMED if name in self.rows}
        if "classification" in self._fields:
            given = Distinct.of(kept.get("classification", self._column("classification")))
            kept["classification"] = given.map(lambda value: value or "none").values()
        return kept

    @property
    def _fields(self) -> Mapping[str, FormField]:
        """The rulebook's fields by name; of one that several moves have, with the choices of them all."""
        found: dict[str, FormField] = {}
        for each in (
            *self.machine.register_,
            *(one for move in self.machine.moves.values() for one in move.fields),
        ):
            known = found.get(each.name)
            choices = dict(each.choices) | dict(known.choices if known else {})
            found[each.name] = (known or each).model_copy(update={"choices": choices})
        return found

    def _column(self, name: str) -> Values:
        if name not in self.rows:
            return np.full(len(self.rows), None, dtype=object)
        return self.rows[name].to_numpy(dtype=object)

    def _each(self, name: str, read: Callable[[Any], Any]) -> Distinct:
        """`read` of every cell but None."""
        return Distinct.of(self._column(name)).map(lambda value: None if value is None else read(value))

    def _chosen(self, name: str) -> dict[str, Values]:
        """A column with choices: the rulebook's code; and of what it has no code for, the words themselves."""
        rule = self._fields.get(name)
        if rule is None or rule.type != "choice":
            return {name: self._column(name)}
        other = OTHER if OTHER in rule.choices else None
        given = Distinct.of(self._column(name))
        codes = {text: self.words.choice(rule, text) for text in given.different if text is not None}
        strange = {text for text, code in codes.items() if code is None}
        self.unmatched |= {name: strange} if strange else {}
        known = {text: code or other for text, code in codes.items()}
        said = {f"{name}_text": given.map({text: text for text in strange}.get).values()} if strange else {}
        return {name: given.map(known.get).values()} | said

    def _way(self) -> dict[str, Values]:
        rule = self._fields.get("way")
        if rule is None:
            return {"way": self._column("disposition")}
        return {"way": self._each("way", self.words.ways(rule).get).values()}


def title_of(problem: str, subject: str | None) -> str:
    """The first sentence of the problem, short, and without the name of the person it is about."""
    title = _SENTENCE_END.split(problem.strip(), maxsplit=1)[0]
    if subject and len(subject) > 1 and subject in title:
        title = title.replace(subject, f"{subject[0]}某")
    title = " ".join(title.split())
    return title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"
