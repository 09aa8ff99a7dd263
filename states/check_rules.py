"""What a rule of the model checker is: it looks at one machine of a rulebook and names what it finds there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from states.rulebook import Machine, Reach, Rulebook
from states.yaml_tree import Key

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule looks at."""

    rulebook: Rulebook
    name: str
    machine: Machine


Found = tuple[Key, str, str]  # key below the machine, the sentence in Chinese and in English
Rule = Callable[[Subject], Iterator[Found]]
RULES: dict[str, tuple[Severity, Rule]] = {}
"""Every rule by name, with how grave it is."""


def rule(severity: Severity) -> Callable[[Rule], Rule]:
    """Makes the function a rule: errors are certain harm, warnings want a look."""

    def register(function: Rule) -> Rule:
        RULES[function.__name__] = (severity, function)
        return function

    return register


def sees(subject: Subject, role: str) -> bool:
    """Whether this role sees matters of the machine at all."""
    return isinstance(subject.rulebook.roles[role].sees.get(subject.name), Reach)
