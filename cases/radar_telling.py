"""The radar's notices: who is told that something stands still, once for each step that a matter reaches since its last act.

Told is the highest step reached, and none that was reached too long ago: an office whose program stood still for a month is
not flooded on the morning it comes back. What is planned here is asked again when it is sent (`notifications.still`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, exists, literal, select, text, union_all
from sqlmodel import Field, Session, SQLModel, col

from cases import radar
from cases.matters import Matter, OnFile
from cases.office import Occurred, Office
from cases.organisations import Organisation
from cases.prepared import Prepared
from cases.sweep import Unit
from states.facts import ENGINE, Refused
from states.radar_rules import Radar

DOCUMENT = "radar_notice"
BATCH = 500
MOST_BATCHES = 2_000


class RadarTold(SQLModel, table=True):
    """The last step of a matter that was told of, and the instant of the act since which it stood still then."""

    __tablename__ = "radar_told"

    matter: int = Field(primary_key=True, foreign_key="matter.id")
    step: int
    since: datetime
    at: datetime


class Standing(NamedTuple):
    """A matter that has reached a step of which nobody was told yet, with what of it a notice needs."""

    step: int
    id: int
    machine: str
    number: str
    rulebook: str
    state: str
    organisation: str
    addressee: str | None
    project: str | None
    handler: str | None
    opener: str | None
    progressed_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What a sweep did: steps that were told of, notices planned for them, matters that failed and why."""

    steps: int
    planned: int
    failed: tuple[tuple[int, str], ...]


_SHOWN: tuple[Any, ...] = tuple(getattr(Matter, name) for name in Standing._fields[1:])
_COLUMNS = tuple(RadarTold.model_fields)
# As text, because SQLAlchemy knows ON CONFLICT only in the words of one kind of database.
_NOTE = Prepared(
    text(
        f"INSERT INTO radar_told ({', '.join(_COLUMNS)}) VALUES (:{', :'.join(_COLUMNS)}) "  # noqa: S608
        "ON CONFLICT (matter) DO UPDATE SET step = excluded.step, since = excluded.since, at = excluded.at"
    ).bindparams(*(bindparam(name, type_=getattr(RadarTold, name).type) for name in _COLUMNS))
)


def sweep(unit: Unit, office: Office, *, at: datetime, batch: int = BATCH) -> Told:
    """Tell of every step that was reached and not told of yet, in batches, each its own transaction.

    Run twice, or by several at once, nobody is told twice: a notice says in its message id which matter reached which step
    since which act. A batch that fails is taken again one by one, and what fails alone is left for the next sweep.
    """
    rules = office.rulebook().radar
    steps = planned = 0
    failed: dict[int, str] = {}
    if rules is None or not rules.tells:
        return Told(0, 0, ())
    for _ in range(MOST_BATCHES):
        with unit() as session:
            found = standing(session, office, rules, at=at, most=batch + len(failed))
            some = [one for one in found if one.id not in failed][:batch]
        if not some:
            break
        try:
            with unit() as session:
                planned += tell(session, office, rules, some, at=at)
            steps += len(some)
        except (ValueError, KeyError, LookupError, Refused):
            done = [_alone(unit, office, rules, one, at=at, failed=failed) for one in some]
            steps += sum(one is not None for one in done)
            planned += sum(one or 0 for one in done)
        if len(found) < batch:
            break
    return Told(steps, planned, tuple(failed.items()))


def _alone(
    unit: Unit, office: Office, rules: Radar, one: Standing, *, at: datetime, failed: dict[int, str]
) -> int | None:
    try:
        with unit() as session:
            return tell(session, office, rules, [one], at=at)
    except (ValueError, KeyError, LookupError, Refused) as fault:
        failed[one.id] = type(fault).__name__
        return None


def standing(session: Session, office: Office, rules: Radar, *, at: datetime, most: int) -> list[Standing]:
    """What has reached a step within the days in which it is told of, and was not told of it; the longest first."""
    windows = list(_windows(office, rules, office.day(at)))
    if not windows:
        return []
    branches = [
        _reached(name, radar.states(office.rulebook(), rules, name), step, bounds, most)
        for name, step, *bounds in windows
    ]
    rows = session.execute(union_all(*(select(one.subquery()) for one in branches))).tuples()
    found = sorted((Standing(*row) for row in rows), key=lambda one: (one.progressed_at, one.id))
    return found[:most]


def _windows(office: Office, rules: Radar, today: date) -> Iterator[tuple[str, int, datetime, datetime]]:
    """Machine, step, and between which instants the last act was of what stands at that step and is told of."""
    for name, steps in rules.steps.items():
        for place, days in enumerate(steps):
            beyond = min((days + rules.told_within, *steps[place + 1 : place + 2]))
            since, until = radar.before(office, beyond, today), radar.before(office, days, today)
            if since < until and rules.told_of(place + 1):
                yield name, place + 1, since, until


def _reached(
    machine: str, states: Sequence[str], step: int, bounds: Sequence[datetime], most: int
) -> Select[Any]:
    """Those of a machine, by the index of state and last act."""
    since, until = bounds
    told = exists().where(
        col(RadarTold.matter) == col(Matter.id),
        col(RadarTold.since) == col(Matter.progressed_at),
        col(RadarTold.step) >= step,
    )
    return (
        select(literal(step).label("step"), *_SHOWN)
        .where(col(Matter.machine) == machine, col(Matter.state).in_(states))
        .where(col(Matter.organisation).in_(select(col(Organisation.code))))
        .where(col(Matter.progressed_at) >= since, col(Matter.progressed_at) < until, ~told)
        .order_by(col(Matter.progressed_at), col(Matter.id))
        .limit(most)
    )


def tell(session: Session, office: Office, rules: Radar, found: Sequence[Standing], *, at: datetime) -> int:
    """Plan the notices of these and put on record that they were told of; how many notices are new."""
    acts = radar.last_acts(session, office, found)
    planned = office.announce(session, office, [
        _occurred(office, rules, one, acts[one.id].seq, at=at) for one in found
    ])  # fmt: skip
    _NOTE.change_each(session, [
        {"matter": one.id, "step": one.step, "since": one.progressed_at, "at": at} for one in found
    ])  # fmt: skip
    return planned


def _occurred(office: Office, rules: Radar, one: Standing, act: int, *, at: datetime) -> Occurred:
    last = office.day(one.progressed_at)
    days = radar.days_still(office, rules, one.machine, last=last, today=office.day(at))
    return Occurred(
        event=None, matter=one.id, number=one.number, machine=one.machine, rulebook=one.rulebook, move="",
        state=one.state, at=at, actor=ENGINE, organisation=one.organisation, addressee=one.addressee,
        project=one.project, handler=one.handler, opener=one.opener, document=DOCUMENT, to=rules.told_of(one.step),
        cause=f"radar:{one.number}:{one.step}:{act}", counts={"days": days, "step": one.step},
    )  # fmt: skip


def stands(office: Office, row: OnFile, *, told_at: datetime) -> bool:
    """Whether what somebody was to be told at `told_at` still holds: nothing was done since, and it is not at its end."""
    book = office.rulebook()
    if book.radar is None or row.machine not in book.radar.steps:
        return False
    return row.progressed_at < told_at and row.state in radar.states(book, book.radar, row.machine)
