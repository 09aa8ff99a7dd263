"""Risk points held against their history: every grade worked out again, where a point stands, and why it was raised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import gathering, risk_causes, risk_points
from cases.audit_rows import STREAM, Fault
from cases.history import Event
from cases.matters import Matter, OnFile
from cases.risk_causes import SEAL, RiskCause
from cases.risk_points import RiskPoint
from states import grading
from states.rulebook import Label, Machine, Rulebook


def faults(session: Session, books: Mapping[str, Rulebook]) -> Iterator[Fault]:
    """What is wrong with any point."""
    graded = {name for book in books.values() for name, machine in book.machines.items() if machine.grading}
    query = select(col(Matter.id)).where(col(Matter.machine).in_(graded)).order_by(col(Matter.id))
    for matter in session.execute(query).scalars().all() if graded else ():
        row = gathering.load_by_id(session, matter).row
        machine = books[row.rulebook].machines.get(row.machine) if row.rulebook in books else None
        if machine is not None:
            yield from _of_point(session, machine, row)
    yield from _causes(session)


def _of_point(session: Session, machine: Machine, row: OnFile) -> Iterator[Fault]:
    since = row.opened_at
    query = select(col(Event.id), col(Event.at), col(Event.move), col(Event.data))
    events = session.execute(query.where(col(Event.matter) == row.id).order_by(col(Event.seq))).all()
    for key, at, move, data in events if machine.grading else ():
        if machine.grading and machine.grading.scheme_of(move) is not None:
            since = at
            if grading.differs(machine.grading, move, data):
                yield Fault(row.number, key, "grade_differs", Label(
                    zh="在册的等级与按其答案重新计算的结果不符。",
                    en="The grade on file is not what its own answers come to."))  # fmt: skip
    held = session.get(RiskPoint, row.id)
    expected = risk_points.standing(machine, row, since)
    if held is None or any(getattr(held, name) != value for name, value in expected.items()):
        yield Fault(row.number, None, "point_changed", Label(
            zh="风险点的索引记录与历史不符。", en="Where the point stands is not what its history says."))  # fmt: skip


def _causes(session: Session) -> Iterator[Fault]:
    """Each cause is the one that the history of its point holds a seal of, and no sealed cause is gone."""
    query: Any = (
        select(col(Event.id), col(Event.data), col(Matter.number), RiskCause)
        .join(Matter, col(Matter.id) == col(RiskCause.point))
        .outerjoin(
            Event, (col(Event.id) == col(RiskCause.raised)) & (col(Event.matter) == col(RiskCause.point))
        )
        .order_by(col(RiskCause.id))
    )
    told: set[int] = set()
    for key, data, number, cause in session.execute(query, execution_options=STREAM):
        mark = risk_causes.seal(point=number, event=cause.event, entry=cause.entry, salt=cause.salt)
        told |= {key} if key is not None else set()
        if key is None or data.get(SEAL) != mark:
            yield Fault(number, key, "cause_altered", Label(
                zh="提请复核的原因与历史记录中的封存码不符。",
                en="Why the point was raised does not fit the seal in its history."))  # fmt: skip
    sealed = (
        select(col(Event.id), col(Matter.number), col(Event.data))
        .join(Matter, col(Matter.id) == col(Event.matter))
        .join(RiskPoint, col(RiskPoint.matter) == col(Event.matter))
        .order_by(col(Event.id))
    )
    for key, number, data in session.execute(sealed, execution_options=STREAM):
        if SEAL in data and key not in told:
            yield Fault(number, key, "cause_gone", Label(
                zh="提请复核的原因已被删除。", en="Why the point was raised is gone."))  # fmt: skip
