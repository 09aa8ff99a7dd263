"""Two sites, the other way: what the district assigns goes down as a file, and an instruction comes back as a task."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from cases import opening, surveys
from cases.errors import NoSuchMatter
from cases.matters import Matter
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Two, refusal


def assigned(two: Two) -> str:
    """An assignment that has left the district; its number there."""
    site = two.district
    with site.work.unit() as session:
        form = surveys.opening_form(
            session, site.work.office, "assignment", at=NOON, lang="en", actor="district"
        )
        fields = {one["name"]: one["example"] for one in form if one["required"]} | {"addressee": "MGJ"}
        number = opening.open_matter(
            session, site.work.office, "assignment", actor="district", at=NOON, fields=fields
        ).number
    site.move("district2", number, "approve")
    site.move("district", number, "dispatch")
    return number


def clues(two: Two) -> list[tuple[str, str]]:
    """Number and source of the clues of the port group's site."""
    query = select(Matter.number, Matter.values).where(Matter.machine == "clue")
    return [(number, values["source"]) for number, values in two.port.ask(query)]


def offered(two: Two, number: str) -> set[str]:
    """The moves that the port group's registrar may make now."""
    with two.port.work.reading() as session:
        survey = surveys.moves(session, two.port.work.office, number, actor="registrar", at=NOON)
    return {one.move for one in survey.open}


def test_an_assignment_is_signed_for_below_and_becomes_a_clue_there_and_only_there(two: Two) -> None:
    ours = assigned(two)
    data = two.district.end.packet(ours, actor="district", at=NOON).text
    theirs = two.port.end.receive(data, actor="registrar", at=NOON)
    assert (theirs.state, theirs.new) == ("delivered", True)
    assert not two.port.end.receive(data, actor="registrar", at=NOON).new
    assert theirs.number.startswith("MGJ-JB-")
    two.port.move("registrar", theirs.number, "sign_for")
    assert [source for _, source in clues(two)] == ["assigned_above"]
    reply = two.port.end.reply(theirs.number, actor="registrar", at=NOON).text
    taken = two.district.end.take_reply(reply, actor="district", at=NOON)
    assert (taken.state, taken.new) == ("signed_for", True)
    assert two.district.ask(select(Matter.id).where(Matter.machine == "clue")) == []
    assert not two.district.end.take_reply(reply, actor="district", at=NOON).new
    assert two.port.sound()
    assert two.district.sound()


def test_its_result_goes_up_and_what_is_still_asked_comes_down_as_another_edition(two: Two) -> None:
    ours = assigned(two)
    data = two.district.end.packet(ours, actor="district", at=NOON).text
    theirs = two.port.end.receive(data, actor="registrar", at=NOON).number
    two.port.move("registrar", theirs, "sign_for")
    ((clue, _),) = clues(two)
    assert "report_result" not in offered(two, theirs), "the clue is not concluded"
    two.port.move("registrar", clue, "register", managed_by="other")
    two.port.move("registrar", clue, "hand_over")
    two.port.move("registrar", theirs, "report_result", result_text="已移送主管部门处理。")
    reply = two.port.end.reply(theirs, actor="registrar", at=NOON).text
    assert two.port.state(theirs) == "settled"
    two.district.end.take_reply(reply, actor="district", at=NOON)
    assert two.district.state(ours) == "reported"
    two.district.move("district", ours, "ask_again", supplement="请补报处理结果。")
    two.district.move("district", ours, "dispatch")
    again = two.district.end.packet(ours, actor="district", at=NOON).text
    assert two.port.end.receive(again, actor="registrar", at=NOON).number == theirs
    two.port.move("registrar", theirs, "sign_again")
    assert len(clues(two)) == 1
    assert two.port.sound()


def test_only_those_whose_work_it_is_take_it_in_or_write_it(two: Two) -> None:
    ours = assigned(two)
    data = two.district.end.packet(ours, actor="district", at=NOON).text
    assert refusal(lambda: two.port.end.receive(data, actor="district", at=NOON)) == "not_your_role"
    with pytest.raises(NoSuchMatter):
        two.district.end.packet(ours, actor="city", at=NOON)


def test_an_instruction_from_the_other_site_is_a_task_at_home_even_when_it_comes_late(two: Two) -> None:
    clue = two.port.clue()
    ours = two.port.escalated(clue=clue)
    theirs = two.received(ours)
    two.district.move("district", theirs, "sign_for")
    two.district.move("district", theirs, "instruct", measure="核实检测报告", due_on="2026-09-10")
    assert two.district.ask(select(Matter.id).where(Matter.machine == "task")) == []
    reply = two.reply(theirs)
    late = NOON + timedelta(days=30)
    assert two.port.end.take_reply(reply, actor="registrar", at=late).state == "answered"
    ((title, due_on),) = [
        (title, values["due_on"])
        for title, values in two.port.ask(select(Matter.title, Matter.values).where(Matter.machine == "task"))
    ]
    assert (title, due_on) == ("核实检测报告", "2026-09-10")
    assert two.port.sound()
