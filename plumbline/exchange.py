"""Exchange with other sites: keys, files and units of work around `cases.packing`, `cases.arriving`, `cases.replies`.

What is refused changes nothing and leaves a line in the exchange log, in a transaction of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlmodel import Session, col, select

from cases import arriving, enclosures, exchange, packets, packing, replies, sites
from cases.arriving import Arrived
from cases.exchange import File
from cases.organisations import Organisation
from cases.packets import SignedKey, SignedPacket, SignedReply, SiteKey
from cases.packing import Written
from cases.people import Person, Posting
from cases.replies import Taken
from cases.sites import TrustedSite
from plumbline.site_keys import SiteKeys
from plumbline.work import Work
from states.facts import Refused

BY_WIRE = "wire"
T = TypeVar("T")


@dataclass(frozen=True)
class Exchanger:
    """A site's end of the exchange."""

    work: Work
    keys: SiteKeys

    @classmethod
    def of(cls, work: Work) -> Exchanger:
        """The exchange of this installation; its key lies under its home."""
        return cls(work, SiteKeys(work.settings.home / "keys"))

    def key_file(self, *, at: datetime) -> bytes:
        """This site's public key for the other site, with the commissions that have people here."""
        with self.work.reading() as session:
            bodies = [exchange.body(session, code) for code in _manned(session)]
        content = SiteKey(key=self.keys.public, organisations=bodies, rehearsal=self.work.rehearsal,
                          created_at=at.isoformat())  # fmt: skip
        return self.keys.seal("site-key", content.model_dump(mode="json"))

    def trust(
        self, data: bytes, *, by: str, at: datetime, only: Collection[str] = (), url: str | None = None
    ) -> TrustedSite:
        """Accept the other site's key. Raises Refused."""

        def act(session: Session) -> tuple[TrustedSite, str, bool]:
            signed, envelope = packets.read(data, SignedKey)
            arriving.check_rehearsal(theirs=signed.content.rehearsal, ours=self.work.rehearsal)
            site = sites.trust(
                session, signed, envelope, only=only, own=self.keys.site, by=by, at=at, url=url
            )
            return site, site.id, True

        return self._noted(_file("site-key", data), act, by=by, at=at)

    def packet(
        self, number: str, *, actor: str, at: datetime, redact: Sequence[str] = (), attach: Sequence[int] = ()
    ) -> Written:
        """The packet of an escalation as a signed file. Raises NoSuchMatter, Refused."""
        with self.work.unit() as session:
            written = packing.pack(session, self.work.office, number, actor=actor, at=at, seal=self.keys.seal,
                                   rehearsal=self.work.rehearsal, room=self.work.evidence, redact=redact,
                                   attach=attach, site=self.keys.site)  # fmt: skip
            exchange.note(
                session, _file("packet", written.text), outcome="written", by=actor, at=at, number=number
            )
        return written

    def packet_again(self, number: str, *, actor: str, at: datetime) -> bytes:
        """The packet's file as it was signed; written now, in the name of who dispatched it, if nobody did yet."""
        with self.work.reading() as session:
            text = packing.text_of(session, self.work.evidence, number)
        return text or self.packet(number, actor=actor, at=at).text

    def look(self, data: bytes, *, actor: str) -> SignedPacket:
        """What a packet is, checked as `receive` checks it, without taking it in. Raises Refused."""
        with self.work.reading() as session:
            signed = self._checked(session, data, actor=actor)
        with ExitStack() as until:
            enclosures.unpacked(self.work.evidence, signed.content.attachments, until)
        return signed

    def receive(self, data: bytes, *, actor: str | None, at: datetime) -> Arrived:
        """Take a packet in; `actor` is None where it came by wire. Again: the same number, nothing new. Raises Refused."""
        by = actor or BY_WIRE

        def act(session: Session) -> tuple[Arrived, str, bool]:
            signed = self._checked(session, data, actor=actor)
            arrived = arriving.receive(session, self.work.office, signed, text=data, room=self.work.evidence, by=by,
                                       at=at)  # fmt: skip
            return arrived, arrived.number, arrived.new

        return self._noted(_file("packet", data), act, by=by, at=at)

    def reply(self, number: str, *, actor: str, at: datetime) -> Written:
        """Receipt and answer as a signed file. Raises NoSuchMatter, Refused."""
        with self.work.unit() as session:
            written = replies.reply(session, self.work.office, number, actor=actor, at=at, seal=self.keys.seal,
                                    rehearsal=self.work.rehearsal)  # fmt: skip
            exchange.note(
                session, _file("reply", written.text), outcome="written", by=actor, at=at, number=number
            )
        return written

    def answer(self, data: bytes, *, at: datetime) -> bytes:
        """Take in a packet that came by wire, and say how things stand: the signed reply. Raises Refused."""
        arrived = self.receive(data, actor=None, at=at)
        with self.work.unit() as session:
            return replies.reply_by_wire(session, self.work.office, arrived.packet, by=BY_WIRE, at=at,
                                         seal=self.keys.seal, rehearsal=self.work.rehearsal).text  # fmt: skip

    def take_reply(self, data: bytes, *, actor: str | None, at: datetime) -> Taken:
        """Take a reply in and make its steps here; `actor` is None where it came by wire. Raises Refused."""
        by = actor or BY_WIRE

        def act(session: Session) -> tuple[Taken, str, bool]:
            signed, envelope = packets.read(data, SignedReply)
            held = replies.check(session, self.work.office, signed, envelope, own=self.keys.site,
                                 rehearsal=self.work.rehearsal, actor=actor)  # fmt: skip
            taken = replies.take(session, self.work.office, signed, held, at=at)
            return taken, taken.number, taken.new

        return self._noted(_file("reply", data), act, by=by, at=at)

    def _checked(self, session: Session, data: bytes, *, actor: str | None) -> SignedPacket:
        signed, envelope = packets.read(data, SignedPacket)
        arriving.check(session, self.work.office, signed, envelope, own=self.keys.site,
                       rehearsal=self.work.rehearsal, actor=actor)  # fmt: skip
        return signed

    def _noted(
        self, file: File, act: Callable[[Session], tuple[T, str, bool]], *, by: str, at: datetime
    ) -> T:
        """Do it and log it in one transaction; log a refusal in one of its own."""
        try:
            with self.work.unit() as session:
                result, number, new = act(session)
                if new or by != BY_WIRE:  # a sender that asks by wire every few minutes would fill the log
                    outcome = "taken" if new else "again"
                    exchange.note(session, file, outcome=outcome, by=by, at=at, number=number)
                return result
        except Refused as refusal:
            codes = [reason.code for reason in refusal.reasons]
            with self.work.unit() as session:
                exchange.note(session, file, outcome="refused", by=by, at=at, reasons=codes)
            raise


def _file(what: str, data: bytes) -> File:
    return File(what, hashlib.sha256(data).hexdigest(), len(data))


def _manned(session: Session) -> Sequence[str]:
    """The commissions on file that somebody here holds a role in."""
    query = (
        select(Organisation.code)
        .join(Posting, col(Posting.organisation) == col(Organisation.code))
        .join(Person, col(Person.login) == col(Posting.person))
        .where(Organisation.kind == "commission", col(Person.active))
        .distinct()
        .order_by(Organisation.code)
    )
    return session.exec(query).all()
