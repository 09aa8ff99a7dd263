"""Taking in what another site sent: checked, shown, and put on file once."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from cases import advance, enclosures, exchange, gathering, opening, sites
from cases.evidence import EvidenceRoom
from cases.exchange import IN, Exchanged
from cases.history import SITE
from cases.matters import Matter
from cases.office import Office
from cases.organisations import Organisation
from cases.packets import Packet, SignedPacket, refused
from cases.people import holders
from states import forms
from states.rulebook import Exchange, Machine

UP, DOWN = (
    "escalation",
    "assignment",
)  # the machines of what goes up to a commission, and of what one gives out


def machine_of(packet: Packet) -> str:
    """The machine of the matter that a packet is."""
    return DOWN if packet.kind == "assigned" else UP


@dataclass(frozen=True, slots=True)
class Arrived:
    """A packet that is on file now. `new` tells whether it came for the first time."""

    number: str
    state: str
    new: bool
    packet: Packet


def check(
    session: Session, office: Office, signed: SignedPacket, envelope: dict[str, Any], *, own: str, rehearsal: bool,
    actor: str | None,
) -> Exchange:  # fmt: skip
    """Whether a packet may be taken in here at all. `actor` is None where it came by wire: its signature is its pass.

    Raises Refused: own_packet, unknown_site, revoked_site, bad_signature, not_theirs, wrong_addressee, rehearsal_only,
    not_your_role.
    """
    packet = signed.content
    rules = exchange.rules_of(office.rulebook().machines[machine_of(packet)], packet.notice)
    if actor is not None:
        exchange.check_carrier(session, office, actor, roles=rules.taken_in_by, organisation=packet.addressee.code,
                               carriers=rules.carried_by)  # fmt: skip
    site = sites.check(session, signed, envelope, own=own)
    sites.check_speaks_for(site, packet.sender.code)
    check_rehearsal(theirs=packet.rehearsal, ours=rehearsal)
    _check_addressee(session, rules, packet)
    return rules


def check_rehearsal(*, theirs: bool, ours: bool) -> None:
    """Raises Refused where a rehearsal writes to a real site, or the other way round."""
    if theirs != ours:
        raise refused("rehearsal_only", "演练与真实数据不能互换。", "A rehearsal and a real site do not exchange files.",
                      zh="请核对站点。", en="See which of the two was meant.")  # fmt: skip


def _check_addressee(session: Session, rules: Exchange, packet: Packet) -> None:
    code = packet.addressee.code
    here = session.get(Organisation, code) is not None
    if not here or not any(holders(session, role, organisation=code) for role in rules.taken_in_by):
        raise refused("wrong_addressee", f"收件机关 {code} 不在本站点。", f"{code}, whom it is for, is not on this site.",
                      zh="请送收件机关的站点。", en="Take it to the site of the body it is for.")  # fmt: skip


def receive(
    session: Session, office: Office, signed: SignedPacket, *, text: bytes, room: EvidenceRoom, by: str, at: datetime
) -> Arrived:  # fmt: skip
    """Put a checked packet on file: a new escalation, the next edition of one that was refused, or nothing new at all.

    Raises Refused: changed_packet (another content under the same notice), unexpected_edition, bad_form, bad_attachment.
    """
    packet = signed.content
    values = {"direction": IN, "sender": packet.sender.code, "notice": packet.notice, "edition": packet.edition,
              "sha256": signed.sha256, "site": signed.site, "at": at, "by": by,
              "text": enclosures.without_data(text)}  # fmt: skip
    held, fresh = exchange.claim(session, values)
    if held.sha256 != signed.sha256:
        raise refused("changed_packet", f"{packet.notice} 已收到过，内容不同。",
                      f"{packet.notice} came before with another content.",
                      zh="请与发件机关核实。", en="Ask the sender which of the two it stands by.")  # fmt: skip
    if fresh:
        with ExitStack() as until:
            came = enclosures.unpacked(room, packet.attachments, until)
            arrived = _new(session, office, packet, held, at=at)
            site = SITE + packet.sender.code
            enclosures.take_out(session, room, held.matter or 0, came, by=site, at=at)
        return arrived
    row = session.exec(select(Matter).where(col(Matter.id) == held.matter)).one()
    return Arrived(row.number, row.state, new=False, packet=packet)


def _new(session: Session, office: Office, packet: Packet, held: Exchanged, *, at: datetime) -> Arrived:
    before = _before(session, packet)
    site = SITE + packet.sender.code
    if before is None:
        machine = machine_of(packet)
        rules = office.rulebook().machines[machine]
        form = _form(office, rules, packet, at=at)
        arrives = exchange.rules_of(rules, packet.notice).arrives
        row, moved = opening.open_from_site(session, office, machine, organisation=packet.addressee.code,
                                            arrives=arrives, values=form, site=site, at=at)  # fmt: skip
        held.matter = row.id
    else:
        moved = _again(session, office, packet, before, site=site, at=at)
        held.matter = before
    session.add(held)
    session.flush()
    return Arrived(moved.number, moved.to, new=before is None, packet=packet)


def _before(session: Session, packet: Packet) -> int | None:
    """The matter that earlier editions made. Raises Refused for an edition older than one that came."""
    query = select(Exchanged).where(
        Exchanged.direction == IN, Exchanged.sender == packet.sender.code, Exchanged.notice == packet.notice,
        col(Exchanged.matter).is_not(None),
    )  # fmt: skip
    earlier = session.exec(query.order_by(col(Exchanged.edition).desc())).first()
    if earlier is not None and earlier.edition > packet.edition:
        raise refused("superseded", f"{packet.notice} 的更新件已收到。", f"A later edition of {packet.notice} came already.",
                      zh="无需再导入。", en="There is nothing to do.")  # fmt: skip
    return earlier.matter if earlier is not None else None


def _again(session: Session, office: Office, packet: Packet, matter: int, *, site: str, at: datetime) -> Any:
    """A packet that was refused came again."""
    row = gathering.load_by_id(session, matter).row
    rules = office.rulebook(row.rulebook).machines[row.machine]
    arrives = exchange.rules_of(rules, row.number).arrives
    if row.state not in rules.moves[arrives].from_:
        raise refused("unexpected_edition", f"{row.number} 未被拒收，不接收新的一件。",
                      f"{row.number} was not refused: there is no reason for another edition.",
                      zh="请与发件机关核实。", en="Ask the sender.")  # fmt: skip
    form = _form(office, rules, packet, at=at)
    return advance.advance_for_site(session, office, matter, arrives, site=site, at=at, form=form)


def _form(office: Office, rules: Machine, packet: Packet, *, at: datetime) -> dict[str, Any]:
    """What is kept of a packet: the form of arriving, read as any form is, and the facts as they came."""
    exchanged = exchange.rules_of(rules, packet.notice)
    given = {"title": packet.value("title"), "received_on": packet.value("received_on"), "incoming": True,
             "sender": packet.sender.zh, "sender_number": packet.notice}  # fmt: skip
    asked = rules.moves[exchanged.arrives].fields
    given = {field.name: given[field.name] for field in asked if field.name in given}
    today = max(office.day(at), _day(packet))  # the sender's day may have begun when ours has not
    read = forms.read_form(asked, given, values={}, today=today, zone=office.zone)
    facts = {fact.name: fact.value for fact in packet.facts if fact.name in exchanged.carries}
    if "project" in facts:  # the name it has there; here that code may mean another project, or none
        facts["project_name"] = facts.pop("project")
    return facts | read | {"purpose": packet.kind, "urgency": packet.urgency, "paper_no": packet.document}


def _day(packet: Packet) -> date:
    return datetime.fromisoformat(packet.created_at).date()
