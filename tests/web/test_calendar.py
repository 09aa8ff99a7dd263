"""The calendar and its feed: what is due, and who may know."""

from __future__ import annotations

import re
from datetime import date

import pytest
from icalendar import Calendar
from sqlalchemy import select
from sqlmodel import col

from cases import agenda
from cases.deadlines import Deadline
from cases.feeds import CalendarFeed
from cases.people import Person
from tests.web.browsing import Browser, Office
from tests.web.test_lists import at_desk, opened
from web.calendar import month


def address(browser: Browser) -> str:
    page = browser.post("/calendar/feed", "/calendar").text
    found = re.search(r"(/calendar/[\w-]+\.ics)", page)
    assert found, page
    return found[1]


def test_due_dates_stand_in_the_month_they_fall_in(office: Office) -> None:
    (number,) = opened(office)
    with office.work.reading() as session:
        due_on = (
            session.execute(select(col(Deadline.due_on)).where(col(Deadline.status) == "open"))
            .scalars()
            .first()
        )
    assert due_on is not None
    browser = at_desk(office, "registrar")
    assert f"/matters/{number}" in browser.get(f"/calendar?month={due_on:%Y-%m}").text
    assert f"/matters/{number}" not in browser.get("/calendar?month=2031-01").text
    for odd in ("2026-13", "0001-01", "9999-12", "soon", "1950-01"):
        assert browser.get(f"/calendar?month={odd}").status_code == 200


def test_rest_days_and_make_up_days_are_marked(office: Office) -> None:
    cells = {day.on: day for week in month(2026, 10, office.work.office.calendar, {}) for day in week}
    assert (cells[date(2026, 10, 1)].mark, cells[date(2026, 10, 1)].rests) == ("rest_day", True)
    assert (cells[date(2026, 10, 10)].mark, cells[date(2026, 10, 10)].rests) == ("make_up", False)
    assert (cells[date(2026, 10, 12)].mark, cells[date(2026, 10, 12)].rests) == ("", False)


def test_the_feed_tells_numbers_and_clocks_but_no_title(office: Office) -> None:
    (number,) = opened(office)
    browser = at_desk(office, "registrar")
    there = address(browser)
    answer = office.browser().get(there)
    assert answer.headers["content-type"].startswith("text/calendar")
    (one, *_) = Calendar.from_ical(answer.content).walk("VEVENT")
    assert str(one["summary"]).startswith(f"{number} ")
    assert "覆盖" not in answer.text
    assert type(one.decoded("dtstart")) is date
    assert one.decoded("sequence") == 0
    assert str(one["uid"]).endswith(f"@{office.work.uid}")
    office.clock.later(hours=5)
    assert office.browser().get(there).content == answer.content, "the same facts are the same bytes"


def test_a_wrong_or_revoked_token_is_not_here(office: Office) -> None:
    browser, stranger = at_desk(office, "registrar"), office.browser()
    older = address(browser)
    newer = address(browser)
    assert [stranger.get(one).status_code for one in (older, newer)] == [404, 200]
    with office.work.reading() as session:
        assert session.execute(select(CalendarFeed)).scalars().one().hash not in newer
    browser.post("/calendar/feed/revoke", "/calendar")
    assert [
        stranger.get(one).status_code for one in (newer, "/calendar/x.ics", f"/calendar/{'a' * 300}.ics")
    ] == [404] * 3


def test_the_feed_of_who_left_is_over(office: Office) -> None:
    there = address(at_desk(office, "registrar"))
    with office.work.unit() as session:
        session.get_one(Person, "registrar").active = False
    assert office.browser().get(there).status_code == 404


@pytest.mark.parametrize("login", ["officer2", "owner"])
def test_nobody_finds_what_is_due_for_others(office: Office, login: str) -> None:
    opened(office)
    there = address(at_desk(office, login))
    assert b"VEVENT" not in office.browser().get(there).content


def test_what_no_longer_fits_into_the_feed_is_said_in_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(office)
    browser = at_desk(office, "registrar")
    there = address(browser)
    entries = Calendar.from_ical(office.browser().get(there).content).walk("VEVENT")
    assert len(entries) > 1
    monkeypatch.setattr(agenda, "MOST", len(entries))
    assert Calendar.from_ical(office.browser().get(there).content).walk("VEVENT") == entries, (
        "all of them just fit"
    )
    monkeypatch.setattr(agenda, "MOST", len(entries) - 1)
    (*kept, cut) = Calendar.from_ical(office.browser().get(there).content).walk("VEVENT")
    assert kept == entries[:-1]
    assert f"前 {len(kept)} 项" in str(cut["summary"])
    assert cut.decoded("dtstart") == kept[-1].decoded("dtstart")
