"""The doctor: one line for each thing looked at, and for each fault what to do."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from plumbline import doctor, duties
from plumbline.database import sqlite
from plumbline.doctor import Check, machine
from plumbline.settings import Settings
from plumbline.work import Work
from tests.plumbline.shell import NOON, Shell

MINUTE = timedelta(minutes=1)


def examined(home: Path, *, at: datetime = NOON) -> dict[str, Check]:
    return {check.name: check for check in doctor.examine(Settings(home=home), at=at, prefect=False)}


def behind(home: Path, statement: str) -> None:
    with closing(sqlite.connect(home / "plumbline.db")) as connection, connection:
        connection.execute(statement)


def test_a_healthy_installation(home: Path) -> None:
    found = examined(home)
    assert {name for name, check in found.items() if check.wrong} == set()
    assert {
        "python",
        "sqlite",
        "home",
        "schema",
        "settings",
        "rulebook",
        "calendar",
        "clock",
        "outbox",
    } <= set(found)
    assert all(check.do is not None for check in found.values() if check.status != "ok")


def test_from_the_shell_one_line_each_and_one_exit_status(shell: Shell, home: Path) -> None:
    said = shell.run("doctor", "--json")
    assert {"name", "ok", "status", "says", "do"} == set(said.json["checks"][0])
    assert (said.status == 0) is said.json["ok"]
    behind(home, "UPDATE alembic_version SET version_num = 'v9999'")
    broken = shell.run("doctor", "--json")
    assert (broken.status, broken.json["ok"]) == (1, False)
    assert [one["do"] for one in broken.json["checks"] if one["name"] == "schema"] == ["Upgrade the program."]
    assert "schema" in shell.run("doctor").out


def test_without_a_database_it_says_how_to_make_one(tmp_path: Path) -> None:
    found = examined(tmp_path / "nothing")
    assert found["database"].wrong
    assert found["database"].do is not None
    assert "plumbline init" in found["database"].do.en
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize(
    "statement", ["DELETE FROM alembic_version", "UPDATE alembic_version SET version_num = 'v9999'"]
)
def test_a_schema_that_is_not_this_programs(home: Path, statement: str) -> None:
    behind(home, statement)
    assert examined(home)["schema"].wrong


def test_a_file_that_is_no_database(home: Path) -> None:
    (home / "plumbline.db").write_bytes(b"a letter " * 1000)
    assert examined(home)["database"].wrong


def test_triggers_that_are_lost_are_named_and_init_sets_them_up_again(home: Path, shell: Shell) -> None:
    number = shell.register()
    due = "SELECT due_at IS NOT NULL FROM matter"
    behind(home, "DROP TRIGGER deadline_changed")
    behind(home, "UPDATE matter SET due_at = NULL")
    found = examined(home)["triggers"]
    assert (found.wrong, "deadline_changed" in found.says.en) == (True, True)
    assert found.do is not None
    assert "plumbline init" in found.do.en
    said = shell.ask("registrar", "clue", "show", number)
    assert said.status != 0
    assert "lost_triggers" in said.out + said.err
    assert shell.run("init").status == 0
    assert not examined(home)["triggers"].wrong
    with closing(sqlite.connect(home / "plumbline.db")) as connection:
        assert connection.execute(due).fetchall() == [(1,)]


def test_silence_is_wrong_on_a_real_database_and_a_note_in_a_rehearsal(home: Path) -> None:
    assert examined(home)["duties"].status == "note"
    behind(home, "UPDATE installation SET rehearsal = 0")
    assert examined(home)["duties"].status == "wrong"
    work = Work.open(Settings(home=home))
    duties.tick(work, at=NOON)
    work.engine.dispose()
    assert examined(home, at=NOON + 30 * MINUTE)["duties"].status == "ok"
    assert examined(home, at=NOON + 31 * MINUTE)["duties"].status == "wrong"


def test_a_clock_that_was_set_back(home: Path, shell: Shell) -> None:
    shell.register()
    behind(home, "UPDATE installation SET rehearsal = 0")
    assert examined(home, at=NOON)["clock"].status == "ok"
    assert examined(home, at=NOON - 5 * MINUTE)["clock"].status == "ok"
    assert examined(home, at=NOON - 6 * MINUTE)["clock"].status == "wrong"


def test_a_year_without_decreed_holidays(home: Path) -> None:
    assert examined(home, at=datetime(2026, 12, 31, tzinfo=UTC))["calendar"].status == "ok"
    assert examined(home, at=datetime(2077, 1, 2, tzinfo=UTC))["calendar"].status == "wrong"


def test_notices_that_do_not_get_through(home: Path, shell: Shell) -> None:
    shell.register()
    assert examined(home, at=NOON + 30 * MINUTE)["outbox"].status == "ok"
    assert examined(home, at=NOON + 31 * MINUTE)["outbox"].wrong, "nobody tried for half an hour"
    behind(home, "UPDATE notice SET status = 'dead', next_at = NULL")
    assert examined(home)["outbox"].wrong


def test_a_history_without_checkpoints(home: Path, shell: Shell) -> None:
    shell.register()
    assert examined(home)["checkpoints"].status == "note"
    shell.run("audit", "checkpoint", "--at", NOON.isoformat())
    assert examined(home, at=NOON + timedelta(days=8))["checkpoints"].status == "ok"
    assert examined(home, at=NOON + timedelta(days=9))["checkpoints"].status == "note"


def test_a_rulebook_that_differs_from_the_shipped_one(home: Path) -> None:
    behind(home, "UPDATE rulebook SET sha256 = 'x'")
    assert examined(home)["rulebook"].status == "note"


def test_a_database_that_everybody_may_read(home: Path) -> None:
    (home / "plumbline.db").chmod(0o644)
    assert examined(home)["rights"].status == "note"
    (home / "plumbline.db").chmod(0o600)
    assert "rights" not in examined(home)


@pytest.mark.parametrize(
    "version, fine",
    [("3.40.1", False), ("3.44.5", False), ("3.44.6", True), ("3.45.0", False), ("3.50.7", True), ("3.51.2", False),
     ("3.51.3", True)],
)  # fmt: skip
def test_a_sqlite_that_can_damage_a_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str, fine: bool
) -> None:
    monkeypatch.setattr(sqlite, "sqlite_version", version)
    monkeypatch.setattr(sqlite, "sqlite_version_info", tuple(map(int, version.split("."))))
    [check] = machine.sqlite(Settings(home=tmp_path))
    assert check.wrong is not fine


def test_a_disk_that_is_nearly_full(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=499_999_999))
    [check] = machine.home(Settings(home=tmp_path))
    assert check.wrong
