"""Checklists of inspections: what to look for at which link in the works, and what it rests on. Pure, and in versions.

A checklist is a YAML file an office writes (see states/rulebooks/port_centre/checklists). Reading one says everything that
is wrong with it, with file and line, as for a rulebook.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator, model_validator

from states import schema_faults
from states.rule import Basis, Label, Name, Rule
from states.rulebook_file import FOLDER
from states.yaml_tree import Fault, Tree, entries, read_tree

SHIPPED = FOLDER / "port_centre" / "checklists" / "key_links.yaml"
MOST_ITEMS = 500
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}([.][0-9]{1,6})?")


class ChecklistFaults(Exception):
    """The checklist is faulty and was not loaded. `faults` holds every fault, in the order of the file."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class Measure(Rule):
    """What is measured at an item, in which unit, and between which bounds a figure can be true at all."""

    label: Label
    unit: str = Field(min_length=1, max_length=16)
    least: str
    most: str

    @field_validator("least", "most", mode="before")
    @classmethod
    def _is_a_number(cls, value: Any) -> str:
        if number(str(value)) is None:
            raise ValueError(f"{str(value)[:40]!r} is not a number such as 0 or 12.5.")
        return str(value)

    @model_validator(mode="after")
    def _makes_sense(self) -> Measure:
        if Decimal(self.least) > Decimal(self.most):
            raise ValueError(f"`least` ({self.least}) lies above `most` ({self.most}).")
        return self

    def allows(self, figure: Decimal) -> bool:
        """Whether such a figure can be true."""
        return Decimal(self.least) <= figure <= Decimal(self.most)


class Item(Rule):
    """One sign to look for. A round is not reported before its `mandatory` items are answered."""

    id: Name
    sign: Label
    mandatory: bool = True
    measure: Measure | None = None


class Section(Rule):
    """The items of one link in the works, and what they rest on."""

    link: Name
    basis: Annotated[tuple[Basis, ...], Field(min_length=1)]
    items: Annotated[tuple[Item, ...], Field(min_length=1)]


class Checklist(Rule):
    """A checklist in one version. Once loaded it never changes."""

    code: str
    version: Annotated[str, Field(pattern=r"^[0-9][0-9A-Za-z.]*$", max_length=32)]
    label: Label
    links: Annotated[tuple[Section, ...], Field(min_length=1)]

    @field_validator("code")
    @classmethod
    def _is_a_code(cls, value: str) -> str:
        if not _CODE.fullmatch(value):
            raise ValueError(f"{value[:40]!r} cannot be a code: use 1 to 32 of A-Z, 0-9 and dash.")
        return value

    @property
    def key(self) -> str:
        """Code and version in one word, as kept on every round: "LINKS@2026.1"."""
        return f"{self.code}@{self.version}"

    def asked(self, link: str | None = None) -> Iterator[tuple[Section, Item]]:
        """What a round at this link is asked, in order; all of it where it is at none, or at one with no items here."""
        found = [section for section in self.links if section.link == link] or self.links
        return ((section, item) for section in found for item in section.items)


def number(text: str) -> Decimal | None:
    """The number that somebody wrote; None where it is none."""
    try:
        return Decimal(text) if _NUMBER.fullmatch(text) else None
    except InvalidOperation:
        return None


def load(path: Path, *, links: Collection[str]) -> Checklist:
    """The checklist in this file. Raises `ChecklistFaults` with every fault in it; `links` are those of the rulebook."""
    tree = read_tree(path)
    if tree.value is not None and not isinstance(tree.value, dict):
        tree.fault((), "A checklist is a mapping: `code: ...`, `version: ...`, `label: ...`, `links: [...]`.")
    found = None if tree.faults else _validated(tree)
    if not tree.faults or found is not None:
        _check(tree, links)
    if found is None or tree.faults:
        raise ChecklistFaults(tuple(sorted(set(tree.faults), key=lambda one: (one.line, one.key))))
    return found


@cache
def shipped() -> Checklist:
    """The checklist of the 24 links that comes with the program."""
    return Checklist.model_validate(read_tree(SHIPPED).value)


def _validated(tree: Tree) -> Checklist | None:
    try:
        return Checklist.model_validate(tree.value)
    except ValidationError as error:
        for key, message in schema_faults.sentences(error, Checklist):
            tree.fault(key, message)
        return None


def _check(tree: Tree, links: Collection[str]) -> None:
    """Each link is one of the rulebook's and stands once; so does each item."""
    for pattern, what in (("links.*.link", "link"), ("links.*.items.*.id", "item")):
        seen: set[Any] = set()
        for key, value in entries(tree.value, pattern):
            if value in seen:
                tree.fault(key, f"The {what} {value!r} stands here twice; keep one.")
            elif what == "link" and value not in links:
                tree.fault(key, f"There is no link {value!r}{schema_faults.meant(value, frozenset(links))}")
            seen.add(value)
        if what == "item" and len(seen) > MOST_ITEMS:
            tree.fault(("links",), f"A checklist has at most {MOST_ITEMS} items.")
