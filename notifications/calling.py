"""Calling webhooks: claim, post, record. No transaction is open while it is outside; the outbox's own rules of patience."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

import orjson
from sqlalchemy import select, update
from sqlmodel import Session, col

from cases.history import Event
from cases.matters import Matter
from cases.office import Office
from cases.people import Person
from notifications import outbox, webhooks
from notifications.channels import Undeliverable, Unreachable
from notifications.channels.lines import clean
from notifications.channels.posting import Mailbox
from notifications.channels.robots import FOR_GOOD
from notifications.channels.webhook import signature
from notifications.dispatch import LEASE_FOR, Unit
from notifications.messages import Letterhead
from notifications.notices import DEAD, PENDING, SENDING, SENT
from notifications.webhooks import STOPPED_BY_FAILURE, Delivery, Hook

AT_ONCE = 20
FAILING_FOR = timedelta(days=3)  # without one delivery that got through; then the subscription stops
GONE = 410  # the other side says that it wants no more
DOCUMENT = "webhook_stopped"


@dataclass(frozen=True, slots=True)
class Called:
    """How a run went: told, to be told again later, given up."""

    told: int = 0
    failed: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery in one worker's hands, with all that its content is made from."""

    id: int
    attempt: int
    until: datetime
    hook: int
    owner: str
    url: str
    secret: str
    matter: int
    content: bytes


def call_due(
    unit: Unit, office: Office, letterhead: Letterhead, *, worker: str, at: datetime, inside: Collection[str] = ()
) -> Called:  # fmt: skip
    """Try every delivery that is due, each for itself. `inside` names hosts that may be on the office's own network."""
    done: Counter[str] = Counter()
    while batch := _claimed(unit, letterhead, worker=worker, at=at):
        for claim in batch:
            done[_call(unit, office, claim, worker=worker, at=at, inside=inside)] += 1
    return Called(**done)


def _claimed(unit: Unit, letterhead: Letterhead, *, worker: str, at: datetime) -> list[Claim]:
    query = (
        select(Delivery, Hook, Event, col(Matter.number), col(Matter.machine))
        .join(Hook, col(Hook.id) == col(Delivery.webhook))
        .join(Event, col(Event.id) == col(Delivery.event))
        .join(Matter, col(Matter.id) == col(Delivery.matter))
        .where(col(Delivery.next_at) <= at)
        .order_by(col(Delivery.next_at), col(Delivery.id))
        .limit(AT_ONCE)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    until = at + LEASE_FOR
    with unit() as session:
        found = session.execute(query).all()
        claims = [
            Claim(delivery.id, delivery.attempts + 1, until, hook.id, hook.owner, hook.url, hook.secret, delivery.matter,
                  content(event, number, machine, letterhead.base_url))
            for delivery, hook, event, number, machine in found
        ]  # fmt: skip
        keys = [claim.id for claim in claims]
        if keys:
            taken = update(Delivery).where(col(Delivery.id).in_(keys)).values(
                status=SENDING, claimed_by=worker, next_at=until, attempts=col(Delivery.attempts) + 1)  # fmt: skip
            session.execute(taken, execution_options={"synchronize_session": False})
    return claims


def content(event: Event, number: str, machine: str, base_url: str) -> bytes:
    """What is told: that it happened. The same bytes in every try."""
    said = {
        "event": event.id, "number": number, "machine": machine, "move": event.move, "state": event.to_state,
        "version": event.version, "at": event.at, "link": f"{base_url.rstrip('/')}/matters/{quote(number, safe='')}",
    }  # fmt: skip
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z)


def _call(
    unit: Unit, office: Office, claim: Claim, *, worker: str, at: datetime, inside: Collection[str]
) -> str:  # fmt: skip
    """One delivery; the name of the count it belongs to."""
    with unit() as session:
        if not _still_theirs(session, office, claim):
            _record(
                session,
                claim,
                worker,
                status=DEAD,
                next_at=None,
                last_error="It is not the owner's to see any more.",
            )
            return "dead"
    error, for_good = "", False
    try:
        _post(claim, at=at, inside=inside)
    except Undeliverable as fault:
        error, for_good = str(fault), True
    except Unreachable as fault:
        error = str(fault)
    with unit() as session:
        if not error:
            _record(session, claim, worker, status=SENT, next_at=None, sent_at=at, last_error=None)
            session.execute(update(Hook).where(col(Hook.id) == claim.hook).values(failing_since=None))
            return "told"
        return _failed(session, claim, worker=worker, error=error, for_good=for_good, at=at)


def _still_theirs(session: Session, office: Office, claim: Claim) -> bool:
    person = session.get(Person, claim.owner)
    return (
        person is not None and person.active and webhooks.may_see(session, office, claim.owner, claim.matter)
    )


def _post(claim: Claim, *, at: datetime, inside: Collection[str]) -> None:
    """Returns when the other side said 2xx. Raises Undeliverable, Unreachable."""
    outside = (urlsplit(claim.url).hostname or "").lower() not in inside
    name, stamp = f"event-{claim.hook}-{claim.id}", str(int(at.timestamp()))
    headers = {"Content-Type": "application/json", "User-Agent": "plumbline", "webhook-id": name, "webhook-timestamp": stamp,
               "webhook-signature": signature(claim.secret, name=name, stamp=stamp, content=claim.content)}  # fmt: skip
    answered = Mailbox("The webhook", claim.url, outside_only=outside).post(claim.content, headers=headers)
    if 200 <= answered.status <= 299:
        return
    said = f"{answered.status} {clean(answered.body)}".strip()[:200]
    if answered.status == GONE or answered.status in FOR_GOOD:
        raise Undeliverable(f"The webhook refused it for good ({said}).")
    raise Unreachable(f"The webhook did not say that it took it ({said}).")


def _failed(
    session: Session, claim: Claim, *, worker: str, error: str, for_good: bool, at: datetime
) -> str:  # fmt: skip
    """Record a failure; where nothing has got through for too long, stop the subscription and tell its owner."""
    dead = for_good or claim.attempt >= outbox.MOST_ATTEMPTS
    again_at = at + outbox.back_off(f"webhook:{claim.id}", claim.attempt)
    _record(session, claim, worker, status=DEAD if dead else PENDING, next_at=None if dead else again_at,
            last_error=error[:500])  # fmt: skip
    hook = session.get_one(Hook, claim.hook)
    since = hook.failing_since or at
    session.execute(update(Hook).where(col(Hook.id) == claim.hook).values(failing_since=since))
    if hook.stopped_at is None and at - since >= FAILING_FOR:
        webhooks.stop(session, claim.hook, why=STOPPED_BY_FAILURE, at=at)
        _tell_owner(session, claim, at=at)
        return "dead"
    return "dead" if dead else "failed"


def _record(session: Session, claim: Claim, worker: str, **values: object) -> None:
    """Mark a delivery, if this very claim still holds it."""
    held = (
        col(Delivery.id) == claim.id,
        col(Delivery.claimed_by) == worker,
        col(Delivery.next_at) == claim.until,
    )
    marked = update(Delivery).where(*held).values(claimed_by=None, **values)
    session.execute(marked, execution_options={"synchronize_session": False})


def _tell_owner(session: Session, claim: Claim, *, at: datetime) -> None:
    """A notice to the owner, through the outbox like every other; it names no matter."""
    person = session.get_one(Person, claim.owner)
    way = outbox.way(person.channel or outbox.FOLDER, has_address=person.email is not None)
    mark = outbox.installation_mark(session)
    row: Mapping[str, object] = {
        "event": None, "matter": None, "recipient": claim.owner, "channel": way, "document": DOCUMENT,
        "lang": person.lang, "due_on": None, "counts": {"webhook": claim.hook}, "status": PENDING, "attempts": 0,
        "next_at": at, "planned_at": at,
        "message_id": outbox.message_id(mark, f"webhook:{claim.hook}:{at.isoformat()}", claim.owner, way),
    }  # fmt: skip
    outbox.insert(session, [dict(row)])
