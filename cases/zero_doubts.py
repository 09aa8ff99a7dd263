"""Zero reports that a clue casts doubt on: it came in the same period, is about the body, was put on file after the body
had signed, and comes from a source which shows that the body knew. Whether the report was false, people find."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from cases import access
from cases.history import Event
from cases.matters import Matter, MatterLink
from cases.office import Office
from cases.organisations import Organisation
from cases.zero_reports import MACHINE, ZeroPeriod
from states.names import Name, near, of_firm, same
from states.zero_rules import ZeroReports

SIGNED, STANDING = "report_nothing", ("nothing", "settled")


@dataclass(frozen=True, slots=True)
class Doubt:
    """A report with the clue that casts doubt on it; for those only who see both."""

    body: str
    period: str
    report: str
    clue: str


def found(
    session: Session, office: Office, rules: ZeroReports, *, keepers: Collection[str], actor: str
) -> list[Doubt]:
    """Every doubt about a report kept by one of `keepers` that `actor` sees and nobody has begun to check."""
    if not keepers or not rules.knew_by:
        return []
    book = office.rulebook()
    seen = access.visible_to(session, actor, book, machine=MACHINE)
    query = (
        select(ZeroPeriod, Matter, Organisation)
        .join(Matter, col(Matter.id) == col(ZeroPeriod.matter))
        .join(Organisation, col(Organisation.code) == col(ZeroPeriod.organisation))
        .where(seen, col(ZeroPeriod.keeper).in_(keepers), col(Matter.state).in_(STANDING))
        .order_by(col(ZeroPeriod.first_on), col(ZeroPeriod.organisation))
    )
    doubts = []
    for period, report, body in session.exec(query).all():
        signed_at = _signed_at(session, int(report.id or 0))
        if signed_at is None or _is_checked(session, int(report.id or 0)):
            continue
        doubts += [Doubt(body.code, period.period, report.number, clue)
                   for clue in _clues(session, office, rules, period, body, after=signed_at, actor=actor)]  # fmt: skip
    return doubts


def _signed_at(session: Session, report: int) -> datetime | None:
    query = select(Event.at).where(Event.matter == report, Event.move == SIGNED)
    return session.exec(query.order_by(col(Event.seq).desc()).limit(1)).first()


def _is_checked(session: Session, report: int) -> bool:
    query = select(MatterLink.id).where(MatterLink.parent == report, MatterLink.kind == "zero_check")
    return session.exec(query.limit(1)).first() is not None


def _clues(
    session: Session, office: Office, rules: ZeroReports, period: ZeroPeriod, body: Organisation, *, after: datetime,
    actor: str,
) -> Iterator[str]:  # fmt: skip
    """The numbers of clues of that period about this body that were put on file later, as far as they are in sight."""
    names = [of_firm(one) for one in (body.code, body.name_zh, body.name_en)]
    query = select(Matter).where(
        access.visible_to(session, actor, office.rulebook(), machine="clue"),
        col(Matter.machine) == "clue", col(Matter.organisation) == period.keeper,
        col(Matter.received_on) >= period.first_on, col(Matter.received_on) <= period.last_on,
        col(Matter.opened_at) > after,
    )  # fmt: skip
    for clue in session.exec(query.order_by(col(Matter.id))):
        said = clue.values.get("subject_unit")
        if clue.values.get("source") in rules.knew_by and isinstance(said, str) and _is_about(said, names):
            yield clue.number


def _is_about(said: str, names: list[Name]) -> bool:
    unit = of_firm(said)
    return any(same(unit, one) or near(unit, one) for one in names)
