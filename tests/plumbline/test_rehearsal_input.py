"""Logs and mappings as they come: other shapes, other words, and what is wrong with them in one clear sentence."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from cases.history import Event
from plumbline.database import engine_for
from plumbline.rehearsal import (
    LogMapping,
    MappingFaults,
    UnreadableLog,
    UnusableStore,
    read_mapping,
    rehearse,
)
from plumbline.rehearsal import log as logs
from states.rulebook import Rulebook
from states.rulebook_file import load
from tests.plumbline.incident_logs import EXAMPLES, HEADER, example, played, row, store_url, written

BEGUN = row("1", "2012-05-07T08:00", "In Progress")


def refused(folder: Path, log: Path) -> str:
    """What is said of a log that cannot be rehearsed; no store is left behind."""
    rulebook, mapping = example()
    with pytest.raises(UnreadableLog) as found:
        rehearse(log, rulebook, mapping, store_url=store_url(folder))
    assert not (folder / "store.db").exists()
    return str(found.value)


# Logs that cannot be read


def test_a_missing_column_is_named_with_the_one_that_was_probably_meant(tmp_path: Path) -> None:
    header = ("case_id", "at", "activity", "state", "group", "line", "impact")
    said = refused(tmp_path, written(tmp_path / "log.csv", [BEGUN], header))
    assert said.startswith("log.csv has no column 'status'; did you mean 'state'?")


@pytest.mark.parametrize(
    "content", ["", "\n", "\ufeff", ",,,\n"], ids=["nothing", "a line", "a mark", "no names"]
)
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, content: str) -> None:
    (tmp_path / "log.csv").write_text(content)
    assert refused(tmp_path, tmp_path / "log.csv").startswith("log.csv is empty: ")


def test_a_log_of_headings_alone_holds_no_row(tmp_path: Path) -> None:
    assert refused(tmp_path, written(tmp_path / "log.csv", [])) == (
        "log.csv holds no row that can be read; it is empty."
    )  # fmt: skip


def test_a_log_in_which_every_row_is_bad_says_what_is_wrong_with_the_first(tmp_path: Path) -> None:
    said = refused(tmp_path, written(tmp_path / "log.csv", [row("1", "yesterday", "In Progress")]))
    assert said == "log.csv holds no row that can be read: its instant cannot be read."


def test_what_is_called_gz_and_is_not_is_said_so(tmp_path: Path) -> None:
    log = written(tmp_path / "log.csv.gz", [BEGUN])
    assert refused(tmp_path, log) == (
        "log.csv.gz is called .gz and is not gzip: fetch it again, or give it its right name."
    )


def test_a_gzip_file_that_was_cut_off_is_damaged(tmp_path: Path) -> None:
    whole = gzip.compress(written(tmp_path / "log.csv", [BEGUN] * 50).read_bytes())
    (tmp_path / "log.csv.gz").write_bytes(whole[:-12])
    assert "damaged" in refused(tmp_path, tmp_path / "log.csv.gz")


def test_what_is_no_text_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes(b"case_id,at\n\xff\xfe\x00")
    assert "is not utf-8-sig text" in refused(tmp_path, tmp_path / "log.csv")


def test_a_cell_of_a_megabyte_is_no_csv(tmp_path: Path) -> None:
    log = written(tmp_path / "log.csv", [("1", "x" * 1_000_000, *BEGUN[2:])])
    assert "is not a CSV file" in refused(tmp_path, log)


def test_no_file_and_a_folder_are_said_so(tmp_path: Path) -> None:
    assert "There is no file" in refused(tmp_path, tmp_path / "none.csv")
    (tmp_path / "folder").mkdir()
    assert "cannot be read" in refused(tmp_path, tmp_path / "folder")


# Rows that cannot be read


@pytest.mark.parametrize(
    "bad, why",
    [
        (("1", "2012-02-30T08:00+01:00", *BEGUN[2:]), "its instant cannot be read"),
        (("1", "0001-01-01T00:00+14:00", *BEGUN[2:]), "its instant cannot be read"),
        (("1", "1912-05-07T08:00+01:00", *BEGUN[2:]), "its instant is not between the years 1970 and 2100"),
        (
            ("1", "2012-05-07T08:00", *BEGUN[2:]),
            "its instant has no offset from UTC, and the mapping names no `zone`",
        ),
        ((" ", *BEGUN[1:]), "its case has no name, or one that is not 1 to 64 plain characters"),
        (("1\u202e", *BEGUN[1:]), "its case has no name, or one that is not 1 to 64 plain characters"),
        (("x" * 65, *BEGUN[1:]), "its case has no name, or one that is not 1 to 64 plain characters"),
        (("1", "2012-05-07T08:00+01:00"), "it has fewer cells than the header"),
    ],
)
def test_a_bad_row_is_left_out_and_counted_with_its_line(
    tmp_path: Path, bad: tuple[str, ...], why: str
) -> None:
    found = played(tmp_path, [BEGUN, bad, row("1", "2012-05-07T09:00", "Resolved")]).as_dict()
    assert (found["whole"], found["moves"]) == (1, 2)
    assert found["log"]["left_out"] == [{"why": why, "count": 1, "first_row": 3}]


def test_blank_lines_are_nothing(tmp_path: Path) -> None:
    log = written(tmp_path / "log.csv", [BEGUN])
    log.write_text(log.read_text() + "\n\n\n")
    rulebook, mapping = example()
    assert rehearse(log, rulebook, mapping, store_url=store_url(tmp_path)).as_dict()["log"]["left_out"] == []


def test_a_packed_log_is_read_as_the_plain_one(tmp_path: Path) -> None:
    rulebook, mapping = example()
    plain = written(tmp_path / "log.csv", [BEGUN])
    packed = tmp_path / "packed"  # what it is called does not matter
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    for number, log in enumerate((plain, packed)):
        found = rehearse(log, rulebook, mapping, store_url=store_url(tmp_path, f"{number}.db"))
        assert found.as_dict()["cases"] == 1


# Stores


def test_a_rehearsal_begins_with_an_empty_store(tmp_path: Path) -> None:
    played(tmp_path, [BEGUN])
    with pytest.raises(UnusableStore, match="exists already"):
        played(tmp_path, [BEGUN])
    assert (tmp_path / "store.db").exists()


@pytest.mark.parametrize("url", ["nonsense", "sqlite://", "postgresql+psycopg://localhost/office"])
def test_a_store_is_a_file_of_its_own(tmp_path: Path, url: str) -> None:
    rulebook, mapping = example()
    with pytest.raises(UnusableStore):
        rehearse(written(tmp_path / "log.csv", [BEGUN]), rulebook, mapping, store_url=url)


def test_what_breaks_off_leaves_no_store(tmp_path: Path) -> None:
    rulebook, mapping = example()

    def full(_done: int, _total: int) -> None:
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        rehearse(
            written(tmp_path / "log.csv", [BEGUN]),
            rulebook,
            mapping,
            store_url=store_url(tmp_path),
            progress=full,
        )
    assert [each.name for each in tmp_path.iterdir()] == ["log.csv"]


# Another log needs another rulebook and mapping, and no program

LOANS = """
name: library
version: "1"
label: {zh: 借阅, en: Loans}
zone: Europe/Lisbon
receives: librarian
roles:
  librarian: {label: {zh: 馆员, en: librarian}, sees: {loan: organisation}}
documents:
  reminder: {zh: 催还, en: reminder}
machines:
  loan:
    label: {zh: 借阅, en: Loan}
    initial: on_shelf
    registered_by: [librarian]
    states:
      on_shelf: {label: {zh: 在架, en: On the shelf}, owner: [librarian]}
      lent: {label: {zh: 借出, en: Lent}, owner: [librarian]}
      returned: {label: {zh: 已还, en: Returned}, kind: final}
    moves:
      lend:
        label: {zh: 借出, en: Lend}
        from: [on_shelf]
        to: lent
        roles: [librarian]
        fields:
          - {name: shelf, type: text, label: {zh: 书架, en: Shelf}, example: A1}
          - {name: days, type: integer, label: {zh: 天数, en: Days}, example: 14}
      give_back: {label: {zh: 归还, en: Give back}, from: [lent], to: returned, roles: [librarian]}
    deadlines:
      loan:
        label: {zh: 借期, en: Loan}
        budget: 14 days
        roll: false
        starts: [lend]
        stops: [give_back]
        basis: {kind: setting, source: the library's own}
        ladder:
          - {name: late, label: {zh: 逾期, en: Late}, offset: +1 day, to: [librarian], document: reminder}
"""

LOANS_MAP = """
label: {zh: 借阅记录, en: Loans}
machine: loan
organisation: {code: LIB, zh: 图书馆, en: Library}
columns: {case: "case:name", at: when}
zone: Europe/Lisbon
format: "%d/%m/%Y %H:%M"
delimiter: ";"
encoding: latin-1
role: librarian
moves:
  - {row: {what: [out, 1]}, move: lend, fields: {shelf: "{shelf}", days: "{days}"}}
  - {row: {what: back}, move: give_back}
  - {row: {what: lost}, state: returned}
counts: {escalations: [reminder]}
"""


@pytest.fixture
def library(tmp_path: Path) -> tuple[Rulebook, LogMapping]:
    (tmp_path / "loans.yaml").write_text(LOANS, encoding="utf-8")
    (tmp_path / "loans.map.yaml").write_text(LOANS_MAP, encoding="utf-8")
    rulebook = load(tmp_path / "loans.yaml")
    return rulebook, read_mapping(tmp_path / "loans.map.yaml", rulebook)


def test_a_log_of_another_kind_is_rehearsed_by_its_own_rulebook_and_mapping(
    tmp_path: Path, library: tuple[Rulebook, LogMapping]
) -> None:
    lines = ["case:name;when;what;shelf;days", "a;01/06/2020 10:00;out;Ä 1;14", "a;20/06/2020 10:00;back;;",
             "b;01/06/2020 11:00;1;B;two weeks", "c;02/06/2020 09:00;out;C;7", "c;03/06/2020 09:00;lost;;"]  # fmt: skip
    (tmp_path / "loans.csv").write_text("\n".join(lines), encoding="latin-1")
    found = rehearse(tmp_path / "loans.csv", *library, store_url=store_url(tmp_path)).as_dict()
    assert (found["cases"], found["whole"]) == (3, 1)
    assert found["refused"] == [
        {"move": "lend", "from": "on_shelf", "code": "bad_form", "count": 1},
        {"move": "lost", "from": "lent", "code": "unmapped", "count": 1},
    ]
    assert found["missed"] == [{"deadline": "loan", "count": 2}]
    assert found["escalations"] == 2
    engine = engine_for(store_url(tmp_path))
    with Session(engine) as session:
        lent = session.exec(select(Event).where(Event.move == "lend").order_by(Event.id)).all()  # type: ignore[arg-type]
    engine.dispose()
    assert lent[0].data == {"shelf": "Ä 1", "days": 14}
    assert lent[0].at == datetime(2020, 6, 1, 9, 0, tzinfo=UTC)


def test_the_state_a_mapping_gives_a_row_is_where_the_case_goes_on(
    tmp_path: Path, library: tuple[Rulebook, LogMapping]
) -> None:
    (tmp_path / "loans.csv").write_text(
        "case:name;when;what;shelf;days\nc;02/06/2020 09:00;lost;;\nc;02/06/2020 10:00;back;;"
    )
    found = rehearse(tmp_path / "loans.csv", *library, store_url=store_url(tmp_path)).as_dict()
    assert [(one["move"], one["from"]) for one in found["refused"]] == [
        ("give_back", "returned"),
        ("lost", "on_shelf"),
    ]


# Mappings


def faults(folder: Path, text: str) -> list[str]:
    rulebook, _ = example()
    (folder / "log.map.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(MappingFaults) as found:
        read_mapping(folder / "log.map.yaml", rulebook)
    return [f"{fault.line} {fault.key}: {fault.message}" for fault in found.value.faults]


SHIPPED = (EXAMPLES / "incidents.map.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "before, after, said",
    [
        ("machine: incident", "machine: incidnet", "machine: The rulebook has no machine 'incidnet'"),
        (
            "move: wait_user",
            "move: wait_usr",
            "The rulebook has no move 'wait_usr'; did you mean 'wait_user'?",
        ),
        ('move: "take_up_{line}"', 'move: "take_{line}"', "The rulebook has no move 'take_first'"),
        ('move: "take_up_{line}"', 'move: "take_up_{group}"', "needs the words of the column 'group'"),
        ('role: "{line}_line"', 'role: "{line}"', "The rulebook has no role 'first'"),
        ('impact: "{impact}"', 'effect: "{impact}"', "opening.effect: The form has no field 'effect'"),
        ("management_report]", "report]", "counts.escalations: The rulebook has no document 'report'"),
        ("columns: {case: case_id, at: at}", "columns: {case: case_id}", "columns"),
        (
            "machine: incident",
            "machine: incident\nzone: Mars/Olympus",
            "zone: 'Mars/Olympus' is not a time zone",
        ),
        ("machine: incident", "machine: incident\nmachien: incident", "machien"),
        ("machine: incident", "machine: incident\nencoding: utf-9", "encoding: 'utf-9' is not an encoding"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_said_with_its_place(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    assert SHIPPED.count(before) >= 1
    found = faults(tmp_path, SHIPPED.replace(before, after, 1))
    assert any(said in each for each in found), found
    assert all(not each.startswith("0 ") for each in found)


def test_all_faults_of_a_mapping_are_said_at_once(tmp_path: Path) -> None:
    found = faults(
        tmp_path, SHIPPED.replace("move: wait_user", "move: a").replace("move: wait_vendor", "move: b")
    )
    assert len(found) == 2


@pytest.mark.parametrize("text", ["- a\n", "moves: [\n", ""], ids=["a list", "broken", "empty"])
def test_a_file_that_is_no_mapping_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    assert faults(tmp_path, text)


def test_a_mapping_asks_only_for_the_columns_it_uses() -> None:
    _, mapping = example()
    assert mapping.columns_used() == ("activity", "impact", "line", "status")
    assert {*mapping.columns_used(), "case_id", "at"} < set(HEADER)


def test_a_large_log_is_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "BATCH", 2)
    found = played(
        tmp_path, [row(str(number), "2012-05-07T08:00", "In Progress") for number in range(7)]
    ).as_dict()
    assert (found["cases"], found["whole"]) == (7, 7)
