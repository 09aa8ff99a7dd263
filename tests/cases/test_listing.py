"""What somebody sees when they look: their lists, one matter in full, its history."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import select

from cases import listing
from cases.advance import advance
from cases.errors import NoSuchMatter
from cases.matters import Matter
from cases.office import Office
from cases.opening import open_matter
from tests.cases.conftest import Unit
from tests.cases.small_office import NOON

DAY = timedelta(days=1)


def registered(unit: Unit, small: Office, *, received_on: str = "2026-09-01", title: str = "a wall") -> str:
    with unit() as session:
        form = {"title": title, "received_on": received_on, "reporter_name": "somebody who must not be named"}
        return open_matter(session, small, "clue", actor="registrar", at=NOON, fields=form).number


def assigned(unit: Unit, small: Office, number: str, handler: str) -> None:
    with unit() as session:
        advance(session, small, number, "assign", actor="registrar", at=NOON, fields={"handler": handler})


def test_the_most_urgent_stands_first(unit: Unit, small: Office) -> None:
    late, early = registered(unit, small), registered(unit, small, received_on="2026-08-03")
    with unit() as session:
        page = listing.matters(session, small, "clue", actor="registrar", at=NOON)
    assert [line.number for line in page.lines] == [early, late]
    assert page.total == 2
    assert page.lines[0].due_at is not None


def test_a_page_ends_where_it_was_told_and_says_how_many_there_are(unit: Unit, small: Office) -> None:
    for _ in range(3):
        registered(unit, small)
    with unit() as session:
        page = listing.matters(session, small, "clue", actor="registrar", at=NOON, limit=1)
    assert (len(page.lines), page.total) == (1, 3)


def test_an_officer_sees_what_they_handle_and_a_stranger_nothing(unit: Unit, small: Office) -> None:
    mine, _ = registered(unit, small), registered(unit, small)
    assigned(unit, small, mine, "officer")
    with unit() as session:
        assert [
            one.number for one in listing.matters(session, small, "clue", actor="officer", at=NOON).lines
        ] == [mine]
        for login in ("officer2", "contractor", "district", "nobody", "engine", "clock"):
            assert listing.matters(session, small, "clue", actor=login, at=NOON).total == 0, login


def test_mine_is_what_waits_for_me(unit: Unit, small: Office) -> None:
    number, other = registered(unit, small), registered(unit, small)
    assigned(unit, small, number, "officer")

    def mine(login: str) -> list[str]:
        with unit() as session:
            page = listing.matters(session, small, "clue", actor=login, at=NOON, mine=True)
        return [line.number for line in page.lines]

    assert (mine("officer"), mine("registrar"), mine("head")) == ([number], [other], [])


def test_overdue_begins_with_the_first_instant_after_the_due_day(unit: Unit, small: Office) -> None:
    registered(unit, small, received_on="2026-08-03")  # 15 working days: due on Monday 24 August

    def overdue(on: date, hour: int) -> int:
        at = NOON.replace(year=on.year, month=on.month, day=on.day, hour=hour, minute=0)
        with unit() as session:
            return listing.matters(session, small, "clue", actor="registrar", at=at, overdue=True).total

    assert overdue(date(2026, 8, 24), 15) == 0, "one hour before midnight in Shanghai"
    assert overdue(date(2026, 8, 24), 16) == 1, "at midnight in Shanghai"
    assert overdue(date(2026, 8, 25), 0) == 1


def test_a_matter_is_shown_without_whoever_reported_it(unit: Unit, small: Office) -> None:
    number = registered(unit, small)
    with unit() as session:
        found = listing.shown(session, small, number, actor="registrar")
        events = listing.history(session, small, number, actor="registrar")
        session.exec(select(Matter)).one().values = {
            "title": "a wall",
            "reporter_name": "smuggled in by another program",
        }
        session.flush()
        smuggled = listing.shown(session, small, number, actor="registrar")
    assert found["deadlines"][0]["deadline"] == "opinion"
    assert found["values"] == {"title": "a wall", "received_on": "2026-09-01"}
    assert "reporter_name" not in smuggled["values"]
    assert "must not be named" not in f"{found} {events}"


def test_linked_matters_are_named_only_to_those_who_may_see_them(unit: Unit, small: Office) -> None:
    number = registered(unit, small)
    assigned(unit, small, number, "officer")
    with unit() as session:
        moved = advance(session, small, number, "ask", actor="officer", at=NOON)
    errand = moved.consequences[0].number
    with unit() as session:
        assert listing.shown(session, small, number, actor="officer")["links"] == []
        links = listing.shown(session, small, number, actor="leader")["links"]
        back = listing.shown(session, small, errand, actor="leader")["links"]
    assert [(one["link"], one["number"]) for one in links] == [("errand", errand)]
    assert [(one["link"], one["number"]) for one in back] == [("of_errand", number)]


def test_history_tells_who_did_what_in_order(unit: Unit, small: Office) -> None:
    number = registered(unit, small)
    assigned(unit, small, number, "officer")
    with unit() as session:
        events = listing.history(session, small, number, actor="head")
    assert [(one["actor"], one["move"], one["from"], one["to"]) for one in events] == [
        ("registrar", "open", None, "registered"),
        ("registrar", "assign", "registered", "assigned"),
    ]


def test_what_one_may_not_see_does_not_exist(unit: Unit, small: Office) -> None:
    number = registered(unit, small)
    with unit() as session:
        for look in (listing.shown, listing.history):
            for login, asked in (("contractor", number), ("registrar", "MGJ-2026-9999")):
                with pytest.raises(NoSuchMatter):
                    look(session, small, asked, actor=login)
        listing.check_machine(session, number, "clue")
        with pytest.raises(NoSuchMatter):
            listing.check_machine(session, number, "errand")
