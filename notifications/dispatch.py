"""Getting what is due out of the house: claim, render, deliver, record. No transaction is open while it is outside."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from notifications import messages, outbox, still
from notifications.channels import Channel, Receipt, Undeliverable, Unreachable
from notifications.messages import Letterhead
from notifications.notices import DEAD
from notifications.outbox import Claimed
from notifications.quiet import Hours, at_any_hour

AT_ONCE = 20
LEASE_FOR = timedelta(minutes=15)
"""Twenty attempts of thirty seconds each, and half as much again: a claim outlives the slowest server."""

Unit = Callable[[], AbstractContextManager[Session]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a delivery run did with the notices that were due.

    `failed` are tried again later, also those not tried because their channel is down; `dead` need a person;
    `overtaken` went out, but so late that another worker holds them now and may have sent a second copy. `dropped` were
    not sent, because their matter is not their reader's to see any more.
    """

    delivered: int = 0
    failed: int = 0
    dead: int = 0
    overtaken: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended. Without a receipt it failed."""

    receipt: Receipt | None = None
    remark: str | None = None
    error: str = ""
    permanent: bool = False
    channel_down: bool = False


def deliver_due(
    unit: Unit, channels: Mapping[str, Channel], *, worker: str, at: datetime, letterhead: Letterhead,
    limit: int = AT_ONCE, lease_for: timedelta = LEASE_FOR, now: Callable[[], datetime] | None = None,
    hours: Hours = at_any_hour,
) -> DeliveryReport:  # fmt: skip
    """Try every notice that is due, `limit` at a time, each for itself, until none is left.

    `unit` gives a session that is committed when it is left. A channel that is down as a whole is left alone for the
    rest of the run. A crash between delivery and record brings one more copy, with the same Message-ID, after the
    lease. `now` is the passing time in long runs; without it, all happens at `at`. `hours` says from when on the next
    try may disturb somebody.
    """
    moment = now or (lambda: at)
    done: Counter[str] = Counter()
    down: dict[str, str] = {}
    while batch := _claimed(unit, worker=worker, at=moment(), limit=limit, lease_for=lease_for, besides=down):
        for claimed in batch:
            done[_deliver(unit, channels, claimed, letterhead, down=down, moment=moment, hours=hours)] += 1
    return DeliveryReport(**done)


def _claimed(
    unit: Unit, *, worker: str, at: datetime, limit: int, lease_for: timedelta, besides: Iterable[str]
) -> list[Claimed]:
    with unit() as session:
        return outbox.claim(session, worker=worker, at=at, limit=limit, lease_for=lease_for, besides=besides)


def _deliver(
    unit: Unit, channels: Mapping[str, Channel], claimed: Claimed, letterhead: Letterhead, *,
    down: dict[str, str], moment: Callable[[], datetime], hours: Hours,
) -> str:  # fmt: skip
    """Try one notice and record how it went; the name of the count it belongs to."""
    if claimed.channel in down:
        with unit() as session:
            outbox.release(session, claimed, at=moment(), error=down[claimed.channel])
        return "failed"
    with unit() as session:
        if claimed.active and not still.may_be_told(session, letterhead.office, claimed.id):
            return "dropped" if outbox.record_dropped(session, claimed) else "overtaken"
    outcome = _attempt(channels, claimed, letterhead, at=moment())
    if outcome.channel_down:
        down[claimed.channel] = outcome.error
    with unit() as session:
        return _record(session, claimed, outcome, at=moment(), hours=hours)


def _attempt(
    channels: Mapping[str, Channel], claimed: Claimed, letterhead: Letterhead, *, at: datetime
) -> Outcome:  # fmt: skip
    if not claimed.active:
        return Outcome(error=f"The account of {claimed.recipient} has ended.", permanent=True)
    channel, remark = channels.get(claimed.channel), None
    if channel is None and outbox.FOLDER in channels:
        channel = channels[outbox.FOLDER]
        remark = f"The channel {claimed.channel!r} is not set up here: it went into the folder of notices."
    if channel is None:
        return Outcome(error=f"No channel {claimed.channel!r} is set up here: see PLUMBLINE_CHANNEL.")
    try:
        return Outcome(receipt=channel.deliver(messages.render(claimed, letterhead), at=at), remark=remark)
    except Undeliverable as fault:
        return Outcome(error=str(fault), permanent=True)
    except Unreachable as fault:
        return Outcome(error=str(fault), channel_down=fault.for_all)
    except Exception as fault:  # noqa: BLE001 - a fault of ours with one notice must not silence all the others
        _log.warning("Notice %s could not be delivered: %s", claimed.id, type(fault).__name__)
        return Outcome(error=f"A fault in Plumbline itself ({type(fault).__name__}): please report it.")


def _record(
    session: Session, claimed: Claimed, outcome: Outcome, *, at: datetime, hours: Hours
) -> str:  # fmt: skip
    if outcome.receipt is not None:
        marked = outbox.record_sent(
            session, claimed, at=at, receipt=outcome.receipt.answer, remark=outcome.remark
        )
        return "delivered" if marked else "overtaken"
    status = outbox.record_failure(session, claimed, at=at, error=outcome.error, permanent=outcome.permanent,
                                   hours=hours)  # fmt: skip
    return "overtaken" if status is None else "dead" if status == DEAD else "failed"
