"""Cursors: the place where a page ended, as text that nobody should read anything into."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

import orjson

from cases.paging import Place
from states.form_values import label
from web.api.problems import Wrong

LONGEST = 200


def written(place: Place | None) -> str | None:
    """The cursor for what follows this place."""
    if place is None:
        return None
    due = place.due_at.astimezone(UTC).isoformat() if place.due_at else None
    return urlsafe_b64encode(orjson.dumps([due, place.id])).decode().rstrip("=")


def read(text: str | None) -> Place | None:
    """The place a cursor names. Raises Wrong (422) for what never was one."""
    if text is None:
        return None
    try:
        due, key = orjson.loads(urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        instant = None if due is None else datetime.fromisoformat(due)
        if type(key) is not int or not 0 < key < 2**31 or (instant and instant.utcoffset() is None):
            raise ValueError(text)
        return Place(instant and instant.astimezone(UTC), key)
    except (ValueError, TypeError, OverflowError):
        raise Wrong(422, "bad_cursor", label("游标无效。", "This is not a cursor."),
                    label("请原样使用上一页给出的 next。", "Use `next` of the page before, as it is."),
                    field="cursor") from None  # fmt: skip
