"""Many rows at once, column by column, in the driver's own words.

SQLAlchemy prepares every parameter of every row anew, which costs ten times what the database needs to
take it. Here each column is prepared once per different value, by the same type that would have prepared
it, and the driver gets plain rows.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, repeat
from typing import Any

import orjson
from sqlalchemy import JSON, Connection, Table, func, select, text
from sqlmodel import Session, SQLModel

from cases.ledger_distinct import Distinct

_SEQUENCE = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")

_AT_ONCE = 10  # rows in one statement: foreign keys are then checked in half the time


@dataclass(frozen=True, slots=True)
class Same:
    """A column that holds the same value in every row."""

    value: Any


def reserve(session: Session, model: type[SQLModel], count: int) -> Sequence[int]:
    """Ids for new rows: from the sequence on PostgreSQL; on SQLite, where a writer is alone, after the last
    one.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        names = {"table": _table(model).name, "count": count}
        return [int(key) for key in connection.execute(_SEQUENCE, names).scalars()]
    last = connection.execute(select(func.max(_table(model).c.id))).scalar() or 0
    return range(last + 1, last + 1 + count)


def write(
    session: Session, model: type[SQLModel], columns: Mapping[str, Sequence[Any] | Distinct | Same]
) -> None:
    """Insert one row per place in the columns. A column that is not given stays empty: defaults do not apply."""
    connection = session.connection()
    values = [_prepared(connection, _table(model), name, column) for name, column in columns.items()]
    rows = list(zip(*values, strict=False))  # columns that are the same throughout never end
    write_prepared(session, model, tuple(columns), rows)


def preparer(
    session: Session, model: type[SQLModel], names: Sequence[str]
) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """What makes a row of these columns one that the driver takes, for rows of which many are alike.

    It remembers every value it has met; they must be hashable.
    """
    connection = session.connection()
    found = (_preparer(connection, _table(model), name) for name in names)
    each = [lru_cache(maxsize=None)(ready) if ready else _as_it_is for ready in found]
    return lambda row: tuple([ready(value) for ready, value in zip(each, row, strict=True)])


def _as_it_is(value: Any) -> Any:
    return value


def write_prepared(
    session: Session, model: type[SQLModel], names: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert rows that are as the driver takes them."""
    connection = session.connection()
    quoted = connection.dialect.identifier_preparer.quote
    # Every name in the statement is a table's or a column's own.
    into = f"INSERT INTO {quoted(_table(model).name)} ({', '.join(map(quoted, names))}) VALUES "  # noqa: S608
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    one = f"({', '.join(repeat(mark, len(names)))})"
    whole = len(rows) - len(rows) % _AT_ONCE
    several = [
        tuple(chain.from_iterable(rows[start : start + _AT_ONCE])) for start in range(0, whole, _AT_ONCE)
    ]
    for statement, given in ((into + ", ".join(repeat(one, _AT_ONCE)), several), (into + one, rows[whole:])):
        if given:
            connection.exec_driver_sql(statement, list(given))


def _prepared(
    connection: Connection, table: Table, name: str, column: Sequence[Any] | Distinct | Same
) -> Iterable[Any]:
    prepare = _preparer(connection, table, name)
    if isinstance(column, Same):
        return repeat(prepare(column.value) if prepare else column.value)
    if isinstance(column, Distinct):
        return list(column.map(prepare or _as_it_is).values())
    if prepare is None:
        return column
    if isinstance(table.c[name].type, JSON):
        return map(prepare, column)
    known = {value: prepare(value) for value in set(column)}
    return [known[value] for value in column]


def _preparer(connection: Connection, table: Table, name: str) -> Callable[[Any], Any] | None:
    """What the column's type does to a value before the driver gets it."""
    kind = table.c[name].type
    if isinstance(kind, JSON):
        return lambda value: orjson.dumps(value).decode()
    return kind.dialect_impl(connection.dialect).bind_processor(connection.dialect)


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]


@contextmanager
def unhindered() -> Iterator[None]:
    """Keep the collector of circular garbage away while millions of small objects are made, none of them in
    circles.

    It would look through all of them again and again, which takes a third of the time of a large import.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def roomy(session: Session) -> None:
    """Give a large transaction on SQLite room for its pages, so that it need not write them twice."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size=-131072")  # KiB; the default holds two megabytes
