"""How the rows of a log are read under a rulebook: which columns, which row is which move, and what the report adds up.

A mapping is data, a YAML file beside its rulebook. Nothing here knows any particular log.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from states.periods import Period, Unit
from states.rulebook import FormField, Label, Machine, Name, Rulebook
from states.schema_faults import meant, sentences
from states.yaml_tree import Fault, Key, Tree, read_tree

Words = Mapping[str, str]
Pattern = Mapping[str, tuple[str, ...]]

WAS = "was_"
PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
NOT_FROM_A_LOG = ("person", "people", "organisation", "project", "matter")
"""Fields that name somebody or something on file: a rehearsal store holds roles, and nobody a log could name."""


class Part(BaseModel):
    """A part of a mapping: frozen, closed to unknown keys, and numbers are taken as the text they are in a log."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class Columns(Part):
    """Which column names the case, and which the instant of the row."""

    case: str
    at: str


class Body(Part):
    """The body that keeps the cases."""

    code: str = Field(min_length=1, max_length=32)
    zh: str
    en: str


class RowRule(Part):
    """A kind of row, by what stands in it and in the row before it in the same case, and the move that it is."""

    row: Pattern = Field(default_factory=dict)
    was: Pattern | None = None
    move: str | None = None
    role: str | None = None
    fields: Words = Field(default_factory=dict)
    state: Name | None = None  # where the row leaves the case, if not where the move leads

    @field_validator("row", "was", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        return {name: each if isinstance(each, list | tuple) else [each] for name, each in value.items()}


class Counts(Part):
    """What the report adds up besides refusals and dates."""

    escalations: tuple[str, ...] = ()  # documents: a rung that sends one of them is an escalation
    reopenings: tuple[str, ...] = ()  # moves
    between: str | None = None  # a column: where its value changes, the case was handed over


class LogMapping(Part):
    """A whole mapping. `moves` are asked in their order; the first that fits says what the row is."""

    label: Label
    machine: Name
    organisation: Body
    columns: Columns
    zone: str | None = None  # of instants without an offset; without it they are faults
    format: str | None = None  # of instants, as strptime has it; without it ISO 8601
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    encoding: str = "utf-8-sig"
    words: Mapping[str, Words] = Field(default_factory=dict)
    role: str | None = None
    opening: Words = Field(default_factory=dict)
    moves: tuple[RowRule, ...] = Field(min_length=1)
    counts: Counts = Counts()

    def columns_used(self) -> tuple[str, ...]:
        """Every column that the mapping asks about, in the order of their names; without case and instant."""
        found = {name for rule in self.moves for name in (*rule.row, *(rule.was or ()))}
        found |= {name for text in self._texts() for name in columns_in(text)}
        found |= {self.counts.between} if self.counts.between else set()
        return tuple(sorted(found))

    def _texts(self) -> Iterator[str]:
        yield from filter(None, (self.role, *self.opening.values()))
        for rule in self.moves:
            yield from filter(None, (rule.move, rule.role, *rule.fields.values()))

    def spelt_out(self, text: str) -> tuple[str, ...]:
        """Everything a text with placeholders can become; a column without words makes it nothing we can know."""
        found = [text]
        for place in dict.fromkeys(PLACEHOLDER.findall(text)):
            words = self.words.get(place.removeprefix(WAS), {})
            found = [
                each.replace("{" + place + "}", word)
                for each in found
                for word in dict.fromkeys(words.values())
            ]
        return tuple(found)


class MappingFaults(Exception):
    """The mapping is faulty and nothing was rehearsed. `faults` holds every fault, in the order of the file."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def columns_in(text: str) -> list[str]:
    """The columns that the placeholders of a text stand for."""
    return [place.removeprefix(WAS) for place in PLACEHOLDER.findall(text)]


def read_mapping(path: Path | str, rulebook: Rulebook) -> LogMapping:
    """The mapping in this file, for this rulebook. Raises MappingFaults with everything that is wrong with it."""
    tree = read_tree(Path(path))
    if tree.value is not None and not isinstance(tree.value, dict):
        tree.fault((), "A mapping file says `columns: ...`, `moves: ...` and so on.")
    mapping = None if tree.faults else _validated(tree)
    if mapping is not None:
        for key, message in _dangling(mapping, rulebook):
            tree.fault(key, message)
    if mapping is None or tree.faults:
        raise MappingFaults(tuple(sorted(set(tree.faults), key=lambda fault: (fault.line, fault.key))))
    return mapping


def _validated(tree: Tree) -> LogMapping | None:
    try:
        return LogMapping.model_validate(tree.value)
    except ValidationError as error:
        for key, message in sentences(error, LogMapping):
            tree.fault(key, message)
        return None


def _dangling(mapping: LogMapping, rulebook: Rulebook) -> Iterator[tuple[Key, str]]:
    """Everything the mapping names that does not exist in the rulebook, or that makes no sense there."""
    if mapping.machine not in rulebook.machines:
        yield (
            ("machine",),
            f"The rulebook has no machine {mapping.machine!r}{meant(mapping.machine, rulebook.machines)}",
        )
        return
    machine = rulebook.machines[mapping.machine]
    for name, clock in machine.deadlines.items():
        if Period.parse(clock.budget).unit is Unit.HOUR:
            yield ("machine",), f"The clock {name!r} of the rulebook runs in hours; a rehearsal counts days."
    yield from _time_faults(mapping)
    yield from _unknown(mapping, ("role",), mapping.role, "role", rulebook.roles)
    yield from _form_faults(("opening",), mapping.opening, machine.register_)
    for index, rule in enumerate(mapping.moves):
        yield from _rule_faults(mapping, rulebook, machine, ("moves", index), rule)
    for document in mapping.counts.escalations:
        yield from _unknown(mapping, ("counts", "escalations"), document, "document", rulebook.documents)
    for move in mapping.counts.reopenings:
        yield from _unknown(mapping, ("counts", "reopenings"), move, "move", machine.moves)


def _rule_faults(
    mapping: LogMapping, rulebook: Rulebook, machine: Machine, key: Key, rule: RowRule
) -> Iterator[tuple[Key, str]]:  # fmt: skip
    yield from _unknown(mapping, (*key, "move"), rule.move, "move", machine.moves)
    yield from _unknown(mapping, (*key, "role"), rule.role, "role", rulebook.roles)
    yield from _unknown(mapping, (*key, "state"), rule.state, "state", machine.states)
    if rule.move is not None and rule.role is None and mapping.role is None:
        yield key, "Nobody acts here: give the rule a `role`, or the whole mapping."
    for move in mapping.spelt_out(rule.move or ""):
        if move in machine.moves:
            yield from _form_faults((*key, "fields"), rule.fields, machine.moves[move].fields)


def _unknown(
    mapping: LogMapping, key: Key, text: str | None, kind: str, known: Mapping[str, object]
) -> Iterator[tuple[Key, str]]:  # fmt: skip
    if text is None:
        return
    wordless = [name for name in columns_in(text) if name not in mapping.words]
    if wordless:
        yield key, f"{text!r} needs the words of the column {wordless[0]!r}: give them under `words`."
        return
    for each in mapping.spelt_out(text):
        if each not in known:
            yield key, f"The rulebook has no {kind} {each!r}{meant(each, known)}"


def _form_faults(key: Key, given: Iterable[str], fields: Iterable[FormField]) -> Iterator[tuple[Key, str]]:
    known = {field.name: field for field in fields}
    for name in given:
        if name not in known:
            yield (*key, name), f"The form has no field {name!r}{meant(name, known)}"
        elif known[name].type in NOT_FROM_A_LOG or known[name].kept_apart:
            yield (
                (*key, name),
                f"{name!r} cannot be filled from a log: it names somebody or something on file.",
            )


def _time_faults(mapping: LogMapping) -> Iterator[tuple[Key, str]]:
    try:
        ZoneInfo(mapping.zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield ("zone",), f"{mapping.zone!r} is not a time zone; write it as Europe/Stockholm."
    try:
        "".encode(mapping.encoding)
    except LookupError:
        yield ("encoding",), f"{mapping.encoding!r} is not an encoding; most logs are utf-8."
