"""Rules of the model checker about clocks, guards, mandatory reports and notices: does each do what it is for?"""

from __future__ import annotations

from collections.abc import Iterator

from states import guard_conflicts, paths
from states.check_rules import Found, Subject, rule, sees
from states.rule import fields_named
from states.rulebook import Machine, Mandatory
from states.yaml_tree import Key


@rule("error")
def rung_moves_by_hand(subject: Subject) -> Iterator[Found]:
    """A rung that makes a move which is not the engine's."""
    for clock, index, move in _rung_moves(subject.machine):
        if not subject.machine.moves[move].engine:
            key: Key = ("deadlines", clock, "ladder", index, "move")
            yield (
                key,
                f"阶梯触发的“{move}”不是系统步骤。",
                f"The rung makes {move!r}, which lacks `engine: true`.",
            )


@rule("error")
def rung_never_moves(subject: Subject) -> Iterator[Found]:
    """A rung that makes a move which leaves no state its clock can run in."""
    for clock, index, move in _rung_moves(subject.machine):
        if not paths.running(subject.machine, clock) & set(subject.machine.moves[move].from_):
            key: Key = ("deadlines", clock, "ladder", index, "move")
            zh = f"该时限运行时的任何状态都不能办“{move}”。"
            yield key, zh, f"{move!r} leaves no state in which this clock can run."


def _rung_moves(of: Machine) -> Iterator[tuple[str, int, str]]:
    for clock, deadline in of.deadlines.items():
        for index, rung in enumerate(deadline.ladder):
            if rung.move:
                yield clock, index, rung.move


@rule("error")
def never_runs(subject: Subject) -> Iterator[Found]:
    """A clock that can run in no state at all."""
    for name in subject.machine.deadlines:
        if not paths.running(subject.machine, name):
            yield (
                ("deadlines", name),
                f"时限“{name}”从不运行。",
                f"The clock {name!r} never runs in any state.",
            )


@rule("warning")
def never_stops(subject: Subject) -> Iterator[Found]:
    """A clock none of whose stops can be made while it runs."""
    for name, deadline in subject.machine.deadlines.items():
        running = paths.running(subject.machine, name) | frozenset(deadline.pauses_in)
        stops = [subject.machine.moves[stop] for stop in deadline.stops if stop in subject.machine.moves]
        if running and not any(running & set(move.from_) for move in stops):
            zh = f"时限“{name}”运行时没有可办的停止步骤。"
            yield ("deadlines", name, "stops"), zh, f"No stop of {name!r} can be made while the clock runs."


@rule("warning")
def pauses_where_it_never_runs(subject: Subject) -> Iterator[Found]:
    """A pause in a state the clock never comes to."""
    for name, deadline in subject.machine.deadlines.items():
        starts = paths.after(subject.machine, deadline.starts) | frozenset(deadline.imported_in)
        comes = paths.reached(subject.machine, starts, without=deadline.stops)
        for index, state in enumerate(deadline.pauses_in):
            if state not in comes:
                key: Key = ("deadlines", name, "pauses_in", index)
                yield (
                    key,
                    f"时限从不经过“{state}”。",
                    f"The clock never comes to {state!r}, so it cannot pause there.",
                )


@rule("error")
def guard_never_holds(subject: Subject) -> Iterator[Found]:
    """Guards of one move, clock or duty that nothing can satisfy."""
    yield from guard_conflicts.found(subject.rulebook, subject.machine)


@rule("error")
def bypassed(subject: Subject) -> Iterator[Found]:
    """A mandatory report that a way to a final state leads around."""
    for name, mandatory in subject.machine.mandatory.items():
        known_in = _known_in(subject.machine, mandatory)
        around = (*mandatory.before, *_reporting(subject.machine, mandatory))
        ways = paths.reached(subject.machine, known_in, without=around)
        for end in sorted(paths.ends(subject.machine) & set(ways) - known_in):
            way = " → ".join(ways[end])
            key: Key = ("mandatory", name, "before")
            yield key, f"不报告也能到达“{end}”：{way}。", f"{end!r} is reached without the report, by {way}."


@rule("error")
def stuck_by_a_duty(subject: Subject) -> Iterator[Found]:
    """A state that a mandatory report closes, while the report cannot be made there or anywhere it still leads."""
    for name, mandatory in subject.machine.mandatory.items():
        reporting = set(_reporting(subject.machine, mandatory)) - set(mandatory.before)
        for state in paths.reached(subject.machine, _known_in(subject.machine, mandatory)):
            leads_to = paths.reached(subject.machine, [state], without=mandatory.before)
            moves = {move for each in leads_to for move in subject.machine.moves_from[each]}
            closed = set(subject.machine.moves_from[state]) & set(mandatory.before)
            if closed and not moves & reporting and not set(leads_to) & paths.ends(subject.machine):
                zh = f"“{state}”中须先报告，却没有可办的报告步骤。"
                yield (
                    ("mandatory", name),
                    zh,
                    f"In {state!r} the report must come first, but no move there makes it.",
                )


def _reporting(of: Machine, mandatory: Mandatory) -> list[str]:
    """The moves that make the report."""
    return [
        name for name, move in of.moves.items() if move.opens and move.opens.link == mandatory.satisfied_by
    ]


def _known_in(of: Machine, mandatory: Mandatory) -> frozenset[str]:
    """Where the duty may first be known: after the moves whose forms hold what it asks for, or at opening."""
    asked = {name for use in mandatory.when for name in fields_named(use.argument)}
    opening = {field.name for field in of.register_}
    moves = [name for name, move in of.moves.items() if asked & {field.name for field in move.fields}]
    if asked & opening or not moves:
        return frozenset({of.initial})
    return paths.after(of, moves)


@rule("warning")
def told_but_blind(subject: Subject) -> Iterator[Found]:
    """A notice to a role that never sees such a matter."""
    addressed = [(("notices", index, "to"), rule.to) for index, rule in enumerate(subject.machine.notices)]
    addressed += [
        (("deadlines", clock, "ladder", index, "to"), rung.to)  # type: ignore[misc]
        for clock, deadline in subject.machine.deadlines.items()
        for index, rung in enumerate(deadline.ladder)
    ]
    for key, recipients in addressed:
        for role in recipients:
            if role in subject.rulebook.roles and not sees(subject, role):
                yield (
                    key,
                    f"“{role}”收到通知却看不到该事项。",
                    f"{role!r} is told of a {subject.name} it never sees.",
                )
