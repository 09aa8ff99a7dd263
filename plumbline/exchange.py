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

from cases import (
    arriving,
    canonical,
    carriages,
    enclosures,
    exchange,
    gathering,
    packets,
    packing,
    replies,
    requests,
    sites,
)
from cases.arriving import Arrived
from cases.canonical import NotCanonical
from cases.exchange import BY_WIRE, IN, OUT, File
from cases.matters import Matter
from cases.organisations import Organisation
from cases.packets import Question, SignedKey, SignedPacket, SignedQuestion, SignedReply, SiteKey, refused
from cases.packing import Written
from cases.people import Person, Posting
from cases.replies import Taken
from cases.sites import TrustedSite
from notifications import mailed_files
from notifications.channels.posting import BadUrl, checked_url
from notifications.mail import BadAddress, address
from plumbline.site_keys import SiteKeys
from plumbline.work import Work
from states.facts import Refused

UNPROVEN = frozenset({
    "too_large", "not_a_packet", "unknown_version", "wrong_kind", "malformed", "damaged", "own_packet", "unknown_site",
    "revoked_site", "bad_signature", "no_attachment", "several_attachments",
})  # fmt: skip
"""Refusals of a file of which nobody knows whose it is."""

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
        self, data: bytes, *, by: str, at: datetime, only: Collection[str] = (), url: str | None = None,
        mail: str | None = None,
    ) -> TrustedSite:  # fmt: skip
        """Accept the other site's key. Raises Refused; of the addresses: bad_url, bad_mail."""
        _check_addresses(url, mail, rehearsal=self.work.rehearsal)

        def act(session: Session) -> tuple[TrustedSite, str, bool]:
            signed, envelope = packets.read(data, SignedKey)
            arriving.check_rehearsal(theirs=signed.content.rehearsal, ours=self.work.rehearsal)
            site = sites.trust(
                session, signed, envelope, only=only, own=self.keys.site, by=by, at=at, url=url, mail=mail
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
            signed = self._checked(session, mailed_files.opened(data), actor=actor)
        with ExitStack() as until:
            enclosures.unpacked(self.work.evidence, signed.content.attachments, until)
        return signed

    def receive(self, data: bytes, *, actor: str | None, at: datetime, by: str = BY_WIRE) -> Arrived:
        """Take a packet in, by itself or in a saved mail; `actor` is None where nobody brought it, but `by` says what
        did. Again: the same number, nothing new. Raises Refused.
        """
        by = actor or by

        def act(session: Session) -> tuple[Arrived, str, bool]:
            inner = data if by == BY_WIRE else mailed_files.opened(data)
            signed = self._checked(session, inner, actor=actor)
            arrived = arriving.receive(session, self.work.office, signed, text=inner, room=self.work.evidence, by=by,
                                       at=at)  # fmt: skip
            return arrived, arrived.number, arrived.new

        return self._noted(_file("packet", data), act, by=by, at=at, data=data)

    def reply(self, number: str, *, actor: str, at: datetime) -> Written:
        """Receipt and answer as a signed file. Raises NoSuchMatter, Refused."""
        with self.work.unit() as session:
            written = replies.reply(session, self.work.office, number, actor=actor, at=at, seal=self.keys.seal,
                                    rehearsal=self.work.rehearsal, room=self.work.evidence)  # fmt: skip
            exchange.note(
                session, _file("reply", written.text), outcome="written", by=actor, at=at, number=number
            )
        return written

    def answer(self, data: bytes, *, at: datetime) -> bytes:
        """Take in a packet that came by wire, and say how things stand: the signed reply. Raises Refused."""
        arrived = self.receive(data, actor=None, at=at)
        with self.work.unit() as session:
            return replies.reply_by_wire(session, self.work.office, arrived.packet, by=BY_WIRE, at=at,
                                         seal=self.keys.seal, rehearsal=self.work.rehearsal,
                                         room=self.work.evidence).text  # fmt: skip

    def question(self, number: str, *, at: datetime) -> bytes | None:
        """A signed question about a packet that arrived; None where none was written."""
        with self.work.reading() as session:
            row = session.exec(select(Matter).where(Matter.number == number)).one()
            held = exchange.of_matter(session, OUT, row.id or 0)
            if held is None:
                return None
            asked = Question(notice=held.notice, edition=held.edition, packet=held.sha256,
                             sender=exchange.body(session, row.organisation),
                             addressee=exchange.body(session, row.addressee or ""), rehearsal=self.work.rehearsal,
                             created_at=at.isoformat())  # fmt: skip
        return self.keys.seal("question", asked.model_dump(mode="json"))

    def answer_question(self, data: bytes, *, at: datetime) -> bytes:
        """How things stand with a packet that came before: the signed reply. Raises Refused."""

        def act(session: Session) -> tuple[bytes, str, bool]:
            signed, envelope = packets.read(data, SignedQuestion)
            replies.check_question(
                session, signed, envelope, own=self.keys.site, rehearsal=self.work.rehearsal
            )
            written = replies.reply_by_wire(session, self.work.office, signed.content, by=BY_WIRE, at=at,
                                            seal=self.keys.seal, rehearsal=self.work.rehearsal,
                                            room=self.work.evidence)  # fmt: skip
            return written.text, written.number, False

        return self._noted(_file("question", data), act, by=BY_WIRE, at=at, data=data)

    def reply_unasked(self, matter: int, *, by: str, at: datetime) -> tuple[Written, str]:
        """How things stand with a packet that came, as a signed file, and what tells it from the reply before: nothing
        was done since, if that is the same. Raises Refused."""
        with self.work.unit() as session:
            held = exchange.of_matter(session, IN, matter)
            if held is None:
                raise LookupError("Only what came from another site has a reply.")
            packet = SignedPacket.model_validate(canonical.read(held.text.encode())).content
            written = replies.reply_by_wire(session, self.work.office, packet, by=by, at=at, seal=self.keys.seal,
                                            rehearsal=self.work.rehearsal, room=self.work.evidence)  # fmt: skip
            return written, canonical.digest([held.sha256, *held.taken])

    def take_reply(
        self, data: bytes, *, actor: str | None, at: datetime, by: str = BY_WIRE, number: str = ""
    ) -> Taken:
        """Take a reply in, by itself or in a saved mail, and make its steps here; `actor` and `by` as for `receive`.
        `number` is what it was asked about, if it was. Raises Refused.
        """
        by = actor or by

        def act(session: Session) -> tuple[Taken, str, bool]:
            inner = data if by == BY_WIRE else mailed_files.opened(data)
            signed, envelope = packets.read(inner, SignedReply)
            held = replies.check(session, self.work.office, signed, envelope, own=self.keys.site,
                                 rehearsal=self.work.rehearsal, actor=actor)  # fmt: skip
            taken = replies.take(session, self.work.office, signed, held, at=at, room=self.work.evidence)
            return taken, taken.number, taken.new

        return self._noted(_file("reply", data), act, by=by, at=at, number=number, data=data)

    def once_more(self, number: str, *, actor: str, at: datetime, key: str | None = None) -> int:
        """Have its file brought or mailed again, whatever became of it; on how many ways. With the same key, once.

        Raises NoSuchMatter, Refused, KeyReused.
        """
        with self.work.unit() as session:
            loaded = gathering.load(session, self.work.office, number, login=actor, for_change=False)
            rules = exchange.rules_of(
                self.work.office.rulebook(loaded.row.rulebook).machines[loaded.row.machine], number
            )
            if loaded.actor.roles.isdisjoint(
                roles := (*rules.sent_by, *rules.taken_in_by, *rules.carried_by)
            ):
                exchange.refuse_role(self.work.office, roles)
            request = requests.Request(actor, key, ("once_more", loaded.row.number))
            done = requests.once(
                session, request, lambda: {"ways": carriages.once_more(session, loaded.row.id, at=at)}, at=at
            )
            return int(done["ways"])

    def refuse(self, data: bytes, refusal: Refused, *, by: str, at: datetime) -> None:
        """Put on record a file that is neither packet nor reply."""
        codes = [reason.code for reason in refusal.reasons]
        with self.work.unit() as session:
            exchange.note(session, _file("file", data), outcome="refused", by=by, at=at, reasons=codes)

    def _checked(self, session: Session, data: bytes, *, actor: str | None) -> SignedPacket:
        signed, envelope = packets.read(data, SignedPacket)
        arriving.check(session, self.work.office, signed, envelope, own=self.keys.site,
                       rehearsal=self.work.rehearsal, actor=actor)  # fmt: skip
        return signed

    def _noted(
        self, file: File, act: Callable[[Session], tuple[T, str, bool]], *, by: str, at: datetime, number: str = "",
        data: bytes = b"",
    ) -> T:  # fmt: skip
        """Do it and log it in one transaction; log a refusal in one of its own."""
        try:
            with self.work.unit() as session:
                result, found, new = act(session)
                if new or by != BY_WIRE:  # a sender that asks by wire every few minutes would fill the log
                    outcome = "taken" if new else "again"
                    exchange.note(session, file, outcome=outcome, by=by, at=at, number=found)
                return result
        except Refused as refusal:
            codes = [reason.code for reason in refusal.reasons]
            site = "" if refusal.code in UNPROVEN else _site_of(data)
            with self.work.unit() as session:
                exchange.note(
                    session, file, outcome="refused", by=by, at=at, number=number, reasons=codes, site=site
                )
            raise


def _file(what: str, data: bytes) -> File:
    return File(what, hashlib.sha256(data).hexdigest(), len(data))


def _site_of(data: bytes) -> str:
    """Whose file it is; to be asked only after its signature was found good."""
    try:
        found = canonical.read(mailed_files.opened(data))["site"]
    except (NotCanonical, Refused, KeyError, TypeError):
        return ""
    return found if isinstance(found, str) else ""


def _check_addresses(url: str | None, mail: str | None, *, rehearsal: bool) -> None:
    """Raises Refused for an address nothing may be brought to. Clear text is for rehearsals and this machine alone."""
    try:
        if url and "?" in checked_url(url, secret=not rehearsal):
            raise BadUrl("it holds a ? part, and a path is added to it: leave that out")
    except BadUrl as fault:
        raise refused("bad_url", f"网址不可用（{fault}）。", f"Nothing can be brought to this address: {fault}.",
                      zh="应为 https:// 开头的网址。",
                      en="It should look like https://district.example.") from None  # fmt: skip
    try:
        if mail:
            address(mail)
    except BadAddress:
        raise refused("bad_mail", "邮箱地址不正确。", "This is not an e-mail address.",
                      zh="如 exchange@district.example。",
                      en="It should look like exchange@district.example.") from None  # fmt: skip


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
