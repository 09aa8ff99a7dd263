"""Reading a YAML file into plain values that remember the line they stand on.

Only the harmless part of YAML is taken: mappings with text keys, lists, text, whole numbers, true and false,
null, anchors and merge keys. Everything else stays text (`08:30`, `on`, `no`, `2026.1` mean what they look
like), tags are refused, and a key that is given twice is a fault instead of the second one quietly winning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

Key = tuple[str | int, ...]

MOST_BYTES = 2_000_000
DEEPEST = 40  # levels; the schema needs about ten
MOST_VALUES = 200_000  # after anchors are followed: a file that multiplies itself is refused


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong with a file: where (line from 1, dotted key), and a sentence that says what."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


@dataclass(slots=True)
class Tree:
    """What a file says (`value`), where each key of it stands, and what was wrong with reading it."""

    file: str
    value: Any = None
    places: dict[Key, tuple[str, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    unread: bool = False  # a file that belongs to it could not be read

    def place(self, key: Key) -> tuple[str, int]:
        """File and line of `key`, or of the nearest key above it that stands somewhere."""
        for length in range(len(key), -1, -1):
            if found := self.places.get(key[:length]):
                return found
        return self.file, 1

    def fault(self, key: Key, message: str) -> None:
        """Notes a fault at `key`."""
        file, line = self.place(key)
        self.faults.append(Fault(file, line, dotted(key), message))


class _Unreadable(Exception):
    """The file cannot be taken as text at all."""


def dotted(key: Key) -> str:
    """`("moves", "open", "fields", 0)` as people write it: `moves.open.fields[0]`."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def entries(value: Any, pattern: str) -> Iterator[tuple[Key, Any]]:
    """Every key of a read file that fits the pattern (`*` any entry, `?` the key itself), with what stands there."""
    found: list[tuple[Key, Any]] = [((), value)]
    for part in pattern.split("."):
        found = [each for key, here in found for each in _step(key, here, part)]
    yield from found


def _step(key: Key, here: Any, part: str) -> Iterator[tuple[Key, Any]]:
    if isinstance(here, list) and part == "*":
        yield from (((*key, index), each) for index, each in enumerate(here))
    elif isinstance(here, dict) and part in ("*", "?"):
        yield from (((*key, name), name if part == "?" else each) for name, each in here.items())
    elif isinstance(here, dict) and part in here:
        yield (*key, part), here[part]


def names(value: Any, pattern: str) -> list[str]:
    """What stands at every key that fits the pattern, as text."""
    return [str(name) for _, name in entries(value, pattern)]


def openings(value: Any) -> Iterator[tuple[Key, dict[str, Any]]]:
    """Every `opens` of a rulebook, of moves and of duties, with its key."""
    for pattern in ("machines.*.moves.*.opens", "machines.*.mandatory.*.opens"):
        yield from ((key, each) for key, each in entries(value, pattern) if isinstance(each, dict))


def read_tree(path: Path, *, shown_as: str | None = None) -> Tree:
    """Reads one file. Never raises for what is in it or for its absence: that is in `faults`."""
    tree = Tree(shown_as or str(path))
    try:
        text = _text(path)
    except _Unreadable as why:
        tree.faults.append(Fault(tree.file, 0, "", str(why)))
        return tree
    if faults := [Fault(tree.file, line, "", _TAB) for line in _tabbed_lines(text)]:
        tree.faults.extend(faults)
        return tree
    try:
        node = _compose(text)
    except yaml.YAMLError as error:
        tree.faults.append(_syntax_fault(tree.file, error))
        return tree
    if node is None:
        tree.faults.append(
            Fault(tree.file, 0, "", "The file holds nothing but comments; give it a rulebook.")
        )
        return tree
    _Builder(tree).build(node)
    return tree


_TAB = "The line is indented with a tab; indent with spaces."


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise _Unreadable("There is no such file; check the path.") from None
    except IsADirectoryError:
        raise _Unreadable("This is a folder; name the rulebook file in it.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is not one"
        raise _Unreadable(f"The file cannot be read: {reason}.") from None
    return _decoded(content)


def _decoded(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise _Unreadable("The file is larger than 2 MB; a rulebook is not. Split it with `include`.")
    if b"\0" in content:
        raise _Unreadable("The file is not text (it may be a workbook or UTF-16); save it as UTF-8 text.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _Unreadable(f"Line {line} is not UTF-8; save the file as UTF-8 text.") from None
    if not text.strip():
        raise _Unreadable("The file is empty; give it a rulebook.")
    return text


def _tabbed_lines(text: str) -> Iterator[int]:
    for number, line in enumerate(text.split("\n"), start=1):
        if "\t" in line[: len(line) - len(line.lstrip())] and line.strip():
            yield number


class _Unresolved:
    """Stands in for YAML's own guessing of types: this module decides what a plain word means."""

    def descend_resolver(self, *_: Any) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass

    def resolve(self, *_: Any) -> str:
        return ""


if yaml.__with_libyaml__:

    class _Loader(_Unresolved, yaml.cyaml.CParser):  # type: ignore[misc,name-defined]
        def __init__(self, text: str) -> None:
            yaml.cyaml.CParser.__init__(self, text)  # type: ignore[attr-defined]
else:  # pragma: no cover - a PyYAML built without its C part: ten times slower, same result

    class _Loader(  # type: ignore[no-redef]
        _Unresolved, yaml.reader.Reader, yaml.scanner.Scanner, yaml.parser.Parser, yaml.composer.Composer
    ):
        def __init__(self, text: str) -> None:
            yaml.reader.Reader.__init__(self, text)
            yaml.scanner.Scanner.__init__(self)
            yaml.parser.Parser.__init__(self)
            yaml.composer.Composer.__init__(self)


def _compose(text: str) -> yaml.Node | None:
    loader = _Loader(text)
    node: yaml.Node | None = loader.get_single_node()
    return node


def _syntax_fault(file: str, error: yaml.YAMLError) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be parsed"
    return Fault(file, mark.line + 1 if mark else 0, "", f"This is not valid YAML: {problem}.")


_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}  # type: ignore[dict-item]
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")


class _Builder:
    """Turns nodes into values, noting the line of every key on the way."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.left = MOST_VALUES

    def build(self, node: yaml.Node) -> None:
        self.tree.places[()] = self.tree.file, node.start_mark.line + 1
        try:
            self.tree.value = self._value(node, ())
        except _Unreadable as why:
            self.tree.faults.append(Fault(*self.tree.places[()], "", str(why)))

    def _value(self, node: yaml.Node, key: Key) -> Any:
        self.left -= 1
        if self.left < 0 or len(key) > DEEPEST:
            raise _Unreadable("The file is nested too deeply or repeats itself through anchors too often.")
        if node.tag:
            self.tree.fault(key, f"Tags such as {node.tag} are not taken; write the plain value.")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, key)
        if isinstance(node, yaml.SequenceNode):
            return [self._item(item, (*key, index)) for index, item in enumerate(node.value)]
        return _scalar(node)

    def _item(self, node: yaml.Node, key: Key) -> Any:
        self.tree.places[key] = self.tree.file, node.start_mark.line + 1
        return self._value(node, key)

    def _mapping(self, node: yaml.MappingNode, key: Key) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for name_node, value_node in node.value:
            line = name_node.start_mark.line + 1
            if not isinstance(name_node, yaml.ScalarNode):
                self.tree.faults.append(
                    Fault(self.tree.file, line, dotted(key), "A key must be a plain word.")
                )
                continue
            name = str(name_node.value)
            if name == "<<" and not name_node.style:
                self._merge(value_node, key, merged)
                continue
            if name in own:
                first = self.tree.places[(*key, name)][1]
                message = f"The key {name!r} is given twice (first on line {first}); keep one."
                self.tree.faults.append(Fault(self.tree.file, line, dotted((*key, name)), message))
                continue
            self.tree.places[(*key, name)] = self.tree.file, line
            own[name] = self._value(value_node, (*key, name))
        return merged | own

    def _merge(self, node: yaml.Node, key: Key, into: dict[str, Any]) -> None:
        """`<<: *anchor` or a list of them: keys of the mapping itself win, then those merged first."""
        for source in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            value = self._value(source, key)
            if isinstance(value, dict):
                into |= {name: each for name, each in value.items() if name not in into}
            else:
                self.tree.fault(key, "`<<` merges mappings only; name an anchor of a mapping.")


def _scalar(node: yaml.Node) -> str | int | bool | None:
    text = str(node.value)
    if getattr(node, "style", None):  # quoted or a block: text, whatever it looks like
        return text
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _WHOLE.fullmatch(text) else text
