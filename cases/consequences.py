"""What a move brings about besides itself: matters it opens, moves it makes on linked ones, reports it makes due.

The gate hands over how to make a move, `drive`: whatever is driven goes through it as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlmodel import Session

from cases import gathering, linking, opening, owing
from cases.gathering import Loaded
from cases.history import SITE
from cases.matters import OnFile
from cases.moved import Moved
from cases.office import Office
from states.facts import ENGINE, Actor
from states.guards import GUARDS
from states.rulebook import Machine, Move, Opens


class Drive(Protocol):
    """Makes an engine move on a matter; None where its state does not allow it."""

    def __call__(
        self, session: Session, office: Office, matter: int, move: str, *, at: datetime,
        form: Mapping[str, Any] | None = None, behind: str | None = None,
    ) -> Moved | None: ...  # fmt: skip


@dataclass(frozen=True, slots=True)
class Landing:
    """A judged move, on its way into the tables: the matter before and after, the rule, and what was filled in."""

    before: OnFile
    after: OnFile
    machine: Machine
    rule: Move
    move: str
    form: Mapping[str, Any]
    actor: str
    at: datetime


def consequences_of(session: Session, office: Office, landing: Landing, *, drive: Drive) -> tuple[Moved, ...]:
    """The matters this move opens, and the moves it makes on linked ones."""
    made: list[Moved] = []
    rule, source = landing.rule, landing.after.values | dict(landing.form)
    if rule.opens is not None and _is_to_open(session, office, landing, rule.opens):
        made.append(_opened(session, office, landing, rule.opens, source, drive=drive))
    for one in rule.drives:
        form = {name: source[name] for name in one.copies if name in source}
        for other in linking.linked(session, landing.after.id, kind=one.link, towards=one.towards):
            moved = drive(session, office, other, one.move, at=landing.at, form=form)
            made += [moved] if moved is not None else []
    if not landing.machine.decides_duties.isdisjoint(landing.form):
        made += _owed(session, office, landing, drive=drive)
    return tuple(made)


def _is_to_open(session: Session, office: Office, landing: Landing, opens: Opens) -> bool:
    """Whether the conditions hold under which a move opens a matter."""
    if not opens.when:
        return True
    loaded = Loaded(landing.after, Actor(landing.actor, is_site=landing.actor.startswith(SITE)))
    facts = gathering.facts(session, office, loaded, at=landing.at)
    return all(GUARDS[use.name].holds(facts, use.argument) is None for use in opens.when)


def _opened(
    session: Session, office: Office, landing: Landing, opens: Opens, source: Mapping[str, Any], *, drive: Drive
) -> Moved:  # fmt: skip
    """The matter a move opens, or one that lay there waiting for just that."""
    row = landing.after
    if opens.takes_up is not None:
        form = opening.handed_on(office, row, opens, source) | {"drafted_by": landing.actor}
        for other in linking.linked(session, row.id, kind=opens.link, towards="children"):
            taken = drive(
                session, office, other, opens.takes_up, at=landing.at, form=form, behind=landing.actor
            )
            if taken is not None:
                return taken
    return opening.open_from(session, office, row, opens, source, actor=landing.actor, at=landing.at)


def _owed(session: Session, office: Office, landing: Landing, *, drive: Drive) -> list[Moved]:
    """Reports that are demanded from now on, and those that are demanded no more."""
    row, at = landing.after, landing.at
    due = owing.due(session, office, landing.machine, landing.before, row, at=at)
    made = [
        opening.open_from(session, office, row, opens, row.values, actor=ENGINE, at=at) for opens in due.opens
    ]
    for kind, move in due.lapses:
        for other in linking.linked(session, row.id, kind=kind, towards="children"):
            moved = drive(session, office, other, move, at=at)
            made += [moved] if moved is not None else []
    return made
