"""Assessment on a page: the sheet with its pickers, drawn up by the registry, read by the body once it was put to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from cases import zero_sweep
from tests.web.browsing import Clock, at_work
from tests.web.rooms.visiting import House
from tests.web.test_matter import form, send

NOVEMBER = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def house(home: object, time: Clock) -> Iterator[House]:
    with at_work(time) as office:
        work = office.work
        for at in (time.at, datetime(2026, 10, 8, 1, 0, tzinfo=UTC)):
            zero_sweep.sweep(work.unit, work.office, at=at)
        time.at = NOVEMBER
        yield House(office)


def test_a_sheet_is_looked_at_drawn_up_and_read_by_the_body_it_was_put_to(house: House) -> None:
    path = "/assessment?body=QJN&period=2026-10"
    page = house.page("registrar", path)
    for said in (
        "zero reports in time",
        "0/1",
        "does not apply",
        "(internal)",
        "score = 100 x sum(weight",
        "Draw this sheet up",
    ):
        assert said in page, said
    assert "单位考核" in house.get("registrar", path + "&lang=zh").text
    assert "Draw this sheet up" not in house.page("leader", path)
    assert "There is no body whose sheets you may see." in house.page("contractor", "/assessment")
    answer = house.post("registrar", "/assessment/draft", path, body="QJN", period="2026-10")
    assert answer.status_code == 303, answer.text[-600:]
    fixed = answer.headers["location"]
    assert "(internal)" not in house.page("registrar", fixed)
    assert house.get("contractor", fixed).status_code == 404
    number = fixed.rpartition("/")[2]
    move, registrar = f"/matters/{number}/moves/put_to_body", house.browser("registrar")
    assert send(registrar, move, form(registrar, move)).status_code == 303
    assert "zero reports in time" in house.page("contractor", fixed)
    assert house.get("owner", fixed).status_code == 404
    assert number in house.page("contractor", "/assessment")


def test_what_is_no_period_and_no_body_is_said_so(house: House) -> None:
    assert (
        "is no year, quarter or month"
        in house.get("registrar", "/assessment?body=QJN&period=soon&lang=en").text
    )
    assert house.get("contractor", "/assessment?body=QJN&period=2026-10").status_code == 422
    assert house.get("contractor", "/assessment/MGJ-KH-2026-001").status_code == 404
