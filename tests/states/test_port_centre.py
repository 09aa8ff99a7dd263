"""The Port Centre rulebook as a whole, its ways, and what happens when everybody walks at random."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from states import check, paths
from states.facts import ENGINE
from states.rulebook import Basis, Rulebook, StateKind
from states.rulebook_file import shipped
from tests.states.paper_office import ROLES, Matter, PaperOffice
from tests.states.stories import (
    A_ROUND,
    TO_OFFICER,
    TO_THE_DISTRICT,
    TO_VERIFYING,
    UNFOUNDED,
    done_by,
    reasons,
    refused,
    sealed_clue,
)

STATES = [  # contract.md
    "discovered", "screened_out", "sealed_up", "registered", "assignment_proposed", "assigned", "in_consultation",
    "disposition_proposed", "talk_letter", "verifying", "held", "rectifying", "referred", "escalated", "concluded",
    "clarified", "archived",
]  # fmt: skip


PROPOSED = (("officer", "propose_disposition"),)


@pytest.fixture
def office() -> PaperOffice:
    return PaperOffice()


def test_the_clue_machine_has_exactly_the_states_of_the_contract() -> None:
    assert list(shipped().machines["clue"].states) == STATES


def test_every_machine_is_there_and_the_model_checker_finds_nothing() -> None:
    assert set(shipped().machines) == {
        "clue", "consultation", "escalation", "assignment", "task", "inspection", "risk", "decision",
        "catalogue", "interference",
        "agreement", "appointment", "commitment", "education", "person_file", "file_reading",
        "project_file", "own_sheet", "zero_report", "zero_check", "assessment"}  # fmt: skip
    assert [str(each) for each in check.findings(shipped())] == []


def test_every_open_state_has_an_owner_or_says_whom_it_waits_for() -> None:
    for name, machine in shipped().machines.items():
        for state, rule in machine.states.items():
            if rule.kind is not StateKind.FINAL:
                assert rule.owner or rule.waits_for, (name, state)


def test_no_state_but_the_last_is_without_a_clock_or_a_way_up() -> None:
    for name, machine in shipped().machines.items():
        clocked = {state for clock in machine.deadlines for state in paths.running(machine, clock)}
        up = {state for move in machine.moves.values() if move.opens for state in move.from_}
        open_states = {state for state, rule in machine.states.items() if rule.kind is not StateKind.FINAL}
        waits_elsewhere = {"escalated"} if name == "clue" else set()  # the escalation has its own clocks
        assert open_states - clocked - up <= waits_elsewhere, name


def bases(rulebook: Rulebook) -> list[Basis]:
    found = [role.basis for role in rulebook.roles.values()]
    for machine in rulebook.machines.values():
        found += [move.basis for move in machine.moves.values()]
        found += [deadline.basis for deadline in machine.deadlines.values()]
        found += [each.extension.basis for each in machine.deadlines.values() if each.extension]
        found += [duty.basis for duty in machine.mandatory.values()]
    return [basis for basis in found if basis is not None]


def test_a_law_is_named_with_its_article_and_everything_else_says_why() -> None:
    for basis in bases(shipped()):
        if basis.kind == "law":
            assert basis.article, basis
        else:
            assert basis.note, basis


@pytest.mark.parametrize(
    "clock, budget, law",
    [
        ("opinion", "1 month", "第二十一条"),
        ("pass_up", "5 working days", "第十五条"),
        ("hand_over", "5 working days", "第一百六十九条、第一百七十一条"),
        ("letter_reply", "15 working days", "第七条"),
        ("talk_report", "1 month", "第三十条"),
        ("from_above", "3 months", "第二十一条"),
        ("acceptance_notice", "15 working days", None),
        ("feedback", "15 working days", None),
        ("verification", "2 months", None),
        ("hold_review", "3 months", None),
    ],
)
def test_each_period_rests_on_its_article_or_is_a_setting(clock: str, budget: str, law: str | None) -> None:
    deadline = shipped().machines["clue"].deadlines[clock]
    assert deadline.budget == budget
    assert (deadline.basis.kind, deadline.basis.article) == (("law", law) if law else ("setting", None))


def test_every_long_clock_has_rungs_before_and_after_its_day() -> None:
    for name, machine in shipped().machines.items():
        for clock, deadline in machine.deadlines.items():
            offsets = [rung.offset for rung in deadline.ladder]
            assert any(offset.startswith("+") for offset in offsets), (name, clock)
            if "month" in deadline.budget:
                assert any(offset.startswith("-") for offset in offsets), (name, clock)


def test_the_labels_of_one_language_are_not_those_of_the_other() -> None:
    for machine in shipped().machines.values():
        labels = [state.label for state in machine.states.values()]
        labels += [move.label for move in machine.moves.values()]
        labels += [deadline.label for deadline in machine.deadlines.values()]
        for label in labels:
            assert any("\u4e00" <= sign <= "\u9fff" for sign in label.zh), label
            assert label.en.isascii(), label


def test_members_never_see_a_clue_and_the_operator_sees_nothing() -> None:
    roles = shipped().roles
    assert set(roles["member"].sees) == {
        "consultation", "task", "commitment", "own_sheet", "zero_report", "assessment"}  # fmt: skip
    assert not roles["operator"].sees
    assert set(roles["district"].sees) == {"escalation", "assignment"}


def test_the_auditor_reads_everything_and_moves_nothing() -> None:
    machines = shipped().machines
    assert set(shipped().roles["auditor"].sees) == set(machines)
    assert not [
        name for each in machines.values() for name, move in each.moves.items() if "auditor" in move.roles
    ]


def test_a_clue_travels_from_the_site_to_the_archive(office: PaperOffice) -> None:
    clue = office.note("supervisor")
    assert office.walk(clue, *TO_VERIFYING) == "verifying"
    assert office.walk(clue, *UNFOUNDED) == "concluded"
    assert (
        office.walk(clue, ("registrar", "feed_back"), ("head", "clarify"), ("officer", "archive"))
        == "archived"
    )


def test_a_talk_by_letter_is_answered_and_accepted(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_OFFICER)
    office.move(clue, "propose_disposition", "officer", way="talk_letter")
    assert office.walk(clue, ("leader", "approve_talk")) == "talk_letter"
    office.walk(clue, ("officer", "send_letter"), ("officer", "reply_in"), ("officer", "report_talk"))
    assert office.move(clue, "accept_explanation", "leader") == "concluded"


def test_a_report_that_went_back_is_written_again_before_it_is_decided(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_VERIFYING, ("officer", "submit_report"), ("head", "return_report"))
    assert reasons(refused(office, clue, "conclude_verified", "head")) == {"value_is"}
    assert office.walk(clue, *UNFOUNDED) == "concluded"


def test_only_the_way_that_was_proposed_can_be_approved(office: PaperOffice) -> None:
    clue = office.note()
    office.walk(clue, *TO_OFFICER)
    office.move(clue, "propose_disposition", "officer", way="hold")
    found = office.survey(clue, "head")
    assert "approve_hold" in found.open
    assert {"approve_talk", "approve_verification", "approve_close"} <= {move for move, _ in found.blocked}


WAYS = (  # the ways of disposal: the way, where it ends, and who does what with which choice on it
    ("talk_letter", "concluded", "leader:approve_talk", "officer:send_letter", "officer:reply_in",
     "officer:report_talk=first_form", "officer:recall_talk_report", "officer:report_talk=first_form",
     "leader:first_form_measure"),
    ("talk_letter", "concluded", "leader:approve_talk", "officer:send_letter", "registrar:reply_in",
     "officer:report_talk", "leader:accept_explanation"),
    ("talk_letter", "verifying", "leader:approve_talk=talk", "officer:hold_talk", "officer:report_talk=again",
     "leader:talk_again=letter", "officer:send_letter", "registrar:reply_in", "officer:report_talk=verify",
     "head:verify_after_talk"),
    ("verification", "concluded", "head:approve_verification", "officer:take_measure", "head:change_plan",
     "officer:submit_report=reminder", "head:remind_verified", "officer:inform_subject"),
    ("verification", "verifying", "head:approve_verification", "officer:submit_report=hold", "head:hold_verified",
     "officer:look_again", "head:resume_verification"),
    ("verification", "concluded", "head:approve_verification", "officer:submit_report=refer_party",
     "head:refer_verified", "registrar:record_receipt", "registrar:record_outcome"),
    ("verification", "escalated", "head:approve_verification", "officer:submit_report=file",
     "head:transfer_for_filing"),
    ("hold", "concluded", "leader:approve_hold", "head:close_held"),
    ("close", "concluded", "head:approve_close"),
    ("refer", "registered", "head:approve_referral", "registrar:record_receipt", "registrar:taken_back"),
    ("rectify", "rectifying", "leader:approve_rectification", "head:add_task"),
)  # fmt: skip
CHOICES = {"report_talk": "recommendation", "submit_report": "verdict", "approve_talk": "talk_form",
           "talk_again": "talk_form"}  # fmt: skip


def follow(office: PaperOffice, way: tuple[str, ...]) -> Matter:
    """Brings a new clue to the way of disposal and along it; open tasks are done on the way."""
    clue = office.note()
    office.walk(clue, *TO_OFFICER)
    office.move(clue, "propose_disposition", "officer", way=way[0])
    for step in way[2:]:
        who, _, rest = step.partition(":")
        move, _, choice = rest.partition("=")
        office.move(clue, move, who, **({CHOICES[move]: choice} if choice else {}))
    for kind, task in clue.children:
        if kind == "task":
            office.walk(task, *done_by(task.handler or "", task.opener or ""))
    return clue


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way[-1])
def test_each_way_of_disposal_leads_where_the_rules_say(office: PaperOffice, way: tuple[str, ...]) -> None:
    clue = follow(office, way)
    assert clue.state == way[1]
    if clue.state == "rectifying":
        assert office.move(clue, "close_rectification", "head") == "concluded"


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_offered_fires_and_whatever_is_blocked_refuses(seed: int) -> None:
    office = an_office(seed)
    office.wander(seed, 150, everything=seed % 4 < 2)
    for matter in list(office.matters):
        for who in sorted(ROLES):
            for move, why in office.survey(matter, who).blocked:
                assert why
                assert reasons(refused(office, matter, move, who)) >= {reason.code for reason in why}


def test_every_move_of_the_rulebook_is_made_by_somebody_some_day() -> None:
    rules = shipped().machines
    missing = {(name, move) for name, each in rules.items() for move in each.moves}
    missing -= {
        ("escalation", "resend"),
        ("inspection", "make_up"),
    }  # only once a clock has made its own move
    missing -= {
        ("clue", "record_answer"),
        ("clue", "record_sealed_receipt"),
    }  # only for clues out of a ledger
    missing -= {
        ("escalation", "turned_away"),
        ("assignment", "turned_away"),
        ("escalation", "arrive"),
        ("escalation", "file_incoming"),
        ("escalation", "answer_sent"),
        ("assignment", "arrive"),
        ("assignment", "answer_sent"),
    }  # only for what goes to or came from another site
    missing -= {
        ("assignment", "ask_again"),
        ("assignment", "sign_again"),
    }  # only once the clue below is concluded and its result was judged
    missing -= {
        (name, move) for name in rules for move in ("handed_over", "passed_on")
    }  # only as an account ends
    missing -= {(name, rung.move or "") for name, each in rules.items() for clock in each.deadlines.values()
                for rung in clock.ladder}  # fmt: skip
    for way in WAYS:
        office = PaperOffice()
        follow(office, way)
        missing -= office.made()
    office = PaperOffice()  # a report is owed, and then it turns out that none is
    clue = office.note(managed_by="ours")
    office.move(clue, "register", "registrar", managed_by="key")
    office.move(clue, "reclassify", "registrar", managed_by="ours")
    missing -= office.made()
    office = (
        PaperOffice()
    )  # a round is called off, and what was then proposed is taken back into consultation
    clue = office.note()
    office.walk(clue, *TO_OFFICER, ("officer", "convene"))
    office.move(office.child(clue, "consultation"), "cancel", "leader")
    office.walk(clue, ("officer", "propose_disposition"), ("officer", "recall_to_consultation"))
    missing -= office.made()
    office = (
        PaperOffice()
    )  # a matter is decided on singly, and the head has the round end without ratifying it
    clue = office.note()
    office.walk(
        clue, *TO_OFFICER, ("officer", "report_singly"), ("leader", "decide_singly"), ("officer", "convene")
    )
    office.walk(office.child(clue, "consultation"), *A_ROUND[:6], ("head", "waive_ratification"))
    missing -= office.made()
    missing -= jointly_created()
    missing -= taken_back() | reported_down() | risk_kept() | cured() | given_time() | passed_on_and_copied()
    missing -= decisions_kept() | interference_kept() | files_kept() | zero_reported() | assessed()
    missing -= {
        ("person_file", "raise"),
        ("person_file", "flow_in"),
        ("person_file", "sign_in"),
        ("file_reading", "lapse"),
    }  # by what happens elsewhere
    missing -= {("risk", "raise"), ("risk", "raise_again")}  # only once something happens at its link or post
    missing -= {("appointment", "post_lost")}  # only once its holder loses the post
    office = PaperOffice()  # a report on a talk by letter is taken back
    clue = office.note()
    office.walk(clue, *TO_OFFICER)
    office.move(clue, "propose_disposition", "officer", way="talk_letter")
    office.walk(clue, ("leader", "approve_talk"), ("officer", "send_letter"), ("officer", "reply_in"))
    office.walk(clue, ("officer", "report_talk"), ("officer", "recall_talk_report"))
    missing -= office.made()
    made: Counter[tuple[str, str]] = Counter()
    for seed in range(160):
        if not missing:
            break
        office = an_office(seed)
        office.explore(seed, 150, made)
        missing -= office.made()
    assert sorted(missing) == []


def taken_back() -> set[tuple[str, str]]:
    """What is made where a proposal and a report are taken back or returned."""
    office = PaperOffice()
    clue = office.note()
    office.walk(clue, *TO_OFFICER, *PROPOSED, ("officer", "recall_disposition"), *PROPOSED)
    office.walk(clue, ("leader", "return_disposition"))
    office.move(clue, "propose_disposition", "officer", way="talk_letter")
    office.walk(clue, ("leader", "approve_talk"), ("officer", "send_letter"), ("officer", "reply_in"))
    office.walk(clue, ("officer", "report_talk"), ("officer", "recall_talk_report"))
    return office.made()


def passed_on_and_copied() -> set[tuple[str, str]]:
    """What the office's own verbs make of a round of inspection and of a consultation."""
    office = PaperOffice()
    round_ = office.note("registrar", "inspection")
    office.move(round_, "press", "leader")
    office.move(round_, "open_round", "leader", lead="supervisor")
    office.walk(round_, ("supervisor", "ask_pass_on"), ("leader", "keep_lead"))
    office.today += timedelta(days=1)
    office.walk(round_, ("supervisor", "ask_pass_on"))
    office.move(round_, "pass_on", "leader", lead="supervisor")
    office.walk(round_, ("leader", "copy_to"), ("leader", "withdraw_copy"))
    clue = office.note()
    office.walk(clue, *TO_OFFICER, ("officer", "convene"))
    consultation = office.child(clue, "consultation")
    office.walk(consultation, ("leader", "press"), *A_ROUND[:2], ("leader", "press_members"))
    return office.made()


def reported_down() -> set[tuple[str, str]]:
    """What is made where the commission above assigns a clue and takes the result."""
    office = PaperOffice()
    assignment = office.note("district", "assignment")
    office.walk(assignment, ("district2", "approve"), ("district", "dispatch"), ("registrar", "sign_for"))
    [(_, clue)] = assignment.children
    office.walk(clue, *TO_OFFICER)
    office.move(clue, "propose_disposition", "officer", way="close")
    office.walk(clue, ("head", "approve_close"))
    office.walk(assignment, ("registrar", "report_result"), ("district2", "accept_result"))
    return office.made()


def risk_kept() -> set[tuple[str, str]]:
    """What is made of a risk point from its register to its end."""
    office = PaperOffice()
    point = office.note("registrar", "risk")
    office.walk(
        point, ("registrar", "revise"), ("registrar", "grade_by_power"), ("registrar", "grade_by_consequence")
    )
    office.walk(
        point, ("leader", "return_grading"), ("officer", "grade_by_criteria"), ("officer", "grade_by_stage")
    )
    point.values |= {"grade_notice": "risk_notice"}  # what the gate works out of the answers
    office.walk(
        point, ("registrar", "set_measures"), ("leader", "put_in_force"), ("officer", "report_indicator")
    )
    office.walk(
        point, ("registrar", "record_reply"), ("supervisor", "note_change"), ("registrar", "grade_by_stage")
    )
    office.walk(
        point,
        ("registrar", "set_measures"),
        ("head", "put_in_force"),
        ("leader", "begin_review"),
        ("head", "retire"),
    )
    return office.made()


def decisions_kept() -> set[tuple[str, str]]:
    """What is made of decisions, of the list they go by, and of what their records lack."""
    office = PaperOffice()
    items = office.note("registrar", "catalogue")
    office.walk(items, ("registrar", "add_item"), ("leader", "put_in_force"), ("registrar", "begin_review"))
    office.walk(items, ("registrar", "strike_item"), ("head", "put_in_force"), ("head", "replace"))
    office.move(office.note("registrar", "decision"), "withdraw", "leader")
    ordinary = office.note("supervisor", "decision")
    office.walk(ordinary, ("supervisor", "hold_meeting"), ("supervisor", "note_attendance"))
    office.walk(
        ordinary, ("supervisor", "note_view"), ("supervisor", "decide"), ("supervisor", "record_finding")
    )
    office.walk(ordinary, ("registrar", "file_minutes"), ("leader", "close"))
    urgent = office.note("registrar", "decision")
    office.walk(
        urgent, ("registrar", "take_urgently"), ("registrar", "hold_meeting"), ("registrar", "ratify")
    )
    office.move(urgent, "accept_gap", "leader", gap="no_attendance")
    return office.made()


def interference_kept() -> set[tuple[str, str]]:
    """What is made of an entry in the register of interference."""
    office = PaperOffice()
    entry = office.note("officer", "interference")
    office.walk(entry, ("officer", "add_contact"), ("officer", "report_it"), ("registrar", "record_clue"))
    office.walk(entry, ("registrar", "verify"), ("registrar", "report_up"), ("leader", "close"))
    return office.made()


def zero_reported() -> set[tuple[str, str]]:
    """What is made of zero reports, and of the check of one that was false."""
    office = PaperOffice()
    report = office.note("registrar", "zero_report")
    office.walk(
        report,
        ("contractor", "report_nothing"),
        ("registrar", "send_back"),
        ("contractor", "report_something"),
    )
    office.walk(report, ("registrar", "name_liaison"), ("leader", "take_note"))
    corrected = office.note("registrar", "zero_report")
    office.walk(corrected, ("contractor", "report_nothing"), ("contractor", "correct"))
    silent = office.note("registrar", "zero_report")
    office.walk(silent, (ENGINE, "circular"), ("head", "record_missed"))
    settled, false = office.note("registrar", "zero_report"), office.note("registrar", "zero_report")
    for one in (settled, false):
        office.move(one, "report_nothing", "contractor")
    office.move(settled, "settle", ENGINE)
    check = office.note("registrar", "zero_check")
    check.parent = false
    false.children.append(("zero_check", check))
    refused(office, check, "find_false", "leader")
    office.walk(check, ("registrar", "hear"), ("leader", "find_false"))
    assert false.state == "false_report"
    office.move(office.note("leader", "zero_check"), "clear", "head")
    return office.made()


def assessed() -> set[tuple[str, str]]:
    """What is made of sheets of assessment."""
    office = PaperOffice()
    for said in (("contractor", "agree"), ("contractor", "object"), (ENGINE, "no_comment")):
        sheet = office.note("registrar", "assessment")
        office.walk(sheet, ("registrar", "put_to_body"), said, ("leader", "fix"), ("registrar", "publish"))
    own = office.note("registrar", "assessment", people=None)
    office.walk(own, ("registrar", "pass_own"), ("head", "withdraw"))
    return office.made()


def jointly_created() -> set[tuple[str, str]]:
    """What is made of agreements, appointments, commitments and years of education."""
    office = PaperOffice()
    agreement = office.note("registrar", "agreement")
    office.move(agreement, "amend", "leader")
    refused(office, agreement, "put_in_force", "leader")
    office.walk(agreement, *(("registrar", f"sign_{party}") for party in "abcd"))
    refused(office, agreement, "put_in_force", "leader")
    office.walk(
        agreement, ("registrar", "sign_e"), ("leader", "put_in_force"), ("head", "renew"), ("head", "end")
    )
    appointment = office.note("registrar", "appointment")
    office.walk(appointment, ("leader", "issue_letter"), ("head", "extend"), ("registrar", "hand_over"))
    office.move(office.note("registrar", "appointment"), "end", "leader")
    commitment = office.note("registrar", "commitment")
    refused(office, commitment, "sign", "registrar")
    office.move(commitment, "sign", commitment.handler or "")
    office.move(office.note("registrar", "commitment"), "withdraw", "registrar")
    education = office.note("registrar", "education")
    office.walk(education, ("supervisor", "hold_warning"), ("registrar", "hold_study"))
    assert reasons(refused(office, education, "confirm", "leader")) == {"not_often_enough"}
    office.walk(education, ("leader", "hold_study"), ("leader", "confirm"))
    office.move(office.note("leader", "education"), "call_off", "head")
    return office.made()


def files_kept() -> set[tuple[str, str]]:
    """What is made of integrity files of people and projects, and of a request to read one."""
    office = PaperOffice()
    file = office.note("registrar", "person_file", keeper="registrar")
    office.walk(
        file, ("registrar", "put_in_own"), ("registrar", "put_in_supplied"), ("registrar", "take_effect")
    )
    office.walk(
        file, ("registrar", "note_change"), ("registrar", "confirm_update"), ("leader", "change_keeper")
    )
    office.move(file, "transfer", "head")
    office.move(office.note("registrar", "person_file"), "close", "leader")
    reading = office.note("leader", "file_reading")
    assert reasons(refused(office, reading, "approve", "leader")) == {"second_person"}
    office.walk(reading, ("head", "approve"), ("leader", "finish"))
    office.walk(office.note("officer", "file_reading"), ("leader", "approve"), ("head", "revoke"))
    office.move(office.note("officer", "file_reading"), "refuse", "leader")
    office.move(office.note("officer", "file_reading"), "withdraw", "officer")
    sheet = office.note("registrar", "own_sheet", filler="owner")
    refused(office, sheet, "sign", "registrar")
    office.move(sheet, "sign", "owner")
    office.move(office.note("registrar", "own_sheet"), "withdraw", "registrar")
    works = office.note("registrar", "project_file", keeper="registrar")
    office.walk(works, ("supervisor", "note_item"), ("leader", "change_keeper"))
    works.state = "check_due"
    office.walk(works, ("registrar", "confirm_check"), ("leader", "hand_over"))
    office.move(office.note("leader", "project_file"), "discontinue", "head")
    return office.made()


def given_time() -> set[tuple[str, str]]:
    """What is made where the commission above grants more time for what it assigned."""
    office = PaperOffice()
    assignment = office.note("district", "assignment")
    office.walk(assignment, ("district2", "approve"), ("district", "dispatch"), ("registrar", "sign_for"))
    [(_, clue)] = assignment.children
    office.walk(clue, *TO_OFFICER, ("officer", "ask_for_time"))
    paper = office.child(clue, "escalation")
    office.walk(paper, *TO_THE_DISTRICT, ("district", "grant_time"))
    return office.made()


def cured() -> set[tuple[str, str]]:
    """What is made where a round finds something and a task cures it."""
    office = PaperOffice()
    round_ = office.note("supervisor", "inspection")
    office.walk(round_, ("supervisor", "begin"), ("supervisor", "order_cure"))
    return office.made()


def an_office(seed: int) -> PaperOffice:
    """An office with a few things to do, different for each seed."""
    office = PaperOffice()
    kind, managed_by = ("duty_neglect", "non_action")[seed % 2], ("ours", "other", "key")[seed % 3]
    office.note("supervisor", kind=kind, managed_by=managed_by, real_name=seed % 5 > 0)
    office.note("registrar", "inspection")
    if seed % 3 == 0:
        office.note("district", "assignment")
    if seed % 4 == 0:
        sealed_clue(office)
    return office


@pytest.mark.parametrize("state", STATES)
def test_a_clue_that_came_in_from_a_ledger_can_be_brought_to_an_end(state: str) -> None:
    for seed in range(20):
        office = PaperOffice()
        clue = Matter("clue", state, {"received_on": "2026-09-01", "real_name": True, "project": "PC"})
        office.matters.append(clue)
        office.explore(seed, 300, Counter(), until=partial(office.is_final, clue))
        if office.is_final(clue):
            return
    pytest.fail(f"nobody brings a clue that came in as {state} to an end")


@pytest.mark.parametrize(
    "state, move, after",
    [("escalated", "record_answer", "assigned"), ("sealed_up", "record_sealed_receipt", "archived")],
)
def test_what_left_on_paper_is_answered_on_paper(
    office: PaperOffice, state: str, move: str, after: str
) -> None:
    clue = Matter("clue", state)
    assert office.move(clue, move, "registrar") == after


def test_every_matter_can_be_brought_to_an_end_from_every_state() -> None:
    for name, machine in shipped().machines.items():
        assert set(machine.states) <= paths.can_end(machine), name
