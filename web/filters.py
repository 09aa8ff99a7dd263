"""The filter of the worklist as it stands in an address: read leniently, written so that it can be kept and passed on."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import orjson

from cases.worklist import SORTS, TABS, Spot, Wanted, beyond

LONGEST = 100
_NAMES = {one.name: "q" if one.name == "text" else one.name for one in fields(Wanted)}
_DATES = ("received_from", "received_until", "due_until")
ASKED = frozenset(_NAMES.values())
NARROWING = tuple(name for name in _NAMES if name not in ("machine", "tab", "sort"))


def read(query: Mapping[str, str], machines: Iterable[str]) -> tuple[Wanted, list[str]]:
    """What an address asks for, and the names of what in it makes no sense and was left out."""
    found: dict[str, Any] = {}
    faults = []
    for name, asked in _NAMES.items():
        value = query.get(asked, "").strip()[:LONGEST]
        if not value:
            continue
        read_ = _read(name, value, machines)
        if read_ is None:
            faults.append(asked)
        else:
            found[name] = read_
    fallback = next(iter(machines), "clue")
    if found.get("machine") is None and fallback != "clue" and "clue" not in machines:
        found["machine"] = fallback
    return Wanted(**found), faults


def _read(name: str, value: str, machines: Iterable[str]) -> Any:
    """The value, or None for what makes no sense."""
    if name in _DATES:
        try:
            return date.fromisoformat(value) if len(value) == 10 else None
        except ValueError:
            return None
    choices = {"machine": machines, "tab": TABS, "sort": SORTS}.get(name)
    if choices is not None and value not in choices:
        return None
    return value if value.isprintable() else None


def pairs(wanted: Wanted, **changes: Any) -> list[tuple[str, str]]:
    """The query of an address for what is wanted; what is as usual is left out."""
    usual, asked = Wanted(), replace(wanted, **changes)
    found = ((name, getattr(asked, name)) for name in _NAMES)
    return [(_NAMES[name], str(value)) for name, value in found
            if value and (value != getattr(usual, name) or name in ("machine", "tab"))]  # fmt: skip


@lru_cache(maxsize=2048)
def address(wanted: Wanted, **changes: Any) -> str:
    """The address of the worklist for what is wanted; a page asks for some twenty, and for the same ones every time."""
    return f"/worklist?{urlencode(pairs(wanted, **changes))}"


def narrowed(wanted: Wanted) -> int:
    """How many filters are on."""
    return sum(bool(getattr(wanted, name)) for name in NARROWING)


def cleared(wanted: Wanted) -> Wanted:
    """The same list without filters."""
    return Wanted(machine=wanted.machine, tab=wanted.tab, sort=wanted.sort)


def cursor(spot: Spot | None) -> str:
    """A spot as text that nobody should read anything into."""
    return urlsafe_b64encode(orjson.dumps([spot.value, spot.id])).decode().rstrip("=") if spot else ""


def spot(text: str, sort: str) -> Spot | None:
    """The spot a cursor names; None for what never was one of this order."""
    try:
        value, key = orjson.loads(urlsafe_b64decode(text[:200].encode("ascii") + b"=" * (-len(text) % 4)))
        if type(key) is not int or not 0 < key < 2**31 or not isinstance(value, str | None):
            return None
        return Spot(value, key) if _fits(value, sort) else None
    except (ValueError, TypeError):
        return None


def _fits(value: str | None, sort: str) -> bool:
    try:
        beyond(sort, Spot(value, 1))
    except ValueError:
        return False
    return True
