"""The tree: what may not stand in it, and what each folder needs."""

import re

import pytest

from tests.house.tree import PACKAGES, ROOT, files, texts

# Each pattern is put together here, so that this file does not hold what it looks for.
REGISTRIES = "|".join(("py" + "pi", "python" + "hosted", "npm" + "js", "deb" + "ian"))
HOMES = "|".join(("wo" + "rk", "ro" + "ot", "fa" + "rm"))
ADDRESSES = {
    "a package registry's host": rf"\b(?:{REGISTRIES})\.org\b",
    "a path of the machine it was written on": rf"(?<![\w.])/(?:{HOMES})/\w",
    "a folder for scratch": rf"(?<![\w.])/{'t' + 'mp'}/(?:bash_jobs|plan|v\d|house)",
}


@pytest.mark.parametrize("what", ADDRESSES)
def test_no_text_names(what: str) -> None:
    pattern = re.compile(ADDRESSES[what])
    found = {
        f"{name}:{number}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    }
    assert found == set(), f"these lines name {what}"


def test_the_search_for_addresses_can_find_one() -> None:
    assert re.search(ADDRESSES["a package registry's host"], "https://" + "py" + "pi.org/simple")
    assert re.search(ADDRESSES["a path of the machine it was written on"], "cd /" + "wo" + "rk/main")


def test_every_folder_of_tests_is_a_package() -> None:
    code = [path for path in files() if path.suffix == ".py" and path.is_relative_to(ROOT / "tests")]
    folders = {folder for path in code for folder in path.parents if folder.is_relative_to(ROOT / "tests")}
    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_no_folder_or_file_is_named_for_leftovers() -> None:
    leftovers = {"utils", "util", "common", "core", "helpers", "helper", "misc"}
    code = [path.relative_to(ROOT) for path in files() if path.suffix == ".py"]
    assert [path for path in code if leftovers & {path.stem, *path.parts}] == []


def test_no_flow_takes_the_name_of_a_package() -> None:
    flows = {path.stem for path in files() if path.parent == ROOT / "flows"}
    assert flows & {*PACKAGES, "migrations"} == set()


def test_tests_mirror_the_tree() -> None:
    """tests/cases is about cases; a folder of tests that is about nothing is a leftover."""
    about = {path.relative_to(ROOT / "tests").parts[0] for path in files() if ROOT / "tests" in path.parents}
    folders = {name for name in about if (ROOT / "tests" / name).is_dir()}
    assert folders <= {*PACKAGES, "migrations", "benchmarks", "docs", "house", "data", "stories", "browser"}
