"""An urgent matter decided on by single report is ratified by the next round, or the head says why that round is not to."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from cases import listing, surveys
from tests.cases.conftest import Unit
from tests.cases.port_office import Port
from tests.cases.recusal_stories import declare


@pytest.fixture
def port(unit: Unit) -> Port:
    return Port(unit)


def decided_singly(port: Port) -> str:
    clue = port.clue_with()
    port.walk(clue, ("officer", "report_singly"), ("leader", "decide_singly"))
    return clue


def resolved(port: Port, number: str) -> str:
    for who in ("owner", "contractor", "overseer"):
        port.say(number, who)
    port.walk(number, ("leader", "collect_opinions"), ("leader", "resolve"))
    return number


def ended(port: Port, number: str) -> str:
    return port.walk(number, ("registrar", "draft_minutes"), ("head", "sign_minutes"), ("registrar", "close"))


def test_a_round_does_not_end_over_a_single_report_that_it_has_to_ratify(port: Port) -> None:
    clue = decided_singly(port)
    number = resolved(port, port.meeting())
    assert clue in port.refused(number, "registrar", "draft_minutes")["not_ratified"]
    port.do(number, "registrar", "ratify_single_report", reported_clue=clue)
    assert ended(port, number) == "closed"


def test_the_head_says_why_and_the_next_round_owes_it(port: Port) -> None:
    clue = decided_singly(port)
    number = resolved(port, port.meeting())
    assert port.refused(number, "leader", "waive_ratification")
    assert "missing" in port.refused(number, "head", "waive_ratification", not_ratified_because=None)
    port.do(number, "head", "waive_ratification")
    assert port.refused(number, "head", "waive_ratification"), "once is enough"
    assert ended(port, number) == "closed"
    with port.unit() as session:
        values = listing.shown(session, port.office, number, actor="leader")["values"]
    assert values["not_ratified_because"]
    assert clue not in str(values)
    after = resolved(port, port.meeting())
    assert clue in port.refused(after, "registrar", "draft_minutes")["not_ratified"]


def test_the_instant_a_session_opens_divides_what_it_owes_from_what_the_next_one_does(port: Port) -> None:
    before = port.clue_with()
    port.do(before, "officer", "report_singly")
    number = port.meeting()
    port.do(before, "leader", "decide_singly")  # the session is open already
    resolved(port, number)
    assert "nothing_owed" in port.refused(number, "head", "waive_ratification")
    assert ended(port, number) == "closed"
    after = resolved(port, port.meeting())
    assert before in port.refused(after, "registrar", "draft_minutes")["not_ratified"]


def test_what_came_up_between_the_minutes_and_the_end_is_found_at_the_end(port: Port) -> None:
    """The clock of a single report starts anew, as when it was stopped by mistake: the closing asks again."""
    clue = decided_singly(port)
    number = resolved(port, port.meeting())
    with port.unit() as session:
        session.execute(text("UPDATE deadline SET status = 'met' WHERE name = 'ratification'"))
    port.walk(number, ("registrar", "draft_minutes"), ("head", "sign_minutes"))
    with port.unit() as session:
        session.execute(text("UPDATE deadline SET status = 'open' WHERE name = 'ratification'"))
    assert clue in port.refused(number, "registrar", "close")["not_ratified"]
    port.do(number, "head", "waive_ratification")
    assert port.do(number, "registrar", "close").to == "closed"


def test_a_round_of_one_project_owes_nothing_of_another(port: Port) -> None:
    clue = port.clue_with(project="BR")
    port.walk(clue, ("officer", "report_singly"), ("leader", "decide_singly"))
    assert ended(port, resolved(port, port.meeting(project="PC"))) == "closed"
    own = resolved(port, port.meeting(project="BR"))
    assert clue in port.refused(own, "registrar", "draft_minutes")["not_ratified"]


def test_whoever_may_not_see_the_clue_hears_that_something_is_owed_and_not_what(port: Port) -> None:
    clue = decided_singly(port)
    number = resolved(port, port.meeting())
    declare(port, clue, "registrar")
    why = port.refused(number, "registrar", "draft_minutes")["not_ratified"]
    assert "not yours to see" in why
    assert clue not in why
    with port.unit() as session:
        said = surveys.moves(session, port.office, number, actor="registrar", at=port.at).as_dict("zh")
    assert "有您无权查看的事项" in str(said)
    assert clue not in str(said["blocked"])
