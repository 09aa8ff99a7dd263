"""Remind, press, escalate: on which day and at which instant each rung of a ladder fires."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.calendars import DayOutsideCalendar, china
from states.hours import due_at
from states.ladders import NotAnOffset, Offset, Rung, fires_at, fires_from, ladder, rung_date
from states.periods import Unit

CHINA = china()
SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = time(8, 30)


def on(text: str) -> date:
    return date.fromisoformat(text)


class TestReading:
    @pytest.mark.parametrize(
        "text, canonical, en, zh",
        [
            ("-5 working days", "-5 working days", "5 working days before the due date", "到期前5个工作日"),
            ("−5 working days", "-5 working days", "5 working days before the due date", "到期前5个工作日"),
            ("3 working days before", "-3 working days", "3 working days before the due date", "到期前3个工作日"),
            ("0 days", "0 days", "on the due date", "到期当日"),
            ("+0 days", "0 days", "on the due date", "到期当日"),
            ("到期当日", "0 days", "on the due date", "到期当日"),
            ("+1 month", "+1 month", "1 month after the due date", "到期后1个月"),
            ("1 month", "+1 month", "1 month after the due date", "到期后1个月"),
            ("2 days after", "+2 days", "2 days after the due date", "到期后2日"),
            ("提前3个工作日", "-3 working days", "3 working days before the due date", "到期前3个工作日"),
            ("到期前三日", "-3 days", "3 days before the due date", "到期前3日"),
            ("5个工作日前", "-5 working days", "5 working days before the due date", "到期前5个工作日"),
            ("逾期2个工作日", "+2 working days", "2 working days after the due date", "到期后2个工作日"),
            ("一个月后", "+1 month", "1 month after the due date", "到期后1个月"),
            ("-4 hours", "-4 hours", "4 hours before the due date", "到期前4小时"),
        ],
    )  # fmt: skip
    def test_what_a_rulebook_writes(self, text: str, canonical: str, en: str, zh: str) -> None:
        offset = Offset.parse(text)
        assert (str(offset), offset.label("en"), offset.label("zh")) == (canonical, en, zh)

    @pytest.mark.parametrize(
        "text",
        ["", "soon", "-", "--5 days", "- -5 days", "-5 days before", "+5 days after", "5", "before", "100000 days",
         "-5 working days\u202e", "5 days " * 20, "到期前", "前"],
    )  # fmt: skip
    def test_what_is_no_offset_is_refused_with_what_to_write(self, text: str) -> None:
        with pytest.raises(
            NotAnOffset, match=r'is not an offset\. Write "-5 working days", "0 days"'
        ) as refused:
            Offset.parse(text)
        assert str(refused.value).isprintable()
        assert len(str(refused.value)) < 250

    @given(st.builds(Offset, st.integers(-999, 999), st.sampled_from(Unit)))
    def test_what_is_written_reads_back(self, offset: Offset) -> None:
        assert Offset.parse(str(offset)) == offset
        if offset.count:
            assert Offset.parse(offset.label("zh")) == offset


class TestDays:
    DUE_ON = on("2026-10-12")  # a Monday after the holiday and a worked Saturday

    @pytest.mark.parametrize(
        "offset, day",
        [
            ("-5 working days", "2026-09-29"),  # Monday to Friday only would say 5 October, in the holiday
            ("-1 working day", "2026-10-10"),  # the Saturday
            ("0 days", "2026-10-12"),
            ("+2 working days", "2026-10-14"),
            ("-5 days", "2026-10-07"),  # stays where it is, in the holiday
            ("+1 month", "2026-11-12"),
            ("-1 month", "2026-09-12"),
            ("+1 year", "2027-10-12"),
            ("-4 hours", "2026-10-12"),
        ],
    )
    def test_before_and_after_the_due_date(self, offset: str, day: str) -> None:
        assert rung_date(self.DUE_ON, Offset.parse(offset), CHINA) == on(day)

    def test_a_ladder_is_climbed_from_its_first_day_whatever_order_it_is_written_in(self) -> None:
        written = [
            ("climb", "+2 working days"),
            ("remind", "-5 working days"),
            ("press", "0 days"),
            ("tell", "0 days"),
        ]
        rungs = [Rung(name, Offset.parse(text)) for name, text in written]
        assert [(rung.name, day.isoformat()) for day, rung in ladder(rungs, self.DUE_ON, CHINA)] == [
            ("remind", "2026-09-29"),
            ("press", "2026-10-12"),
            ("tell", "2026-10-12"),
            ("climb", "2026-10-14"),
        ]

    @given(st.dates(date(2010, 1, 1), date(2040, 1, 1)), st.integers(-60, 60))
    def test_a_rung_in_working_days_is_a_working_day(self, due_on: date, count: int) -> None:
        day = rung_date(due_on, Offset(count, Unit.WORKING_DAY), CHINA)
        assert CHINA.is_working_day(day) or count == 0
        assert (day > due_on) == (count > 0)


class TestInstants:
    def test_a_rung_fires_in_the_morning_of_its_day(self) -> None:
        fires = fires_at(
            on("2026-10-12"), Offset.parse("-5 working days"), CHINA, time_of_day=MORNING, zone=SHANGHAI
        )
        assert fires == datetime(2026, 9, 29, 0, 30, tzinfo=UTC)
        assert fires.tzinfo is UTC

    def test_on_the_due_day_it_is_not_overdue_yet_and_on_the_next_it_is(self) -> None:
        due_on, end_at = on("2026-10-12"), due_at(on("2026-10-12"), SHANGHAI)
        same, next_day = (
            fires_at(due_on, Offset(count, Unit.DAY), CHINA, time_of_day=MORNING, zone=SHANGHAI)
            for count in (0, 1)
        )
        assert same < end_at <= next_day

    def test_hours_count_from_the_end_of_the_due_day(self) -> None:
        fires = fires_at(
            on("2026-10-12"), Offset.parse("-4 hours"), CHINA, time_of_day=MORNING, zone=SHANGHAI
        )
        assert fires == datetime(2026, 10, 12, 20, 0, tzinfo=SHANGHAI)

    @pytest.mark.parametrize(
        "offset, fires",
        [
            ("-4 hours", "2026-10-01T18:15:00+08:00"),
            ("0 days", "2026-10-01T22:15:00+08:00"),
            ("+1 working day", "2026-10-08T22:15:00+08:00"),
            ("+1 month", "2026-11-01T22:15:00+08:00"),
        ],
    )
    def test_a_deadline_in_hours_has_its_ladder_around_the_instant(self, offset: str, fires: str) -> None:
        end_at = datetime(2026, 10, 1, 14, 15, tzinfo=UTC)
        assert fires_from(end_at, Offset.parse(offset), CHINA, zone=SHANGHAI) == datetime.fromisoformat(fires)

    @given(st.dates(date(1950, 1, 1), date(2149, 12, 30)), st.times())
    def test_the_local_time_is_kept_where_there_is_no_summer_time(self, day: date, moment: time) -> None:
        bangkok = ZoneInfo("Asia/Bangkok")
        fires = fires_at(day, Offset(0, Unit.DAY), CHINA, time_of_day=moment, zone=bangkok)
        assert fires.astimezone(bangkok).replace(tzinfo=None) == datetime.combine(day, moment)

    def test_a_morning_hour_that_summer_time_skips_still_fires_once(self) -> None:
        berlin = ZoneInfo("Europe/Berlin")
        fires = fires_at(on("2026-03-29"), Offset(0, Unit.DAY), CHINA, time_of_day=time(2, 30), zone=berlin)
        assert fires.astimezone(berlin).isoformat() == "2026-03-29T03:30:00+02:00"


class TestOutOfRange:
    @pytest.mark.parametrize(
        "offset", ["+1 day", "+1 working day", "+1 month", "+1 year", "+25 hours", "+1 hour"]
    )
    def test_after_the_end_of_time(self, offset: str) -> None:
        with pytest.raises(DayOutsideCalendar, match="outside the calendar"):
            fires_at(date.max, Offset.parse(offset), CHINA, time_of_day=MORNING, zone=SHANGHAI)

    @pytest.mark.parametrize("offset", ["-1 day", "-1 working day", "-1 month", "0 days"])
    def test_before_its_beginning(self, offset: str) -> None:
        with pytest.raises(DayOutsideCalendar, match="outside the calendar"):
            fires_at(date.min, Offset.parse(offset), CHINA, time_of_day=time(0), zone=SHANGHAI)

    def test_from_an_instant_at_the_end_of_time(self) -> None:
        last = datetime.max.replace(tzinfo=UTC)
        for offset in ("+1 hour", "0 days"):
            with pytest.raises(DayOutsideCalendar):
                fires_from(last, Offset.parse(offset), CHINA, zone=SHANGHAI)
        assert fires_from(last - timedelta(hours=9), Offset.parse("0 days"), CHINA, zone=SHANGHAI) < last
