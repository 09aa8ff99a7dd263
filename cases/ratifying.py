"""Single reports: what was decided singly, out of session, and the next round has to put on its record."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlmodel import Session, col

from cases import access
from cases.deadlines import Deadline
from cases.history import Event
from cases.matters import Matter, OnFile
from states import guards_on_rounds
from states.rulebook import Machine, Rulebook

UNSEEN = ""  # instead of the number of a clue that whoever asks may not see


def is_asked(machine: Machine, state: str) -> bool:
    """Whether some move out of this state asks what a round still has to ratify."""
    guards = (guards_on_rounds.owes_no_ratification, guards_on_rounds.some_ratification_owed)
    return any(machine.asking(guard.__name__, state=state) for guard in guards)


def owed(session: Session, rulebook: Rulebook, row: OnFile, *, begun_by: str | None, actor: str) -> list[str]:
    """The clues that this round still has to ratify a single report of, by number: those of its body on which the clock
    for it runs, and ran when its session was (last) opened. What was decided since is for the next round.

    A round of one project owes nothing of another's: its members are not the same.
    """
    begun = select(col(Event.at)).where(col(Event.matter) == row.id, col(Event.move) == begun_by)
    at = session.execute(begun.order_by(col(Event.seq).desc()).limit(1)).scalar()
    moves = rulebook.machines[row.machine].moves.values()
    clocks = {field.owing for move in moves for field in move.fields if field.owing is not None}
    if at is None or not clocks:
        return []
    query = (
        select(col(Matter.id), col(Matter.number))
        .join(Deadline, col(Deadline.matter) == col(Matter.id))
        .where(col(Deadline.name).in_(clocks), col(Deadline.status).in_(("open", "paused")))
        .where(col(Deadline.opened_at) < at, col(Matter.organisation) == row.organisation)
        .order_by(col(Matter.id))
    )
    if row.project is not None:
        query = query.where(or_(col(Matter.project).is_(None), col(Matter.project) == row.project))
    found = dict(tuple(pair) for pair in session.execute(query))
    seen = select(col(Matter.id)).where(
        col(Matter.id).in_(found), access.visible_to(session, actor, rulebook)
    )
    theirs = set(session.execute(seen).scalars())
    return [number if key in theirs else UNSEEN for key, number in found.items()]
