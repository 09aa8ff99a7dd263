"""The assessment of bodies over a small office whose figures can be counted by hand: each figure with its rows, as of an
instant, for who may see it; and what leaves the house."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlmodel import col, select

from cases import assessment_export, assessment_sheets, assessments, audit, due_rounds, recusals, zero_sweep
from cases.assessment_sheets import AssessmentSheet
from cases.assessments import Figure, Sheet
from cases.deadlines import Deadline, DeadlineEntry
from cases.matters import Matter
from cases.recusals import New
from cases.zero_reports import ZeroPeriod
from states.assessing import Count
from states.facts import Refused
from tests.cases.port_office import MORNING, Port, Unit, on_file

EIGHT = timedelta(hours=8)
QUARTER = "2026-Q4"


def day(year: int, month: int, date: int, hour: int = 9) -> datetime:
    """This hour of this day in Shanghai."""
    return datetime(year, month, date, hour, tzinfo=UTC) - EIGHT


LATER = day(2026, 12, 31)


@pytest.fixture
def port(unit: Unit) -> Port:
    """The Port Centre's office, whose bodies take part since 1 September 2026."""
    port = on_file(unit)
    zero_sweep.sweep(port.unit, port.office, at=MORNING)
    return port


def sheet(port: Port, body: str = "QJN", who: str = "registrar", period: str = QUARTER, **when: Any) -> Sheet:
    with port.unit() as session:
        return assessments.sheet(
            session, port.office, organisation=body, period=period, actor=who, **{"at": LATER} | when
        )


def figure(port: Port, name: str, body: str = "QJN", who: str = "registrar", **when: Any) -> Figure:
    return next(one for one in sheet(port, body, who, **when).figures if one.name == name)


def told(one: Figure) -> tuple[Count | None, list[tuple[str, bool]]]:
    return one.count, [(row.number, row.hit) for row in one.rows]


def task(port: Port, due_on: str, owner: str = "contractor", **given: Any) -> str:
    """A task out of a round, for somebody of a company; its number."""
    number = port.meeting()
    for who in ("owner", "contractor", "overseer"):
        port.say(number, who)
    port.walk(number, ("leader", "collect_opinions"), ("leader", "resolve"))
    made = port.do(number, "leader", "issue_task", task_owner=owner, due_on=due_on, **given)
    return next(one.number for one in made.consequences if one.machine == "task")


def submitted(port: Port, number: str, at: datetime, who: str = "contractor") -> None:
    port.at = at
    port.walk(number, (who, "take"), (who, "submit"))


# ------------------------------------------------------------------------------------------------------------- tasks


def test_of_tasks_due_in_the_period_those_in_time_count_and_late_ones_take_points_off(port: Port) -> None:
    port.at = day(2026, 9, 28)
    in_time, late, never, other, before = (
        task(port, "2026-11-10"), task(port, "2026-11-10"), task(port, "2026-11-10"),
        task(port, "2026-11-10", "owner"), task(port, "2026-09-29"),
    )  # fmt: skip
    submitted(
        port, in_time, day(2026, 11, 11)
    )  # a task is late once the day after the one that was set is over
    submitted(port, late, day(2026, 11, 12))
    found = sheet(port)
    shares = {one.name: one for one in found.figures}
    assert told(shares["tasks_in_time"]) == (Count(1, 3), [(in_time, True), (late, False), (never, False)])
    assert told(shares["tasks_late"]) == (Count(1), [(never, True)])
    assert told(figure(port, "tasks_in_time", "GKJ"))[1] == [(other, False)]
    assert told(figure(port, "tasks_in_time", period="2026-Q3"))[1] == [(before, False)]
    assert other not in str(found)


def test_a_task_counts_from_the_first_instant_after_its_day(port: Port) -> None:
    port.at = day(2026, 10, 20)
    number = task(port, "2026-11-10")
    over = day(2026, 11, 12, 0)
    assert figure(port, "tasks_in_time", as_of=over - timedelta(microseconds=1)).count == Count(0, 0)
    assert figure(port, "tasks_in_time", as_of=over).count == Count(0, 1)
    submitted(port, number, over - timedelta(minutes=3))
    assert figure(port, "tasks_in_time", as_of=over).count == Count(1, 1)


def test_a_task_that_was_revoked_was_not_owed(port: Port) -> None:
    port.at = day(2026, 10, 20)
    number = task(port, "2026-11-10")
    port.do(number, "head", "revoke")
    assert figure(port, "tasks_in_time").count == Count(0, 0)


def test_what_was_submitted_taken_back_and_submitted_again_is_one_row(port: Port) -> None:
    port.at = day(2026, 10, 20)
    number = task(port, "2026-11-10")
    submitted(port, number, day(2026, 11, 2))
    port.do(number, "contractor", "recall_submission")
    assert told(figure(port, "tasks_in_time")) == (Count(0, 1), [(number, False)])
    port.do(number, "contractor", "submit")
    assert told(figure(port, "tasks_in_time")) == (Count(1, 1), [(number, True)])


def test_the_unit_responsible_decides_whose_a_task_is(port: Port) -> None:
    port.at = day(2026, 10, 20)
    number = task(port, "2026-11-10")
    port.at = day(2026, 10, 21)
    port.do(number, "head", "change_owner", responsible_unit="HTJ", task_owner="overseer")
    assert told(figure(port, "tasks_in_time", "HTJ"))[1] == [(number, False)]
    assert told(figure(port, "tasks_in_time"))[1] == []


def test_one_more_late_task_never_raises_the_score(port: Port) -> None:
    port.at = day(2026, 10, 20)
    scores = []
    in_time = task(port, "2026-11-10")
    submitted(port, in_time, day(2026, 11, 10))
    for submits in (False, True, False):
        found = sheet(port).score
        assert found is not None
        assert found.total is not None
        scores.append(found.total)
        port.at = day(2026, 10, 21)
        late = task(port, "2026-11-10")
        if submits:
            submitted(port, late, day(2026, 11, 20))
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1]


def test_tasks_that_stand_still_are_counted_by_working_days(port: Port) -> None:
    port.at = day(2026, 11, 2)
    number = task(port, "2026-12-30")
    assert figure(port, "tasks_still", as_of=day(2026, 11, 16)).count == Count(0)
    assert told(figure(port, "tasks_still", as_of=day(2026, 11, 17))) == (Count(1), [(number, True)])


# ------------------------------------------------------------------------------------------------------ zero reports


def reported(port: Port, at: datetime, body: str = "QJN") -> str:
    port.at = at
    zero_sweep.sweep(port.unit, port.office, at=at)
    with port.unit() as session:
        query = select(Matter.number).join(ZeroPeriod, col(ZeroPeriod.matter) == col(Matter.id))
        found = session.exec(
            query.where(ZeroPeriod.organisation == body).order_by(col(ZeroPeriod.id).desc())
        ).all()
    return found[0]


def test_zero_reports_in_time_and_false_ones(port: Port) -> None:
    september = reported(port, day(2026, 10, 8))
    port.do(september, "contractor", "report_nothing")
    october = reported(port, day(2026, 11, 2))
    port.at = day(2026, 11, 20)
    port.do(october, "contractor", "report_nothing")
    assert told(figure(port, "zero_in_time")) == (Count(1, 2), [(september, True), (october, False)])
    assert figure(port, "zero_false").count == Count(0)
    clue = port.note("registrar", subject_unit="第七工程局南方公司")
    check = port.note("registrar", "zero_check", report=october, clue=clue)
    port.walk(check, ("registrar", "hear"), ("leader", "find_false"))
    assert told(figure(port, "zero_false")) == (Count(1), [(october, True)])


# ------------------------------------------------------------------------------------------------------- joint works


def test_opinions_given_from_the_seats_of_a_body_in_rounds_that_were_concluded(port: Port) -> None:
    port.at = day(2026, 10, 20)
    both = port.meeting(seats=["owner", "contractor", "overseer"])
    port.say(both, "contractor")
    port.say(both, "owner")
    assert figure(port, "opinions_given").count == Count(0, 0), "it is not concluded"
    port.at = day(2026, 11, 20)
    port.walk(both, ("leader", "collect_opinions"), ("leader", "resolve"))
    assert told(figure(port, "opinions_given")) == (Count(1, 1), [(both, True)])
    assert told(figure(port, "opinions_given", "HTJ")) == (Count(0, 1), [(both, False)])


def test_an_agreement_commitments_and_education(port: Port) -> None:
    parties = {"party_a": "MGJ", "party_b": "QJN", "party_c": None, "party_d": None, "party_e": None}
    port.at = day(2026, 10, 20)
    agreement = port.note("registrar", "agreement", **parties, ends_on="2026-12-31")
    assert told(figure(port, "agreement_in_force")) == (Count(0, 1), [])
    port.walk(agreement, ("registrar", "sign_a"), ("registrar", "sign_b"))
    port.do(agreement, "leader", "put_in_force", begins_on="2026-10-20")
    assert told(figure(port, "agreement_in_force")) == (Count(1, 1), [(agreement, True)])
    assert figure(port, "agreement_in_force", "HTJ").count == Count(0, 1)
    signed = port.note("registrar", "commitment", committed="contractor", form="oath")
    unsigned = port.note("registrar", "commitment", committed="contractor")
    port.do(signed, "contractor", "sign")
    assert told(figure(port, "commitments_signed")) == (Count(1, 2), [(signed, True), (unsigned, False)])
    met = port.note("registrar", "education", body="QJN", begins_on="2026-01-01", ends_on="2026-12-30")
    port.walk(met, ("registrar", "hold_warning"), ("registrar", "hold_study"), ("registrar", "hold_study"),
              ("leader", "confirm"))  # fmt: skip
    assert told(figure(port, "education_met")) == (Count(1, 1), [(met, True)])


# ------------------------------------------------------------------------------------------------- of the commission


def test_the_commission_s_own_figures(port: Port) -> None:
    names = [one.name for one in sheet(port, "MGJ").figures]
    assert "tasks_in_time" not in names
    assert figure(port, "supervisors_in_term", "MGJ").count == Count(0, 9), "three projects, three each"
    port.at = day(2026, 10, 20)
    letter = port.note(
        "registrar", "appointment", supervisor="supervisor", project="PC", ends_on="2027-10-31"
    )
    port.do(letter, "leader", "issue_letter", begins_on="2026-10-20")
    again = port.note("registrar", "appointment", supervisor="supervisor", project="PC", ends_on="2027-10-31")
    port.do(again, "leader", "issue_letter", begins_on="2026-10-20")
    assert told(figure(port, "supervisors_in_term", "MGJ")) == (Count(1, 9), [(letter, True)])
    clue = port.clue_with(received_on="2026-10-20")
    assert told(figure(port, "opinions_in_time", "MGJ")) == (Count(0, 1), [(clue, False)])


def test_escalations_that_were_sent_up_in_time(port: Port) -> None:
    port.at = day(2026, 10, 20)
    clue = port.clue_with(received_on="2026-10-20")
    made = port.do(clue, "officer", "escalate")
    number = next(one.number for one in made.consequences if one.machine == "escalation")
    port.do(number, "head", "approve")
    assert figure(port, "escalations_in_time", "MGJ", as_of=port.at).count == Count(0, 0)
    assert told(figure(port, "escalations_in_time", "MGJ")) == (Count(0, 1), [(number, False)])
    port.do(number, "registrar", "dispatch")
    assert told(figure(port, "escalations_in_time", "MGJ")) == (Count(1, 1), [(number, True)])


def test_slots_of_the_programme_that_came_to_a_report(port: Port) -> None:
    port.at = day(2026, 10, 12)
    due_rounds.sweep(port.unit, port.office, at=port.at)
    found = figure(port, "slots_reported", "MGJ", period="2026-10")
    assert found.count is not None
    assert found.count.hits == 0
    assert found.count.of == len(found.rows) > 0


# ------------------------------------------------------------------------------------------------------ as of then


def test_the_same_instant_gives_the_same_sheet_whatever_happens_later(port: Port) -> None:
    port.at = day(2026, 10, 20)
    number = task(port, "2026-11-10")
    report = reported(port, day(2026, 11, 2))
    then = day(2026, 11, 12)
    before = sheet(port, at=then, as_of=then)
    submitted(port, number, day(2026, 11, 13))
    port.do(report, "contractor", "report_nothing")
    port.note("registrar", subject_unit="第七工程局南方公司")
    port.later(days=60)
    assert sheet(port, as_of=then) == before
    assert sheet(port) != before
    assert assessments.digest(assessments.content(sheet(port, as_of=then))) == assessments.digest(
        assessments.content(before)
    )


def test_nobody_counts_as_of_a_day_to_come(port: Port) -> None:
    assert sheet(port, at=MORNING, as_of=LATER).as_of == MORNING


# --------------------------------------------------------------------------------------------------------- who sees


def test_sheets_are_for_those_of_the_commission_who_see_them_all(port: Port) -> None:
    for who in ("registrar", "leader", "head", "auditor"):
        assert sheet(port, who=who).organisation == "QJN"
    for who in ("contractor", "owner", "officer", "supervisor", "district", "operator"):
        with pytest.raises(Refused) as found:
            sheet(port, who=who)
        with pytest.raises(Refused) as unknown:
            sheet(port, "NOWHERE", who=who)
        assert str(found.value.reasons[0].message.en).replace("QJN", "") == str(
            unknown.value.reasons[0].message.en
        ).replace("NOWHERE", "")


def test_rows_out_of_sight_are_counted_and_not_named(port: Port) -> None:
    port.at = day(2026, 10, 20)
    number = task(port, "2026-11-10")
    kept_out(port, number, "leader")
    seen = figure(port, "tasks_in_time", who="leader")
    assert (seen.count, seen.rows, seen.hidden) == (Count(0, 1), (), 1)


def test_a_figure_of_the_discipline_channel_is_withheld_from_whoever_is_kept_out_of_one_of_its_rows(
    port: Port,
) -> None:
    port.at = day(2026, 10, 20)
    clue = port.note("registrar", subject_unit="第七工程局南方公司")
    assert told(figure(port, "clues_noted")) == (Count(1), [(clue, True)])
    kept_out(port, clue, "auditor")
    seen = figure(port, "clues_noted", who="auditor")
    assert (seen.count, seen.rows, seen.hidden) == (None, (), 0)
    assert clue not in str(sheet(port, who="auditor").as_dict("en"))


def test_of_the_commission_s_own_sheet_the_score_is_withheld_with_a_figure_that_weighs(port: Port) -> None:
    port.at = day(2026, 10, 20)
    clue = port.clue_with(received_on="2026-10-20")
    assert sheet(port, "MGJ").score is not None
    kept_out(port, clue, "auditor")
    assert sheet(port, "MGJ", "auditor").score is None


def kept_out(port: Port, number: str, who: str) -> None:
    with port.unit() as session:
        key = session.exec(select(Matter.id).where(Matter.number == number)).one()
        recusals.put(session, int(key or 0), New(who, "declared", "in_force", "test"), at=port.at)


def test_what_may_leave_says_nothing_of_clues_and_scores_the_same_with_and_without_them(port: Port) -> None:
    port.at = day(2026, 10, 20)
    task(port, "2026-11-10")

    def leaves() -> dict[str, Any]:
        with port.unit() as session:
            counted = assessments.whole(session, port.office, port.office.rulebook(), organisation="QJN", period=QUARTER,
                                        as_of=LATER)  # fmt: skip
            return assessments.content(assessments.leaving(counted))

    before = leaves()
    for _ in range(3):
        port.note("registrar", subject_unit="第七工程局南方公司", source="joint_inspection")
        port.note("officer", "interference", subject_unit="第七工程局南方公司")
    assert leaves() == before
    assert not {one["name"] for one in before["figures"]} & {"clues_noted", "interference_noted"}
    assert figure(port, "clues_noted").count == Count(3)


def test_a_period_is_a_year_a_quarter_or_a_month(port: Port) -> None:
    found = {period: assessments.span(period)[1:] for period in ("2026", "2026-Q3", "2026-02", "2028-02")}
    assert {key: (f"{one}", f"{two}") for key, (one, two) in found.items()} == {
        "2026": ("2026-01-01", "2026-12-31"), "2026-Q3": ("2026-07-01", "2026-09-30"),
        "2026-02": ("2026-02-01", "2026-02-28"), "2028-02": ("2028-02-01", "2028-02-29"),
    }  # fmt: skip
    for bad in ("2026-Q5", "2026-13", "soon", "", "2026-9"):
        with pytest.raises(Refused):
            sheet(port, period=bad)


def test_every_formula_is_told_in_both_languages(port: Port) -> None:
    for body in ("QJN", "MGJ"):
        for one in sheet(port, body).figures:
            assert one.formula.en.isascii(), one.formula.en
            assert "{" not in one.formula.zh + one.formula.en


# ------------------------------------------------------------------------------------------------------- drawing up


def drawn_up(port: Port, body: str = "QJN", who: str = "registrar", period: str = "2026-11") -> str:
    with port.unit() as session:
        return assessment_sheets.draw_up(
            session, port.office, organisation=body, period=period, actor=who, at=port.at
        ).number


def shown(port: Port, number: str, who: str) -> dict[str, Any]:
    with port.unit() as session:
        return assessment_sheets.shown(session, port.office, number, actor=who, lang="en")


def refused(port: Port, **given: Any) -> str:
    with pytest.raises(Refused) as found:
        drawn_up(port, **given)
    return found.value.code


def faults(port: Port) -> set[str]:
    with port.unit() as session:
        return {one.code for one in audit.verify(session).faults}


def recounted(port: Port, who: str = "auditor") -> list[dict[str, Any]]:
    with port.unit() as session:
        return [one.as_dict() for one in assessment_sheets.recount(session, port.office, actor=who)]


@pytest.fixture
def sent(port: Port) -> tuple[Port, str, str]:
    """A sheet of November with a late task of the contractor's and a clue about them, put to the body; task and clue."""
    port.at = day(2026, 10, 20)
    late = task(port, "2026-11-10")
    clue = port.note("registrar", subject_unit="第七工程局南方公司")
    port.at = day(2026, 12, 1)
    return port, late, clue


def test_a_sheet_is_put_to_the_body_heard_fixed_by_another_and_published(
    sent: tuple[Port, str, str],
) -> None:
    port, late, clue = sent
    number = drawn_up(port)
    assert port.unseen(number, "contractor"), "a draft is nobody's business yet"
    port.do(number, "registrar", "put_to_body")
    assert not port.unseen(number, "contractor")
    assert port.unseen(number, "owner")
    seen = shown(port, number, "contractor")
    shares = {one["name"]: one for one in seen["figures"]}
    assert (shares["tasks_in_time"]["hits"], shares["tasks_in_time"]["of"]) == (0, 1)
    assert shares["tasks_in_time"]["rows"] == [{"number": late, "hit": False}]
    assert not shares["zero_in_time"]["applies"]
    assert clue not in str(seen)
    assert "clues" not in str(seen)
    port.do(number, "contractor", "object")
    port.walk(number, ("leader", "fix"), ("registrar", "publish"))
    assert faults(port) == set()
    assert [one["ok"] for one in recounted(port)] == [True]


def test_silence_on_a_sheet_is_no_objection(sent: tuple[Port, str, str]) -> None:
    port, *_ = sent
    number = drawn_up(port)
    port.do(number, "registrar", "put_to_body")
    port.later(days=10)
    assert port.do(number, "head", "fix").to == "fixed"


def test_who_draws_up_and_of_what(sent: tuple[Port, str, str]) -> None:
    port, *_ = sent
    assert refused(port, who="auditor") == "not_your_role"
    assert refused(port, who="contractor") == "unknown_reference"
    assert refused(port, body="NOWHERE") == "unknown_reference"
    assert refused(port, period="2026-12") == "too_early"
    assert refused(port, period="never") == "not_a_period"
    port.at = day(2026, 11, 30)
    assert refused(port) == "too_early"
    port.at = day(2026, 12, 1, 0)
    assert drawn_up(port)


def test_the_commission_s_own_sheet_names_a_clue_only_to_those_who_see_it(port: Port) -> None:
    port.at = day(2026, 10, 20)
    clue = port.clue_with(received_on="2026-10-20")
    port.at = day(2027, 1, 4)
    number = drawn_up(port, "MGJ", period=QUARTER)
    kept_out(port, clue, "auditor")
    assert clue in str(shown(port, number, "leader"))
    assert clue not in str(shown(port, number, "auditor"))
    port.walk(number, ("registrar", "pass_own"), ("leader", "fix"), ("registrar", "publish"))


def test_a_sheet_that_was_altered_is_found(sent: tuple[Port, str, str]) -> None:
    port, *_ = sent
    number = drawn_up(port)
    with port.unit() as session:
        held = session.exec(select(AssessmentSheet)).one()
        held.content = held.content | {"score": "100.0"}
        session.add(held)
    assert faults(port) == {"sheet_altered"}
    assert recounted(port) == [{"number": number, "ok": False, "fits": False, "differs": ["score"]}]
    with port.unit() as session:
        session.delete(session.exec(select(AssessmentSheet)).one())
    assert faults(port) == {"sheet_gone"}


def test_a_sheet_that_no_longer_agrees_with_its_rows_is_found(sent: tuple[Port, str, str]) -> None:
    port, late, _ = sent
    number = drawn_up(port)
    with port.unit() as session:
        key = session.exec(select(Matter.id).where(Matter.number == late)).one()
        for clock in session.exec(
            select(Deadline).where(Deadline.matter == key, Deadline.name == "rectification")
        ):
            for entry in session.exec(select(DeadlineEntry).where(DeadlineEntry.deadline == clock.id)):
                session.delete(entry)
    [found] = recounted(port)
    assert found == {"number": number, "ok": False, "fits": True, "differs": ["tasks_in_time", "tasks_late"]}


def test_the_workbook_agrees_with_the_sheet_and_computes_nothing(
    sent: tuple[Port, str, str], tmp_path: Path
) -> None:
    port, late, _ = sent
    found = sheet(port, period="2026-11").as_dict("en")
    assessment_export.write(found, tmp_path / "a.xlsx", name="=cmd|' /C calc'!A0", at=port.at, zone=port.office.zone,
                            lang="en")  # fmt: skip
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    lines = list(book["Sheet"].iter_rows(values_only=True))
    assert str(lines[0][0]).startswith("'="), "text that looks like a formula stays text"
    told_ = {line[0]: line[1:3] for line in lines[5:]}
    for one in found["figures"]:
        assert told_[one["label"]] == (one["hits"], one["of"]), one["name"]
    rows = [line[:2] for line in book["Rows"].iter_rows(min_row=2, values_only=True)]
    assert rows == [(one["label"], row["number"]) for one in found["figures"] for row in one["rows"]]
    assert any(number == late for _, number in rows)
    assert not [cell for page in book for line in page.iter_rows() for cell in line if cell.data_type == "f"]
