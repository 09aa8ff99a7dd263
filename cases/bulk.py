"""One move on many matters: each through the gate by itself, in a unit of work of its own, with the version that was seen.

Offered is what is open for at least one of those chosen and settles nothing: what ends a matter, sends it out of the house
or says how it is disposed of is decided matter by matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from cases import advance as gate
from cases import gathering, references, surveys
from cases.errors import NoSuchMatter
from cases.office import Office
from cases.surveys import OpenMove
from states.facts import Reason, Refused
from states.rulebook import FormField, Label, Machine, StateKind

MOST = 100  # matters at once
_SETTLING = frozenset({"way", "outcome", "decision"})  # fields that say how a matter is disposed of
_SINGLE = frozenset({"people", "matter"})  # what is named differently for each
_GONE = Label(zh="没有这一编号，或您不能查看。", en="There is no such number, or it is not yours to see.")
_CURE = Label(zh="请重新打开列表。", en="Load the list again.")


@dataclass(frozen=True, slots=True)
class Offer:
    """A move that may be made on some of those chosen, with who or what each of its fields may name."""

    move: str
    label: Label
    numbers: tuple[str, ...]
    fields: tuple[FormField, ...]
    choices: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of them: the state it is in now, or why not."""

    number: str
    state: Label | None
    reasons: tuple[Reason, ...] = ()

    @property
    def is_done(self) -> bool:
        return not self.reasons


def settles(machine: Machine, move: str) -> bool:
    """Whether this move is one to be made matter by matter."""
    rule = machine.moves[move]
    ends = rule.to is not None and machine.states[rule.to].kind is StateKind.FINAL
    names = {field.name for field in rule.fields}
    single = any(field.type in _SINGLE or field.kept_apart for field in rule.fields)
    return (
        ends or rule.sends or rule.engine or single or bool(names & _SETTLING) or machine.rounds is not None
    )


def offers(
    session: Session, office: Office, numbers: Sequence[str], *, actor: str, at: datetime
) -> tuple[Offer, ...]:
    """The moves that are open for at least one of these; what this person may not see is passed over."""
    found: dict[str, list[tuple[str, OpenMove]]] = {}
    named: dict[str, dict[str, set[str]]] = {}
    for number in numbers[:MOST]:
        try:
            survey = surveys.moves(session, office, number, actor=actor, at=at)
        except NoSuchMatter:
            continue
        rulebook = office.rulebook(survey.matter.rulebook)
        machine, looks = rulebook.machines[survey.matter.machine], references.Looks(actor, rulebook)
        for one in survey.open:
            if settles(machine, one.move):
                continue
            found.setdefault(one.move, []).append((number, one))
            for field in one.fields:
                if field.type in ("person", "organisation", "project"):
                    names = references.candidates(session, field, survey.matter, looks=looks)
                    named.setdefault(one.move, {}).setdefault(field.name, set()).update(names)
    return tuple(_offer(move, each, named.get(move, {})) for move, each in found.items())


def _offer(move: str, each: list[tuple[str, OpenMove]], named: Mapping[str, set[str]]) -> Offer:
    fields = {field.name: field for _, one in each for field in one.fields}
    choices = {name: tuple(sorted(names)) for name, names in named.items()}
    return Offer(move, each[0][1].label, tuple(number for number, _ in each), tuple(fields.values()), choices)


def move_each(
    unit: Callable[[], AbstractContextManager[Session]], office: Office, chosen: Mapping[str, int], move: str, *,
    actor: str, at: datetime, fields: Mapping[str, Any], key: str,
) -> tuple[Outcome, ...]:  # fmt: skip
    """Make a move on each of these, by number with the version that was seen. One that is refused stops no other.

    `key` makes the whole safe to send twice: each is remembered under it and its number.
    """
    return tuple(_moved(unit, office, number, version, move, actor=actor, at=at, fields=fields, key=key)
                 for number, version in list(chosen.items())[:MOST])  # fmt: skip


def _moved(
    unit: Callable[[], AbstractContextManager[Session]], office: Office, number: str, version: int, move: str, *,
    actor: str, at: datetime, fields: Mapping[str, Any], key: str,
) -> Outcome:  # fmt: skip
    try:
        with unit() as session:
            row = gathering.load(session, office, number, login=actor, for_change=True).row
            machine = office.rulebook(row.rulebook).machines[row.machine]
            if move in machine.moves and settles(machine, move):
                return Outcome(number, None, (_one_by_one(),))
            moved = gate.advance(session, office, number, move, actor=actor, at=at, expected_version=version,
                                 key=f"{key}:{number}", fields=fields)  # fmt: skip
            return Outcome(number, machine.states[moved.to].label)
    except NoSuchMatter:
        return Outcome(number, None, (Reason("no_such_matter", _GONE, _CURE),))
    except Refused as refusal:
        return Outcome(number, None, refusal.reasons)


def _one_by_one() -> Reason:
    return Reason("one_by_one", Label(zh="这一办理须逐件决定。", en="This move is decided matter by matter."),
                  Label(zh="请在该件的页面上办理。", en="Make it on the matter's own page."))  # fmt: skip
