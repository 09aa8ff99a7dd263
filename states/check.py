"""The model checker: what is wrong with a rulebook that reads well.

Every name in it exists (`states.rulebook_file` saw to that), yet a clue might get stuck, a duty be walked
around, a clock never stop. Each rule below is one way an office could be let down by its own rules. An error
is certain harm, a warning wants a look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from states import guard_conflicts, machine, paths
from states.rulebook import Label, Machine, Mandatory, Reach, Rulebook, StateKind
from states.yaml_tree import Key, Tree, dotted

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the model checker found. `state` or `move` tell the picture what to mark."""

    severity: Severity
    rule: str
    machine: str
    key: str
    message: Label
    file: str | None = None
    line: int | None = None
    state: str | None = None
    move: str | None = None

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: " if self.file else ""
        return f"{where}{self.severity}: {self.key}: {self.message.en}"

    def as_dict(self, lang: str = "en") -> dict[str, Any]:
        """The JSON form, with the sentence in one language."""
        return {
            "severity": self.severity, "rule": self.rule, "machine": self.machine, "key": self.key, "file": self.file,
            "line": self.line, "state": self.state, "move": self.move, "message": self.message.in_(lang),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Subject:
    """What a rule looks at."""

    rulebook: Rulebook
    name: str
    machine: Machine


_Found = tuple[Key, str, str]  # key below the machine, the sentence in Chinese and in English
_Rule = Callable[[_Subject], Iterator[_Found]]
RULES: dict[str, tuple[Severity, _Rule]] = {}


def findings(rulebook: Rulebook, tree: Tree | None = None) -> tuple[Finding, ...]:
    """Everything found, errors first. With the `tree` it was read from, each finding names file and line."""
    found = [
        _finding(tree, severity, rule_name, name, each)
        for name, each_machine in rulebook.machines.items()
        for rule_name, (severity, rule) in RULES.items()
        for each in rule(_Subject(rulebook, name, each_machine))
    ]
    return tuple(sorted(found, key=lambda finding: finding.severity))


def _finding(tree: Tree | None, severity: Severity, rule: str, name: str, found: _Found) -> Finding:
    below, zh, en = found
    key: Key = ("machines", name, *below)
    file, line = tree.place(key) if tree else (None, None)
    named = {str(below[0]): str(below[1])} if len(below) > 1 else {}
    return Finding(
        severity, rule, name, dotted(key), Label(zh=zh, en=en), file, line, named.get("states"), named.get("moves")
    )  # fmt: skip


def _rule(severity: Severity) -> Callable[[_Rule], _Rule]:
    def register(rule: _Rule) -> _Rule:
        RULES[rule.__name__.lstrip("_")] = (severity, rule)
        return rule

    return register


@_rule("error")
def _unreachable(subject: _Subject) -> Iterator[_Found]:
    """A state no matter can ever be in."""
    reached = paths.reached(subject.machine, [subject.machine.initial])
    for name in subject.machine.states:
        if name not in reached:
            yield (
                ("states", name),
                f"从初始状态走不到“{name}”。",
                f"No way leads to {name!r} from the initial state.",
            )


@_rule("error")
def _dead_end(subject: _Subject) -> Iterator[_Found]:
    """A state that is not final, from which nothing leads on."""
    for name, state in subject.machine.states.items():
        moves = subject.machine.moves_from[name]
        leaves = any(subject.machine.moves[move].to not in (None, name) for move in moves)
        if state.kind is not StateKind.FINAL and not leaves:
            yield (
                ("states", name),
                f"“{name}”不是终结状态，却没有出路。",
                f"{name!r} is not final, yet no move leaves it.",
            )


@_rule("error")
def _no_way_to_an_end(subject: _Subject) -> Iterator[_Found]:
    """A state that can be left, but never towards a final state."""
    can_end = paths.can_end(subject.machine)
    for name, state in subject.machine.states.items():
        if name not in can_end and subject.machine.moves_from[name] and state.kind is not StateKind.FINAL:
            yield (
                ("states", name),
                f"从“{name}”永远无法办结。",
                f"From {name!r} no final state can be reached.",
            )


@_rule("error")
def _forgotten(subject: _Subject) -> Iterator[_Found]:
    """A state in which nobody has to act, no clock runs, nothing goes up and no other matter leads on."""
    clocked = {state for name in subject.machine.deadlines for state in paths.running(subject.machine, name)}
    triggered = machine.triggers(subject.rulebook, subject.name)
    for name, state in subject.machine.states.items():
        moves = subject.machine.moves_from[name]
        leads_on = any(subject.machine.moves[move].opens or move in triggered for move in moves)
        if state.kind is not StateKind.FINAL and not state.owner and name not in clocked and not leads_on:
            zh = f"“{name}”既无责任角色，也无时限，也无上报出路。"
            yield ("states", name), zh, f"{name!r} has no owner, no clock and no way up."


@_rule("warning")
def _no_owner(subject: _Subject) -> Iterator[_Found]:
    """An open state that names nobody who must act."""
    for name, state in subject.machine.states.items():
        if state.kind is StateKind.OPEN and not state.owner:
            yield (
                ("states", name),
                f"“{name}”没有责任角色。",
                f"{name!r} is open, but names nobody who must act.",
            )


@_rule("warning")
def _waits_for_nothing(subject: _Subject) -> Iterator[_Found]:
    """A waiting state that does not say for what."""
    for name, state in subject.machine.states.items():
        if state.kind is StateKind.WAITING and state.waits_for is None:
            yield (
                ("states", name),
                f"“{name}”未写明等待什么。",
                f"{name!r} waits, but does not say for what (`waits_for`).",
            )


@_rule("warning")
def _powerless_owner(subject: _Subject) -> Iterator[_Found]:
    """A role that must act in a state but has no move there."""
    for name, state in subject.machine.states.items():
        able = {
            role for move in subject.machine.moves_from[name] for role in subject.machine.moves[move].roles
        }
        for role in state.owner:
            if state.kind is not StateKind.FINAL and role not in able:
                zh = f"“{role}”是“{name}”的责任角色，却没有可办的步骤。"
                yield ("states", name, "owner"), zh, f"{role!r} must act in {name!r} but has no move there."


@_rule("error")
def _nobody_may(subject: _Subject) -> Iterator[_Found]:
    """A move with no role that the engine does not make either."""
    for name, move in subject.machine.moves.items():
        if not move.roles and not move.engine:
            yield (
                ("moves", name),
                f"“{name}”没有任何角色可以办理。",
                f"Nobody may make {name!r}: give it `roles` or `engine: true`.",
            )


@_rule("error")
def _made_blindly(subject: _Subject) -> Iterator[_Found]:
    """A move whose every role never sees such a matter, so that nobody can come to make it."""
    for name, move in subject.machine.moves.items():
        if move.roles and not move.engine and not any(_sees(subject, role) for role in move.roles):
            zh = f"可办理“{name}”的角色都看不到该事项。"
            yield (
                ("moves", name, "roles"),
                zh,
                f"No role that may make {name!r} sees {subject.name} at all (`sees`).",
            )


@_rule("error")
def _opened_blindly(subject: _Subject) -> Iterator[_Found]:
    """A role that may open a matter and then never sees it."""
    for role in subject.machine.registered_by:
        if not _sees(subject, role):
            zh = f"“{role}”可以登记，却看不到自己登记的事项。"
            yield ("registered_by",), zh, f"{role!r} may open a {subject.name} but never sees it (`sees`)."


@_rule("warning")
def _blind_role(subject: _Subject) -> Iterator[_Found]:
    """A role named beside others for a move, or as an owner, that never sees such a matter."""
    for name, move in subject.machine.moves.items():
        blind = [role for role in move.roles if not _sees(subject, role)]
        if blind and len(blind) < len(move.roles):
            en = f"{', '.join(blind)} may make {name!r} but never sees {subject.name}."
            yield ("moves", name, "roles"), f"“{'、'.join(blind)}”可办“{name}”却看不到该事项。", en
    for name, state in subject.machine.states.items():
        for role in state.owner:
            if not _sees(subject, role):
                en = f"{role!r} must act in {name!r} but never sees {subject.name}."
                yield ("states", name, "owner"), f"“{role}”应办“{name}”却看不到该事项。", en


def _sees(subject: _Subject, role: str) -> bool:
    return isinstance(subject.rulebook.roles[role].sees.get(subject.name), Reach)


@_rule("warning")
def _engine_with_roles(subject: _Subject) -> Iterator[_Found]:
    """A move the engine makes that names roles as well: they can never make it."""
    for name, move in subject.machine.moves.items():
        if move.engine and move.roles:
            zh = f"“{name}”由系统办理，所列角色无效。"
            yield ("moves", name, "roles"), zh, f"{name!r} is made by the engine; its roles never can."


@_rule("warning")
def _never_triggered(subject: _Subject) -> Iterator[_Found]:
    """A move of the engine that no rung makes and no other matter drives."""
    triggered = machine.triggers(subject.rulebook, subject.name)
    for name, move in subject.machine.moves.items():
        if move.engine and name not in triggered:
            zh = f"没有任何时限阶梯或其他事项会触发“{name}”。"
            yield ("moves", name), zh, f"Nothing in the rulebook triggers the engine's move {name!r}."


@_rule("error")
def _rung_moves_by_hand(subject: _Subject) -> Iterator[_Found]:
    """A rung that makes a move which is not the engine's."""
    for clock, index, move in _rung_moves(subject.machine):
        if not subject.machine.moves[move].engine:
            key: Key = ("deadlines", clock, "ladder", index, "move")
            yield (
                key,
                f"阶梯触发的“{move}”不是系统步骤。",
                f"The rung makes {move!r}, which lacks `engine: true`.",
            )


@_rule("error")
def _rung_never_moves(subject: _Subject) -> Iterator[_Found]:
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


@_rule("error")
def _never_runs(subject: _Subject) -> Iterator[_Found]:
    """A clock that can run in no state at all."""
    for name in subject.machine.deadlines:
        if not paths.running(subject.machine, name):
            yield (
                ("deadlines", name),
                f"时限“{name}”从不运行。",
                f"The clock {name!r} never runs in any state.",
            )


@_rule("warning")
def _never_stops(subject: _Subject) -> Iterator[_Found]:
    """A clock none of whose stops can be made while it runs."""
    for name, deadline in subject.machine.deadlines.items():
        running = paths.running(subject.machine, name) | frozenset(deadline.pauses_in)
        stops = [subject.machine.moves[stop] for stop in deadline.stops if stop in subject.machine.moves]
        if running and not any(running & set(move.from_) for move in stops):
            zh = f"时限“{name}”运行时没有可办的停止步骤。"
            yield ("deadlines", name, "stops"), zh, f"No stop of {name!r} can be made while the clock runs."


@_rule("warning")
def _pauses_where_it_never_runs(subject: _Subject) -> Iterator[_Found]:
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


@_rule("error")
def _loop_without_a_person(subject: _Subject) -> Iterator[_Found]:
    """A ring of moves that the engine makes by itself: it could turn for ever."""
    for ring in paths.cycles(subject.machine, lambda _, move: move.engine):
        way = " → ".join((*ring, ring[0]))
        yield ("states", ring[0]), f"无人参与的循环：{way}。", f"A loop with no person in it: {way}."


@_rule("error")
def _drives_itself(subject: _Subject) -> Iterator[_Found]:
    """A move that, through the moves it drives elsewhere, drives itself."""
    edges = paths.driven(subject.rulebook)
    for ring in paths.rings(edges):
        owner, _, move = ring[0].partition(".")
        if owner == subject.name:
            way = " → ".join((*ring, ring[0]))
            yield (
                ("moves", move, "drives"),
                f"步骤互相触发成环：{way}。",
                f"Moves that drive each other in a ring: {way}.",
            )


@_rule("error")
def _guard_never_holds(subject: _Subject) -> Iterator[_Found]:
    """Guards of one move, clock or duty that nothing can satisfy."""
    yield from guard_conflicts.found(subject.rulebook, subject.machine)


@_rule("error")
def _bypassed(subject: _Subject) -> Iterator[_Found]:
    """A mandatory report that a way to a final state leads around."""
    for name, mandatory in subject.machine.mandatory.items():
        reporting = [
            each
            for each, move in subject.machine.moves.items()
            if move.opens and move.opens.link == mandatory.satisfied_by
        ]
        known_in = _known_in(subject.machine, mandatory)
        ways = paths.reached(subject.machine, known_in, without=(*mandatory.before, *reporting))
        for end in sorted(paths.ends(subject.machine) & set(ways) - known_in):
            way = " → ".join(ways[end])
            key: Key = ("mandatory", name, "before")
            yield key, f"不报告也能到达“{end}”：{way}。", f"{end!r} is reached without the report, by {way}."


def _known_in(of: Machine, mandatory: Mandatory) -> frozenset[str]:
    """Where the duty may first be known: after the moves whose forms hold what it asks for, or at opening."""
    asked = {name for use in mandatory.when for name in guard_conflicts.fields_named(use.argument)}
    opening = {field.name for field in of.register_}
    moves = [name for name, move in of.moves.items() if asked & {field.name for field in move.fields}]
    if asked & opening or not moves:
        return frozenset({of.initial})
    return paths.after(of, moves)


@_rule("warning")
def _final_but_open(subject: _Subject) -> Iterator[_Found]:
    """A final state that people may leave with no condition at all."""
    for name in paths.ends(subject.machine):
        for move in subject.machine.moves_from[name]:
            each = subject.machine.moves[move]
            if each.to not in (None, name) and not each.engine and not each.guards:
                zh = f"“{name}”是终结状态，却可无条件办“{move}”。"
                yield (
                    ("moves", move, "from"),
                    zh,
                    f"{name!r} is final, yet {move!r} leaves it under no guard.",
                )


@_rule("warning")
def _told_but_blind(subject: _Subject) -> Iterator[_Found]:
    """A notice to a role that never sees such a matter."""
    addressed = [(("notices", index, "to"), rule.to) for index, rule in enumerate(subject.machine.notices)]
    addressed += [
        (("deadlines", clock, "ladder", index, "to"), rung.to)  # type: ignore[misc]
        for clock, deadline in subject.machine.deadlines.items()
        for index, rung in enumerate(deadline.ladder)
    ]
    for key, recipients in addressed:
        for role in recipients:
            if role in subject.rulebook.roles and not _sees(subject, role):
                yield (
                    key,
                    f"“{role}”收到通知却看不到该事项。",
                    f"{role!r} is told of a {subject.name} it never sees.",
                )
