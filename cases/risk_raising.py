"""Raising points: each sign that waits is taken up once, in a transaction of its own, and leads every point it is about to
its review. Run twice, or by two workers at once, nothing is raised twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session, col

from cases import gathering, holders_left, risk_causes, sign_sweep
from cases.advance import advance_by_engine
from cases.history import Event
from cases.matters import MatterLink
from cases.office import Office
from cases.risk_causes import RiskCause
from cases.risk_points import RiskPoint
from cases.risk_signs import RiskSign
from cases.sweep import Unit


@dataclass(frozen=True, slots=True)
class Raised:
    """What a sweep of the signs did. `failed` are signs that wait for the next one, and why."""

    signs: int
    points: int
    failed: tuple[tuple[int, str], ...]


def sweep(unit: Unit, office: Office, *, at: datetime) -> Raised:
    """Take up every sign that waits, oldest first. One that fails is left for the next sweep, and reported."""
    done = sign_sweep.take_all(
        unit,
        col(RiskSign.id),
        lambda session, key: take_up(session, office, key, at=at),
        such=col(RiskSign.taken_at).is_(None),
    )
    return Raised(done.signs, done.led_to, done.failed)


def take_up(session: Session, office: Office, key: int, *, at: datetime) -> int | None:
    """How many points a sign raised; None where somebody else has taken it up. What hangs on a post that was lost ends."""
    waits = (col(RiskSign.id) == key, col(RiskSign.taken_at).is_(None))
    query = select(RiskSign).where(*waits).with_for_update(skip_locked=True)
    sign = session.execute(query).scalar_one_or_none()
    if sign is None:
        return None
    raised = sum(_raise(session, office, point, sign, at=at) for point in _points(session, sign))
    if sign.person is not None:
        holders_left.take_up(session, office, sign.person, at=at)
    sign.taken_at = at
    session.add(sign)
    session.flush()
    return raised


def _points(session: Session, sign: RiskSign) -> Sequence[int]:
    """The points a sign is about: at its link, in its project or in all, or held by this person; not graded since."""
    about: list[ColumnElement[bool]] = [col(RiskPoint.live).is_(True), col(RiskPoint.since) <= sign.at]
    if sign.person is not None:
        about.append(col(RiskPoint.holder) == sign.person)
    else:
        about += [col(RiskPoint.link) == sign.link, col(RiskPoint.organisation) == sign.organisation]
        if sign.project is not None:  # what names no project may be at any of them
            about.append(or_(col(RiskPoint.project).is_(None), col(RiskPoint.project) == sign.project))
    query = select(col(RiskPoint.matter)).where(*about).order_by(col(RiskPoint.matter))
    return list(session.execute(query).scalars())


def _raise(session: Session, office: Office, point: int, sign: RiskSign, *, at: datetime) -> int:
    row = gathering.load_by_id(session, point).row
    rules = office.rulebook(row.rulebook).machines[row.machine].grading
    if rules is None or _known(session, point, sign):
        return 0
    salt = risk_causes.fresh_salt()
    form = {
        risk_causes.SEAL: risk_causes.seal(point=row.number, event=sign.event, entry=sign.entry, salt=salt)
    }
    moved = advance_by_engine(session, office, point, rules.raised_by, at=at, form=form) or advance_by_engine(
        session, office, point, rules.raised_again_by, at=at, form=form
    )
    if moved is None:
        return 0
    risk_causes.keep(
        session,
        RiskCause(point=point, event=sign.event, entry=sign.entry, raised=moved.event, salt=salt, at=at),
    )
    return 1


def _known(session: Session, point: int, sign: RiskSign) -> bool:
    """Whether the point was raised for this already: by the same matter since it was last graded, such as another finding of
    a round; or by what this came out of, as a clue does out of a finding."""
    of_point = select(col(RiskCause.id)).where(col(RiskCause.point) == point)
    if sign.entry is not None:
        return session.execute(of_point.where(col(RiskCause.entry) == sign.entry)).first() is not None
    own = select(col(Event.matter)).where(col(Event.id) == sign.event).scalar_subquery()
    above = select(col(MatterLink.parent)).where(col(MatterLink.child) == own)
    since = select(col(RiskPoint.since)).where(col(RiskPoint.matter) == point).scalar_subquery()
    before = or_(
        and_(col(Event.matter) == own, col(RiskCause.at) >= since),
        col(Event.matter).in_(above),
        col(RiskCause.event) == sign.event,
    )
    query = of_point.join(Event, col(Event.id) == col(RiskCause.event)).where(before)
    return session.execute(query.limit(1)).first() is not None
