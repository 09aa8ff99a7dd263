"""Whether the argument a rulebook gives to a guard makes sense there: names that exist, choices that can be made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from states.rulebook import FormField, Machine, Rulebook

if TYPE_CHECKING:
    from states.guard import Guard

Check = Callable[[Any, Machine, Rulebook], str | None]

COLUMNS = frozenset({
    "number", "received_on", "opened_on", "project", "organisation", "handler", "opener", "addressee", "title",
    "real_name",
})  # fmt: skip
"""What is known of a matter besides the fields of forms."""

_guards: dict[str, Mapping[str, Guard]] = {}


def know(guards: Mapping[str, Guard]) -> None:
    """Hands over the registry, which `either` looks its alternatives up in."""
    _guards["all"] = guards


def listed(value: Any) -> list[Any]:
    """One value or several, as a list."""
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    return [value]


def nothing(argument: Any, _machine: Machine, _rulebook: Rulebook) -> str | None:
    """The guard takes no argument."""
    return None if argument is None else "takes no argument."


def roles_or_nothing(argument: Any, _machine: Machine, rulebook: Rulebook) -> str | None:
    """Nothing, or one or more roles."""
    return _unknown(
        "role", [role for role in listed(argument) if role is not None and role not in rulebook.roles]
    )


def moves(argument: Any, machine: Machine, _rulebook: Rulebook) -> str | None:
    """One or more moves of this machine, or its opening."""
    if problem := _words(argument, "one or more moves"):
        return problem
    known = {*machine.moves, machine.register_move}
    return _unknown("move", [move for move in listed(argument) if move not in known])


def fields(argument: Any, machine: Machine, rulebook: Rulebook) -> str | None:
    """One or more fields or facts of matters of this machine."""
    if problem := _words(argument, "one or more fields"):
        return problem
    known = known_facts(machine, rulebook)
    return _unknown("field or fact", [name for name in listed(argument) if name not in known])


def values(argument: Any, machine: Machine, rulebook: Rulebook) -> str | None:
    """Facts with the values asked for, each among the field's choices where it has any."""
    if not isinstance(argument, dict) or not argument:
        return "takes fields with their values, such as {way: [hold]}."
    if problem := fields(list(argument), machine, rulebook):
        return problem
    for name, wanted in argument.items():
        choices = known_choices(name, machine, rulebook)
        wrong = [value for value in listed(wanted) if choices and value not in choices]
        if wrong:
            return _unknown(f"choice of {name}", wrong)
    return None


def fields_to_values(argument: Any, machine: Machine, rulebook: Rulebook) -> str | None:
    """A mapping with `where` (facts and values), and the parts its guard names."""
    if not isinstance(argument, dict) or "where" not in argument:
        return "takes a mapping with `where`."
    if "role" in argument and argument["role"] not in rulebook.roles:
        return _unknown("role", [argument["role"]])
    if problem := values(argument["where"], machine, rulebook):
        return problem
    named = [*listed(argument.get("blank", [])), *argument.get("says", {})]
    return fields(named, machine, rulebook) if named else None


def act(argument: Any, machine: Machine, rulebook: Rulebook) -> str | None:
    """A move, or `{move: ..., not_before: [...]}`."""
    if isinstance(argument, str):
        return moves(argument, machine, rulebook)
    if not isinstance(argument, dict) or set(argument) - {"move", "not_before"} or "move" not in argument:
        return "takes a move, or {move: ..., not_before: ...}."
    return moves([argument["move"], *listed(argument.get("not_before", []))], machine, rulebook)


def link(argument: Any, _machine: Machine, rulebook: Rulebook) -> str | None:
    """A kind of link, or `{kind: ..., states: [...]}` with states of a machine at its other end."""
    kinds = listed(argument.get("kind") if isinstance(argument, dict) else argument)
    if problem := _words(kinds, "a kind of link, or {kind: ..., states: [...]}"):
        return problem
    ends = {name: end for kind in kinds for name, end in _other_ends(kind, rulebook)}
    if missing := [kind for kind in kinds if not any(_other_ends(kind, rulebook))]:
        return _unknown("kind of link", missing)
    states = {state for end in ends.values() for state in end.states}
    wanted = [
        *(listed(argument.get("states", [])) if isinstance(argument, dict) else []),
        *(listed(argument.get("besides", [])) if isinstance(argument, dict) else []),
    ]
    return _unknown("state", [state for state in wanted if state not in states])


def evidence(argument: Any, machine: Machine, rulebook: Rulebook) -> str | None:
    """`{came_on: field, after: moves}`."""
    if not isinstance(argument, dict) or set(argument) != {"came_on", "after"}:
        return "takes {came_on: field, after: [moves]}."
    return fields(argument["came_on"], machine, rulebook) or moves(argument["after"], machine, rulebook)


def rest(argument: Any, machine: Machine, rulebook: Rulebook) -> str | None:
    """`{move: ..., days: 3}`."""
    if not isinstance(argument, dict) or set(argument) != {"move", "days"}:
        return "takes {move: ..., days: ...}."
    if not isinstance(argument["days"], int) or not 1 <= argument["days"] <= 366:
        return "takes a number of days from 1 to 366."
    return moves(argument["move"], machine, rulebook)


def often(argument: Any, machine: Machine, rulebook: Rulebook) -> str | None:
    """`{move: times, ...}`."""
    if not isinstance(argument, dict) or not argument:
        return "takes moves with how often, such as {hold_study: 2}."
    if not all(isinstance(times, int) and 1 <= times <= 366 for times in argument.values()):
        return "takes numbers from 1 to 366."
    return moves(list(argument), machine, rulebook)


def own_step(argument: Any, machine: Machine, rulebook: Rulebook) -> str | None:
    """`{move: ..., from: [states], besides: [moves]}`."""
    if not isinstance(argument, dict) or not {"move", "from"} <= set(argument) <= {"move", "from", "besides"}:
        return "takes {move: ..., from: [states], besides: [moves]}."
    if strange := [state for state in listed(argument["from"]) if state not in machine.states]:
        return _unknown("state", strange)
    return moves([argument["move"], *listed(argument.get("besides", []))], machine, rulebook)


def asking(argument: Any, machine: Machine, rulebook: Rulebook) -> str | None:
    """`{asked: {move: field}, dropped: {move: field}, by: move, since: [moves]}`; `dropped` and `since` may be left out."""
    if not isinstance(argument, dict) or not {"asked", "by"} <= set(argument) <= {
        "asked",
        "dropped",
        "by",
        "since",
    }:
        return "takes {asked: {move: field}, dropped: {move: field}, by: move, since: [moves]}."
    naming = {**argument["asked"], **argument.get("dropped", {})}
    named = [*naming, *listed(argument["by"]), *listed(argument.get("since", []))]
    return moves(named, machine, rulebook) or fields(list(naming.values()), machine, rulebook)


def redaction(argument: Any, machine: Machine, rulebook: Rulebook) -> str | None:
    """`{text: fields, hides: facts}`."""
    if not isinstance(argument, dict) or set(argument) != {"text", "hides"}:
        return "takes {text: [fields], hides: [facts]}."
    return fields([*listed(argument["text"]), *listed(argument["hides"])], machine, rulebook)


def opinion(argument: Any, machine: Machine, rulebook: Rulebook) -> str | None:
    """`{view: field, conditions: field, reasons: field}`."""
    if not isinstance(argument, dict) or set(argument) != {"view", "conditions", "reasons"}:
        return "takes {view: field, conditions: field, reasons: field}."
    return fields(list(argument.values()), machine, rulebook)


def either(argument: Any, machine: Machine, rulebook: Rulebook) -> str | None:
    """A list of two or more guards."""
    if not isinstance(argument, list) or len(argument) < 2:
        return "takes a list of two or more guards."
    for use in argument:
        name, its = (use, None) if isinstance(use, str) else _single(use)
        guard = _guards["all"].get(name)
        if guard is None:
            return _unknown("guard", [name])
        if problem := guard.check_argument(its, machine, rulebook):
            return f"{name}: {problem}"
    return None


def known_facts(machine: Machine, rulebook: Rulebook) -> frozenset[str]:
    """Every field of a machine's forms, what other machines hand on to it, and what stands in columns."""
    handed = {
        name for each in rulebook.machines.values() for opens in each.openings for name in opens.hands_on
    }
    handed |= {name for move in _all_moves(rulebook) for drive in move.drives for name in drive.copies}
    return frozenset(field.name for field in _fields(machine)) | handed | COLUMNS


def known_choices(name: str, machine: Machine, rulebook: Rulebook) -> frozenset[str]:
    """The choices of a field of this machine, and, for a fact handed on, of the fields of that name elsewhere."""
    own = {choice for field in _fields(machine) if field.name == name for choice in field.choices}
    if own and name not in _handed_on_to(machine, rulebook):
        return frozenset(own)
    others = (field for other in rulebook.machines.values() for field in _fields(other) if field.name == name)
    return frozenset(choice for field in others for choice in field.choices)


def _handed_on_to(machine: Machine, rulebook: Rulebook) -> set[str]:
    """The facts with which other machines open matters of this one."""
    return {
        name for other in rulebook.machines.values() for opens in other.openings
        if rulebook.machines[opens.machine] is machine for name in opens.hands_on
    }  # fmt: skip


def _fields(machine: Machine) -> Iterator[FormField]:
    yield from machine.register_
    yield from machine.worked_out
    for move in machine.moves.values():
        yield from move.fields


def _all_moves(rulebook: Rulebook) -> Iterator[Any]:
    for machine in rulebook.machines.values():
        yield from machine.moves.values()


def _other_ends(kind: str, rulebook: Rulebook) -> Iterator[tuple[str, Machine]]:
    """The machines that a link of this kind leads to; "of_" before the kind leads back to the opener."""
    for name, machine in rulebook.machines.items():
        for move in machine.moves.values():
            if move.opens and move.opens.link == kind:
                yield move.opens.machine, rulebook.machines[move.opens.machine]
            elif move.opens and f"of_{move.opens.link}" == kind:
                yield name, machine
        for field in machine.register_:
            if field.links == kind:
                yield name, machine
            elif field.machine is not None and f"of_{field.links}" == kind:
                yield field.machine, rulebook.machines[field.machine]


def _single(use: Any) -> tuple[str, Any]:
    return next(iter(use.items())) if isinstance(use, dict) and len(use) == 1 else (str(use), None)


def _words(argument: Any, what: str) -> str | None:
    words = listed(argument)
    return None if words and all(isinstance(word, str) for word in words) else f"takes {what}."


def _unknown(what: str, names: Iterable[Any]) -> str | None:
    found = ", ".join(repr(name) for name in names)
    return f"there is no {what} {found}." if found else None
