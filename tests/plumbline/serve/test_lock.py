"""One `plumbline serve` per home, and a note of where it is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from plumbline.serve import lock
from plumbline.serve.environment import PrefectHome, password_in
from plumbline.serve.faults import CannotServe
from plumbline.serve.lock import Running
from plumbline.settings import Settings

SINCE = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)


def one(tmp_path: Path, *, prefect: bool) -> Running:
    folder = tmp_path / "prefect"
    folder.mkdir(exist_ok=True)
    home = PrefectHome(folder, 4321, password_in(folder / "password")) if prefect else None
    return Running(4711, "http://127.0.0.1:8400/", SINCE, home)


@pytest.mark.parametrize("prefect", [True, False])
def test_who_serves_is_known_while_it_serves(prefect: bool, tmp_path: Path) -> None:
    settings, running = Settings(home=tmp_path), one(tmp_path, prefect=prefect)
    assert lock.holder(settings) is None
    with lock.held(settings, running):
        assert lock.holder(settings) == running
    assert lock.holder(settings) is None


def test_a_second_one_is_told_who_was_first(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with (
        lock.held(settings, one(tmp_path, prefect=False)),
        pytest.raises(CannotServe, match=r"process 4711, http://127\.0\.0\.1:8400/") as refused,
        lock.held(settings, one(tmp_path, prefect=False)),
    ):
        pass
    assert refused.value.code == "already_serving"


def test_in_chinese_too(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, lang="zh")
    with (
        lock.held(settings, one(tmp_path, prefect=False)),
        pytest.raises(CannotServe, match="已有一个 plumbline serve"),
        lock.held(settings, one(tmp_path, prefect=False)),
    ):
        pass


def test_another_home_is_another_office(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with lock.held(Settings(home=tmp_path), one(tmp_path, prefect=False)):
        assert lock.holder(Settings(home=tmp_path / "other")) is None


def test_a_note_left_by_one_that_was_killed_means_nothing(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    (tmp_path / "serve.lock").write_text('{"process": 1')
    assert lock.holder(settings) is None
    with lock.held(settings, one(tmp_path, prefect=False)):
        assert lock.holder(settings) is not None
