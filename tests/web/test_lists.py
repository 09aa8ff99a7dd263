"""Worklist, search and board, as officers, leaders and those who may see little find them."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from cases import boards, opening, recusing, worklist
from cases.export_log import ExportLog
from cases.matters import Matter
from cases.worklist import Looker, Wanted
from tests.web.browsing import Browser, Office
from tests.web.counting import queries

CLUE: dict[str, Any] = {
    "title": "隐蔽工程未经验收先行覆盖", "source": "joint_inspection", "kind": "duty_neglect", "project": "PC",
    "phase": "execution", "link": "c15_quality", "received_on": "2026-09-01", "managed_by": "ours", "grade": "general",
    "problem": "沉箱基床未经验收即覆盖。", "subject": "赵 某某", "classification": "none", "real_name": True,
}  # fmt: skip


def opened(office: Office, count: int = 1, **said: Any) -> list[str]:
    """That many clues, opened by the registrar."""
    with office.work.unit() as session:
        return [opening.open_matter(session, office.work.office, "clue", actor="registrar", at=office.clock.at,
                                    fields=CLUE | said).number for _ in range(count)]  # fmt: skip


def at_desk(office: Office, login: str) -> Browser:
    office.give(login)
    browser = office.browser()
    browser.sign_in(login)
    return browser


def rows(page: str) -> list[str]:
    return re.findall(r'class="list-number"><a href="/matters/([^"]+)"', page)


def page_of(office: Office, login: str, wanted: Wanted, **more: Any) -> worklist.Lines:
    with office.work.reading() as session:
        looker = Looker.of(session, office.work.office, login)
        return worklist.page(session, looker, wanted, at=office.clock.at, **more)


def test_what_waits_for_the_registrar_is_no_business_of_an_officer(office: Office) -> None:
    (number,) = opened(office)
    assert rows(at_desk(office, "registrar").get("/worklist").text) == [number]
    officer = at_desk(office, "officer").get("/worklist?tab=all")
    assert rows(officer.text) == []
    assert number not in officer.text


@pytest.mark.parametrize(
    "query, found",
    [
        ("state=discovered", True), ("state=archived", False), ("kind=duty_neglect", True), ("kind=bribery", False),
        ("link=c15_quality", True), ("grade=urgent", False), ("handler=officer", False), ("project=PC", True),
        ("organisation=MGJ", True), ("organisation=BHJ", False), ("received_from=2026-09-01", True),
        ("received_from=2026-09-02", False), ("received_until=2026-09-01", True), ("received_until=2026-08-31", False),
        ("q=%E8%A6%86%E7%9B%96", True), ("q=%25", False), ("q=_", False), ("due_until=2040-01-01", True),
        ("due_until=2026-09-01", False),
    ],
)  # fmt: skip
def test_filters_stand_in_the_address(office: Office, query: str, found: bool) -> None:
    numbers = opened(office)
    page = at_desk(office, "registrar").get(f"/worklist?tab=all&{query}").text
    assert rows(page) == (numbers if found else [])


def test_a_filter_that_makes_no_sense_is_left_out_and_named(office: Office) -> None:
    numbers = opened(office)
    browser = at_desk(office, "registrar")
    page = browser.get("/worklist?tab=all&due_until=soon&sort=luck&machine=ghost&after=xx&lang=en").text
    assert rows(page) == numbers
    assert "left out: Due until" in page


@pytest.mark.parametrize("sort", worklist.SORTS)
def test_pages_follow_each_other_though_others_are_opened_meanwhile(office: Office, sort: str) -> None:
    first = [number for day in (3, 1, 1, 2, 2) for number in opened(office, received_on=f"2026-08-0{day}")]
    wanted, seen, spot = Wanted(tab="all", sort=sort), [], None
    for _ in range(10):
        page = page_of(office, "registrar", wanted, limit=2, after=spot)
        seen += [line.number for line in page.lines]
        opened(office, received_on="2026-08-02")
        if (spot := page.next) is None:
            break
    assert (
        [number for number in seen if number in first].__len__() == len(set(seen) & set(first)) == len(first)
    )


def test_late_begins_with_the_first_instant_after_the_due_day(office: Office) -> None:
    opened(office)
    with office.work.reading() as session:
        due_at = session.execute(select(col(Matter.due_at))).scalar_one()
    assert due_at is not None
    for late, seconds in ((0, -1), (1, 0), (1, 1)):
        office.clock.at = due_at
        office.clock.later(seconds=seconds)
        assert page_of(office, "registrar", Wanted(tab="late")).total == late


def test_the_due_date_on_the_row_is_that_of_its_nearest_open_clock(office: Office) -> None:
    (number,) = opened(office)
    line = page_of(office, "registrar", Wanted(tab="all")).lines[0]
    with office.work.unit() as session:
        session.connection().exec_driver_sql("UPDATE deadline SET status = 'met'")
    assert (line.number, line.due_at is None, line.clock is None) == (number, False, False)
    assert page_of(office, "registrar", Wanted(tab="all")).lines[0].due_at is None


# ------------------------------------------------------------------------------------------------- several at once


def test_several_are_moved_each_by_itself_and_who_was_refused_is_named(office: Office) -> None:
    numbers = opened(office, 3)
    browser = at_desk(office, "registrar")
    chosen = {f"row.{number}": "1" for number in numbers}
    chosen[f"row.{numbers[1]}"] = "7"  # somebody moved it meanwhile
    page = "/worklist?tab=all"
    offer = browser.post("/worklist/moves?lang=en", page, **chosen).text
    assert 'value="register"' in offer
    assert 'value="screen_out"' not in offer
    form = browser.post("/worklist/moves?lang=en", page, move="register", **chosen).text
    assert 'name="field.managed_by"' in form
    done = browser.post("/worklist/moves/register?lang=en", page, key="k1", **chosen, **{"row.MGJ-2026-9999": "1"},
                        **{"field.managed_by": "ours", "field.grade": "general"}).text  # fmt: skip
    assert "2 done, 2 refused" in done
    assert "or it is not yours to see" in done
    with office.work.reading() as session:
        found = session.execute(select(col(Matter.number), col(Matter.state))).all()
    states = {number: state for number, state in found}  # noqa: C416 - rows are no pairs to the type checker
    assert states == {numbers[0]: "registered", numbers[1]: "discovered", numbers[2]: "registered"}


def test_sending_it_twice_moves_nothing_twice(office: Office) -> None:
    (number,) = opened(office)
    browser = at_desk(office, "registrar")
    given = {f"row.{number}": "1", "key": "same", "field.managed_by": "ours", "field.grade": "general"}
    for _ in range(2):
        assert (
            "1 done, 0 refused"
            in browser.post("/worklist/moves/register?lang=en", "/worklist?tab=all", **given).text
        )
    with office.work.reading() as session:
        assert session.execute(select(col(Matter.version))).scalar_one() == 2


def test_what_ends_a_matter_is_refused_for_several_even_where_one_asks_for_it(office: Office) -> None:
    (number,) = opened(office)
    answer = at_desk(office, "leader").post("/worklist/moves/screen_out?lang=en", "/worklist?tab=all",
                                            **{f"row.{number}": "1", "field.ground": "x"})  # fmt: skip
    assert "0 done, 1 refused" in answer.text
    assert "matter by matter" in answer.text


# --------------------------------------------------------------------------------------------------- saved filters


def test_a_filter_is_kept_shared_and_opens_the_list(office: Office) -> None:
    opened(office)
    mine, colleague, elsewhere = (at_desk(office, login) for login in ("registrar", "leader", "district"))
    for name, more in (("quietly mine", {"opens": "1"}), ("for us all", {"shared": "1"})):
        answer = mine.post(
            "/worklist/filters", "/worklist", name=name, query="tab=all&state=archived", **more
        )
        assert answer.status_code == 303
    page = mine.get("/worklist").text
    assert rows(page) == [], "the default stands"
    assert "quietly mine" in page
    theirs = colleague.get("/worklist").text
    assert "for us all" in theirs
    assert "quietly mine" not in theirs
    assert "for us all" not in elsewhere.get("/worklist").text
    key = re.findall(r"/worklist/filters/(\d+)/remove", mine.get("/worklist").text)[0]
    assert colleague.post(f"/worklist/filters/{key}/remove", "/worklist").status_code == 404
    assert mine.post(f"/worklist/filters/{key}/remove", "/worklist").status_code == 303
    assert mine.post("/worklist/filters?lang=en", "/worklist", name=" ", query="").status_code == 422


def test_an_export_is_the_filter_and_is_on_record(office: Office) -> None:
    opened(office, 2)
    browser = at_desk(office, "registrar")
    answer = browser.post("/worklist/export", "/worklist?tab=all", query="tab=all&state=discovered")
    assert answer.content[:2] == b"PK"
    with office.work.reading() as session:
        kept = session.execute(select(ExportLog)).scalars().one()
        assert (kept.count, kept.by) == (2, "registrar")
        assert "state=discovered" in kept.which


# --------------------------------------------------------------------------------------------------------- search


@pytest.mark.parametrize("words", ["赵某某", "赵·某某", "覆盖", "基床未经", "ＭＧＪ-2026", "mgj-2026"])
def test_search_finds_by_number_words_and_whom_it_is_about(office: Office, words: str) -> None:
    (number,) = opened(office)
    assert f"/matters/{number}" in at_desk(office, "registrar").get(f"/search?q={words}").text


def test_the_very_number_comes_first(office: Office) -> None:
    numbers = opened(office, 2)
    page = at_desk(office, "registrar").get(f"/search?q={numbers[0]}&lang=en").text
    assert re.findall(r'/matters/([^"]+)"', page)[0] == numbers[0]
    assert "this number" in page


@pytest.mark.parametrize("login", ["officer", "district", "owner", "operator"])
def test_search_hides_what_one_may_not_see_as_if_it_did_not_exist(office: Office, login: str) -> None:
    (number,) = opened(office)
    browser = at_desk(office, login)
    there, nowhere = (browser.get(f"/search?q={one}").text for one in (number, "MGJ-2026-7777"))
    assert there.replace(number, "MGJ-2026-7777") == nowhere


@pytest.mark.parametrize("words", ["%", "_", "覆_盖", "\\", "'", ""])
def test_signs_of_the_query_language_are_only_signs(office: Office, words: str) -> None:
    (number,) = opened(office)
    answer = at_desk(office, "registrar").client.get("/search", params={"q": words})
    assert answer.status_code == 200
    assert f"/matters/{number}" not in answer.text


def test_whoever_is_recused_finds_nothing_in_any_list(office: Office) -> None:
    (number,) = opened(office)
    with office.work.unit() as session:
        recusing.declare(
            session, office.work.office, number, actor="leader", reason="kin", at=office.clock.at
        )
    browser = at_desk(office, "leader")
    for path in ("/worklist?tab=all", "/board", "/calendar?whose=body", "/search?q=%E8%A6%86%E7%9B%96"):
        assert number not in browser.get(path).text, path
    assert browser.get(f"/board/{number}").status_code == 404


# ---------------------------------------------------------------------------------------------------------- board


def test_the_board_counts_what_the_worklist_lists(office: Office) -> None:
    opened(office, 8)
    with office.work.reading() as session:
        looker = Looker.of(session, office.work.office, "registrar")
        for column in boards.board(session, looker, "clue", at=office.clock.at):
            wanted = Wanted(tab="all", state=column.state)
            assert worklist.page(session, looker, wanted, at=office.clock.at).total == column.count
            assert len(column.cards) == min(column.count, boards.CARDS)


@pytest.mark.parametrize("days, still", [(29.99, 0), (30, 1)])
def test_a_column_says_how_many_stood_still(office: Office, days: float, still: int) -> None:
    opened(office)
    office.clock.later(days=days)
    with office.work.reading() as session:
        columns = boards.board(
            session, Looker.of(session, office.work.office, "leader"), "clue", at=office.clock.at
        )
    assert sum(column.still[0] for column in columns) == still


def test_a_card_lists_only_the_moves_of_who_looks(office: Office) -> None:
    (number,) = opened(office)
    page = at_desk(office, "registrar").get(f"/board/{number}").text
    assert f"/matters/{number}?move=register#move-register" in page
    assert "screen_out" not in page
    assert "move=" not in at_desk(office, "auditor").get(f"/board/{number}").text
    assert at_desk(office, "officer").get(f"/board/{number}").status_code == 404


# ----------------------------------------------------------------------------------------------------- every page

PATHS = ("/worklist", "/worklist?tab=all", "/board", "/calendar", "/search?q=MGJ", "/figures")


@pytest.mark.parametrize("path", PATHS)
def test_every_page_stands_in_both_languages_without_inline_script_or_style(
    office: Office, path: str
) -> None:
    opened(office)
    browser = at_desk(office, "registrar")
    for lang, found in (("zh", r"[一-鿿]"), ("en", r"[A-Z][a-z]+")):
        answer = browser.get(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        assert answer.status_code == 200
        assert re.search(found, answer.text)
        assert not re.search(
            r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|https?://(?!127)",
            answer.text.replace("http://www.w3.org", ""),
        )
    assert office.browser().get(path).status_code == 303


QUERIES = {"/worklist?tab=all": 10, "/board": 6, "/calendar": 6, "/search?q=MGJ": 5}


@pytest.mark.parametrize("path", QUERIES)
def test_a_page_asks_as_often_however_much_there_is(office: Office, path: str) -> None:
    browser, counts = at_desk(office, "registrar"), []
    for more in (1, 12):
        opened(office, more)
        browser.get(path)
        counts.append(queries(office, partial(browser.get, path)))
    assert counts == [QUERIES[path]] * 2
