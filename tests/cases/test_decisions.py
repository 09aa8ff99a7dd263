"""The register of decisions and that of interference as an office keeps them: what a record lacks is found, and whoever is
named, kept out or of another body sees nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from cases import audit, decision_lists, gathering, linking, listing, recusing
from cases.errors import NoSuchMatter
from cases.matters import Matter
from cases.people import Person
from notifications.notices import Notice
from states.facts import Refused
from tests.cases.port_office import Port, Unit, on_file

INSIDE = {"registrar", "leader", "head", "auditor"}
EVERYBODY = (
    *sorted(INSIDE),
    "supervisor",
    "officer",
    "owner",
    "contractor",
    "overseer",
    "district",
    "operator",
)


@pytest.fixture
def port(unit: Unit) -> Port:
    """The Port Centre's office, with its rulebook on file and its notices planned."""
    return on_file(unit)


def held(port: Port, *, entitled: int = 3, **given: Any) -> str:
    number = port.note("registrar", "decision", **{"project": "PC"} | given)
    port.do(number, "registrar", "hold_meeting", entitled=entitled, chair="书记")
    for name in ("甲", "乙", "书记"):
        port.do(number, "registrar", "note_attendance", attendee=name, attendance="present")
    for name in ("甲", "乙", "书记"):
        port.do(number, "registrar", "note_view", attendee=name, view="agree")
    return number


def interfered(port: Port, who: str = "officer", **given: Any) -> str:
    return port.note(who, "interference", **{"project": "PC", "subject": "钱不二"} | given)


def gaps(port: Port, who: str = "registrar", **given: Any) -> list[tuple[str, str]]:
    with port.unit() as session:
        found = decision_lists.gaps(session, port.office, actor=who, at=port.at, lang="en", **given)
    return [(one["number"], one["gap"]) for one in found]


def children(port: Port, number: str) -> list[Matter]:
    with port.unit() as session:
        row = gathering.load(session, port.office, number, login="head", for_change=False).row
        keys = linking.linked(session, row.id, kind="finding", towards="children")
        return list(session.execute(select(Matter).where(col(Matter.id).in_(keys))).scalars())


def faults(port: Port) -> set[str]:
    with port.unit() as session:
        return {fault.code for fault in audit.verify(session).faults}


def sees(port: Port, number: str) -> set[str]:
    return {who for who in EVERYBODY if not port.unseen(number, who)}


# --------------------------------------------------------------------------------------------------- decisions


def test_a_decision_with_a_whole_record_is_closed_and_has_no_gap(port: Port) -> None:
    number = held(port)
    assert (
        port.walk(number, ("registrar", "decide"), ("registrar", "file_minutes"), ("leader", "close"))
        == "closed"
    )
    assert gaps(port, settled=True) == []
    assert faults(port) == set()


def test_attendance_below_the_quorum_is_a_gap_and_becomes_a_clue_in_one_step(port: Port) -> None:
    number = held(port, entitled=7)
    assert gaps(port) == []  # nothing was decided yet
    port.walk(number, ("registrar", "decide"), ("registrar", "file_minutes"))
    assert gaps(port) == [(number, "below_quorum")]
    assert "attendance below the quorum" in port.refused(number, "leader", "close")["gap_open"]
    assert set(port.refused(number, "registrar", "record_finding", gap="no_minutes")) == {"no_such_gap"}
    port.do(number, "registrar", "record_finding", gap="below_quorum")
    (clue,) = children(port, number)
    assert (clue.machine, clue.state, clue.project) == ("clue", "discovered", "PC")
    assert (clue.values["link"], clue.values["kind"]) == ("c01_approval", "disorderly_action")
    assert gaps(port) == []
    assert gaps(port, settled=True) == [(number, "below_quorum")]
    assert set(port.refused(number, "registrar", "record_finding")) >= {"no_gap"}
    assert port.do(number, "leader", "close").to == "closed"
    assert faults(port) == set()


def test_a_gap_may_be_accepted_by_those_who_decide_and_nobody_else(port: Port) -> None:
    number = held(port, entitled=7)
    port.do(number, "registrar", "decide")
    assert "not_your_role" in port.refused(number, "registrar", "accept_gap", gap="below_quorum")
    port.do(number, "leader", "accept_gap", gap="below_quorum")
    assert gaps(port) == []


def test_each_view_is_a_line_of_its_own_that_stays_when_it_is_corrected(port: Port) -> None:
    number = held(port)
    assert set(port.refused(number, "registrar", "note_view", attendee="丙")) == {"not_noted_as_present"}
    port.do(number, "registrar", "note_view", attendee="甲", view="disagree", view_reason="费用不明")
    port.do(number, "registrar", "decide")
    with port.unit() as session:
        found = decision_lists.record(session, port.office, number, actor="leader", at=port.at, lang="zh")
        history = listing.history(session, port.office, number, actor="leader")
    first = found["people"][0]
    assert (first["name"], first["view"], first["reason"], first["lines"]) == (
        "甲",
        "disagree",
        "费用不明",
        3,
    )
    assert found["gaps"] == []
    assert str(history).count("'attendee': '甲'") == 3


def test_an_urgent_decision_that_nobody_ratifies_in_time_climbs_and_is_a_gap(port: Port) -> None:
    number = port.note("registrar", "decision", project="PC")
    port.do(number, "registrar", "take_urgently")
    assert gaps(port) == []
    port.later(days=45)
    assert gaps(port) == [(number, "not_ratified")]
    assert told(port, number, "overdue_report") == {"registrar", "leader", "head"}
    port.do(number, "registrar", "hold_meeting", entitled=1, chair="书记")
    port.do(number, "registrar", "note_attendance", attendee="书记")
    port.do(number, "registrar", "note_view", attendee="书记")
    assert "done_already" in port.refused(
        number, "registrar", "decide"
    )  # what was taken urgently is ratified
    assert port.do(number, "registrar", "ratify").to == "settled"
    assert gaps(port) == [(number, "not_ratified")]  # ratified, but late


def test_decisions_are_out_of_sight_for_companies_and_for_whoever_is_kept_out(port: Port) -> None:
    number = held(port, entitled=7)
    port.do(number, "registrar", "decide")
    assert sees(port, number) == INSIDE | {"supervisor"}
    with port.unit() as session:
        recusing.declare(session, port.office, number, actor="leader", reason="亲属", at=port.at)
    assert port.unseen(number, "leader")
    assert gaps(port, "leader") == [] == gaps(port, "owner")
    with port.unit() as session, pytest.raises(NoSuchMatter):
        decision_lists.record(session, port.office, number, actor="leader", at=port.at, lang="en")


def test_the_list_of_items_is_looked_over_every_year(port: Port) -> None:
    number = port.note("registrar", "catalogue")
    assert set(port.refused(number, "leader", "put_in_force")) == {"act_missing"}
    port.walk(number, ("registrar", "add_item"), ("leader", "put_in_force"))
    decision = port.note("registrar", "decision", project="PC", item_list=number, item_code="D-03")
    port.later(days=360)
    assert state(port, number) == "in_force"
    port.later(days=10)
    assert state(port, number) == "under_review"
    assert not port.unseen(decision, "registrar")


def in_force(port: Port, *codes: str) -> str:
    number = port.note("registrar", "catalogue")
    for code in codes:
        port.do(number, "registrar", "add_item", item_code=code)
    port.do(number, "leader", "put_in_force")
    return number


def refusal(port: Port, who: str = "registrar", **given: Any) -> tuple[str, str, str]:
    with pytest.raises(Refused) as found:
        port.note(who, "decision", **{"project": "PC"} | given)
    (reason,) = found.value.reasons
    return reason.code, reason.message.en, reason.cure.en


def went_by(port: Port, number: str) -> Any:
    with port.unit() as session:
        return listing.shown(session, port.office, number, actor="registrar")["values"].get("item_list")


def test_a_decision_goes_by_an_item_of_the_list_in_force_and_by_no_other(port: Port) -> None:
    number = in_force(port, "D-01", "D-03")
    there = f"In force there is {number}: D-01, D-03."
    assert refusal(port, item_code="D-09") == (
        "unknown_reference", "No list in force has an item D-09.", there)  # fmt: skip
    assert refusal(port) == ("missing", "A list of items is in force: say which item this goes by.", there)
    decision = port.note("registrar", "decision", project="PC", item_code=" D-03 ")
    assert went_by(port, decision) == number, "found by the code"
    assert port.note("registrar", "decision", project="PC", item_code="D-01", item_list=number)
    assert faults(port) == set()


def test_a_struck_item_is_refused_once_the_list_is_put_in_force_anew_and_old_decisions_stay(
    port: Port,
) -> None:
    number = in_force(port, "D-01", "D-03")
    old = port.note("registrar", "decision", project="PC", item_code="D-03")
    port.do(number, "registrar", "begin_review")
    port.do(number, "registrar", "strike_item", item_code="D-03")
    port.do(number, "registrar", "add_item", item_code="D-04")
    assert port.note("registrar", "decision", project="PC", item_code="D-03"), "as it was last put in force"
    assert refusal(port, item_code="D-04")[0] == "unknown_reference"
    port.do(number, "leader", "put_in_force")
    assert refusal(port, item_code="D-03")[1:] == (
        "D-03 was struck from the list.",
        f"In force there is {number}: D-01, D-04.",
    )
    port.do(number, "leader", "replace")
    port.do(old, "registrar", "hold_meeting", entitled=1, chair="书记")
    port.do(old, "registrar", "note_attendance", attendee="书记")
    port.do(old, "registrar", "note_view", attendee="书记")
    port.walk(old, ("registrar", "decide"), ("registrar", "file_minutes"), ("leader", "close"))
    assert (went_by(port, old), gaps(port)) == (number, [])


def test_without_a_list_in_force_the_code_is_free_and_that_is_a_gap(port: Port) -> None:
    drafted = port.note("registrar", "catalogue")
    assert refusal(port, item_code="D-03", item_list=drafted)[1:] == (
        f"{drafted} is not in force.",
        "No list is in force: leave it empty.",
    )
    number = held(port, item_code="D-03")
    port.do(number, "registrar", "decide")
    assert gaps(port) == [(number, "no_list")]


def test_a_code_on_two_lists_asks_which_and_who_sees_no_list_is_told_of_none(port: Port) -> None:
    first, second = in_force(port, "D-01"), in_force(port, "D-01", "D-02")
    assert refusal(port, item_code="D-01")[1] == "D-01 stands on more lists than one."
    decision = port.note("registrar", "decision", project="PC", item_code="D-01", item_list=second)
    assert went_by(port, decision) == second != first
    code, _, cure = refusal(port, "supervisor", item_code="D-09")
    assert (code, cure) == ("unknown_reference", "Ask the registry for the code of the item.")
    assert went_by(port, port.note("supervisor", "decision", project="PC", item_code="D-02")) == second


def state(port: Port, number: str) -> str:
    with port.unit() as session:
        return str(listing.shown(session, port.office, number, actor="registrar")["state"])


# ------------------------------------------------------------------------------------------------ interference


def test_interference_is_seen_by_who_recorded_it_and_the_discipline_line(port: Port) -> None:
    assert sees(port, interfered(port)) == INSIDE | {"officer"}
    assert sees(port, interfered(port, "supervisor")) == INSIDE | {"supervisor"}


def test_whoever_is_named_sees_nothing_of_it_and_is_not_told(port: Port) -> None:
    number = interfered(port, subject=name_of(port, "leader"))
    assert port.unseen(number, "leader")
    port.walk(number, ("officer", "report_it"), ("registrar", "verify"), ("registrar", "record_clue"))
    assert told(port, number) == {"registrar", "head"}
    (found,) = children(port, number)
    assert port.unseen(found.number, "leader")
    assert port.do(number, "head", "close").to == "closed"


def name_of(port: Port, login: str) -> str:
    with port.unit() as session:
        return str(session.get_one(Person, login).name)


def told(port: Port, number: str, document: str | None = None) -> set[str]:
    with port.unit() as session:
        row = gathering.load(session, port.office, number, login="head", for_change=False).row
        query = select(col(Notice.recipient)).where(col(Notice.matter) == row.id)
        query = query.where(col(Notice.document) == document) if document else query
        return set(session.execute(query).scalars())


def test_interference_that_is_not_reported_climbs(port: Port) -> None:
    number = interfered(port)
    port.later(days=10)
    assert told(port, number, "overdue_report") == {"registrar", "leader", "head"}


def test_who_recorded_it_neither_checks_nor_closes_it(port: Port) -> None:
    number = interfered(port, "leader")
    port.do(number, "leader", "report_it")
    assert "second_person" in port.refused(number, "leader", "verify")
    port.do(number, "registrar", "verify")
    assert "second_person" in port.refused(number, "leader", "close")
    assert port.do(number, "head", "close").to == "closed"
    assert faults(port) == set()


def test_a_clue_of_meddling_carries_who_it_was_and_is_made_once(port: Port) -> None:
    number = interfered(port, subject_unit="恒泰监理公司")
    port.walk(number, ("officer", "report_it"), ("registrar", "record_clue"))
    (clue,) = children(port, number)
    assert (clue.values["subject"], clue.values["subject_unit"]) == ("钱不二", "恒泰监理公司")
    assert (clue.values["kind"], clue.values["link"]) == ("meddling", "c07_meddling")
    assert "done_already" in port.refused(number, "registrar", "record_clue")
    assert faults(port) == set()


def owed(port: Port, number: str) -> list[tuple[str, str]]:
    """The reports upward that came out of it, with their states."""
    with port.unit() as session:
        row = gathering.load(session, port.office, number, login="head", for_change=False).row
        keys = linking.linked(session, row.id, kind="escalation", towards="children")
        found = session.execute(
            select(Matter).where(col(Matter.id).in_(keys)).order_by(col(Matter.id))
        ).scalars()
        return [(one.number, one.state) for one in found]


@pytest.mark.parametrize("rank, reported", [(None, 0), ("middle", 0), ("leading", 1), ("superior", 1)])
def test_interference_of_somebody_in_a_leadership_owes_a_report_upward(
    port: Port, rank: str | None, reported: int
) -> None:
    number = interfered(port, subject_rank=rank)
    found = owed(port, number)
    assert [state for _, state in found] == ["owed"] * reported
    port.walk(number, ("officer", "report_it"), ("registrar", "verify"))
    if not reported:
        assert port.do(number, "head", "close").to == "closed"
        return
    assert "mandatory_report" in port.refused(number, "head", "close")
    port.do(number, "registrar", "report_up")
    assert owed(port, number) == [(found[0][0], "drafted")], "taken up, not opened anew"
    with port.unit() as session:
        shown = listing.shown(session, port.office, found[0][0], actor="registrar")
    assert "钱不二" not in str(shown)
    assert (shown["title"], shown["values"]["purpose"]) == ("招标前打招呼指定投标人", "report")
    assert port.do(number, "head", "close").to == "closed"
    assert faults(port) == set()


def test_a_rank_that_is_found_later_owes_the_report_and_one_that_proves_wrong_owes_none(port: Port) -> None:
    number = interfered(port, subject_rank="leading")
    port.walk(number, ("officer", "report_it"))
    port.do(number, "registrar", "verify", subject_rank="staff")
    assert [state for _, state in owed(port, number)] == ["lapsed"]
    other = interfered(port)
    port.walk(other, ("officer", "report_it"))
    port.do(other, "registrar", "verify", subject_rank="first")
    assert [state for _, state in owed(port, other)] == ["owed"]


def test_interference_and_its_clue_name_each_other_only_to_who_sees_both(port: Port) -> None:
    number = interfered(port)
    port.walk(number, ("officer", "report_it"), ("registrar", "record_clue"))
    (clue,) = children(port, number)

    def named(of: str, who: str) -> list[str]:
        with port.unit() as session:
            return [one["number"] for one in listing.shown(session, port.office, of, actor=who)["links"]]

    assert (named(number, "leader"), named(clue.number, "leader")) == ([clue.number], [number])
    assert (port.unseen(clue.number, "officer"), named(number, "officer")) == (True, []), "who recorded it"
    port.do(clue.number, "registrar", "register", managed_by="ours")
    port.do(clue.number, "registrar", "propose_assignment", proposed_handler="officer2")
    port.do(clue.number, "head", "approve_assignment", handler="officer2")
    assert (port.unseen(number, "officer2"), named(clue.number, "officer2")) == (True, []), (
        "who handles the clue"
    )


def test_a_gap_says_which_clue_it_became_to_who_sees_that(port: Port) -> None:
    number = held(port, entitled=7)
    port.do(number, "registrar", "decide")
    port.do(number, "registrar", "record_finding", gap="below_quorum")
    (clue,) = children(port, number)

    def led_to(who: str) -> list[str]:
        with port.unit() as session:
            record = decision_lists.record(session, port.office, number, actor=who, at=port.at, lang="en")
        return [one["number"] for gap in record["gaps"] for one in gap["led_to"]]

    assert led_to("leader") == [clue.number]
    with port.unit() as session:
        recusing.declare(session, port.office, clue.number, actor="leader", reason="亲属", at=port.at)
    assert led_to("leader") == []
