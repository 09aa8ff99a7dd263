"""Risk points held against their history: every grade worked out again, where a point stands, and why it was raised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from cases import gathering, risk_causes, risk_points
from cases.audit_rows import STREAM, Fault
from cases.history import Event
from cases.journal import AccountEvent
from cases.matters import Matter, OnFile
from cases.risk_causes import SEAL, RiskCause
from cases.risk_points import RiskPoint
from cases.risk_signs import RiskSign
from states import grading
from states.checklist_rules import ITEM
from states.grading_rules import LINK
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
    yield from _signs(session, books)
    yield from _duties(session)


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


def _signs(session: Session, books: Mapping[str, Rulebook]) -> Iterator[Fault]:
    """Events that are a sign by every rulebook there was, and have none on file though earlier ones have."""
    moves = _signs_of_all(books)
    first = session.execute(select(func.min(RiskSign.event))).scalar()
    if first is None or not moves:
        return
    query: Any = (
        select(col(Event.id), col(Event.matter), col(Event.seq), col(Event.move), col(Event.data), col(Matter.number),
               col(Matter.machine))
        .join(Matter, col(Matter.id) == col(Event.matter))
        .outerjoin(RiskSign, col(RiskSign.event) == col(Event.id))
        .where(col(Event.id) > first, col(Event.move).in_({move for _, move in moves}), col(RiskSign.id).is_(None))
        .order_by(col(Event.id))
    )  # fmt: skip
    for row in session.execute(query).all():
        answers = moves.get((row.machine, row.move))
        if answers is None or any(row.data.get(name) != answer for name, answer in answers.items()):
            continue
        if row.data.get(ITEM) or _link_then(session, row.matter, row.seq):
            yield Fault(row.number, row.id, "sign_gone", Label(
                zh="该事项应提请复核风险点的记录已被删除。",
                en="That risk points are to be looked at for this was on record, and is gone."))  # fmt: skip


def _signs_of_all(books: Mapping[str, Rulebook]) -> dict[tuple[str, str], Mapping[str, str]]:
    """By machine and move, what is a sign whichever of these rulebooks was in force, with the answers that make it one."""
    each = [
        {(name, move): answers for name, moves in book.signs.items() for move, answers in moves.items()}
        for book in books.values()
    ]
    first = each[0] if each else {}
    return {key: answers for key, answers in first.items() if all(one.get(key) == answers for one in each)}


def _link_then(session: Session, matter: int, seq: int) -> Any:
    """The link of a matter as it stood with one of its events."""
    query = select(col(Event.data)).where(col(Event.matter) == matter, col(Event.seq) <= seq)
    said = session.execute(query.order_by(col(Event.seq))).scalars()
    return next((data[LINK] for data in reversed(said.all()) if data.get(LINK)), None)


_DUTIES = ("posted", "unposted", "ended")


def _duties(session: Session) -> Iterator[Fault]:
    """The same of changes of duty, which the journal holds."""
    first = session.execute(select(func.min(RiskSign.entry))).scalar()
    if first is None:
        return
    query: Any = (
        select(col(AccountEvent.id), col(AccountEvent.login))
        .outerjoin(RiskSign, col(RiskSign.entry) == col(AccountEvent.id))
        .where(col(AccountEvent.id) > first, col(AccountEvent.what).in_(_DUTIES), col(AccountEvent.login).is_not(None))
        .where(col(RiskSign.id).is_(None))
        .order_by(col(AccountEvent.id))
    )  # fmt: skip
    for row in session.execute(query).all():
        yield Fault(row.login, None, "sign_gone", Label(
            zh="该人员任职变动应提请复核风险点的记录已被删除。",
            en="That risk points are to be looked at for a change of their duties was on record, and is gone."))  # fmt: skip
