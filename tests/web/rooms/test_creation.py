"""Joint creation on a page: what is missing, in both languages, and nothing for who sees none of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.web.browsing import Clock, at_work
from tests.web.rooms.visiting import EVERYBODY, House


@pytest.fixture
def house(home: object, time: Clock) -> Iterator[House]:
    with at_work(time) as office:
        yield House(office)


def test_what_is_missing_stands_there_with_its_reason_and_its_rows(house: House) -> None:
    number = house.appointment()
    page = house.page("registrar", "/creation")
    for said in (
        "Projects with too few integrity supervisors (3)",
        "Integrity supervisors in term: 0, of at least 3.",
        "周正 (supervisor): the letter is not issued yet",
        f'href="/matters/{number}"',
        'href="/register/agreement"',
        "Bodies without an agreement in force",
        "No education of this year is registered.",
    ):
        assert said in page, said
    assert "在聘廉洁监督员0人，应不少于3人。" in house.get("registrar", "/creation?lang=zh").text
    assert {who for who in EVERYBODY if number in house.page(who, "/creation")} == {
        "registrar",
        "leader",
        "head",
        "auditor",
        "supervisor",
    }
    assert "Nothing is missing of what you may see." in house.page("owner", "/creation")
    assert 'href="/register/agreement"' not in house.page("auditor", "/creation")
