"""Coverage: phase by personnel by link, and of each cell who looked last, when, by what, and whether that still holds.

Pure: rows in, cells out. Which rows somebody may see is decided before, so that a cell tells nothing of any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from states.coverage_rules import Coverage, LookRule

COVERED, PLANNED, BLIND = "covered", "planned", "blind"
STATES = (COVERED, PLANNED, BLIND)


class Spot(NamedTuple):
    """A cell of any project."""

    phase: str
    personnel: str
    link: str


@dataclass(frozen=True, slots=True)
class Named:
    """What a row names of where it was; None where it says nothing."""

    link: str | None = None
    phase: str | None = None
    personnel: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """That somebody looked at these spots of a project: when, on which local day, who, by which move of which matter."""

    project: str
    spots: frozenset[Spot]
    at: datetime
    on: date
    by: str
    number: str
    machine: str
    move: str


@dataclass(frozen=True, slots=True)
class Foretold:
    """A look to come: by a round that is on file (its number and machine) or by a programme (its code, and no machine)."""

    project: str
    spots: frozenset[Spot]
    on: date
    by: str
    machine: str | None = None


@dataclass(frozen=True, slots=True)
class Sign:
    """What raises the risk of these spots, such as a clue, and by how much; `count`: so many alike."""

    project: str
    spots: frozenset[Spot]
    weight: int
    is_open: bool
    count: int = 1


@dataclass(frozen=True, slots=True)
class Point:
    """A risk point on file that raises these spots, by how much, and its grade."""

    project: str
    spots: frozenset[Spot]
    weight: int
    grade: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `covered_until` is the last day on which the last look holds; `age` the days since it. `point`: the grade of
    the gravest risk point there."""

    project: str
    spot: Spot
    state: str
    last: Look | None
    age: int | None
    covered_until: date | None
    planned: Foretold | None
    risk: int
    open_signs: int
    closed_signs: int
    point: str | None = None

    @property
    def worst_first(self) -> tuple[int, int, int]:
        """Orders cells by risk, then never looked at, then the longest ago."""
        return -self.risk, 0 if self.age is None else 1, -(self.age or 0)


def spots(rules: Coverage) -> Iterator[Spot]:
    """Every cell there is, link by link."""
    for name, link in rules.links.items():
        yield from (Spot(phase, side, name) for phase in link.phases for side in link.personnel)


def named(rules: Coverage, where: Named, *, whole: bool) -> frozenset[Spot]:
    """The spots that a row tells of. `whole`: where it names no phase or side, all of the link's; otherwise only the
    one the link has, and where it has several, nothing."""
    link = rules.links.get(where.link or "")
    if link is None or where.link is None:
        return frozenset()
    phases = _meant(link.phases, where.phase, whole=whole)
    sides = _meant(link.personnel, where.personnel, whole=whole)
    return frozenset(Spot(phase, side, where.link) for phase in phases for side in sides)


def _meant(there_are: tuple[str, ...], said: str | None, *, whole: bool) -> tuple[str, ...]:
    if said is not None:
        return (said,) if said in there_are else ()
    return there_are if whole or len(there_are) == 1 else ()


def looked_at(rules: Coverage, look: LookRule, move: str, own: Named, said: Named) -> frozenset[Spot]:
    """The spots that a look tells of: `own` is what its matter names, `said` what the move itself did.

    A finding is at the place it names, and beside it the round was at its own link.
    """
    if move in look.finds:
        return named(rules, said, whole=look.whole) | named(rules, own, whole=look.whole)
    both = Named(said.link or own.link, said.phase or own.phase, said.personnel or own.personnel)
    return named(rules, both, whole=look.whole)


def cells(
    rules: Coverage, projects: Iterable[str], *, looks: Iterable[Look], foretold: Iterable[Foretold],
    signs: Iterable[Sign], today: date, points: Iterable[Point] = (),
) -> list[Cell]:  # fmt: skip
    """Every cell of every project, in the order of the rulebook: covered, else planned, else blind."""
    last, coming = _last(looks), _coming(rules, foretold, today)
    gravest = _gravest(points)
    raised: dict[tuple[str, Spot], list[Sign]] = {}
    for sign in signs:
        for spot in sign.spots:
            raised.setdefault((sign.project, spot), []).append(sign)
    return [
        _cell(rules, project, spot, last=last.get((project, spot)), planned=coming.get((project, spot)),
              signs=raised.get((project, spot), []), point=gravest.get((project, spot)), today=today)
        for project in projects for spot in spots(rules)
    ]  # fmt: skip


def _gravest(points: Iterable[Point]) -> Mapping[tuple[str, Spot], Point]:
    """The risk point that weighs most at each spot."""
    found: dict[tuple[str, Spot], Point] = {}
    for one in points:
        for spot in one.spots:
            held = found.get((one.project, spot))
            if held is None or (held.weight, held.grade) < (one.weight, one.grade):
                found[one.project, spot] = one
    return found


def _last(looks: Iterable[Look]) -> Mapping[tuple[str, Spot], Look]:
    """The last look at each spot; of those at one instant, the one of the greatest number."""
    found: dict[tuple[str, Spot], Look] = {}
    for look in looks:
        for spot in look.spots:
            held = found.get((look.project, spot))
            if held is None or (held.at, held.number) < (look.at, look.number):
                found[look.project, spot] = look
    return found


def _coming(
    rules: Coverage, foretold: Iterable[Foretold], today: date
) -> Mapping[tuple[str, Spot], Foretold]:
    """The next look at each spot that is near enough to be a plan."""
    found: dict[tuple[str, Spot], Foretold] = {}
    furthest = today + timedelta(days=rules.planned_within)
    for one in foretold:
        if not today <= one.on <= furthest:
            continue
        for spot in one.spots:
            held = found.get((one.project, spot))
            if held is None or (one.on, one.by) < (held.on, held.by):
                found[one.project, spot] = one
    return found


def _cell(
    rules: Coverage, project: str, spot: Spot, *, last: Look | None, planned: Foretold | None, signs: list[Sign],
    point: Point | None, today: date,
) -> Cell:  # fmt: skip
    grade = rules.grades[rules.links[spot.link].grade]
    until = last.on + timedelta(days=grade.holds_for) if last else None
    state = COVERED if until is not None and today <= until else PLANNED if planned else BLIND
    still = sum(one.count for one in signs if one.is_open)
    ended = sum(one.count for one in signs if not one.is_open)
    return Cell(project, spot, state, last, (today - last.on).days if last else None, until, planned,
                grade.weight + sum(one.weight * one.count for one in signs) + (point.weight if point else 0), still, ended,
                point.grade if point else None)  # fmt: skip
