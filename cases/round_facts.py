"""What guards may know of a round: its items, who sits and who is missing, what was decided and what that still lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import last_tasks, ratifying, recusals, round_items, rounds
from cases.matters import Matter, MatterLink, OnFile
from states import agenda, guards_on_rounds
from states.agenda import FIRST, Agenda
from states.round_rules import Follows, RoundRules
from states.rulebook import Machine, Rulebook

WAIVED = "waived_items"  # under which the items stand that somebody waived what has to follow


def facts(session: Session, rulebook: Rulebook, row: OnFile, *, actor: str) -> dict[str, Any]:
    """All that moves of this state ask for; the record is read in no other."""
    machine = rulebook.machines[row.machine]
    rules = rounds.frozen_rules(row) if machine.rounds else None
    if rules is None:
        return {}
    numbers = [item.number for item in rounds.items(row, rules)]
    withheld = _withheld(session, row, numbers, actor=actor)
    found: dict[str, Any] = {guards_on_rounds.ITEMS: numbers, guards_on_rounds.WITHHELD: withheld}
    if row.state in _asked(machine, (rules.given_by, rules.decided_by, *rules.opened_by)):
        found |= _of_opinions(session, machine, row, rules, actor=actor)
    if row.state in _asked(machine, (rules.begun_by,)):
        noted = last_tasks.to_note(session, rulebook, row, actor=actor)
        found[guards_on_rounds.LAST_TASKS] = [task.number for task in noted]
    if ratifying.is_asked(machine, row.state):
        found[guards_on_rounds.UNRATIFIED] = ratifying.owed(
            session, rulebook, row, begun_by=rules.begun_by, actor=actor
        )
    if rules.follows is not None and rounds.RESULT in row.values and len(numbers) > 1:
        owing = owed(session, row, rules, rules.follows)
        mine = [item for item in owing if item not in withheld]
        found |= {guards_on_rounds.OWING: owing, guards_on_rounds.NEXT_ITEM: min(mine, default=FIRST)}
    return found


def _withheld(session: Session, row: OnFile, numbers: Sequence[int], *, actor: str) -> list[int]:
    """The items this person is kept out of, because they are kept out of its clue."""
    if len(numbers) == 1:
        return []
    clues = round_items.clues(session, row.id)
    return [item for item in numbers if item in clues and actor in recusals.out_of(session, clues[item])]


def _asked(machine: Machine, moves: Iterable[str | None]) -> frozenset[str]:
    """The states in which one of these moves can be made."""
    rules = (machine.moves[name] for name in moves if name is not None and name in machine.moves)
    return frozenset(state for rule in rules for state in rule.from_)


def _of_opinions(
    session: Session, machine: Machine, row: OnFile, rules: RoundRules, *, actor: str
) -> dict[str, Any]:
    kept = rounds.agenda(session, row, rules)
    sitting, missing = agenda.sitting(kept), agenda.missing(kept)
    found: dict[str, Any] = {
        guards_on_rounds.SITTING: {number: sorted(people) for number, people in sitting.items()},
        guards_on_rounds.MISSING: {number: list(people) for number, people in missing.items()},
        guards_on_rounds.NEXT_ITEM: _next(sitting, missing, actor),
    }
    if kept.whole.closed_at is not None:
        found[guards_on_rounds.CLOSES_AT] = kept.whole.closed_at.isoformat()
    if row.state in machine.moves[rules.decided_by].from_:
        decided = _decided(kept)
        found |= {guards_on_rounds.DECISION: decided, rules.decision: decided}
    return found


def _next(sitting: Mapping[int, Iterable[str]], missing: Mapping[int, Iterable[str]], actor: str) -> int:
    """The first item this person has not spoken on; once they have spoken on all, the first they may speak on."""
    waiting = [number for number, people in missing.items() if actor in people]
    return min(waiting or [number for number, people in sitting.items() if actor in people], default=FIRST)


def _decided(kept: Agenda) -> str:
    return rounds.decisions(kept, agenda.results(kept))[FIRST]


def owed(session: Session, row: OnFile, rules: RoundRules, follows: Follows) -> list[int]:
    """The items whose decision has to be followed by something that is neither there nor waived."""
    query = (
        select(col(Matter.values))
        .join(MatterLink, col(MatterLink.child) == col(Matter.id))
        .where(col(MatterLink.parent) == row.id, col(MatterLink.kind) == follows.link)
        .where(col(Matter.state).not_in(follows.void_in))
    )
    there = {values.get(rules.item, FIRST) for values in session.execute(query).scalars()}
    waived = row.values.get(WAIVED, [])
    return [number for number, decision in held_decisions(row, rules).items()
            if decision in follows.on and number not in there and number not in waived]  # fmt: skip


def held_decisions(row: OnFile, rules: RoundRules) -> dict[int, str]:
    """What was decided on each item, as it stands on file; empty until the round is decided."""
    return {number: row.values[rules.decision] if number == FIRST
            else row.values[round_items.result_key(number)]["decision"]
            for number in rounds.held_results(row)}  # fmt: skip
