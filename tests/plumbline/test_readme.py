"""What the README tells a newcomer to type works, in the order it is told."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from plumbline.cli import main

ROOT = Path(__file__).parents[2]
SKIPPED = ("make", "export")


def commands() -> list[list[str]]:
    """The `plumbline` commands of the section "A first hour"."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## A first hour")[1]
    block = re.findall(r"```sh\n(.*?)```", section, flags=re.DOTALL)[0].replace("\\\n", " ")
    lines = [shlex.split(line, comments=True) for line in block.splitlines()]
    found = [line[1:] for line in lines if line and line[0] == "plumbline"]
    assert len(found) >= 8
    return found


def test_the_first_hour_goes_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLUMBLINE_HOME", str(tmp_path / "first"))
    for command in commands():
        status = main(command)
        said = capsys.readouterr()
        assert status == 0, f"plumbline {' '.join(command)}: {said.err}"
