"""Sealed opinions that are opened leave the one who gave them: each body that reads them has a line in the ledger, once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from cases import checkpoints, disclosures, ledger_seals, recusing, rulebooks
from tests.cases.conftest import Unit
from tests.cases.ending_stories import office_of
from tests.cases.port_office import Port
from tests.cases.recusal_stories import declare
from tests.cases.round_stories import apart, faults, shown


@pytest.fixture
def port(unit: Unit) -> Port:
    return office_of(unit)


def learnt(port: Port, number: str, body: str | None = None, who: str = "leader") -> list[dict[str, Any]]:
    with port.unit() as session:
        lines = disclosures.known(session, port.office, number, actor=who, told=body)
    return [line for line in lines if line["kind"] == "opinions"]


def three_say(port: Port, number: str) -> None:
    for who in ("owner", "contractor", "overseer"):
        port.say(number, who)


def test_opening_tells_each_body_what_the_others_said_and_nothing_before(port: Port) -> None:
    number = port.meeting()
    three_say(port, number)
    assert learnt(port, number) == []
    moved = port.do(number, "leader", "collect_opinions")
    lines = {line["to"]: line for line in learnt(port, number)}
    assert {to: line["fields"] for to, line in lines.items()} == {
        "GKJ": ["opinion.1.contractor.1", "opinion.1.overseer.1"],
        "QJN": ["opinion.1.overseer.1", "opinion.1.owner.1"],
        "HTJ": ["opinion.1.contractor.1", "opinion.1.owner.1"],
    }
    line = lines["GKJ"]
    assert (line["by"], line["at"], len(line["sha256"])) == ("leader", port.at.isoformat(), 64)
    assert len({one["sha256"] for one in lines.values()}) == 3
    assert [one["to"] for one in learnt(port, number, "QJN")] == ["QJN"]
    assert [one["to"] for one in learnt(port, number, who="owner")] == ["GKJ"], "and no more of it"
    assert moved.to == "opinions_in"


def test_it_is_written_once(port: Port) -> None:
    number = port.meeting()
    three_say(port, number)
    port.walk(number, ("leader", "collect_opinions"), ("leader", "resolve"), ("registrar", "draft_minutes"))
    assert len(learnt(port, number)) == 3


def test_what_is_opened_as_time_passes_is_told_in_the_name_of_the_clock(port: Port) -> None:
    number = port.meeting()
    port.say(number, "owner")
    port.later(days=20)
    lines = {line["to"]: line for line in learnt(port, number)}
    assert set(lines) == {"QJN", "HTJ"}, "their own opinion nobody told the owner"
    assert lines["QJN"]["by"] in ("clock", "engine")


def test_after_an_adjournment_only_what_is_opened_anew_is_told(port: Port) -> None:
    number = port.meeting()
    three_say(port, number)
    port.walk(number, ("leader", "collect_opinions"), ("leader", "adjourn"), ("leader", "resume"),
              ("leader", "open_session"))  # fmt: skip
    port.say(number, "owner", "disagree", opinion_reasons="工期不足")
    assert len(learnt(port, number)) == 3
    port.do(number, "leader", "collect_opinions")
    anew = learnt(port, number)[3:]
    assert {line["to"]: line["fields"] for line in anew} == {
        to: ["opinion.1.owner.2"] for to in ("QJN", "HTJ")
    }


def test_who_is_kept_out_of_an_item_is_told_of_the_others_and_reads_nothing_of_it(port: Port) -> None:
    number = apart(port)  # the contractor is out of item 2, where the deputy of the same firm sits
    with port.unit() as session:
        recusing.declare(
            session,
            port.office,
            shown(port, number)["values"]["item_2"]["clue"],
            actor="leader",
            reason="x",
            at=port.at,
        )
    for who in ("owner", "contractor", "overseer"):
        port.say(number, who, item=1)
    for who in ("owner", "deputy", "overseer"):
        port.say(number, who, item=2)
    port.do(number, "registrar", "collect_opinions")
    said = str(learnt(port, number, who="leader"))
    assert "opinion.1." in said
    assert "opinion.2." not in said
    assert "opinion.2.deputy.1" in str(learnt(port, number, "GKJ", who="registrar"))


def test_a_body_that_comes_to_read_them_later_has_its_line_then(port: Port) -> None:
    number = port.meeting(seats=["owner", "contractor"])
    port.do(number, "registrar", "name_substitute", member="owner", substitute="stranger")
    port.say(number, "owner")
    port.say(number, "contractor")
    port.do(number, "leader", "collect_opinions")
    assert learnt(port, number, "HTJ") == []
    declare(port, number, "owner")
    (line,) = learnt(port, number, "HTJ")
    assert line["fields"] == ["opinion.1.contractor.1", "opinion.1.owner.1"]
    assert line["by"] == "owner"


def test_the_file_stays_sound(port: Port) -> None:
    number = port.meeting()
    three_say(port, number)
    port.walk(number, ("leader", "collect_opinions"), ("leader", "resolve"))
    with port.unit() as session:
        rulebooks.publish(session, port.office.rulebook(), at=port.at)
        sealed = ledger_seals.seal(session, ledger_seals.reached(session))
        checkpoints.take(session, at=port.at, seals=sealed)
    assert faults(port) == []
    with port.unit() as session:
        session.execute(text("UPDATE disclosure SET told = 'BHJ' WHERE kind = 'opinions'"))
    assert faults(port) != []
