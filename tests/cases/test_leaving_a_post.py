"""Somebody leaves a post, for another body or for good: it shows everywhere it should, and once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from cases import administering, audit, creation_gaps, due_rounds, ending, inspections, listing, risk_raising
from cases.drawing import INSPECTORS, RecordedDraw
from cases.history import Event
from cases.inspections import Programme
from cases.matters import Matter
from notifications.documents import facts
from notifications.notices import Notice
from tests.cases.ending_stories import approve, propose
from tests.cases.port_office import Port, Unit, on_file
from tests.cases.test_creation import appointed, of_pc
from tests.cases.test_risks import in_force


@pytest.fixture
def port(unit: Unit) -> Port:
    """The Port Centre's office, with its rulebook on file and its notices planned."""
    return on_file(unit)


def unposted(port: Port, login: str = "supervisor", project: str | None = "PC") -> None:
    port.at += timedelta(minutes=1)
    with port.unit() as session:
        administering.unpost(session, port.office, actor="operator", login=login, role="supervisor",
                             organisation="MGJ", project=project, at=port.at)  # fmt: skip


def posted(port: Port, login: str = "supervisor", body: str = "MGJ", role: str = "supervisor",
           project: str | None = "PC") -> None:  # fmt: skip
    port.at += timedelta(minutes=1)
    with port.unit() as session:
        administering.post(session, port.office, actor="operator", login=login, role=role, organisation=body,
                           project=project, at=port.at)  # fmt: skip


def swept(port: Port) -> risk_raising.Raised:
    port.at += timedelta(minutes=1)
    done = risk_raising.sweep(port.unit, port.office, at=port.at)
    assert done.failed == ()
    return done


def state(port: Port, number: str) -> str:
    with port.unit() as session:
        return str(listing.shown(session, port.office, number, actor="leader")["state"])


def moves(session: Session, number: str) -> list[tuple[str, str]]:
    query = select(col(Event.move), col(Event.actor)).join(Matter, col(Matter.id) == col(Event.matter))
    return [
        tuple(row)
        for row in session.execute(query.where(col(Matter.number) == number).order_by(col(Event.seq)))
    ]


def sound(port: Port) -> bool:
    with port.unit() as session:
        return audit.verify(session).faults == ()


def test_an_appointment_ends_with_the_post_of_its_holder_once_and_says_so(port: Port) -> None:
    number, proposed = appointed(port, "supervisor"), port.note("registrar", "appointment", supervisor="supervisor",
                                                                project="PC", ends_on="2026-12-31")  # fmt: skip
    unposted(port)
    assert state(port, number) == "in_term", "the sweep has not come by yet"
    swept(port)
    assert (state(port, number), state(port, proposed)) == ("ended", "ended")
    swept(port)
    with port.unit() as session:
        assert moves(session, number)[-1] == ("post_lost", "engine")
        assert [move for move, _ in moves(session, number)].count("post_lost") == 1
        told = select(col(Notice.recipient)).join(Matter, col(Matter.id) == col(Notice.matter)).where(
            col(Matter.number) == number, col(Notice.document) == "progress_note")  # fmt: skip
        assert set(session.execute(told).scalars()) == {"registrar", "leader"}
    assert sound(port)


def test_a_post_that_was_given_back_before_the_sweep_was_not_lost(port: Port) -> None:
    number = appointed(port, "supervisor")
    unposted(port)
    posted(port, project=None)
    swept(port)
    assert state(port, number) == "in_term"
    unposted(port, project=None)
    swept(port)
    assert state(port, number) == "ended"


def test_another_posting_and_another_persons_loss_leave_it_alone(port: Port) -> None:
    number = appointed(port, "supervisor")
    posted(port, project="BR")
    unposted(port, project="BR")
    with port.unit() as session:
        administering.unpost(session, port.office, actor="operator", login="officer2", role="officer",
                             organisation="MGJ", project=None, at=port.at)  # fmt: skip
    swept(port)
    assert state(port, number) == "in_term"


def test_it_ends_with_the_account_too(port: Port) -> None:
    number = appointed(port, "supervisor")
    approve(port, propose(port, "supervisor", "registrar"))
    swept(port)
    assert state(port, number) == "ended"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_letter_knows_the_holder_the_project_and_the_term(port: Port, lang: str) -> None:
    number = appointed(port, "supervisor")
    with port.unit() as session:
        about = facts.about(session, port.office, number, actor="leader", at=port.at, lang=lang)
    said: Any = about.facts["v"]
    assert said["supervisor"] == "周正"
    assert (said["begins_on"], said["ends_on"]) == {
        "zh": ("2026年9月1日", "2026年10月31日"), "en": ("1 September 2026", "31 October 2026")}[lang]  # fmt: skip
    assert about.facts["project"]


def test_whoever_leaves_for_another_body_is_missed_everywhere(port: Port) -> None:
    """The integrity supervisor of the project becomes an officer of the district's commission."""
    appointment = appointed(port, "supervisor")
    point, clue = in_force(port, holder="supervisor"), port.note("supervisor", project="PC")
    round_ = port.note("supervisor", "inspection", project="PC")
    others = port.note("registrar", "inspection", project="PC")
    assert not port.unseen(others, "supervisor")
    with port.unit() as session:
        for programme in session.execute(select(Programme)).scalars():
            programme.active = False
        inspections.plan(session, Programme(
            code="W", kind="daily", title="W", rule="every week on Monday", organisation="MGJ", project="PC",
            inspectors=["supervisor", "registrar"], team=1, starts_on=date(2026, 9, 1)))  # fmt: skip
    before = of_pc(port)
    assert before is not None
    assert before.reason.en.endswith("1, of at least 3.")
    assert not any(port.unseen(number, "supervisor") for number in (clue, round_, appointment))

    unposted(port)
    posted(port, body="BHJ", role="officer", project=None)
    swept(port)

    assert state(port, appointment) == "ended"
    after = of_pc(port)
    assert after is not None
    assert after.reason.en.endswith("0, of at least 3."), "the project lacks one more"
    assert state(port, point) == "under_review", "the point of their post is looked at again"
    monday = datetime.fromisoformat("2026-09-07T01:00:00+00:00")
    due_rounds.sweep(port.unit, port.office, at=monday)
    with port.unit() as session:
        [draw] = session.execute(select(RecordedDraw).where(col(RecordedDraw.what) == INSPECTORS)).scalars()
        assert (draw.drawn, draw.left_out) == (["registrar"], ["supervisor"]), "drawn is who is there"
        pack = ending.pack(session, port.office, "supervisor", actor="registrar")
        found = creation_gaps.gaps(session, port.office, actor="registrar", at=port.at)
    assert {clue, round_} <= {one["number"] for one in pack["matters"]}, (
        "what they drafted waits for somebody else"
    )
    assert "W" in pack["programmes"]
    assert any(one.kind == "supervisors" and one.project == "PC" for one in found)
    assert port.unseen(others, "supervisor")
    assert not any(port.unseen(number, "supervisor") for number in (clue, round_)), (
        "what they opened themselves"
    )
    assert all(port.unseen(number, "supervisor") for number in (point, appointment)), (
        "and nothing else from there"
    )
    assert sound(port)
