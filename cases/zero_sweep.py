"""Opening the reports of periods that are over: each body and period once, however often and by however many this runs.

As with inspection rounds: a worker locks the rows of bodies (PostgreSQL passes over those another holds; SQLite has one
writer), so that nobody else sees them due until their periods are on record, in the same transaction. Should that ever
fail, a period is still one row by its key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, or_, select

from cases import opening, zero_reports
from cases.history import CLOCK
from cases.office import Office
from cases.organisations import Organisation
from cases.zero_reports import LAPSED, MACHINE, OPENED, ZeroDuty, ZeroPeriod
from states import zero_periods
from states.facts import Refused
from states.zero_periods import Span
from states.zero_rules import ZeroReports

BATCH = 100  # bodies in one transaction
MOST_BATCHES = 10_000
ONE_DAY = timedelta(days=1)

Unit = Callable[[], AbstractContextManager[Session]]


class NobodyKeeps(LookupError):
    """It cannot be told to which commission this body reports: put it under one in the tree of organisations."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Reports opened, of them late; periods put on record as not asked for; bodies that failed and will be tried again."""

    opened: int
    late: int
    lapsed: int
    failed: int = 0
    faults: tuple[tuple[str, str], ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class _Done:
    outcome: str
    late: bool


def sweep(unit: Unit, office: Office, *, at: datetime) -> Opened:
    """Deal with every period that is over, of every body that owes its report."""
    rules = zero_reports.rules_of(office)
    if rules is None:
        return Opened(0, 0, 0)
    with unit() as session:
        _enrol(session, office, rules, office.day(at))
    done: list[_Done] = []
    faults: list[tuple[str, str]] = []
    after = ""
    for _ in range(MOST_BATCHES):
        with unit() as session:
            taken = _taken(session, rules, office.day(at), after=after)
            codes = [one.organisation for one in taken]
            for duty in taken:
                _settle(session, office, rules, duty, done, faults, at=at)
        if len(codes) < BATCH:
            break
        after = codes[-1]
    opened = [one for one in done if one.outcome == OPENED]
    late = sum(one.late for one in opened)
    return Opened(len(opened), late, len(done) - len(opened), len(faults), tuple(faults))


def _enrol(session: Session, office: Office, rules: ZeroReports, today: date) -> None:
    """Note since when each body takes part, the first time it is seen. Another worker may have been first."""
    known = set(session.exec(select(ZeroDuty.organisation)))
    for body in zero_reports.owing(session, rules):
        if body.code in known:
            continue
        since = zero_reports.entered_on(session, office, body.code, today=today)
        try:
            with session.begin_nested():
                session.add(ZeroDuty(organisation=body.code, since=since))
        except IntegrityError:
            continue


def _taken(session: Session, rules: ZeroReports, today: date, *, after: str) -> Sequence[ZeroDuty]:
    """The next bodies by code of which a period may be over, locked until the transaction ends."""
    due = or_(col(ZeroDuty.next_on).is_(None), col(ZeroDuty.next_on) <= today)
    kinds = select(Organisation.code).where(col(Organisation.kind).in_(rules.owed_by))
    query = select(ZeroDuty).where(
        due, col(ZeroDuty.organisation) > after, col(ZeroDuty.organisation).in_(kinds)
    )
    return session.exec(
        query.order_by(col(ZeroDuty.organisation)).limit(BATCH).with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()  # fmt: skip


def _settle(
    session: Session, office: Office, rules: ZeroReports, duty: ZeroDuty, done: list[_Done],
    faults: list[tuple[str, str]], *, at: datetime,
) -> None:  # fmt: skip
    """Put down what becomes of each period of a body that is over. Each body can fail alone, and is tried again."""
    code = duty.organisation
    try:
        with session.begin_nested():
            found = list(_put_down(session, office, rules, duty, at=at))
            session.flush()
        done += found
    except (ValueError, LookupError, Refused, IntegrityError) as fault:
        faults.append((code, type(fault).__name__))


def _put_down(
    session: Session, office: Office, rules: ZeroReports, duty: ZeroDuty, *, at: datetime
) -> Iterator[_Done]:
    today = office.day(at)
    ended, next_on = owed(office, rules, duty, today)
    held = set(session.exec(select(ZeroPeriod.period).where(ZeroPeriod.organisation == duty.organisation)))
    asked = ended[-rules.opens_late :]
    for span in ended:
        if span.key in held:
            continue
        keeper = zero_reports.keeper_of(session, duty.organisation)
        if keeper is None:
            raise NobodyKeeps(duty.organisation)
        duty.keeper = keeper
        late = today > office.calendar.next_working_day(span.last_on + ONE_DAY)
        row = ZeroPeriod(organisation=duty.organisation, period=span.key, first_on=span.first_on, last_on=span.last_on,
                         outcome=OPENED if span in asked else LAPSED, late=late, keeper=keeper, at=at)  # fmt: skip
        session.add(row)
        session.flush()
        if row.outcome == OPENED:
            row.matter = _open(session, office, rules, row, at=at)
        yield _Done(row.outcome, late)
    duty.next_on = next_on
    if ended:
        duty.done_until = ended[-1].last_on
    session.add(duty)


def owed(office: Office, rules: ZeroReports, duty: ZeroDuty, today: date) -> tuple[list[Span], date]:
    """The periods of a body that are over and not dealt with, oldest first; and the day on which the next one will be."""
    begun = zero_periods.begun(rules.every, rules.counted_from, office.calendar, today)
    after = duty.done_until or date.min
    ended = [
        _rest(one, duty.done_until)
        for one in begun
        if duty.since <= one.last_on < today and one.last_on > after
    ]
    running = [one for one in begun if one.last_on >= today]
    return ended, running[-1].last_on + ONE_DAY if running else today + ONE_DAY


def _rest(span: Span, done_until: date | None) -> Span:
    """What of a period is not dealt with yet: where an office changes its periods, no day is reported twice or never."""
    if done_until is None or span.first_on > done_until:
        return span
    first_on = done_until + ONE_DAY
    return Span(zero_periods.name_of(first_on, span.last_on), first_on, span.last_on)


def _open(session: Session, office: Office, rules: ZeroReports, row: ZeroPeriod, *, at: datetime) -> int:
    """Open the report of a period; its key. One that is late has its days from today on."""
    body = session.get_one(Organisation, row.organisation)
    there = zero_reports.members(session, rules, row.organisation)
    answers = zero_reports.liaison(session, row.organisation, there)
    asked_on = office.day(at) if row.late else row.last_on
    title = f"{body.name_zh} {row.period} 零报告" + ("（补开）" if row.late else "")
    values: dict[str, Any] = {
        "title": title, "body": body.code, "period": row.period, "first_on": row.first_on.isoformat(),
        "last_on": row.last_on.isoformat(), "asked_on": asked_on.isoformat(), "late": row.late,
    }  # fmt: skip
    values |= {"liaison": answers, "people": there} if answers is not None else {}
    moved = opening.open_by_programme(session, office, MACHINE, organisation=row.keeper, project=None, values=values,
                                      actor=CLOCK, at=at)  # fmt: skip
    return opening.id_of(session, moved.number)
