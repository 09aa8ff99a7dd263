"""The map of coverage on a page: every cell in words, where it leads, what is proposed, and accepting it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from cases import planning, recusing
from cases.planning import Wanted
from tests.plumbline.shell import NOON
from tests.web.browsing import Clock, at_work
from tests.web.rooms.visiting import EVERYBODY, House

SEES = {"registrar", "leader", "head", "auditor", "supervisor"}
PAGE = "/coverage/PC"


@pytest.fixture
def house(home: object, time: Clock) -> Iterator[House]:
    with at_work(time) as office:
        yield House(office)


def looked(house: House, link: str = "c15_quality") -> str:
    """A round at a link in which nothing was found; its number."""
    number = house.inspection()
    house.site.move("supervisor", number, "record_nothing", looked_at="抽查验收记录。", link=link)
    return number


def plan(house: House, link: str, rule: str = "每月10日") -> None:
    work = house.office.work
    wanted = Wanted(
        code="STANDS", kind="daily", title="定期", rule=rule, organisation="MGJ", project="PC", link=link
    )
    with work.unit() as session:
        planning.add_programme(session, work.office, wanted, actor="leader", at=NOON)


def items(page: str, state: str) -> list[str]:
    """The cells of a state, as they are read out."""
    table = page[page.index('<table class="table heat">') :]
    found = re.findall(rf'<li class="heat-{state}[^>]*>(.*?)</li>', table, re.DOTALL)
    return [" ".join(re.sub("<[^>]+>", " ", one).split()) for one in found]


def test_every_cell_says_what_it_is_and_leads_to_what_looked_last_or_will(house: House) -> None:
    number = looked(house)
    plan(house, "c18_wages")
    page = house.page("leader", PAGE)
    covered, planned, blind = (items(page, state) for state in ("covered", "planned", "blind"))
    assert (len(covered), len(planned), len(blind)) == (4, 2, 135)
    assert "contractor · covered holds until 2026-10-31 last: 周正, 2026-09-01" in covered[0]
    assert "◷ contractor · planned a look on 2026-09-10" in planned
    assert "✕ owner · blind never looked at risk 6" in blind
    assert page.count(f'href="/inspections/{number}"') == 4
    assert 'href="#proposal-c22_conduct"' in page
    assert "监理单位 · 已覆盖" in house.get("leader", PAGE + "?lang=zh").text


def test_a_blind_cell_says_since_when_and_leads_to_the_last_look(house: House) -> None:
    number = looked(house)
    house.later(days=62)
    page = house.page("leader", PAGE)
    since = [one for one in items(page, "blind") if "since 2026-11-01" in one]
    assert len(since) == 4
    assert page.count(f'href="/inspections/{number}"') == 4


def test_filters_leave_a_phase_and_a_side(house: House) -> None:
    page = house.page("leader", PAGE + "?side=design&phase=tendering")
    assert [one.split(" ·")[0] for one in items(page, "blind")] == ["✕ survey and design unit"] * 2
    assert "<dd>2</dd>" in page
    moved = house.get("leader", "/coverage?project=PC&side=design&phase=")
    assert (moved.status_code, moved.headers["location"]) == (303, "/coverage/PC?side=design")


def test_the_overview_counts_each_project(house: House) -> None:
    looked(house)
    page = house.page("leader", "/coverage")
    assert f'href="{PAGE}"' in page
    row = page[page.index(f'href="{PAGE}"') :]
    assert re.findall(r"<td>(\d+)</td>", row)[:3] == ["4", "0", "137"]
    assert 'href="/coverage"' in house.page("leader", "/inspections")
    assert 'href="/coverage"' in house.page("leader", "/programme")


def test_accepting_a_proposal_plans_its_cells_at_once_and_only_once(house: House) -> None:
    page = house.page("leader", PAGE)
    form = page[page.index('id="proposal-c22_conduct"') :]
    key = re.search(r'name="key" value="([^"]+)"', form)
    assert key is not None
    assert "40 blind cells" in form
    sent = {"link": "c22_conduct", "kind": "unannounced", "why": "廉洁风险", "key": key[1]}
    for _ in range(2):
        answer = house.post("leader", f"{PAGE}/accept", PAGE, **sent)
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"{PAGE}?accepted=MGJ-PC-C22#proposals",
        )
    page = house.page("leader", f"{PAGE}?accepted=MGJ-PC-C22")
    assert "MGJ-PC-C22 is on file" in page
    assert len(items(page, "planned")) == 40
    assert 'id="proposal-c22_conduct"' not in page
    again = house.post("leader", f"{PAGE}/accept", PAGE, **sent | {"key": "another"})
    assert again.status_code == 422
    assert "Nothing is proposed" in again.text or "没有可采纳的建议" in again.text
    arranged = house.page("leader", "/programme")
    assert "MGJ-PC-C22" in arranged
    assert "廉洁风险 (郑毅, 2026-09-01)" in arranged


def test_who_does_not_plan_finds_no_form_and_may_not_send_one(house: House) -> None:
    page = house.page("auditor", PAGE)
    assert "/accept" not in page
    assert "To be accepted by: case supervision office, leader in charge." in page
    assert house.post("auditor", f"{PAGE}/accept", PAGE, link="c22_conduct").status_code == 403


def test_who_sees_no_rounds_finds_no_map_and_the_words_for_what_is_not_there(house: House) -> None:
    seeing = {who for who in EVERYBODY if house.get(who, PAGE).status_code == 200}
    assert seeing == SEES
    hidden, missing = (house.get("owner", f"/coverage/{code}") for code in ("PC", "NO"))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert re.sub("PC|NO", "", _words(hidden.text)) == re.sub("PC|NO", "", _words(missing.text))
    page = house.page("owner", "/coverage")
    assert "There is no project whose inspections you may see." in page
    assert house.post("owner", f"{PAGE}/accept", "/coverage", link="c22_conduct").status_code == 404


def _words(page: str) -> str:
    return re.sub(r'(name="(csrf|next)" value=")[^"]*', "", page)


def test_history_is_read_anew_when_something_happened_in_the_project_and_not_before(house: House) -> None:
    def read() -> int:
        """How many statements read history for the map: those that pick the last look."""
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            sent.append(statement)

        event.listen(house.office.work.engine, "before_cursor_execute", note)
        try:
            house.page("leader", PAGE)
        finally:
            event.remove(house.office.work.engine, "before_cursor_execute", note)
        return sum("row_number" in one for one in sent)

    assert read() > 0
    assert read() == 0
    house.site.clue(project="BR")
    assert read() == 0  # elsewhere
    plan(house, "c18_wages")
    assert len(items(house.page("leader", PAGE), "planned")) == 2  # what is planned is read each time
    assert read() == 0
    number = looked(house)
    assert read() > 0
    assert len(items(house.page("leader", PAGE), "covered")) == 4
    with house.office.work.unit() as session:
        recusing.declare(session, house.office.work.office, number, actor="leader", reason="亲属", at=NOON)
    assert items(house.page("leader", PAGE), "covered") == []
    house.later(minutes=2)
    assert read() > 0
