"""The form of a move as a page shows it: from the rulebook's fields, what may be chosen, what was typed, what was wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from cases import offering
from cases.matters import OnFile
from cases.office import Office
from states.facts import Reason, Refused
from states.rulebook import FormField
from web import words
from web.acting import NotOurForm

PREFIX = "f_"  # before the rulebook's own names, which might be the names of ours
LONGEST_KEY = 64
_WITHOUT_OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?")

Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `faults` are sentences; `typed` is what stood in it when it was refused, or on file before."""

    name: str
    label: str
    type: str
    required: bool
    help: str
    example: str
    choices: Sequence[tuple[str, str]]
    typed: str
    many: Sequence[str]
    faults: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came: which one it is, what it was made for, and what was typed."""

    key: str
    version: int
    typed: Typed

    @classmethod
    def read(cls, form: Typed) -> Sent:
        """Raises NotOurForm for one without the marks that ours carry."""
        key, version = _last(form, "key"), _last(form, "version")
        if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
            raise NotOurForm(str(NotOurForm.__doc__))
        if not (version.isascii() and version.isdecimal() and len(version) < 10):
            raise NotOurForm(str(NotOurForm.__doc__))
        typed = {name.removeprefix(PREFIX): given for name, given in form.items() if name.startswith(PREFIX)}
        return cls(key, int(version), typed)

    def fields(self, asked: Sequence[FormField]) -> dict[str, Any]:
        """What to hand to the gate: blanks left out, lists where people are named, local instants with their zone."""
        types = {field.name: field.type for field in asked}
        given: dict[str, Any] = {}
        for name, values in self.typed.items():
            filled = [value for value in values if value.strip()]
            if filled:
                given[name] = (
                    filled if types.get(name) == "people" else _value(types.get(name, ""), filled[-1])
                )
        return given


def _last(form: Typed, name: str) -> str:
    return (form.get(name) or [""])[-1]


def _value(type_: str, text: str) -> str:
    """As typed; an instant that says no zone is the office's."""
    if type_ != "instant" or not _WITHOUT_OFFSET.fullmatch(text):
        return text
    try:
        return datetime.fromisoformat(text).replace(tzinfo=words.ZONE).isoformat()
    except ValueError:
        return text


def built(
    session: Session, office: Office, asked: Sequence[FormField], examples: Mapping[str, Any], matter: OnFile, *,
    actor: str, lang: str, typed: Typed | None = None, refused: Refused | None = None,
) -> list[Field]:  # fmt: skip
    """The fields to show. Without `typed`, only a choice made before stands in its field already."""
    found = offering.offered(session, office, asked, matter, actor=actor, lang=lang)
    reasons = refused.reasons if refused is not None else ()
    return [
        _field(
            field,
            matter,
            lang,
            example=examples.get(field.name),
            offered=found.get(field.name),
            typed=typed,
            reasons=reasons,
        )
        for field in asked
    ]


def _field(
    field: FormField, matter: OnFile, lang: str, *, example: Any, offered: offering.Offered | None, typed: Typed | None,
    reasons: Sequence[Reason],
) -> Field:  # fmt: skip
    choices = offered or tuple((name, each.in_(lang)) for name, each in field.choices.items())
    on_file = matter.values.get(field.name) if field.type == "choice" else None
    many = list(typed.get(field.name, ())) if typed is not None else [on_file] if on_file else []
    return Field(
        field.name, field.label.in_(lang), field.type, field.required, field.help.in_(lang) if field.help else "",
        str(example) if example is not None and not isinstance(example, list | bool) else "",
        choices, many[-1] if many else "", many, [_said(one, lang) for one in reasons if one.field == field.name],
    )  # fmt: skip


def general(refused: Refused | None, asked: Sequence[FormField], lang: str) -> list[str]:
    """The reasons that belong to no field of the form."""
    names = {field.name for field in asked}
    return [_said(one, lang) for one in refused.reasons if one.field not in names] if refused else []


def _said(reason: Reason, lang: str) -> str:
    return f"{reason.message.in_(lang)} {reason.cure.in_(lang)}"
