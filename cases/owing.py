"""Reports that a duty demands: opened by the rule the moment the duty is known, put away where there is none after all.

Such a report lies there, owed, until somebody takes it up. It counts as no report until then: the guards of the clue
say so, and its clocks run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from cases import gathering
from cases.matters import OnFile
from cases.office import Office
from states import owed
from states.facts import ENGINE, Act, Actor, Facts, Link
from states.rulebook import Machine, Mandatory, Opens, Rulebook


@dataclass(frozen=True, slots=True)
class Due:
    """What a matter's duties demand now: reports to open, and moves that put away what is owed no more."""

    opens: tuple[Opens, ...] = ()
    lapses: tuple[tuple[str, str], ...] = ()  # kind of link, move


NOTHING = Due()


def due(
    session: Session, office: Office, machine: Machine, before: OnFile | None, after: OnFile, *, at: datetime
) -> Due:
    """What became due, or ceased to be, by a move that left `before` as `after`; `before` is None for a new matter.

    A report that exists already, sent, drafted or owed, serves every duty that asks for one of its kind.
    """
    if not machine.decides_duties:
        return NOTHING
    now = owed.demanded(machine, _facts(office, after, at=at))
    was = {} if before is None else owed.demanded(machine, _facts(office, before, at=at))
    if now.keys() == was.keys():
        return NOTHING
    links = gathering.links(session, office, after.id)
    book = office.rulebook(after.rulebook)
    missing = {
        duty.satisfied_by: duty.opens for duty in reversed(list(now.values()))
        if duty.opens is not None and not any(_is_there(book, duty, link) for link in links)
    }  # fmt: skip
    kept = {duty.satisfied_by for duty in now.values()}
    lapses = {
        (duty.satisfied_by, duty.lapses)
        for duty in was.values()
        if duty.lapses and duty.satisfied_by not in kept
    }
    return Due(tuple(missing.values()), tuple(sorted(lapses)))


def _is_there(book: Rulebook, duty: Mandatory, link: Link) -> bool:
    """Whether this is the report, or lies there as owed; one that was withdrawn or put away is not."""
    if link.kind != duty.satisfied_by or duty.opens is None:
        return False
    owed_in = book.machines[link.machine].moves[duty.opens.by].to if duty.opens.by else None
    return link.state == owed_in or link.state not in duty.void_in


def _facts(office: Office, row: OnFile, *, at: datetime) -> Facts:
    return Facts(
        at=at, today=office.day(at), state=row.state, actor=Actor(ENGINE),
        values=row.values | gathering.columns(office, row),
        acts={move: Act(act[0], date.fromisoformat(act[1])) for move, act in row.acts.items()},
    )  # fmt: skip
