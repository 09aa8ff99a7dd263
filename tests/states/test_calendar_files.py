"""An office types in next year's notice, and is told everything that is wrong with it at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from states.calendar_files import FaultyCalendarFile, read
from states.calendars import china, load_calendar

GOOD = """\
year,first,last,kind,zh,en
2027,2027-01-01,2027-01-03,rest,元旦,New Year's Day
2027,2027-02-05,2027-02-12,rest,春节,Spring Festival
2027,2027-02-14,,work,春节,Spring Festival
2027,2027-05-01,2027-05-05,rest,劳动节,Labour Day
2027,2027-10-01,2027-10-07,rest,国庆节,National Day
"""


def written(folder: Path, text: str | bytes, name: str = "cn-2027.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def faults(path: Path) -> list[str]:
    with pytest.raises(FaultyCalendarFile) as refused:
        read(path)
    assert str(refused.value) == "\n".join(map(str, refused.value.faults))
    return [str(fault) for fault in refused.value.faults]


def test_a_year_from_a_file_becomes_certain(tmp_path: Path) -> None:
    calendar = load_calendar(written(tmp_path, GOOD))
    assert calendar.is_decreed(2027)
    assert calendar.is_working_day(date(2027, 2, 14))  # a Sunday
    assert not calendar.is_working_day(date(2027, 2, 12))
    assert calendar.named(date(2027, 2, 14)) == ("春节", "Spring Festival")
    assert calendar.version.startswith("CN-2027.")


def test_a_further_year_stands_on_the_one_before(tmp_path: Path) -> None:
    first = load_calendar(written(tmp_path, GOOD))
    second = load_calendar(
        written(tmp_path, GOOD.replace("2027", "2028").replace("02-14", "02-13")), base=first
    )
    assert second.decreed >= {2026, 2027, 2028}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_typed_in_an_office_with_its_own_words(tmp_path: Path, encoding: str) -> None:
    text = (
        "# 国务院办公厅通知\r\n年度,开始,结束,类型,名称\r\n\r\n2027年,2027年1月1日,2027/1/3,放假,元旦\r\n"
        "2027,2027.5.1,,放假,\r\n2027,2027.5.8,,上班,\r\n2027,2027-10-01,2027-10-07,休,国庆节\r\n,,,,\r\n"
    )
    calendar = load_calendar(written(tmp_path, text.encode(encoding)))
    assert calendar.named(date(2027, 1, 2)) == ("元旦", "Saturday")
    assert calendar.is_working_day(date(2027, 5, 8))
    assert calendar.named(date(2027, 5, 8)) == ("星期六", "Saturday")


def test_every_fault_is_said_with_its_line_and_column(tmp_path: Path) -> None:
    text = """\
year,first,last,kind
2027,2027-02-30,,rest
twenty,2027-01-01,,rest
2027,2027-01-01,2027-01-03,holiday
2027,2027-05-05,2027-05-01,rest
2027,2027-02-17,,work
2027,2028-01-01,,rest
2027,2026-11-30,,rest
2027,2027-05-01,2027-07-01,rest
2027,2027-10-01,2027-10-07,rest
2027,2027-10-07,,rest
2027,,,rest
"""
    assert faults(written(tmp_path, text)) == [
        'cn-2027.csv:2: first: "2027-02-30" is not a day that exists; write it as 2027-10-01',
        'cn-2027.csv:3: year: "twenty" is not a year such as 2027',
        'cn-2027.csv:4: kind: "holiday" is neither rest (放假) nor work (上班)',
        "cn-2027.csv:5: last: 2027-05-01 lies before 2027-05-05",
        "cn-2027.csv:6: first: 2027-02-17 is no weekend; only a Saturday or Sunday is made up",
        "cn-2027.csv:7: first: 2028-01-01 to 2028-01-01 is not for the notice of 2027",
        "cn-2027.csv:8: first: 2026-11-30 to 2026-11-30 is not for the notice of 2027",
        "cn-2027.csv:9: last: 2027-05-01 to 2027-07-01 is longer than a holiday can be",
        "cn-2027.csv:11: first: 2027-10-07 is already given in line 10",
        'cn-2027.csv:12: first: "" is not a day that exists; write it as 2027-10-01',
    ]


def test_half_a_notice_would_make_certain_what_is_not(tmp_path: Path) -> None:
    half = "year,first,last,kind\n2027,2027-01-01,2027-01-03,rest\n2027,2027-05-01,,rest\n"
    assert faults(written(tmp_path, half)) == [
        "cn-2027.csv: 2027-10-01 is not a rest day of 2027; the file must hold the whole notice of the year"
    ]


@pytest.mark.parametrize(
    "content, says",
    [
        (b"", "is empty"),
        (b"\r\n\r\n", "is empty"),
        (b"year,first,kind\n", "has a header but no days"),
        (b"date,name\n2027-01-01,x\n", "is not a column of a calendar file"),
        (b"year,first\n", "kind: this column is missing"),
        (b"year,first,kind\n2027,\x00,rest\n", "is not text"),
        (b"\xff\xff\xff", "is not text"),
        (b"x" * 1_000_001, "is larger than any calendar"),
        (b'year,first,kind\n"2027' + b"9" * 140_000, "is not CSV"),
    ],
)
def test_what_is_no_calendar_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    assert says in "\n".join(faults(written(tmp_path, content)))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert faults(tmp_path / "none.csv") == ["none.csv: cannot be read: No such file or directory"]


def test_a_faulty_file_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(FaultyCalendarFile):
        china().with_file(written(tmp_path, GOOD + "2027,2027-13-01,,rest,,\n"))
    assert not china().is_decreed(2027)
