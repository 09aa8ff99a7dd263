"""Canonical JSON: one text for one content, so that a hash or a signature over it means something.

Sorted keys, no spaces, UTF-8, text in NFC, whole numbers only. Reading is as strict as writing: a file that says the same
in other bytes is not that file.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from typing import Any

import orjson

MOST_BYTES = 64_000_000  # of a file; what is not the content of an attachment has MOST_TEXT of them
MOST_TEXT = 1_000_000


class NotCanonical(Exception):
    """This is not JSON in its canonical form."""


def written(content: Any) -> bytes:
    """The canonical text of a content made of dicts, lists, text, whole numbers, true, false and null."""
    return orjson.dumps(_composed(content), option=orjson.OPT_SORT_KEYS)


def digest(content: Any) -> str:
    """SHA-256 (hex) of the canonical text."""
    return hashlib.sha256(written(content)).hexdigest()


def exact(value: Any) -> Any:
    """The content with every fraction as text: two programs may write one in two ways."""
    if isinstance(value, Mapping):
        return {name: exact(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [exact(one) for one in value]
    return repr(value) if isinstance(value, float) else value


def read(data: bytes) -> Any:
    """The content of a canonical text; one line end after it is no part of it. Raises NotCanonical."""
    line = data.removesuffix(b"\n").removesuffix(b"\r")
    try:
        content = orjson.loads(line)
        same = written(content) == line
    except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError) as fault:
        raise NotCanonical(str(NotCanonical.__doc__)) from fault
    if not same:  # spaces, another order, a key twice, a text that is composed otherwise
        raise NotCanonical(str(NotCanonical.__doc__))
    return content


def _composed(content: Any) -> Any:
    """The content with every text in NFC. Raises NotCanonical for a fraction, which two programs may write in two ways."""
    if isinstance(content, str):
        return unicodedata.normalize("NFC", content)
    if isinstance(content, dict):
        return {_composed(name): _composed(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_composed(value) for value in content]
    if content is None or isinstance(content, bool | int):
        return content
    raise NotCanonical(f"A {type(content).__name__} has no canonical form.")
