"""Rounds, tasks, inspections and what comes after the end of a clue at the Port Centre."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from states.facts import ENGINE
from states.rulebook_file import shipped
from tests.states.paper_office import TODAY, Matter, PaperOffice
from tests.states.stories import A_ROUND, TO_OFFICER, TO_VERIFYING, UNFOUNDED, done_by, reasons, refused


@pytest.fixture
def office() -> PaperOffice:
    return PaperOffice()


def test_the_owner_contractor_and_supervision_company_consult_and_the_clue_goes_on(
    office: PaperOffice,
) -> None:
    clue = office.note()
    office.walk(clue, *TO_OFFICER, ("officer", "convene"))
    assert reasons(refused(office, clue, "leave_consultation", "officer")) == {"still_open"}
    meeting = office.child(clue, "consultation")
    assert office.walk(meeting, *A_ROUND) == "closed"
    assert "round_ended" in clue.acts
    assert office.walk(clue, ("officer", "leave_consultation")) == "assigned"
    assert office.move(clue, "propose_disposition", "officer") == "disposition_proposed"


def test_the_members_never_get_the_subject_or_the_text_of_the_clue(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_OFFICER, ("officer", "convene"))
    handed_on = set(office.child(clue, "consultation").values)
    assert handed_on == {"agenda", "brief", "seats", "meets_on", "proposed", "project", "link", "kind"}


def test_a_brief_that_names_the_person_is_refused(office: PaperOffice) -> None:
    clue = office.note("supervisor", subject="赵德明")
    office.walk(clue, *TO_OFFICER)
    refusal = refused(office, clue, "convene", "officer", brief="赵德明未到场旁站。")
    assert reasons(refusal) == {"not_redacted"}
    assert "赵德明" not in refusal.reasons[0].message.zh


def test_opinions_of_this_session_are_needed(office: PaperOffice) -> None:
    meeting = office.note("leader", "consultation")
    office.walk(meeting, *A_ROUND[:2])
    assert reasons(refused(office, meeting, "collect_opinions", "leader")) == {"act_missing"}
    office.walk(meeting, *A_ROUND[2:4])
    office.today = TODAY + timedelta(days=7)
    office.walk(meeting, ("leader", "adjourn"), ("leader", "resume"), ("leader", "open_session"))
    assert reasons(refused(office, meeting, "collect_opinions", "leader")) == {"act_missing"}


def test_a_round_that_owes_a_ratification_ends_once_it_is_on_the_record(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(
        clue, *TO_OFFICER, ("officer", "report_singly"), ("leader", "decide_singly"), ("officer", "convene")
    )
    meeting = office.child(clue, "consultation")
    office.walk(meeting, *A_ROUND[:6])
    assert reasons(refused(office, meeting, "draft_minutes", "officer")) == {"not_ratified"}
    office.move(meeting, "ratify_single_report", "leader")
    assert office.walk(meeting, *A_ROUND[6:]) == "closed"


def test_a_round_that_orders_rectification_does_not_close_without_a_task(office: PaperOffice) -> None:
    meeting = office.note("leader", "consultation")
    office.walk(meeting, *A_ROUND[:5])
    office.move(meeting, "resolve", "leader", resolution="rectify")
    assert reasons(refused(office, meeting, "draft_minutes", "officer")) == {"link_missing"}
    office.move(meeting, "issue_task", "officer")
    assert office.walk(meeting, *A_ROUND[6:]) == "closed"


def test_a_clue_is_not_concluded_while_a_task_is_open(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_OFFICER)
    office.move(clue, "propose_disposition", "officer", way="rectify")
    office.move(clue, "approve_rectification", "leader", task_owner="owner")
    assert reasons(refused(office, clue, "close_rectification", "leader")) == {"still_open"}
    task = office.child(clue, "task")
    assert task.handler == "owner"
    assert office.walk(task, *done_by("owner", issued_by="leader")) == "cancelled"
    assert office.move(clue, "close_rectification", "leader") == "concluded"


def test_a_task_is_cancelled_only_on_proof_and_by_a_second_person(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_OFFICER)
    office.move(clue, "propose_disposition", "officer", way="rectify")
    office.move(clue, "approve_rectification", "leader", task_owner="owner")
    task = office.child(clue, "task")
    assert refused(office, task, "take", "contractor").code == "is_handler"
    office.walk(task, ("owner", "take"))
    assert refused(office, task, "cancel", "leader").code == "wrong_state"
    office.walk(task, ("owner", "submit"), ("leader", "check"))
    assert reasons(refused(office, task, "cancel", "leader")) == {"second_person"}
    assert office.move(task, "cancel", "head") == "cancelled"


def concluded(office: PaperOffice, **given: object) -> Matter:
    clue = office.note(**given)
    office.walk(clue, *TO_VERIFYING, *UNFOUNDED)
    return clue


def test_a_real_name_reporter_is_told_before_the_archive(office: PaperOffice) -> None:
    clue = concluded(office, real_name=True)
    assert reasons(refused(office, clue, "archive", "officer")) == {"act_missing"}
    office.move(clue, "feed_back", "registrar")
    assert reasons(refused(office, clue, "feed_back", "registrar")) == {"done_already"}
    assert office.move(clue, "archive", "officer") == "archived"


def test_an_anonymous_reporter_cannot_and_need_not_be_told(office: PaperOffice) -> None:
    clue = concluded(office, real_name=False)
    assert reasons(refused(office, clue, "feed_back", "registrar")) == {"is_true"}
    assert office.move(clue, "archive", "officer") == "archived"


def test_only_new_evidence_reopens_a_closed_clue(office: PaperOffice) -> None:
    office.today = TODAY
    clue = concluded(office, real_name=False)
    office.move(clue, "archive", "officer")
    before = (TODAY - timedelta(days=1)).isoformat()
    clue.values["received_on"] = "2026-10-01"
    refusal = refused(office, clue, "reopen", "head", evidence_on=before)
    assert reasons(refusal) == {"no_new_evidence"}
    assert "repeat" in refusal.reasons[0].cure.en
    assert refused(office, clue, "reopen", "head", evidence=None).code == "bad_form"
    assert office.move(clue, "reopen", "head", evidence_on=TODAY.isoformat()) == "verifying"


def test_a_second_conclusion_asks_for_its_own_feedback(office: PaperOffice) -> None:
    clue = concluded(office, real_name=True)
    office.move(clue, "feed_back", "registrar")
    office.today = date(2026, 12, 20)
    office.walk(clue, ("head", "reopen"), *UNFOUNDED)
    assert reasons(refused(office, clue, "archive", "officer")) == {"act_missing"}
    office.move(clue, "feed_back", "registrar")
    assert office.move(clue, "archive", "officer") == "archived"


def test_only_what_proved_unfounded_is_clarified(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_VERIFYING, ("officer", "submit_report"))
    office.move(clue, "conclude_verified", "head", outcome="partly_founded")
    assert reasons(refused(office, clue, "clarify", "head")) == {"value_is"}


def test_a_finding_becomes_a_clue_in_one_step(office: PaperOffice) -> None:
    round_ = office.note("supervisor", "inspection")
    office.walk(round_, ("supervisor", "begin"), ("supervisor", "record_finding"))
    clue = office.child(round_, "finding")
    assert (clue.machine, clue.state, clue.values["source"]) == ("clue", "discovered", "inspection")
    assert office.move(clue, "register", "registrar") == "registered"


def test_a_finding_becomes_a_task_in_one_step_and_whoever_ordered_it_looks_back(office: PaperOffice) -> None:
    round_ = office.note("supervisor", "inspection")
    office.walk(round_, ("supervisor", "begin"), ("supervisor", "order_cure"))
    task = office.child(round_, "task")
    assert (task.machine, task.state, task.handler) == ("task", "issued", "owner")
    assert task.values["found"]
    office.walk(round_, ("supervisor", "end_looking"), ("supervisor", "report"))
    assert reasons(refused(office, round_, "close", "leader")) == {"still_open"}
    office.walk(task, ("owner", "take"), ("owner", "submit"))
    assert reasons(refused(office, task, "check", "registrar")) == {"issued_by_another"}
    office.walk(task, ("supervisor", "check"), ("leader", "cancel"))
    assert office.move(round_, "close", "leader") == "closed"


def test_a_re_inspection_is_not_cured_while_a_task_of_the_round_is_open(office: PaperOffice) -> None:
    round_ = office.note("supervisor", "inspection")
    office.walk(round_, ("supervisor", "begin"), ("supervisor", "order_cure"), ("supervisor", "end_looking"))
    office.walk(round_, ("supervisor", "report"), ("leader", "order_re_inspection"))
    assert "still_open" in reasons(refused(office, round_, "cured", "supervisor"))
    office.walk(office.child(round_, "task"), *done_by("owner", "supervisor"))
    assert office.move(round_, "cured", "supervisor") == "reported"


def test_whoever_reported_the_round_does_not_close_it(office: PaperOffice) -> None:
    round_ = office.note("supervisor", "inspection")
    office.walk(round_, ("supervisor", "begin"), ("supervisor", "record_nothing"), ("registrar", "report"))
    assert reasons(refused(office, round_, "close", "registrar")) == {"second_person"}
    assert office.move(round_, "close", "leader") == "closed"


def test_a_missed_round_is_made_up_or_explained(office: PaperOffice) -> None:
    machine = shipped().machines["inspection"]
    assert {rung.move for rung in machine.deadlines["waiting"].ladder} >= {"miss"}
    for way, state in (("make_up", "opened"), ("skip", "skipped")):
        round_ = office.note("registrar", "inspection")
        round_.state = office.judge(round_).fire("miss", office.facts(round_, ENGINE))
        assert office.move(round_, way, "leader") == state
