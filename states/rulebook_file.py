"""Reading a rulebook from YAML, and saying everything that is wrong with it at once.

A rulebook is one file, or one file that includes others beside it (`include: [clue.yaml, inspection.yaml]`),
each of which adds whole entries to `machines`, `roles`, `documents` or `settings`. A faulty rulebook is never
loaded in part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from states import references, schema_faults
from states.rulebook import Rulebook
from states.yaml_tree import Fault, Tree, read_tree

SHARED = (  # what an included file may hold
    "machines", "roles", "documents", "settings", "coverage", "radar", "zero_reports", "assessment",
)  # fmt: skip
MOST_FILES = 30

FOLDER = Path(__file__).parent / "rulebooks"
SHIPPED: Mapping[str, Path] = {
    file.parent.name.replace("_", "-"): file for file in sorted(FOLDER.glob("*/rulebook.yaml"))
}
"""The rulebooks that come with the program, by name."""


class RulebookFaults(Exception):
    """The rulebook is faulty and was not loaded. `faults` holds every fault, in the order of the files."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class NoSuchRulebook(Exception):
    """No rulebook of this name comes with the program."""


def load(path: Path | str) -> Rulebook:
    """The rulebook in this file. Raises `RulebookFaults` with every fault in it and in the files it includes."""
    return load_with_places(path)[0]


def load_with_places(path: Path | str) -> tuple[Rulebook, Tree]:
    """As `load`, with the tree that knows on which line each key stands (for findings of the model checker)."""
    tree = _whole(Path(path))
    if (
        tree.value is None or tree.unread
    ):  # what is named in a file that cannot be read would only seem to be missing
        raise RulebookFaults(tuple(_in_order(tree)))
    rulebook = _validated(tree)
    references.check(tree)
    if rulebook is not None and not tree.faults:
        references.check_arguments(rulebook, tree)
    if rulebook is None or tree.faults:
        raise RulebookFaults(tuple(_in_order(tree)))
    return rulebook, tree


@cache
def shipped(name: str = "port-centre") -> Rulebook:
    """A rulebook that comes with the program; read once per process."""
    if name not in SHIPPED:
        raise NoSuchRulebook(
            f"No rulebook {name!r} comes with the program; there is {', '.join(SHIPPED) or 'none'}."
        )
    return load(SHIPPED[name])


def _whole(path: Path) -> Tree:
    """The file and everything it includes, as one tree."""
    tree = read_tree(path)
    if tree.value is None:
        return tree
    if not isinstance(tree.value, dict):
        tree.fault((), "A rulebook is a mapping: `name: ...`, `version: ...`, `machines: ...`.")
        tree.value = None
        return tree
    includes = tree.value.pop("include", None)
    for index, name in _included(tree, includes):
        _merge(tree, read_tree(path.parent / name, shown_as=str(path.parent / name)), ("include", index))
    return tree


def _included(tree: Tree, includes: Any) -> Iterator[tuple[int, str]]:
    """The names of the included files that may be read; the others become faults."""
    if includes is None:
        return
    if not isinstance(includes, list) or len(includes) > MOST_FILES:
        tree.fault(("include",), f"`include` is a list of at most {MOST_FILES} file names.")
        return
    for index, name in enumerate(includes):
        if not isinstance(name, str) or Path(name).name != name or name in ("", ".", ".."):
            tree.fault(("include", index), f"{name!r} is not the plain name of a file beside the rulebook.")
        elif name in includes[:index] or name == Path(tree.file).name:
            tree.fault(("include", index), f"{name!r} is included already.")
        else:
            yield index, name


def _merge(tree: Tree, part: Tree, said_at: tuple[str | int, ...]) -> None:
    if part.value is None and any(
        not fault.line for fault in part.faults
    ):  # not readable at all: blame the include
        for fault in part.faults:
            tree.fault(said_at, f"{Path(part.file).name}: {fault.message}")
        tree.unread = True
        return
    tree.faults.extend(part.faults)
    if part.value is None:
        tree.unread = True
        return
    if not isinstance(part.value, dict):
        part.fault((), f"An included file is a mapping with one or more of {', '.join(SHARED)}.")
        part.value = {}
    for section, entries in part.value.items():
        _merge_section(tree, part, section, entries)
    tree.faults.extend(fault for fault in part.faults if fault not in tree.faults)
    tree.places = part.places | tree.places  # where both say something, the first stands


def _merge_section(tree: Tree, part: Tree, section: str, entries: Any) -> None:
    if section not in SHARED:
        part.fault((section,), f"An included file may hold {', '.join(SHARED)}, but not `{section}`.")
        return
    own = tree.value.setdefault(section, {})
    if not isinstance(entries, dict) or not isinstance(own, dict):
        part.fault((section,), f"`{section}` is a mapping of names.")
        return
    for name, entry in entries.items():
        if name in own:
            file, line = tree.place((section, name))
            part.fault(
                (section, name), f"{name!r} is given already, in {Path(file).name} on line {line}; keep one."
            )
        else:
            own[name] = entry
            _remember(tree, part, section, name)


def _remember(tree: Tree, part: Tree, section: str, name: str) -> None:
    for key in ((section,), (section, name)):
        if key in part.places:
            tree.places.setdefault(key, part.places[key])


def _validated(tree: Tree) -> Rulebook | None:
    try:
        return Rulebook.model_validate(references.with_guards_spelt_out(tree.value))
    except ValidationError as error:
        for key, message in schema_faults.sentences(error, Rulebook):
            tree.fault(key, message)
        return None


def _in_order(tree: Tree) -> list[Fault]:
    """By file in the order they were read, then by line; each fault once."""
    files = list(dict.fromkeys([tree.file, *(file for file, _ in tree.places.values())]))
    rank = {file: number for number, file in enumerate(files)}
    return sorted(
        set(tree.faults), key=lambda fault: (rank.get(fault.file, len(rank)), fault.line, fault.key)
    )
