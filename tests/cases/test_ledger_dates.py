"""Days as ledgers write them: read by rule, or refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.ledger_dates import EARLIEST, LATEST, NotADay, day_of
from cases.ledger_sheet import EPOCH_1900, EPOCH_1904

MARCH_5 = date(2026, 3, 5)


@pytest.mark.parametrize("cell", [
    MARCH_5, datetime(2026, 3, 5, 14, 30, tzinfo=UTC), 46086, 46086.0, 46086.75, "46086", "４６０８６", 20260305,
    "20260305", "2026-03-05", "2026-3-5", "2026/3/5", "2026.03.05", "2026.3.5.", "2026年3月5日", "2026年03月05号",
    " 2026 年 3 月 5 日 ", "２０２６年３月５日", "２０２６／３／５", "2026-03-05 14:30", "2026-03-05T14:30:00+08:00",
    "2026年3月5日上午9时30分", "2026年3月5日（星期四）", "5 March 2026", "Mar 5, 2026", "5-Mar-2026", "5th March 2026",
    "二〇二六年三月五日", "二○二六年三月五日",
])  # fmt: skip
def test_read_by_rule(cell: Any) -> None:
    assert day_of(cell) == MARCH_5


@pytest.mark.parametrize("cell", [
    "8/3/26", "03/05/2026", "5.3.2026", "26-3-5", "3月5日", "2026年3月", "2026-03", "2026", "5-Mar-26",
    "2026年3月上旬", "2026-03-05至2026-03-09", "2026年3月底",
])  # fmt: skip
def test_never_guessed(cell: str) -> None:
    with pytest.raises(NotADay, match=r"^ambiguous$"):
        day_of(cell)


@pytest.mark.parametrize("cell", [
    "2026-02-29", "2026年2月30日", "31/04/2026", "2026/13/1", "0000-00-00", "20260230", "abc", "", "近日", True, False,
    None, 0.5, 0, -1, 5, 1e300, float("inf"), float("nan"), time(8, 0), timedelta(days=3), "99999999", "1" * 5000,
    "1899-12-30", "9999-12-31", "2026-03-05x",
])  # fmt: skip
def test_no_such_date(cell: Any) -> None:
    with pytest.raises(NotADay, match=r"^no such date$"):
        day_of(cell)


def test_serials_count_from_the_workbooks_own_day() -> None:
    assert day_of(46086, epoch=EPOCH_1900) == MARCH_5
    assert day_of(44624, epoch=EPOCH_1904) == MARCH_5


FULL_WIDTH = str.maketrans("0123456789-/.", "０１２３４５６７８９－／．")


@given(st.dates(EARLIEST, LATEST), st.sampled_from(["-", "/", ".", "年"]), st.booleans(), st.booleans())
def test_every_day_reads_back_from_every_way_of_writing_it(
    day: date, mark: str, padded: bool, wide: bool
) -> None:
    month, number = (f"{day.month:02d}", f"{day.day:02d}") if padded else (str(day.month), str(day.day))
    text = f"{day.year}年{month}月{number}日" if mark == "年" else mark.join([str(day.year), month, number])
    assert day_of(text.translate(FULL_WIDTH) if wide else text) == day


@given(st.dates(EARLIEST, LATEST))
def test_every_day_reads_back_from_its_serial_number(day: date) -> None:
    assert day_of(float((day - EPOCH_1900).days)) == day


@given(
    st.one_of(
        st.text(max_size=30),
        st.floats(),
        st.integers(),
        st.text(alphabet="0123456789-/.年月日 ", max_size=14),
    )
)
def test_whatever_stands_there_is_a_day_or_a_reason(cell: Any) -> None:
    try:
        said = day_of(cell)
    except NotADay as reason:
        said = None
        why = str(reason)
    assert (why in ("no such date", "ambiguous")) if said is None else EARLIEST <= said <= LATEST
