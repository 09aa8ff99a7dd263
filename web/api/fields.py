"""The form of a move as a JSON schema: one property for each field of the rulebook, with its example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from states import form_values
from states.rulebook import FormField, Rulebook
from web.api.operations import Takes

_VALUE = {"type": ["string", "integer", "boolean", "array", "null"], "items": {"type": "string"}}
ANY_FORM = Takes(
    {"type": "object", "additionalProperties": _VALUE, "description": "The fields of the move's form, by name."},
    {"managed_by": "ours", "grade": "general"}, required=False,
)  # fmt: skip

_TYPES: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string", "maxLength": form_values.LONGEST["text"]},
    "long_text": {"type": "string", "maxLength": form_values.LONGEST["long_text"]},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string", "format": "date-time"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer", "minimum": 0, "maximum": form_values.LARGEST},
    "period": {"type": "string", "maxLength": 40},
    "people": {"type": "array", "items": {"type": "string"}, "maxItems": form_values.MOST_PEOPLE},
}
_EXAMPLES: Mapping[str, Any] = {
    "date": "2026-09-01", "instant": "2026-09-01T09:30:00+08:00", "boolean": True, "person": "officer",
    "people": ["owner", "contractor", "overseer"], "organisation": "MGJ", "project": "PC", "matter": "MGJ-2026-0001",
}  # fmt: skip


def opening(book: Rulebook, machine: str) -> Takes:
    """The form of opening a matter of this machine; a bare object where the rulebook in force has no such machine."""
    fields = book.machines[machine].register_ if machine in book.machines else ()
    return Takes(_schema(fields), _example(fields))


def _schema(fields: Sequence[FormField]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {field.name: _property(field) for field in fields},
        "required": [field.name for field in fields if field.required],
    }


def _property(field: FormField) -> dict[str, Any]:
    bare = dict(_TYPES.get(field.type, {"type": "string", "maxLength": form_values.LONGEST_NAME}))
    if field.choices:
        bare["enum"] = list(field.choices)
    if field.type == "text" and field.at_least:
        bare["minLength"] = field.at_least
    return bare | {"description": f"{field.label.en} · {field.label.zh}"}


def _example(fields: Sequence[FormField]) -> dict[str, Any]:
    return {field.name: _value(field) for field in fields if field.required}


def _value(field: FormField) -> Any:
    if field.example is not None:
        return field.example
    return next(iter(field.choices), None) if field.choices else _EXAMPLES.get(field.type, "")
