"""The ledger goes out as a workbook: what this person may see, safe to open, and fit to come in again."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cases.ledger import Ledger
from cases.ledger_export import Exported, export_ledger
from cases.ledger_landing import land
from cases.office import Office
from tests.cases.conftest import Unit
from tests.cases.ledgers import AT, GIVEN, HEADER, port_centre, read, row, workbook

pytestmark = pytest.mark.parametrize("lang", ["zh", "en"])
LASTING = ("number", "received_on", "real_name", "subject", "subject_post", "project", "problem", "handler", "way",
           "opinion_on", "closed_on", "state")  # fmt: skip


@pytest.fixture
def centre() -> Office:
    return port_centre()


def imported(unit: Unit, centre: Office, ledger: Ledger) -> None:
    with unit() as session:
        land(session, centre, ledger, actor="registrar", at=AT)


def exported(unit: Unit, centre: Office, path: Path, lang: str, *, actor: str = "registrar") -> Exported:
    with unit() as session:
        return export_ledger(session, centre, path, actor=actor, at=AT, lang=lang)


def kept(ledger: Ledger) -> list[dict[str, Any]]:
    rows = ledger.rows.reindex(columns=list(LASTING)).sort_values("number")
    rows = rows.astype(object).where(rows.notna(), None)
    return [dict(zip(LASTING, line, strict=True)) for line in rows.itertuples(index=False)]


def test_what_goes_out_comes_in_again_unchanged(
    lang: str, unit: Unit, centre: Office, tmp_path: Path
) -> None:
    machine = centre.rulebook().machines["clue"]
    before = read(GIVEN, machine=machine)
    imported(unit, centre, before)
    path = tmp_path / "out.xlsx"
    assert exported(unit, centre, path, lang).clues == 211
    after = read(path, machine=machine)
    assert after.bad == ()
    assert after.unknown_headers == ()
    assert kept(after) == kept(before)
    with unit() as session:
        again = land(session, centre, after, actor="registrar", at=AT)
    assert (again.created, again.already, again.conflicts, again.unmatched) == (0, 211, (), {})


def test_the_words_of_choices_come_in_again_on_an_empty_file(
    lang: str, unit: Unit, centre: Office, tmp_path: Path
) -> None:
    imported(unit, centre, read(GIVEN, machine=centre.rulebook().machines["clue"]))
    exported(unit, centre, tmp_path / "out.xlsx", lang)
    renumbered = openpyxl.load_workbook(tmp_path / "out.xlsx")
    for line in _sheet(renumbered).iter_rows(min_row=4):
        line[1].value = f"{line[1].value}-neu"
    renumbered.save(tmp_path / "again.xlsx")
    with unit() as session:
        found = land(session, centre, read(tmp_path / "again.xlsx"), actor="registrar", at=AT, dry_run=True)
    assert (found.created, found.unmatched, found.unknown_handlers) == (211, {}, {})


def test_each_sees_their_own(lang: str, unit: Unit, centre: Office, tmp_path: Path) -> None:
    imported(unit, centre, read(GIVEN))
    path = tmp_path / "out.xlsx"
    handled = exported(unit, centre, path, lang, actor="officer").clues
    assert 0 < handled < 211
    assert set(read(path).rows["handler"]) == {"李明"}
    assert exported(unit, centre, path, lang, actor="contractor").clues == 0
    assert exported(unit, centre, path, lang, actor="nobody").clues == 0


def _sheet(book: openpyxl.Workbook) -> Any:
    return book.active


HOSTILE = [
    '=HYPERLINK("http://evil","x")',
    "+86 139",
    "-1",
    "@SUM(A1)",
    "'=1",
    "http://evil/",
    "mailto:a@b",
    "＝1+1",
]


def test_what_looks_like_a_formula_is_defused_and_comes_in_again(
    lang: str, unit: Unit, centre: Office, tmp_path: Path
) -> None:
    rows = [row(number=f"A-{place}", problem=text, subject=text) for place, text in enumerate(HOSTILE)]
    before = read(workbook(tmp_path / "l.xlsx", HEADER, *rows))
    imported(unit, centre, before)
    path = tmp_path / "out.xlsx"
    exported(unit, centre, path, lang)
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    assert not any(b"<f>" in part or b"<hyperlink" in part for part in parts.values())
    shown = [
        cell.value for line in _sheet(openpyxl.load_workbook(path)).iter_rows(min_row=4) for cell in line
    ]
    assert not [text for text in shown if isinstance(text, str) and text[:1] in "=+-@＝"]
    assert kept(read(path)) == kept(before)


def test_who_reported_is_in_no_cell(lang: str, unit: Unit, centre: Office, tmp_path: Path) -> None:
    ledger = read(
        workbook(tmp_path / "l.xlsx", (*HEADER, "举报人", "电话"), [*row(), "某职工", "13900000000"])
    )
    imported(unit, centre, ledger)
    exported(unit, centre, tmp_path / "out.xlsx", lang)
    with zipfile.ZipFile(tmp_path / "out.xlsx") as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist())
    assert "某职工".encode() not in everything
    assert b"13900000000" not in everything


def test_a_text_too_long_for_a_cell_is_counted(lang: str, unit: Unit, centre: Office, tmp_path: Path) -> None:
    imported(unit, centre, read(workbook(tmp_path / "l.xlsx", HEADER, row(problem="问" * 20_000))))
    assert exported(unit, centre, tmp_path / "out.xlsx", lang).shortened == 0
