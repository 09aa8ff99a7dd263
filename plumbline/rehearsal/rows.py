"""From rows of a log to moves: what each row of a case says was done, by whom, and with what filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from plumbline.rehearsal.mapping import PLACEHOLDER, WAS, LogMapping, Pattern, RowRule

Cells = Mapping[str, str]
MOST_REMEMBERED = 20_000  # combinations of cells; a log with more is read as well, only slower


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the log. `number` is its line in the file, the header being line 1."""

    at: datetime
    cells: Cells
    number: int


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the log says of one case, in the order of time."""

    name: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Step:
    """What a row is: a move by a role, or (`move` None) something the mapping has no word for.

    `said` names it either way; `state` is where it leaves the case, if the mapping says so.
    """

    move: str | None
    role: str
    said: str
    state: str | None = None
    form: Cells | None = None


@dataclass(slots=True)
class Reader:
    """Reads rows as steps. Rows that look alike are decided once."""

    mapping: LogMapping
    _known: dict[tuple[str | None, ...], tuple[RowRule | None, Step]] = field(default_factory=dict)
    _asked: tuple[str, ...] = ()
    _shown: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        rules = self.mapping.moves
        texts = [self.mapping.role or "", *(text or "" for rule in rules for text in (rule.move, rule.role))]
        placed = [place.removeprefix(WAS) for text in texts for place in PLACEHOLDER.findall(text)]
        matched = [name for rule in rules for name in (*rule.row, *(rule.was or ()))]
        self._asked = tuple(dict.fromkeys(matched + placed))
        self._shown = tuple(dict.fromkeys(name for rule in rules for name in rule.row))

    def steps(self, case: Case) -> Iterator[tuple[Row, Step]]:
        """Every row of a case with what it is."""
        was: Cells | None = None
        for row in case.rows:
            yield row, self.step(row.cells, was)
            was = row.cells

    def step(self, cells: Cells, was: Cells | None) -> Step:
        """What this row is, after the row `was` of the same case."""
        key = (*(cells[name] for name in self._asked), *(was[name] if was else None for name in self._asked))
        if key not in self._known:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[key] = self._decide(cells, was)
        rule, step = self._known[key]
        if rule is None or not rule.fields:
            return step
        form = {name: self.filled(text, cells, was) or "" for name, text in rule.fields.items()}
        return Step(step.move, step.role, step.said, step.state, form)

    def opening(self, cells: Cells) -> tuple[str, dict[str, str]]:
        """Who opens a case, and what is filled in, by its first row."""
        form = {
            name: self.filled(text, cells, None, or_as_it_is=True) or ""
            for name, text in self.mapping.opening.items()
        }
        return self.filled(self.mapping.role or "", cells, None) or "", form

    def _decide(self, cells: Cells, was: Cells | None) -> tuple[RowRule | None, Step]:
        said = " / ".join(cells[name] for name in self._shown)
        for rule in self.mapping.moves:
            if _fits(rule.row, cells) and (rule.was is None or (was is not None and _fits(rule.was, was))):
                move = self.filled(rule.move or "", cells, was) or None
                role = self.filled(rule.role or self.mapping.role or "", cells, was)
                if move is None or role is None:
                    return rule, Step(None, role or "", said, rule.state)
                return rule, Step(move, role, move, rule.state)
        return None, Step(None, "", said)

    def filled(self, text: str, cells: Cells, was: Cells | None, *, or_as_it_is: bool = False) -> str | None:
        """The text with its placeholders filled; None where a value has no word, unless it may stand as it is."""
        for place in PLACEHOLDER.findall(text):
            name = place.removeprefix(WAS)
            cell = ((was or cells) if place != name else cells)[name]
            word = self.mapping.words.get(name, {}).get(
                cell, cell if or_as_it_is or name not in self.mapping.words else None
            )
            if word is None:
                return None
            text = text.replace("{" + place + "}", word)
        return text


def _fits(pattern: Pattern, cells: Cells) -> bool:
    return all(cells[name] in wanted for name, wanted in pattern.items())
