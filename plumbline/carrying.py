"""Packets by wire: brought to the site they are for, again and again until it has answered.

Who brings a packet is told how things stand, in a signed reply. So one message there and back is the whole protocol: a
packet that was lost comes again, a reply that was lost is asked for again, and neither does anything twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from cases import sites
from cases.arriving import DOWN, UP
from cases.errors import NoSuchMatter
from cases.matters import Matter
from notifications.channels import Unreachable
from notifications.channels.posting import Mailbox
from plumbline.exchange import Exchanger
from plumbline.work import Work
from states.facts import Refused

UNDER_WAY = ("dispatched", "delivered", "signed_for")
WAITS_FOR = timedelta(seconds=20)  # one site that does not answer must not hold up the others for long
MOST = 100  # packets in one round; the rest follow in the next
PACKETS = "/exchange/packets"


@dataclass(frozen=True, slots=True)
class Carried:
    """Packets that were brought, replies that said something new, and packets that could not be brought now."""

    brought: int
    taken: int
    failed: int


def carry(work: Work, *, at: datetime) -> Carried:
    """Bring every packet that is under way to its site, if that takes packets by wire, and take its reply in."""
    with work.reading() as session:
        waiting = _waiting(session)
    brought = taken = failed = 0
    end = Exchanger.of(work)
    for number, sender, url in waiting:
        try:
            taken += _bring(end, number, sender, url, at=at)
            brought += 1
        except (
            Unreachable,
            Refused,
            NoSuchMatter,
        ):  # logged where it happened; the clock of its receipt goes on
            failed += 1
    return Carried(brought, taken, failed)


def _waiting(session: Session) -> Sequence[tuple[str, str, str]]:
    """Number, who dispatched it, and where it goes; the one that moved longest ago first."""
    where = {code: site.url for site in sites.trusted(session) if site.url and site.revoked_at is None
             for code in site.organisations}  # fmt: skip
    if not where:
        return []
    query = (
        select(Matter)
        .where(
            col(Matter.machine).in_((UP, DOWN)),
            col(Matter.state).in_(UNDER_WAY),
            col(Matter.addressee).in_(list(where)),
        )
        .where(col(Matter.addressee) != col(Matter.organisation))
        .order_by(col(Matter.moved_at), col(Matter.id))
        .limit(MOST)
    )
    found = []
    for row in session.exec(query):
        by = row.acts.get("dispatch", [""])[0]
        found.append((row.number, by, where[row.addressee or ""] or ""))
    return found


def _bring(end: Exchanger, number: str, sender: str, url: str, *, at: datetime) -> int:
    """One packet there, one reply back; whether it said something new. Raises Unreachable, Refused."""
    packet = end.packet_again(number, actor=sender, at=at)
    mailbox = Mailbox("The other site", url.rstrip("/") + PACKETS, total_for=WAITS_FOR)
    answered = mailbox.post(packet, headers={"Content-Type": "application/json"})
    if answered.status != 200:
        raise Unreachable(f"The other site answers {answered.status}.")
    return int(end.take_reply(answered.body, actor=None, at=at).new)
