"""What is on file of a matter, as people read it: each value under its label, choices and people by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cases.history import CLOCK
from cases.listing import fields_of
from states.facts import ENGINE
from states.rulebook import FormField, Machine
from web import words

IN_THE_HEAD = frozenset({"title", "received_on", "handler", "project", "addressee", "opener"})
LONG = 80  # characters; what is longer has a line of its own


@dataclass(frozen=True, slots=True)
class Fact:
    """One value under its label."""

    label: str
    text: str

    @property
    def is_long(self) -> bool:
        """Whether it needs the width of the page."""
        return len(self.text) > LONG or "\n" in self.text


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the values of one machine's matters in one language."""

    fields: Mapping[str, FormField]
    names: Mapping[str, str]
    lang: str

    @classmethod
    def of(cls, rules: Machine, names: Mapping[str, str], lang: str) -> Reader:
        """The reader for this machine; of fields that share a name, those that offer choices know most of it."""
        found: dict[str, FormField] = {}
        for field in fields_of(rules):
            known = found.setdefault(field.name, field)
            if len(field.choices) > len(known.choices):
                found[field.name] = field
        return cls(found, names, lang)

    def facts(self, values: Mapping[str, Any], *, but_the_head: bool = False) -> list[Fact]:
        """Every value that a form asked for, in the order they came."""
        return [
            Fact(field.label.in_(self.lang), self.text(field, value)) for name, value in values.items()
            if (field := self.fields.get(name)) is not None and value not in (None, "", [])
            and not (but_the_head and field.sets in IN_THE_HEAD)
        ]  # fmt: skip

    def text(self, field: FormField, value: Any) -> str:
        """One value."""
        if isinstance(value, bool):
            return {"zh": ("否", "是"), "en": ("no", "yes")}[self.lang][value]
        if field.type == "choice":
            chosen = field.choices.get(str(value))
            return chosen.in_(self.lang) if chosen is not None else str(value)
        if field.type == "date":
            return words.day(str(value), self.lang)
        if field.type == "instant":
            return words.moment(str(value), self.lang)
        if isinstance(value, list):
            return ("、" if self.lang == "zh" else ", ").join(self.who(str(one)) for one in value)
        return self.who(str(value)) if field.type == "person" else str(value)

    def who(self, actor: str) -> str:
        """A person by name and login; what is nobody by what it is."""
        if (name := self.names.get(actor)) is not None:
            return f"{name} ({actor})"
        others = {CLOCK: ("时钟", "the clock"), ENGINE: ("系统", "the system")}
        if actor.startswith("site:"):
            return {"zh": "其他站点", "en": "another site"}[self.lang] + f" {actor.removeprefix('site:')}"
        return others[actor][self.lang == "en"] if actor in others else actor


def logins(rules: Machine, values: Iterable[Mapping[str, Any]]) -> set[str]:
    """Everybody that these values name."""
    people = {field.name for field in fields_of(rules) if field.type in ("person", "people")}
    found: set[str] = set()
    for each in values:
        for name in people & each.keys():
            value = each[name]
            found |= set(map(str, value)) if isinstance(value, list) else {str(value)}
    return found
