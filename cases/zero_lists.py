"""Which body reported for which period, and what is missing of that, from the rows in sight of whoever asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from cases import access, creation_scope, zero_doubts, zero_reports
from cases.matters import Matter
from cases.office import Office
from cases.people import postings_of
from cases.zero_reports import LAPSED, MACHINE, SIGNING, ZeroDuty, ZeroPeriod
from states import zero_periods
from states.facts import Reason, Refused
from states.form_values import label
from states.rulebook import Label
from states.zero_periods import Span
from states.zero_rules import ZeroReports

SHOWN, MOST = 12, 60  # periods
STATUSES = (
    "nothing", "something", "late", "awaiting", "missed", "false_report", "lapsed", "unopened", "running", "not_owed",
    "unseen",
)  # fmt: skip
GAPS = ("late", "unopened", "missed", "false_report", "lapsed", "nobody", "no_keeper", "doubtful")
_STATUS = {"settled": "nothing", "received": "something"}  # of a report, where it is not its state


@dataclass(frozen=True, slots=True)
class Cell:
    """What became of one period of one body. `number` and who signed: where the report is in sight."""

    period: str
    status: str
    number: str | None = None
    signed_by: str | None = None
    signed_on: str | None = None
    due_at: datetime | None = None
    late: bool = False  # opened late

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"period": self.period, "status": self.status, "number": self.number, "signed_by": self.signed_by,
                "signed_on": self.signed_on, "due_at": self.due_at.isoformat() if self.due_at else None,
                "late": self.late}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A body with its periods, the newest first."""

    organisation: str
    since: date | None
    keeper: str | None
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing, or to be looked at."""

    kind: str
    organisation: str
    reason: Label
    period: str | None = None
    number: str | None = None

    def as_dict(self, lang: str) -> dict[str, Any]:
        """For JSON."""
        return {"kind": self.kind, "organisation": self.organisation, "period": self.period, "number": self.number,
                "reason": self.reason.in_(lang), "reasons": {"zh": self.reason.zh, "en": self.reason.en}}  # fmt: skip


def rules_of(office: Office) -> ZeroReports:
    """Who owes what. Raises Refused where the rulebook says nothing of it."""
    found = zero_reports.rules_of(office)
    if found is None:
        raise Refused("no_zero_reports", (Reason(
            "no_zero_reports", label("规则未规定零报告。", "The rulebook does not say who reports each period."),
            label("请在规则中增加 zero_reports 部分。", "Give it a section `zero_reports`."),
        ),))  # fmt: skip
    return found


def lines(
    session: Session, office: Office, *, actor: str, at: datetime, most: int = SHOWN
) -> tuple[tuple[Span, ...], tuple[Line, ...]]:
    """The newest periods that have begun, and each body in sight with what became of them. Raises Refused."""
    rules, today = rules_of(office), office.day(at)
    begun = tuple(
        reversed(zero_periods.begun(rules.every, rules.counted_from, office.calendar, today)[-most:])
    )
    duties = {one.organisation: one for one in session.exec(select(ZeroDuty))}
    mine = bodies(session, office, rules, duties, actor=actor)
    held = _held(session, mine, begun)
    seen = _in_sight(session, office, held, actor=actor)
    found = []
    for body in mine:
        duty = duties.get(body)
        cells = tuple(_cell(span, duty, held.get((body, span.last_on)), seen, today, at) for span in begun)
        keeper = duty.keeper if duty is not None and duty.keeper else zero_reports.keeper_of(session, body)
        found.append(Line(body, duty.since if duty else None, keeper, cells))
    return begun, tuple(found)


def bodies(
    session: Session, office: Office, rules: ZeroReports, duties: Mapping[str, ZeroDuty], *, actor: str
) -> list[str]:
    """The bodies that somebody looks at: those that report to a commission whose reports they all see, and their own."""
    whole = {one.organisation for one in creation_scope.scopes(session, office, actor, MACHINE)}
    own = {one.organisation for one in postings_of(session, actor) if one.role == rules.answered_by}
    found = []
    for body in zero_reports.owing(session, rules):
        duty = duties.get(body.code)
        keeper = (
            duty.keeper if duty is not None and duty.keeper else zero_reports.keeper_of(session, body.code)
        )
        if body.code in own or keeper in whole or (keeper is None and whole):
            found.append(body.code)
    return found


def _held(session: Session, mine: Sequence[str], begun: Sequence[Span]) -> dict[tuple[str, date], ZeroPeriod]:
    if not mine or not begun:
        return {}
    query = select(ZeroPeriod).where(
        col(ZeroPeriod.organisation).in_(mine), col(ZeroPeriod.last_on) >= begun[-1].first_on
    )
    return {(one.organisation, one.last_on): one for one in session.exec(query)}


def _in_sight(
    session: Session, office: Office, held: Mapping[tuple[str, date], ZeroPeriod], *, actor: str
) -> dict[int, Matter]:
    keys = [one.matter for one in held.values() if one.matter is not None]
    seen = access.visible_to(session, actor, office.rulebook(), machine=MACHINE)
    found = session.exec(select(Matter).where(seen, col(Matter.id).in_(keys))) if keys else ()
    return {int(one.id or 0): one for one in found}


def _cell(
    span: Span, duty: ZeroDuty | None, held: ZeroPeriod | None, seen: Mapping[int, Matter], today: date, at: datetime
) -> Cell:  # fmt: skip
    if held is None:
        if span.last_on >= today:
            return Cell(span.key, "running")
        return Cell(span.key, "unopened" if duty is not None and span.last_on >= duty.since else "not_owed")
    if held.outcome == LAPSED:
        return Cell(held.period, "lapsed", late=True)
    row = seen.get(held.matter or 0)
    if row is None:
        return Cell(held.period, "unseen")
    status = _STATUS.get(row.state, row.state)
    if status == "awaiting" and row.due_at is not None and row.due_at <= at:
        status = "late"
    said = next((row.acts[move] for move in reversed(SIGNING) if move in row.acts), None)
    signed = said if status in ("nothing", "something", "false_report") else None
    return Cell(held.period, status, row.number, signed[0] if signed else None,
                row.values.get("signed_on") if signed else None, row.due_at if row.state == "awaiting" else None,
                held.late)  # fmt: skip


def gaps(session: Session, office: Office, *, actor: str, at: datetime) -> list[Gap]:
    """What is missing, and the zero reports that a later clue casts doubt on, as far as `actor` sees. Raises Refused."""
    rules = rules_of(office)
    whole = {one.organisation for one in creation_scope.scopes(session, office, actor, MACHINE)}
    _, found = lines(session, office, actor=actor, at=at, most=MOST)
    nobody = zero_reports.with_nobody(session, rules)
    gaps_: list[Gap] = []
    for line in found:
        gaps_ += [gap for cell in line.cells if (gap := _of_cell(line.organisation, cell)) is not None]
        if line.organisation in nobody:
            gaps_.append(Gap("nobody", line.organisation, _NOBODY))
        if line.keeper is None:
            gaps_.append(Gap("no_keeper", line.organisation, _NO_KEEPER))
    gaps_ += [
        Gap("doubtful", one.body, label(f"事后登记的线索 {one.clue} 显示该单位当时知情，可登记零报告核查。",
                                        f"The clue {one.clue}, registered later, shows that the body knew: open a check."),
            one.period, one.report)
        for one in zero_doubts.found(session, office, rules, keepers=whole, actor=actor)
    ]  # fmt: skip
    return sorted(gaps_, key=lambda one: GAPS.index(one.kind))


_NOBODY = label("该单位没有可签报的在用账号。", "Nobody of this body has an account to report with.")
_NO_KEEPER = label(
    "无法确定向哪个纪委报告，请在机构树中为其登记上级纪委。",
    "Nobody can tell to which commission it reports: put it under one in the tree of organisations.",
)
_REASONS = {
    "late": label("已过报告期限，未报告。", "The day has passed, and nothing was reported."),
    "unopened": label("报告期已满，零报告尚未开启。", "The period is over and its report is not opened yet."),
    "missed": label("已认定未报。", "It is on record that nothing was reported."),
    "false_report": label("已认定虚报。", "The report was found to be false."),
    "lapsed": label("系统中断期间的报告期，按规则未再要求。",
                    "An outage passed over this period; by the rulebook it was not asked for."),
}  # fmt: skip


def _of_cell(body: str, cell: Cell) -> Gap | None:
    if cell.status not in _REASONS:
        return None
    return Gap(cell.status, body, _REASONS[cell.status], cell.period, cell.number)


def document(
    session: Session, office: Office, *, actor: str, at: datetime, most: int = SHOWN
) -> dict[str, Any]:
    """The matrix for JSON. Raises Refused."""
    rules = rules_of(office)
    begun, found = lines(session, office, actor=actor, at=at, most=most)
    return {
        "as_of": office.day(at).isoformat(), "as_seen_by": actor, "every": rules.every,
        "periods": [{"period": one.key, "first_on": one.first_on.isoformat(), "last_on": one.last_on.isoformat()}
                    for one in begun],
        "bodies": [{"organisation": one.organisation, "since": one.since.isoformat() if one.since else None,
                    "reports_to": one.keeper, "cells": [cell.as_dict() for cell in one.cells]} for one in found],
    }  # fmt: skip


def gaps_document(session: Session, office: Office, *, actor: str, at: datetime, lang: str) -> dict[str, Any]:
    """The gaps for JSON. Raises Refused."""
    found = gaps(session, office, actor=actor, at=at)
    counts = {kind: sum(one.kind == kind for one in found) for kind in GAPS}
    return {"as_of": office.day(at).isoformat(), "as_seen_by": actor, "counts": counts,
            "gaps": [one.as_dict(lang) for one in found]}  # fmt: skip
