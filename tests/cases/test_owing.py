"""Reports that the rules demand open by themselves, count for nothing until somebody drafts them, and cannot be lost."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import col, select

from cases import audit
from cases.history import Event
from cases.linking import linked
from cases.matters import Matter
from states.facts import ENGINE
from tests.cases.conftest import Unit
from tests.cases.port_office import Port


@pytest.fixture
def port(unit: Unit) -> Port:
    return Port(unit)


def reports(port: Port, clue: str) -> list[dict[str, Any]]:
    """The escalations below a clue: number, state, opener, ground."""
    with port.unit() as session:
        parent = session.exec(select(Matter).where(Matter.number == clue)).one()
        below = linked(session, parent.id or 0, kind="escalation", towards="children")
        rows = [session.get_one(Matter, key) for key in below]
        return [{"number": row.number, "state": row.state, "opener": row.opener, "ground": row.values.get("ground")}
                for row in rows]  # fmt: skip


def test_a_clue_of_article_22_owes_a_report_from_the_moment_it_is_known(port: Port) -> None:
    clue = port.note(managed_by="ours")
    assert reports(port, clue) == []
    port.do(clue, "registrar", "register", managed_by="key")
    (owed,) = reports(port, clue)
    assert (owed["state"], owed["opener"], owed["ground"]) == ("owed", None, "key_person")
    assert "mandatory_report" in port.refused(clue, "registrar", "link_repeat", first=port.note())


def test_what_is_known_at_the_opening_is_owed_at_once(port: Port) -> None:
    clue = port.note(kind="non_action")
    assert [one["state"] for one in reports(port, clue)] == ["owed"]


def test_reporting_takes_up_what_is_owed_and_opens_no_second_report(port: Port) -> None:
    clue = port.clue_with(managed_by="key")
    (owed,) = reports(port, clue)
    moved = port.do(clue, "officer", "report_up", ground="key_person", summary="核实进展。")
    assert [one.number for one in moved.consequences] == [owed["number"]]
    (drafted,) = reports(port, clue)
    assert (drafted["state"], drafted["opener"]) == ("drafted", "officer")
    assert {"not_your_role", "second_person"} <= port.refused(owed["number"], "officer", "approve").keys()
    port.walk(owed["number"], ("leader", "approve"), ("registrar", "dispatch"))
    assert port.do(clue, "officer", "propose_disposition", way="close").to == "disposition_proposed"
    assert port.do(clue, "head", "approve_close").to == "concluded"


def test_whoever_took_it_up_does_not_approve_it(port: Port) -> None:
    clue = port.clue_with(managed_by="key")
    port.do(clue, "leader", "report_up", ground="key_person", summary="核实进展。")
    (one,) = reports(port, clue)
    assert "second_person" in port.refused(one["number"], "leader", "approve")
    assert port.do(one["number"], "head", "approve").to == "approved"


def test_it_can_be_drafted_as_it_lies_there(port: Port) -> None:
    clue = port.clue_with(managed_by="key")
    (owed,) = reports(port, clue)
    assert port.do(owed["number"], "leader", "draft_report").to == "drafted"
    assert "second_person" in port.refused(owed["number"], "leader", "approve")


def test_where_the_duty_turns_out_not_to_exist_it_lapses_and_comes_back_with_it(port: Port) -> None:
    clue = port.note(managed_by="ours")
    port.do(clue, "registrar", "register", managed_by="key")
    port.do(clue, "registrar", "reclassify", managed_by="ours")
    assert [one["state"] for one in reports(port, clue)] == ["lapsed"]
    port.do(clue, "registrar", "reclassify", managed_by="key")
    assert [one["state"] for one in reports(port, clue)] == ["lapsed", "owed"]
    with port.unit() as session:
        actors = session.exec(
            select(Event.actor).join(Matter).where(col(Event.move).in_(["fall_due", "lapse"]))
        ).all()
        assert set(actors) == {ENGINE}
        assert audit.verify(session).faults == ()


def test_two_duties_owe_one_report(port: Port) -> None:
    clue = port.clue_with(kind="non_action")
    port.do(clue, "officer", "report_suspicion")
    assert [one["state"] for one in reports(port, clue)] == ["owed"]
    port.do(clue, "registrar", "reclassify", kind="duty_neglect")
    assert [one["state"] for one in reports(port, clue)] == ["owed"], "the suspicion still demands it"


def test_a_report_under_way_serves_a_duty_that_becomes_known_later(port: Port) -> None:
    clue = port.clue_with()
    port.do(clue, "officer", "report_up", ground="site_problem", summary="现场问题。")
    port.do(clue, "officer", "report_suspicion")
    assert [one["state"] for one in reports(port, clue)] == ["drafted"]


def test_a_sealed_report_hands_on_its_envelope_and_nothing_else(port: Port) -> None:
    clue = port.note(managed_by="higher", title="密封件", problem="密封件", kind="unread", subject=None)
    (owed,) = reports(port, clue)
    with port.unit() as session:
        values = session.exec(select(Matter.values).where(Matter.number == owed["number"])).one()
    assert set(values) == {"title", "received_on", "managed_by"}
    moved = port.do(clue, "registrar", "seal_up")
    assert [one.number for one in moved.consequences] == [owed["number"]]


def test_its_own_clock_climbs_until_somebody_drafts_it(port: Port) -> None:
    clue = port.clue_with(managed_by="key")
    (owed,) = reports(port, clue)
    port.later(days=10)
    with port.unit() as session:
        fired = session.exec(select(Event.move).join(Matter).where(Matter.number == owed["number"])).all()
    assert [move for move in fired if move.startswith("clock.drafting")] == [
        "clock.drafting.due", "clock.drafting.press", "clock.drafting.climb"]  # fmt: skip
