"""Which rounds would close the blind cells: few that close many first.

Pure: cells and the programmes that stand in, proposals out. Whatever is proposed rests on the cells and programmes that are
handed in, and so on what one person may see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from states import coverage
from states.coverage import BLIND, Cell, Named, Spot
from states.coverage_rules import Coverage

PROGRAMME, ROUND = "programme", "round"
DAILY, SPECIAL = "daily", "special"

FirstSlot = Callable[[str, date], date | None]
"""When a rule would first open a round, at the latest on a day; None where it would not by then."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A programme that opens rounds at a link of a project already."""

    project: str
    link: str
    code: str


class Place(NamedTuple):
    """A link of a project."""

    project: str
    link: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """What could be done at one place: a programme that recurs by `rule`, first on `on`, or one round at once.

    `too_late` are the programmes that stand there and come too seldom, `urgent` says that an open clue cannot wait.
    """

    place: Place
    form: str
    kind: str
    spots: frozenset[Spot]
    rule: str | None = None
    on: date | None = None
    too_late: tuple[str, ...] = ()
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate that was chosen, the blind cells it closes, the worst first, and how many are blind after it."""

    what: Candidate
    cells: tuple[Cell, ...]
    left: int

    @property
    def risk(self) -> int:
        """That of all cells it closes."""
        return sum(one.risk for one in self.cells)


def proposals(
    rules: Coverage, cells: Sequence[Cell], standing: Iterable[Standing], *, today: date, first_slot: FirstSlot,
    can_be_sent: Callable[[str], bool],
) -> list[Proposal]:  # fmt: skip
    """What would close the blind ones of `cells`. `can_be_sent` says of a link whether a round can be sent there."""
    blind = {(one.project, one.spot): one for one in cells if one.state == BLIND}
    late: dict[Place, tuple[str, ...]] = {}
    for one in sorted(standing, key=lambda each: each.code):
        place = Place(one.project, one.link)
        late[place] = (*late.get(place, ()), one.code)
    found = _candidates(rules, blind.values(), late, today=today, first_slot=first_slot)
    return list(chosen(blind, [one for one in found if can_be_sent(one.place.link)]))


def _candidates(
    rules: Coverage, blind: Iterable[Cell], late: Mapping[Place, tuple[str, ...]], *, today: date,
    first_slot: FirstSlot,
) -> Iterator[Candidate]:  # fmt: skip
    """At each place with blind cells: one round where it cannot wait or a programme stands there and comes too seldom;
    else a programme, if its first round comes soon enough to be a plan."""
    places: dict[Place, bool] = {}
    for one in blind:
        place = Place(one.project, one.spot.link)
        places[place] = places.get(place, False) or one.open_signs > 0
    furthest = today + timedelta(days=rules.planned_within)
    for place, urgent in places.items():
        spots = coverage.named(rules, Named(place.link), whole=True)
        rule, stands = rules.grades[rules.links[place.link].grade].rule, late.get(place, ())
        on = None if urgent or stands else first_slot(rule, furthest)
        if on is None:
            yield Candidate(place, ROUND, SPECIAL, spots, too_late=stands, urgent=urgent)
        else:
            yield Candidate(place, PROGRAMME, DAILY, spots, rule, on)


def chosen(blind: Mapping[tuple[str, Spot], Cell], candidates: Iterable[Candidate]) -> Iterator[Proposal]:
    """Those that close the blind cells: always the one that closes most of what is still blind; of as many, where the
    risk is greater; then where nobody ever looked, or longest ago; then by project and link."""
    left = dict(blind)
    # What a candidate closes only grows less: its place in the heap is right or too good, and is looked at again on top.
    waiting = [(_rank(_closed(one, left), one), one) for one in candidates]
    queue = [(rank, number) for number, (rank, _) in enumerate(waiting)]
    heapify(queue)
    while queue:
        _, number = heappop(queue)
        what = waiting[number][1]
        cells = _closed(what, left)
        if not cells:
            continue
        again = (_rank(cells, what), number)
        if queue and again > queue[0]:
            heappush(queue, again)
            continue
        for one in cells:
            del left[one.project, one.spot]
        yield Proposal(what, tuple(sorted(cells, key=lambda one: (one.worst_first, one.spot))), len(left))


def _closed(what: Candidate, left: Mapping[tuple[str, Spot], Cell]) -> list[Cell]:
    keys = ((what.place.project, spot) for spot in what.spots)
    return [left[key] for key in keys if key in left]


_Rank = tuple[int, int, tuple[int, int], Place, str]


def _rank(cells: Sequence[Cell], what: Candidate) -> _Rank:
    oldest = min((one.worst_first[1:] for one in cells), default=(1, 0))
    return -len(cells), -sum(one.risk for one in cells), oldest, what.place, what.form
