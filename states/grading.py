"""Grading: from the answers of a form to a level, by the scheme of the rulebook. Pure, so that anybody can do it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from states.grading_rules import GRADE, KEPT, LEVEL, NO_NOTICE, NOTICE, SCHEME, GradingRules, Scheme
from states.rulebook import FormField, Label, Machine


class NothingMet(Exception):
    """None of what the scheme counts is met: by this scheme it is no risk point."""


@dataclass(frozen=True, slots=True)
class Graded:
    """What the answers come to. `gravity` compares across schemes: 1 is the gravest."""

    scheme: str
    level: int
    grade: str
    gravity: int
    notice: str | None

    def kept(self) -> dict[str, Any]:
        """What the history keeps of it beside the answers."""
        return {SCHEME: self.scheme, LEVEL: self.level, GRADE: self.grade, NOTICE: self.notice or NO_NOTICE}


def graded(rules: GradingRules, name: str, answers: Mapping[str, Any]) -> Graded:
    """The grade by a scheme. Raises NothingMet, and KeyError for an answer that is lacking or is none."""
    scheme = rules.schemes[name]
    level = scheme.of(_level(rules, scheme, answers))
    return Graded(name, level.level, level.grade, rules.gravity(scheme, level.level), level.notice)


def _level(rules: GradingRules, scheme: Scheme, answers: Mapping[str, Any]) -> int:
    if scheme.formula == "choice":
        return scheme.weighs[answers[scheme.asks[0]]]
    held = [name for name in scheme.asks if answers[name] is True]
    if scheme.formula == "gravest":
        found = [scheme.weighs[name] for name in held]
        if not found and scheme.otherwise is None:
            raise NothingMet(str(NothingMet.__doc__))
        return (
            min(found, key=lambda level: rules.gravity(scheme, level))
            if found
            else int(scheme.otherwise or 0)
        )
    reached = [count for count in scheme.at_least if count <= len(held)]
    if not reached:
        raise NothingMet(str(NothingMet.__doc__))
    return scheme.at_least[max(reached)]


def differs(rules: GradingRules, move: str, data: Mapping[str, Any]) -> bool:
    """Whether what the history keeps of a grading is not what its own answers come to. Of any other move, no."""
    name = rules.scheme_of(move)
    if name is None:
        return False
    try:
        return {part: data.get(part) for part in KEPT} != graded(rules, name, data).kept()
    except (KeyError, NothingMet):
        return True


def explained(machine: Machine, move: str, data: Mapping[str, Any]) -> Label | None:
    """How the answers of a grading came to its level, in one sentence; None for any other move."""
    rules = machine.grading
    name = rules.scheme_of(move) if rules is not None else None
    if rules is None or name is None:
        return None
    scheme, fields = rules.schemes[name], {field.name: field for field in machine.moves[move].fields}
    level = scheme.of(data[LEVEL])
    return Label(zh=f"{scheme.label.zh}：{_because(scheme, fields, data, 'zh')} → {level.label.zh}",
                 en=f"{scheme.label.en}: {_because(scheme, fields, data, 'en')} -> {level.label.en}")  # fmt: skip


def _because(scheme: Scheme, fields: Mapping[str, FormField], data: Mapping[str, Any], lang: str) -> str:
    if scheme.formula == "choice":
        return fields[scheme.asks[0]].choices[data[scheme.asks[0]]].in_(lang)
    held = [fields[name].label.in_(lang) for name in scheme.asks if data.get(name) is True]
    words = ("、" if lang == "zh" else ", ").join(held) or ("均不具备" if lang == "zh" else "none of them")
    if scheme.formula == "gravest":
        return words
    count = (
        f"{len(scheme.asks)} 项中具备 {len(held)} 项"
        if lang == "zh"
        else f"{len(held)} of {len(scheme.asks)}"
    )
    return f"{count}（{words}）" if lang == "zh" else f"{count} ({words})"
