"""What of a machine is drawn as a line, what as a number in a box, and what only counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from states.diagram_layout import places
from states.diagram_routes import Pair
from states.rulebook import Machine

SHARED_BY = 4  # a move that leaves this many states would be as many lines
FAR, CROWDED = 5, 20  # columns and rows together; among so many lines a longer one cannot be followed


@dataclass(frozen=True, slots=True)
class Line:
    """All moves from one state to another that are drawn."""

    pair: Pair
    moves: tuple[str, ...]


@dataclass(frozen=True)
class Graph:
    """A machine sorted for drawing. Jumps are moves that are not drawn as lines: their number stands in the boxes of
    both ends. Moves that stay in their state are counted in the box and named in the legend."""

    machine: Machine

    @cached_property
    def places(self) -> Mapping[str, tuple[int, int]]:
        return places(self.machine)

    @cached_property
    def _sorted(self) -> tuple[dict[Pair, list[str]], dict[str, list[str]], dict[str, list[str]]]:
        lines: dict[Pair, list[str]] = {}
        jumps: dict[str, list[str]] = {name: [] for name in self.machine.states}
        stays: dict[str, list[str]] = {name: [] for name in self.machine.states}
        for name, move in self.machine.moves.items():
            for source in move.from_:
                if move.to in (None, source):
                    stays[source].append(name)
                elif len(move.from_) >= SHARED_BY or self._is_far(source, str(move.to)):
                    jumps[source].append(name)
                else:
                    lines.setdefault((source, str(move.to)), []).append(name)
        return lines, jumps, stays

    def _is_far(self, one: str, two: str) -> bool:
        (a, b), (c, d) = self.places[one], self.places[two]
        return self._is_crowded and abs(a - c) + abs(b - d) >= FAR

    @cached_property
    def _is_crowded(self) -> bool:
        few = [move for move in self.machine.moves.values() if len(move.from_) < SHARED_BY]
        return len({(source, move.to) for move in few for source in move.from_ if move.to}) > CROWDED

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        return tuple(Line(pair, tuple(moves)) for pair, moves in self._sorted[0].items())

    @property
    def jumps(self) -> Mapping[str, list[str]]:
        """The jumps that leave each state."""
        return self._sorted[1]

    @property
    def stays(self) -> Mapping[str, list[str]]:
        """The moves of each state that stay in it."""
        return self._sorted[2]

    @cached_property
    def landings(self) -> Mapping[str, list[str]]:
        """The jumps that lead to each state."""
        found: dict[str, list[str]] = {name: [] for name in self.machine.states}
        for move in dict.fromkeys(move for moves in self.jumps.values() for move in moves):
            found[str(self.machine.moves[move].to)].append(move)
        return found

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The moves that leave their state, numbered column by column from the left, each state's together."""
        states = sorted(self.machine.states, key=lambda name: self.places[name])
        ordered = dict.fromkeys(move for state in states for move in self.machine.moves_from[state])
        leaving = [move for move in ordered if any(self.machine.moves[move].to not in (None, each)
                                                   for each in self.machine.moves[move].from_)]  # fmt: skip
        return {move: number for number, move in enumerate(leaving, start=1)}

    @cached_property
    def staying(self) -> Mapping[str, list[str]]:
        """The moves that stay, each with the states it stays in."""
        found: dict[str, list[str]] = {}
        for state in sorted(self.machine.states, key=lambda name: self.places[name]):
            for move in self.stays[state]:
                found.setdefault(move, []).append(state)
        return found
