"""What a guard is: a named condition that answers with its reason, and the registry of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from states.facts import Facts, Reason
from states.guard_arguments import Check
from states.rulebook import Label, Machine, Rulebook

Holds = Callable[[Facts, Any], Reason | None]


@dataclass(frozen=True, slots=True)
class Guard:
    """A named condition. `holds` answers None, or the reason why not; `check` says what is wrong with an argument.

    `of` tells what it is about: the matter and the actor, or what is being filled in. A guard about the form
    holds while nothing is filled in yet, so that a move that only lacks a good form counts as open.
    """

    name: str
    holds: Holds
    check: Check
    of: Literal["matter", "form"]

    def check_argument(self, argument: Any, machine: Machine, rulebook: Rulebook) -> str | None:
        """What is wrong with this argument in this machine, in one sentence; None if nothing is."""
        return self.check(argument, machine, rulebook)


_guards: dict[str, Guard] = {}
REGISTERED: Mapping[str, Guard] = MappingProxyType(_guards)


def guard(check: Check, *, of: Literal["matter", "form"] = "matter") -> Callable[[Holds], Holds]:
    """Registers the function under its own name as a guard whose argument `check` looks over."""

    def register(holds: Holds) -> Holds:
        _guards[holds.__name__] = Guard(holds.__name__, holds, check, of)
        return holds

    return register


def because(code: str, zh: str, en: str, *, cure_zh: str, cure_en: str) -> Reason:
    """The reason of a refusal, with what would cure it and by whom."""
    return Reason(
        code,
        Label.model_construct(zh=zh, en=en),
        Label.model_construct(zh=cure_zh, en=cure_en),
    )


def any_of(values: Any, word: str) -> str:
    """Values in a sentence: "hold or close", "hold或close"."""
    gap = f" {word} " if word.isascii() and word.isalpha() else word
    return gap.join(str(each) for each in (values if isinstance(values, list | tuple) else [values]))
