"""By HTTPS: one POST there, the signed reply back. What the other site refuses is put on record here with its reasons."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cases import carriages, exchange
from cases.carriages import BROUGHT, FAILED, NOTHING_NEW, REFUSED_HERE, REFUSED_THERE, WIRE, Errand
from cases.errors import NoSuchMatter
from cases.exchange import BY_WIRE, File
from notifications.channels import Unreachable
from notifications.channels.lines import clean
from notifications.channels.posting import Answered, Mailbox
from plumbline.carrying.told import Carried, Why, sender_gone, why, whys
from plumbline.carrying.turning_away import turned_away
from plumbline.exchange import Exchanger
from states.facts import Refused

WAITS_FOR = timedelta(seconds=20)  # one answer
LEAST_A_SECOND = 50_000  # bytes of a packet, on a slow line
LONGEST_ANSWER = (
    16_000_000  # bytes: a reply is a text, with enclosures.MOST_IN_REPLY of attachments in base64
)
ROUND_FOR = timedelta(seconds=60)  # all of one site's answers together
IN_A_ROW = 3  # answers that make no sense, before the rest is kept for the next round
PACKETS, QUESTIONS = "/exchange/packets", "/exchange/questions"
NOT_THERE = (404, 405)  # a site that knows no questions
PASSING = (408, 425, 429)  # refusals of the moment, not of the file


class _Given(BaseModel):
    """A reason as the other site gives it."""

    model_config = ConfigDict(extra="ignore")

    code: Annotated[str, Field(pattern=r"^[a-z_]{1,64}$")]
    message: Annotated[str, Field(max_length=2000)]
    zh: Annotated[str, Field(max_length=2000)] = ""
    en: Annotated[str, Field(max_length=2000)] = ""


class _Problem(BaseModel):
    model_config = ConfigDict(extra="ignore")

    error: Annotated[str, Field(pattern=r"^[a-z_]{1,64}$")]
    reasons: Annotated[list[_Given], Field(min_length=1, max_length=20)]


@dataclass(frozen=True, slots=True)
class _Outcome:
    """How one packet fared. `proper`: whether the other site's answer made sense; None where it was not asked."""

    outcome: str
    reasons: Sequence[Why] = ()
    proper: bool | None = True

    @property
    def counts(self) -> Carried:
        """In the counts of a round."""
        went = self.outcome in (BROUGHT, NOTHING_NEW)
        return Carried(int(went), int(self.outcome == BROUGHT), int(not went))


def bring(end: Exchanger, site: str, url: str, errands: Sequence[Errand], *, at: datetime) -> Carried:
    """Bring these packets to one site, as long as it answers and the round lasts."""
    done, odd, last = Carried(), 0, monotonic() + ROUND_FOR.total_seconds()
    try:
        mailbox = Mailbox("The other site", url.rstrip("/") + PACKETS, trust=_trust(end),
                          longest=LONGEST_ANSWER)  # fmt: skip
        for errand in errands:
            outcome = _one(end, site, mailbox, errand, at=at)
            if outcome is None:
                continue
            done += outcome.counts
            odd = odd + 1 if outcome.proper is False else 0
            if odd == IN_A_ROW:
                raise Unreachable(outcome.reasons[0]["en"])
            if monotonic() >= last:
                break
    except Unreachable as fault:  # the line, not one packet: the others need not be tried now
        _line(end, site, str(fault), at=at, wait=True)
        return done + Carried(failed=int(odd < IN_A_ROW))
    return done


def _one(end: Exchanger, site: str, mailbox: Mailbox, errand: Errand, *, at: datetime) -> _Outcome | None:
    """One packet there, one reply back; None where another worker has it in hand. Raises Unreachable."""
    with end.work.unit() as session:
        if carriages.take(session, errand.matter, WIRE, at=at) is None:
            return None
    file = b""
    try:
        file = end.question(errand.number, at=at) or b"" if errand.arrived else b""
        answered = _asked(mailbox, file) if file else None
        if answered is None:
            file = end.packet_again(errand.number, actor=errand.sender, at=at)
            answered = _posted(mailbox, file)
    except (Refused, NoSuchMatter) as fault:
        reasons = whys(fault) if isinstance(fault, Refused) else [sender_gone()]
        outcome = _Outcome(REFUSED_HERE, reasons, proper=None)
        _settle(end, errand, outcome, "", at=at)
        return outcome
    except Unreachable as fault:
        if fault.for_all:
            with end.work.unit() as session:
                carriages.let_go(session, errand.matter, WIRE, at=at)
            raise
        outcome = _Outcome(FAILED, [_odd(str(fault))], proper=False)
    else:
        outcome = _understood(end, errand, answered, at=at)
    _record(end, site, errand, file, outcome, at=at)
    return outcome


def _posted(mailbox: Mailbox, file: bytes) -> Answered:
    allowed = WAITS_FOR + timedelta(seconds=len(file) // LEAST_A_SECOND)
    return replace(mailbox, total_for=allowed).post(file, headers={"Content-Type": "application/json"})


def _asked(mailbox: Mailbox, question: bytes) -> Answered | None:
    """The answer to a question in place of the packet; None where the packet itself is to go, because the other site does
    not know of it any more, or of questions."""
    there = replace(mailbox, url=mailbox.url.removesuffix(PACKETS) + QUESTIONS)
    answered = _posted(there, question)
    problem = _problem(answered)
    if answered.status in NOT_THERE or (problem is not None and problem.error == "never_received"):
        return None
    return answered


def _understood(end: Exchanger, errand: Errand, answered: Answered, *, at: datetime) -> _Outcome:
    """What an answer means: a reply that is taken in, a refusal with reasons, or nothing that makes sense."""
    if answered.status != 200:
        problem = _problem(answered)
        if problem is None:
            return _Outcome(FAILED, [_odd(f"The other site answers {answered.status}.")], proper=False)
        reasons = [why(one.code, _text(one.zh or one.message), _text(one.en or one.message))
                   for one in problem.reasons]  # fmt: skip
        return _Outcome(REFUSED_THERE, reasons)
    try:
        taken = end.take_reply(answered.body, actor=None, at=at, number=errand.number)
    except Refused as fault:
        return _Outcome(REFUSED_HERE, whys(fault), proper=fault.code != "not_a_packet")
    return _Outcome(BROUGHT if taken.new else NOTHING_NEW)


def _problem(answered: Answered) -> _Problem | None:
    """The other site's refusal of this file; None for any other trouble, which may be over in a minute."""
    if not 400 <= answered.status < 500 or answered.status in PASSING or not answered.kind.endswith("json"):
        return None
    try:
        return _Problem.model_validate_json(answered.body)
    except ValidationError:
        return None


def _record(
    end: Exchanger, site: str, errand: Errand, file: bytes, outcome: _Outcome, *, at: datetime
) -> None:
    sha256 = hashlib.sha256(file).hexdigest()
    arrived = outcome.outcome in (BROUGHT, NOTHING_NEW)  # from now on a short question goes in its place
    _settle(end, errand, outcome, sha256, at=at, size=0 if arrived else len(file))
    if not outcome.proper:
        _line(end, site, outcome.reasons[0]["en"], at=at, wait=False)
        return
    with end.work.unit() as session:
        carriages.answered(session, site, at=at)
        if outcome.outcome == REFUSED_THERE:
            codes = [one["code"] for one in outcome.reasons]
            exchange.note(session, File("packet", sha256, len(file)), outcome=REFUSED_THERE, by=BY_WIRE, at=at,
                          number=errand.number, reasons=codes, site=site)  # fmt: skip


def _settle(
    end: Exchanger, errand: Errand, outcome: _Outcome, mark: str, *, at: datetime, size: int = 0
) -> None:
    with end.work.unit() as session:
        carriages.settle(session, errand.matter, WIRE, outcome.outcome, at=at, mark=mark, reasons=outcome.reasons,
                         size=size)  # fmt: skip
        if outcome.outcome == REFUSED_THERE:
            turned_away(end, session, errand.matter, outcome.reasons, at=at)


def _line(end: Exchanger, site: str, reason: str, *, at: datetime, wait: bool) -> None:
    with end.work.unit() as session:
        carriages.silent(session, site, why=reason, at=at, wait=wait)


def _odd(text: str) -> Why:
    return why("no_proper_answer", f"对方站点没有正常应答（{text}）", text)


def _text(given: str) -> str:
    """The other site's words, as one printable line."""
    return clean(given.encode(errors="replace"))


def _trust(end: Exchanger) -> ssl.SSLContext | None:
    """Whose certificates are believed. Raises Unreachable for a file of certificates that cannot be read."""
    path = end.work.settings.exchange_ca
    if path is None:
        return None
    try:
        return ssl.create_default_context(cafile=str(path))
    except OSError as fault:
        raise Unreachable(f"{path} holds no certificates ({fault.strerror}).", for_all=True) from fault
