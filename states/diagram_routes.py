"""Where the lines of a picture run: around the boxes, with few bends and crossings, each in a lane of its own.

The grid of boxes is refined: box (column, row) becomes the point (2 * column + 1, 2 * row + 1), and the odd-
even points between are the streets. A line is a walk over points; then every street gives each line that
shares a stretch of it its own lane.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Point = tuple[int, int]
Pair = tuple[str, str]

HORIZONTAL, VERTICAL = 0, 1
_ACROSS, _DOWN = 1.7, 1.0  # a column is wider than a row is high
_BEND, _SHARED, _CROSSED, _FULL = 1.6, 0.8, 1.3, 40.0
_PORTS = {HORIZONTAL: 4, VERTICAL: 7}  # lines that fit one side of a box


@dataclass(frozen=True, slots=True)
class Stretch:
    """A straight part of a line: along street `street` (of its direction) from `start` to `stop`, as walked."""

    direction: int
    street: int
    start: int
    stop: int

    @property
    def low(self) -> int:
        return min(self.start, self.stop)

    @property
    def high(self) -> int:
        return max(self.start, self.stop)


@dataclass(slots=True)
class Route:
    """One line, as straight parts. Of each, its lane (an offset from the middle of the street), and how far out
    the outermost of the lanes lies that it shares the street with."""

    pair: Pair
    stretches: list[Stretch]
    lanes: list[float] = field(default_factory=list)
    outermost: list[float] = field(default_factory=list)


def routes(places: Mapping[str, tuple[int, int]], pairs: Iterable[Pair]) -> list[Route]:
    """A route for every pair of states, short ones first; deterministic."""
    network = _Network(places)
    ordered = sorted(pairs, key=lambda pair: (_distance(places, pair), places[pair[0]], places[pair[1]]))
    found = [Route(pair, _stretches(network.walk(*pair))) for pair in ordered]
    _assign_lanes(found)
    return found


def _distance(places: Mapping[str, tuple[int, int]], pair: Pair) -> float:
    (a, b), (c, d) = places[pair[0]], places[pair[1]]
    return abs(a - c) * _ACROSS + abs(b - d) * _DOWN


class _Network:
    def __init__(self, places: Mapping[str, tuple[int, int]]) -> None:
        self.points = {state: (2 * column + 1, 2 * row + 1) for state, (column, row) in places.items()}
        self.boxes = set(self.points.values())
        self.right = max(x for x, _ in self.boxes) + 1
        self.bottom = max(y for _, y in self.boxes) + 1
        self.used: Counter[tuple[Point, Point]] = Counter()
        self.passed: Counter[tuple[Point, int]] = Counter()
        self.ports: Counter[tuple[Point, Point]] = Counter()

    def walk(self, source: str, target: str) -> list[Point]:
        """The cheapest way from box to box, remembered so that later lines avoid it."""
        start, goal = self.points[source], self.points[target]
        queue: list[tuple[float, Point, int, tuple[Point, ...]]] = [(0.0, start, -1, (start,))]
        best: dict[tuple[Point, int], float] = {}
        while queue:
            cost, here, direction, way = heapq.heappop(queue)
            if here == goal:
                self._remember(way)
                return list(way)
            if best.get((here, direction), float("inf")) <= cost:
                continue
            best[here, direction] = cost
            for there, turned in self._steps(here, goal):
                extra = self._cost(here, there, direction, turned, start, goal)
                heapq.heappush(queue, (cost + extra, there, turned, (*way, there)))
        raise AssertionError("streets run around every box")

    def _steps(self, here: Point, goal: Point) -> list[tuple[Point, int]]:
        x, y = here
        around = [
            ((x + 1, y), HORIZONTAL),
            ((x - 1, y), HORIZONTAL),
            ((x, y + 1), VERTICAL),
            ((x, y - 1), VERTICAL),
        ]
        return [
            (there, direction)
            for there, direction in around
            if 0 <= there[0] <= self.right
            and 0 <= there[1] <= self.bottom
            and (there == goal or there not in self.boxes)
        ]

    def _cost(
        self, here: Point, there: Point, before: int, direction: int, start: Point, goal: Point
    ) -> float:
        cost = _ACROSS if direction == HORIZONTAL else _DOWN
        cost += _SHARED * self.used[_segment(here, there)]
        if before not in (-1, direction):
            cost += _BEND
        elif before == direction:
            cost += _CROSSED * self.passed[here, 1 - direction]
        if here == start or there == goal:
            taken = self.ports[(here, there) if here == start else (there, here)]
            cost += 0.5 * taken + (_FULL if taken >= _PORTS[direction] else 0)
        return cost

    def _remember(self, way: Sequence[Point]) -> None:
        for here, there in pairwise(way):
            self.used[_segment(here, there)] += 1
            direction = HORIZONTAL if here[1] == there[1] else VERTICAL
            self.passed[there, direction] += 1
        self.ports[way[0], way[1]] += 1
        self.ports[way[-1], way[-2]] += 1


def _segment(here: Point, there: Point) -> tuple[Point, Point]:
    return (here, there) if here < there else (there, here)


def _stretches(way: Sequence[Point]) -> list[Stretch]:
    stretches: list[Stretch] = []
    for (x, y), (u, v) in pairwise(way):
        direction, street, start, stop = (HORIZONTAL, y, x, u) if y == v else (VERTICAL, x, y, v)
        last = stretches[-1] if stretches else None
        if last and last.direction == direction:
            stretches[-1] = Stretch(direction, street, last.start, stop)
        else:
            stretches.append(Stretch(direction, street, start, stop))
    return stretches


def _assign_lanes(found: list[Route]) -> None:
    """Gives each stretch an offset so that no two that share part of a street lie on each other."""
    for route in found:
        route.lanes = [0.0] * len(route.stretches)
        route.outermost = [0.0] * len(route.stretches)
    streets: dict[tuple[int, int], list[tuple[Route, int]]] = defaultdict(list)
    for route in found:
        for index, stretch in enumerate(route.stretches):
            streets[stretch.direction, stretch.street].append((route, index))
    for members in streets.values():
        for knot in _knots(members):
            _spread(knot)


def _knots(members: list[tuple[Route, int]]) -> list[list[tuple[Route, int]]]:
    """The members in groups that overlap, directly or through others."""
    knots: list[list[tuple[Route, int]]] = []
    reach = -1
    for member in sorted(members, key=lambda each: (_of(each).low, _of(each).high, each[0].pair)):
        stretch = _of(member)
        if knots and (stretch.low < reach or (stretch.low == reach and _is_crossing(stretch, reach))):
            knots[-1].append(member)
        else:
            knots.append([member])
        reach = max(reach, stretch.high) if len(knots[-1]) > 1 else stretch.high
    return knots


def _is_crossing(stretch: Stretch, at: int) -> bool:
    """Whether the point `at` is a crossing of streets: two lines that turn there would seem to be one."""
    return at % 2 == 0 or stretch.street % 2 == 0


def _of(member: tuple[Route, int]) -> Stretch:
    return member[0].stretches[member[1]]


def _spread(knot: list[tuple[Route, int]]) -> None:
    ordered = sorted(knot, key=_preference)
    tracks: list[list[Stretch]] = []
    chosen: list[int] = []
    for member in ordered:
        stretch = _of(member)
        track = next(
            (n for n, taken in enumerate(tracks) if not any(_meet(stretch, each) for each in taken)),
            len(tracks),
        )
        if track == len(tracks):
            tracks.append([])
        tracks[track].append(stretch)
        chosen.append(track)
    middle = (len(tracks) - 1) / 2
    for (route, index), track in zip(ordered, chosen, strict=True):
        route.lanes[index] = track - middle
        route.outermost[index] = middle


def _meet(one: Stretch, two: Stretch) -> bool:
    if one.high == two.low or two.high == one.low:
        return _is_crossing(one, one.high if one.high == two.low else one.low)
    return one.low < two.high and two.low < one.high


def _preference(member: tuple[Route, int]) -> tuple[float, float, Pair]:
    """Lines that turn up (or left) at their ends lie above those that turn down; of these, inner before outer ones."""
    route, index = member
    stretch = _of(member)
    turn = 0
    for neighbour, outward in ((index - 1, -1), (index + 1, 1)):
        if 0 <= neighbour < len(route.stretches):
            other = route.stretches[neighbour]
            turn += outward * (1 if other.stop > other.start else -1)
    length = stretch.high - stretch.low
    return turn, length if turn < 0 else -length if turn > 0 else 0, route.pair
