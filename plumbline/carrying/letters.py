"""By mail: the signed file attached to a mail that says nothing, once for each packet and for each reply with news."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cases import canonical, carriages, exchange
from cases.carriages import BROUGHT, FAILED, MAIL, REFUSED_HERE, REFUSED_THERE, Errand
from cases.errors import NoSuchMatter
from cases.exchange import BY_MAIL, File
from notifications import mailed_files
from notifications.channels import Channel, Undeliverable, Unreachable
from notifications.mailed_files import Ends
from plumbline.carrying.told import Carried, Why, sender_gone, why, whys
from plumbline.carrying.turning_away import turned_away
from plumbline.exchange import Exchanger
from states.facts import Refused


@dataclass(frozen=True, slots=True)
class _Post:
    """A file ready to be mailed. `mark` is the same for the same file, whenever it is written."""

    what: str
    number: str
    content: bytes
    mark: str

    @property
    def written_at(self) -> datetime:
        """What the file says of itself, so that a second copy of the mail is the same mail."""
        return datetime.fromisoformat(canonical.read(self.content)["content"]["created_at"])


def send_packets(end: Exchanger, site: str, to: str, errands: Sequence[Errand], *, at: datetime) -> Carried:
    """Mail these packets to one site, each once for each dispatch."""

    def packet(errand: Errand) -> _Post:
        content = end.packet_again(errand.number, actor=errand.sender, at=at)
        return _Post("packet", errand.number, content, hashlib.sha256(content).hexdigest())

    return _all(end, site, to, [(one.matter, lambda one=one: packet(one)) for one in errands], at=at)  # type: ignore[misc]


def send_replies(end: Exchanger, site: str, to: str, matters: Sequence[int], *, at: datetime) -> Carried:
    """Mail the replies of these matters to one site, those in which there is something new."""

    def reply(matter: int) -> _Post:
        written, mark = end.reply_unasked(matter, by=BY_MAIL, at=at)
        return _Post("reply", written.number, written.text, mark)

    return _all(end, site, to, [(one, lambda one=one: reply(one)) for one in matters], at=at)  # type: ignore[misc]


def _all(
    end: Exchanger, site: str, to: str, files: Sequence[tuple[int, Callable[[], _Post]]], *, at: datetime
) -> Carried:
    done = Carried()
    for matter, write in files:
        try:
            done += _one(end, Ends(end.work.settings.mail_from, to, site), matter, write, at=at)
        except (
            Unreachable
        ):  # the mail server itself, and put down with the file: the rest waits for the next round
            return done + Carried(failed=1)
    return done


def _one(end: Exchanger, ends: Ends, matter: int, write: Callable[[], _Post], *, at: datetime) -> Carried:
    """One file, if it was not mailed before. Raises Unreachable where others need not be tried either."""
    with end.work.unit() as session:
        held = carriages.take(session, matter, MAIL, at=at)
        if held is None:
            return Carried()
        before = held.mark if held.outcome == BROUGHT else ""
    try:
        post = write()
    except (Refused, NoSuchMatter) as fault:
        reasons = whys(fault) if isinstance(fault, Refused) else [sender_gone()]
        return _failed(end, matter, REFUSED_HERE, reasons, at=at)
    if post.mark == before:
        with end.work.unit() as session:
            carriages.rest(session, matter, MAIL, at=at)
        return Carried()
    try:
        letter = mailed_files.letter(
            post.content, what=post.what, mark=post.mark, ends=ends, at=post.written_at
        )
        _channel(end).deliver(letter, at=at)
    except Undeliverable as fault:
        return _failed(end, matter, REFUSED_THERE, [_said("mail_refused", fault)], at=at, mark=post.mark)
    except Unreachable as fault:
        failed = _failed(end, matter, FAILED, [_said("mail_not_sent", fault)], at=at, mark=post.mark)
        if fault.for_all:
            raise
        return failed
    _sent(end, ends, matter, post, at=at)
    return Carried(brought=1)


def _sent(end: Exchanger, ends: Ends, matter: int, post: _Post, *, at: datetime) -> None:
    sha256 = hashlib.sha256(post.content).hexdigest()
    with end.work.unit() as session:
        carriages.settle(session, matter, MAIL, BROUGHT, at=at, mark=post.mark, done=True)
        exchange.note(session, File(post.what, sha256, len(post.content)), outcome="mailed", by=BY_MAIL, at=at,
                      number=post.number, site=ends.site)  # fmt: skip


def _failed(
    end: Exchanger, matter: int, outcome: str, reasons: Sequence[Why], *, at: datetime, mark: str = ""
) -> Carried:
    with end.work.unit() as session:
        carriages.settle(session, matter, MAIL, outcome, at=at, mark=mark, reasons=reasons)
        if outcome == REFUSED_THERE:
            turned_away(end, session, matter, reasons, at=at)
    return Carried(failed=1)


def _channel(end: Exchanger) -> Channel:
    """The office's mail server. Raises Unreachable where none is set up."""
    found = end.work.channels.get("smtp")
    if found is None:
        raise Unreachable("No mail server is set up: set PLUMBLINE_SMTP_HOST.", for_all=True)
    return found


def _said(code: str, fault: Exception) -> Why:
    return why(code, f"邮件没有送出（{fault}）", str(fault))
