"""Writing the packet of an escalation: which facts go, what is left out, and that nobody's name slips through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from cases import canonical, disclosures, enclosures, exchange, gathering, unnamed
from cases.disclosures import Left
from cases.evidence import EvidenceRoom
from cases.exchange import OUT, Exchanged, Seal
from cases.history import Event
from cases.listing import fields_of
from cases.matters import Matter, MatterLink, OnFile
from cases.office import Office
from cases.organisations import Project
from cases.packets import Both, Enclosed, Fact, Packet, refused
from states.name_search import named_in
from states.rulebook import Exchange, FormField, Label, Move, Rulebook


@dataclass(frozen=True, slots=True)
class Written:
    """A file to hand over, and what it is."""

    number: str
    text: bytes
    sha256: str
    edition: int
    fields: tuple[str, ...]
    redactions: tuple[str, ...]
    told: str
    attachments: tuple[int, ...] = ()


def pack(
    session: Session, office: Office, number: str, *, actor: str, at: datetime, seal: Seal, rehearsal: bool,
    room: EvidenceRoom, redact: Sequence[str] = (), attach: Sequence[int] = (), site: str,
) -> Written:  # fmt: skip
    """The signed packet of a dispatched escalation. Written once for each dispatch; asked again, it is the same file.

    `attach` chooses attachments of the escalation by number; without it, those marked for it go.

    Raises NoSuchMatter, and Refused: not_your_role, not_dispatched, cannot_be_left_out, names_the_reporter,
    already_written (when it is asked for with other redactions or attachments); what `enclosures` raises.
    """
    loaded = gathering.load(session, office, number, login=actor, for_change=True)
    row, book = loaded.row, office.rulebook(loaded.row.rulebook)
    rules = exchange.rules_of(book.machines[row.machine], number)
    if loaded.actor.roles.isdisjoint(rules.sent_by):
        exchange.refuse_role(office, rules.sent_by)
    edition = _edition(session, row, book.machines[row.machine].moves)
    if (held := exchange.of_matter(session, OUT, row.id)) is None or held.edition != edition:
        held = _write(session, office, row, edition, actor=actor, at=at, seal=seal, rehearsal=rehearsal,
                      room=room, redact=redact, attach=attach, site=site)  # fmt: skip
    return _told(session, row, held, redact, attach, room=room, by=actor, at=at)


def text_of(session: Session, room: EvidenceRoom, number: str) -> bytes | None:
    """The file of the newest dispatch of an escalation, if it was written. Raises Refused("attachment_damaged")."""
    row = session.exec(select(Matter).where(Matter.number == number)).one()
    held = exchange.of_matter(session, OUT, row.id or 0)
    sent = (
        select(func.count())
        .select_from(Event)
        .where(col(Event.matter) == row.id, col(Event.move) == "dispatch")
    )
    written = held is not None and held.edition == session.execute(sent).scalar_one()
    return enclosures.with_data(room, held.text) if held and written else None


def _edition(session: Session, row: OnFile, moves: Mapping[str, Move]) -> int:
    """How often it was dispatched. Raises Refused where it is not under way now."""
    sending = [name for name, move in moves.items() if move.sends and not move.engine]
    gone = [name for name in sending if name in row.acts]
    under_way = {moves[name].to for name in gone}
    count = session.execute(
        select(func.count())
        .select_from(Event)
        .where(col(Event.matter) == row.id, col(Event.move).in_(sending))
    ).scalar_one()
    left_again = row.state in ("drafted", "approved") or row.values.get("incoming") is True
    if not under_way or left_again:
        raise refused("not_dispatched", f"{row.number} 尚未发出。", f"{row.number} was not dispatched.",
                      zh="请先审批并发出，再写出文件。", en="Approve and dispatch it first.")  # fmt: skip
    return int(count)


def _write(
    session: Session, office: Office, row: OnFile, edition: int, *, actor: str, at: datetime, seal: Seal,
    rehearsal: bool, room: EvidenceRoom, redact: Sequence[str], attach: Sequence[int], site: str,
) -> Exchanged:  # fmt: skip
    going = list(enclosures.enclosed(room, enclosures.going(session, row, attach)))
    packet = _packet(session, office, row, edition, at=at, rehearsal=rehearsal, redact=redact, going=going)
    _check_names(session, row, packet)
    content = packet.model_dump(mode="json")
    held = Exchanged(direction=OUT, sender=row.organisation, notice=row.number, edition=edition,
                     sha256=canonical.digest(content), site=site, matter=row.id,
                     text=enclosures.without_data(seal("packet", content)), at=at, by=actor)  # fmt: skip
    session.add(held)
    session.flush()
    return held


def _packet(
    session: Session, office: Office, row: OnFile, edition: int, *, at: datetime, rehearsal: bool, redact: Sequence[str],
    going: list[Enclosed],
) -> Packet:  # fmt: skip
    book = office.rulebook(row.rulebook)
    rules = exchange.rules_of(book.machines[row.machine], row.number)
    _check_redactions(rules, redact)
    facts = [fact for fact in _facts(session, book, rules, row) if fact.name not in redact]
    ground = next((fact.shown for fact in facts if fact.name == "ground"), None)
    return Packet(
        kind=row.values["purpose"], notice=row.number, edition=edition, document=row.values["paper_no"],
        sender=exchange.body(session, row.organisation), addressee=exchange.body(session, row.addressee or ""),
        ground=ground, urgency=row.values.get("urgency", "normal"), facts=facts, attachments=going,
        redactions=sorted(set(redact)), checkpoint=exchange.witness(session, at=at), rehearsal=rehearsal,
        created_at=at.isoformat(),
    )  # fmt: skip


def _check_redactions(rules: Exchange, redact: Sequence[str]) -> None:
    for name in redact:
        if name not in rules.carries or name in rules.always:
            free = "、".join(each for each in rules.carries if each not in rules.always)
            raise refused("cannot_be_left_out", f"“{name}”不能隐去。", f"{name!r} cannot be left out.",
                          zh=f"可隐去：{free}。", en=f"These can: {free.replace('、', ', ')}.")  # fmt: skip


def _facts(session: Session, book: Rulebook, rules: Exchange, row: OnFile) -> Iterator[Fact]:
    """The facts that go: those the rulebook names, if they are on file and not private or sealed."""
    known = row.values | {"title": row.title}
    if row.received_on is not None:
        known["received_on"] = row.received_on.isoformat()
    if project := session.get(
        Project, row.values.get("project", "")
    ):  # as handed on; a sealed report knows of none
        known["project"] = project.name
    for name in rules.carries:
        value = known.get(name)
        field = field_of(book, row.machine, name, value)
        if field is None or value in (None, "", []):
            continue
        value = "、".join(map(str, value)) if isinstance(value, list) else value
        yield Fact(name=name, value=value, label=_both(field.label), shown=_shown(field, value))


def field_of(book: Rulebook, machine: str, name: str, value: Any) -> FormField | None:
    """The form field that gave the value, of the matter's own machine before any other; None where no form has it, or
    one keeps it private or sealed."""
    machines = [book.machines[machine], *book.machines.values()]
    fields = [field for each in machines for field in fields_of(each) if field.name == name]
    if any(field.kept_apart for field in fields):
        return None
    fitting = [field for field in fields if not field.choices or value in field.choices]
    return next(iter(fitting or fields), None)


def _shown(field: FormField, value: Any) -> Both:
    if isinstance(value, bool):
        return Both(zh="是" if value else "否", en="yes" if value else "no")
    if isinstance(value, str) and value in field.choices:
        return _both(field.choices[value])
    return Both(zh=str(value), en=str(value))


def _both(label: Label) -> Both:
    return Both(zh=label.zh, en=label.en)


def _check_names(session: Session, row: OnFile, packet: Packet) -> None:
    """Raises Refused where something of who reported stands in a text that is about to leave."""
    parents = select(MatterLink.parent).where(MatterLink.child == row.id)
    secrets = unnamed.reporters(session, session.exec(parents))
    for fact in packet.facts:
        if isinstance(fact.value, str) and named_in(fact.value, secrets):
            raise refused("names_the_reporter", f"“{fact.label.zh}”含有举报人信息。",
                          f"{fact.label.en} ({fact.name}) holds something of who reported.",
                          zh=f"请退回修改文稿，或隐去 {fact.name}。",
                          en=f"Have the draft revised, or leave {fact.name} out.")  # fmt: skip


def _told(
    session: Session, row: OnFile, held: Exchanged, redact: Sequence[str], attach: Sequence[int], *,
    room: EvidenceRoom, by: str, at: datetime,
) -> Written:  # fmt: skip
    """The file, with the line in the ledger of what left."""
    content = Packet.model_validate(canonical.read(held.text.encode())["content"])
    if redact and sorted(set(redact)) != content.redactions:
        raise refused("already_written", "该件已写出，隐去内容不同。", "It was already written, with other redactions.",
                      zh="同一次发出只有一份文件。", en="One dispatch has one file; it stays as it was signed.")  # fmt: skip
    went = tuple(one.number for one in content.attachments)
    if attach and sorted(set(attach)) != sorted(went):
        raise refused("already_written", "该件已写出，附件不同。", "It was already written, with other attachments.",
                      zh="同一次发出只有一份文件。", en="One dispatch has one file; it stays as it was signed.")  # fmt: skip
    written = Written(row.number, enclosures.with_data(room, held.text), held.sha256, held.edition,
                      tuple(fact.name for fact in content.facts), tuple(content.redactions),
                      content.addressee.code, went)  # fmt: skip
    fields = (*written.fields, *(f"attachment/{number}" for number in went))
    left = Left(fields, written.redactions, held.sha256)
    disclosures.record(session, row.id, "packet", left, told=written.told, by=by, at=at)
    return written
