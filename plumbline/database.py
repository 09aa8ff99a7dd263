"""The engine: SQLite with settings that keep what was acknowledged, or PostgreSQL."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from cases.prepared import run

try:  # Python's own SQLite is often one of those that can corrupt a WAL file several processes write to
    import pysqlite3.dbapi2 as sqlite
except ImportError:  # no wheel for this platform: `plumbline doctor` says whether Python's own is new enough
    import sqlite3 as sqlite

__all__ = ["PRAGMAS", "UnusableDatabase", "Writers", "WrongKind", "engine_for", "sqlite"]

PRAGMAS = {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"}
"""WAL because readers must not wait; FULL because NORMAL loses acknowledged commits when the power goes."""


JSON: dict[str, Any] = {
    "json_serializer": lambda value: orjson.dumps(value).decode(),
    "json_deserializer": orjson.loads,
}
"""What is kept as JSON is kept as UTF-8, and written and read by what also writes the history's canonical form."""


class UnusableDatabase(Exception):
    """The database cannot be used as it is; the message says why and what to do."""


class WrongKind(UnusableDatabase):
    """A rehearsal was asked of a real database; the message says what to do."""


def engine_for(url: str) -> Engine:
    """An engine for a `sqlite:///` or `postgresql+psycopg://` URL. Raises UnusableDatabase for any other."""
    try:
        kind = make_url(url).get_backend_name()
    except ArgumentError as fault:
        raise UnusableDatabase("PLUMBLINE_DATABASE_URL is not a database URL.") from fault
    if kind == "sqlite":
        return _sqlite(url)
    if kind == "postgresql":
        return create_engine(
            url, pool_pre_ping=True, pool_size=10, connect_args={"connect_timeout": 10}, **JSON
        )
    raise UnusableDatabase(f"{kind} is not supported: use sqlite:/// or postgresql+psycopg://.")


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:" and Path(path).is_dir():
        raise UnusableDatabase(f"{path} is a folder; a SQLite database is a file.")
    # as many as there are threads: writers keep theirs, and whoever reads must not wait for one of a dozen
    pool = {"max_overflow": -1} if path and path != ":memory:" else {}
    engine = create_engine(url, module=sqlite, connect_args={"timeout": 10}, **pool, **JSON)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


class Writers:
    """Units of work on an engine. Connection and session of each are kept for the next one.

    To make them anew costs more than a small transaction's statements. On PostgreSQL it is done all the same: there the
    pool looks whether the server is still at the other end.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._keeps = engine.dialect.name == "sqlite"
        self._idle: deque[tuple[Connection, Session]] = deque()
        event.listen(engine, "engine_disposed", self._close)

    @contextmanager
    def unit(self) -> Iterator[Session]:
        """A session to write in: committed once at the end, or rolled back as a whole."""
        connection, session = self._idle.pop() if self._idle else self._made()
        try:
            with connection.begin():  # the connection commits: a session's own commit costs twice as much
                yield session
                session.flush()
                if (
                    session.in_transaction()
                ):  # it was used for objects; what ran on the connection leaves nothing
                    session.close()
        except BaseException:
            session.close()
            connection.close()
            raise
        if self._keeps:
            self._idle.append((connection, session))
        else:
            connection.close()

    def _made(self) -> tuple[Connection, Session]:
        connection = self._engine.connect()
        return connection, Session(connection, expire_on_commit=False)

    def _close(self, _engine: Engine) -> None:
        while self._idle:
            connection, _ = self._idle.pop()
            connection.detach()  # its pool is gone: closed is closed
            connection.close()


def _prepare(connection: Any, _record: Any) -> None:
    """Every connection gets the same settings, and they are read back: a pragma that fails does so in silence."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for name, value in PRAGMAS.items():
        cursor.execute(f"PRAGMA {name}={value}")
        found = cursor.execute(f"PRAGMA {name}").fetchone()
        if found is None or str(found[0]) != value:
            raise UnusableDatabase(f"SQLite refused {name}={value} (it says {found}); is this a local disk?")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Writers take their lock at once: a transaction that reads first and then writes fails under another writer."""
    reading = connection.get_execution_options().get("reading", False)
    run(
        "BEGIN" if reading else "BEGIN IMMEDIATE",
        on=connection.connection.cursor(),
        dialect=connection.dialect,
    )
