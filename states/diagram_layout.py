"""Where the boxes of a picture stand: as the rulebook says, or in layers from the initial state where it does not."""

from __future__ import annotations

from collections import deque

from states.rulebook import Machine


def places(machine: Machine) -> dict[str, tuple[int, int]]:
    """A (column, row) for every state, no two alike; one without a place gets the nearest free one in its layer."""
    found = {name: state.grid for name, state in machine.states.items() if state.grid is not None}
    taken = set(found.values())
    layers = _layers(machine)
    for name in sorted(machine.states, key=lambda each: (layers[each], list(machine.states).index(each))):
        if name not in found:
            found[name] = _free_place(taken, layers[name], _wished_row(machine, name, found))
            taken.add(found[name])
    return _without_gaps({name: found[name] for name in machine.states})


def _without_gaps(found: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """The same places, with columns and rows that nobody stands in left out."""
    columns = sorted({column for column, _ in found.values()})
    rows = sorted({row for _, row in found.values()})
    return {name: (columns.index(column), rows.index(row)) for name, (column, row) in found.items()}


def _layers(machine: Machine) -> dict[str, int]:
    """How many moves a state lies from the initial one; what cannot be reached comes last."""
    layers = {machine.initial: 0}
    queue = deque([machine.initial])
    while queue:
        here = queue.popleft()
        for move in machine.moves_from[here]:
            there = machine.moves[move].to
            if there is not None and there not in layers:
                layers[there] = layers[here] + 1
                queue.append(there)
    last = max(layers.values()) + 1
    return {name: layers.get(name, last) for name in machine.states}


def _wished_row(machine: Machine, name: str, found: dict[str, tuple[int, int]]) -> int:
    """The middle row of the states placed so far that lead here."""
    rows = [
        found[source][1]
        for move in machine.moves.values()
        if move.to == name
        for source in move.from_
        if source in found
    ]
    return round(sum(rows) / len(rows)) if rows else 0


def _free_place(taken: set[tuple[int, int]], column: int, row: int) -> tuple[int, int]:
    for away in range(len(taken) + 1):
        for candidate in (row + away, row - away):
            if candidate >= 0 and (column, candidate) not in taken:
                return column, candidate
    raise AssertionError("a column has more places than there are states")
