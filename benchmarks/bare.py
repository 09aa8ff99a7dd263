"""The same rows, written with nothing but the driver: no rules, no access, no clocks, no chain, no reading before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from plumbline.database import PRAGMAS, sqlite

Rows = Sequence[Sequence[Any]]


class Step(NamedTuple):
    """A statement and the rows it is run for."""

    statement: str
    rows: Rows


def connected(path: Path) -> Any:
    """A bare connection, with the same settings as the product's."""
    connection = sqlite.connect(path, isolation_level=None)
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name}={value}")
    return connection


def write(connection: Any, steps: Sequence[Step]) -> None:
    """Everything in one durable transaction."""
    cursor = connection.cursor()
    cursor.execute("BEGIN IMMEDIATE")
    for statement, rows in steps:
        if len(rows) == 1:
            cursor.execute(statement, rows[0])
        else:
            cursor.executemany(statement, rows)
    cursor.execute("COMMIT")


def insertion(connection: Any, table: str, where: str, given: Sequence[Any]) -> Step:
    """A step that inserts what stands in `table` under a condition."""
    cursor = connection.execute(f"SELECT * FROM {table} WHERE {where}", given)
    names = [part[0] for part in cursor.description]
    marks = ", ".join("?" * len(names))
    quoted = ", ".join(f'"{name}"' for name in names)
    return Step(f"INSERT INTO {table} ({quoted}) VALUES ({marks})", cursor.fetchall())


def change(table: str, key: int, values: Mapping[str, Any], *, version: int | None = None) -> Step:
    """A step that sets columns of one row, if it still has that version."""
    where = "id = ?" if version is None else "id = ? AND version = ?"
    names = ", ".join(f'"{name}" = ?' for name in values)
    given = [*values.values(), key] + ([] if version is None else [version])
    return Step(f"UPDATE {table} SET {names} WHERE {where}", [given])


def found(connection: Any, table: str, where: str, given: Sequence[Any]) -> list[dict[str, Any]]:
    """What stands in `table` under a condition, by column."""
    cursor = connection.execute(f"SELECT * FROM {table} WHERE {where}", given)
    names = [part[0] for part in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
