"""Zero reports held against their history: each stands for the body and period that its first event names, and for one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, col, select

from cases.audit_rows import Fault
from cases.history import Event
from cases.matters import Matter
from cases.zero_reports import MACHINE, OPENED, ZeroPeriod
from states.rulebook import Label


def faults(session: Session) -> Iterator[Fault]:
    """What is wrong with any report, or with any period that has none."""
    query: Any = (
        select(Matter.number, Event.data, ZeroPeriod)
        .join(Event, (col(Event.matter) == col(Matter.id)) & (col(Event.seq) == 1))
        .join(ZeroPeriod, col(ZeroPeriod.matter) == col(Matter.id), isouter=True)
        .where(Matter.machine == MACHINE)
        .order_by(col(Matter.id))
    )
    for number, data, period in session.exec(query):
        if period is None or not _agrees(period, data):
            yield Fault(number, None, "period_changed", Label(
                zh="报告期登记与历史记录不符，或已被删除。",
                en="The row of its period is not what its history says, or is gone."))  # fmt: skip
    alone = select(ZeroPeriod).where(ZeroPeriod.outcome == OPENED, col(ZeroPeriod.matter).is_(None))
    for one in session.exec(alone.order_by(col(ZeroPeriod.id))):
        yield Fault(f"{one.organisation} {one.period}", None, "report_gone", Label(
            zh="报告期已登记开启，但没有零报告。", en="The period is on record as opened, and has no report."))  # fmt: skip


def _agrees(period: ZeroPeriod, data: dict[str, Any]) -> bool:
    held = {
        "body": period.organisation, "period": period.period, "first_on": period.first_on.isoformat(),
        "last_on": period.last_on.isoformat(), "late": period.late,
    }  # fmt: skip
    return period.outcome == OPENED and all(data.get(name) == value for name, value in held.items())
