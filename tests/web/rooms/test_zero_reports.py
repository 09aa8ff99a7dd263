"""Zero reports on a page: each body's periods in both languages, and how a company's member confirms there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from cases import zero_sweep
from tests.web.browsing import Clock, at_work
from tests.web.rooms.visiting import House
from tests.web.test_matter import form, send

OCTOBER = datetime(2026, 10, 8, 1, 0, tzinfo=UTC)


@pytest.fixture
def house(home: object, time: Clock) -> Iterator[House]:
    with at_work(time) as office:
        work = office.work
        zero_sweep.sweep(work.unit, work.office, at=time.at)
        time.at = OCTOBER
        zero_sweep.sweep(work.unit, work.office, at=OCTOBER)
        yield House(office)


def test_a_member_confirms_on_the_page_and_finds_no_other_body_there(house: House) -> None:
    page = house.page("contractor", "/zero-reports")
    assert "Seventh Engineering Bureau South (contractor)" in page
    assert "Hengtai" not in page
    assert "to be reported" in page
    [number] = {part.split('"')[0] for part in page.split('href="/matters/')[1:]}
    path, contractor = f"/matters/{number}/moves/report_nothing", house.browser("contractor")
    assert "Signed by the person who makes it." in house.page("contractor", path)
    answer = send(contractor, path, form(contractor, path) | {"f_signed_on": "2026-10-08"})
    assert answer.status_code == 303, answer.text[-500:]
    assert "nothing to report" in house.page("registrar", "/zero-reports")
    assert "冯涛" in house.page("registrar", "/zero-reports")
    assert house.get("owner", f"/matters/{number}").status_code == 404


def test_the_commission_finds_every_body_and_what_is_missing(house: House) -> None:
    house.office.clock.at = datetime(2026, 10, 20, 1, 0, tzinfo=UTC)
    page = house.page("leader", "/zero-reports")
    for said in ("Hengtai Supervision", "2026-09", "Late (3)", "The day has passed, and nothing was reported.",
                 "not yet due"):  # fmt: skip
        assert said in page, said
    assert "逾期未报" in house.get("leader", "/zero-reports?lang=zh").text
    assert "There is no zero report that you may see." in house.page("district", "/zero-reports")
