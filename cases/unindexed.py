"""A condition on matters as something judged row by row, so that a planner looks no index up for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, func
from sqlalchemy.sql import visitors

_INDEXED = frozenset({"machine", "organisation", "state", "handler", "opener", "addressee", "moved_by", "id"})


def without_index(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same condition, to be judged row by row: what else is asked for names the index that finds few rows.

    A planner that does not know how many matters a body keeps would rather begin with the body.
    """

    def plain(element: Any, **_rest: Any) -> Any:
        table = getattr(element, "table", None)
        if (
            isinstance(element, Column)
            and table is not None
            and table.name == "matter"
            and element.name in _INDEXED
        ):
            return func.coalesce(element, 0 if element.name == "id" else "")
        return None

    return visitors.replacement_traverse(condition, {}, plain)
