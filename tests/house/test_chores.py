"""`make` and `dev`: the same targets, each explained, and a set-up that knows when it has nothing to do."""

import importlib.machinery
import importlib.util
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

from tests.house.tree import ROOT


@pytest.fixture(name="dev")
def the_script() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("dev_script", str(ROOT / "dev"))
    spec = importlib.util.spec_from_loader("dev_script", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    keep, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    loader.exec_module(module)
    sys.dont_write_bytecode = keep
    return module


def targets() -> list[str]:
    found = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert found is not None
    return found[1].split()


def test_help_explains_every_target_of_the_makefile() -> None:
    said = subprocess.run(
        [sys.executable, "dev", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    explained = dict(re.findall(r"^make (\w+) +(\S.*)$", said, re.MULTILINE))
    assert sorted(explained) == sorted(targets())


def test_the_makefile_has_the_targets_that_are_promised() -> None:
    assert {"demo", "test", "check", "setup", "bench", "serve", "help"} <= set(targets())


def test_a_target_that_does_not_exist_is_wrong_usage() -> None:
    done = subprocess.run(
        [sys.executable, "dev", "tset"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "dev: there is no target tset; try: make help\n"


def test_ci_runs_make_check() -> None:
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("exec make check")


def test_check_asks_what_the_tests_ask_and_asks_it_last(dev: ModuleType) -> None:
    assert dev.CHECKS[-1][1][0] == "pytest"


@pytest.mark.parametrize(
    "version, fit", [((3, 10), False), ((3, 11), True), ((3, 13), True), ((3, 14), False)]
)
def test_pythons_that_fit_are_those_of_the_project(
    dev: ModuleType, version: tuple[int, int], fit: bool
) -> None:
    assert dev.fits(version) is fit


def test_the_locked_uv_comes_with_all_its_hashes(dev: ModuleType) -> None:
    pinned = dev.locked("uv")
    assert re.match(r"uv==\d+\.\d+\.\d+ ", pinned)
    assert pinned.count("--hash=sha256:") > 5
    assert "\nuvicorn" not in pinned


@pytest.fixture(name="rebuilt")
def a_tree_of_its_own(dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A tree whose installing only writes down what it would install."""
    done: list[str] = []
    for name in ("pyproject.toml", "requirements.lock"):
        (tmp_path / name).write_text((ROOT / name).read_text())
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(dev, "PYTHON", tmp_path / ".venv" / "python")

    def make_venv() -> None:
        (tmp_path / ".venv").mkdir(exist_ok=True)
        (tmp_path / ".venv" / "python").touch()

    def install(*arguments: object) -> str:
        done.append(str(arguments[-1]))
        return "nothing"

    monkeypatch.setattr(dev, "make_venv", make_venv)
    monkeypatch.setattr(dev, "install", install)
    return done


def test_setting_up_twice_installs_once(dev: ModuleType, rebuilt: list[str], tmp_path: Path) -> None:
    dev.set_up()
    assert rebuilt == [str(tmp_path / "requirements.lock"), str(tmp_path)]
    dev.set_up()
    assert len(rebuilt) == 2


@pytest.mark.parametrize("changed", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_is_set_up_again(
    dev: ModuleType, rebuilt: list[str], tmp_path: Path, changed: str
) -> None:
    dev.set_up()
    with (tmp_path / changed).open("a") as file:
        file.write("# another word\n")
    dev.set_up()
    assert len(rebuilt) == 4


def test_a_set_up_that_failed_is_tried_again(
    dev: ModuleType, rebuilt: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    working = dev.install

    def fail(*_arguments: object) -> str:
        raise dev.SetupFailed("The packages could not be installed.")

    monkeypatch.setattr(dev, "install", fail)
    with pytest.raises(dev.SetupFailed):
        dev.set_up()
    monkeypatch.setattr(dev, "install", working)
    dev.set_up()
    assert len(rebuilt) == 2


def test_the_next_way_to_install_is_taken_where_the_first_one_fails(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def quietly(command: Sequence[object]) -> None:
        if "uv" in command:
            raise dev.ToolFailed("the index cannot be reached")

    ways = [("uv", ["uv"]), ("uv", ["uv"]), ("pip", ["pip"])]
    monkeypatch.setattr(dev, "installers", lambda: iter(ways))
    monkeypatch.setattr(dev, "quietly", quietly)
    assert dev.install("anything") == "pip"


def test_a_python_without_pip_is_told_what_to_do(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "works", lambda *_command: False)
    with pytest.raises(dev.SetupFailed, match="neither pip nor ensurepip"):
        dev.install("anything")


def test_children_write_bytecode_and_find_our_tools_first(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PIP_INDEX_URL", "file:///mirror")
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    child = dev.environment()
    assert "PYTHONDONTWRITEBYTECODE" not in child
    assert child["PATH"].startswith(str(dev.BIN))
    assert child["UV_DEFAULT_INDEX"] == "file:///mirror"
