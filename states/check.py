"""The model checker: what is wrong with a rulebook that reads well.

Every name in it exists (`states.rulebook_file` saw to that), yet a clue might get stuck, a duty be walked
around, a clock never stop. Each rule (`states.check_ways`, `states.check_duties`) is one way an office could
be let down by its own rules. An error is certain harm, a warning wants a look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from states import check_duties, check_ways  # noqa: F401 - their rules register themselves
from states.check_rules import RULES, Found, Severity, Subject
from states.rulebook import Label, Rulebook
from states.yaml_tree import Key, Tree, dotted


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the model checker found. `state` or `move` tell the picture what to mark."""

    severity: Severity
    rule: str
    machine: str
    key: str
    message: Label
    file: str | None = None
    line: int | None = None
    state: str | None = None
    move: str | None = None

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " if self.file else ""
        return f"{where}{self.severity}: {self.key}: {self.message.en}"

    def as_dict(self, lang: str = "en") -> dict[str, Any]:
        """The JSON form, with the sentence in one language."""
        return {
            "severity": self.severity, "rule": self.rule, "machine": self.machine, "key": self.key, "file": self.file,
            "line": self.line, "state": self.state, "move": self.move, "message": self.message.in_(lang),
        }  # fmt: skip


def findings(rulebook: Rulebook, tree: Tree | None = None) -> tuple[Finding, ...]:
    """Everything found, errors first. With the `tree` it was read from, each finding names file and line."""
    found = [
        _finding(tree, severity, rule_name, name, each)
        for name, each_machine in rulebook.machines.items()
        for rule_name, (severity, rule) in RULES.items()
        for each in rule(Subject(rulebook, name, each_machine))
    ]
    return tuple(sorted(found, key=lambda finding: finding.severity))


def _finding(tree: Tree | None, severity: Severity, rule: str, name: str, found: Found) -> Finding:
    below, zh, en = found
    key: Key = ("machines", name, *below)
    file, line = tree.place(key) if tree else (None, None)
    named = {str(below[0]): str(below[1])} if len(below) > 1 else {}
    return Finding(
        severity, rule, name, dotted(key), Label(zh=zh, en=en), file, line, named.get("states"), named.get("moves")
    )  # fmt: skip
