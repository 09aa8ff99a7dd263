"""The wheel: what is needed at run time travels in it, and what is only for developers does not."""

import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.house.tree import PACKAGES, ROOT, files

SHIPPED = {*PACKAGES, "migrations"}


@pytest.fixture(name="inside", scope="module")
def names_in_the_wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    built = next(iter(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])))
    return set(zipfile.ZipFile(Path(built)).namelist())


def test_everything_in_the_packages_travels(inside: set[str]) -> None:
    ours = {
        path.relative_to(ROOT).as_posix() for path in files() if path.relative_to(ROOT).parts[0] in SHIPPED
    }
    assert any(name.endswith(".yaml") for name in ours)
    assert ours - inside == set()


def test_nothing_else_travels(inside: set[str]) -> None:
    tops = {name.split("/")[0] for name in inside}
    assert {top for top in tops if not top.endswith(".dist-info")} <= SHIPPED


def test_the_licence_travels(inside: set[str]) -> None:
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in inside)
