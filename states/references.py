"""Whether everything a rulebook names exists: a check that no schema can make.

They run over the file as written, not over the checked rulebook, so that a missing label somewhere does not
hide a misspelt state elsewhere. What is checked is a table: a pattern of keys (`*` any entry, `?` the key
itself) and what must stand there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from states import figures
from states.grading_rules import KEPT
from states.guard_arguments import COLUMNS
from states.guards import GUARDS
from states.rulebook import GuardUse, Machine, Rulebook
from states.schema_faults import meant
from states.yaml_tree import Key, Tree, entries, names, openings

RECIPIENTS = (
    "handler",
    "opener",
    "seats",
    "owner",
    "named",
    "above",
    "higher",
)  # what a notice may go to besides a role
LINKS = frozenset({"repeat", "single_report"})  # kinds of links that the register or a form makes by itself

NAMED: tuple[tuple[str, str], ...] = (
    ("receives", "role"),
    ("decides_recusals", "role"),
    ("recusals_told.*", "role"),
    ("administers", "role"),
    ("hands_over.proposed_by.*", "role"),
    ("hands_over.approved_by", "role"),
    ("machines.*.rounds.substituted_by", "move"),
    ("roles.*.sees.?", "machine"),
    ("machines.*.initial", "state"),
    ("machines.*.registered_by.*", "role"),
    ("machines.*.released_by.*", "role"),
    ("machines.*.register_guards.*.name", "guard"),
    ("machines.*.states.*.owner.*", "role"),
    ("machines.*.moves.*.from.*", "state"),
    ("machines.*.moves.*.to", "state"),
    ("machines.*.moves.*.roles.*", "role"),
    ("machines.*.moves.*.guards.*.name", "guard"),
    ("machines.*.moves.*.opens.machine", "machine"),
    ("machines.*.moves.*.opens.copies.*", "fact"),
    ("machines.*.moves.*.opens.releases", "fact"),
    ("machines.*.moves.*.opens.also_under", "link"),
    ("machines.*.moves.*.opens.when.*.name", "guard"),
    ("machines.*.mandatory.*.opens.machine", "machine"),
    ("machines.*.mandatory.*.opens.copies.*", "fact"),
    ("machines.*.moves.*.drives.*.link", "link"),
    ("machines.*.moves.*.drives.*.copies.*", "fact"),
    ("machines.*.deadlines.*.starts.*", "event"),
    ("machines.*.deadlines.*.stops.*", "event"),
    ("machines.*.deadlines.*.from_fact", "fact"),
    ("machines.*.deadlines.*.when.*.name", "guard"),
    ("machines.*.deadlines.*.pauses_in.*", "state"),
    ("machines.*.deadlines.*.imported_in.*", "state"),
    ("machines.*.deadlines.*.extension.approver.*", "role"),
    ("machines.*.deadlines.*.extension.needs.*.name", "guard"),
    ("machines.*.deadlines.*.ladder.*.to.*", "recipient"),
    ("machines.*.deadlines.*.ladder.*.document", "document"),
    ("machines.*.deadlines.*.ladder.*.move", "move"),
    ("machines.*.notices.*.on.*", "event"),
    ("machines.*.notices.*.to.*", "recipient"),
    ("machines.*.notices.*.document", "document"),
    ("radar.tells.*.*", "recipient"),
    ("machines.*.mandatory.*.when.*.name", "guard"),
    ("machines.*.mandatory.*.satisfied_by", "link"),
    ("machines.*.mandatory.*.before.*", "move"),
    ("machines.*.moves.*.fields.*.holding", "role"),
    ("machines.*.moves.*.fields.*.machine", "machine"),
    ("machines.*.moves.*.fields.*.answers", "move"),
    ("machines.*.moves.*.fields.*.until.released_by.?", "move"),
    ("machines.*.moves.*.fields.*.until.released_by.*", "fact"),
    ("machines.*.moves.*.fields.*.not_before", "fact"),
    ("machines.*.moves.*.fields.*.within", "fact"),
    ("machines.*.rounds.given_by", "move"),
    ("machines.*.rounds.decided_by", "move"),
    ("machines.*.rounds.opened_by.*", "move"),
    ("machines.*.rounds.clock", "clock"),
    ("machines.*.rounds.seats", "fact"),
    ("machines.*.rounds.proposed", "fact"),
    ("machines.*.rounds.decision", "fact"),
    ("machines.*.rounds.brief", "fact"),
    ("machines.*.rounds.added_by", "move"),
    ("machines.*.rounds.item", "fact"),
    ("machines.*.rounds.item_brief", "fact"),
    ("machines.*.rounds.item_proposed", "fact"),
    ("machines.*.rounds.shared.*", "fact"),
    ("machines.*.rounds.dissent", "fact"),
    ("machines.*.rounds.begun_by", "move"),
    ("machines.*.rounds.last_tasks", "fact"),
    ("machines.*.rounds.follows.link", "link"),
    ("machines.*.rounds.follows.waived_by", "move"),
    ("machines.*.checklist.answered_by", "move"),
    ("machines.*.checklist.found_by.*", "move"),
    ("machines.*.checklist.left_out_by", "move"),
    ("machines.*.checklist.asked_again_by", "move"),
    ("machines.*.grading.notices.?", "document"),
    ("machines.*.grading.notices.*.to.*", "recipient"),
    ("machines.*.grading.in_force_by", "move"),
    ("machines.*.grading.raised_by", "move"),
    ("machines.*.grading.raised_again_by", "move"),
    ("machines.*.grading.signs.?", "machine"),
    ("machines.*.holder.role", "role"),
    ("machines.*.meeting.attended_by", "move"),
    ("machines.*.meeting.viewed_by", "move"),
    ("machines.*.meeting.decided_by.*", "move"),
    ("machines.*.meeting.found_by", "move"),
    ("machines.*.meeting.explained_by", "move"),
    ("machines.*.meeting.late.?", "clock"),
    ("machines.*.meeting.lists.machine", "machine"),
    ("machines.*.file.own_by", "move"),
    ("machines.*.file.supplied_by", "move"),
    ("machines.*.file.flows_in_by", "move"),
    ("machines.*.file.signed_in_by", "move"),
    ("machines.*.file.raised_by", "move"),
    ("machines.*.file.flows.?", "machine"),
    ("machines.*.reading.of", "machine"),
    ("machines.*.reading.approved_by", "move"),
    ("machines.*.reading.lapses_by", "move"),
    ("machines.*.reading.asks", "fact"),
    ("machines.*.sheet.into", "machine"),
    ("machines.*.sheet.signed_by", "move"),
    ("machines.*.sheet.part", "fact"),
    ("machines.*.items.noted_by", "move"),
    ("machines.*.items.counts.?", "machine"),
    ("machines.*.exchange.carries.*", "fact"),
    ("machines.*.exchange.always.*", "fact"),
    ("machines.*.exchange.sent_by.*", "role"),
    ("machines.*.exchange.taken_in_by.*", "role"),
    ("machines.*.exchange.carried_by.*", "role"),
    ("machines.*.exchange.arrives", "move"),
    ("machines.*.exchange.delivered", "move"),
    ("machines.*.exchange.replies.*", "move"),
    ("machines.*.exchange.settles", "move"),
    ("machines.*.exchange.turned_away", "move"),
    ("machines.*.register.*.holding", "role"),
    ("machines.*.register.*.machine", "machine"),
    ("machines.*.register.*.not_before", "fact"),
)


def check(tree: Tree) -> None:
    """Notes in `tree` every reference to something that does not exist and every figure that cannot be read."""
    if not isinstance(tree.value, dict):
        return
    spelt_out = with_guards_spelt_out(tree.value)
    known = _Known(spelt_out)
    for pattern, kind in NAMED:
        for key, value in entries(spelt_out, pattern):
            known.check(tree, key, value, kind)
    figures.check(tree, spelt_out)


def check_arguments(rulebook: Rulebook, tree: Tree) -> None:
    """Notes every guard whose argument makes no sense to it, or that looks at a form where there is none.

    The rulebook must be whole otherwise.
    """
    for name, machine in rulebook.machines.items():
        for key, uses in _uses(("machines", name), machine):
            for index, use in enumerate(uses):
                guard = GUARDS[use.name]
                if problem := guard.check_argument(use.argument, machine, rulebook):
                    glue = " " if problem.startswith("takes") else ": "
                    tree.fault((*key, index), use.name + glue + problem)
                if key[-1] == "when" and guard.of == "form":
                    tree.fault(
                        (*key, index),
                        f"{use.name} looks at a form; here there is none. Use a guard about the file.",
                    )


def _uses(here: Key, machine: Machine) -> Iterator[tuple[Key, tuple[GuardUse, ...]]]:
    yield (*here, "register_guards"), machine.register_guards
    yield from (((*here, "moves", name, "guards"), each.guards) for name, each in machine.moves.items())
    yield from (((*here, "deadlines", name, "when"), each.when) for name, each in machine.deadlines.items())
    yield from (((*here, "mandatory", name, "when"), each.when) for name, each in machine.mandatory.items())
    for name, move in machine.moves.items():
        if move.opens is not None:
            yield (*here, "moves", name, "opens", "when"), move.opens.when
    for name, deadline in machine.deadlines.items():
        if deadline.extension is not None:
            yield (*here, "deadlines", name, "extension", "needs"), deadline.extension.needs


def with_guards_spelt_out(value: Any) -> Any:
    """The rulebook with guards (`- name`, `- {name: argument}`) as the schema has them: `{name:, argument:}`."""
    if not isinstance(value, dict) or not isinstance(value.get("machines"), dict):
        return value
    machines = {name: _machine_spelt_out(machine) for name, machine in value["machines"].items()}
    return value | {"machines": machines}


def _machine_spelt_out(machine: Any) -> Any:
    if not isinstance(machine, dict):
        return machine
    result = dict(machine)
    if isinstance(result.get("register_guards"), list):
        result["register_guards"] = [_guard(use) for use in result["register_guards"]]
    for section, key in (("moves", "guards"), ("deadlines", "when"), ("mandatory", "when")):
        entries = result.get(section)
        if isinstance(entries, dict):
            result[section] = {name: _spelt_out(entry, key) for name, entry in entries.items()}
    return result


def _spelt_out(entry: Any, key: str) -> Any:
    """A move, clock or duty with the guards under `key` spelt out, and those of its parts."""
    if not isinstance(entry, dict):
        return entry
    if isinstance(entry.get(key), list):
        entry = entry | {key: [_guard(use) for use in entry[key]]}
    parts = {"opens": "when", "extension": "needs"}
    return entry | {part: _spelt_out(entry[part], its) for part, its in parts.items() if part in entry}


def _guard(use: Any) -> Any:
    if isinstance(use, str):
        return {"name": use}
    if isinstance(use, dict) and len(use) == 1 and "name" not in use:
        ((name, argument),) = use.items()
        return {"name": name, "argument": argument}
    return use


class _Known:
    """Every name that exists, by what it names: for the whole rulebook or for one machine."""

    def __init__(self, value: dict[str, Any]) -> None:
        self.value = value
        links = names(value, "machines.*.moves.*.opens.link") + names(value, "machines.*.register.*.links")
        self.whole: dict[str, Mapping[str, Any] | tuple[str, ...] | frozenset[str]] = {
            "role": tuple(names(value, "roles.?")),
            "machine": tuple(names(value, "machines.?")),
            "document": tuple(names(value, "documents.?")),
            "guard": GUARDS,
            "link": frozenset(links) | LINKS,
            "recipient": (*names(value, "roles.?"), *RECIPIENTS),
        }
        self.within = {name: self._machine(name, machine) for name, machine in entries(value, "machines.*")}

    def _machine(self, key: Key, machine: Any) -> dict[str, tuple[str, ...]]:
        moves = tuple(names(machine, "moves.?"))
        opening = machine.get("register_move", "open") if isinstance(machine, dict) else "open"
        return {
            "state": tuple(names(machine, "states.?")),
            "move": moves,
            "clock": tuple(names(machine, "deadlines.?")),
            "event": (*moves, str(opening)),
            "fact": tuple(dict.fromkeys((*self._fields(machine), *COLUMNS, *self._handed_on(str(key[-1]))))),
        }

    def _fields(self, machine: Any) -> list[str]:
        graded = isinstance(machine, dict) and "grading" in machine
        worked_out = list(KEPT) if graded else []
        return names(machine, "register.*.name") + names(machine, "moves.*.fields.*.name") + worked_out

    def _handed_on(self, name: str) -> list[str]:
        """The facts that moves of other machines hand on to matters of this one."""
        opened = [each for _, each in openings(self.value) if each.get("machine") == name]
        handed = [fact for each in opened for fact in (*names(each, "copies.*"), *names(each, "sets.?"))]
        return handed + names(self.value, "machines.*.moves.*.drives.*.copies.*")

    def among(self, key: Key, kind: str) -> Mapping[str, Any] | tuple[str, ...] | frozenset[str]:
        return self.whole[kind] if kind in self.whole else self.within[key[:2]][kind]

    def check(self, tree: Tree, key: Key, value: Any, kind: str) -> None:
        if not isinstance(value, str):
            return  # the schema says so, or it is absent
        known = self.among(key, kind)
        if value not in known:
            tree.fault(key, f"There is no {_KINDS.get(kind, kind)} {value!r}{meant(value, known)}")


_KINDS = {
    "event": "move (or opening)",
    "fact": "field or fact",
    "link": "kind of link (none is made by any `opens`)",
    "recipient": "role or recipient",
}
