"""What hangs on a post that somebody lost: an appointment ends with it. Heard of by the same signs as the risk register."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlmodel import Session, col

from cases.advance import advance_by_engine
from cases.matters import Matter
from cases.office import Office
from cases.people import Person, Posting
from cases.worklist import live_states
from states.holder_rules import HolderRules


def take_up(session: Session, office: Office, person: str, *, at: datetime) -> int:
    """Let everything go that names this person for a post they do not hold any more; how much that was.

    Judged as things are now: a post that was given back meanwhile was not lost. Twice is once: what has ended is left alone.
    """
    gone = 0
    for name, machine in office.rulebook().machines.items():
        if machine.holder is None:
            continue
        query = (
            select(col(Matter.id), col(Matter.organisation), col(Matter.project))
            .where(col(Matter.machine) == name, col(Matter.state).in_(live_states(machine)))
            .where(col(Matter.values)[machine.holder.person].as_string() == person)
            .order_by(col(Matter.id))
        )
        for matter, organisation, project in session.execute(query).all():
            if not _holds(session, machine.holder, person, organisation, project):
                moved = advance_by_engine(session, office, matter, machine.holder.left_by, at=at)
                gone += moved is not None
    return gone


def _holds(session: Session, rules: HolderRules, person: str, organisation: str, project: str | None) -> bool:
    """Whether they hold the post there, for all projects or for this one, with an account that has not ended."""
    query = (
        select(col(Posting.id))
        .join(Person, col(Person.login) == col(Posting.person))
        .where(col(Person.active), col(Person.login) == person)
        .where(col(Posting.role) == rules.role, col(Posting.organisation) == organisation)
        .where(or_(col(Posting.project).is_(None), col(Posting.project) == project))
    )
    return session.execute(query).first() is not None
