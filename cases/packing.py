"""Writing the packet of an escalation: which facts go, what is left out, and that nobody's name slips through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from cases import canonical, disclosures, exchange, gathering
from cases.disclosures import Left
from cases.exchange import OUT, Exchanged, Seal
from cases.history import Event
from cases.listing import fields_of
from cases.matters import Matter, MatterLink, OnFile, Reporter
from cases.office import Office
from cases.organisations import Project
from cases.packets import Both, Fact, Packet, refused
from states.rulebook import Exchange, FormField, Label, Move, Rulebook

SHORTEST_NAME = (
    2  # a shorter text of a reporter's details, such as a surname alone, would be found everywhere
)


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


def pack(
    session: Session, office: Office, number: str, *, actor: str, at: datetime, seal: Seal, rehearsal: bool,
    redact: Sequence[str] = (), site: str,
) -> Written:  # fmt: skip
    """The signed packet of a dispatched escalation. Written once for each dispatch; asked again, it is the same file.

    Raises NoSuchMatter, and Refused: not_your_role, not_dispatched, cannot_be_left_out, names_the_reporter,
    already_written (when it is asked for with other redactions).
    """
    loaded = gathering.load(session, office, number, login=actor, for_change=True)
    row, book = loaded.row, office.rulebook(loaded.row.rulebook)
    rules = exchange.rules_of(book.machines[row.machine], number)
    if loaded.actor.roles.isdisjoint(rules.sent_by):
        exchange.refuse_role(office, rules.sent_by)
    edition = _edition(session, row, book.machines[row.machine].moves)
    if (held := exchange.of_matter(session, OUT, row.id)) is None or held.edition != edition:
        held = _write(session, office, row, edition, actor=actor, at=at, seal=seal, rehearsal=rehearsal,
                      redact=redact, site=site)  # fmt: skip
    return _told(session, row, held, redact, by=actor, at=at)


def text_of(session: Session, number: str) -> bytes | None:
    """The file of the newest dispatch of an escalation, if it was written."""
    row = session.exec(select(Matter).where(Matter.number == number)).one()
    held = exchange.of_matter(session, OUT, row.id or 0)
    sent = (
        select(func.count())
        .select_from(Event)
        .where(col(Event.matter) == row.id, col(Event.move) == "dispatch")
    )
    return held.text.encode() if held and held.edition == session.execute(sent).scalar_one() else None


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
    rehearsal: bool, redact: Sequence[str], site: str,
) -> Exchanged:  # fmt: skip
    packet = _packet(session, office, row, edition, at=at, rehearsal=rehearsal, redact=redact)
    _check_names(session, row, packet)
    content = packet.model_dump(mode="json")
    held = Exchanged(direction=OUT, sender=row.organisation, notice=row.number, edition=edition,
                     sha256=canonical.digest(content), site=site, matter=row.id,
                     text=seal("packet", content).decode(), at=at, by=actor)  # fmt: skip
    session.add(held)
    session.flush()
    return held


def _packet(
    session: Session, office: Office, row: OnFile, edition: int, *, at: datetime, rehearsal: bool, redact: Sequence[str]
) -> Packet:  # fmt: skip
    book = office.rulebook(row.rulebook)
    rules = exchange.rules_of(book.machines[row.machine], row.number)
    _check_redactions(rules, redact)
    facts = [fact for fact in _facts(session, book, rules, row) if fact.name not in redact]
    ground = next((fact.shown for fact in facts if fact.name == "ground"), None)
    return Packet(
        kind=row.values["purpose"], notice=row.number, edition=edition, document=row.values["paper_no"],
        sender=exchange.body(session, row.organisation), addressee=exchange.body(session, row.addressee or ""),
        ground=ground, urgency=row.values.get("urgency", "normal"), facts=facts, redactions=sorted(set(redact)),
        checkpoint=exchange.witness(session, at=at), rehearsal=rehearsal, created_at=at.isoformat(),
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
        field = _field(book, row.machine, name, value)
        if field is None or value in (None, "", []):
            continue
        value = "、".join(map(str, value)) if isinstance(value, list) else value
        yield Fact(name=name, value=value, label=_both(field.label), shown=_shown(field, value))


def _field(book: Rulebook, machine: str, name: str, value: Any) -> FormField | None:
    """The form field that gave the value, of the matter's own machine before any other; None where no form has it, or
    one keeps it private or sealed."""
    machines = [book.machines[machine], *book.machines.values()]
    fields = [field for each in machines for field in fields_of(each) if field.name == name]
    if any(field.private or field.sealed for field in fields):
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
    reporters = session.exec(select(Reporter).where(col(Reporter.matter).in_(parents))).all()
    secrets = [text for one in reporters for text in one.details.values()
               if isinstance(text, str) and len(text.strip()) >= SHORTEST_NAME]  # fmt: skip
    for fact in packet.facts:
        if isinstance(fact.value, str) and any(secret.strip() in fact.value for secret in secrets):
            raise refused("names_the_reporter", f"“{fact.label.zh}”含有举报人信息。",
                          f"{fact.label.en} ({fact.name}) holds something of who reported.",
                          zh=f"请退回修改文稿，或隐去 {fact.name}。",
                          en=f"Have the draft revised, or leave {fact.name} out.")  # fmt: skip


def _told(
    session: Session, row: OnFile, held: Exchanged, redact: Sequence[str], *, by: str, at: datetime
) -> Written:  # fmt: skip
    """The file, with the line in the ledger of what left."""
    content = Packet.model_validate(canonical.read(held.text.encode())["content"])
    if redact and sorted(set(redact)) != content.redactions:
        raise refused("already_written", "该件已写出，隐去内容不同。", "It was already written, with other redactions.",
                      zh="同一次发出只有一份文件。", en="One dispatch has one file; it stays as it was signed.")  # fmt: skip
    written = Written(row.number, held.text.encode(), held.sha256, held.edition,
                      tuple(fact.name for fact in content.facts), tuple(content.redactions),
                      content.addressee.code)  # fmt: skip
    left = Left(written.fields, written.redactions, held.sha256)
    disclosures.record(session, row.id, "packet", left, told=written.told, by=by, at=at)
    return written
