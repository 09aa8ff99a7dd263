"""Proposals on file: accepted, they leave nothing blind and say who wanted them and why; none tells of what is hidden."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from cases import coverage, due_rounds, opening, plan_lists, proposing
from cases.history import Event
from cases.inspections import Programme
from cases.matters import Matter
from cases.office import Office
from cases.planning import Wanted, add_programme
from cases.recusals import Recusal
from states.facts import Refused
from states.rulebook_file import shipped
from tests.cases.small_office import Told, office
from tests.cases.test_coverage import AT, a_point, a_round, put

Unit = Callable[[], AbstractContextManager[Session]]
NAMES = {"link": "c15_quality", "phase": "execution", "subject_unit": "QJN", "grade": "general"}


@pytest.fixture
def centre() -> Office:
    return office(Told(), shipped())


@pytest.fixture
def rounded(unit: Unit) -> Unit:
    """An office in which one link was looked at, one has an open clue, and one a programme that comes too seldom."""
    with unit() as session:
        a_round(session, 1, link="c16_safety")
        put(session, 2, machine="clue", state="verifying", at=AT, opening=NAMES, values=NAMES, made=[])
        wanted = Wanted(code="YEARLY", kind="special", title="年检", rule="每年6月1日", organisation="MGJ", project="PC",
                        link="c18_wages")  # fmt: skip
        add_programme(session, office(Told(), shipped()), wanted, actor="leader", at=AT)
    return unit


def told(unit: Unit, centre: Office, who: str = "leader", project: str | None = "PC") -> list[dict[str, Any]]:
    with unit() as session:
        found = proposing.of(session, centre, actor=who, at=AT, project=project)
        return proposing.listed(session, centre, found, actor=who, lang="en")


def accept(unit: Unit, centre: Office, link: str, who: str = "leader", **more: Any) -> proposing.Accepted:
    with unit() as session:
        return proposing.accept(
            session, centre, actor=who, at=AT, **{"project": "PC", "link": link, "lang": "en"} | more
        )


def test_all_that_is_proposed_once_accepted_leaves_nothing_blind(rounded: Unit, centre: Office) -> None:
    found = told(rounded, centre)
    assert {one["link"]: one["form"] for one in found if one["form"] == "round"} == {
        "c15_quality": "round",
        "c18_wages": "round",
    }
    assert "c16_safety" not in {one["link"] for one in found}
    for number, one in enumerate(found, start=1):
        done = accept(rounded, centre, one["link"])
        assert (done.form, done.closes) == (one["form"], one["closes"])
        if number in (1, len(found)):
            assert _blind(rounded, centre) == one["left"]
    assert _blind(rounded, centre) == 0
    assert told(rounded, centre) == []


def _blind(unit: Unit, centre: Office) -> int:
    with unit() as session:
        return coverage.of(session, centre, actor="leader", at=AT, project="PC").counts()["blind"]


def test_a_round_says_in_its_history_who_wanted_it_and_why(rounded: Unit, centre: Office) -> None:
    done = accept(rounded, centre, "c15_quality", who="registrar", why="As the head asked.")
    with rounded() as session:
        matter = opening.id_of(session, done.number or "")
        [born] = session.exec(select(Event).where(Event.matter == matter)).all()
        assert (born.actor, born.move, born.to_state) == ("registrar", "open", "planned")
        assert born.data["why"].endswith("send one round at once. As the head asked.")
        assert (born.data["link"], born.data["project"]) == ("c15_quality", "PC")


def test_a_programme_says_it_and_hands_it_on_to_the_history_of_its_rounds(
    rounded: Unit, centre: Office
) -> None:
    done = accept(
        rounded, centre, "c22_conduct", kind="unannounced", inspectors=["supervisor"], why="廉洁风险高。"
    )
    assert done.programme == "MGJ-PC-C22"
    with rounded() as session:
        [one] = [each for each in plan_lists.programmes(session, centre, actor="leader", lang="en")
                 if each["code"] == "MGJ-PC-C22"]  # fmt: skip
    assert (one["kind"], one["made_by"], one["made_at"], one["inspectors"]) == ("unannounced", "leader", AT.isoformat(),
                                                                                ["supervisor"])  # fmt: skip
    assert "40 blind cells" in one["why"]
    assert one["why"].endswith("廉洁风险高。")
    due_rounds.sweep(rounded, centre, at=AT + timedelta(days=9))
    with rounded() as session:
        opened = select(Event).join(Matter, col(Matter.id) == col(Event.matter)).where(Event.actor == "clock")
        why = {born.data["programme"]: born.data.get("why") for born in session.exec(opened)}
        assert why == {"MGJ-PC-C22": one["why"], "PC-WEEKLY": None}


def test_a_code_that_is_taken_gets_a_number(rounded: Unit, centre: Office) -> None:
    with rounded() as session:
        wanted = Wanted(code="MGJ-PC-C22", kind="daily", title="旧", rule="每周一", organisation="MGJ")
        add_programme(session, centre, wanted, actor="leader", at=AT)
    assert accept(rounded, centre, "c22_conduct").programme == "MGJ-PC-C22-2"


def test_what_was_accepted_is_not_proposed_again(rounded: Unit, centre: Office) -> None:
    accept(rounded, centre, "c22_conduct")
    for link in ("c22_conduct", "c16_safety", "c99"):
        assert _refusal(rounded, centre, link, who="registrar").code == "not_proposed"
    with rounded() as session:
        assert session.get(Programme, "MGJ-PC-C22-2") is None


def test_only_those_who_plan_accept(rounded: Unit, centre: Office) -> None:
    for who in ("supervisor", "head", "auditor"):
        found = told(rounded, centre, who)
        assert found
        assert not any(one["may_accept"] for one in found)
        assert _refusal(rounded, centre, "c22_conduct", who=who).code == "not_your_role"
    assert all(one["may_accept"] for one in told(rounded, centre))


def test_who_sees_no_rounds_of_a_project_hears_the_same_as_of_one_that_is_not_there(
    rounded: Unit, centre: Office
) -> None:
    assert {one["project"] for one in told(rounded, centre, "leader", None)} == {"PC", "BR", "BW"}
    assert {one["project"] for one in told(rounded, centre, "supervisor", None)} == {"PC"}
    assert told(rounded, centre, "owner", None) == []
    said = {
        (refusal.code, str(refusal).replace(code, "-"))
        for code in ("BR", "XX")
        for refusal in [_refusal(rounded, centre, "c22_conduct", who="supervisor", project=code)]
    }
    assert len(said) == 1
    assert said.pop()[0] == "unknown_reference"


def _refusal(unit: Unit, centre: Office, link: str, **more: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        accept(unit, centre, link, **more)
    return refusal.value


def test_a_round_or_clue_out_of_sight_changes_no_proposal(rounded: Unit, centre: Office) -> None:
    before = told(rounded, centre, "registrar")
    with rounded() as session:
        round_ = a_round(session, 7, link="c22_conduct")
        clue = put(session, 8, machine="clue", state="verifying", at=AT, opening=NAMES | {"link": "c10_change"},
                   values=NAMES | {"link": "c10_change"}, made=[])  # fmt: skip
        for key in (round_, clue):
            session.add(
                Recusal(matter=key, person="registrar", kind="declared", asked_by="registrar", asked_at=AT)
            )
    assert told(rounded, centre, "registrar") == before
    theirs = {one["link"]: one["form"] for one in told(rounded, centre)}
    assert "c22_conduct" not in theirs
    assert theirs["c10_change"] == "round"


def test_a_blind_place_with_a_grave_risk_point_comes_first_and_its_reason_says_so(
    rounded: Unit, centre: Office
) -> None:
    """Two links of as many cells and the same grade: the one with the point goes before the other."""
    before = [
        one["link"] for one in told(rounded, centre) if one["link"] in ("c08_contract", "c19_settlement")
    ]
    assert before == ["c08_contract", "c19_settlement"]
    with rounded() as session:
        a_point(session, 9, "c19_settlement", "high")
    found = {one["link"]: one for one in told(rounded, centre)}
    assert [one for one in found if one in before] == ["c19_settlement", "c08_contract"]
    assert "the risk register has a point of high grade there" in found["c19_settlement"]["reason"]
    assert "risk register" not in found["c08_contract"]["reason"]
    accepted = accept(rounded, centre, "c19_settlement")
    assert "risk register" in accepted.why
