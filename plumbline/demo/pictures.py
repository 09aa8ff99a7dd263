"""What was due and when it was done, as a picture: one bar a clock, from its start to its due date, with its rungs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape

LEFT, ROW, TOP, DAY = (
    330,
    26,
    44,
    14,
)  # pixels: room for names, height of a line, of the scale, width of a day
DONE = {
    "met": "in time",
    "late": "too late",
    "open": "still open",
    "paused": "standing",
    "dropped": "dropped",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One clock: what it is, when it ran, when it was due, how it ended, and when its rungs fired."""

    number: str
    label: str
    status: str
    started_on: date
    due_on: date | None
    ended_on: date | None
    rungs: tuple[tuple[date, str], ...] = ()


def chart(bars: Sequence[Bar], *, first: date, last: date) -> str:
    """The bars over the days `first` to `last`, as an SVG that a page can hold; the table beside it says the same."""
    wide, high = LEFT + ((last - first).days + 1) * DAY + 20, TOP + len(bars) * ROW + 16
    rows = [_row(bar, place, first, last) for place, bar in enumerate(bars)]
    return (
        f'<svg class="chart" viewBox="0 0 {wide} {high}" role="img" aria-labelledby="chart-title">'
        f'<title id="chart-title">What was due, and when it was done · 到期与办结</title>'
        f"{_scale(first, last, high)}{''.join(rows)}</svg>"
    )


def _x(day: date, first: date, last: date) -> float:
    return LEFT + (min(max(day, first), last + timedelta(days=1)) - first).days * DAY


def _scale(first: date, last: date, high: int) -> str:
    mondays = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return "".join(
        f'<line class="week" x1="{_x(day, first, last)}" x2="{_x(day, first, last)}" y1="{TOP - 8}" y2="{high - 8}"/>'
        f'<text class="week" x="{_x(day, first, last) + 3}" y="{TOP - 14}">{day:%d %b}</text>'
        for day in mondays
        if day.weekday() == 0
    )


def _row(bar: Bar, place: int, first: date, last: date) -> str:
    middle = TOP + place * ROW + ROW / 2
    start, end = _x(bar.started_on, first, last), _x(bar.ended_on or last, first, last)
    said = f"{bar.number} · {bar.label}: {DONE[bar.status]}"
    parts = [
        f"<g><title>{escape(said)}</title>",
        f'<text class="name" x="{LEFT - 10}" y="{middle + 4}">{escape(bar.number)} · {escape(bar.label)}</text>',
        f'<rect class="bar {bar.status}" x="{start}" y="{middle - 6}" width="{max(end - start, 3)}" height="12" rx="3"/>',
    ]
    if bar.due_on is not None and first <= bar.due_on <= last:
        due = _x(bar.due_on + timedelta(days=1), first, last)
        parts.append(f'<line class="due" x1="{due}" x2="{due}" y1="{middle - 10}" y2="{middle + 10}"/>')
    for day, name in bar.rungs:
        if first <= day <= last:
            where = _x(day, first, last) + DAY / 2
            parts.append(
                f'<circle class="rung" cx="{where}" cy="{middle}" r="4"><title>{escape(name)}</title></circle>'
            )
    return "".join(parts) + "</g>"


def local_day(at: datetime | None, zone: object) -> date | None:
    """The local day of an instant, if there is one."""
    return at.astimezone(zone).date() if at is not None else None  # type: ignore[arg-type]
