"""The outbox: plan with the event, claim, record. Database steps only; whoever calls commits.

pending --claim--> sending --record_sent--> sent
   ^                  |--record_dropped--> dropped: its reader may not know of it any more
   |                  |--record_failure--> pending, later; or dead
   |                  '--(the claim runs out)--> may be claimed again
   '--revive, by a person-- dead
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select, text, update
from sqlmodel import Session, col

from cases.matters import Matter
from cases.office import Occurred, Office
from cases.people import Person
from cases.prepared import Prepared
from cases.rulebooks import Installation
from notifications import rules
from notifications.notices import DEAD, DROPPED, PENDING, SENDING, SENT, Notice
from notifications.quiet import Hours, at_any_hour

FOLDER = "folder"  # the channel that reaches everybody: it needs no address
SMTP = "smtp"  # the one channel that does: robots and webhooks have addresses of their own

FIRST_WAIT_FOR = timedelta(minutes=1)
LONGEST_WAIT_FOR = timedelta(hours=5)  # and with its jitter never more than six
NOT_THEIRS = "Not sent: the matter is not the recipient's to see any more."
MOST_ATTEMPTS = 24  # about three and a half days

_PLANNED = (
    "event", "matter", "recipient", "channel", "document", "lang", "due_on", "counts", "message_id", "status",
    "attempts", "next_at", "planned_at",
)  # fmt: skip
# As text, because SQLAlchemy knows ON CONFLICT only in the words of one kind of database.
_INSERT = Prepared(
    text(
        f"INSERT INTO notice ({', '.join(_PLANNED)}) VALUES (:{', :'.join(_PLANNED)}) ON CONFLICT DO NOTHING"  # noqa: S608
    ).bindparams(*(bindparam(name, type_=getattr(Notice, name).type) for name in _PLANNED))
)


class NotDead(Exception):
    """Only a notice that was given up can be taken up again; this one is not, or does not exist."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice in one worker's hands, with all that a message is rendered from.

    `attempt` counts from 1. With `worker` and `until`, the end of the claim, it is the fence: who holds an older claim
    cannot mark the notice any more.
    """

    id: int
    worker: str
    until: datetime
    attempt: int
    message_id: str
    channel: str
    document: str
    lang: str
    due_on: date | None
    counts: dict[str, int] | None
    planned_at: datetime
    recipient: str
    address: str | None
    active: bool
    number: str | None
    machine: str | None
    rulebook: str | None


def plan(
    session: Session, office: Office, occurrences: Sequence[Occurred], *,
    channel: str = FOLDER, installation: str | None = None, hours: Hours = at_any_hour,
    set_up: Collection[str] | None = None,
) -> int:  # fmt: skip
    """Plan the notices of these events, in the transaction that wrote them; how many are new.

    Told twice, nothing is planned twice. `channel` is the office's, for all who chose none; who has no address is
    reached through the folder. `installation` saves looking up what sets this installation's messages apart from every
    other's. `hours` says from when on a message may disturb somebody. `set_up` are the channels there are here (None:
    all): who chose another is told as the office tells everybody.
    """
    found = rules.concerned(session, office, occurrences)
    if not found:
        return 0
    mark = installation_mark(session) if installation is None else installation
    return insert(session, [
        _row(one, by=way(one.channel, office=channel, has_address=one.has_address, set_up=set_up), mark=mark, hours=hours)
        for one in found
    ])  # fmt: skip


def _row(one: rules.Concerned, *, by: str, mark: str, hours: Hours) -> dict[str, Any]:
    event = one.occurred
    next_at = event.at if by == FOLDER else hours(one.document, event.at)
    counts = None if event.counts is None else dict(event.counts)
    return {
        "event": event.event, "matter": event.matter, "recipient": one.login, "channel": by, "document": one.document,
        "lang": one.lang, "due_on": event.due_on, "counts": counts, "status": PENDING, "attempts": 0, "next_at": next_at,
        "planned_at": event.at, "message_id": message_id(mark, event.cause or f"event:{event.event}", one.login, by),
    }  # fmt: skip


def way(
    chosen: str | None, *, office: str = FOLDER, has_address: bool, set_up: Collection[str] | None = None
) -> str:
    """The channel by which somebody is told who chose this one, or none: theirs if it is set up here, else the
    office's; and the folder where neither can reach them."""
    for channel in (chosen, office):
        there = channel is not None and (set_up is None or channel in set_up)
        if channel is not None and there and (channel != SMTP or has_address):
            return channel
    return FOLDER


def insert(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Put notices in the outbox, leaving out those that are there already; how many are new."""
    return _INSERT.change_each(session, rows)


def installation_mark(session: Session) -> str:
    """What sets the messages of this installation apart; empty in a database that was never set up."""
    return session.execute(select(col(Installation.uid))).scalar() or ""


def message_id(mark: str, cause: str, recipient: str, channel: str) -> str:
    """The Message-ID of the notice to `recipient` about `cause` by `channel`: the same however often it is asked for.

    A digest of these four, so that it gives nothing away and two installations never use the same.
    """
    told = f"{mark}\n{cause}\n{recipient}\n{channel}"
    return f"<notice-{hashlib.sha256(told.encode()).hexdigest()[:32]}@plumbline.invalid>"


def claim(
    session: Session,
    *,
    worker: str,
    at: datetime,
    limit: int,
    lease_for: timedelta,
    besides: Iterable[str] = (),
) -> list[Claimed]:
    """Take up to `limit` notices that are due for a try, the longest waiting first, until `at + lease_for`.

    Also those whose claim ran out: their worker died, or will find its mark refused. One that was tried too often
    without a word is given up here. `besides` names channels that are left alone.
    """
    rows = session.execute(_claimable(at=at, limit=limit, besides=list(besides))).all()
    spent = [row.id for row in rows if row.attempts >= MOST_ATTEMPTS]
    taken = [row for row in rows if row.attempts < MOST_ATTEMPTS]
    _set(session, spent, status=DEAD, next_at=None,
         last_error=f"Given up after {MOST_ATTEMPTS} tries; the last one never reported back.")  # fmt: skip
    _set(session, [row.id for row in taken], status=SENDING, claimed_by=worker, next_at=at + lease_for,
         attempts=col(Notice.attempts) + 1)  # fmt: skip
    return [Claimed(row.id, worker, at + lease_for, row.attempts + 1, *row[2:]) for row in taken]


_ROW: tuple[Any, ...] = (
    Notice.id, Notice.attempts, Notice.message_id, Notice.channel, Notice.document, Notice.lang, Notice.due_on,
    Notice.counts, Notice.planned_at, Notice.recipient, Person.email, Person.active, Matter.number, Matter.machine,
    Matter.rulebook,
)  # fmt: skip


def _claimable(*, at: datetime, limit: int, besides: Sequence[str]) -> Any:
    query = (
        select(*_ROW)
        .join(Person, col(Person.login) == col(Notice.recipient))
        .join(Matter, col(Matter.id) == col(Notice.matter), isouter=True)
        .where(col(Notice.next_at) <= at)
        .order_by(col(Notice.next_at), col(Notice.id))
        .limit(limit)
        .with_for_update(of=Notice, skip_locked=True)
    )
    return query.where(col(Notice.channel).not_in(besides)) if besides else query


def _set(session: Session, ids: Sequence[int], **values: Any) -> None:
    if ids:
        statement = update(Notice).where(col(Notice.id).in_(ids)).values(**values)
        session.execute(statement, execution_options={"synchronize_session": False})


def record_sent(
    session: Session, claimed: Claimed, *, at: datetime, receipt: str = "", remark: str | None = None
) -> bool:
    """A channel took it; `remark` says if it was another than was meant. False if the claim ran out and somebody else
    holds the notice now: nothing is marked.
    """
    return _mark(
        session, claimed, status=SENT, next_at=None, sent_at=at, receipt=receipt[:500], last_error=remark
    )


def record_failure(
    session: Session,
    claimed: Claimed,
    *,
    at: datetime,
    error: str,
    permanent: bool,
    hours: Hours = at_any_hour,
) -> str | None:
    """It did not get through: to be tried again later, or dead. The new status; None if somebody else holds it now."""
    dead = permanent or claimed.attempt >= MOST_ATTEMPTS
    status = DEAD if dead else PENDING
    again_at = at + back_off(claimed.message_id, claimed.attempt)
    next_at = None if dead else again_at if claimed.channel == FOLDER else hours(claimed.document, again_at)
    marked = _mark(session, claimed, status=status, next_at=next_at, last_error=error[:500])
    return status if marked else None


def record_dropped(session: Session, claimed: Claimed) -> bool:
    """It was not sent, and never will be. False if somebody else holds the notice now: nothing is marked."""
    return _mark(session, claimed, status=DROPPED, next_at=None, last_error=NOT_THEIRS)


def release(session: Session, claimed: Claimed, *, at: datetime, error: str) -> bool:
    """Give back what was claimed and not tried, because its channel is down: no try is counted."""
    return _mark(session, claimed, status=PENDING, next_at=at + FIRST_WAIT_FOR, attempts=claimed.attempt - 1,
                 last_error=error[:500])  # fmt: skip


def _mark(session: Session, claimed: Claimed, **values: Any) -> bool:
    """Change a notice if this very claim still holds it."""
    statement = (
        update(Notice)
        .where(col(Notice.id) == claimed.id, col(Notice.status) == SENDING)
        .where(col(Notice.claimed_by) == claimed.worker, col(Notice.attempts) == claimed.attempt)
        .where(col(Notice.next_at) == claimed.until)
        .values(claimed_by=None, **values)
    )
    result = session.connection().execute(statement)
    return int(result.rowcount) == 1


def back_off(message_id: str, attempt: int) -> timedelta:
    """How long to wait after the `attempt`-th try (from 1) failed: between one minute and six hours, doubling.

    A part of up to a fifth is added, drawn from the notice itself, so that a server that comes back is not met by
    everybody at once, and a test can say when.
    """
    doubled: int = 2 ** min(attempt - 1, 20)
    base = min(FIRST_WAIT_FOR * doubled, LONGEST_WAIT_FOR)
    drawn = int.from_bytes(hashlib.sha256(f"{message_id} {attempt}".encode()).digest()[:4]) / 2**32
    return base + base * drawn / 5


def revive(session: Session, notice: int, *, by: str, at: datetime) -> None:
    """Take a dead notice up again, as the person `by` decided: it starts with its first try. Raises NotDead."""
    statement = (
        update(Notice)
        .where(col(Notice.id) == notice, col(Notice.status) == DEAD)
        .values(status=PENDING, attempts=0, next_at=at, revived_by=by)
    )
    if session.connection().execute(statement).rowcount != 1:
        raise not_dead(notice)


def not_dead(notice: int) -> NotDead:
    """That it is none that was given up; or not theirs to take up, which is said in the same words."""
    return NotDead(f"Notice {notice} is not a dead one: only what was given up can be taken up again.")
