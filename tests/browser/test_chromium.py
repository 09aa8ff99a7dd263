"""A machine without a browser says that nobody looked, and why; CI does not let that pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import chromium

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(chromium.REQUIRED, raising=False)


def test_without_a_browser_the_tests_are_skipped_and_say_what_to_install() -> None:
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        chromium.path()


def test_where_one_is_required_that_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(chromium.REQUIRED, "required")
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        chromium.path()


def test_ci_requires_one() -> None:
    assert f"export {chromium.REQUIRED}=required\n" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_first_that_is_there_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    browser = tmp_path / chromium.NAMES[-1]
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    monkeypatch.setenv(chromium.REQUIRED, "required")
    assert chromium.path() == str(browser)
