"""The deadline ledger of one clue: paused, resumed, extended, and computed again under a new calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from states.budgets import Cap, Extension, ExtensionRefused, Ledger, Standing, recompute
from states.calendars import china
from states.periods import Due, HoursNeedAnInstant, Period, Unit, due_on
from states.stretches import ImpossiblePause, Pause

CHINA = china()
ONCE = Cap(times=1)


def on(text: str) -> date:
    return date.fromisoformat(text)


def ledger(start: str, budget: str) -> Ledger:
    return Ledger(on(start), Period.parse(budget))


def more(period: str, granted: str, approver: str = "head") -> Extension:
    return Extension(Period.parse(period), approver, on(granted))


class TestPausing:
    OPEN = ledger("2026-09-15", "15 working days")

    def test_while_it_stands_nothing_is_due_but_what_is_left_is_known(self) -> None:
        held = self.OPEN.paused(on("2026-09-18"), reason="waiting for the audit", by="officer")
        assert held.due_on(CHINA) is None
        assert held.due(CHINA) is None
        assert held.standing(CHINA, on=on("2026-12-24")) == Standing(
            None, provisional=False, calendar_version=CHINA.version, paused_since=on("2026-09-18"),
            left=13, left_unit=Unit.WORKING_DAY,
        )  # fmt: skip

    def test_the_day_of_resuming_counts(self) -> None:
        held = self.OPEN.paused(on("2026-09-18"), reason="audit", by="officer")
        assert held.resumed(on("2026-09-25")).due_on(CHINA) == on("2026-10-20")
        assert held.resumed(on("2026-09-24")).due_on(CHINA) == on("2026-10-19")

    def test_it_may_stand_again(self) -> None:
        again = (
            self.OPEN.paused(on("2026-09-18"), reason="audit", by="officer")
            .resumed(on("2026-09-21"))
            .paused(on("2026-09-21"), reason="expert opinion", by="officer")
        )
        assert again.open_pause == Pause(on("2026-09-21"), None, "expert opinion", "officer")
        assert again.due_on(CHINA) is None

    @pytest.mark.parametrize("reason, by", [("", "officer"), ("audit", ""), (" ", " ")])
    def test_it_does_not_stand_without_a_reason_and_a_person(self, reason: str, by: str) -> None:
        with pytest.raises(ImpossiblePause, match="needs a reason and the person"):
            self.OPEN.paused(on("2026-09-18"), reason=reason, by=by)

    def test_it_may_stand_from_the_day_it_starts(self) -> None:
        held = self.OPEN.paused(on("2026-09-15"), reason="audit", by="officer")
        assert held.standing(CHINA, on=on("2026-09-15")).left == 15

    def test_it_cannot_stand_before_it_starts(self) -> None:
        with pytest.raises(ImpossiblePause, match="on 2026-09-14: it starts on 2026-09-15"):
            self.OPEN.paused(on("2026-09-14"), reason="audit", by="officer")

    def test_it_cannot_stand_twice_at_once(self) -> None:
        held = self.OPEN.paused(on("2026-09-18"), reason="audit", by="officer")
        with pytest.raises(ImpossiblePause, match="it still stands since 2026-09-18"):
            held.paused(on("2026-09-19"), reason="audit", by="officer")
        with pytest.raises(ImpossiblePause, match="it still stands since 2026-09-18"):
            held.resumed(on("2026-09-25")).paused(on("2026-09-24"), reason="audit", by="officer")

    def test_a_running_clock_cannot_resume(self) -> None:
        with pytest.raises(ImpossiblePause, match="is not paused"):
            self.OPEN.resumed(on("2026-09-18"))


class TestExtending:
    """An assigned matter: 3 months, 3 more by the own head, then only from above ("3+3+N")."""

    ASSIGNED = ledger("2026-01-31", "3 months")

    def test_months_are_added_from_the_start_not_from_the_due_date(self) -> None:
        longer = self.ASSIGNED.extended(more("3 months", "2026-04-20"), cap=ONCE, calendar=CHINA)
        assert self.ASSIGNED.due_on(CHINA) == on("2026-04-30")
        # three months after 30 April would be 30 July
        assert longer.due_on(CHINA) == on("2026-07-31")

    def test_another_unit_runs_on_from_the_end_before_it_rolls(self) -> None:
        report = ledger("2026-09-01", "1 month").extended(
            more("10 days", "2026-09-20"), cap=ONCE, calendar=CHINA
        )
        # 1 October and ten days is Sunday 11 October; from the rolled 8 October it would be 19 October
        assert report.due_on(CHINA) == on("2026-10-12")

    def test_working_days_run_on_too(self) -> None:
        report = ledger("2026-09-01", "1 month").extended(
            more("5 working days", "2026-09-20"), cap=ONCE, calendar=CHINA
        )
        # 8, 9, 10, 12, 13 October
        assert report.due_on(CHINA) == on("2026-10-13")

    def test_several_of_a_kind_are_one_leg(self) -> None:
        extensions = (
            more("1 month", "2026-01-10"),
            more("5 days", "2026-01-11"),
            more("2 months", "2026-01-12"),
        )
        longer = Ledger(on("2026-01-05"), Period.parse("1 month"), extensions=extensions)
        assert longer.legs() == (Period(4, Unit.MONTH), Period(5, Unit.DAY))
        assert longer.due_on(CHINA) == on("2026-05-11")  # 5 May and 5 days is Sunday 10 May

    def test_it_may_be_granted_on_the_last_day_and_not_after(self) -> None:
        self.ASSIGNED.extended(more("3 months", "2026-04-30"), cap=ONCE, calendar=CHINA)
        with pytest.raises(ExtensionRefused, match="ended on 2026-04-30; it can be extended only before"):
            self.ASSIGNED.extended(more("3 months", "2026-05-01"), cap=ONCE, calendar=CHINA)

    def test_a_clock_that_stands_has_not_ended(self) -> None:
        held = self.ASSIGNED.paused(on("2026-04-30"), reason="audit", by="officer")
        held.extended(more("3 months", "2026-08-01"), cap=ONCE, calendar=CHINA)

    def test_nobody_extends_where_the_rule_provides_for_none(self) -> None:
        with pytest.raises(ExtensionRefused, match="is not provided for here"):
            self.ASSIGNED.extended(more("3 months", "2026-04-20"), cap=Cap(), calendar=CHINA)

    def test_nor_more_often_than_it_says(self) -> None:
        once = self.ASSIGNED.extended(more("3 months", "2026-04-20"), cap=ONCE, calendar=CHINA)
        with pytest.raises(ExtensionRefused, match="at most 1× here; this would be number 2"):
            once.extended(more("3 months", "2026-07-20"), cap=ONCE, calendar=CHINA)

    def test_nor_longer(self) -> None:
        cap = Cap(times=9, total=Period.parse("3 months"))
        twice = self.ASSIGNED.extended(more("2 months", "2026-04-20"), cap=cap, calendar=CHINA)
        thrice = twice.extended(more("1 month", "2026-04-20"), cap=cap, calendar=CHINA)
        assert thrice.legs() == (Period(6, Unit.MONTH),)
        with pytest.raises(ExtensionRefused, match="add up to 3 months; this would make 4"):
            twice.extended(more("2 months", "2026-04-20"), cap=cap, calendar=CHINA)
        with pytest.raises(ExtensionRefused, match="measured in months, up to 3 months"):
            twice.extended(more("1 day", "2026-04-20"), cap=cap, calendar=CHINA)

    def test_somebody_must_have_approved_it(self) -> None:
        with pytest.raises(ExtensionRefused, match="the person who approved it"):
            self.ASSIGNED.extended(more("3 months", "2026-04-20", approver=" "), cap=ONCE, calendar=CHINA)


class TestPausedAndExtended:
    def test_both_count(self) -> None:
        clock = ledger("2026-09-15", "1 month").paused(on("2026-09-18"), reason="audit", by="officer")
        clock = clock.resumed(on("2026-09-25")).extended(
            more("1 month", "2026-10-08"), cap=ONCE, calendar=CHINA
        )
        assert clock.due_on(CHINA) == on("2026-11-23")  # 15 November and 7 days is Sunday 22

    def test_what_has_not_begun_is_named_apart(self) -> None:
        clock = ledger("2026-09-01", "10 working days").extended(
            more("1 month", "2026-09-02"), cap=ONCE, calendar=CHINA
        )
        held = clock.paused(on("2026-09-04"), reason="audit", by="officer").standing(
            CHINA, on=on("2026-09-04")
        )
        assert (held.left, held.left_unit, held.then) == (8, Unit.WORKING_DAY, (Period(1, Unit.MONTH),))

    def test_a_pause_in_the_second_leg_moves_that_one(self) -> None:
        clock = ledger("2026-09-01", "10 working days").extended(
            more("10 days", "2026-09-02"), cap=ONCE, calendar=CHINA
        )
        assert clock.due_on(CHINA) == on("2026-09-28")  # 15 September and 10 days is the festival
        held = clock.paused(on("2026-09-20"), reason="audit", by="officer")
        assert held.standing(CHINA, on=on("2026-09-20")).left == 6  # 20 to 25 September
        assert held.resumed(on("2026-10-10")).due_on(CHINA) == on("2026-10-15")


class TestWhatIsLeft:
    CLOCK = ledger("2026-09-15", "15 working days")

    @pytest.mark.parametrize(
        "day, left",
        [("2026-09-15", 15), ("2026-09-16", 15), ("2026-09-17", 14), ("2026-10-03", 4), ("2026-10-10", 2),
         ("2026-10-12", 1), ("2026-10-13", 0), ("2026-12-01", 0)],
    )  # fmt: skip
    def test_the_day_itself_is_still_time(self, day: str, left: int) -> None:
        standing = self.CLOCK.standing(CHINA, on=on(day))
        assert (standing.left, standing.due_on, standing.paused_since) == (left, on("2026-10-12"), None)

    def test_a_past_pause_is_not_counted_twice(self) -> None:
        clock = self.CLOCK.paused(on("2026-09-18"), reason="audit", by="officer").resumed(on("2026-09-25"))
        assert clock.standing(CHINA, on=on("2026-09-16")).left == 15
        assert clock.standing(CHINA, on=on("2026-09-18")).left == 13
        assert clock.standing(CHINA, on=on("2026-09-25")).left == 13
        assert clock.standing(CHINA, on=on("2026-09-29")).left == 12

    def test_the_day_of_resuming_is_left_too(self) -> None:
        clock = self.CLOCK.paused(on("2026-09-18"), reason="audit", by="officer").resumed(on("2026-09-22"))
        assert [clock.standing(CHINA, on=on(f"2026-09-{day}")).left for day in (17, 21, 22, 23)] == [
            14,
            13,
            13,
            12,
        ]

    def test_months_are_left_in_days_up_to_the_rolled_end(self) -> None:
        standing = ledger("2026-09-01", "1 month").standing(CHINA, on=on("2026-10-01"))
        assert (standing.left, standing.left_unit) == (8, Unit.DAY)

    @given(st.integers(1, 30), st.integers(1, 60))
    def test_it_never_grows_while_the_clock_runs(self, count: int, after: int) -> None:
        clock = Ledger(on("2026-09-15"), Period(count, Unit.WORKING_DAY))
        day = on("2026-09-15") + timedelta(days=after)
        today, tomorrow = (clock.standing(CHINA, on=each).left for each in (day, day + timedelta(days=1)))
        assert today - tomorrow == (1 if today and CHINA.is_working_day(day) else 0)


class TestANewYear:
    CLOCK = ledger("2026-12-11", "15 working days")
    LATER = CHINA.with_year(2027, rest=[on("2027-01-01"), on("2027-01-04")], work=[on("2027-01-03")])

    def test_a_provisional_date_is_computed_again_and_certain(self) -> None:
        assert self.CLOCK.due(CHINA) == Due(
            on("2027-01-04"), provisional=True, calendar_version=CHINA.version
        )
        again = recompute(self.CLOCK, old=CHINA, new=self.LATER)
        assert (again.old_on, again.new_on, again.moved) == (on("2027-01-04"), on("2027-01-03"), True)
        assert (again.old_version, again.new_version) == (CHINA.version, self.LATER.version)
        assert not again.provisional

    def test_a_certain_one_stays(self) -> None:
        again = recompute(ledger("2026-09-15", "15 working days"), old=CHINA, new=self.LATER)
        assert (again.old_on, again.moved) == (on("2026-10-12"), False)

    def test_a_notice_that_reaches_back_moves_a_date_that_seemed_certain(self) -> None:
        back = CHINA.with_year(2027, rest=[on("2026-12-31")])
        clock = ledger("2026-12-10", "15 working days")
        assert not clock.is_provisional(CHINA)
        assert recompute(clock, old=CHINA, new=back).moved

    def test_a_clock_that_stands_has_no_date_to_move(self) -> None:
        held = self.CLOCK.paused(on("2026-12-12"), reason="audit", by="officer")
        again = recompute(held, old=CHINA, new=self.LATER)
        assert (again.old_on, again.new_on, again.moved) == (None, None, False)


def test_a_period_that_never_extends_for_holidays() -> None:
    clock = Ledger(on("2026-09-01"), Period.parse("1 month"), roll=False)
    assert clock.due(CHINA) == Due(on("2026-10-01"), provisional=False, calendar_version=CHINA.version)


@given(
    st.dates(date(2020, 1, 1), date(2026, 12, 31)),
    st.integers(1, 24),
    st.sampled_from(["月", "日", "工作日"]),
)
def test_a_ledger_without_entries_is_the_plain_period(start: date, count: int, unit: str) -> None:
    period = Period.parse(f"{count}个{unit}" if unit != "日" else f"{count}日")
    assert Ledger(start, period).due_on(CHINA) == due_on(start, period, CHINA)


def test_hours_are_not_kept_by_days() -> None:
    with pytest.raises(HoursNeedAnInstant):
        ledger("2026-09-15", "24 hours")
    with pytest.raises(HoursNeedAnInstant):
        Ledger(on("2026-09-15"), Period.parse("1 day"), extensions=(more("2 hours", "2026-09-15"),))
