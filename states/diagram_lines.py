"""From routes to coordinates: the width of streets, the boxes, the corners of a line, the place of a badge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from states.diagram_routes import HORIZONTAL, VERTICAL, Route, Stretch

BOX_WIDTH, BOX_HEIGHT = 150.0, 68.0
LANE = 16.0  # between two lines that run side by side in a street
ABREAST = {
    HORIZONTAL: 20.0,
    VERTICAL: 30.0,
}  # between two lines through the middle of boxes: room for their badges
NARROWEST, MARGIN = 52.0, 10.0  # an inner street without lines to speak of; an outer one
_ROUND = 9.0  # radius of a bend

Spot = tuple[float, float]
Area = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(slots=True)
class Plan:
    """The coordinates of the streets."""

    xs: list[float]
    ys: list[float]
    width: float
    height: float

    def box(self, place: tuple[int, int]) -> Area:
        """The area of the box at (column, row)."""
        x, y = self.xs[2 * place[0] + 1], self.ys[2 * place[1] + 1]
        return x - BOX_WIDTH / 2, y - BOX_HEIGHT / 2, x + BOX_WIDTH / 2, y + BOX_HEIGHT / 2

    def spots(self, route: Route) -> list[Spot]:
        """The corners of a line, from the rim of its first box to the rim of its last."""
        levels = [self._level(route, index) for index in range(len(route.stretches))]
        first, last = route.stretches[0], route.stretches[-1]
        corners = [self._rim(first.direction, levels[0], first.start, first.stop)]
        for index in range(1, len(levels)):
            flat = route.stretches[index].direction == HORIZONTAL
            corners.append((levels[index - 1], levels[index]) if flat else (levels[index], levels[index - 1]))
        corners.append(self._rim(last.direction, levels[-1], last.stop, last.start))
        return corners

    def _level(self, route: Route, index: int) -> float:
        stretch = route.stretches[index]
        line = self.ys if stretch.direction == HORIZONTAL else self.xs
        return line[stretch.street] + route.lanes[index] * _spacing(stretch, route.outermost[index])

    def _rim(self, direction: int, level: float, at: int, towards: int) -> Spot:
        sign = 1 if towards > at else -1
        if direction == HORIZONTAL:
            return self.xs[at] + sign * BOX_WIDTH / 2, level
        return level, self.ys[at] + sign * BOX_HEIGHT / 2


def plan(places: Mapping[str, tuple[int, int]], found: Sequence[Route], *, gap: float = NARROWEST) -> Plan:
    """Streets just wide enough for their lines; `gap` is the least width between two columns."""
    columns = max(column for column, _ in places.values()) + 1
    rows = max(row for _, row in places.values()) + 1
    widest = _widest_lanes(found)
    xs, width = _coordinates(
        columns, BOX_WIDTH, gap, {at: n for (way, at), n in widest.items() if way != HORIZONTAL}
    )
    ys, height = _coordinates(
        rows, BOX_HEIGHT, NARROWEST, {at: n for (way, at), n in widest.items() if way == HORIZONTAL}
    )
    return Plan(xs, ys, width, height)


def _widest_lanes(found: Iterable[Route]) -> dict[tuple[int, int], float]:
    widest: dict[tuple[int, int], float] = {}
    for route in found:
        for stretch, lane in zip(route.stretches, route.lanes, strict=True):
            key = stretch.direction, stretch.street
            widest[key] = max(widest.get(key, 0.0), abs(lane))
    return widest


def _spacing(stretch: Stretch, outermost: float) -> float:
    """Lines through the middle of boxes crowd together rather than leave the box."""
    if stretch.street % 2 == 0 or outermost == 0:
        return LANE
    half = (BOX_HEIGHT if stretch.direction == HORIZONTAL else BOX_WIDTH) / 2 - 9
    return min(ABREAST[stretch.direction], half / outermost)


def _coordinates(
    count: int, size: float, gap: float, lanes: Mapping[int, float]
) -> tuple[list[float], float]:
    middles: list[float] = []
    edge = 0.0
    for index in range(2 * count + 1):
        outer = index in (0, 2 * count)
        least = MARGIN if outer and index not in lanes else MARGIN * 2 if outer else gap
        width = (
            size if index % 2 else max(least, (2 * lanes.get(index, 0.0) + 1) * LANE + (10 if outer else 22))
        )
        middles.append(edge + width / 2)
        edge += width
    return middles, edge


def path_data(corners: Sequence[Spot]) -> str:
    """The line through these corners as SVG path data, with round bends."""
    (x, y), *rest = corners
    text = f"M{x:.1f} {y:.1f}"
    for before, here, after in zip(corners, rest, rest[1:], strict=False):
        radius = min(_ROUND, _length(before, here) / 2, _length(here, after) / 2)
        (a, b), (c, d) = _towards(here, before, radius), _towards(here, after, radius)
        text += f"L{a:.1f} {b:.1f}Q{here[0]:.1f} {here[1]:.1f} {c:.1f} {d:.1f}"
    return text + f"L{corners[-1][0]:.1f} {corners[-1][1]:.1f}"


def _length(one: Spot, two: Spot) -> float:
    return abs(one[0] - two[0]) + abs(one[1] - two[1])


def _towards(here: Spot, there: Spot, far: float) -> Spot:
    length = _length(here, there) or 1.0
    return here[0] + (there[0] - here[0]) * far / length, here[1] + (there[1] - here[1]) * far / length


def overlap(one: Area, two: Area) -> bool:
    """Whether two areas share more than an edge."""
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def place_badges(
    lines: Sequence[Sequence[Spot]], sizes: Sequence[Spot], boxes: Sequence[Area]
) -> tuple[list[Area], int]:
    """A place on each line for a badge of its size, clear of boxes, other badges and, if possible, other lines.

    Also answers how many could not be placed clear of boxes and other badges.
    """
    taken: list[Area] = list(boxes)
    placed: dict[int, Area] = {}
    failed = 0
    for index in sorted(range(len(lines)), key=lambda each: (_total(lines[each]), each)):
        cost, area = min(
            (_badness(each, far, index, lines, taken), each)
            for each, far in _candidates(lines[index], sizes[index])
        )
        failed += cost >= _BLOCKED
        taken.append(area)
        placed[index] = area
    return [placed[index] for index in range(len(lines))], failed


_BLOCKED = 1000.0


def _total(line: Sequence[Spot]) -> float:
    return sum(_length(one, two) for one, two in pairwise(line))


def _candidates(line: Sequence[Spot], size: Spot) -> Iterable[tuple[Area, float]]:
    """Areas centred on the line, with how far along it they lie (0 to 1); the arrow head stays free."""
    total, walked = _total(line) or 1.0, 0.0
    for one, two in pairwise(line):
        length = _length(one, two)
        for part in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8):
            x, y = one[0] + (two[0] - one[0]) * part, one[1] + (two[1] - one[1]) * part
            yield (
                (x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2),
                (walked + length * part) / total,
            )
        walked += length


def _badness(
    area: Area, far: float, index: int, lines: Sequence[Sequence[Spot]], taken: Sequence[Area]
) -> float:
    margin = (area[0] - 2, area[1] - 2, area[2] + 2, area[3] + 2)
    cost = abs(far - 0.4) * 2
    cost += sum(_BLOCKED for each in taken if overlap(margin, each))
    for other, line in enumerate(lines):
        if other != index:
            cost += 25.0 * sum(_crosses(one, two, margin) for one, two in pairwise(line))
    end = lines[index][-1]
    return cost + (60.0 if overlap((end[0] - 12, end[1] - 12, end[0] + 12, end[1] + 12), area) else 0.0)


def _crosses(one: Spot, two: Spot, area: Area) -> bool:
    return overlap(
        (min(one[0], two[0]), min(one[1], two[1]), max(one[0], two[0]) + 0.1, max(one[1], two[1]) + 0.1), area
    )
