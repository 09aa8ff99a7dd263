"""Sheets of assessment held against their history: each has its content, and the content fits the digest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, col, select

from cases import assessments
from cases.assessment_sheets import AssessmentSheet
from cases.audit_rows import Fault
from cases.history import Event
from cases.matters import Matter
from states.rulebook import Label


def faults(session: Session) -> Iterator[Fault]:
    """What is wrong with any sheet."""
    query: Any = (
        select(Matter.number, Event.data, AssessmentSheet)
        .join(Event, (col(Event.matter) == col(Matter.id)) & (col(Event.seq) == 1))
        .join(AssessmentSheet, col(AssessmentSheet.matter) == col(Matter.id), isouter=True)
        .where(Matter.machine == assessments.MACHINE)
        .order_by(col(Matter.id))
    )
    for number, data, sheet in session.exec(query):
        if sheet is None:
            yield Fault(number, None, "sheet_gone", Label(
                zh="考核表内容已被删除。", en="The content of the sheet is gone."))  # fmt: skip
        elif assessments.digest(sheet.content) != data.get("sha256"):
            yield Fault(number, None, "sheet_altered", Label(
                zh="考核表内容与历史记录中的摘要值不符。",
                en="The content of the sheet does not fit the digest in its history."))  # fmt: skip
