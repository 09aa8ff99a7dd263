"""Pictures of numbers, drawn here as SVG: bars with their labels, coloured by the style sheet, without any script.

The table beneath a picture holds the same numbers for who cannot see it, so the picture itself is hidden from readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from unicodedata import east_asian_width

WIDTH, BAR, GAP, LEFT, RIGHT = 640, 14, 10, 200, 60
MOST = 20  # rows that are drawn; the table has them all
LOOKS = ("chart-one", "chart-two")


@dataclass(frozen=True, slots=True)
class Bars:
    """One row: its label, and for each bar its length and what is written at its end."""

    label: str
    values: tuple[float, ...]
    said: tuple[str, ...]


def bars(rows: Sequence[Bars]) -> str:
    """Rows of lying bars."""
    shown = rows[:MOST]
    longest = max((value for row in shown for value in row.values), default=0) or 1
    each = len(shown[0].values) * BAR + GAP if shown else GAP
    height = each * len(shown) + GAP
    drawn = "".join(_row(row, GAP + each * place, longest) for place, row in enumerate(shown))
    axis = f'<line class="chart-axis" x1="{LEFT}" y1="0" x2="{LEFT}" y2="{height}"/>'
    return _svg(height, drawn + axis)


def _row(row: Bars, top: int, longest: float) -> str:
    middle = top + len(row.values) * BAR / 2 + 4
    found = f'<text x="{LEFT - 8}" y="{middle:g}" text-anchor="end">{escape(_cut(row.label))}</text>'
    for place, (value, said) in enumerate(zip(row.values, row.said, strict=True)):
        long, y = (WIDTH - LEFT - RIGHT) * value / longest, top + place * BAR
        found += f'<rect class="{LOOKS[place]}" x="{LEFT}" y="{y}" width="{long:.1f}" height="{BAR - 2}"/>'
        found += f'<text x="{LEFT + long + 6:.1f}" y="{y + BAR - 3}">{escape(said)}</text>'
    return found


def columns(rows: Sequence[Bars]) -> str:
    """Rows as standing bars side by side, as for months."""
    longest = max((value for row in rows for value in row.values), default=0) or 1
    each, tall = (WIDTH - GAP) / max(len(rows), 1), 180
    found = ""
    for place, row in enumerate(rows):
        x, wide = GAP + each * place, (each - GAP) / max(len(row.values), 1)
        for bar, (value, said) in enumerate(zip(row.values, row.said, strict=True)):
            long = (tall - 20) * value / longest
            left, top = x + wide * bar, tall - long
            found += f'<rect class="{LOOKS[bar]}" x="{left:.1f}" y="{top:.1f}" width="{wide - 1:.1f}" height="{long:.1f}"/>'
            if value:
                found += f'<text x="{left + wide / 2:.1f}" y="{top - 3:.1f}" text-anchor="middle">{escape(said)}</text>'
        found += f'<text x="{x + (each - GAP) / 2:.1f}" y="{tall + 16}" text-anchor="middle">{escape(row.label[2:])}</text>'
    axis = f'<line class="chart-axis" x1="0" y1="{tall}" x2="{WIDTH}" y2="{tall}"/>'
    return _svg(tall + 24, found + axis)


def _svg(height: float, drawn: str) -> str:
    return f'<svg class="chart" viewBox="0 0 {WIDTH} {height:g}" aria-hidden="true" focusable="false">{drawn}</svg>'


def _cut(text: str, room: int = 28) -> str:
    """As much of a label as there is room for; a Chinese character takes twice as much."""
    for place, sign in enumerate(text):
        room -= 2 if east_asian_width(sign) in "WF" else 1
        if room < 0:
            return f"{text[:place]}…"
    return text
