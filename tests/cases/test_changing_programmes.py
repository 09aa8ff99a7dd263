"""A programme changes from a day on: the slots before it are of the old rule, those from it on of the new one, each once;
who may plan for one project plans for that alone; and a round that was drawn is begun where and by whom it was drawn."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from cases import administering, due_rounds, inspections, plan_lists, planning
from cases.inspections import Programme, Slot
from cases.journal import AccountEvent
from cases.matters import Matter
from cases.people import Person, Posting
from cases.planning import Wanted
from states.calendars import china
from states.facts import Refused
from states.recurrence import Given
from states.recurrence_words import parse
from tests.cases.port_office import Port, Unit, on_file

DAY = timedelta(days=1)


@pytest.fixture
def port(unit: Unit) -> Port:
    """The Port Centre's office without the programmes of the sample."""
    made = on_file(unit)
    with made.unit() as session:
        for one in session.execute(select(Programme)).scalars():
            one.active = False
    return made


def planned(port: Port, rule: str, who: str = "leader", code: str = "W", **given: Any) -> None:
    wanted = {"kind": "daily", "title": "巡查", "organisation": "MGJ", "project": "PC",
              "inspectors": ("supervisor", "registrar")} | given  # fmt: skip
    with port.unit() as session:
        planning.add_programme(
            session, port.office, Wanted(code=code, rule=rule, **wanted), actor=who, at=port.at
        )


def change(
    port: Port, from_on: date | None = None, who: str = "leader", code: str = "W", **changes: Any
) -> None:
    with port.unit() as session:
        planning.change(session, port.office, code, changes, from_on=from_on, actor=who, at=port.at)


def refused(port: Port, from_on: date | None = None, who: str = "leader", **changes: Any) -> tuple[str, str]:
    with pytest.raises(Refused) as found:
        change(port, from_on, who, **changes)
    return found.value.reasons[0].code, found.value.reasons[0].message.en


def sweep(port: Port, day: date) -> None:
    port.at = max(port.at, datetime(day.year, day.month, day.day, 1, tzinfo=UTC))
    done = due_rounds.sweep(port.unit, port.office, at=port.at)
    assert done.faults == ()


def slots(port: Port, code: str = "W") -> list[tuple[str, str]]:
    with port.unit() as session:
        found = session.execute(
            select(Slot).where(col(Slot.programme) == code).order_by(col(Slot.slot))
        ).scalars()
        return [(f"{one.slot:%m-%d}", one.outcome) for one in found]


def on_days(port: Port, first: date, last: date) -> None:
    """Somebody sweeps every day."""
    while first <= last:
        sweep(port, first)
        first += DAY


def test_from_its_day_on_the_new_rule_holds_and_what_was_opened_stays(port: Port) -> None:
    planned(port, "每周一")
    on_days(port, date(2026, 9, 1), date(2026, 9, 10))
    change(port, date(2026, 9, 16), rule="每周四", title="周四巡查")
    on_days(port, date(2026, 9, 11), date(2026, 9, 25))
    assert slots(port) == [("09-07", "opened"), ("09-14", "opened"), ("09-17", "opened"), ("09-24", "opened")]
    with port.unit() as session:
        rounds = session.execute(
            select(col(Matter.title)).where(col(Matter.machine) == "inspection").order_by(col(Matter.id))
        )
        assert list(rounds.scalars()) == ["巡查", "巡查", "周四巡查", "周四巡查"]
        found = session.get_one(Programme, "W")
        assert (found.rule, found.change, found.change_on, found.changed_on) == (
            "每周四", None, None, date(2026, 9, 16))  # fmt: skip


def test_what_is_to_come_is_shown_by_both_rules_before_the_day(port: Port) -> None:
    planned(port, "每周一")
    change(port, date(2026, 9, 16), rule="每周四")
    with port.unit() as session:
        ahead = plan_lists.ahead(
            session, port.office, actor="leader", today=date(2026, 9, 1), until=date(2026, 9, 26)
        )
        (listed,) = [one for one in plan_lists.programmes(session, port.office, actor="leader", lang="en")
                     if one["code"] == "W"]  # fmt: skip
    assert [one["slot"][5:] for one in ahead] == ["09-07", "09-14", "09-17", "09-24"]
    assert (listed["rule"], listed["change_on"], listed["change"]) == (
        "每周一", "2026-09-16", {"rule": "每周四", "recurs": "every week on Thursday"})  # fmt: skip


def test_one_event_says_who_changed_what_from_when(port: Port) -> None:
    planned(port, "每周一")
    change(port, date(2026, 9, 16), rule="每周四", inspectors=["supervisor"])
    with port.unit() as session:
        (event,) = session.execute(
            select(AccountEvent).where(col(AccountEvent.what) == "programme_changed")
        ).scalars()
    assert (event.actor, event.data["code"], event.data["from_on"]) == ("leader", "W", "2026-09-16")
    assert event.data["changed"] == {
        "rule": ["每周一", "每周四"], "inspectors": [["supervisor", "registrar"], ["supervisor"]]}  # fmt: skip


def test_a_month_that_had_its_round_by_the_old_rule_has_that_of_the_new_one_too(port: Port) -> None:
    """By the old rule on the first working day, by the new one on the last, from the middle of the month on."""
    planned(port, "每月第1个工作日")
    on_days(port, date(2026, 9, 1), date(2026, 9, 2))
    change(port, date(2026, 9, 15), rule="每月最后1个工作日")
    on_days(port, date(2026, 9, 3), date(2026, 11, 2))
    assert slots(port) == [("09-01", "opened"), ("09-30", "opened"), ("10-30", "opened")]


def test_an_outage_over_the_day_of_the_change_is_made_up_for_once(port: Port) -> None:
    planned(port, "每周一")
    change(port, date(2026, 9, 16), rule="每周四")
    sweep(port, date(2026, 9, 25))
    assert slots(port) == [("09-07", "missed"), ("09-14", "missed"), ("09-17", "missed"), ("09-24", "opened")]
    sweep(port, date(2026, 9, 25))
    assert len(slots(port)) == 4


def test_a_slot_before_the_day_that_a_holiday_puts_off_beyond_it_is_not_lost(port: Port) -> None:
    """1 October and the days after it are free: the slot of the 3rd opens on the 8th, after the change of the 5th."""
    planned(port, "每周六")
    on_days(port, date(2026, 9, 1), date(2026, 10, 1))
    change(port, date(2026, 10, 5), rule="每周五")
    on_days(port, date(2026, 10, 2), date(2026, 10, 16))
    found = dict(slots(port))
    assert found["10-03"] == "opened"
    assert found["10-09"] == found["10-16"] == "opened"
    assert "10-10" not in found


def test_it_is_refused_with_what_may_be_done(port: Port) -> None:
    planned(port, "每周一")
    on_days(port, date(2026, 9, 1), date(2026, 9, 7))
    assert refused(port, date(2026, 9, 7), rule="每周四") == (
        "too_early", "The slot of 2026-09-07 has its outcome already, and that stays.")  # fmt: skip
    assert refused(port, date(2026, 9, 1), rule="每周四")[0] == "too_early"
    assert refused(port, rule="每周一") == ("nothing_changes", "Nothing would be different.")
    assert refused(port, rule="sometimes")[0] == "not_a_rule"
    assert refused(port, inspectors=["nobody"])[0] == "unknown_reference"
    assert refused(port, who="supervisor", rule="每周四")[0] == "unknown_reference"
    change(port, rule="每周四")
    assert refused(port, date(2026, 9, 20), rule="每周五") == (
        "change_waits",
        "It changes from 2026-09-08 on already.",
    )
    change(port, date(2026, 9, 8), title="新名称")
    with port.unit() as session:
        planning.end(session, port.office, "W", actor="leader")
    assert refused(port, rule="每周五")[0] == "ended"


RULES = (
    "每周一",
    "每周三、周五",
    "每月10日",
    "每月第1个工作日",
    "每月最后1个工作日",
    "每3日",
    "每个工作日",
    "每月最后1日",
)


def test_no_slot_is_lost_and_none_is_doubled_whatever_changes_when(port: Port) -> None:
    """Random changes, and sweeps on random days; against every slot by hand, rule by rule."""
    calendar = china()
    for seed in range(25):
        draw, code = random.Random(seed), f"R{seed}"
        rule, began = draw.choice(RULES), port.office.day(port.at)
        planned(port, rule, code=code, on_outage=draw.choice(["run_once", "run_all", "skip"]))
        spans, start = [], began
        for _ in range(draw.randint(1, 3)):
            sweep(port, port.office.day(port.at) + timedelta(days=draw.randint(0, 9)))
            with port.unit() as session:
                found = session.get_one(Programme, code)
                free = max(port.office.day(port.at), (found.done_until or began) + DAY)
                waiting, new = found.change_on, draw.choice([one for one in RULES if one != found.rule])
            if waiting is not None:
                continue
            from_on = free + timedelta(days=draw.randint(0, 12))
            change(port, from_on, code=code, rule=new)
            spans.append((rule, start, from_on - DAY))
            rule, start = new, from_on
            if draw.random() < 0.5:
                sweep(port, from_on + timedelta(days=draw.randint(0, 20)))
        last = max(start, port.office.day(port.at)) + timedelta(days=30)
        for _ in range(3):  # of all that are made up for, 31 in one run
            sweep(port, last)
        spans.append((rule, start, last))
        expected = [
            one.on for of, first, until in spans for one in parse(of).slots(Given(first, calendar, {}), until=until)
            if calendar.next_working_day(one.on) <= last
        ]  # fmt: skip
        with port.unit() as session:
            rows = session.execute(
                select(col(Slot.slot)).where(col(Slot.programme) == code).order_by(col(Slot.slot))
            )
            assert list(rows.scalars()) == expected, (seed, spans)
            session.get_one(Programme, code).active = False


# ------------------------------------------------------------------------------------------------- who may plan


def planner(port: Port, project: str | None) -> None:
    with port.unit() as session:
        session.add(Person(login="planner", name="许畅", organisation="MGJ"))
        session.flush()
        session.add(Posting(person="planner", role="registrar", organisation="MGJ", project=project))


def test_who_holds_the_post_for_one_project_plans_for_that_alone(port: Port) -> None:
    planner(port, "PC")
    planned(port, "每周一", who="planner")
    for project in ("BR", None):
        with pytest.raises(Refused) as found:
            planned(port, "每周一", who="planner", code="X", project=project)
        assert (found.value.code, found.value.reasons[0].message.en) == (
            "not_your_project", "You plan inspections for PC alone.")  # fmt: skip
    planned(port, "每周一", code="BR1", project="BR")
    with port.unit() as session, pytest.raises(Refused):
        planning.end(session, port.office, "BR1", actor="planner")
    with port.unit() as session, pytest.raises(Refused):
        planning.set_milestone(
            session, port.office, actor="planner", project="BR", name="竣工", falls_on=date(2027, 1, 1)
        )
    with port.unit() as session:
        planning.set_milestone(
            session, port.office, actor="planner", project="PC", name="竣工", falls_on=date(2027, 1, 1)
        )
        administering.post(session, port.office, actor="operator", login="planner", role="leader", organisation="MGJ",
                           project=None, at=port.at)  # fmt: skip
    planned(port, "每周一", who="planner", code="X", project="BR")


# ----------------------------------------------------------------------------------------- begun as it was drawn


def drawn(port: Port, **given: Any) -> tuple[str, list[str], str]:
    """A round whose place and inspectors were drawn: its number, who, and where."""
    with port.unit() as session:
        for login in ("watch2", "watch3"):
            session.add(Person(login=login, name=login, organisation="MGJ"))
            session.flush()
            session.add(Posting(person=login, role="supervisor", organisation="MGJ"))
        inspections.plan(session, Programme(
            code="SPOT", kind="unannounced", title="抽查", rule="每周一", organisation="MGJ", project="PC",
            inspectors=["supervisor", "registrar", "watch2", "watch3"], starts_on=date(2026, 9, 1),
            sites=[{"name": "1号泊位"}, {"name": "堆场"}], take=1, **{"team": 2} | given))  # fmt: skip
    sweep(port, date(2026, 9, 7))
    with port.unit() as session:
        row = session.execute(select(Matter).where(col(Matter.machine) == "inspection")).scalars().one()
        return row.number, list(row.values["inspectors"]), row.values["place"]


def test_a_round_is_begun_where_and_by_whom_it_was_drawn(port: Port) -> None:
    number, who, place = drawn(port)
    other = {"1号泊位": "堆场", "堆场": "1号泊位"}[place]
    assert port.refused(number, "registrar", "begin", place=other, inspectors=who) == {
        "not_as_drawn": f"The place drawn for this round is {place}."}  # fmt: skip
    stranger = next(one for one in ("supervisor", "registrar", "watch2", "watch3") if one not in who)
    said = port.refused(number, "registrar", "begin", place=place, inspectors=[who[0], stranger])
    assert said == {"not_as_drawn": f"Drawn for this round: {'、'.join(who)}."}
    assert port.do(number, "registrar", "begin").to == "under_way", "the form offers what was drawn"


def test_where_only_one_was_drawn_others_go_along_and_not_instead(port: Port) -> None:
    number, (who,), place = drawn(port, team=1)
    others = [one for one in ("supervisor", "registrar", "watch2", "watch3") if one != who]
    assert "not_as_drawn" in port.refused(number, "registrar", "begin", place=place, inspectors=others[:2])
    assert port.do(number, "registrar", "begin", place=place, inspectors=[who, others[0]]).to == "under_way"


def test_what_was_not_drawn_is_free(port: Port) -> None:
    number = port.note("supervisor", "inspection", project="PC")
    assert (
        port.do(number, "supervisor", "begin", place="任意处", inspectors=["registrar", "officer"]).to
        == "under_way"
    )
