"""Guards that nothing can satisfy: they contradict each other, or ask for what cannot have happened yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from states import paths
from states.guard_arguments import COLUMNS, known_choices, listed
from states.rulebook import FormField, GuardUse, Machine, Rulebook
from states.yaml_tree import Key

Found = tuple[Key, str, str]  # key below the machine, the sentence in Chinese and in English

OPPOSITES = (
    ("is_handler", "not_handler"),
    ("is_true", "is_not_true"),
    ("value_given", "value_not_given"),
    ("made_here", "by_another_site"),
    ("act_done", "not_done"),
    ("the_one_who", "not_the_one_who"),
    ("the_one_who", "once_each"),
)


def found(rulebook: Rulebook, machine: Machine) -> Iterator[Found]:
    """The moves, clocks and duties of this machine whose guards can never hold together."""
    for name, move in machine.moves.items():
        yield from _judged(rulebook, machine, ("moves", name, "guards"), move.guards, frozenset(move.from_))
    for name, deadline in machine.deadlines.items():
        started = frozenset(state for start in deadline.starts for state in _made_in(machine, start))
        key: Key = ("deadlines", name, "when")
        yield from _judged(rulebook, machine, key, deadline.when, started, opening=deadline.starts)
        if deadline.from_fact is not None:
            counts_from = GuardUse(name="value_given", argument=[deadline.from_fact])
            if _not_known_before(rulebook, machine, counts_from, started, deadline.starts):
                en = f"The clock counts from {deadline.from_fact!r}, which no form can have set by then."
                yield (
                    ("deadlines", name, "from_fact"),
                    f"起算事实“{deadline.from_fact}”此前没有表单可以填写。",
                    en,
                )
    for name, duty in machine.mandatory.items():
        states = frozenset(state for before in duty.before for state in machine.moves[before].from_)
        yield from _judged(rulebook, machine, ("mandatory", name, "when"), duty.when, states)


def _made_in(machine: Machine, move: str) -> tuple[str, ...]:
    return (machine.initial,) if move == machine.register_move else machine.moves[move].from_


def _judged(
    rulebook: Rulebook, machine: Machine, key: Key, uses: tuple[GuardUse, ...], states: frozenset[str],
    opening: tuple[str, ...] = (),
) -> Iterator[Found]:  # fmt: skip
    for index, use in enumerate(uses):
        before = uses[:index]
        if other := next((each.name for each in before if _opposed(each, use)), None):
            yield (
                (*key, index),
                f"“{use.name}”与“{other}”不能同时成立。",
                f"{use.name} and {other} can never both hold.",
            )
        elif name := _never_among(rulebook, machine, uses[: index + 1]):
            en = f"No value of {name!r} satisfies the guards together."
            yield (*key, index), f"“{name}”没有任何取值能同时满足各条件。", en
        elif asked := _not_done_before(machine, use, states, opening):
            en = f"{use.name} asks for {asked!r}, which can never have been made before."
            yield (*key, index), f"“{use.name}”要求先办理“{asked}”，但此前不可能办理。", en
        elif asked := _not_known_before(rulebook, machine, use, states, opening):
            en = f"{use.name} asks for {asked!r}, which no form can have set before."
            yield (*key, index), f"“{use.name}”要求“{asked}”，但此前没有表单可以填写。", en


def _opposed(one: GuardUse, two: GuardUse) -> bool:
    pair = {one.name, two.name}
    return any(pair == set(names) for names in OPPOSITES) and one.argument == two.argument


def _never_among(rulebook: Rulebook, machine: Machine, uses: tuple[GuardUse, ...]) -> str | None:
    """The field for which the last guard leaves no value that the ones before it allow."""
    last = uses[-1]
    if last.name not in ("value_is", "value_is_not") or not isinstance(last.argument, Mapping):
        return None
    for name in last.argument:
        choices = known_choices(name, machine, rulebook)
        left: set[Any] | None = set(choices) if choices and _always_set(machine, name) else None
        for use in uses:
            if isinstance(use.argument, Mapping) and name in use.argument:
                left = _narrowed(left, use.name, set(listed(use.argument[name])))
        if left is not None and not left:
            return str(name)
    return None


def _narrowed(left: set[Any] | None, guard: str, values: set[Any]) -> set[Any] | None:
    if guard == "value_is":
        return values if left is None else left & values
    if guard == "value_is_not" and left is not None:
        return left - values
    return left


def _always_set(machine: Machine, name: str) -> bool:
    return any(field.name == name and field.required for field in _opening_form(machine))


def _opening_form(machine: Machine) -> tuple[FormField, ...]:
    return machine.register_


def _not_done_before(
    machine: Machine, use: GuardUse, states: frozenset[str], opening: tuple[str, ...]
) -> str | None:
    """A move this guard asks for, after which no matter comes to any of these states."""
    if use.name == "act_done":
        asked = [use.argument["move"] if isinstance(use.argument, Mapping) else use.argument]
    elif use.name == "the_one_who":
        asked = listed(use.argument)
    else:
        return None
    return next((move for move in asked if not _may_precede(machine, {move}, states, opening)), None)


def _not_known_before(
    rulebook: Rulebook, machine: Machine, use: GuardUse, states: frozenset[str], opening: tuple[str, ...]
) -> str | None:
    """A fact this guard asks for that only later forms hold."""
    if use.name not in ("value_is", "value_given", "is_true"):
        return None
    for name in sorted(use.argument if isinstance(use.argument, Mapping) else listed(use.argument)):
        moves = {
            move for move, each in machine.moves.items() if any(field.name == name for field in each.fields)
        }
        if name in COLUMNS or name in {field.name for field in _opening_form(machine)} or not moves:
            continue  # known from the start, or handed on by another matter
        if not _may_precede(machine, moves, states, opening) and not _handed_on(rulebook, name):
            return str(name)
    return None


def _handed_on(rulebook: Rulebook, name: str) -> bool:
    machines = rulebook.machines.values()
    if any(name in opens.hands_on for machine in machines for opens in machine.openings):
        return True
    moves = [move for machine in machines for move in machine.moves.values()]
    return any(name in drive.copies for move in moves for drive in move.drives)


def _may_precede(machine: Machine, moves: set[str], states: frozenset[str], opening: tuple[str, ...]) -> bool:
    """Whether one of these moves may have been made before a matter is in one of these states."""
    if moves & {*opening, machine.register_move}:
        return True
    return bool(states & set(paths.reached(machine, paths.after(machine, moves))))
