"""The duty to report each period: which body owes it since when, and for each period what became of it.

A row of `zero_period` is the only proof that a period was dealt with: one for each body and period, whoever opens it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from cases import people
from cases.history import Event
from cases.journal import AccountEvent
from cases.matters import Matter
from cases.office import Office
from cases.organisations import Organisation, Project, line_above
from cases.people import Person, Posting
from states.zero_rules import ZeroReports

MACHINE, CHECK = "zero_report", "zero_check"
OPENED, LAPSED = "opened", "lapsed"
SIGNING = ("report_nothing", "report_something", "correct")  # the moves by which somebody of the body signs


class ZeroDuty(SQLModel, table=True):
    """That a body owes its reports: since which day it takes part, to which commission, and how far its periods are
    dealt with. `next_on`: the day on which the next period is over; empty where that is to be worked out."""

    __tablename__ = "zero_duty"

    organisation: str = Field(primary_key=True, foreign_key="organisation.code", max_length=32)
    since: date
    keeper: str | None = Field(default=None, foreign_key="organisation.code", max_length=32)
    done_until: date | None = None
    next_on: date | None = Field(default=None, index=True)


class ZeroPeriod(SQLModel, table=True):
    """What became of one period of one body: its report was opened, late or not, or an outage passed over it."""

    __tablename__ = "zero_period"
    __table_args__ = (
        UniqueConstraint("organisation", "period"),
        UniqueConstraint("organisation", "first_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation: str = Field(foreign_key="organisation.code", max_length=32)
    period: str = Field(max_length=32)
    first_on: date
    last_on: date
    outcome: str = Field(max_length=16)
    late: bool = False
    keeper: str = Field(foreign_key="organisation.code", max_length=32)
    matter: int | None = Field(default=None, foreign_key="matter.id", unique=True)
    at: datetime


def rules_of(office: Office) -> ZeroReports | None:
    """Who owes what; None where the rulebook knows no such duty."""
    book = office.rulebook()
    return book.zero_reports if MACHINE in book.machines else None


def owing(session: Session, rules: ZeroReports) -> Sequence[Organisation]:
    """The bodies of the kinds that owe reports, by code."""
    query = select(Organisation).where(col(Organisation.kind).in_(rules.owed_by))
    return session.exec(query.order_by(col(Organisation.code))).all()


def entered_on(session: Session, office: Office, body: str, *, today: date) -> date:
    """The day since which a body takes part: the one it was entered on; of one that came with the set-up, today."""
    query = select(AccountEvent).where(
        AccountEvent.what == "organisation_added", col(AccountEvent.data)["code"].as_string() == body
    )
    entry = session.exec(query.order_by(col(AccountEvent.id))).first()
    return min(today, office.day(entry.at)) if entry is not None else today


def keeper_of(session: Session, body: str) -> str | None:
    """The commission to which a body reports: the nearest above it; of a company under none, the one commission that
    keeps projects. None where several do: then nobody can tell, until the body is put under one of them."""
    above = next((one.code for one in line_above(session, body) if one.kind == "commission"), None)
    if above is not None:
        return above
    keeping = select(Project.organisation).join(Organisation).where(Organisation.kind == "commission")
    found = session.exec(keeping.distinct()).all()
    return found[0] if len(found) == 1 else None


def members(session: Session, rules: ZeroReports, body: str) -> list[str]:
    """Those of the body who may answer for it, by login."""
    return people.holders(session, rules.answered_by, organisation=body)


def liaison(session: Session, body: str, there: Sequence[str]) -> str | None:
    """Who answers for the body: whoever signed its last report, if they are among them still; else the first by login."""
    query = (
        select(Event.actor)
        .join(ZeroPeriod, col(ZeroPeriod.matter) == col(Event.matter))
        .where(ZeroPeriod.organisation == body, col(Event.move).in_(SIGNING))
        .order_by(col(Event.id).desc())
    )
    last = session.exec(query.limit(1)).first()
    return last if last in there else next(iter(there), None)


def matters(session: Session, periods: Sequence[ZeroPeriod]) -> Mapping[int, Matter]:
    """The reports of these periods, by key."""
    keys = [one.matter for one in periods if one.matter is not None]
    found = session.exec(select(Matter).where(col(Matter.id).in_(keys))).all() if keys else ()
    return {int(one.id or 0): one for one in found}


def with_nobody(session: Session, rules: ZeroReports) -> set[str]:
    """The bodies that owe reports and have nobody with an account who could give one."""
    answering = (
        select(col(Posting.organisation))
        .join(Person, col(Person.login) == col(Posting.person))
        .where(Posting.role == rules.answered_by, col(Person.active))
    )
    return {one.code for one in owing(session, rules)} - set(session.exec(answering).all())
