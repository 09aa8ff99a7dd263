"""The calendar: a month as a table and as a list, and the feed by which a calendar program reads the same."""

from __future__ import annotations

from calendar import Calendar as Weeks
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fastapi import APIRouter, HTTPException, Request, Response
from icalendar import Calendar, Event
from sqlmodel import Session

from cases import agenda, feeds
from cases.agenda import Due
from cases.worklist import Looker
from plumbline import clock
from plumbline.work import Work
from states.calendars import FIRST_ON, LAST_ON
from states.calendars import Calendar as Days
from web import acting
from web.acting import Form, Signed, Who
from web.list_words import WORDS
from web.pages import lang_of, render

router = APIRouter()
SHOWN = 3  # of a day in the table; the list beneath has them all
BACK, AHEAD = timedelta(days=31), timedelta(days=400)  # what the feed tells
REFRESHED = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Day:
    """One cell of the month. `mark`: rest on a weekday, or work on a weekend; `name`: what the day is called."""

    on: date
    outside: bool
    rests: bool
    mark: str
    name: tuple[str, str]
    due: Sequence[Due]


def month(year: int, number: int, days: Days, due: Mapping[date, Sequence[Due]]) -> list[list[Day]]:
    """The weeks of a month, Monday first."""
    return [[_day(on, number, days, due) for on in week] for week in Weeks().monthdatescalendar(year, number)]


def _day(on: date, number: int, days: Days, due: Mapping[date, Sequence[Due]]) -> Day:
    works = days.is_working_day(on)
    mark = "make_up" if days.is_make_up_day(on) else "rest_day" if not works and on.weekday() < 5 else ""
    return Day(on, on.month != number, not works, mark, days.named(on), due.get(on, ()))


@router.get("/calendar")
def page(request: Request, who: Who) -> Response:
    """One month."""
    with acting.accounts(request).work.reading() as session:
        return _page(request, who, session)


def _page(request: Request, who: Signed, session: Session, *, address: str = "") -> Response:
    work, today = acting.accounts(request).work, acting.accounts(request).work.office.day(clock.now())
    first = _month(request.query_params.get("month", ""), today)
    mine = request.query_params.get("whose") != "body"
    weeks = month(first.year, first.month, work.office.calendar, {})
    found, more = agenda.some(session, Looker.of(session, work.office, who.login), first=weeks[0][0].on,
                              last=weeks[-1][-1].on, mine=mine)  # fmt: skip
    due = agenda.by_day(found)
    return render(
        request, "calendar.html", signed=who, title="calendar", texts=WORDS, first=first, today=today, mine=mine,
        weeks=month(first.year, first.month, work.office.calendar, due), most=SHOWN, address=address,
        cut=agenda.MOST if more else 0,
        days=[(on, each) for on, each in due.items() if on.month == first.month], whose="mine" if mine else "body",
        before=_shifted(first, -1), after=_shifted(first, 1), feed=feeds.made_at(session, who.login),
        unsure=not work.office.calendar.is_decreed(first.year), place=0 if lang_of(request, who) == "zh" else 1,
    )  # fmt: skip


def _month(text: str, today: date) -> date:
    """The first day of the month that is asked for, or of this one."""
    try:
        asked = date.fromisoformat(f"{text}-01") if len(text) == 7 else today
    except ValueError:
        asked = today
    fits = FIRST_ON + timedelta(days=40) < asked < LAST_ON - timedelta(days=70)
    return (asked if fits else today).replace(day=1)


def _shifted(first: date, by: int) -> date:
    year, number = divmod(first.year * 12 + first.month - 1 + by, 12)
    return date(year, number + 1, 1)


# ------------------------------------------------------------------------------------------------------------ feed


@router.post("/calendar/feed")
def make(request: Request, who: Who, _form: Form) -> Response:
    """A new address, shown on this page and never again."""
    work = acting.accounts(request).work
    with work.unit() as session:
        token = feeds.make(session, who.login, at=clock.now())
    with work.reading() as session:
        return _page(
            request, who, session, address=f"{work.settings.base_url.rstrip('/')}/calendar/{token}.ics"
        )


@router.post("/calendar/feed/revoke")
def revoke(request: Request, who: Who, _form: Form) -> Response:
    """Void the address."""
    work = acting.accounts(request).work
    with work.unit() as session:
        feeds.revoke(session, who.login)
    with work.reading() as session:
        return _page(request, who, session)


@router.get("/calendar/{token}.ics")
def feed(request: Request, token: str) -> Response:
    """One person's due dates, for whoever holds the token; whatever else it is, it is not here."""
    work = acting.accounts(request).work
    today = work.office.day(clock.now())
    with work.reading() as session:
        person = feeds.owner(session, token)
        if person is None:
            raise HTTPException(404)
        looker = Looker.of(session, work.office, person.login)
        due, more = agenda.some(session, looker, first=today - BACK, last=today + AHEAD, mine=True)
        lang = person.lang if person.lang in WORDS else "zh"
    return Response(written(work, due, lang, more=more), media_type="text/calendar; charset=utf-8")


def written(work: Work, due: Sequence[Due], lang: str, *, more: bool = False) -> bytes:
    """Due dates as a calendar: whole days, by number and clock alone, so that no title leaves with them.

    The same facts are the same bytes: what a program has already, it knows again by UID and SEQUENCE. `more`: there are
    others beyond these, which an entry on the last day says; nothing is left out in silence.
    """
    text = WORDS[lang]
    found = Calendar()
    found.add("prodid", "-//Plumbline//Due dates//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", text["calendar"])
    found.add("refresh-interval", REFRESHED, parameters={"value": "DURATION"})
    found.add("x-published-ttl", REFRESHED)
    for one in due:
        event = Event()
        event.add("uid", f"deadline-{one.id}@{work.uid}")
        event.add("sequence", max(one.changes - 1, 0))
        event.add("dtstamp", one.changed_at)
        event.add("dtstart", one.due_on)
        event.add("dtend", one.due_on + timedelta(days=1))
        unsure = f" ({text['provisional']})" if one.provisional else ""
        event.add("summary", f"{one.number} {one.label.in_(lang)}{unsure}")
        event.add("transp", "TRANSPARENT")
        event.add("class", "PRIVATE")
        found.add_component(event)
    if more:
        found.add_component(_cut(work, due[-1], lang))
    said: bytes = found.to_ical()
    return said


def _cut(work: Work, last: Due, lang: str) -> Event:
    """The entry that says that the feed ends here."""
    event = Event()
    event.add("uid", f"cut@{work.uid}")
    event.add("dtstamp", last.changed_at)
    event.add("dtstart", last.due_on)
    event.add("dtend", last.due_on + timedelta(days=1))
    event.add("summary", WORDS[lang]["feed_cut"].format(agenda.MOST))
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event
