"""The inspection programme on a page: what recurs, what comes, what became of every slot, what was drawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from cases import due_rounds, planning, recusing
from cases.inspections import Slot
from cases.matters import Matter
from cases.planning import Wanted
from tests.plumbline.shell import NOON
from tests.web.browsing import Clock, at_work
from tests.web.rooms.visiting import EVERYBODY, House

MONDAY = datetime(2026, 9, 7, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai
SEES = {"registrar", "leader", "head", "auditor", "supervisor"}


@pytest.fixture
def house(home: object, time: Clock) -> Iterator[House]:
    with at_work(time) as office:
        yield House(office)


@pytest.fixture
def planned(house: House) -> House:
    """An unannounced round on Mondays, looked at three weeks late."""
    work = house.office.work
    wanted = Wanted(code="SPOT", kind="unannounced", title="泊位抽查", rule="每周一", organisation="MGJ", project="PC",
                    inspectors=["supervisor"], sites=[{"name": "孤岛泊位", "weight": 2}], take=1)  # fmt: skip
    with work.unit() as session:
        planning.add_programme(session, work.office, wanted, actor="leader", at=NOON)
    due_rounds.sweep(work.unit, work.office, at=MONDAY + timedelta(weeks=2))
    return house


def test_it_says_what_recurs_and_what_became_of_every_slot(planned: House) -> None:
    page = planned.page("leader", "/programme")
    for said in ("every week on Monday", "unannounced inspection", "one round for all that were missed", "2026-09-07",
                 "missed", "was opened in its stead", "孤岛泊位"):  # fmt: skip
        assert said in page
    page = planned.get("leader", "/programme?lang=zh").text
    for said in ("每周一", "随机抽查", "漏检", "补做"):
        assert said in page
    assert 'href="/programme"' in planned.page("leader", "/inspections")


def test_whoever_is_kept_out_of_a_round_finds_neither_its_number_nor_its_site(planned: House) -> None:
    work = planned.office.work
    with work.reading() as session:
        opened = select(Matter.number).join(Slot, col(Slot.matter) == col(Matter.id))
        [number] = session.exec(opened.where(Slot.programme == "SPOT")).all()
    assert number in planned.page("auditor", "/programme")
    assert "孤岛泊位" in planned.page("auditor", "/programme")
    with work.unit() as session:
        recusing.declare(session, work.office, number, actor="auditor", reason="亲属", at=NOON)
    page = planned.page("auditor", "/programme")
    assert number not in page
    assert "孤岛泊位" not in page
    assert number in planned.page("registrar", "/programme")


def test_only_who_sees_the_rounds_finds_the_programme(planned: House) -> None:
    seeing = {who for who in EVERYBODY if "SPOT" in planned.page(who, "/programme")}
    assert seeing == SEES


def test_the_site_is_not_named_before_the_round_is_opened(house: House) -> None:
    work = house.office.work
    wanted = Wanted(code="SPOT", kind="unannounced", title="泊位抽查", rule="每周一", organisation="MGJ", project="PC",
                    inspectors=["supervisor"], sites=[{"name": "孤岛泊位"}], take=1, starts_on=date(2026, 9, 7))  # fmt: skip
    with work.unit() as session:
        planning.add_programme(session, work.office, wanted, actor="leader", at=NOON)
    for who in EVERYBODY:
        assert "孤岛泊位" not in house.page(who, "/programme"), who
