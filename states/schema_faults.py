"""Turning what pydantic says about a rulebook into sentences an office can act on."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from states.yaml_tree import Key


def meant(word: object, known: Mapping[str, Any] | tuple[str, ...] | frozenset[str]) -> str:
    """What was probably meant, as the end of a sentence: "; did you mean 'leader'?", or the few there are."""
    names = [str(name) for name in known]
    if close := get_close_matches(str(word), names, n=1, cutoff=0.6):
        return f"; did you mean {close[0]!r}?"
    if 0 < len(names) <= 8:
        return f"; there is {', '.join(sorted(names))}."
    return "."


def sentences(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[Key, str]]:
    """Each fault of `error` once: the key it belongs to, and a sentence."""
    seen: set[tuple[Key, str]] = set()
    for item in error.errors(include_url=False):
        key, annotation = _walk(item["loc"], model)
        message = _sentence(item, key, annotation, _keys_beside(item["loc"], model))
        if (key, message) not in seen and not (item["loc"] and _other_branch(item["loc"], key, seen)):
            seen.add((key, message))
            yield key, message


def _other_branch(loc: tuple[int | str, ...], key: Key, seen: set[tuple[Key, str]]) -> bool:
    """A value that may be of several types is reported once per type: once is enough."""
    return len(loc) > len(key) and loc[-1] != "[key]" and any(key == before for before, _ in seen)


def _walk(loc: tuple[int | str, ...], model: Any) -> tuple[Key, Any]:
    """The part of `loc` that is a key in the file (unions and key marks left out), and the type expected there."""
    key: list[str | int] = []
    here: Any = model
    for part in loc:
        here = _plain(here)
        if part == "[key]":
            return tuple(key), here
        if isinstance(here, type) and issubclass(here, BaseModel):
            key.append(part)
            here = _fields(here).get(str(part))
        elif get_origin(here) in (tuple, list, dict) or _is_mapping(here):
            key.append(part)
            here = next((each for each in reversed(get_args(here)) if each is not Ellipsis), None)
    return tuple(key), _plain(here)


def _is_mapping(annotation: Any) -> bool:
    origin = get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _plain(annotation: Any) -> Any:
    """Without `Annotated`, and without `None` where it is one of two."""
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [each for each in get_args(annotation) if each is not type(None)]
        return _plain(rest[0]) if len(rest) == 1 else annotation
    return annotation


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _sentence(item: Any, key: Key, annotation: Any, siblings: tuple[str, ...]) -> str:
    name, kind, value = (key[-1] if key else "rulebook"), item["type"], item.get("input")
    context = item.get("ctx", {})
    if item["loc"] and item["loc"][-1] == "[key]":
        return f"{name!r} is not a name: small letters, digits and underscores, starting with a letter."
    if kind == "extra_forbidden":
        return f"There is no key {name!r} here{meant(name, siblings)}"
    if kind == "missing":
        return f"`{name}` is missing{_purpose(annotation)}."
    if kind in ("literal_error", "enum"):
        return f"{_shown(value)} is not a value of `{name}`{meant(value, _allowed(annotation))}"
    if kind == "string_pattern_mismatch":
        return _pattern_sentence(str(name), value, str(context.get("pattern", "")))
    if kind == "value_error":  # a rule that looks at several of its keys says so itself
        return str(context["error"])
    if kind == "string_too_short":
        return f"`{name}` is empty; give it a text."
    if kind == "string_type" and isinstance(value, int):
        return f"`{name}` must be text; put {_shown(value)} in quotes."
    return f"{_shown(value)} does not fit `{name}`, which must be {_expected(annotation, kind)}."


def _pattern_sentence(name: str, value: object, pattern: str) -> str:
    if pattern.startswith("^[a-z]"):
        hyphen = ", digits and hyphens" if "-" in pattern else ", digits and underscores"
        return f"{_shown(value)} is not a name: small letters{hyphen}, starting with a letter."
    if pattern.startswith(r"^\d{2}:"):
        return f"{_shown(value)} is not a time of day such as 08:30."
    if "/" in pattern:
        return f"{_shown(value)} is not a share such as 2/3."
    return f"{_shown(value)} does not fit `{name}`; write a version such as 2026.1."


def _keys_beside(loc: tuple[int | str, ...], model: type[BaseModel]) -> tuple[str, ...]:
    """The keys that may stand where `loc` stands."""
    parent = _walk(loc[:-1], model)[1]
    return tuple(_fields(parent)) if isinstance(parent, type) and issubclass(parent, BaseModel) else ()


def _allowed(annotation: Any) -> tuple[str, ...]:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(str(each.value) for each in annotation)
    return tuple(str(each) for each in get_args(annotation)) if get_origin(annotation) is Literal else ()


_PURPOSES = {
    "Label": "; give it in both languages, {zh: ..., en: ...}",
    "Basis": "; say which law or whose setting it rests on, {kind: ..., source: ...}",
}


def _purpose(annotation: Any) -> str:
    return _PURPOSES.get(getattr(annotation, "__name__", ""), "")


def _expected(annotation: Any, kind: str) -> str:
    if getattr(annotation, "__name__", "") == "Label":
        return "a text in both languages, {zh: ..., en: ...}"
    if annotation is bool or kind.startswith("bool"):
        return "true or false"
    if annotation is int or kind.startswith("int"):
        return "a whole number"
    if annotation is str or kind.startswith("string"):
        return "text"
    if get_origin(annotation) is tuple and Ellipsis not in get_args(annotation):
        return f"a list of {len(get_args(annotation))}"
    if get_origin(annotation) in (tuple, list):
        return "a list"
    return (
        "a mapping"
        if _is_mapping(annotation) or isinstance(annotation, type)
        else "text, a number or true or false"
    )


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
