"""Receipt and answer: written on the site that was told, and made on the site that told it, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from cases import advance, arriving, canonical, disclosures, enclosures, exchange, gathering, sites
from cases.disclosures import Left
from cases.evidence import EvidenceRoom
from cases.exchange import IN, OUT, Exchanged, Seal
from cases.history import SITE, Event
from cases.matters import Matter, OnFile
from cases.office import Office
from cases.packets import Packet, Question, Reply, SignedPacket, SignedQuestion, SignedReply, Step, refused
from cases.packing import Written
from states import forms
from states.rulebook import Exchange, Machine


@dataclass(frozen=True, slots=True)
class Taken:
    """A reply that was taken in: the sender's matter, where it stands now, and what was made of it."""

    number: str
    state: str
    new: bool
    steps: tuple[str, ...]


def reply(
    session: Session, office: Office, number: str, *, actor: str, at: datetime, seal: Seal, rehearsal: bool,
    room: EvidenceRoom,
) -> Written:  # fmt: skip
    """The signed reply to a packet: that it came, and everything that was done about it so far. Closes the matter here
    once an answer is in it.

    Raises NoSuchMatter, and Refused: not_your_role, not_received, attachment_damaged.
    """
    loaded = gathering.load(session, office, number, login=actor, for_change=True)
    row = loaded.row
    machine = office.rulebook(row.rulebook).machines[row.machine]
    rules = exchange.rules_of(machine, number)
    if loaded.actor.roles.isdisjoint(rules.taken_in_by):
        exchange.refuse_role(office, rules.taken_in_by)
    held = exchange.of_matter(session, IN, row.id)
    if held is None:
        raise refused("not_received", f"{number} 不是由其他站点送来的。", f"{number} did not come from another site.",
                      zh="在本系统内直接签收、答复即可。", en="Sign for it and answer it here.")  # fmt: skip
    return _written(session, office, row, held, by=actor, at=at, seal=seal, rehearsal=rehearsal, room=room)


def reply_by_wire(
    session: Session,
    office: Office,
    packet: Packet | Question,
    *,
    by: str,
    at: datetime,
    seal: Seal,
    rehearsal: bool,
    room: EvidenceRoom,
) -> Written:
    """The signed reply to a packet that its sender's site has just brought, perhaps again, or asks about: how things
    stand. Raises Refused: never_received, attachment_damaged.
    """
    held = exchange.newest(session, IN, sender=packet.sender.code, notice=packet.notice)
    other = held is not None and isinstance(packet, Question) and held.sha256 != packet.packet
    if held is None or held.matter is None or other:
        raise refused("never_received", f"没有收到 {packet.notice}。", f"{packet.notice} never came.")
    row = gathering.load_by_id(session, held.matter).row
    return _written(session, office, row, held, by=by, at=at, seal=seal, rehearsal=rehearsal, room=room)


def _written(
    session: Session, office: Office, row: OnFile, held: Exchanged, *, by: str, at: datetime, seal: Seal,
    rehearsal: bool, room: EvidenceRoom,
) -> Written:  # fmt: skip
    """The file, with a line in the ledger for what the other site is told anew."""
    machine = office.rulebook(row.rulebook).machines[row.machine]
    rules = exchange.rules_of(machine, row.number)
    going = list(enclosures.enclosed(room, enclosures.going(session, row, ())))
    bare = _reply(session, row, machine, rules, held, at=at, rehearsal=rehearsal)
    content = bare.model_copy(update={"attachments": going}).as_content()
    if row.state in machine.moves[rules.settles].from_:
        advance.advance_by_engine(session, office, row.id, rules.settles, at=at)
    told, mark = content["addressee"]["code"], canonical.digest(content)
    fields = sorted({name for step in content["steps"] for name in step["form"]})
    fields += [f"attachment/{one.number}" for one in going]
    steps = [*(canonical.digest(step) for step in content["steps"]), *(one.sha256 for one in going)]
    if steps != held.taken:
        disclosures.record(session, row.id, "reply", Left(fields, sha256=mark), told=told, by=by, at=at)
        held.taken = steps
        session.add(held)
        session.flush()
    return Written(row.number, seal("reply", content), mark, held.edition, tuple(fields), (), told)


def _reply(
    session: Session, row: OnFile, machine: Machine, rules: Exchange, held: Exchanged, *, at: datetime, rehearsal: bool
) -> Reply:  # fmt: skip
    packet = SignedPacket.model_validate(canonical.read(held.text.encode())).content
    return Reply(
        notice=packet.notice, edition=packet.edition, packet=held.sha256, number=row.number,
        sender=packet.addressee, addressee=packet.sender, steps=list(_steps(session, row, machine, rules)),
        checkpoint=exchange.witness(session, at=at), rehearsal=rehearsal, created_at=at.isoformat(),
    )  # fmt: skip


def _steps(session: Session, row: OnFile, machine: Machine, rules: Exchange) -> Sequence[Step]:
    """What was done about the packet since it came last, as history has it; of each step only what its form asks for."""
    query = select(Event).where(col(Event.matter) == row.id).order_by(col(Event.seq))
    steps: list[Step] = []
    for event in session.exec(query):
        if event.move == rules.arrives:
            steps = []
        elif event.move in rules.replies:
            asked = {
                field.name
                for field in machine.moves[event.move].fields
                if not (field.private or field.vaulted)
            }
            form = {name: value for name, value in event.data.items() if name in asked and value is not None}
            steps.append(Step(move=event.move, at=event.at.isoformat(), form=form))
    return steps


def check_question(
    session: Session, signed: SignedQuestion, envelope: dict[str, Any], *, own: str, rehearsal: bool
) -> None:  # fmt: skip
    """Whether a question came from whom it says. Raises Refused: as for a packet."""
    site = sites.check(session, signed, envelope, own=own)
    sites.check_speaks_for(site, signed.content.sender.code)
    arriving.check_rehearsal(theirs=signed.content.rehearsal, ours=rehearsal)


def check(
    session: Session, office: Office, signed: SignedReply, envelope: dict[str, Any], *, own: str, rehearsal: bool,
    actor: str | None,
) -> Exchanged:  # fmt: skip
    """The packet of ours that a reply answers, locked. `actor` is None where it came by wire.

    Raises Refused: as for a packet, and never_sent, other_packet, not_the_addressee.
    """
    content = signed.content
    if actor is not None:  # by wire nothing is looked up before the signature is found good
        rules = exchange.rules_of(_machine(session, office, content), content.notice)
        exchange.check_carrier(session, office, actor, roles=rules.sent_by, organisation=content.addressee.code,
                               carriers=rules.carried_by)  # fmt: skip
    site = sites.check(session, signed, envelope, own=own)
    sites.check_speaks_for(site, content.sender.code)
    arriving.check_rehearsal(theirs=content.rehearsal, ours=rehearsal)
    held = exchange.sent(
        session, sender=content.addressee.code, notice=content.notice, edition=content.edition
    )
    if held is None or (actor is None and not _is_theirs(session, held, content.sender.code)):
        raise refused("never_sent", f"{content.notice} 从未发给该机关。", f"{content.notice} was never sent to them.",
                      zh="请对方核对编号。", en="Ask the other site which notice it means.")  # fmt: skip
    if held.sha256 != content.packet:
        raise refused("other_packet", "所答复的不是本站点发出的那一件。", "It answers another packet than ours.",
                      zh="请对方核对所收文件。", en="Ask the other site what it received.")  # fmt: skip
    return held


def _machine(session: Session, office: Office, content: Reply) -> Machine:
    """The machine of what a reply says it answers; where nothing of the kind was ever here, that of what goes up."""
    query = select(Matter.machine).where(Matter.number == content.notice)
    return office.rulebook().machines[session.exec(query).first() or arriving.UP]


def _is_theirs(session: Session, held: Exchanged, code: str) -> bool:
    """Whether it went to this body. By wire nobody else learns that there is such a number."""
    return gathering.load_by_id(session, held.matter or 0).row.addressee == code


def take(
    session: Session,
    office: Office,
    signed: SignedReply,
    held: Exchanged,
    *,
    at: datetime,
    room: EvidenceRoom,
) -> Taken:
    """Make the steps of a checked reply that were not made before, in their order, through the gate; and put its
    attachments on file, those that are not there yet.

    Raises Refused: not_the_addressee, superseded, contradicts, bad_attachment, or why a step may not be made; then none
    of them is, and nothing is kept.
    """
    content = signed.content
    row = gathering.load_by_id(session, held.matter or 0).row
    if row.addressee != content.sender.code:
        raise refused("not_the_addressee", f"{row.number} 不是发给 {content.sender.code} 的。",
                      f"{row.number} was not addressed to {content.sender.code}.",
                      zh="只有收件机关可以答复。", en="Only the body it was addressed to may answer.")  # fmt: skip
    marks = [canonical.digest(step.model_dump(mode="json")) for step in content.steps]
    known = held.taken
    if marks[: len(known)] != known[: len(marks)]:
        raise refused("contradicts", "与已收到的回执或答复不一致。", "It contradicts a reply that was taken in before.",
                      zh="请与对方核实。", en="Ask the other site which of the two it stands by.")  # fmt: skip
    fresh = list(content.steps[len(known) :])
    with ExitStack() as until:
        came = enclosures.not_there(session, row.id, enclosures.unpacked(room, content.attachments, until))
        if came:
            _check_edition(session, row, held)
        made = _make(session, office, row, content, fresh, held, first=not known, at=at)
        enclosures.take_out(session, room, row.id, came, by=SITE + content.sender.code, at=at)
    held.taken = [*known, *marks[len(known) :]]
    session.add(held)
    session.flush()
    state = gathering.load_by_id(session, row.id).row.state
    return Taken(row.number, state, new=bool(made or came), steps=tuple(made))


def _make(
    session: Session, office: Office, row: OnFile, content: Reply, fresh: Sequence[Step], held: Exchanged, *,
    first: bool, at: datetime,
) -> list[str]:  # fmt: skip
    machine = office.rulebook(row.rulebook).machines[row.machine]
    rules = exchange.rules_of(machine, row.number)
    site = SITE + content.sender.code
    if fresh or first:
        _check_edition(session, row, held)
    made = []
    if first and row.state in machine.moves[rules.delivered].from_:
        form = {"delivered_on": office.day(at).isoformat(), "delivered_to": content.sender.zh}
        advance.advance_for_site(session, office, row.id, rules.delivered, site=site, at=at, form=form)
        made.append(rules.delivered)
    for step in fresh:
        if step.move not in rules.replies:
            raise refused(
                "malformed",
                f"答复含有未知步骤 {step.move}。",
                f"The reply has a step nobody knows: {step.move}.",
            )
        made_on = office.day(
            min(datetime.fromisoformat(step.at), at)
        )  # a day that was ahead then may be past by now
        form = forms.read_form(machine.moves[step.move].fields, step.form, values=row.values, today=made_on,
                               zone=office.zone)  # fmt: skip
        advance.advance_for_site(session, office, row.id, step.move, site=site, at=at, form=form)
        made.append(step.move)
    return made


def _check_edition(session: Session, row: OnFile, held: Exchanged) -> None:
    """Raises Refused where the packet that is answered has been sent anew meanwhile."""
    latest = exchange.newest(session, OUT, sender=held.sender, notice=held.notice)
    if latest is not None and latest.edition != held.edition:
        raise refused("superseded", f"{row.number} 已重新发出，这是对前一件的答复。",
                      f"{row.number} was sent anew meanwhile; this answers the one before.",
                      zh="请对方答复新的一件。", en="Ask the other site to answer the new one.")  # fmt: skip
