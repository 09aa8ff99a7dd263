"""Prefect's surroundings: private, ours, and the same wherever a child starts."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

import flows
from plumbline.serve.environment import (
    PrefectHome,
    environment,
    free_port,
    password_in,
    prefect_home,
    settings_as_variables,
)
from plumbline.settings import Settings

GIVEN = {"PATH": "/bin", "HOME": "/home/officer"}


def here(tmp_path: Path) -> PrefectHome:
    return PrefectHome(tmp_path, 4321, SecretStr("plumbline:secret"))


def test_prefect_tells_nobody_and_asks_for_a_password(tmp_path: Path) -> None:
    found = environment(Settings(home=tmp_path), here(tmp_path), GIVEN)
    assert found["DO_NOT_TRACK"] == "1"
    assert found["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert found["PREFECT_SERVER_UI_V2_ENABLED"] == "false"
    assert found["PREFECT_SERVER_API_AUTH_STRING"] == found["PREFECT_API_AUTH_STRING"] == "plumbline:secret"
    assert found["PREFECT_SERVER_API_HOST"] == "127.0.0.1"
    assert found["PREFECT_API_URL"] == found["PREFECT_SERVER_UI_API_URL"] == "http://127.0.0.1:4321/api"
    assert "secret" not in repr(here(tmp_path))


def test_prefect_lives_under_our_home_in_a_database_of_its_own(tmp_path: Path) -> None:
    found = environment(Settings(home=tmp_path), here(tmp_path), GIVEN)
    assert found["PREFECT_HOME"] == str(tmp_path)
    assert found["PREFECT_SERVER_DATABASE_CONNECTION_URL"] == f"sqlite+aiosqlite:///{tmp_path}/prefect.db"
    assert "plumbline.db" not in found["PREFECT_SERVER_DATABASE_CONNECTION_URL"]


def test_slots_survive_a_restart_of_the_server(tmp_path: Path) -> None:
    """Kept in memory, a lease is forgotten and its slot is not: every later run would be cancelled, in silence."""
    found = environment(Settings(home=tmp_path), here(tmp_path), GIVEN)
    assert found["PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE"].endswith("lease_storage.filesystem")


def test_a_developer_s_own_prefect_and_somebody_s_token_stay_outside(tmp_path: Path) -> None:
    mine = {
        "PREFECT_API_KEY": "pnu_mine",
        "PREFECT_PROFILE": "work",
        "PLUMBLINE_USER": "head",
        "PLUMBLINE_TOKEN": "t",
    }
    found = environment(
        Settings(home=tmp_path, user="head", token=SecretStr("t")), here(tmp_path), GIVEN | mine
    )
    assert not mine.keys() & found.keys()
    assert GIVEN.items() <= found.items()


def test_settings_come_out_the_same_in_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "office").mkdir()
    monkeypatch.chdir(tmp_path / "office")
    settings = Settings(
        home=Path("var"), database_url="sqlite:///cases.db", calendar_file=Path("2027.csv"), lang="zh"
    )
    given = settings_as_variables(settings)
    monkeypatch.chdir(tmp_path)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    again = Settings()
    assert again.home == tmp_path / "office" / "var"
    assert again.url == f"sqlite:///{tmp_path}/office/cases.db"
    assert again.calendar_file == tmp_path / "office" / "2027.csv"
    assert again.lang == "zh"


def test_a_postgresql_url_stays_as_it_is_with_its_password() -> None:
    url = "postgresql+psycopg://office:p%40ss@127.0.0.1/cases"
    assert settings_as_variables(Settings(database_url=url))["PLUMBLINE_DATABASE_URL"] == url


def test_the_password_is_made_once_and_nobody_else_reads_it(tmp_path: Path) -> None:
    first = password_in(tmp_path / "password")
    assert password_in(tmp_path / "password") == first
    assert password_in(tmp_path / "other") != first
    assert stat.S_IMODE((tmp_path / "password").stat().st_mode) == 0o600
    assert len(first.get_secret_value()) > 40


def test_prefect_s_folder_is_closed_to_others(tmp_path: Path) -> None:
    home = prefect_home(Settings(home=tmp_path / "var"))
    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700


def test_another_port_where_the_usual_one_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        assert free_port(taken) not in {taken, 0}
    assert free_port(taken) == taken


def test_loading_a_flow_makes_no_home_of_prefect_s_elsewhere(tmp_path: Path) -> None:
    """Prefect makes its home folder when it is loaded: ours, not one in the user's own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    sources = str(Path(flows.__file__).parents[1])
    given = {**kept, "HOME": str(tmp_path), "PLUMBLINE_HOME": str(tmp_path / "var"), "PYTHONPATH": sources}
    (tmp_path / "var").mkdir()
    subprocess.run(
        [sys.executable, "-W", "error", "-c", "import flows.deadlines"], env=given, check=True, timeout=120
    )
    assert not (tmp_path / ".prefect").exists()
    assert (tmp_path / "var" / "prefect").is_dir()
