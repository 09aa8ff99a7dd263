"""The office's own verbs: pressing, supervising, taking back, passing on, delegating, adding signers, copying."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import col, delete, select

from cases import audit, listing, recusing, surveys
from cases.deadlines import Deadline
from cases.matters import Matter, Reader
from cases.moved import Moved
from cases.people import Posting
from notifications.notices import Notice
from tests.cases.conftest import Unit
from tests.cases.port_office import Port, on_file

WHY = "与被反映人系近亲属"


@pytest.fixture
def port(unit: Unit) -> Port:
    return on_file(unit)


def told(port: Port, document: str) -> list[str]:
    """Who was told, in order."""
    with port.unit() as session:
        query = select(Notice.recipient).where(Notice.document == document)
        return [str(one) for one in session.exec(query.order_by(col(Notice.id)))]


def clocks(port: Port, number: str, name: str) -> list[tuple[str, date | None]]:
    with port.unit() as session:
        query = select(Deadline).join(Matter).where(Matter.number == number, col(Deadline.name) == name)
        return [(one.status, one.due_on) for one in session.exec(query.order_by(col(Deadline.id)))]


def open_moves(port: Port, number: str, who: str) -> set[str]:
    with port.unit() as session:
        return {one.move for one in surveys.moves(session, port.office, number, actor=who, at=port.at).open}


def proposed(port: Port, way: str = "hold") -> str:
    number = port.clue_with()
    port.do(number, "officer", "propose_disposition", way=way)
    return number


def recuse(port: Port, number: str, who: str) -> None:
    with port.unit() as session:
        recusing.declare(session, port.office, number, actor=who, reason=WHY, at=port.at)


def test_pressing_tells_the_handler_is_on_record_and_comes_once_in_three_days(port: Port) -> None:
    number = port.clue_with()
    moved = port.do(number, "registrar", "press")
    assert (moved.from_, moved.to) == ("assigned", "assigned")
    assert told(port, "press_notice") == ["officer"]
    assert "too_soon" in port.refused(number, "leader", "press"), "whoever it is that presses"
    port.at += timedelta(days=2, hours=14)
    assert "too_soon" in port.refused(number, "registrar", "press"), (
        "the last minute of the third day is too soon"
    )
    port.at += timedelta(hours=1)
    port.do(number, "head", "press")
    assert told(port, "press_notice") == ["officer", "officer"]


def test_pressing_is_no_progress_and_nobody_presses_themselves(port: Port) -> None:
    number = port.clue_with()
    with port.unit() as session:
        before = session.exec(select(Matter.progressed_at).where(Matter.number == number)).one()
    assert "your_own_turn" in port.refused(number, "officer", "press")
    port.do(number, "head", "press")
    with port.unit() as session:
        assert session.exec(select(Matter.progressed_at).where(Matter.number == number)).one() == before


def test_the_handler_presses_those_who_decide(port: Port) -> None:
    number = proposed(port)
    port.do(number, "officer", "press")
    assert sorted(told(port, "press_notice")) == ["head", "leader"]


def test_nothing_is_pressed_once_it_is_over(port: Port) -> None:
    number = port.note()
    port.do(number, "leader", "screen_out")
    assert "wrong_state" in port.refused(number, "registrar", "press")


def test_supervising_sets_a_day_and_a_clock_until_the_report_is_in(port: Port) -> None:
    number = port.clue_with()
    day = port.at.date() + timedelta(days=9)  # Thursday 10 September
    port.do(number, "leader", "supervise", supervise_by=day.isoformat())
    assert clocks(port, number, "supervised") == [("open", day + timedelta(days=1))], (
        "late from the day after"
    )
    assert told(port, "supervision_letter") == ["officer", "registrar"]
    assert "done_already" in port.refused(number, "head", "supervise")
    port.later(days=9, hours=1)
    assert (told(port, "supervision_letter").count("leader"), told(port, "due_notice").count("officer")) == (
        0,
        1,
    )
    port.later(days=1)
    assert told(port, "supervision_letter").count("leader") == 1, "a day over, the leader is told as well"
    port.later(days=3)
    assert "head" in told(port, "overdue_report"), "and the head on the next working day"
    port.do(number, "officer", "report_supervised")
    assert [status for status, _ in clocks(port, number, "supervised")] == ["late"]
    assert "leader" in told(port, "progress_note")
    port.at += timedelta(days=1)
    port.do(number, "head", "supervise")


def test_a_handler_reports_only_what_is_supervised(port: Port) -> None:
    assert "act_missing" in port.refused(port.clue_with(), "officer", "report_supervised")


def test_a_proposal_is_taken_back_by_whoever_made_it_while_nobody_has_acted_on_it(port: Port) -> None:
    number = proposed(port)
    port.do(number, "officer", "press")  # is no action on it
    assert port.do(number, "officer", "recall_disposition").to == "assigned"
    assert sorted(told(port, "recall_note")) == ["head", "leader"]
    assert [status for status, _ in clocks(port, number, "opinion")] == ["met", "open"]
    assert [status for status, _ in clocks(port, number, "approval")] == ["met"]
    assert "wrong_state" in port.refused(number, "head", "approve_hold"), (
        "what was taken back is not approved"
    )
    port.do(number, "officer", "propose_disposition", way="close")


def test_a_proposal_that_somebody_has_signed_is_not_taken_back(port: Port) -> None:
    number = proposed(port)
    port.do(number, "leader", "add_signer", added_signer="officer2")
    port.do(number, "officer2", "countersign")
    assert "acted_on" in port.refused(number, "officer", "recall_disposition")


def test_a_proposal_out_of_consultation_goes_back_there(port: Port) -> None:
    number = port.clue_with()
    moved = port.do(number, "officer", "convene", seats=["owner", "contractor"])
    round_ = moved.consequences[0].number
    port.do(round_, "leader", "cancel")
    port.do(number, "officer", "propose_disposition", way="hold")
    assert "came_from_elsewhere" in port.refused(number, "officer", "recall_disposition")
    assert port.do(number, "officer", "recall_to_consultation").to == "in_consultation"


def test_only_the_proposer_of_an_assignment_takes_it_back_to_where_it_was(port: Port) -> None:
    number = port.note()
    port.do(number, "registrar", "register", managed_by="ours")
    port.do(number, "registrar", "propose_assignment", proposed_handler="officer")
    assert "not_your_role" in port.refused(number, "head", "recall_assignment")
    assert port.do(number, "registrar", "recall_assignment").to == "registered"
    port.do(number, "registrar", "propose_assignment", proposed_handler="officer")
    port.do(number, "head", "approve_assignment", handler="officer")
    port.do(number, "registrar", "propose_assignment", proposed_handler="officer2")
    assert "came_from_elsewhere" in port.refused(number, "registrar", "recall_assignment")
    assert port.do(number, "registrar", "recall_reassignment").to == "assigned"


def test_a_report_that_was_taken_back_cannot_be_decided_on(port: Port) -> None:
    number = proposed(port, "verification")
    port.do(number, "head", "approve_verification", team=["officer", "officer2"])
    port.do(number, "officer", "submit_report", signed_by=["officer", "officer2"])
    port.do(number, "officer", "recall_report")
    assert "value_is" in port.refused(number, "head", "conclude_verified")
    assert [status for status, _ in clocks(port, number, "verification")] == ["met", "open"]
    port.do(number, "officer", "submit_report", signed_by=["officer", "officer2"])
    port.do(number, "head", "return_report")
    port.do(number, "officer", "submit_report", signed_by=["officer", "officer2"])
    assert "done_already" in port.refused(number, "officer", "recall_report")


def test_passing_on_takes_the_word_of_another_person(port: Port) -> None:
    number = port.clue_with()
    assert "act_missing" in port.refused(number, "leader", "pass_on", handler="officer2")
    port.do(number, "officer", "ask_pass_on", next_handler="officer2")
    port.do(number, "leader", "keep_handler")
    assert [port.unseen(number, who) for who in ("officer", "officer2")] == [False, True]
    port.at += timedelta(days=1)
    port.do(number, "officer", "ask_pass_on", next_handler="officer2")
    port.do(number, "leader", "pass_on", handler="officer2")
    assert port.unseen(number, "officer"), "whoever passed it on has no more to do with it"
    assert told(port, "assignment_letter")[-2:] == ["officer2", "registrar"]
    assert "done_already" in port.refused(number, "leader", "pass_on", handler="officer3")
    port.do(number, "officer2", "sign_for")


def test_delegated_work_is_read_done_and_given_back_before_anything_is_proposed(port: Port) -> None:
    number = port.clue_with()
    assert port.unseen(number, "officer2")
    until = port.at.date() + timedelta(days=3)
    port.do(number, "officer", "delegate", delegate="officer2", delegated_until=until.isoformat())
    assert told(port, "delegation_note") == ["officer2"]
    assert open_moves(port, number, "officer2") == {"report_back"}
    assert "reads_only" in port.refused(number, "officer2", "amend")
    assert "answers_missing" in port.refused(number, "officer", "propose_disposition", way="hold")
    assert "answers_missing" in port.refused(number, "officer", "delegate", delegate="officer3"), (
        "one at a time"
    )
    port.do(number, "officer2", "report_back")
    assert port.unseen(number, "officer2"), "whoever gave the work back has no more to do with the file"
    assert [status for status, _ in clocks(port, number, "delegated")] == ["met"]
    port.do(number, "officer", "propose_disposition", way="hold")


def test_a_delegate_who_is_recused_is_released_and_does_not_hold_the_file_up(port: Port) -> None:
    number = port.clue_with()
    port.do(number, "officer", "delegate", delegate="officer2")
    recuse(port, number, "officer2")
    assert port.unseen(number, "officer2")
    port.do(number, "officer", "end_delegation", released="officer2")
    assert "unknown_reference" in port.refused(number, "officer", "delegate", delegate="officer2")
    port.do(number, "officer", "propose_disposition", way="hold")


def test_the_decision_waits_for_everybody_who_is_to_sign(port: Port) -> None:
    number = proposed(port)
    port.do(number, "officer", "joint_sign", signers=["officer2", "registrar"])
    port.do(number, "head", "add_signer", added_signer="officer3")
    assert sorted(told(port, "signature_request")) == ["officer2", "officer3", "registrar"]
    assert "officer2, registrar, officer3" in port.refused(number, "head", "approve_hold")["answers_missing"]
    port.do(number, "officer2", "countersign", sign_view="disagree")
    port.do(number, "registrar", "countersign")
    assert "not_asked" in port.refused(number, "registrar", "countersign")
    assert "answers_missing" in port.refused(number, "head", "approve_hold")
    port.do(number, "head", "remove_signer", removed_signer="officer3")
    assert port.unseen(number, "officer3")
    assert port.do(number, "head", "approve_hold").to == "held", "the head decides, whatever the views"


def test_signatures_on_an_earlier_proposal_do_not_count_for_the_next(port: Port) -> None:
    number = proposed(port)
    port.do(number, "leader", "add_signer", added_signer="officer2")
    port.do(number, "leader", "return_disposition")
    port.do(number, "officer", "propose_disposition", way="hold")
    port.do(number, "head", "approve_hold")


def test_a_copy_is_read_and_nothing_else(port: Port) -> None:
    number = port.clue_with()
    port.do(number, "officer", "copy_to", copied_to=["officer2", "auditor"])
    assert told(port, "copy_note") == ["auditor", "officer2"]
    assert open_moves(port, number, "officer2") == set()
    assert "reads_only" in port.refused(number, "officer2", "copy_to", copied_to=["officer3"])
    port.do(number, "officer", "copy_to", copied_to=["officer2"])
    with port.unit() as session:
        assert len(session.exec(select(Reader)).all()) == 2, "a second copy adds nobody"
        assert audit.verify(session).ok


@pytest.mark.parametrize("who", ["owner", "district", "operator"])
def test_nobody_gets_a_copy_who_may_never_see_such_a_matter(port: Port, who: str) -> None:
    number = port.clue_with()
    assert "unknown_reference" in port.refused(number, "officer", "copy_to", copied_to=[who])
    assert port.unseen(number, who)


def tab(port: Port, who: str, name: str) -> list[str]:
    with port.unit() as session:
        return [
            line.number
            for line in listing.matters(session, port.office, "clue", actor=who, at=port.at, tab=name).lines
        ]


def test_everybody_finds_what_is_theirs_to_do_done_passed_on_and_put_before_them(port: Port) -> None:
    number, other = port.clue_with(), port.clue_with()
    assert [tab(port, "officer", name) for name in ("todo", "done", "passed")] == [[number, other], [], []]
    port.do(number, "officer", "delegate", delegate="officer2")
    assert tab(port, "officer", "passed") == [number]
    assert tab(port, "officer2", "copied") == [number]
    assert tab(port, "officer2", "todo") == [], "another's clue is not the delegate's to move"
    assert sorted(tab(port, "registrar", "passed")) == [number, other], (
        "the registry proposed who handles them"
    )
    port.do(other, "officer", "propose_disposition", way="hold")
    assert tab(port, "officer", "done") == [other]
    recuse(port, number, "officer2")
    assert tab(port, "officer2", "copied") == []


def test_nobody_gets_a_copy_who_is_kept_out_and_a_copy_ends_where_they_are(port: Port) -> None:
    number = port.clue_with()
    port.do(number, "officer", "copy_to", copied_to=["officer2"])
    recuse(port, number, "officer2")
    assert port.unseen(number, "officer2")
    assert "unknown_reference" in port.refused(number, "officer", "copy_to", copied_to=["officer2"])


def test_the_audit_finds_a_reader_whom_no_move_names(port: Port) -> None:
    number = port.clue_with()
    port.do(number, "officer", "copy_to", copied_to=["officer2"])
    with port.unit() as session:
        matter = session.exec(select(Matter.id).where(Matter.number == number)).one()
        session.add(Reader(matter=matter or 0, person="officer3", ground="copy_to", since=6))
    with port.unit() as session:
        assert [(one.subject, one.code) for one in audit.verify(session).faults] == [
            (number, "readers_altered")
        ]
        session.exec(delete(Reader))
    with port.unit() as session:
        assert [one.code for one in audit.verify(session).faults] == ["readers_altered"]


def task(port: Port) -> str:
    number = port.clue_with()
    port.do(number, "officer", "propose_disposition", way="rectify")
    moved: Moved = port.do(number, "leader", "approve_rectification", task_owner="contractor")
    return moved.consequences[0].number


def test_a_task_is_pressed_and_its_submission_taken_back(port: Port) -> None:
    number = task(port)
    port.do(number, "registrar", "press")
    assert "contractor" in told(port, "press_notice")
    port.walk(number, ("contractor", "take"), ("contractor", "submit"))
    assert "not_your_role" in port.refused(number, "leader", "recall_submission")
    assert port.do(number, "contractor", "recall_submission").to == "under_way"
    assert [status for status, _ in clocks(port, number, "rectification")] == ["met", "open"]
    port.do(number, "contractor", "submit")
    port.do(number, "leader", "check")
    assert "wrong_state" in port.refused(number, "contractor", "recall_submission")


def test_the_commission_above_presses_for_what_it_assigned(port: Port) -> None:
    number = port.note("district", "assignment")
    port.walk(number, ("district2", "approve"), ("district", "dispatch"), ("district", "press"))
    assert sorted(told(port, "press_notice")) == ["leader", "registrar"]
    assert "too_soon" in port.refused(number, "district2", "press")


# ------------------------------------------------------------------- inspections and consultations have theirs as well


def inspection(port: Port) -> str:
    """A round of inspection at PC that the supervisor leads; officer3 could lead it too."""
    with port.unit() as session:
        session.add(Posting(person="officer3", role="supervisor", organisation="MGJ", project="PC"))
    number = port.note("registrar", "inspection", project="PC")
    port.do(number, "leader", "open_round", lead="supervisor")
    return number


def test_an_inspection_is_pressed_by_whoever_waits_for_it_once_in_three_days(port: Port) -> None:
    number = inspection(port)
    port.do(number, "registrar", "press")
    assert told(port, "press_notice") == ["supervisor"]
    assert "too_soon" in port.refused(number, "leader", "press")
    port.at += timedelta(days=3)
    assert "your_own_turn" in port.refused(number, "supervisor", "press")
    port.walk(number, ("supervisor", "begin"), ("supervisor", "record_nothing"), ("supervisor", "report"))
    port.do(number, "supervisor", "press")
    assert set(told(port, "press_notice")[1:]) == {"leader", "registrar"}


def test_who_leads_an_inspection_passes_it_on_with_the_word_of_another(port: Port) -> None:
    number = inspection(port)
    assert "act_missing" in port.refused(number, "leader", "pass_on", lead="officer3")
    port.do(number, "supervisor", "ask_pass_on", next_lead="officer3")
    assert sorted(told(port, "approval_request")) == ["leader", "registrar"]
    port.do(number, "leader", "keep_lead")
    assert told(port, "approval_decision") == ["supervisor"]
    assert "done_already" in port.refused(number, "registrar", "pass_on", lead="officer3")
    assert "too_soon" in port.refused(number, "supervisor", "ask_pass_on", next_lead="officer3")
    port.at += timedelta(days=1)
    port.do(number, "supervisor", "ask_pass_on", next_lead="officer3")
    port.do(number, "registrar", "pass_on", lead="officer3")
    with port.unit() as session:
        assert session.exec(select(Matter.handler).where(Matter.number == number)).one() == "officer3"
    assert told(port, "inspection_notice")[-1] == "officer3"
    assert "is_handler" in port.refused(number, "supervisor", "ask_pass_on", next_lead="officer3")


def test_a_copy_of_an_inspection_is_read_until_it_is_withdrawn_or_the_round_is_closed(port: Port) -> None:
    number = inspection(port)
    assert port.unseen(number, "officer")
    port.do(number, "supervisor", "copy_to", copied_to=["officer", "officer2"])
    assert sorted(told(port, "copy_note")) == ["officer", "officer2"]
    assert open_moves(port, number, "officer") == set()
    assert "unknown_reference" in port.refused(number, "leader", "copy_to", copied_to=["owner"])
    port.do(number, "supervisor", "withdraw_copy", no_longer_copied=["officer"])
    assert port.unseen(number, "officer")
    assert not port.unseen(number, "officer2")
    port.walk(number, ("supervisor", "begin"), ("supervisor", "record_nothing"), ("supervisor", "report"))
    port.do(number, "leader", "close")
    assert port.unseen(number, "officer2")
    with port.unit() as session:
        assert audit.verify(session).faults == ()


def test_a_consultation_is_pressed_and_its_members_for_their_opinion(port: Port) -> None:
    number = port.meeting()
    port.do(number, "registrar", "press_members")
    assert sorted(told(port, "press_notice")) == ["contractor", "overseer", "owner"]
    assert "too_soon" in port.refused(number, "leader", "press_members")
    assert "wrong_state" in port.refused(number, "registrar", "press")
    for who in ("owner", "contractor", "overseer"):
        port.say(number, who)
    port.do(number, "leader", "collect_opinions")
    assert "your_own_turn" in port.refused(number, "leader", "press")
    port.do(number, "registrar", "press")
    assert told(port, "press_notice")[3:] == ["leader"]


def test_what_a_round_is_pressed_for_names_nobody_whom_a_clue_is_about(port: Port) -> None:
    clue = port.clue_with(subject="钱某某", project="PC")
    moved = port.do(clue, "officer", "convene", seats=["owner", "contractor", "overseer"])
    number = moved.consequences[0].number
    port.walk(number, ("officer", "send_brief"), ("leader", "open_session"))
    assert "not_redacted" in port.refused(
        number, "leader", "press_members", press_note="请就钱某某一事尽快表态"
    )
