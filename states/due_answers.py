"""A due date asked for from outside: a day and a period as text, answered with the walk."""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo

from states.calendars import Calendar, DayOutsideCalendar
from states.hours import hours_end_at
from states.periods import Period, Unit, due
from states.walks import Step, explain


class NotADay(ValueError):
    """The text is not a day of the calendar."""

    def __init__(self, text: str) -> None:
        shown = text[:40] if text.isprintable() else ascii(text[:40])[1:-1]
        super().__init__(f'"{shown}" is not a day that exists. Write it as 2026-09-15.')


class NotAnInstantText(ValueError):
    """The text is not an instant."""

    def __init__(self, text: str) -> None:
        shown = text[:40] if text.isprintable() else ascii(text[:40])[1:-1]
        super().__init__(
            f'Hours run from an instant, and "{shown}" is none. Write it as 2026-09-15T10:00+08:00.'
        )


def calendar_answer(from_text: str, for_text: str, calendar: Calendar, *, zone: tzinfo) -> dict[str, object]:
    """What `plumbline calendar due` answers: {"due_on", "provisional", "walk", "period", "calendar"}.

    A period in hours needs an instant ("2026-09-15T10:00+08:00") and also answers "due_at". Raises
    NotAPeriod, NotADay, NotAnInstantText and DayOutsideCalendar, each a ValueError whose text is the
    sentence to show.
    """
    period = Period.parse(for_text)
    if period.unit is Unit.HOUR:
        return _hours_answer(read_instant(from_text), period, calendar, zone)
    start_on = read_day(from_text)
    answer = due(start_on, period, calendar)
    return {
        "due_on": answer.due_on.isoformat(),
        "provisional": answer.provisional,
        "walk": [step.as_dict() for step in explain(start_on, period, calendar)],
        "period": str(period),
        "calendar": answer.calendar_version,
    }


def read_day(text: str) -> date:
    """The day that `text` names as 2026-09-15. Raises NotADay."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip(), re.ASCII):
            return date.fromisoformat(text.strip())
    except ValueError:
        raise NotADay(text) from None
    raise NotADay(text)


def read_instant(text: str) -> datetime:
    """The aware instant that `text` names as 2026-09-15T10:00+08:00. Raises NotAnInstantText."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise NotAnInstantText(text) from None
    if instant.utcoffset() is None:
        raise NotAnInstantText(text)
    return instant


def _hours_answer(start_at: datetime, period: Period, calendar: Calendar, zone: tzinfo) -> dict[str, object]:
    try:
        begin, end = start_at.astimezone(zone), hours_end_at(start_at, period).astimezone(zone)
    except OverflowError:
        raise DayOutsideCalendar(f"{period} after {start_at}") from None
    starts = (f"{begin:%H:%M}起算（民法典第二百零一条）", f"{begin:%H:%M} it starts (Civil Code Art. 201)")
    ends = (f"{end:%H:%M}届满，不顺延", f"{end:%H:%M} due; hours do not move off rest days")
    walk = (Step(begin.date(), *starts), Step(end.date(), *ends))
    return {
        "due_on": end.date().isoformat(),
        "due_at": end.isoformat(),
        "provisional": False,
        "walk": [step.as_dict() for step in walk],
        "period": str(period),
        "calendar": calendar.version,
    }
