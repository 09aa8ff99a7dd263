"""Which row is the header, and which column is which."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from cases.ledger import NotALedger
from cases.ledger_words import WORDS, plain, words, words_with
from states.rulebook_file import shipped
from tests.cases.ledgers import HEADER, read, row, workbook


def test_the_header_is_found_under_title_rows(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "l.xlsx",
        ["台账"],
        ["填报单位：港口集团纪委", "", "填报时间：2026年11月"],
        [],
        HEADER,
        row(),
    )
    ledger = read(path)
    assert ledger.header_row == 4
    assert list(ledger.rows.index) == [5]


def test_a_sheet_that_starts_further_down_keeps_its_row_numbers(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", *[[]] * 9, ["", *HEADER], ["", *row()])
    ledger = read(path)
    assert ledger.header_row == 10
    assert list(ledger.rows.index) == [11]


def test_no_header_is_refused_and_the_expected_one_said(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", row(), row(number="MGJ-2026-0002"))
    with pytest.raises(NotALedger, match=r"Clue number.*Received on.*Problem") as refusal:
        read(path)
    assert "收到时间" in refusal.value.message.zh


def test_a_header_without_the_day_of_receipt_is_refused_by_name(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", ["线索编号", "某日", "主要问题", "被反映人"], row()[:4])
    with pytest.raises(NotALedger, match=r"row 1 has no column for Received on .*received_on=.*: 某日"):
        read(path)


@pytest.mark.parametrize("above, below", [
    (HEADER, HEADER),
    (["线索编号", "收到时间", "主要问题", "被反映人", "", "", "进展"], ["", "", "", "姓名", "单位", "职务", ""]),
])  # fmt: skip
def test_two_header_rows_are_refused(above: list[str], below: list[str], tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", above, below, row())
    with pytest.raises(NotALedger, match="two header rows, 1 and 2"):
        read(path)


def test_a_header_repeated_further_down_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", HEADER, row(), ["合计"], HEADER, row(number="MGJ-2026-0002"))
    with pytest.raises(NotALedger, match="two header rows, 1 and 4"):
        read(path)


def test_a_row_of_group_names_above_the_header_is_a_title(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", ["基本情况", "", "", "", "", "办理情况"], HEADER, row())
    assert read(path).header_row == 2


def test_a_header_the_words_do_not_know_is_named_by_hand(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", ["件号", "到件", "说了什么", *HEADER[3:]], row())
    with pytest.raises(NotALedger, match="has no column for"):
        read(path)
    ledger = read(path, columns={"number": "件号", "received_on": "到件", "problem": "说了什么"})
    assert list(ledger.rows["number"]) == ["MGJ-2026-0001"]
    assert ledger.columns["received_on"] == "到件"


def test_a_column_named_by_hand_wins_over_a_known_one(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", [*HEADER, "到件"], [*row(), "2026-03-09"])
    ledger = read(path, columns={"received_on": "到件"})
    assert list(ledger.rows["received_on"]) == [date(2026, 3, 9)]
    assert ledger.unknown_headers == ("收到时间",)


def test_a_header_named_by_hand_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    path = workbook(tmp_path / "l.xlsx", HEADER, row())
    with pytest.raises(NotALedger, match="no column '到件' for received_on; its headers are: 线索编号"):
        read(path, columns={"received_on": "到件"})
    with pytest.raises(NotALedger, match=r"no field 'recieved_on'. Did you mean received_on\?"):
        read(path, columns={"recieved_on": "收到时间"})


def test_the_same_header_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotALedger, match="two columns '收到时间'"):
        read(workbook(tmp_path / "l.xlsx", [*HEADER, "收到时间"], [*row(), "2026-03-09"]))


def test_of_two_headers_for_one_field_the_plainer_one_wins_and_the_other_is_reported(tmp_path: Path) -> None:
    ledger = read(workbook(tmp_path / "l.xlsx", [*HEADER, "登记日期"], [*row(), "2026-03-09"]))
    assert ledger.columns["received_on"] == "收到时间"
    assert ledger.unknown_headers == ("登记日期",)


@pytest.mark.parametrize("header, field", [
    ("线索受理登记编号", "number"), ("移交接收日期", "received_on"), ("举报反映问题摘要", "problem"),
    ("被举报人员姓名", "subject"), ("处置意见形成日期", "opinion_on"), ("拟定处置方式", "disposition"),
    ("工程项目（全称）", "project"), ("主办承办人", "handler"),
])  # fmt: skip
def test_a_header_nobody_entered_is_taken_for_what_it_most_likely_means(header: str, field: str) -> None:
    known = words()
    found = known.field_of(header)
    assert (found[0] if found else known.likely_field(header, taken=())) == field


def test_no_header_word_names_two_fields() -> None:
    seen: dict[str, str] = {}
    for field, by in YAML(typ="safe").load(WORDS.read_text(encoding="utf-8"))["headers"].items():
        for word in (*by["zh"], *by["en"]):
            assert seen.setdefault(plain(word), field) == field, word


def test_every_state_of_the_shipped_rulebook_is_known_by_its_labels() -> None:
    machine = shipped().machines["clue"]
    known = words()
    for name, state in machine.states.items():
        assert words_with(machine).states[plain(state.label.zh)] == name
        assert words_with(machine).states[plain(state.label.en)] == name
        assert known.states[plain(state.label.zh)] == known.states[plain(state.label.en)] == name


def test_every_way_of_disposition_leads_to_a_state_of_the_shipped_rulebook() -> None:
    machine = shipped().machines["clue"]
    assert set(words().dispositions.values()) <= set(machine.states)
    way = next(each for each in machine.moves["propose_disposition"].fields if each.name == "way")
    assert set(words().ways(way).values()) == set(way.choices)
