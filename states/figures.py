"""Whether the figures of a rulebook can be read, and whether its parts fit each other; over the file as written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from states import forms
from states.ladders import Offset
from states.periods import Period
from states.schema_faults import meant
from states.yaml_tree import Key, Tree, entries, names, openings

NOT_EMPTY = (
    "machines", "roles", "machines.*.states", "machines.*.moves",
    "machines.*.deadlines.*.starts", "machines.*.deadlines.*.stops", "machines.*.deadlines.*.extension.approver",
    "machines.*.deadlines.*.ladder.*.to", "machines.*.notices.*.on", "machines.*.notices.*.to",
    "machines.*.mandatory.*.when", "machines.*.mandatory.*.before",
)  # fmt: skip

DISTINCT = (
    "machines.*.registered_by", "machines.*.released_by", "machines.*.states.*.owner", "machines.*.moves.*.from",
    "machines.*.moves.*.roles", "machines.*.deadlines.*.starts", "machines.*.deadlines.*.stops",
    "machines.*.deadlines.*.pauses_in", "machines.*.notices.*.on", "machines.*.notices.*.to",
)  # fmt: skip


def check(tree: Tree, value: Any) -> None:
    """Notes in `tree` every figure that cannot be read, every empty or doubled list, every part that fits nowhere."""
    _check_figures(tree, value)
    for pattern in NOT_EMPTY:
        for key, each in entries(value, pattern):
            if each in ([], {}):
                tree.fault(key, f"`{key[-1]}` is empty; name at least one.")
    for pattern in DISTINCT:
        for key, each in entries(value, pattern):
            _check_distinct(tree, key, each)
    _check_structure(tree, value)


def _check_figures(tree: Tree, value: Any) -> None:
    for pattern, problem in FIGURES:
        for key, each in entries(value, pattern):
            if each is not None and (message := problem(each)):
                tree.fault(key, message)


def _period(value: Any) -> str | None:
    return _parsed(Period.parse, value, "a period such as `1 month`, `15 working days` or `90 days`")


def _offset(value: Any) -> str | None:
    return _parsed(Offset.parse, value, "an offset such as `-5 working days`, `0 days` or `+1 month`")


def _parsed(parse: Callable[[str], object], value: Any, expected: str) -> str | None:
    if not isinstance(value, str):
        return f"{value!r} is not {expected}."
    try:
        parse(value)
    except ValueError:
        return f"{value!r} is not {expected}."
    return None


def _zone(value: Any) -> str | None:
    try:
        ZoneInfo(str(value))
    except (KeyError, ValueError, OSError):
        return f"{value!r} is not a time zone such as Asia/Shanghai."
    return None


def _time_of_day(value: Any) -> str | None:
    hour, _, minute = str(value).partition(":")
    if hour.isdigit() and minute.isdigit() and (int(hour) > 23 or int(minute) > 59):
        return f"{value!r} is not a time of day such as 08:30."
    return None


def _number_form(value: Any) -> str | None:
    try:
        one, two = (str(value).format(code="AB", year=2026, seq=seq) for seq in (1, 2))
    except (KeyError, IndexError, ValueError, AttributeError):
        return f"{value!r} is not a form of numbers such as `{{code}}-{{year}}-{{seq:04d}}`."
    if one == two:
        return f"{value!r} gives every matter the same number; put `{{seq:04d}}` in it."
    return None


def _basis(value: Any) -> str | None:
    if isinstance(value, dict) and value.get("kind") == "law" and not value.get("article"):
        return "A law is named with its article; if the article was not verified, this is a `setting` that says so."
    return None


FIGURES: tuple[tuple[str, Callable[[Any], str | None]], ...] = (
    ("zone", _zone),
    ("fires_at", _time_of_day),
    ("machines.*.number", _number_form),
    ("machines.*.deadlines.*.budget", _period),
    ("machines.*.deadlines.*.extension.by", _period),
    ("machines.*.deadlines.*.ladder.*.offset", _offset),
    ("machines.*.deadlines.*.basis", _basis),
    ("machines.*.deadlines.*.extension.basis", _basis),
    ("machines.*.moves.*.basis", _basis),
    ("machines.*.mandatory.*.basis", _basis),
    ("roles.*.basis", _basis),
    ("settings.*.basis", _basis),
)


def _check_distinct(tree: Tree, key: Key, value: Any) -> None:
    if not isinstance(value, list):
        return
    for index, each in enumerate(value):
        if each in value[:index]:
            tree.fault((*key, index), f"{each!r} is named twice in `{key[-1]}`.")


def _check_structure(tree: Tree, value: Any) -> None:
    for key, machine in entries(value, "machines.*"):
        _check_grid(tree, key, machine)
        _check_opening(tree, key, machine)
        for pattern in ("register", "moves.*.fields"):
            for below, fields in entries(machine, pattern):
                forms_of(tree, key + below, fields)
        for below, ladder in entries(machine, "deadlines.*.ladder"):
            _check_rung_names(tree, key + below, ladder)
        for below, drives in entries(machine, "moves.*.drives.*"):
            _check_drives(tree, key + below, drives, value)
        for below, duty in entries(machine, "mandatory.*"):
            _check_void_states(tree, key + below, duty, value)
    for key, opens in openings(value):
        _check_moves_there(tree, key, opens, value)
    _check_from(tree, value)


def _check_moves_there(tree: Tree, key: Key, opens: dict[str, Any], value: Any) -> None:
    """The moves that bring a matter about, or take one up, are moves of the machine that is opened."""
    there = opens.get("machine")
    moves = tuple(names(value, f"machines.{there}.moves.?"))
    wanted: list[tuple[Key, Any]] = [((*key, part), opens.get(part)) for part in ("by", "takes_up")]
    duty = next((each for _, each in entries(value, ".".join(map(str, key[:-1])))), None)
    if isinstance(duty, dict) and "lapses" in duty:
        wanted.append(((*key[:-1], "lapses"), duty["lapses"]))
    for place, move in wanted:
        if isinstance(move, str) and moves and move not in moves:
            tree.fault(place, f"There is no move {move!r} in {there}{meant(move, moves)}")


def _check_from(tree: Tree, value: Any) -> None:
    """A move leaves some state; only one that brings a matter about (`opens.by`) leaves none."""
    births = {(str(opens.get("machine")), str(opens.get("by"))) for _, opens in openings(value)}
    for key, each in entries(value, "machines.*.moves.*.from"):
        if each in ([], {}) and (str(key[1]), str(key[3])) not in births:
            tree.fault(key, "`from` is empty; name at least one.")


def _check_grid(tree: Tree, key: Key, machine: Any) -> None:
    taken: dict[tuple[Any, ...], str] = {}
    for below, grid in entries(machine, "states.*.grid"):
        if not isinstance(grid, list) or not all(isinstance(each, int) for each in grid):
            continue
        place, state = tuple(grid), str(below[1])
        if any(each < 0 or each > 60 for each in place):
            tree.fault(key + below, "Columns and rows of the picture count from 0 to 60.")
        elif place in taken:
            tree.fault(key + below, f"{state!r} stands on the same place of the picture as {taken[place]!r}.")
        taken.setdefault(place, state)


def _check_opening(tree: Tree, key: Key, machine: Any) -> None:
    opening = str(machine.get("register_move", "open")) if isinstance(machine, dict) else ""
    if opening in names(machine, "moves.?"):
        message = (
            f"{opening!r} is the name of opening a matter; call the move otherwise, or set `register_move`."
        )
        tree.fault((*key, "moves", opening), message)


def _check_rung_names(tree: Tree, key: Key, ladder: Any) -> None:
    taken = [name for _, name in entries(ladder, "*.name")]
    for below, name in entries(ladder, "*.name"):
        if name in taken[: int(below[0])]:
            tree.fault(key + below, f"A rung {name!r} is on this ladder already.")


def _check_void_states(tree: Tree, key: Key, duty: Any, value: Any) -> None:
    """The states in which a report does not count must exist where the report is made."""
    link = duty.get("satisfied_by") if isinstance(duty, dict) else None
    opened = [each for _, each in entries(value, "machines.*.moves.*.opens") if isinstance(each, dict)]
    ends = {str(each.get("machine")) for each in opened if each.get("link") == link}
    states = tuple(state for end in sorted(ends) for state in names(value, f"machines.{end}.states.?"))
    for below, state in entries(duty, "void_in.*"):
        if ends and state not in states:
            there = " or ".join(sorted(ends))
            tree.fault(key + below, f"There is no state {state!r} in {there}{meant(state, states)}")


def _check_drives(tree: Tree, key: Key, drives: Any, value: Any) -> None:
    """The driven move must exist in a machine at the other end of the link."""
    if not isinstance(drives, dict) or not isinstance(drives.get("move"), str):
        return
    ends = _other_ends(value, str(key[1]), drives)
    moves = {name for end in ends for name in names(value, f"machines.{end}.moves.?")}
    if ends and drives["move"] not in moves:
        there = " or ".join(sorted(ends))
        tree.fault(
            (*key, "move"),
            f"There is no move {drives['move']!r} in {there}{meant(drives['move'], tuple(moves))}",
        )


def _other_ends(value: Any, machine: str, drives: dict[str, Any]) -> set[str]:
    ends: set[str] = set()
    for opener, opens in entries(value, "machines.*.moves.*.opens"):
        if not isinstance(opens, dict) or opens.get("link") != drives.get("link"):
            continue
        if drives.get("towards", "parent") == "children" and opener[1] == machine:
            ends.add(str(opens.get("machine")))
        elif drives.get("towards", "parent") == "parent" and opens.get("machine") == machine:
            ends.add(str(opener[1]))
    return ends


def forms_of(tree: Tree, key: Key, fields: Any) -> None:
    """Notes what is wrong with the fields of one form: doubled names, keys that mean nothing for the type, examples."""
    seen: list[Any] = []
    for index, field in enumerate(fields if isinstance(fields, list) else ()):
        if not isinstance(field, dict):
            continue
        if (name := field.get("name")) in seen:
            tree.fault((*key, index, "name"), f"The form has a field {name!r} already.")
        seen.append(name)
        for part, message in forms.field_faults(field):
            tree.fault((*key, index, part) if part else (*key, index), message)
