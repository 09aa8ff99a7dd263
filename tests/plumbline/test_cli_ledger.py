"""A ledger through the shell: what lands, what comes back, and that twice is once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from tests.plumbline.shell import Shell

DATA = Path(__file__).parent.parent / "data"
LEDGER = DATA / "ledger-2026.xlsx"
AT = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)


@pytest.fixture
def office(shell: Shell) -> Shell:
    """The shell on the day the ledger is from."""
    shell.at = AT
    return shell


def test_good_rows_land_and_bad_rows_come_back(office: Shell, tmp_path: Path) -> None:
    expected = json.loads((DATA / "ledger-2026.expected.json").read_text(encoding="utf-8"))
    workbook = tmp_path / "back.xlsx"
    dry = office.do("registrar", "ledger", "import", str(LEDGER), "--dry-run")
    assert (dry["created"], dry["would_create"]) == (0, 211)
    assert office.do("registrar", "clue", "list")["total"] == 0
    done = office.do("registrar", "ledger", "import", str(LEDGER), "--errors", str(workbook))
    assert (done["read"], done["good"], done["created"]) == (243, len(expected["good"]), 211)
    assert [(one["row"], one["column"], one["why"]) for one in done["bad"]] == [
        (one["row"], one["column"], one["why"]) for one in expected["bad"]
    ]
    assert done["repeats"] == expected["repeats"]
    assert done["errors_file"] == str(workbook)
    assert openpyxl.load_workbook(workbook).active is not None
    assert office.do("registrar", "clue", "list")["total"] == 211


def test_the_same_file_again_creates_nothing(office: Shell) -> None:
    office.do("registrar", "ledger", "import", str(LEDGER))
    again = office.do("registrar", "ledger", "import", str(LEDGER))
    assert (again["created"], again["already"]) == (0, 211)
    assert office.run("audit", "verify", "--json").json["ok"] is True


def test_a_ledger_goes_out_as_it_may_be_seen(office: Shell, tmp_path: Path) -> None:
    office.do("registrar", "ledger", "import", str(LEDGER))
    target = tmp_path / "out.xlsx"
    assert office.do("registrar", "ledger", "export", str(target))["clues"] == 211
    assert target.is_file()
    assert office.do("contractor", "ledger", "export", str(tmp_path / "nothing.xlsx"))["clues"] == 0


def test_files_that_are_no_ledger(office: Shell, tmp_path: Path) -> None:
    (tmp_path / "empty.xlsx").write_bytes(b"")
    (tmp_path / "letter.xlsx").write_bytes(b"a letter " * 100)
    for name, code in (("none.xlsx", "no_such_file"), ("", "no_such_file"), ("empty.xlsx", "not_a_ledger"),
                       ("letter.xlsx", "not_a_ledger")):  # fmt: skip
        said = office.ask("registrar", "ledger", "import", str(tmp_path / name))
        assert (said.status, said.json["error"]) == (2, code), name
    assert office.do("registrar", "clue", "list")["total"] == 0


def test_somebody_who_may_not_import_is_told_who_may(office: Shell) -> None:
    said = office.ask("officer", "ledger", "import", str(LEDGER))
    assert (said.status, said.json["error"]) == (1, "not_your_role")
    assert "registrar" in said.json["reasons"][0]["cure"]


def test_a_header_that_is_none(office: Shell) -> None:
    said = office.ask("registrar", "ledger", "import", str(LEDGER), "--columns", "number")
    assert (said.status, said.json["error"]) == (2, "not_a_column")
    said = office.ask("registrar", "ledger", "import", str(LEDGER), "--columns", "number=没有这一列")
    assert (said.status, said.json["error"]) == (2, "not_a_ledger")


def test_a_place_that_cannot_be_written_leaves_nothing_half_done(office: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    said = office.ask(
        "registrar", "ledger", "import", str(LEDGER), "--errors", str(tmp_path / "file" / "back.xlsx")
    )
    assert said.status == 3
    assert office.do("registrar", "clue", "list")["total"] == 0
    said = office.ask("registrar", "ledger", "export", str(tmp_path / "none" / "out.xlsx"))
    assert said.status == 3
