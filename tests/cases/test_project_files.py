"""Integrity files of projects: eighteen items, each as it was noted last, beside what the program has on file of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cases import audit, listing, project_files
from states.facts import Refused
from tests.cases.file_stories import state
from tests.cases.port_office import Port, Unit, on_file


@pytest.fixture
def port(unit: Unit) -> Port:
    """The Port Centre's office, with its rulebook on file and its notices planned."""
    return on_file(unit)


def opened_file(port: Port, who: str = "registrar", **given: Any) -> str:
    return port.note(who, "project_file", **{"project": "PC", "keeper": "registrar"} | given)


def record(port: Port, number: str, who: str = "registrar") -> dict[str, Any]:
    with port.unit() as session:
        return project_files.record(session, port.office, number, actor=who, lang="en")


def item(port: Port, number: str, name: str, who: str = "registrar") -> dict[str, Any]:
    return next(one for one in record(port, number, who)["each"] if one["item"] == name)


def counted(port: Port, number: str, name: str, machine: str, who: str = "registrar") -> dict[str, Any]:
    return next(one for one in item(port, number, name, who)["counted"] if one["machine"] == machine)


def test_it_has_eighteen_items_and_says_which_were_seen_elsewhere_and_which_are_the_office_s_own(
    port: Port,
) -> None:
    number = opened_file(port)
    each = record(port, number)["each"]
    assert len(each) == 18
    assert {one["state"] for one in each} == {"missing"}
    named = {one["item"] for one in each if one["basis"]["source"] != "本机关设定"}
    assert named == {"collective_decision", "risk_table", "interference", "completion"}


def test_each_item_stands_as_it_was_noted_last_with_date_place_and_who(port: Port) -> None:
    number = opened_file(port)
    port.do(number, "officer", "note_item", file_item="tender", item_state="partial", item_on="2026-08-30")
    port.do(
        number, "supervisor", "note_item", file_item="tender", item_state="complete", item_where="档案柜A-3"
    )
    found = item(port, number, "tender")
    assert (found["state"], found["on"], found["where"], found["by"]) == (
        "complete",
        "2026-09-01",
        "档案柜A-3",
        "supervisor",
    )
    assert len(record(port, number)["lacking"]) == 17


def test_it_is_not_handed_over_while_items_are_missing_and_they_are_named(port: Port) -> None:
    number = opened_file(port)
    items = [one["item"] for one in record(port, number)["each"]]
    for name in items[:-1]:
        settled = "not_applicable" if name == "land_permits" else "complete"
        port.do(number, "registrar", "note_item", file_item=name, item_state=settled)
    assert port.refused(number, "leader", "hand_over")["items_lacking"] == (
        "These items are not complete: state of completion."
    )
    port.do(number, "registrar", "note_item", file_item=items[-1], item_state="partial")
    assert "items_lacking" in port.refused(number, "leader", "hand_over")
    port.do(number, "registrar", "note_item", file_item=items[-1], item_state="complete")
    port.do(number, "leader", "hand_over")
    assert state(port, number) == "handed"
    with port.unit() as session:
        assert not audit.verify(session).faults


def test_what_the_program_has_is_counted_row_by_row_as_far_as_one_sees_it(port: Port) -> None:
    number = opened_file(port)
    point = port.note("registrar", "risk", project="PC", link="c15_quality")
    port.note("registrar", "risk", project="BR", link="c15_quality")
    entry = port.note("officer", "interference", project="PC")
    assert counted(port, number, "risk_table", "risk")["numbers"] == [point]
    assert counted(port, number, "interference", "interference")["numbers"] == [entry]
    assert counted(port, number, "interference", "interference", "supervisor")["numbers"] == []
    running = port.clue_with(project="PC")
    assert counted(port, number, "rectification", "clue")["total"] == 0
    assert running not in str(record(port, number))


def test_one_project_has_one_file(port: Port) -> None:
    first = opened_file(port)
    with pytest.raises(Refused) as found:
        opened_file(port, "leader")
    assert found.value.code == "second_file"
    assert first in found.value.reasons[0].message.en
    opened_file(port, project="BR")
    port.do(first, "leader", "discontinue")
    opened_file(port)


def test_a_year_later_it_is_to_be_checked(port: Port) -> None:
    number = opened_file(port)
    with port.unit() as session:
        (clock,) = listing.shown(session, port.office, number, actor="registrar")["deadlines"]
    assert clock["due_on"] == "2027-09-01"
    port.later(days=364, hours=23, minutes=29)
    assert state(port, number) == "collecting"
    port.at += timedelta(minutes=-1)
    port.later(minutes=2)
    assert state(port, number) == "check_due"
    port.do(number, "registrar", "confirm_check")
    assert state(port, number) == "collecting"


def test_who_works_at_the_project_sees_it_and_companies_do_not(port: Port) -> None:
    number = opened_file(port, project="BR")
    assert not port.unseen(number, "officer")
    assert port.unseen(number, "supervisor")  # of another project
    assert port.unseen(number, "contractor")
