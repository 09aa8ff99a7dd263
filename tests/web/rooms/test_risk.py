"""The risk register on pages: by grade, a point with its grades and what raised it, and nothing for who may not see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from cases import opening, recusing, risk_raising
from tests.plumbline.shell import NOON
from tests.web.browsing import Clock, at_work
from tests.web.rooms.visiting import EVERYBODY, House

SEES = {"registrar", "leader", "head", "auditor", "supervisor", "officer"}
POINT = {"title": "隐蔽工程验收签认", "aspect": "post", "place": "质量专责岗", "project": "PC", "link": "c15_quality",
         "problem": "一人签认即可覆盖。"}  # fmt: skip


@pytest.fixture
def house(home: object, time: Clock) -> Iterator[House]:
    with at_work(time) as office:
        yield House(office)


def in_force(house: House) -> str:
    work = house.office.work
    with work.unit() as session:
        found = opening.open_matter(session, work.office, "risk", actor="registrar", at=NOON, fields=POINT)
    house.site.move("registrar", found.number, "grade_by_consequence", consequence="crime")
    house.site.move("registrar", found.number, "set_measures", review_on="2026-12-01")
    house.site.move("leader", found.number, "put_in_force")
    return found.number


def raised(house: House) -> str:
    """A clue that is registered at its link; its number."""
    clue = house.site.clue(project="PC", link="c15_quality")
    work = house.office.work
    assert risk_raising.sweep(work.unit, work.office, at=NOON + timedelta(minutes=5)).points == 1
    return clue


def test_a_point_stands_under_its_grade_for_those_who_see_it(house: House) -> None:
    number = in_force(house)
    page = house.page("registrar", "/risks")
    for said in ("Grade: high", number, "隐蔽工程验收签认", "quality and hidden works", "Review on"):
        assert said in page
    assert 'href="/register/risk"' in page
    assert "风险等级：高" in house.get("registrar", "/risks?lang=zh").text
    assert {who for who in EVERYBODY if number in house.page(who, "/risks")} == SEES
    assert 'href="/register/risk"' not in house.page("auditor", "/risks")


def test_a_point_tells_its_grades_and_what_may_be_done(house: House) -> None:
    number = in_force(house)
    page = house.page("leader", f"/risks/{number}")
    for said in (
        "Every grade it had",
        "by the consequence: a crime",
        "level one (crime)",
        "the same",
        "review it now",
    ):
        assert said in page
    assert f'href="/matters/{number}/moves/begin_review"' in page
    assert f'href="/risks/{number}"' in house.page("leader", f"/matters/{number}")
    assert house.get("owner", f"/risks/{number}").status_code == 404
    assert house.get("leader", "/risks/MGJ-FX-2026-999").status_code == 404


def test_the_number_of_a_clue_is_for_those_who_see_the_clue(house: House) -> None:
    number = in_force(house)
    clue = raised(house)
    assert f'href="/matters/{clue}"' in house.page("leader", f"/risks/{number}")
    for path in (f"/risks/{number}", f"/matters/{number}", "/risks", "/"):
        assert clue not in house.page("officer", path), path
    assert "Why is shown to those who may see what it was." in house.page("officer", f"/risks/{number}")
    work = house.office.work
    with work.unit() as session:
        recusing.declare(session, work.office, clue, actor="leader", reason="亲属", at=NOON)
    assert clue not in house.page("leader", f"/risks/{number}")
