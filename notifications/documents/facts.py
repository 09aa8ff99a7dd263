"""What papers may say about a matter: only what the person who issues one may see, and never who reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from cases import gathering, listing, round_sight, rounds
from cases.matters import OnFile
from cases.office import Office
from cases.organisations import Organisation, Project
from cases.people import Person
from cases.rounds import RULES
from notifications.documents import minutes
from states.facts import Actor
from states.rulebook import FormField, Label, Machine

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip


class Shown(dict[str, str]):
    """Texts by name; what is not there is empty, so that one template serves a matter at every stage."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class About:
    """A matter as a paper sees it: its row, who looks, the facts for templates, and the labels of its fields.

    `left_out` are the items of a round that whoever looks is kept out of; what they see of it then are the fields in
    `shared`, and what is known of the other items. `roles` are what people call the roles.
    """

    row: OnFile
    actor: Actor
    facts: Mapping[str, Any]
    labels: Mapping[str, str]
    roles: Mapping[str, Label] = field(default_factory=dict)
    left_out: tuple[int, ...] = ()
    shared: frozenset[str] = frozenset()


def about(session: Session, office: Office, number: str, *, actor: str, at: datetime, lang: str) -> About:
    """The matter in words of `lang`. Raises NoSuchMatter for what this person may not see."""
    loaded = gathering.load(session, office, number, login=actor, for_change=False)
    shown = listing.shown(session, office, number, actor=actor)
    found = _Teller(session, office, lang).told(loaded.row, loaded.actor, shown, today=office.day(at))
    roles = {name: role.label for name, role in office.rulebook(loaded.row.rulebook).roles.items()}
    seen = round_sight.sight(session, office, loaded.row, actor=actor)
    if seen.rules is None or seen.whole:
        return replace(found, roles=roles)
    numbers = {item.number for item in rounds.items(loaded.row, seen.rules)}
    return replace(
        found, roles=roles, left_out=tuple(sorted(numbers - seen.items)), shared=frozenset(seen.rules.shared)
    )


def day_in(day: date, lang: str) -> str:
    """A date in full."""
    if lang == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _asked(fields: Sequence[FormField], value: Any) -> FormField:
    """Of the fields of one name, the one that this value answers: another machine may mean something else by it."""
    return next((one for one in fields if one.type != "choice" or value in one.choices), fields[0])


@dataclass(frozen=True, slots=True)
class _Teller:
    session: Session
    office: Office
    lang: str

    def told(self, row: OnFile, actor: Actor, shown: Mapping[str, Any], *, today: date) -> About:
        rulebook = self.office.rulebook(row.rulebook)
        machine = rulebook.machines[row.machine]
        fields: dict[str, list[FormField]] = defaultdict(list)
        for one in self._fields(row):
            fields[one.name].append(one)
        known = {
            name: _asked(fields[name], value) for name, value in shown["values"].items() if name in fields
        }
        values = Shown()
        for name, asked in known.items():
            values[name] = self._value(asked, shown["values"][name])
            if asked.type == "choice":
                values[f"{name}_key"] = str(shown["values"][name])
        facts = {
            "number": row.number, "machine": machine.label.in_(self.lang), "title": row.title,
            "state": machine.states[row.state].label.in_(self.lang), "organisation": self._body(row.organisation),
            "addressee": self._body(row.addressee), "project": self._project(row.project),
            "handler": self._person(row.handler), "received_on": self._day(row.received_on), "today": self._day(today),
            "opened_on": self._day(self.office.day(row.opened_at)), "subjects": [one["name"] for one in shown["subjects"]],
            "v": values,
        }  # fmt: skip
        facts |= self._of_round(machine, shown["values"], values)
        labels = {f"v.{name}": self._heading(known.get(name, found[0])) for name, found in fields.items()}
        return About(row, actor, facts | self._due(shown["deadlines"], today=today), labels)

    def _of_round(self, machine: Machine, held: Mapping[str, Any], values: Shown) -> dict[str, str]:
        """What the minutes of a round have from its record; the dissent goes before what was typed of it."""
        if machine.rounds is None or RULES not in held:
            return {}
        said = minutes.dissent(self.session, held, self.lang)
        values |= {machine.rounds.dissent: said} if machine.rounds.dissent and said else {}
        decision = {field.name: field for field in listing.fields_of(machine)}.get(machine.rounds.decision)
        return {"decisions": minutes.decisions(held, decision, self.lang),
                "conditions": minutes.conditions(self.session, held, self.lang),
                "recused": minutes.recused(self.session, held, self.lang)}  # fmt: skip

    def _fields(self, row: OnFile) -> Iterator[FormField]:
        """Every field that may have left a value here, its own machine's first; others', because values are copied on."""
        machines = self.office.rulebook(row.rulebook).machines
        for machine in (machines[row.machine], *machines.values()):
            yield from (field for field in listing.fields_of(machine) if not field.kept_apart)

    def _heading(self, field: FormField) -> str:
        label = field.label.in_(self.lang)
        return label[:1].upper() + label[1:]

    def _due(self, clocks: list[dict[str, Any]], *, today: date) -> dict[str, Any]:
        """The nearest clock that runs: what it is for, when it ends, how many working days are left or lost."""
        running = [one for one in clocks if one["status"] == "open" and one["due_on"]]
        if not running:
            return {"due": "", "due_on": "", "days_left": 0, "days_late": 0}
        nearest = min(running, key=lambda one: one["due_on"])
        due_on = date.fromisoformat(nearest["due_on"])
        left = self.office.calendar.working_days_between(today, due_on)
        return {"due": nearest["label"][self.lang] if nearest["label"] else nearest["deadline"],
                "due_on": self._day(due_on), "days_left": max(left, 0), "days_late": max(-left, 0)}  # fmt: skip

    def _value(self, field: FormField | None, value: Any) -> str:
        """A value of a form as a paper shows it."""
        if value is None:
            return ""
        if isinstance(value, list):
            return ("、" if self.lang == "zh" else ", ").join(self._value(field, one) for one in value)
        if isinstance(value, bool):
            return {"zh": ("否", "是"), "en": ("no", "yes")}[self.lang][value]
        kind = field.type if field is not None else None
        if kind == "choice" and field is not None and value in field.choices:
            return field.choices[value].in_(self.lang)
        if kind == "date":
            return self._day(date.fromisoformat(value))
        if kind in ("person", "people"):
            return self._person(value)
        if kind == "project":
            return self._project(value)
        return str(value)

    def _day(self, day: date | None) -> str:
        return "" if day is None else day_in(day, self.lang)

    def _person(self, login: str | None) -> str:
        found = self.session.get(Person, login) if login else None
        return found.name if found is not None else login or ""

    def _body(self, code: str | None) -> str:
        found = self.session.get(Organisation, code) if code else None
        return found.name(self.lang) if found is not None else code or ""

    def _project(self, code: str | None) -> str:
        found = self.session.get(Project, code) if code else None
        return found.name if found is not None else code or ""
