"""A rehearsal with the sample, made once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from plumbline import setup
from plumbline.settings import Settings
from tests.plumbline.shell import NOON, Shell
from tests.plumbline.sites import Two


def prepared(folder: Path, *, rehearsal: bool) -> Path:
    setup.prepare(Settings(home=folder), rehearsal=rehearsal, with_sample=rehearsal, at=NOON)
    return folder


@pytest.fixture(scope="session")
def rehearsal_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a rehearsal in which nothing has happened yet."""
    return prepared(tmp_path_factory.mktemp("rehearsal"), rehearsal=True)


@pytest.fixture(scope="session")
def real_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a real database."""
    return prepared(tmp_path_factory.mktemp("real"), rehearsal=False)


@pytest.fixture
def two(rehearsal_template: Path, tmp_path: Path) -> Iterator[Two]:
    """The port group's site and the district's, which trust each other."""
    made = Two.under(tmp_path, rehearsal_template)
    yield made
    made.close()


@pytest.fixture
def home(rehearsal_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A rehearsal of this test's own, named by PLUMBLINE_HOME."""
    folder = tmp_path / "home"
    shutil.copytree(rehearsal_template, folder)
    monkeypatch.setenv("PLUMBLINE_HOME", str(folder))
    return folder


@pytest.fixture
def real_home(real_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A real database of this test's own, with nobody in it."""
    folder = tmp_path / "real"
    shutil.copytree(real_template, folder)
    monkeypatch.setenv("PLUMBLINE_HOME", str(folder))
    return folder


@pytest.fixture
def shell(home: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """The shell on a rehearsal."""
    return Shell(home, capsys)
