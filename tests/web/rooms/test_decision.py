"""The register of decisions on pages: what records lack, who came and what each said, and nothing for who may not see it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cases import recusing
from tests.plumbline.shell import NOON
from tests.web.browsing import Clock, at_work
from tests.web.rooms.visiting import EVERYBODY, House

SEES = {"registrar", "leader", "head", "auditor", "supervisor"}


@pytest.fixture
def house(home: object, time: Clock) -> Iterator[House]:
    with at_work(time) as office:
        yield House(office)


def test_what_a_record_lacks_is_listed_for_those_who_see_it(house: House) -> None:
    number = house.decision()
    page = house.page("registrar", "/decisions")
    for said in (
        number,
        "3号泊位地基处理设计变更",
        "attendance below the quorum",
        'href="/register/decision"',
    ):
        assert said in page
    assert "到会人数不足" in house.get("registrar", "/decisions?lang=zh").text
    assert {who for who in EVERYBODY if number in house.page(who, "/decisions")} == SEES
    assert 'href="/register/decision"' not in house.page("auditor", "/decisions")


def test_a_decision_tells_who_came_what_each_said_and_what_may_be_done(house: House) -> None:
    number = house.decision()
    page = house.page("registrar", f"/decisions/{number}")
    for said in ("书记", "present", "agree", "7 were entitled", "attendance below the quorum"):
        assert said in page
    assert f'href="/matters/{number}/moves/record_finding"' in page
    assert f'href="/decisions/{number}"' in house.page("registrar", f"/matters/{number}")
    house.site.move("registrar", number, "record_finding", gap="below_quorum")
    assert "seen to" in house.page("registrar", f"/decisions/{number}")
    assert number not in house.page("registrar", "/decisions")
    assert house.get("owner", f"/decisions/{number}").status_code == 404
    assert house.get("leader", "/decisions/MGJ-JY-2026-999").status_code == 404


def test_whoever_is_kept_out_finds_neither_the_decision_nor_its_gaps(house: House) -> None:
    number = house.decision()
    work = house.office.work
    with work.unit() as session:
        recusing.declare(session, work.office, number, actor="leader", reason="亲属", at=NOON)
    assert number not in house.page("leader", "/decisions")
    assert house.get("leader", f"/decisions/{number}").status_code == 404
