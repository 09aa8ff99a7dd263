"""The table of rights of the pages, held to the application: every route is in it, and it is kept at every door."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from starlette.routing import BaseRoute, Route

from cases import recusing
from plumbline import setup
from plumbline.settings import Settings
from tests.databases import on_postgresql
from tests.plumbline import exhibits
from tests.plumbline.shell import NOON
from tests.web.browsing import Clock, Office, at_work
from tests.web.rooms.visiting import EVERYBODY, House
from web.page_rights import RIGHTS

CLUE, BRIEF, ITEM, VIEW, FILE, REPORT, PAPER, FIND, RAISES = (
    "蓝鲸礁石zq", "赤壁回声zq", "白塔晨钟zq", "寒潭倒影zq", "红桥旧影zq", "金桥断面zq", "青苔旧约zq", "孤帆远影zq",
    "石门暗渡zq",
)  # fmt: skip
INSIDE = {"registrar", "officer", "leader", "head", "auditor"}


@pytest.fixture
def house(home: Path, time: Clock) -> Iterator[House]:
    with at_work(time) as office:
        yield House(office)


def routes(office: Office) -> set[tuple[str, str]]:
    """Method and path of every route."""
    return {
        (method, route.path)
        for route in _flat(office.app.routes)
        for method in route.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }


def _flat(routes: list[BaseRoute]) -> Iterator[Route]:
    for route in routes:
        if isinstance(route, Route):
            yield route
        elif (inner := getattr(route, "original_router", None)) is not None:
            yield from _flat(inner.routes)


def test_every_page_stands_in_the_table_and_the_table_holds_no_other(house: House) -> None:
    assert routes(house.office) == set(RIGHTS)


def test_what_needs_an_account_sends_everybody_else_to_sign_in(house: House) -> None:
    stranger = house.office.browser()
    for (method, path), right in RIGHTS.items():
        if not right.signed:
            continue
        headers = {"accept": "text/html", "origin": str(stranger.client.base_url)}
        answer = stranger.client.request(method, filled(path, {}), headers=headers)
        assert (answer.status_code, answer.headers.get("location", "")[:8]) == (303, "/sign-in"), (
            method,
            path,
        )


def test_a_page_with_roles_is_not_there_for_anybody_else(house: House) -> None:
    for (method, path), right in RIGHTS.items():
        for who in EVERYBODY if right.roles else ():
            if who not in right.roles and method == "GET":
                assert house.get(who, filled(path, {})).status_code == 404, (who, path)


def filled(path: str, numbers: Mapping[str, str], *, attachment: int = 1) -> str:
    """A path with something in its braces; the number is that of the kind of matter whose page it is."""
    number = next((found for start, found in numbers.items() if path.startswith(start)), "MGJ-2026-0999")
    named = path.replace("{name:path}", "plumbline.css")
    return named.format(
        number=number, token="x" * 43, key=1, login="officer", attachment=attachment, notice=1, machine="clue",
        move="accept", name="by_state", project="PC", item="c08_1",
    )  # fmt: skip


def planted(house: House) -> dict[str, list[str]]:
    """Matters with a word of its own in each place that not everybody may read; their numbers by kind."""
    clue, round_ = house.convened_with(title=CLUE, problem=CLUE, brief=BRIEF)
    exhibits.add(house.site, clue, name=f"{FILE}.jpg", caption=FILE)
    other = house.site.clue(title=PAPER, project="PC")
    house.site.move("registrar", round_, "take_up_clue", clue=other, brief_item=ITEM, proposed_item="rectify")
    with house.office.work.unit() as session:
        recusing.declare(session, house.office.work.office, other, actor="leader", reason="亲属", at=NOON)
    house.site.move("officer", round_, "send_brief")
    house.site.move("head", round_, "open_session")
    house.site.move("owner", round_, "give_opinion", item=1, opinion="disagree", opinion_reasons=VIEW)
    report = house.site.escalated(clue=clue, summary=REPORT)
    inspection = house.inspection(title=FIND, checklist="LINKS", link="c08_contract")
    return {
        "clue": [clue, other],
        "consultation": [round_],
        "escalation": [report],
        "inspection": [inspection],
        "risk": [house.risk(title=RAISES)],
    }


def reached(house: House, who: str, numbers: Mapping[str, list[str]]) -> str:
    """Everything that `who` gets to read on any page about any of these matters."""
    said = []
    for method, path in RIGHTS:
        if method == "GET" and path not in ("/metrics", "/sign-in/provider/back", "/sign-in/provider"):
            for number in [one for each in numbers.values() for one in each] if "{number}" in path else [""]:
                answer = house.get(who, filled(path, {"/": number}))
                assert answer.status_code < 500, (who, path)
                said.append(answer.content.decode(errors="replace"))
    return "\n".join(said)


def test_no_page_shows_anybody_a_word_they_may_not_read(house: House) -> None:
    numbers = planted(house)
    may: dict[str, set[str]] = {
        CLUE: {*INSIDE, "supervisor", "district", "district2"},  # its title goes up with the report
        PAPER: {"registrar", "head", "auditor", "supervisor"},
        FILE: {*INSIDE, "supervisor"},
        BRIEF: {
            *INSIDE,
            "supervisor",
            "owner",
            "contractor",
            "overseer",
        },  # who saw it follows their own clue
        ITEM: {*INSIDE, "owner", "contractor", "overseer"} - {"leader"},
        VIEW: {"owner"},
        REPORT: {*INSIDE, "supervisor", "district", "district2"},
        FIND: {*INSIDE, "supervisor"} - {"officer"},
        RAISES: {*INSIDE, "supervisor"} - {"officer"},  # who owns the point it raised
    }
    for who in EVERYBODY:
        text = reached(house, who, numbers)
        found = {word for word in may if word in text}
        assert found <= {word for word in may if who in may[word]}, who
        if who in ("owner", "registrar"):
            assert found, "the scan reads something at all"


def test_every_page_answers_on_postgresql_too(
    postgresql_server: str, tmp_path: Path, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What SQLite lets pass, PostgreSQL may not; most stories of pages are told on SQLite alone."""
    with on_postgresql(postgresql_server, "plumbline_pages") as url:
        settings = Settings(home=tmp_path, database_url=url)
        setup.prepare(settings, rehearsal=True, with_sample=True, at=NOON)
        monkeypatch.setenv("PLUMBLINE_HOME", str(tmp_path))
        monkeypatch.setenv("PLUMBLINE_DATABASE_URL", url)
        with at_work(time) as office:
            house = House(office)
            numbers = planted(house)
            for who in ("registrar", "owner", "operator"):
                said = reached(house, who, numbers)
                assert (CLUE in said) == (who == "registrar"), who


def test_no_page_has_script_or_style_within_it_or_asks_another_host(house: House) -> None:
    numbers = planted(house)
    for who in ("registrar", "operator", "district", "owner"):
        text = reached(house, who, numbers)
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=|javascript:", text), (
            who
        )
        assert not re.search(r"""(?:src|href|action|hx-get)=["'](?:https?:)?//""", text), who
