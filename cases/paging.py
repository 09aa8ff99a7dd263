"""Where a page of a list ends, told by what stands there: what is opened meanwhile moves no line to another page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_


@dataclass(frozen=True, slots=True)
class Place:
    """The last line of a page: the instant the list is ordered by, if the line has one, and its key."""

    due_at: datetime | None
    id: int


def beyond(place: Place, due: Any, key: Any) -> ColumnElement[bool]:
    """The condition for what follows this place in a list ordered by `due`, what has none last, then by `key`."""
    later = key > place.id
    if place.due_at is None:
        return and_(due.is_(None), later)
    return or_(due.is_(None), due > place.due_at, and_(due == place.due_at, later))
