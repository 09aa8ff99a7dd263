"""The form of a move: reading what was filled in, and describing it so that any client can fill it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from states import form_values
from states.facts import Reason, Refused
from states.form_values import BadValue, is_blank, label, shown
from states.rulebook import FormField, Label

MOST_UNKNOWN = 20  # unknown fields named one by one
AHEAD = timedelta(days=14)  # the example of a date that must lie in the future

FOUND_BY_GATE = frozenset({"person", "people", "organisation", "project", "matter"})
DATED = frozenset({"date", "instant"})
WRITTEN_DOWN = frozenset({"text", "long_text", "integer", "period"})  # their example stands in the rulebook


def read_form(
    fields: Sequence[FormField],
    given: Mapping[str, Any],
    *,
    values: Mapping[str, Any],
    today: date,
    zone: ZoneInfo,
    typed: bool = False,
) -> dict[str, Any]:
    """The values to keep, by field. Fields left blank are absent.

    `values` are the facts of the matter so far (for `not_before`); `today` is the local day in `zone`. `typed`: a
    program sent it, so a number is a number and not the text of one.
    Raises `Refused("bad_form", ...)` with one reason for each field that is missing, unknown or wrong.
    """
    reasons = list(_unknown(fields, given))
    read: dict[str, Any] = {}
    for field in fields:
        value = given.get(field.name)
        if is_blank(value):
            reasons += [_missing(field, value)] if field.required else []
            continue
        try:
            if typed:
                form_values.check_type(field, value)
            read[field.name] = form_values.read(field, value, today=today, zone=zone)
        except BadValue as bad:
            reasons.append(_reason(field, bad))
    reasons += _order_reasons(fields, read, values, zone)
    if reasons:
        raise Refused("bad_form", tuple(reasons))
    return read


def describe_fields(
    fields: Sequence[FormField], lang: str, examples: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The fields as contract.md has them. `examples` holds a passing value per field, as far as there is one."""
    return [
        {
            "name": field.name,
            "label": field.label.in_(lang),
            "type": field.type,
            "required": field.required,
            "choices": list(field.choices),
            "choice_labels": {name: each.in_(lang) for name, each in field.choices.items()},
            "help": field.help.in_(lang) if field.help else None,
            "example": examples.get(field.name),
        }
        for field in fields
    ]


def static_example(field: FormField, today: date, values: Mapping[str, Any] | None = None) -> Any:
    """A value that would pass, as far as the rulebook and the day alone can tell; None where the gate must find one.

    A date is today, or a fortnight ahead where it must lie in the future, but never before what it may not precede.
    """
    if field.type in FOUND_BY_GATE:
        return None
    if field.type in DATED:
        day = today + AHEAD if field.future else today
        earliest = _day((values or {}).get(field.not_before)) if field.not_before else None
        day = max(day, earliest or day)
        return day.isoformat() if field.type == "date" else f"{day.isoformat()}T00:00:00+08:00"
    if field.type == "choice":
        on_file = (values or {}).get(field.name)  # a choice made before stands until somebody changes it
        known = isinstance(on_file, str) and on_file in field.choices
        return on_file if known else field.example or next(iter(field.choices), None)
    return True if field.example is None and field.type == "boolean" else field.example


def _unknown(fields: Sequence[FormField], given: Mapping[str, Any]) -> Iterator[Reason]:
    names = [field.name for field in fields]
    unknown = [name for name in given if name not in names]
    for name in unknown[:MOST_UNKNOWN]:
        close = get_close_matches(str(name)[:64], names, n=1, cutoff=0.6)
        zh = f"是否指“{close[0]}”？" if close else f"可填字段：{'、'.join(names) or '无'}"
        en = f"Did you mean {close[0]!r}?" if close else f"The form has: {', '.join(names) or 'no fields'}"
        said = shown(name)
        yield Reason(
            "unknown_field",
            label(f"没有“{said}”这一字段。", f"There is no field {said!r}."),
            label(zh, en),
            said,
        )


def _missing(field: FormField, value: Any) -> Reason:
    code = "missing" if value is None or value in ("", [], ()) else "empty"
    message = label(
        f"缺少“{field.label.zh}”（{field.name}）。", f"{field.label.en} ({field.name}) is missing."
    )
    return Reason(code, message, label(f"请填写“{field.label.zh}”。", f"Fill in {field.name}."), field.name)


def _reason(field: FormField, bad: BadValue) -> Reason:
    zh = f"“{field.label.zh}”（{field.name}）{bad.says.zh}。"
    says = label(zh, f"{field.label.en} ({field.name}) {bad.says.en}.")
    return Reason(bad.code, says, _sentence(bad.cure), field.name)


def _sentence(text: Label) -> Label:
    return label(text.zh + "。", text.en + ".")


def _order_reasons(
    fields: Sequence[FormField], read: Mapping[str, Any], values: Mapping[str, Any], zone: ZoneInfo
) -> list[Reason]:
    labels = {field.name: field.label for field in fields}
    reasons = []
    for field in fields:
        other = field.not_before
        if other is None or field.name not in read:
            continue
        earliest = _day(read.get(other, values.get(other)), zone)
        day = _day(read[field.name], zone)
        if earliest is not None and day is not None and day < earliest:
            reasons.append(_too_early(field, labels.get(other) or label(other, other), other, earliest))
    return reasons


def _too_early(field: FormField, other: Label, name: str, earliest: date) -> Reason:
    bad = BadValue(
        "too_early",
        label(f"早于“{other.zh}”（{name}，{earliest}）", f"lies before {other.en} ({name}, {earliest})"),
        label(f"请填写 {earliest} 或以后的日期", f"Give {earliest} or a later date"),
    )
    return _reason(field, bad)


def _day(value: Any, zone: ZoneInfo | None = None) -> date | None:
    """The local day of a date or instant, however it is kept; None for anything else."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return (value.astimezone(zone) if zone and value.tzinfo else value).date()
    return value if isinstance(value, date) else None


# What a rulebook may write about a field. Raw, because a rulebook is checked before it is whole.

_ONLY_FOR: Mapping[str, frozenset[str]] = {
    "choices": frozenset({"choice"}),
    "holding": frozenset({"person", "people", "organisation"}),
    "within": frozenset({"person"}),
    "answers": frozenset({"person", "people"}),
    "seated": frozenset({"person"}),
    "until": frozenset({"person", "people"}),
    "of_readers": frozenset({"person", "people"}),
    "owing": frozenset({"matter"}),
    "beneath": frozenset({"organisation"}),
    "machine": frozenset({"matter"}),
    "at_least": frozenset({"people", "text", "long_text", "integer"}),
    "not_before": DATED,
    "future": DATED,
}


def field_faults(field: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with a field as written in a rulebook: the key in question ("" for the field) and a sentence."""
    kind = str(field.get("type"))
    for part, types in _ONLY_FOR.items():
        if field.get(part) and kind not in types:
            yield part, f"`{part}` means something for {' and '.join(sorted(types))} only."
    least = field.get("at_least")
    if isinstance(least, int) and not 1 <= least <= form_values.LONGEST["text"]:
        yield "at_least", "`at_least` is a number from 1 to 200."
    if kind == "choice" and not field.get("choices"):
        yield "", f"The choice {field.get('name')!r} has no `choices`."
    yield from _example_faults(field, kind)


def _example_faults(field: Mapping[str, Any], kind: str) -> Iterator[tuple[str, str]]:
    example = field.get("example")
    if kind in FOUND_BY_GATE | DATED and example is not None:
        yield "example", f"No example is written down for a {kind}: one is found when it is needed."
    elif kind in WRITTEN_DOWN and example is None:
        yield "", f"The field {field.get('name')!r} needs an `example`: a value that would pass."
    elif example is not None and (problem := _example_problem(field)):
        yield "example", problem


def _example_problem(field: Mapping[str, Any]) -> str | None:
    """Why the example would not pass its own field; None where it would, or where the field itself is not readable."""
    try:
        whole = FormField.model_validate(dict(field))
    except ValidationError:
        return None
    try:
        read_form((whole,), {whole.name: whole.example}, values={}, today=date.min, zone=ZoneInfo("UTC"))
    except Refused as refused:
        return f"The example would be refused: {refused.reasons[0].message.en}"
    return None
