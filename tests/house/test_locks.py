"""The locks: exact versions with hashes, no address, and what the project asks for is what they pin."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.house.tree import LOCKS, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = {
    "requirements.lock": ("build", "test", "check"),
    "requirements-bench.lock": ("bench",),
    "requirements-replay.lock": ("replay",),
}


def pins(lock: str) -> dict[str, list[Version]]:
    """Each pinned package with its versions: a package may have one per Python version."""
    found: dict[str, list[Version]] = {}
    for name, version in re.findall(
        r"^([\w.-]+)(?:\[[^]]*])?==([^\s;]+)", (ROOT / lock).read_text(), re.MULTILINE
    ):
        found.setdefault(canonicalize_name(name), []).append(Version(version))
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    for sign in ("://", "--index", "--extra-index", "--find-links", "--trusted-host", " @ "):
        assert sign not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_of_a_lock_is_exact_and_hashed(lock: str) -> None:
    logical = (ROOT / lock).read_text().replace("\\\n", " ").splitlines()
    requirements = [line for line in logical if line.strip() and not line.lstrip().startswith("#")]
    assert len(requirements) > 100
    assert [line for line in requirements if "==" not in line or "--hash=sha256:" not in line] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_what_the_project_asks_for(lock: str) -> None:
    pinned = pins(lock)
    wanted = [*PROJECT["dependencies"]]
    for extra in EXTRAS[lock]:
        wanted += PROJECT["optional-dependencies"][extra]
    for requirement in map(Requirement, wanted):
        versions = pinned.get(canonicalize_name(requirement.name), [])
        assert versions, f"{lock} lacks {requirement.name}: run make lock"
        assert all(version in requirement.specifier for version in versions), f"{requirement}: run make lock"


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_the_other_locks_never_change_a_version_that_is_set_up(lock: str) -> None:
    usual = pins("requirements.lock")
    assert {name: found for name, found in pins(lock).items() if usual.get(name, found) != found} == {}


@pytest.mark.parametrize(
    "name, below, why",
    [
        ("fastapi", "0.151", "Prefect's server refuses its own CLI from here, and does not start from 0.155"),
        ("sqlalchemy", "2.1", "Prefect's scheduler creates no runs under 2.1, and says so only in its log"),
        ("apprise", "2", "Prefect 3.8 caps it"),
    ],
)
def test_the_traps_of_the_dependencies_stay_shut(name: str, below: str, why: str) -> None:
    assert all(version < Version(below) for version in pins("requirements.lock")[name]), why


def test_prefect_and_sqlmodel_are_the_versions_that_were_tried() -> None:
    pinned = pins("requirements.lock")
    assert pinned["prefect"] == [Version("3.8.8")]
    assert pinned["sqlmodel"] == [Version("0.0.50")]


def test_what_is_set_up_brings_neither_the_rivals_nor_a_stronger_copyleft() -> None:
    assert {"pm4py", "pymerkle", "django", "dbos", "spiffworkflow"} & pins(
        "requirements.lock"
    ).keys() == set()
