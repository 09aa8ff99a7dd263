"""What the district, and anybody else outside, knows of a clue: one question, answered from what really left."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel, col, select, update

from cases import disclosures, interests, listing, recusing, sight
from cases.disclosures import OUTBOX, Left
from cases.errors import NoSuchMatter
from cases.history import Event
from cases.opening import id_of
from cases.people import Person
from cases.sites import TrustedSite
from notifications import notices
from notifications.notices import Notice
from tests.cases.conftest import Unit
from tests.cases.port_office import Port


@pytest.fixture
def port(unit: Unit) -> Port:
    return Port(unit)


def known(port: Port, number: str, who: str = "leader", told: str | None = None) -> list[dict[str, Any]]:
    with port.unit() as session:
        return list(disclosures.known(session, port.office, number, actor=who, told=told))


def briefs(port: Port, number: str, told: str) -> list[dict[str, Any]]:
    return [line for line in known(port, number, told=told) if line["kind"] == "brief"]


def child(port: Port, number: str, machine: str) -> str:
    with port.unit() as session:
        links = listing.shown(session, port.office, number, actor="leader")["links"]
    return str([one["number"] for one in links if one["machine"] == machine][-1])


def convened(port: Port) -> tuple[str, str]:
    clue = port.clue_with()
    port.do(clue, "officer", "convene", seats=["owner", "contractor"])
    return clue, child(port, clue, "consultation")


# ------------------------------------------------------------------------------------------------------- briefs


def test_members_see_a_round_from_when_its_brief_was_sent_and_each_body_has_a_line(port: Port) -> None:
    """Between convening and sending somebody looks whether the brief names anybody."""
    clue, round_ = convened(port)
    assert port.unseen(round_, "owner")
    assert [line for line in known(port, clue) if line["kind"] == "brief"] == []
    port.do(round_, "registrar", "send_brief")
    assert not port.unseen(round_, "owner")
    lines = [line for line in known(port, clue) if line["kind"] == "brief"]
    assert [(line["to"], line["number"], line["by"]) for line in lines] == [
        ("GKJ", round_, "registrar"),
        ("QJN", round_, "registrar"),
    ]
    assert {"agenda", "brief", "project", "title"} <= set(lines[0]["fields"])
    assert not {"round_rules", "subject", "reporter_name"} & set(lines[0]["fields"])
    assert len(lines[0]["sha256"]) == 64


def test_what_they_come_to_see_later_is_another_line(port: Port) -> None:
    _, round_ = convened(port)
    port.do(round_, "registrar", "send_brief")
    other = port.clue_with()
    port.do(round_, "leader", "take_up_clue", clue=other)
    sent, more = briefs(port, round_, "GKJ")
    assert "item_2" in more["fields"]
    assert "item_2" not in sent["fields"]
    assert sent["sha256"] != more["sha256"]


def test_what_shows_nothing_new_and_what_a_member_adds_is_no_line(port: Port) -> None:
    number = port.meeting(seats=["owner", "contractor", "overseer"])
    before = len(briefs(port, number, "GKJ"))
    port.say(number, "owner")
    port.say(number, "contractor", "disagree", opinion_reasons="证据不足")
    assert len(briefs(port, number, "GKJ")) == before


def test_a_substitute_s_body_has_a_line_from_when_the_seat_is_taken(port: Port) -> None:
    with port.unit() as session:
        session.execute(update(Person).where(col(Person.login) == "overseer").values(organisation="HTJ"))
    number = port.note("leader", "consultation", seats=["owner", "contractor"])
    port.do(number, "registrar", "send_brief")
    port.do(number, "leader", "name_substitute", member="owner", substitute="overseer")
    assert briefs(port, number, "HTJ") == [], "named, and not seated"
    assert port.unseen(number, "overseer")
    with port.unit() as session:
        recusing.declare(session, port.office, number, actor="owner", reason="亲属", at=port.at)
    (line,) = briefs(port, number, "HTJ")
    assert (line["by"], line["at"]) == ("owner", port.at.isoformat())
    assert not port.unseen(number, "overseer")


def test_who_is_kept_out_from_the_start_was_told_nothing(port: Port) -> None:
    with port.unit() as session:
        interests.declare(session, person="owner", kind="project", name="港口中心项目", note="", at=port.at)
    number = port.note("leader", "consultation", seats=["owner", "contractor"], project="PC")
    port.do(number, "registrar", "send_brief")
    assert known(port, number, told="GKJ") == []
    assert len(known(port, number, told="QJN")) == 1


def test_a_task_tells_its_owner_s_company(port: Port) -> None:
    clue = port.clue_with()
    port.do(clue, "officer", "convene", seats=["owner", "contractor", "overseer"], proposed="rectify")
    number = child(port, clue, "consultation")
    port.walk(number, ("registrar", "send_brief"), ("leader", "open_session"))
    for who in ("owner", "contractor", "overseer"):
        port.say(number, who)
    port.walk(number, ("leader", "collect_opinions"), ("leader", "resolve"))
    port.do(number, "registrar", "issue_task", task_owner="contractor")
    (task,) = [line for line in known(port, clue, told="QJN") if line["kind"] == "task"]
    assert {"measure", "due_on", "proof"} <= set(task["fields"])
    assert [line for line in known(port, clue, told="GKJ") if line["kind"] == "task"] == []


# -------------------------------------------------------------------------------------------------- escalations


def escalated(port: Port) -> tuple[str, str]:
    clue = port.clue_with()
    port.do(clue, "leader", "escalate")
    number = child(port, clue, "escalation")
    port.do(number, "head", "approve")
    return clue, number


def test_the_district_knows_of_an_escalation_from_its_dispatch(port: Port) -> None:
    clue, number = escalated(port)
    assert known(port, clue, told="BHJ") == []
    port.do(number, "registrar", "dispatch")
    (line,) = known(port, clue, told="BHJ")
    assert (line["kind"], line["number"], line["by"], line["pages"]) == (
        "escalation",
        number,
        "registrar",
        None,
    )
    assert {"summary", "paper_no", "title"} <= set(line["fields"])
    port.do(number, "district", "sign_for")
    port.do(number, "district", "accept")
    assert len(known(port, clue, told="BHJ")) == 1, "what they wrote themselves, nobody told them"
    port.do(number, "registrar", "act_on")
    assert [line["fields"].count("acted") for line in known(port, clue, told="BHJ")] == [0, 1]


def test_a_body_with_a_site_of_its_own_is_told_by_file_only(port: Port) -> None:
    with port.unit() as session:
        session.add(TrustedSite(id="a" * 32, key="b" * 64, organisations=["BHJ"], trusted_at=port.at,
                                trusted_by="operator"))  # fmt: skip
    clue, number = escalated(port)
    port.do(number, "registrar", "dispatch")
    assert known(port, clue, told="BHJ") == []


def test_the_tables_read_by_name_are_those_there_are() -> None:
    for named, real in ((OUTBOX, Notice.__tablename__), (sight.SITES, TrustedSite.__tablename__)):
        there = SQLModel.metadata.tables[str(real)].columns
        assert named.name == real
        assert set(named.columns.keys()) <= set(there.keys())
        for column in named.columns:
            types = (column.type, there[column.name].type)
            named_type, real_type = (getattr(one, "impl", one).python_type for one in types)
            assert named_type is real_type
    assert notices.SENT == "sent"


# -------------------------------------------------------------------------------------------------- one question


def test_messages_to_other_bodies_are_among_it_once_they_arrived(port: Port) -> None:
    clue, number = escalated(port)
    with port.unit() as session:
        matter = id_of(session, number)
        event = session.execute(
            select(col(Event.id)).where(col(Event.matter) == matter).limit(1)
        ).scalar_one()
        for login, status in (("district", "sent"), ("registrar", "sent"), ("owner", "pending")):
            session.add(Notice(event=event, matter=matter, recipient=login, channel="folder", status=status, lang="zh",
                               document="escalation_report", message_id=f"<{login}>", planned_at=port.at,
                               sent_at=port.at + timedelta(minutes=1) if status == "sent" else None))  # fmt: skip
    found = [line for line in known(port, clue) if line["kind"] == "notice"]
    assert [(line["to"], line["fields"], line["document"]) for line in found] == [
        ("BHJ", ["number", "document"], "escalation_report")
    ]
    assert known(port, clue, told="BHJ") == found
    assert known(port, clue, told="district") == found
    assert known(port, clue, told="GKJ") == []


def test_it_reaches_everything_that_came_out_of_the_clue_at_any_depth_and_nothing_beside_it(
    port: Port,
) -> None:
    clue, round_ = convened(port)
    other, _ = convened(port)
    with port.unit() as session:
        for number in (round_, clue):
            disclosures.record(session, id_of(session, number), "packet", Left(["title"], pages=3), told="BHJ",
                               by="registrar", at=port.at)  # fmt: skip
    assert [line["number"] for line in known(port, clue, told="BHJ")] == [round_, clue]
    assert [line["pages"] for line in known(port, clue, told="BHJ")] == [3, 3]
    assert [line["number"] for line in known(port, round_, told="BHJ")] == [round_]
    assert known(port, other, told="BHJ") == []


def test_a_body_is_known_by_its_code_its_name_and_its_people(port: Port) -> None:
    clue = port.clue_with()
    with port.unit() as session:
        for told in ("BHJ", "district", "滨海新区纪工委监察专员办", "某施工队"):
            disclosures.record(session, id_of(session, clue), "paper", Left(["title"]), told=told, by="registrar",
                               at=port.at)  # fmt: skip
    assert [line["to"] for line in known(port, clue, told="BHJ")] == [
        "BHJ",
        "district",
        "滨海新区纪工委监察专员办",
    ]
    assert [line["to"] for line in known(port, clue, told="某施工队")] == ["某施工队"]


def test_who_may_not_see_it_or_is_kept_out_learns_nothing(port: Port) -> None:
    clue, _ = convened(port)
    for who in ("owner", "district", "officer2", "operator"):
        with pytest.raises(NoSuchMatter):
            known(port, clue, who)
    with port.unit() as session:
        recusing.declare(session, port.office, clue, actor="officer", reason="亲属", at=port.at)
    with pytest.raises(NoSuchMatter):
        known(port, clue, "officer")


def test_a_member_learns_what_their_own_company_was_told_and_no_more(port: Port) -> None:
    _, round_ = convened(port)
    port.do(round_, "registrar", "send_brief")
    assert {line["to"] for line in known(port, round_, "owner")} == {"GKJ"}
    assert known(port, round_, "owner", told="QJN") == []
    assert {line["to"] for line in known(port, round_, "registrar")} == {"GKJ", "QJN"}
