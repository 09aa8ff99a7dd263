"""Files on their way to other sites: brought by HTTPS until they are answered, sent by mail, taken in from a folder.

Who brings a packet is told how things stand, in a signed reply. So one message there and back is the whole protocol: a
packet that was lost comes again, a reply that was lost is asked for again, and neither does anything twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from cases import carriages, exchange, sites
from cases.arriving import DOWN, UP
from cases.carriages import MAIL, WIRE, Errand, Line
from cases.sites import TrustedSite
from plumbline.carrying import folder, letters, wire
from plumbline.carrying.told import Carried
from plumbline.exchange import Exchanger
from plumbline.work import Work

__all__ = ["Carried", "carry"]

UNDER_WAY = ("dispatched", "delivered", "signed_for")
MOST = 100  # files for one site in one round; the rest follow in the next
AT_ONCE = 8  # sites
MAIL_AFTER = timedelta(days=1)  # a site that has both addresses is written to once its line is down so long

Round = Callable[[], Carried]


def carry(work: Work, *, at: datetime) -> Carried:
    """Take in what lies in the folder, and bring every file that is due to its site, each site on its own: one that
    hangs holds up no other."""
    end = Exchanger.of(work)
    done = [folder.take_in(end, at=at)]
    with work.reading() as session:
        rounds = [*_outward(session, end, at=at), *_homeward(session, end, at=at)]
    if rounds:
        with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(rounds)), thread_name_prefix="carry") as pool:
            done += pool.map(lambda one: one(), rounds)
    return sum(done, Carried())


def _outward(session: Session, end: Exchanger, *, at: datetime) -> list[Round]:
    """A round for each site that packets are due to, by the way it is reached now."""
    lines = carriages.lines(session)
    rounds: list[Round] = []
    for site, bodies in _addressees(session).items():
        held, line = _site(session, site), lines.get(site)
        if held.url and not (line is not None and line.next_at is not None and line.next_at > at):
            due = _due(session, WIRE, bodies, at=at)
            if due:
                rounds.append(partial(wire.bring, end, held.id, held.url, due, at=at))
        if held.mail and (not held.url or _is_long_down(line, at)):
            due = _due(session, MAIL, bodies, at=at)
            if due:
                rounds.append(partial(letters.send_packets, end, held.id, held.mail, due, at=at))
    return rounds


def _homeward(session: Session, end: Exchanger, *, at: datetime) -> list[Round]:
    """Replies to packets that did not come by wire, for sites with a mailbox: those who bring by wire ask by wire."""
    boxes = {site.id: site.mail for site in sites.trusted(session) if site.mail and site.revoked_at is None}
    due = carriages.replies_due(session, sites=list(boxes), came_by=exchange.BY_WIRE, at=at, limit=MOST)
    rounds: list[Round] = []
    for site, mail in boxes.items():
        matters = [matter for matter, its in due if its == site]
        if matters:
            rounds.append(partial(letters.send_replies, end, site, mail or "", matters, at=at))
    return rounds


def _addressees(session: Session) -> Mapping[str, Sequence[str]]:
    """Of every site that can be reached, the bodies whose packets go there: to the one that was trusted last."""
    where = {code: site.id for site in sites.trusted(session) if site.revoked_at is None and (site.url or site.mail)
             for code in site.organisations}  # fmt: skip
    return {
        site: [code for code, its in where.items() if its == site] for site in dict.fromkeys(where.values())
    }


def _site(session: Session, site: str) -> TrustedSite:
    return session.get_one(TrustedSite, site)


def _due(session: Session, way: str, bodies: Sequence[str], *, at: datetime) -> Sequence[Errand]:
    return carriages.packets_due(
        session, way, machines=(UP, DOWN), states=UNDER_WAY, to=bodies, at=at, limit=MOST
    )


def _is_long_down(line: Line | None, at: datetime) -> bool:
    return line is not None and line.down_since is not None and at - line.down_since >= MAIL_AFTER
