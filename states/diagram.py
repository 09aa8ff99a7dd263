"""The picture of a machine as SVG: boxes on the rulebook's grid, lines around them, numbers that a legend explains.

Moves that many states share (such as "escalate"), and lines that would run across the whole picture, are
numbers in the boxes at both ends instead. In a small machine the names stand on the lines.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape

from states import diagram_legend
from states.check import Finding
from states.diagram_graph import Graph, Line
from states.diagram_lines import BOX_HEIGHT, BOX_WIDTH, NARROWEST, Area, path_data, place_badges, plan
from states.diagram_routes import routes
from states.diagram_text import mermaid, table
from states.diagram_theme import style
from states.diagram_words import cut, width, wrapped
from states.rulebook import Machine, Move, State, StateKind

__all__ = ["mermaid", "svg", "table"]

NAMED_UP_TO = 14  # moves; more would not find room for their names
_PAD, _HEAD = 24.0, 60.0
_LEAST_WIDE = 460.0


def svg(
    machine: Machine,
    *,
    lang: str,
    current: str | None = None,
    path: Sequence[str] = (),
    counts: Mapping[str, int] | None = None,
    findings: Iterable[Finding] = (),
    styled: bool = True,
) -> str:
    """The picture as a whole SVG document, in Chinese ("zh") or English.

    `current` is the state a matter is in and `path` the states it came through; `counts`: how many matters are
    in each state; `findings`: what the model checker found in this machine. Each is marked. Not `styled`, it leaves its
    colours to the page it stands in, which has `diagram_theme.sheet`.
    """
    return _Picture(machine, lang, current, tuple(path), counts or {}, tuple(findings), styled=styled).draw()


class _Picture:
    def __init__(
        self, machine: Machine, lang: str, current: str | None, came: tuple[str, ...], counts: Mapping[str, int],
        findings: tuple[Finding, ...], *, styled: bool,
    ) -> None:  # fmt: skip
        self.machine, self.lang, self.current, self.counts = machine, lang, current, counts
        self.styled = styled
        self.came = set(came) | ({current} if current else set())
        self.walked = set(pairwise((*came, current) if current else came))
        self.faulty = {each.state or each.move for each in findings}
        self.graph = Graph(machine)
        found = {
            route.pair: route for route in routes(self.graph.places, [line.pair for line in self.graph.lines])
        }
        self.routes = [found[line.pair] for line in self.graph.lines]
        self.id = (
            "machine-" + hashlib.sha256(f"{machine.label}|{lang}|{current}|{came}".encode()).hexdigest()[:8]
        )

    def draw(self) -> str:
        """With names on the lines if they fit there, else with numbers."""
        jumps = any(self.graph.jumps.values())
        named = not jumps and len(self.machine.moves) <= NAMED_UP_TO and self._lay_out(numbered=False) == 0
        if not named:
            self._lay_out(numbered=True)
        wide = max(self.plan.width, _LEAST_WIDE)
        top = _HEAD + self.plan.height
        legend, high = diagram_legend.legend(
            self.graph, self.lang, left=_PAD, top=top, wide=wide, numbered=not named
        )
        return self._document(wide + 2 * _PAD, top + high + _PAD, legend)

    def _lay_out(self, *, numbered: bool) -> int:
        """Fixes every coordinate; answers how many badges found no free place."""
        self.texts = [self._badge_text(line, numbered=numbered) for line in self.graph.lines]
        gap = NARROWEST if numbered else max([NARROWEST, *(width(text) + 36 for text in self.texts)])
        self.plan = plan(self.graph.places, self.routes, gap=gap)
        self.corners = [self.plan.spots(route) for route in self.routes]
        sizes = [(max(width(text) + 10, 20.0), 17.0) for text in self.texts]
        boxes = [self.plan.box(place) for place in self.graph.places.values()]
        self.badges, failed = place_badges(self.corners, sizes, boxes)
        return failed

    def _badge_text(self, line: Line, *, numbered: bool) -> str:
        if numbered:
            return " ".join(str(self.graph.numbers[move]) for move in line.moves)
        return " / ".join(self._move(move) for move in line.moves)

    def _move(self, name: str) -> str:
        return self.machine.moves[name].label.in_(self.lang)

    def _state(self, name: str) -> str:
        return self.machine.states[name].label.in_(self.lang)

    def _document(self, wide: float, high: float, legend: str) -> str:
        title = self.machine.label.in_(self.lang)
        heading = title[:1].upper() + title[1:]
        right = wide - _PAD
        parts = [
            self._opening_tag(wide, high),
            f'<title id="{self.id}-title">{escape(title)}</title>',
            f'<desc id="{self.id}-desc">{escape(self._description())}</desc>',
            f"<style>{style(self.id)}</style>" if self.styled else "",
            self._arrow_heads(),
            f'<rect class="paper" width="{wide:.0f}" height="{high:.0f}" rx="10"/>',
            f'<text class="heading" x="{_PAD:.0f}" y="35">{escape(heading)}</text>',
            diagram_legend.key(self._kinds(), self.lang, right=right, least=_PAD + 40 + 1.6 * width(title)),
            f'<g transform="translate({_PAD:.0f} {_HEAD:.0f})">',
            *(self._line(index, line) for index, line in enumerate(self.graph.lines)),
            self._start(self.machine.initial),
            *(self._start(str(each.to), self._move(name)) for name, each in self._births()),
            *(self._box(name) for name in self.machine.states),
            *(self._badge(index, line) for index, line in enumerate(self.graph.lines)),
            "</g>",
            legend,
            "</svg>\n",
        ]
        return "\n".join(part for part in parts if part)

    def _opening_tag(self, wide: float, high: float) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" id="{self.id}" class="machine" role="img" '
            f'lang="{self.lang}" viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" height="{high:.0f}" '
            f'aria-labelledby="{self.id}-title {self.id}-desc">'
        )

    def _description(self) -> str:
        states, moves = len(self.machine.states), len(self.machine.moves)
        now = self.machine.states.get(self.current or "")
        if self.lang == "zh":
            return f"{states} 个状态，{moves} 个步骤。" + (f"当前：{now.label.zh}。" if now else "")
        return f"{states} states and {moves} moves." + (f" Now: {now.label.en}." if now else "")

    def _kinds(self) -> set[str]:
        kinds = {self._kind(line) for line in self.graph.lines}
        kinds |= {state.kind.value for state in self.machine.states.values()}
        kinds |= {"jump"} if any(self.graph.jumps.values()) else set()
        return kinds | ({"stays"} if self.graph.staying else set())

    def _arrow_heads(self) -> str:
        heads = "".join(
            f'<marker id="{self.id}-{kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="10" '
            f'markerHeight="10" markerUnits="userSpaceOnUse" orient="auto">'
            f'<path class="tip {kind}" d="M0 0.8L10 5L0 9.2L2.2 5Z"/></marker>'
            for kind in ("on", "back", "engine", "came", "faulty")
        )
        return f"<defs>{heads}</defs>"

    def _kind(self, line: Line) -> str:
        if self.faulty.intersection(line.moves):
            return "faulty"
        if line.pair in self.walked:
            return "came"
        if all(self.machine.moves[move].engine for move in line.moves):
            return "engine"
        source, target = line.pair
        return "back" if self.graph.places[target][0] < self.graph.places[source][0] else "on"

    def _line(self, index: int, line: Line) -> str:
        kind, data = self._kind(line), path_data(self.corners[index])
        source, target = map(self._state, line.pair)
        told = "; ".join(f"{self._move(move)}: {source} → {target}" for move in line.moves)
        return (
            f'<g class="line {kind}"><title>{escape(told)}</title><path class="under" d="{data}"/>'
            f'<path d="{data}" marker-end="url(#{self.id}-{kind})"/></g>'
        )

    def _badge(self, index: int, line: Line) -> str:
        left, top, right, bottom = self.badges[index]
        return _pill(
            f"badge {self._kind(line)}",
            self.texts[index],
            (left + right) / 2,
            (top + bottom) / 2,
            right - left,
        )

    def _births(self) -> list[tuple[str, Move]]:
        """The moves that bring a matter about, and so leave from nowhere."""
        return [(name, each) for name, each in self.machine.moves.items() if not each.from_ and each.to]

    def _start(self, state: str, told: str = "") -> str:
        """Where a matter begins; `told` is the move that brings it about."""
        left, top, _, _ = self.plan.box(self.graph.places[state])
        title = f"<title>{escape(told)}</title>" if told else ""
        return (
            f'<g class="line on"><path d="M{left - 16:.1f} {top + 14:.1f}h16" marker-end="url(#{self.id}-on)"/></g>'
            f'<circle class="start" cx="{left - 17:.1f}" cy="{top + 14:.1f}" r="5.5">{title}</circle>'
        )

    def _box(self, name: str) -> str:
        state = self.machine.states[name]
        area = self.plan.box(self.graph.places[name])
        marks = ["current"] if name == self.current else ["came"] if name in self.came else []
        marks += ["faulty"] if name in self.faulty else []
        classes = " ".join(["state", state.kind.value, *marks])
        chips = self._chips(name)
        waits = f" ({state.waits_for.in_(self.lang)})" if state.waits_for else ""
        return (
            f'<g class="{classes}" id="{self.id}-{name}"><title>{escape(self._state(name) + waits)}</title>'
            f"{_rim(area, 0.0)}{_rim(area, 3.5) if state.kind is StateKind.FINAL else ''}"
            f"{self._label(state, area, chips=bool(chips))}{_chip_row(chips, area)}{self._corners(name, area)}</g>"
        )

    def _label(self, state: State, area: Area, *, chips: bool) -> str:
        lines = wrapped(state.label.in_(self.lang), (BOX_WIDTH - 12) / 1.22)
        middle = area[1] + (BOX_HEIGHT - (20 if chips else 0)) / 2 + 5.5 - 8.5 * (len(lines) - 1)
        x = (area[0] + area[2]) / 2
        return "".join(
            f'<text class="name" x="{x:.1f}" y="{middle + 17 * row:.1f}">{escape(line)}</text>'
            for row, line in enumerate(lines)
        )

    def _chips(self, name: str) -> list[tuple[str, str, str]]:
        """What stands in the foot of a box: (kind, text, what it tells when pointed at)."""
        chips = [
            (
                "jump faulty" if move in self.faulty else "jump",
                f"{self.graph.numbers[move]}→",
                f"{self._move(move)} → {self._state(str(self.machine.moves[move].to))}",
            )
            for move in self.graph.jumps[name]
        ]
        if stays := self.graph.stays[name]:
            kind = "stays faulty" if self.faulty.intersection(stays) else "stays"
            chips.append((kind, f"↻{len(stays)}", "; ".join(self._move(move) for move in stays)))
        return chips

    def _corners(self, name: str, area: Area) -> str:
        """The numbers of the jumps that land here, and how many matters are here."""
        text = ""
        if landings := self.graph.landings[name]:
            said = "→" + cut(" ".join(str(self.graph.numbers[move]) for move in landings), 70)
            wide = width(said) + 12
            text += _pill("chip jump", said, area[0] + 6 + wide / 2, area[1], wide)
        if count := self.counts.get(name):
            wide = width(str(count)) + 14
            text += _pill("count", str(count), area[2] - wide / 2 + 6, area[1], wide)
        return text


def _rim(area: Area, inside: float) -> str:
    kind = ' class="rim"' if inside else ""
    return (
        f'<rect{kind} x="{area[0] + inside:.1f}" y="{area[1] + inside:.1f}" width="{BOX_WIDTH - 2 * inside}" '
        f'height="{BOX_HEIGHT - 2 * inside}" rx="{10 - inside}"/>'
    )


def _pill(kind: str, text: str, x: float, y: float, wide: float) -> str:
    return (
        f'<g class="{kind}"><rect x="{x - wide / 2:.1f}" y="{y - 8.5:.1f}" width="{wide:.1f}" height="17" rx="8.5"/>'
        f'<text x="{x:.1f}" y="{y + 4.2:.1f}">{escape(text)}</text></g>'
    )


def _chip_row(chips: Sequence[tuple[str, str, str]], area: Area) -> str:
    widths = [width(text) + 11 for _, text, _ in chips]
    total = sum(widths) + 4 * (len(widths) - 1)
    squeeze = min(1.0, (BOX_WIDTH - 10) / total) if chips else 1.0
    x = (area[0] + area[2] - total * squeeze) / 2
    parts = []
    for (kind, text, told), wide in zip(chips, widths, strict=True):
        pill = _pill(f"chip {kind}", text, x + wide * squeeze / 2, area[3] - 14, wide * squeeze)
        parts.append(f"<g><title>{escape(told)}</title>{pill}</g>")
        x += (wide + 4) * squeeze
    return "".join(parts)
