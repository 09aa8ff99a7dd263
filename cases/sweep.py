"""The deadline sweep: every rung that is due fires once, oldest first, in claimed batches.

A batch is one transaction: the firing rows are the claim, so however many sweeps run at once, and however often, no
rung fires twice. Rungs that make an engine move go through the gate one by one, so that each can fail alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session, col

from cases import clocks, history
from cases.advance import advance_by_engine
from cases.deadlines import Deadline, Firing
from cases.history import CLOCK
from cases.matters import Matter
from cases.office import Occurred, Office
from cases.prepared import Prepared
from states.facts import Refused
from states.rulebook import Rung

BATCH = 500
MOST_BATCHES = (
    10_000  # five million rungs: more than any office owes, and an end for a loop that must have one
)


class Due(NamedTuple):
    """A deadline whose next rung is due, with what of its matter the firing needs."""

    deadline: int
    name: str
    due_on: date
    rungs_fired: int
    next_at: datetime
    matter: int
    machine: str
    number: str
    rulebook: str
    state: str
    version: int
    organisation: str
    addressee: str | None
    project: str | None
    handler: str | None
    opener: str | None
    head_seq: int
    head_hash: str


@dataclass(frozen=True, slots=True)
class Fired:
    """A rung that fired."""

    number: str
    deadline: str
    rung: str


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did. `failed` names the deadlines whose rung could not fire, and why."""

    fired: tuple[Fired, ...]
    planned: int
    failed: tuple[tuple[int, str], ...]


Unit = Callable[[], AbstractContextManager[Session]]

_OWED: tuple[Any, ...] = (
    Deadline.id, Deadline.name, Deadline.due_on, Deadline.rungs_fired, Deadline.next_at, Deadline.matter,
    Matter.machine, Matter.number, Matter.rulebook, Matter.state, Matter.version, Matter.organisation,
    Matter.addressee, Matter.project, Matter.handler, Matter.opener, Matter.head_seq, Matter.head_hash,
)  # fmt: skip
_DUE = Prepared(
    select(*_OWED)
    .join(Matter, col(Matter.id) == col(Deadline.matter))
    .where(col(Deadline.next_at) <= bindparam("at"))
    .order_by(col(Deadline.next_at), col(Deadline.id))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)  # fmt: skip
_NEXT = Prepared(
    update(Deadline)
    .where(col(Deadline.id) == bindparam("deadline"))
    .values(rungs_fired=bindparam("fired"), next_at=bindparam("next"))
)
_HEAD = Prepared(
    update(Matter)
    .where(col(Matter.id) == bindparam("matter"))
    .values(head_seq=bindparam("seq"), head_hash=bindparam("hash"))
)
_FIRING = Prepared(
    insert(Firing).values({name: bindparam(name) for name in ("deadline", "rung", "at", "event")})
)


def sweep(unit: Unit, office: Office, *, at: datetime, batch: int = BATCH) -> Swept:
    """Fire everything that is due at `at`, in batches, each its own transaction.

    A batch that fails as a whole is taken again one by one; what fails alone is left for the next sweep and reported.
    """
    fired: list[Fired] = []
    failed: dict[int, str] = {}
    planned = 0
    for _ in range(MOST_BATCHES):
        done, told = _batch(unit, office, at=at, most=batch, failed=failed)
        fired += done
        planned += told
        if len(done) == 0:
            break
    return Swept(tuple(fired), planned, tuple(failed.items()))


def _batch(
    unit: Unit, office: Office, *, at: datetime, most: int, failed: dict[int, str]
) -> tuple[list[Fired], int]:  # fmt: skip
    try:
        with unit() as session:
            due = [
                one for one in due_now(session, at=at, most=most + len(failed)) if one.deadline not in failed
            ]
            return fire(session, office, due[:most], at=at)
    except (ValueError, KeyError, LookupError, Refused):
        return _one_by_one(unit, office, at=at, most=most, failed=failed)


def _one_by_one(
    unit: Unit, office: Office, *, at: datetime, most: int, failed: dict[int, str]
) -> tuple[list[Fired], int]:  # fmt: skip
    """The same batch, each deadline in its own transaction, so that one bad file does not silence the others."""
    with unit() as session:
        wanted = [one.deadline for one in due_now(session, at=at, most=most + len(failed))]
    fired: list[Fired] = []
    planned = 0
    for deadline in wanted:
        if deadline in failed:
            continue
        try:
            with unit() as session:
                due = [
                    one
                    for one in due_now(session, at=at, most=most + len(failed))
                    if one.deadline == deadline
                ]
                done, told = fire(session, office, due, at=at)
        except (ValueError, KeyError, LookupError, Refused) as fault:
            failed[deadline] = type(fault).__name__
        else:
            fired += done
            planned += told
    return fired, planned


def due_now(session: Session, *, at: datetime, most: int) -> Sequence[Due]:
    """The deadlines whose next rung is due, oldest first, locked against other sweeps where the database can."""
    return [Due(*row) for row in _DUE.rows(session, {"at": at, "most": most})]


def fire(session: Session, office: Office, due: Sequence[Due], *, at: datetime) -> tuple[list[Fired], int]:
    """Fire the next rung of each of these deadlines, in this transaction; what fired, and how many notices it planned.

    A deadline stands in `due` once; a matter may stand there several times, its events then follow each other.
    """
    if not due:
        return [], 0
    rungs = [rung_of(office, one) for one in due]
    events = chain(due, rungs, at=at)
    ids = history.append_all(session, events)
    _advance_ladders(session, due, rungs, events, ids, at=at)
    planned = office.announce(session, office, [
        occurrence(one, rung, event, at=at) for one, (rung, _), event in zip(due, rungs, ids, strict=True)
    ])  # fmt: skip
    for one, (rung, _) in zip(due, rungs, strict=True):
        if rung.move is not None:
            advance_by_engine(session, office, one.matter, rung.move, at=at)
    return [
        Fired(one.number, one.name, rung.name) for one, (rung, _) in zip(due, rungs, strict=True)
    ], planned


def rung_of(office: Office, one: Due) -> tuple[Rung, datetime | None]:
    """The rung that fires now, and the instant of the one after it."""
    rule = office.rulebook(one.rulebook).machines[one.machine].deadlines[one.name]
    ladder = clocks.firing(office, rule, one.due_on)
    following = ladder[one.rungs_fired + 1][0] if one.rungs_fired + 1 < len(ladder) else None
    return rule.ladder[ladder[one.rungs_fired][1]], following


def chain(due: Sequence[Due], rungs: Sequence[tuple[Rung, Any]], *, at: datetime) -> list[history.Hashed]:
    """One event per rung, each chained to the one before it of the same matter."""
    heads: dict[int, tuple[int, str]] = {}
    events = []
    for one, (rung, _) in zip(due, rungs, strict=True):
        seq, before = heads.get(one.matter, (one.head_seq, one.head_hash))
        move = f"clock.{one.name}.{rung.name}"
        data = {"due_on": one.due_on.isoformat()}
        mark = history.digest(number=one.number, seq=seq + 1, at=at, actor=CLOCK, move=move, from_state=one.state,
                              to_state=one.state, version=one.version, data=data, prev_hash=before)  # fmt: skip
        events.append(history.Hashed(one.matter, seq + 1, at, CLOCK, move, one.state, one.state, one.version, data,
                                     before, mark))  # fmt: skip
        heads[one.matter] = (seq + 1, mark)
    return events


def _advance_ladders(
    session: Session, due: Sequence[Due], rungs: Sequence[tuple[Rung, datetime | None]],
    events: Sequence[history.Hashed], ids: Sequence[int], *, at: datetime,
) -> None:  # fmt: skip
    """Claim each rung, set each ladder on its next one, and each matter's head on its newest event."""
    _FIRING.change_each(session, [
        {"deadline": one.deadline, "rung": rung.name, "at": at, "event": event}
        for one, (rung, _), event in zip(due, rungs, ids, strict=True)
    ])  # fmt: skip
    _NEXT.change_each(session, [
        {"deadline": one.deadline, "fired": one.rungs_fired + 1, "next": following}
        for one, (_, following) in zip(due, rungs, strict=True)
    ])  # fmt: skip
    heads = {event.matter: event for event in events}
    _HEAD.change_each(session, [
        {"matter": matter, "seq": event.seq, "hash": event.hash} for matter, event in heads.items()
    ])  # fmt: skip


def occurrence(one: Due, rung: Rung, event: int, *, at: datetime) -> Occurred:
    return Occurred(event=event, matter=one.matter, number=one.number, machine=one.machine, rulebook=one.rulebook,
                    move=f"clock.{one.name}.{rung.name}", state=one.state, at=at, actor=CLOCK,
                    organisation=one.organisation, addressee=one.addressee, project=one.project, handler=one.handler,
                    opener=one.opener, document=rung.document, to=rung.to, due_on=one.due_on)  # fmt: skip
