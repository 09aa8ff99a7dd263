"""Whom an event concerns."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select, update

from cases import gathering
from cases.history import Event
from cases.matters import Matter
from cases.office import Occurred, Office, occurred
from cases.organisations import Organisation
from cases.people import Person, Posting
from cases.prepared import Prepared
from notifications import rules
from notifications.dispatch import Unit
from states.references import RECIPIENTS
from states.rulebook import Machine
from states.rulebook_file import shipped
from tests.cases.port_office import Port
from tests.notifications.office import MORNING, happened, matter, rang, seat


def told(session: Session, house: Office, *events: Occurred) -> list[tuple[str, str]]:
    """Who is told what, in the order of telling."""
    return [(one.login, one.document) for one in rules.concerned(session, house, events)]


def test_a_new_clue_is_told_to_the_case_supervision_office(unit: Unit, house: Office) -> None:
    with unit() as session:
        event = happened(session, matter(session), "open", by="supervisor")
        assert told(session, house, event) == [("registrar", "clue_noted")]


def test_a_move_without_a_rule_concerns_nobody(unit: Unit, house: Office) -> None:
    with unit() as session:
        assert told(session, house, happened(session, matter(session), "return")) == []


def test_who_is_named_by_two_rules_is_told_once_and_by_the_first(unit: Unit, house: Office) -> None:
    with unit() as session:
        event = happened(session, matter(session), "assign", by="head")
        assert told(session, house, event) == [
            ("officer", "assignment_letter"), ("registrar", "progress_note"), ("supervisor", "progress_note"),
        ]  # fmt: skip


def test_nobody_is_told_what_they_did_themselves(unit: Unit, house: Office) -> None:
    with unit() as session:
        event = happened(session, matter(session), "close", by="officer")
        assert "officer" not in dict(told(session, house, event))
        assert "officer" in dict(told(session, house, happened(session, matter(session), "close", by="head")))


def test_a_clock_tells_everybody_it_names_also_who_moved_the_clue_last(unit: Unit, house: Office) -> None:
    with unit() as session:
        clue = matter(session, moved_by="officer")
        assert told(session, house, rang(session, clue, ["handler", "registrar"])) == [
            ("officer", "work_prompt"), ("registrar", "work_prompt"),
        ]  # fmt: skip


def test_without_a_handler_nobody_stands_in_for_one(unit: Unit, house: Office) -> None:
    with unit() as session:
        assert told(session, house, rang(session, matter(session, handler=None), ["handler"])) == []


def test_whose_account_ended_is_told_nothing(unit: Unit, house: Office) -> None:
    with unit() as session:
        session.execute(update(Person).where(col(Person.login) == "registrar").values(active=False))
        assert told(session, house, rang(session, matter(session), ["registrar", "handler"])) == [
            ("officer", "work_prompt")
        ]  # fmt: skip


def test_a_role_without_sight_of_the_matter_is_not_told_of_it(unit: Unit, house: Office) -> None:
    """The members of the consultation and the district have no clue on file for them, whatever a rule says."""
    with unit() as session:
        assert told(session, house, happened(session, matter(session), "whisper")) == []
        assert told(session, house, rang(session, matter(session), ["operator"])) == []


def test_an_officer_who_does_not_handle_a_clue_is_not_told_of_it(unit: Unit, house: Office) -> None:
    with unit() as session:
        assert told(session, house, rang(session, matter(session), ["officer"])) == [
            ("officer", "work_prompt")
        ]


def test_a_posting_for_another_project_does_not_count(unit: Unit, house: Office) -> None:
    with unit() as session:
        session.execute(update(Posting).where(col(Posting.person) == "registrar").values(project="BR"))
        assert told(session, house, happened(session, matter(session), "open")) == []
        there = matter(session, project="BR")
        assert told(session, house, happened(session, there, "open")) == [("registrar", "clue_noted")]


def test_a_ladder_reaches_the_body_above_though_it_does_not_see_the_clue(unit: Unit, house: Office) -> None:
    with unit() as session:
        assert told(session, house, rang(session, matter(session), ["above"])) == [
            ("district", "work_prompt"),
            ("district2", "work_prompt"),
        ]


def test_above_means_the_nearest_body_that_has_anybody(unit: Unit, house: Office) -> None:
    """Between the commission and the district stands a body with nobody in it; then somebody comes."""
    with unit() as session:
        session.add(Organisation(code="MID", kind="commission", name_zh="中", name_en="Middle", parent="BHJ"))
        session.flush()
        session.execute(update(Organisation).where(col(Organisation.code) == "MGJ").values(parent="MID"))
        clue = matter(session)
        above = rang(session, clue, ["above"])
        assert told(session, house, above) == [("district", "work_prompt"), ("district2", "work_prompt")]
        session.add(Posting(person="head", role="district", organisation="MID"))
        session.flush()
        assert told(session, house, rang(session, clue, ["above"])) == [("head", "work_prompt")]


def test_a_tree_that_bites_its_tail_is_climbed_once(unit: Unit, house: Office) -> None:
    with unit() as session:
        session.execute(update(Organisation).where(col(Organisation.code) == "BHJ").values(parent="MGJ"))
        session.execute(update(Person).where(col(Person.organisation) == "BHJ").values(active=False))
        assert told(session, house, rang(session, matter(session), ["above"])) == []


def test_an_escalation_is_told_to_the_district_once_it_was_sent_and_not_before(
    unit: Unit, house: Office
) -> None:
    with unit() as session:
        draft = matter(session, machine="escalation", addressee="BHJ")
        assert told(session, house, happened(session, draft, "note")) == []
        session.execute(update(Matter).where(col(Matter.id) == draft.id).values(sent_at=MORNING))
        sent = happened(session, draft, "send")
        assert dict(told(session, house, sent)) == dict.fromkeys(
            ("district", "district2"), "escalation_report"
        )


def test_seats_are_the_people_seated_in_this_matter_and_no_other(unit: Unit, house: Office) -> None:
    with unit() as session:
        task, other = matter(session, machine="task"), matter(session, machine="task")
        seat(session, task, "contractor", "owner")
        seat(session, other, "overseer")
        assert [login for login, _ in told(session, house, happened(session, task, "set"))] == [
            "contractor",
            "owner",
        ]


def test_a_seat_shows_nothing_to_a_role_that_sees_nothing_of_its_kind(unit: Unit, house: Office) -> None:
    with unit() as session:
        clue = matter(session)
        seat(session, clue, "contractor")
        assert told(session, house, happened(session, clue, "sit")) == []


def test_many_events_are_told_as_each_alone(unit: Unit, house: Office) -> None:
    with unit() as session:
        clues = [matter(session, handler=login) for login in ("officer", "officer2", None, "officer3")]
        events = [rang(session, clue, ["handler", "registrar", "above"]) for clue in clues]
        together = [(one.occurred.event, one.login) for one in rules.concerned(session, house, events)]
        alone = [
            (one.occurred.event, one.login) for e in events for one in rules.concerned(session, house, [e])
        ]
        assert together == alone
        assert len(together) == 15


@pytest.mark.parametrize("count", [1, 40])
def test_the_number_of_queries_does_not_grow_with_the_events(
    unit: Unit, house: Office, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unit() as session:
        events = [
            rang(session, matter(session), ["handler", "registrar", "seats", "above"]) for _ in range(count)
        ]
        asked = _queries(monkeypatch)
        assert len(rules.concerned(session, house, events)) == 4 * count
        assert len(asked) == 4  # the tree, the seats, the people, the recusals


def test_people_are_told_in_the_language_of_their_account(unit: Unit, house: Office) -> None:
    with unit() as session:
        session.execute(update(Person).where(col(Person.login) == "officer").values(lang="en"))
        found = rules.concerned(session, house, [rang(session, matter(session), ["handler", "registrar"])])
        assert [(one.login, one.lang) for one in found] == [("officer", "en"), ("registrar", "zh")]


def test_a_person_who_came_later_is_told_of_what_happens_from_then_on(unit: Unit, house: Office) -> None:
    with unit() as session:
        clue = matter(session)
        event = rang(session, clue, ["registrar"], at=MORNING + timedelta(days=1))
        assert len(told(session, house, event)) == 1
        session.add(Posting(person="officer2", role="registrar", organisation="MGJ", project="PC"))
        session.flush()
        assert [login for login, _ in told(session, house, event)] == ["officer2", "registrar"]
        assert session.exec(select(Posting).where(Posting.person == "officer2")).all()


def _queries(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every query that is asked from now on."""
    asked: list[Any] = []
    ask = Prepared.rows

    def note(query: Prepared, session: Session, given: Any) -> Any:
        asked.append(query)
        return ask(query, session, given)

    monkeypatch.setattr(Prepared, "rows", note)
    return asked


def _tellings(machine: Machine) -> list[tuple[str, ...]]:
    """Everything a machine's notices and ladders name as addressees."""
    rungs = [rung.to for deadline in machine.deadlines.values() for rung in deadline.ladder]
    return [rule.to for rule in machine.notices] + rungs


@pytest.mark.parametrize("machine", sorted(shipped().machines))
def test_every_role_the_shipped_rulebook_tells_may_see_what_it_is_told_of(machine: str) -> None:
    """A role that sees nothing of a machine is left out in silence: a rule that names one is a slip of the rulebook."""
    book = shipped()
    roles = {name for to in _tellings(book.machines[machine]) for name in to}.difference(RECIPIENTS)
    assert {name for name in roles if machine not in book.roles[name].sees} == set()


@pytest.mark.parametrize("machine", sorted(shipped().machines))
def test_every_paper_the_shipped_rulebook_sends_has_a_name(machine: str) -> None:
    rules_of = shipped().machines[machine]
    sent = {rung.document for deadline in rules_of.deadlines.values() for rung in deadline.ladder}
    sent |= {rule.document for rule in rules_of.notices}
    assert sent <= shipped().documents.keys()


def test_what_the_body_above_leaves_lying_climbs_to_the_next_one(unit: Unit, house: Office) -> None:
    with unit() as session:
        event = rang(session, matter(session, addressee="BHJ"), ["above", "higher"])
        district = {"district", "district2"}
        assert dict(told(session, house, event)).keys() == district | {"city"}
        alone = rang(session, matter(session), ["higher"])
        assert dict(told(session, house, alone)).keys() == district, (
            "without an addressee, the body above itself"
        )
        session.execute(update(Organisation).where(col(Organisation.code) == "BHJ").values(parent=None))
        event = rang(session, matter(session, addressee="BHJ"), ["above", "higher"])
        assert dict(told(session, house, event)).keys() == district, "nobody stands above the district"


def test_the_members_of_a_round_are_told_of_it_though_they_belong_to_other_bodies(unit: Unit) -> None:
    """Their role is held in their company: it is the seat that makes a round theirs."""
    port = Port(unit)
    number = port.note("leader", "consultation", seats=["owner", "contractor", "overseer"])
    port.do(number, "registrar", "send_brief")
    with unit() as session:
        row = session.exec(select(Matter).where(Matter.number == number)).one()
        event = session.exec(select(Event.id).where(Event.matter == row.id, Event.move == "send_brief")).one()
        one = occurred(gathering.load_by_id(session, row.id or 0).row, event=event or 0, move="send_brief", at=port.at,
                       by="registrar")  # fmt: skip
        told_of_it = {found.login for found in rules.concerned(session, port.office, [one])}
    assert {"owner", "contractor", "overseer"} <= told_of_it
    assert "overseer2" not in told_of_it
