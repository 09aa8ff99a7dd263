"""Where a matter can go: reachability over the moves of a machine, whoever makes them and whatever guards them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable, Mapping

from states.rulebook import Machine, Move, Rulebook, StateKind


def ends(machine: Machine) -> frozenset[str]:
    """The final states."""
    return frozenset(name for name, state in machine.states.items() if state.kind is StateKind.FINAL)


def reached(
    machine: Machine, starts: Iterable[str], *, without: Container[str] = ()
) -> dict[str, tuple[str, ...]]:
    """Every state reachable from `starts` by no move in `without`, with the moves of a shortest way there."""
    ways: dict[str, tuple[str, ...]] = dict.fromkeys(starts, ())
    queue = deque(ways)
    while queue:
        state = queue.popleft()
        for name in machine.moves_from.get(state, ()):
            target = machine.moves[name].to or state
            if name not in without and target not in ways:
                ways[target] = (*ways[state], name)
                queue.append(target)
    return ways


def can_end(machine: Machine) -> frozenset[str]:
    """The states from which some final state can be reached."""
    backwards: dict[str, set[str]] = {}
    for move in machine.moves.values():
        for source in move.from_:
            backwards.setdefault(move.to or source, set()).add(source)
    known = set(ends(machine))
    queue = deque(known)
    while queue:
        for source in backwards.get(queue.popleft(), ()):
            if source not in known:
                known.add(source)
                queue.append(source)
    return frozenset(known)


def after(machine: Machine, names: Iterable[str]) -> frozenset[str]:
    """The states in which a matter may stand just after one of these moves; the opening leads to the initial state."""
    found: set[str] = set()
    for name in names:
        if name == machine.register_move:
            found.add(machine.initial)
        elif move := machine.moves.get(name):
            found |= {move.to} if move.to else set(move.from_)
    return frozenset(found)


def running(machine: Machine, deadline_name: str) -> frozenset[str]:
    """The states in which this clock may run: from a start onward, until a stop, a final state or a pause."""
    deadline = machine.deadlines[deadline_name]
    starts = after(machine, deadline.starts) | frozenset(deadline.imported_in)
    states = frozenset(reached(machine, starts, without=deadline.stops))
    over = frozenset(deadline.pauses_in) | (frozenset() if deadline.survives else ends(machine))
    return states - over


def cycles(machine: Machine, takes_part: Callable[[str, Move], bool]) -> list[tuple[str, ...]]:
    """Rings of different states made of moves that take part; each ring once, starting at its first state."""
    edges: dict[str, set[str]] = {}
    for name, move in machine.moves.items():
        if move.to and takes_part(name, move):
            for source in move.from_:
                if source != move.to:
                    edges.setdefault(source, set()).add(move.to)
    return rings(edges)


def rings(edges: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """A shortest ring through each knot of the graph; a knot that several rings share is told once."""
    found: list[tuple[str, ...]] = []
    told: set[str] = set()
    for start in edges:
        if start not in told and (ring := _ring(edges, start)):
            found.append(ring)
            told |= set(ring)
    return found


def _ring(edges: Mapping[str, Iterable[str]], start: str) -> tuple[str, ...] | None:
    ways: dict[str, tuple[str, ...]] = {start: (start,)}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for there in edges.get(here, ()):
            if there == start:
                return ways[here]
            if there not in ways:
                ways[there] = (*ways[here], there)
                queue.append(there)
    return None


def entrances(rulebook: Rulebook, name: str) -> frozenset[str]:
    """The states in which a matter of this machine may begin: the initial one, and those that openings lead to."""
    machine = rulebook.machines[name]
    found = {machine.initial}
    for opener in rulebook.machines.values():
        for opens in opener.openings:
            if opens.machine == name and opens.by is not None:
                found.add(machine.moves[opens.by].to or machine.initial)
    return frozenset(found)


def other_ends(rulebook: Rulebook, name: str, link: str, towards: str) -> frozenset[str]:
    """The machines at the other end of links of this kind from the machine `name`, towards "parent" or "children"."""
    opened = [
        (opener, move.opens.machine)
        for opener, machine in rulebook.machines.items()
        for move in machine.moves.values()
        if move.opens and move.opens.link == link
    ]
    opened += [  # a form may hang its matter below one it names
        (field.machine, child)
        for child, machine in rulebook.machines.items()
        for move in machine.moves.values()
        for field in move.fields
        if field.links == link and field.machine is not None
    ]
    opened += [  # and so may the one it is opened with
        (field.machine, child)
        for child, machine in rulebook.machines.items()
        for field in machine.register_
        if field.links == link and field.machine is not None
    ]
    if towards == "children":
        return frozenset(child for opener, child in opened if opener == name)
    return frozenset(opener for opener, child in opened if child == name)


def driven(rulebook: Rulebook) -> dict[str, set[str]]:
    """For each move that drives others, as "machine.move", those that it drives."""
    edges: dict[str, set[str]] = {}
    for name, machine in rulebook.machines.items():
        for move_name, move in machine.moves.items():
            for drives in move.drives:
                for end in other_ends(rulebook, name, drives.link, drives.towards):
                    if drives.move in rulebook.machines[end].moves:
                        edges.setdefault(f"{name}.{move_name}", set()).add(f"{end}.{drives.move}")
    return edges
