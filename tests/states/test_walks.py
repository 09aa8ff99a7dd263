"""Why this date? The count told as a person would count it, and always ending where the date is."""

from __future__ import annotations

import json
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from states.budgets import Cap, Extension, Ledger
from states.calendars import china
from states.periods import Period, Unit, due_on
from states.stretches import Pause
from states.walks import Step, explain, explain_ledger

CHINA = china()
ONE_DAY = timedelta(days=1)


def on(text: str) -> date:
    return date.fromisoformat(text)


def told(steps: tuple[Step, ...], lang: str = "en") -> list[str]:
    return [f"{step.on} {step.text(lang)}" for step in steps]


def test_working_days_over_the_autumn_holidays() -> None:
    walk = explain(on("2026-09-24"), Period.parse("5 working days"), CHINA)
    assert told(walk) == [
        "2026-09-24 the day it starts, not counted (Civil Code Art. 201)",
        "2026-09-25 Mid-Autumn Festival, rest, not counted",
        "2026-09-26 Mid-Autumn Festival, rest, not counted",
        "2026-09-27 Mid-Autumn Festival, rest, not counted",
        "2026-09-28 working day 1",
        "2026-09-29 working day 2",
        "2026-09-30 working day 3",
        *(f"2026-10-0{day} National Day, rest, not counted" for day in range(1, 8)),
        "2026-10-08 working day 4",
        "2026-10-09 working day 5: due",
    ]
    assert [step.counted for step in walk if step.counted] == [1, 2, 3, 4, 5]


def test_a_made_up_saturday_and_an_ordinary_sunday() -> None:
    walk = explain(on("2026-10-09"), Period.parse("2 working days"), CHINA)
    assert told(walk, "zh")[1:] == [
        "2026-10-10 第1个工作日（星期六，因国庆节调休上班）",
        "2026-10-11 星期日，休息，不计入",
        "2026-10-12 第2个工作日，到期",
    ]


def test_a_month_that_ends_in_the_holiday_says_how_it_moves_on() -> None:
    walk = told(explain(on("2026-09-01"), Period.parse("1 month"), CHINA))
    assert walk[1] == "2026-10-01 1 month after 2026-09-01, the same-numbered day (Civil Code Art. 202)"
    assert walk[2] == "2026-10-01 National Day, rest: the end moves on (Civil Code Art. 203)"
    assert walk[-2:] == [
        "2026-10-07 National Day, rest: the end moves on (Civil Code Art. 203)",
        "2026-10-08 Thursday, a working day: due",
    ]


def test_a_month_without_the_day_says_so() -> None:
    assert told(explain(on("2026-01-31"), Period.parse("1 month"), CHINA))[1:] == [
        "2026-02-28 1 month after 2026-01-31, the last day, as there is no day 31 (Civil Code Art. 202)",
        "2026-02-28 Saturday, worked for Spring Festival: due",
    ]


def test_an_end_on_a_made_up_sunday_does_not_move() -> None:
    walk = told(explain(on("2026-08-20"), Period.parse("1 month"), CHINA))
    assert walk[-1] == "2026-09-20 Sunday, worked for National Day: due"


def test_plain_days_and_a_period_that_never_moves() -> None:
    walk = told(explain(on("2026-07-05"), Period.parse("90 days"), CHINA, roll=False))
    assert walk[1:] == [
        "2026-10-03 90 days after 2026-07-05",
        "2026-10-03 due; this period does not move off rest days",
    ]


def test_a_year_not_decreed_is_said_on_every_day_of_it() -> None:
    walk = told(explain(on("2026-12-30"), Period.parse("2 working days"), CHINA))
    assert walk[1] == "2026-12-31 working day 1"
    assert walk[2].startswith("2027-01-01 New Year's Day (estimated), rest, not counted (2027 is not decreed")
    assert all("2027 is not decreed yet: provisional" in line for line in walk[2:])


class TestLedgers:
    CLOCK = Ledger(on("2026-09-15"), Period.parse("5 working days"))
    MONTH = Ledger(on("2026-03-15"), Period.parse("1 month"))

    def test_a_pause_is_one_line_however_long(self) -> None:
        clock = self.CLOCK.paused(on("2026-09-18"), reason="waiting for the audit", by="officer")
        assert told(explain_ledger(clock.resumed(on("2026-11-03")), CHINA))[2:] == [
            "2026-09-17 working day 2",
            "2026-09-18 paused until 2026-11-03, not counted: waiting for the audit (officer)",
            "2026-11-03 working day 3",
            "2026-11-04 working day 4",
            "2026-11-05 working day 5: due",
        ]

    def test_one_that_stands_ends_with_what_is_left(self) -> None:
        clock = self.CLOCK.paused(on("2026-09-18"), reason="waiting for the audit", by="officer")
        last = explain_ledger(clock, CHINA)[-1]
        assert last.text("en") == "paused, with 3 working days left: waiting for the audit (officer)"
        assert last.text("zh") == "暂停中，剩余3个工作日：waiting for the audit（officer）"

    def test_a_pause_moves_a_month(self) -> None:
        clock = self.MONTH.paused(on("2026-03-20"), reason="audit", by="officer").resumed(on("2026-03-30"))
        assert told(explain_ledger(clock, CHINA))[2:] == [
            "2026-03-20 paused until 2026-03-30, which moves the end to 2026-04-25: audit (officer)",
            "2026-04-25 Saturday, rest: the end moves on (Civil Code Art. 203)",
            "2026-04-26 Sunday, rest: the end moves on (Civil Code Art. 203)",
            "2026-04-27 Monday, a working day: due",
        ]

    def test_a_pause_of_no_days_moves_nothing_and_is_not_told(self) -> None:
        clock = self.MONTH.paused(on("2026-03-20"), reason="audit", by="officer").resumed(on("2026-03-20"))
        assert explain_ledger(clock, CHINA) == explain_ledger(self.MONTH, CHINA)

    def test_an_extension_names_who_approved_it(self) -> None:
        more = Extension(Period.parse("5 working days"), "head", on("2026-04-10"))
        clock = self.MONTH.extended(more, cap=Cap(times=1), calendar=CHINA)
        walk = told(explain_ledger(clock, CHINA))
        assert walk[1] == "2026-04-10 extended by 5 working days, approved by head"
        assert walk[2] == "2026-04-15 1 month after 2026-03-15, the same-numbered day (Civil Code Art. 202)"
        assert walk[3] == "2026-04-16 working day 1"
        assert walk[-1] == "2026-04-22 working day 5: due"

    def test_a_pause_nobody_explained_is_still_told(self) -> None:
        walk = explain_ledger(
            Ledger(on("2026-09-15"), Period.parse("1 month"), (Pause(on("2026-09-20")),)), CHINA
        )
        assert walk[-1].text("en") == "paused, with 26 days left"


STARTS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
PERIODS = st.builds(
    Period, st.integers(1, 30), st.sampled_from([Unit.DAY, Unit.WORKING_DAY, Unit.MONTH, Unit.YEAR])
)


@given(STARTS, PERIODS, st.booleans())
def test_the_walk_ends_on_the_due_date(start: date, period: Period, roll: bool) -> None:
    walk = explain(start, period, CHINA, roll=roll)
    assert walk[0].on == start
    assert walk[-1].on == due_on(start, period, CHINA, roll=roll)
    assert "due" in walk[-1].en
    assert [step.on for step in walk] == sorted(step.on for step in walk)
    json.dumps([step.as_dict() for step in walk])


@given(STARTS, PERIODS, st.integers(0, 40), st.integers(0, 40), st.integers(0, 9), st.integers(0, 40))
def test_so_does_the_walk_of_a_clock_with_a_history(
    start: date, period: Period, after: int, lasts: int, gap: int, again: int
) -> None:
    first = start + ONE_DAY * after
    second = first + ONE_DAY * (lasts + gap)
    pauses = (Pause(first, first + ONE_DAY * lasts), Pause(second, second + ONE_DAY * again))
    clock = Ledger(start, period, pauses, (Extension(Period(7, Unit.DAY), "head", start),))
    walk = explain_ledger(clock, CHINA)
    assert walk[-1].on == clock.due_on(CHINA)
    numbers = [step.counted for step in walk if step.counted]
    if period.unit is Unit.WORKING_DAY:
        assert numbers == list(range(1, period.count + 1))


@given(STARTS, PERIODS, st.integers(0, 40))
def test_the_walk_of_a_clock_that_stands_counts_what_it_used(start: date, period: Period, after: int) -> None:
    clock = Ledger(start, period, (Pause(start + ONE_DAY * after),))
    walk, standing = explain_ledger(clock, CHINA), clock.standing(CHINA, on=start)
    if standing.paused_since and period.unit is Unit.WORKING_DAY:
        used = sum(step.counted is not None for step in walk)
        assert used + standing.left == period.count
