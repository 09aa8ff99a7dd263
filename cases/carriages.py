"""How far files are on their way to another site: one row for each matter and way, one for each site that is asked.

Nothing here proves anything: receipt and answer stand in history. It says when a file is brought again, which of two
workers brings it, and what to tell people while it does not get through.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, ColumnElement, and_, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, select

from cases import exchange
from cases.exchange import IN
from cases.matters import Matter

WIRE, MAIL = "wire", "mail"
BROUGHT, NOTHING_NEW, REFUSED_THERE, REFUSED_HERE, FAILED = (
    "brought",
    "same",
    "refused_there",
    "refused_here",
    "failed",
)
HELD_FOR = timedelta(minutes=10)  # a worker that died with a file in its hand; no try takes that long
FIRST_AFTER = timedelta(minutes=1)
LONG = 1_000_000  # bytes
LONGEST = {
    NOTHING_NEW: timedelta(minutes=15),  # between two questions whether there is an answer by now
    FAILED: timedelta(hours=1),
    REFUSED_THERE: timedelta(hours=6),  # somebody has to do something first, there or here
    REFUSED_HERE: timedelta(hours=6),
}


class Carriage(SQLModel, table=True):
    """A matter's file on one way to the other site.

    `mark` tells what was handed over last: a packet's hash, or that of a reply's steps. `tries` counts those in a row
    that ended as `outcome` says, `since` is the first of them, `reasons` why: each a code and a text in both languages.
    """

    __tablename__ = "carriage"
    __table_args__ = (UniqueConstraint("matter", "way"),)

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id")
    way: str = Field(max_length=8)
    mark: str = Field(default="", max_length=64)
    outcome: str = Field(default="", max_length=16)
    reasons: list[dict[str, str]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    since: datetime | None = None
    tries: int = 0
    tried_at: datetime | None = None
    next_at: datetime | None = None  # None: there is nothing to do until the matter moves
    held_until: datetime | None = None


class Line(SQLModel, table=True):
    """The line to a site that takes files in by HTTPS: since when it does not answer, and when it is tried again."""

    __tablename__ = "site_line"

    site: str = Field(primary_key=True, foreign_key="trusted_site.id", max_length=32)
    answered_at: datetime | None = None
    down_since: datetime | None = None
    tries: int = 0
    next_at: datetime | None = None
    why: str = Field(default="", max_length=300)


LEFT = "dispatched"  # the state of what has left and is not known to have arrived


@dataclass(frozen=True, slots=True)
class Errand:
    """A file that is to be brought now: of which matter, and who dispatched it. `arrived`: the other site has it, and is
    only asked how things stand."""

    matter: int
    number: str
    addressee: str
    sender: str
    arrived: bool = False


def packets_due(
    session: Session, way: str, *, machines: Collection[str], states: Collection[str], to: Collection[str],
    at: datetime, limit: int,
) -> Sequence[Errand]:  # fmt: skip
    """Packets under way to the bodies `to` that are to be brought now; those never brought and the longest waiting first."""
    mine = and_(col(Carriage.matter) == col(Matter.id), col(Carriage.way) == way)
    query = (
        select(Matter)
        .outerjoin(Carriage, mine)
        .where(
            col(Matter.machine).in_(machines), col(Matter.state).in_(states), col(Matter.addressee).in_(to)
        )
        .where(col(Matter.addressee) != col(Matter.organisation), _due(at))
        .order_by(
            col(Carriage.next_at).is_not(None), col(Carriage.next_at), col(Matter.moved_at), col(Matter.id)
        )
        .limit(limit)
    )
    return [
        Errand(
            row.id or 0,
            row.number,
            row.addressee or "",
            row.acts.get("dispatch", [""])[0],
            arrived=row.state != LEFT,
        )
        for row in session.exec(query)
    ]


def replies_due(
    session: Session, *, sites: Collection[str], came_by: str, at: datetime, limit: int
) -> Sequence[tuple[int, str]]:
    """Matters that came from these sites otherwise than `came_by`, and moved since their reply was mailed; each with its
    site."""
    mine = and_(col(Carriage.matter) == col(Matter.id), col(Carriage.way) == MAIL)
    packet = exchange.Exchanged
    query = (
        select(col(Matter.id), col(packet.site))
        .join(packet, and_(col(packet.matter) == col(Matter.id), col(packet.direction) == IN))
        .outerjoin(Carriage, mine)
        .where(col(packet.site).in_(sites), col(packet.by) != came_by, _due(at))
        .order_by(col(Matter.moved_at), col(packet.edition))
        .limit(limit)
    )
    return list({matter: site for matter, site in session.exec(query).all() if matter}.items())


def _due(at: datetime) -> ColumnElement[bool]:
    """Never tried, time to try again, or moved since: what was sent anew need not wait for the old one's turn."""
    return or_(
        col(Carriage.id).is_(None), col(Carriage.next_at) <= at, col(Matter.moved_at) > col(Carriage.tried_at)
    )


def take(session: Session, matter: int, way: str, *, at: datetime) -> Carriage | None:
    """The matter's row, held for whoever asks first; None where somebody else has it in hand."""
    fitting = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    fresh = {"matter": matter, "way": way, "mark": "", "outcome": "", "reasons": [], "tries": 0}
    session.connection().execute(fitting(Carriage).values(**fresh).on_conflict_do_nothing())
    free = or_(col(Carriage.held_until).is_(None), col(Carriage.held_until) <= at)
    held = session.connection().execute(
        update(Carriage).where(col(Carriage.matter) == matter, col(Carriage.way) == way, free)
        .values(held_until=at + HELD_FOR)
    )  # fmt: skip
    if held.rowcount != 1:
        return None
    return session.exec(select(Carriage).where(Carriage.matter == matter, Carriage.way == way)).one()


def settle(
    session: Session, matter: int, way: str, outcome: str, *, at: datetime, mark: str = "",
    reasons: Sequence[Mapping[str, str]] = (), done: bool = False, size: int = 0,
) -> None:  # fmt: skip
    """Put down how a try ended, and let go. `done`: nothing more is to be done until the matter moves. `size` of the
    file in bytes: a long one asks more seldom whether there is an answer."""
    row = session.exec(select(Carriage).where(Carriage.matter == matter, Carriage.way == way)).one()
    again = row.outcome == outcome and (not mark or row.mark in ("", mark))
    row.tries = row.tries + 1 if again else 1
    row.since = row.since if again else at
    row.outcome, row.reasons, row.mark = outcome, [dict(one) for one in reasons], mark or row.mark
    row.tried_at, row.held_until = at, None
    row.next_at = None if done else at + _wait(outcome, row.tries, size=size)
    session.add(row)
    session.flush()


def let_go(session: Session, matter: int, way: str, *, at: datetime) -> None:
    """Nothing was found out about this file, because the line was down: it goes first once that is up again."""
    session.connection().execute(
        update(Carriage).where(col(Carriage.matter) == matter, col(Carriage.way) == way)
        .values(held_until=None, next_at=at)
    )  # fmt: skip


def rest(session: Session, matter: int, way: str, *, at: datetime) -> None:
    """What was handed over last still says how things stand: nothing is to be done until the matter moves again."""
    session.connection().execute(
        update(Carriage).where(col(Carriage.matter) == matter, col(Carriage.way) == way)
        .values(held_until=None, next_at=None, tried_at=at)
    )  # fmt: skip


def once_more(session: Session, matter: int, *, at: datetime) -> int:
    """Somebody wants its file brought again now, whatever became of the last; on how many ways."""
    rows = session.exec(select(Carriage).where(Carriage.matter == matter)).all()
    for row in rows:
        row.mark, row.outcome, row.tries, row.next_at = "", "", 0, at
        session.add(row)
    session.connection().execute(update(Line).values(next_at=None))  # and nobody waits for a line's turn
    session.flush()
    return len(rows)


def lines(session: Session) -> dict[str, Line]:
    """What is known of the line to each site that was ever asked."""
    return {line.site: line for line in session.exec(select(Line))}


def answered(session: Session, site: str, *, at: datetime) -> None:
    """The site gave a proper answer, whatever it said."""
    line = session.get(Line, site) or Line(site=site)
    line.answered_at, line.down_since, line.tries, line.next_at, line.why = at, None, 0, None, ""
    session.add(line)
    session.flush()


def silent(session: Session, site: str, *, why: str, at: datetime, wait: bool) -> None:
    """The site gave none. With `wait` it is left alone for a while, longer each time, and never given up."""
    line = session.get(Line, site) or Line(site=site)
    line.down_since, line.why = line.down_since or at, why[:300]
    if wait:
        line.tries += 1
        line.next_at = at + _wait(FAILED, line.tries)
    session.add(line)
    session.flush()


def of_matter(session: Session, number: str) -> list[dict[str, Any]]:
    """How far the files of a matter are. Whether somebody may see the matter is the caller's to know."""
    query = (
        select(Carriage).join(Matter, col(Matter.id) == col(Carriage.matter)).where(Matter.number == number)
    )
    return [
        {"way": row.way, "outcome": row.outcome, "since": _told(row.since), "tries": row.tries,
         "tried_at": _told(row.tried_at), "next_at": _told(row.next_at), "reasons": row.reasons}
        for row in session.exec(query.order_by(col(Carriage.way)))
        if row.outcome
    ]  # fmt: skip


def in_vain(session: Session, *, before: datetime) -> int:
    """How many files have not got through since this instant or longer: refused, or failed otherwise."""
    bad = (REFUSED_THERE, REFUSED_HERE, FAILED)
    query = select(col(Carriage.id)).where(col(Carriage.outcome).in_(bad), col(Carriage.since) <= before)
    return len(session.exec(query.where(col(Carriage.next_at).is_not(None))).all())


def _wait(outcome: str, tries: int, *, size: int = 0) -> timedelta:
    longest = LONGEST.get(outcome, FIRST_AFTER)
    if outcome == NOTHING_NEW:
        longest = min(longest * max(size // LONG, 1), LONGEST[REFUSED_THERE])
    return min(FIRST_AFTER * (1 << min(tries - 1, 16)), longest)


def _told(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant is not None else None
