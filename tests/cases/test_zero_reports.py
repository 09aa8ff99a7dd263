"""The duty to report each period: who is asked, exactly once; what silence brings; who sees what; what was false."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from cases import audit, journal, listing, opening, recusals, surveys, zero_lists, zero_sweep
from cases.deadlines import Deadline
from cases.matters import Matter
from cases.office import Office
from cases.organisations import Organisation, Project
from cases.people import Posting
from cases.recusals import New
from cases.zero_reports import ZeroDuty, ZeroPeriod
from cases.zero_sweep import Opened
from notifications.notices import Notice
from states.rulebook import Rulebook
from states.rulebook_file import shipped
from states.zero_rules import ZeroReports
from tests.cases.port_office import MORNING, Port, Unit, on_file

EIGHT = timedelta(hours=8)  # before midnight in Greenwich, midnight in Shanghai
BODIES = ["GKJ", "HTJ", "QJN"]


def night(year: int, month: int, day: int) -> datetime:
    """The first instant of this day in Shanghai."""
    return datetime(year, month, day, tzinfo=UTC) - EIGHT


OCTOBER = night(2026, 10, 1)


@pytest.fixture
def port(unit: Unit) -> Port:
    """The Port Centre's office, whose bodies take part since 1 September 2026."""
    port = on_file(unit)
    assert sweep(port) == Opened(0, 0, 0)
    return port


def sweep(port: Port, at: datetime | None = None) -> Opened:
    port.at = at or port.at
    return zero_sweep.sweep(port.unit, port.office, at=port.at)


def periods(port: Port) -> list[tuple[str, str, str, bool]]:
    with port.unit() as session:
        found = session.exec(
            select(ZeroPeriod).order_by(col(ZeroPeriod.first_on), col(ZeroPeriod.organisation))
        )
        return [(one.organisation, one.period, one.outcome, one.late) for one in found]


def report_of(port: Port, body: str = "QJN", period: str = "2026-09") -> str:
    with port.unit() as session:
        query = select(Matter.number).join(ZeroPeriod, col(ZeroPeriod.matter) == col(Matter.id))
        return session.exec(query.where(ZeroPeriod.organisation == body, ZeroPeriod.period == period)).one()


def row(port: Port, number: str) -> Matter:
    with port.unit() as session:
        return session.exec(select(Matter).where(Matter.number == number)).one()


def replays(port: Port) -> bool:
    with port.unit() as session:
        return not audit.verify(session).faults


def under(port: Port, **changes: Any) -> Office:
    """The office under changed rules of reporting."""
    book = port.office.rulebook()
    assert book.zero_reports is not None
    rules = ZeroReports.model_validate(book.zero_reports.model_dump() | changes)
    other: Rulebook = book.model_copy(update={"zero_reports": rules})
    return Office({other.key: other}, other.key, port.office.calendar, port.office.announce)


# -------------------------------------------------------------------------------------------------------- exactly once


def test_each_body_is_asked_once_a_period_when_it_is_over(port: Port) -> None:
    tick = timedelta(microseconds=1)
    assert sweep(port, OCTOBER - tick) == Opened(0, 0, 0)
    assert sweep(port, OCTOBER) == Opened(3, 0, 0)
    assert sweep(port, OCTOBER + tick) == Opened(0, 0, 0)
    assert sweep(port, night(2026, 11, 1) - tick) == Opened(0, 0, 0)
    assert periods(port) == [(body, "2026-09", "opened", False) for body in BODIES]
    asked = row(port, report_of(port))
    assert (asked.organisation, asked.state, asked.handler) == ("MGJ", "awaiting", "contractor")
    assert (asked.values["first_on"], asked.values["last_on"]) == ("2026-09-01", "2026-09-30")
    assert sweep(port, night(2026, 11, 1)) == Opened(3, 0, 0)
    assert replays(port)


def test_two_workers_at_once_ask_each_body_once(port: Port) -> None:
    start, done = threading.Barrier(2), list[Opened]()

    def work() -> None:
        start.wait()
        done.append(zero_sweep.sweep(port.unit, port.office, at=OCTOBER))

    workers = [threading.Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sweep(port, OCTOBER) == Opened(0, 0, 0)
    assert (sum(one.opened for one in done), sum(one.failed for one in done)) == (3, 0)
    assert periods(port) == [(body, "2026-09", "opened", False) for body in BODIES]


def test_two_workers_that_both_see_a_body_for_the_first_time_note_it_once(unit: Unit) -> None:
    port = on_file(unit)
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        zero_sweep.sweep(port.unit, port.office, at=MORNING)

    workers = [threading.Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    with unit() as session:
        assert [
            one.organisation for one in session.exec(select(ZeroDuty).order_by(ZeroDuty.organisation))
        ] == BODIES


def test_the_database_itself_refuses_a_second_row_for_a_body_and_period(port: Port) -> None:
    sweep(port, OCTOBER)
    second = ZeroPeriod(organisation="QJN", period="2026-09", first_on=date(2026, 9, 2), last_on=date(2026, 9, 30),
                        outcome="opened", keeper="MGJ", at=OCTOBER)  # fmt: skip
    with pytest.raises(IntegrityError), port.unit() as session:
        session.add(second)


def test_a_crash_half_way_leaves_nothing_and_the_next_run_asks_everybody(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, count = opening.open_by_programme, iter(range(9))

    def dies_at_the_second(*given: Any, **named: Any) -> Any:
        if next(count) == 1:
            raise MemoryError
        return real(*given, **named)

    monkeypatch.setattr(opening, "open_by_programme", dies_at_the_second)
    with pytest.raises(MemoryError):
        sweep(port, OCTOBER)
    assert periods(port) == []
    assert sweep(port) == Opened(3, 0, 0)


def test_a_body_that_cannot_be_asked_fails_alone_and_is_tried_again(
    port: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = opening.open_by_programme

    def not_the_contractor(*given: Any, **named: Any) -> Any:
        if named["values"]["body"] == "QJN":
            raise LookupError("QJN")
        return real(*given, **named)

    with monkeypatch.context() as broken:
        broken.setattr(opening, "open_by_programme", not_the_contractor)
        assert sweep(port, OCTOBER) == Opened(2, 0, 0, failed=1)
    assert [body for body, *_ in periods(port)] == ["GKJ", "HTJ"]
    assert sweep(port) == Opened(1, 0, 0)


def test_a_company_whose_commission_nobody_can_tell_is_not_passed_over_in_silence(port: Port) -> None:
    with port.unit() as session:
        session.add(Project(code="ZZ", name="区里的工程", organisation="BHJ"))
    done = sweep(port, OCTOBER)
    assert (done.opened, done.failed, done.faults) == (1, 2, (("HTJ", "NobodyKeeps"), ("QJN", "NobodyKeeps")))
    with port.unit() as session:
        for body in session.exec(select(Organisation).where(col(Organisation.code).in_(["HTJ", "QJN"]))):
            body.parent = "MGJ"
            session.add(body)
    assert sweep(port) == Opened(2, 0, 0)


# ------------------------------------------------------------------------------------------------------------ outages


def test_a_period_that_nothing_opened_as_it_ended_is_opened_late_and_says_so(port: Port) -> None:
    assert sweep(port, night(2026, 10, 20)) == Opened(3, 3, 0)
    number = report_of(port)
    late = row(port, number)
    assert late.values["late"] is True
    assert late.title.endswith("（补开）")
    with port.unit() as session:
        clock = session.exec(select(Deadline).where(Deadline.matter == late.id)).one()
    assert clock.due_on == date(2026, 10, 27), (
        "five working days from the day it was asked for, not from September"
    )


def test_a_report_that_is_opened_on_the_first_working_day_is_not_late(port: Port) -> None:
    """1 to 7 October are holidays, the 8th is a working day."""
    assert sweep(port, night(2026, 10, 9) - timedelta(microseconds=1)) == Opened(3, 0, 0)
    assert row(port, report_of(port)).values["late"] is False


def test_the_day_after_it_is(port: Port) -> None:
    assert sweep(port, night(2026, 10, 9)) == Opened(3, 3, 0)


def test_a_long_outage_asks_for_the_newest_periods_and_puts_the_others_on_record(port: Port) -> None:
    assert sweep(port, night(2027, 2, 1)) == Opened(9, 6, 6)  # the newest, January, is in time
    found = [one for one in periods(port) if one[0] == "QJN"]
    assert found == [
        ("QJN", "2026-09", "lapsed", True), ("QJN", "2026-10", "lapsed", True), ("QJN", "2026-11", "opened", True),
        ("QJN", "2026-12", "opened", True), ("QJN", "2027-01", "opened", False),
    ]  # fmt: skip
    assert sweep(port) == Opened(0, 0, 0)


def test_nothing_before_a_body_took_part_is_asked_for(port: Port) -> None:
    with port.unit() as session:
        session.add(Organisation(code="NEW", kind="contractor", name_zh="新来的公司", name_en="Newcomer"))
        journal.note(
            session, "organisation_added", actor="operator", at=night(2026, 11, 10), code="NEW", parent=None
        )
    sweep(port, night(2027, 1, 1))
    assert [one[1] for one in periods(port) if one[0] == "NEW"] == ["2026-11", "2026-12"]


def test_nothing_before_the_duty_began_is_asked_for(port: Port) -> None:
    port.office = under(port, counted_from=date(2026, 11, 1))
    sweep(port, night(2027, 1, 1))
    assert [one[1] for one in periods(port) if one[0] == "QJN"] == ["2026-11", "2026-12"]


def test_which_bodies_owe_one_and_for_how_long_is_a_setting(port: Port) -> None:
    port.office = under(port, owed_by=["contractor"], every="每季度1日")
    assert sweep(port, OCTOBER) == Opened(1, 0, 0)
    assert periods(port) == [("QJN", "2026-Q3", "opened", False)]


def test_where_the_periods_change_no_day_is_reported_twice_and_none_is_left_out(port: Port) -> None:
    sweep(port, night(2026, 11, 1))
    port.office = under(port, every="每季度1日")
    sweep(port, night(2027, 4, 1))
    with port.unit() as session:
        found = session.exec(
            select(ZeroPeriod).where(ZeroPeriod.organisation == "QJN").order_by(col(ZeroPeriod.first_on))
        ).all()
    assert [(one.period, f"{one.first_on}", f"{one.last_on}") for one in found] == [
        ("2026-09", "2026-09-01", "2026-09-30"), ("2026-10", "2026-10-01", "2026-10-31"),
        ("2026-11-01", "2026-11-01", "2026-12-31"), ("2027-Q1", "2027-01-01", "2027-03-31"),
    ]  # fmt: skip


# ---------------------------------------------------------------------------------------------------------- reporting


def test_a_body_confirms_that_there_is_nothing_with_name_and_date(port: Port) -> None:
    sweep(port, OCTOBER)
    number = report_of(port)
    assert port.refused(number, "contractor", "report_nothing", signed_on="2026-09-29").keys() == {
        "too_early"
    }
    assert port.do(number, "contractor", "report_nothing").to == "nothing"
    assert row(port, number).acts["report_nothing"][0] == "contractor"
    assert row(port, number).values["signed_on"] == "2026-10-01"
    assert replays(port)


def test_whoever_has_something_says_how_many_and_names_only_what_they_may_see(port: Port) -> None:
    clue = port.clue_with(source="letter")
    sweep(port, OCTOBER)
    number = report_of(port)
    assert port.refused(number, "contractor", "report_something", how_many=0).keys() == {"out_of_range"}
    unseen = port.refused(number, "contractor", "report_something", clue=clue)
    unknown = port.refused(number, "contractor", "report_something", clue="MGJ-2026-9999")
    assert unseen.keys() == unknown.keys() == {"unknown_reference"}
    assert unseen["unknown_reference"].replace(clue, "") == unknown["unknown_reference"].replace(
        "MGJ-2026-9999", ""
    )
    assert port.do(number, "contractor", "report_something", how_many=2).to == "something"
    assert port.do(number, "registrar", "take_note").to == "received"


def test_who_sees_clues_as_well_may_name_one(port: Port) -> None:
    clue = port.clue_with(source="letter")
    with port.unit() as session:
        session.add(Posting(person="registrar", role="member", organisation="QJN"))
    sweep(port, OCTOBER)
    number = report_of(port)
    assert port.do(number, "registrar", "report_something", clue=clue).to == "something"


def test_a_body_corrects_what_it_said(port: Port) -> None:
    sweep(port, OCTOBER)
    number = report_of(port)
    assert port.walk(number, ("contractor", "report_nothing"), ("contractor", "correct")) == "something"


def test_a_colleague_may_sign_and_is_asked_the_next_time(port: Port) -> None:
    sweep(port, OCTOBER)
    number = report_of(port, "HTJ")
    assert row(port, number).handler == "overseer"
    assert port.do(number, "overseer2", "report_nothing").to == "nothing"
    sweep(port, night(2026, 11, 1))
    assert row(port, report_of(port, "HTJ", "2026-10")).handler == "overseer2"


def test_the_liaison_is_one_of_the_body(port: Port) -> None:
    sweep(port, OCTOBER)
    number = report_of(port, "HTJ")
    assert port.refused(number, "registrar", "name_liaison", liaison="contractor").keys() == {
        "not_of_that_body"
    }
    port.do(number, "registrar", "name_liaison", liaison="overseer2")
    assert row(port, number).handler == "overseer2"


# ------------------------------------------------------------------------------------------------------------- silence


def test_silence_climbs_to_a_circular_and_ends_only_by_a_decision(port: Port) -> None:
    """Due five working days after 30 September: 1 to 7 October are holidays, Saturday the 10th works: the 13th."""
    sweep(port, OCTOBER)
    number = report_of(port)
    with port.unit() as session:
        key = row(port, number).id
        assert session.exec(select(Deadline).where(Deadline.matter == key)).one().due_on == date(2026, 10, 13)
    assert "act_missing" in port.refused(number, "leader", "record_missed"), "not before the circular"
    port.at = night(2026, 10, 13)
    port.later(hours=9)
    assert "contractor" in told(port, number, "due_notice")
    port.later(days=1)
    assert told(port, number, "second_notice") == {"contractor", "registrar"}
    port.later(days=2)
    assert told(port, number, "supervision_letter") == {"contractor", "registrar", "leader"}
    assert told(port, number, "circular") == set()
    port.later(days=5)
    assert told(port, number, "circular") == {"contractor", "leader", "head"}
    port.later(days=300)
    assert row(port, number).state == "awaiting", "it stays late for as long as nobody decides"
    assert port.do(number, "leader", "record_missed").to == "missed"
    assert replays(port)


def told(port: Port, number: str, document: str) -> set[str]:
    with port.unit() as session:
        query = select(Notice.recipient).join(Matter, col(Matter.id) == col(Notice.matter))
        return set(session.exec(query.where(Matter.number == number, Notice.document == document)))


# ------------------------------------------------------------------------------------------------------- who sees what


def test_a_body_sees_its_own_reports_and_no_others(port: Port) -> None:
    sweep(port, OCTOBER)
    number = report_of(port, "QJN")
    for who in ("contractor", "registrar", "leader", "head", "auditor"):
        assert not port.unseen(number, who), who
    for who in ("owner", "overseer", "officer", "supervisor", "district", "operator", "city"):
        assert port.unseen(number, who), who
    with port.unit() as session:
        seen = listing.matters(session, port.office, "zero_report", actor="contractor", at=port.at)
    assert [one.number for one in seen.lines] == [number]


# --------------------------------------------------------------------------------------------------------- false zero


def suspected(port: Port, number: str) -> tuple[str, str]:
    clue = port.clue_with(
        subject_unit="第七工程局南方公司", received_on="2026-09-20", source="joint_inspection"
    )
    return clue, port.note("registrar", "zero_check", report=number, clue=clue)


def test_a_false_zero_is_found_after_the_body_was_heard_and_it_never_learns_of_the_clue(port: Port) -> None:
    sweep(port, OCTOBER)
    number = report_of(port)
    port.do(number, "contractor", "report_nothing")
    clue, check = suspected(port, number)
    assert port.unseen(check, "contractor")
    assert port.unseen(check, "officer")
    assert "act_missing" in port.refused(check, "leader", "find_false")
    port.do(check, "registrar", "hear")
    port.do(check, "leader", "find_false")
    assert row(port, number).state == "false_report"
    assert replays(port)
    seen = everything_seen(port, number, "contractor")
    assert "false_report" in seen
    assert clue not in seen
    assert check not in seen


def test_a_check_that_clears_leaves_the_report_as_it_is(port: Port) -> None:
    sweep(port, OCTOBER)
    number = report_of(port)
    port.do(number, "contractor", "report_nothing")
    _, check = suspected(port, number)
    port.do(check, "leader", "clear")
    assert row(port, number).state == "nothing"


def test_what_was_corrected_meanwhile_is_not_found_false(port: Port) -> None:
    sweep(port, OCTOBER)
    number = report_of(port)
    port.do(number, "contractor", "report_nothing")
    _, check = suspected(port, number)
    port.do(check, "registrar", "hear")
    port.do(number, "contractor", "correct")
    assert "link_missing" in port.refused(check, "leader", "find_false")


def test_what_was_settled_can_still_be_found_false(port: Port) -> None:
    sweep(port, OCTOBER)
    number = report_of(port)
    port.do(number, "contractor", "report_nothing")
    port.later(days=400)
    assert row(port, number).state == "settled"
    _, check = suspected(port, number)
    port.do(check, "registrar", "hear")
    port.do(check, "head", "find_false")
    assert row(port, number).state == "false_report"


def test_whoever_is_kept_out_of_the_clue_is_kept_out_of_the_check(port: Port) -> None:
    sweep(port, OCTOBER)
    number = report_of(port)
    port.do(number, "contractor", "report_nothing")
    clue = port.clue_with(subject_unit="第七工程局南方公司", source="joint_inspection")
    with port.unit() as session:
        key = row(port, clue).id or 0
        recusals.put(session, key, New("auditor", "own_word", "in_force", "test"), at=port.at)
    check = port.note("registrar", "zero_check", report=number, clue=clue)
    assert port.unseen(check, "auditor")
    assert not port.unseen(check, "leader")


def everything_seen(port: Port, number: str, who: str) -> str:
    with port.unit() as session:
        moves = surveys.moves(session, port.office, number, actor=who, at=port.at).as_dict("en")
        whole = listing.shown(session, port.office, number, actor=who)
        past = listing.history(session, port.office, number, actor=who)
        return f"{moves} {whole} {past}"


def test_rules_of_reporting_name_what_exists() -> None:
    whole = shipped().model_dump(by_alias=True)
    for change, fault in (
        ({"answered_by": "nobody"}, "there is no role 'nobody'"),
        ({"knew_by": ["rumour"]}, "a clue has no source 'rumour'"),
        ({"every": "10 working days before acceptance"}, "not by a milestone"),
        ({"every": "whenever"}, "every week on Monday"),
    ):
        with pytest.raises(ValueError, match=fault):
            Rulebook.model_validate(whole | {"zero_reports": whole["zero_reports"] | change})


# --------------------------------------------------------------------------------------------------- matrix and gaps


def cells(port: Port, who: str = "registrar", body: str = "QJN") -> dict[str, str]:
    with port.unit() as session:
        _, found = zero_lists.lines(session, port.office, actor=who, at=port.at)
    return {cell.period: cell.status for one in found if one.organisation == body for cell in one.cells}


def gaps(port: Port, who: str = "registrar") -> set[tuple[str, str, str | None]]:
    with port.unit() as session:
        found = zero_lists.gaps(session, port.office, actor=who, at=port.at)
    return {(one.kind, one.organisation, one.period) for one in found}


def test_the_matrix_tells_for_each_body_and_period_how_it_stands(port: Port) -> None:
    before = port.at = night(2026, 9, 30)
    assert cells(port)["2026-09"] == "running"
    assert cells(port)["2026-08"] == "not_owed"
    port.at = OCTOBER
    assert cells(port)["2026-09"] == "unopened"
    assert ("unopened", "QJN", "2026-09") in gaps(port)
    sweep(port, OCTOBER)
    number = report_of(port)
    due = night(2026, 10, 14)
    port.at = due - timedelta(microseconds=1)
    assert cells(port)["2026-09"] == "awaiting"
    assert not [one for one in gaps(port) if one[0] == "late"]
    port.at = due
    assert cells(port)["2026-09"] == "late"
    assert ("late", "QJN", "2026-09") in gaps(port)
    port.do(number, "contractor", "report_nothing")
    assert cells(port) == {"2026-10": "running", "2026-09": "nothing"} | dict.fromkeys(
        [f"2026-{month:02}" for month in range(1, 9)], "not_owed"
    )
    assert before < port.at


def test_a_body_finds_itself_in_the_matrix_and_nobody_else(port: Port) -> None:
    sweep(port, OCTOBER)
    for who, bodies in {"contractor": ["QJN"], "owner": ["GKJ"], "registrar": BODIES, "auditor": BODIES,
                        "officer": [], "supervisor": [], "district": [], "operator": []}.items():  # fmt: skip
        with port.unit() as session:
            _, found = zero_lists.lines(session, port.office, actor=who, at=port.at)
        assert [one.organisation for one in found] == bodies, who


def test_a_body_without_anybody_to_report_stands_among_the_gaps(port: Port) -> None:
    with port.unit() as session:
        for held in session.exec(select(Posting).where(Posting.person == "contractor")):
            session.delete(held)
    assert sweep(port, OCTOBER) == Opened(3, 0, 0), "it is asked all the same"
    assert ("nobody", "QJN", None) in gaps(port)


@pytest.mark.parametrize(
    "given, doubtful",
    [
        ({}, True),
        ({"source": "letter"}, False),
        ({"subject_unit": "恒泰监理公司"}, False),
        ({"received_on": "2026-08-31"}, False),
        ({"received_on": "2026-09-01"}, True),
        ({"received_on": "2026-09-30"}, True),
        ({"received_on": "2026-10-01"}, False),
    ],
)
def test_a_clue_that_comes_later_casts_doubt_where_the_body_knew(
    port: Port, given: dict[str, str], doubtful: bool
) -> None:
    sweep(port, OCTOBER)
    number = report_of(port)
    port.do(number, "contractor", "report_nothing")
    about = {"subject_unit": "第七工程局南方公司", "received_on": "2026-09-20", "source": "joint_inspection"}
    port.at += timedelta(minutes=1)
    clue = port.note("registrar", **about | given)
    assert (("doubtful", "QJN", "2026-09") in gaps(port)) is doubtful
    assert not [one for one in gaps(port, "contractor") if one[0] == "doubtful"]
    if doubtful:
        port.note("registrar", "zero_check", report=number, clue=clue)
        assert ("doubtful", "QJN", "2026-09") not in gaps(port), "it is being checked"


def test_a_clue_that_was_on_file_before_the_body_signed_casts_no_doubt(port: Port) -> None:
    sweep(port, OCTOBER)
    port.note(
        "registrar", subject_unit="第七工程局南方公司", received_on="2026-09-20", source="joint_inspection"
    )
    port.do(report_of(port), "contractor", "report_nothing")
    assert not [one for one in gaps(port) if one[0] == "doubtful"]


# -------------------------------------------------------------------------------------------------------------- audit


def test_a_period_that_was_changed_or_taken_away_is_found(port: Port) -> None:
    sweep(port, OCTOBER)
    assert replays(port)
    with port.unit() as session:
        held = session.exec(select(ZeroPeriod).where(ZeroPeriod.organisation == "QJN")).one()
        held.period = "2026-08"
        session.add(held)
    assert found(port) == {(report_of(port, period="2026-08"), "period_changed")}
    with port.unit() as session:
        held = session.exec(select(ZeroPeriod).where(ZeroPeriod.organisation == "QJN")).one()
        held.matter = None
        session.add(held)
    assert {code for _, code in found(port)} == {"period_changed", "report_gone"}


def found(port: Port) -> set[tuple[str, str]]:
    with port.unit() as session:
        return {(one.subject, one.code) for one in audit.verify(session).faults}
