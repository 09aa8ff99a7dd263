"""Reasons in the rulebook's own words: guards name fields, choices, moves, links and states; people read labels.

A guard writes `{field:way}`, `{choice:way=hold}`, `{move:sign_for}`, `{link:task}`, `{state:task.under_way}` or
`{role:head}` into its sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from states.facts import Reason
from states.rulebook import FormField, Label, Machine, Rulebook

_NAMED = re.compile(r"\{(field|choice|move|link|state|role):([\w.=-]*)\}")
_MOST_KNOWN = 2000  # sentences, of one machine

Labels = Mapping[tuple[str, str], Label]


class Wording:
    """The labels of one machine and of the matters around it, for putting them into reasons."""

    def __init__(self, labels: Labels | None = None) -> None:
        self._labels = labels or {}
        self._known: dict[tuple[str, str], Label] = {}

    def of(self, reason: Reason) -> Reason:
        """The reason with labels in the place of names; a name without a label stays as it is."""
        if "{" not in reason.message.en + reason.cure.en:
            return reason
        return Reason(reason.code, self._label(reason.message), self._label(reason.cure), reason.field)

    def _label(self, text: Label) -> Label:
        key = (text.zh, text.en)
        known = self._known.get(key)
        if known is None:
            known = Label.model_construct(zh=self._in(text.zh, "zh"), en=self._in(text.en, "en"))
            if len(self._known) < _MOST_KNOWN:  # sentences with a date or a name in them are without number
                self._known[key] = known
        return known

    def _in(self, text: str, lang: str) -> str:
        return _NAMED.sub(lambda found: self._word(found[1], found[2], lang), text)

    def _word(self, kind: str, name: str, lang: str) -> str:
        label = self._labels.get((kind, name))
        if label is None:
            return name.rpartition("=" if kind == "choice" else ".")[2]
        word = f"“{label.zh}”" if lang == "zh" else f'"{label.en}"'
        if kind != "move":
            return word
        return f"{word}（{name}）" if lang == "zh" else f"{word} ({name})"  # the name is what the shell takes


def wording(rulebook: Rulebook, machine_name: str) -> Wording:
    """The words for reasons of one machine. Its own labels win over those of the matters it is linked to."""
    machine = rulebook.machines[machine_name]
    others = [each for name, each in rulebook.machines.items() if name != machine_name]
    labels: dict[tuple[str, str], Label] = {}
    for each in (*others, machine):
        labels |= dict(_labels(each))
    labels |= {("move", name): move.label for name, move in machine.moves.items()}
    labels |= {("role", name): role.label for name, role in rulebook.roles.items()}
    labels |= dict(_links(rulebook))
    return Wording(labels)


def _labels(machine: Machine) -> Iterator[tuple[tuple[str, str], Label]]:
    for field in _fields(machine):
        yield ("field", field.name), field.label
        for choice, label in field.choices.items():
            yield ("choice", f"{field.name}={choice}"), label
    yield ("move", machine.register_move), Label(zh="登记", en="opening it")


def _fields(machine: Machine) -> Iterator[FormField]:
    """Every field, those of the opening last: where two moves call a field differently, the opening's name counts."""
    for move in machine.moves.values():
        yield from move.fields
    yield from machine.worked_out
    yield from machine.register_


def _links(rulebook: Rulebook) -> Iterator[tuple[tuple[str, str], Label]]:
    """The links and the states at their ends: a state is told apart by its link, as two machines may name one alike."""
    for machine in rulebook.machines.values():
        opened = [(move.opens.link, machine, rulebook.machines[move.opens.machine])
                  for move in machine.moves.values() if move.opens is not None]  # fmt: skip
        opened += [(field.links, rulebook.machines[field.machine], machine)
                   for field in machine.register_ if field.links is not None and field.machine is not None]  # fmt: skip
        for link, above, beneath in opened:
            for kind, end in ((link, beneath), (f"of_{link}", above)):
                yield ("link", kind), end.label
                yield from ((("state", f"{kind}.{name}"), state.label) for name, state in end.states.items())
