"""The same shell on PostgreSQL: nothing in it is SQLite's alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.plumbline.shell import Shell

pytestmark = pytest.mark.postgres
NAME = "plumbline_shell"


@pytest.fixture
def empty_postgresql(postgresql_server: str) -> Iterator[str]:
    """The URL of a database with nothing in it."""
    engine = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {NAME}"))
    yield make_url(postgresql_server).set(database=NAME).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {NAME} WITH (FORCE)"))
    engine.dispose()


def test_an_office_works_on_postgresql(
    empty_postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLUMBLINE_DATABASE_URL", empty_postgresql)
    monkeypatch.setenv("PLUMBLINE_HOME", str(tmp_path))
    shell = Shell(tmp_path, capsys)
    before = shell.ask("registrar", "clue", "list")
    assert (before.status, before.json["error"]) == (3, "no_database")
    assert shell.run("init", "--rehearsal", "--sample", "--json").json["created"] is True
    assert shell.run("init", "--rehearsal", "--sample", "--json").json["created"] is False
    number = shell.register()
    survey = shell.do("registrar", "clue", "moves", number)
    move = next(one for one in survey["open"] if one["move"] == "register")
    form = shell.filled(move["fields"])
    words = ("clue", "advance", number, "register", *form, "--expect", "1", "--key", "once")
    assert shell.do("registrar", *words) == shell.do("registrar", *words)
    late = shell.ask("registrar", "clue", "advance", number, "register", *form, "--expect", "1")
    assert (late.status, late.json["error"]) == (1, "moved_meanwhile")
    assert shell.do("registrar", "clue", "list")["total"] == 1
    assert shell.do("registrar", "clue", "show", number)["state"] == move["to"]
    assert shell.do("registrar", "deadlines", "list")["total"] > 0
    assert shell.run("notices", "deliver", "--json").json["failed"] == 0
    assert shell.run("audit", "checkpoint", "--json").json["heads"] == 1
    assert shell.run("audit", "verify", "--json").json["ok"] is True
    checks = {one["name"]: one["ok"] for one in shell.run("doctor", "--json").json["checks"]}
    assert checks["schema"] is True
    assert "sqlite" not in checks
