"""What travels with an escalation: attachments of its clue marked for it, enclosed in a packet, and taken out of one.

With the reply travel those of the escalation itself that were marked where it was received.
"""

from __future__ import annotations

import base64
import binascii
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import attachments, canonical, exchange, file_kinds, file_names, gathering, history, unnamed
from cases.attachments import ADDED, ARRIVED, CARRIED, MARKED, Added, Attachment, New
from cases.errors import NoSuchMatter
from cases.evidence import Draft, EvidenceRoom
from cases.file_kinds import Kind
from cases.gathering import Loaded
from cases.matters import MatterLink, OnFile
from cases.office import Office
from cases.packets import Enclosed, refused
from states.facts import Reason, Refused
from states.name_search import named_in
from states.rulebook import Label, Machine, StateKind

MOST_ENCLOSED = 45 << 20  # bytes of all attachments of a packet: in base64 they fit into canonical.MOST_BYTES

MOST_IN_REPLY = (
    10 << 20
)  # bytes of all attachments of a reply: it is the answer to one request, and must not hold a line up


def mark(
    session: Session, office: Office, escalation: str, numbers: Sequence[int], *, actor: str, at: datetime
) -> list[Added]:
    """Mark attachments of the clue for its escalation, before that is dispatched: the body it is for will see them. Of an
    escalation that came from another site: its own attachments that were added here, for the reply.

    Raises NoSuchMatter, and Refused: not_exchanged, not_your_role, already_dispatched, answered_already,
    no_such_attachment, came_with_it, marked_already, names_the_reporter, too_much_enclosed.
    """
    loaded = gathering.load(session, office, escalation, login=actor, for_change=True)
    to = loaded.row
    machine = office.rulebook(to.rulebook).machines[to.machine]
    rules = exchange.rules_of(machine, escalation)
    if exchange.of_matter(session, exchange.IN, to.id) is not None:
        return _mark_for_reply(session, office, loaded, machine, numbers, at=at)
    if loaded.actor.roles.isdisjoint(rules.sent_by):
        exchange.refuse_role(office, rules.sent_by)
    _check_not_gone(machine, to)
    of = _clue_of(session, office, to, actor=actor)
    made = []
    for one in _fitting(session, to, of, numbers):
        made.append(attachments.put(session, to, New.again(one, how=MARKED), actor=actor, at=at))
        history.note(session, of, at=at, actor=actor, move=f"attachment.{MARKED}",
                     data={"number": one.number, "to": to.number, "sha256": one.sha256})  # fmt: skip
        to, of = (gathering.load_by_id(session, row.id).row for row in (to, of))
    return made


def _mark_for_reply(
    session: Session,
    office: Office,
    loaded: Loaded,
    machine: Machine,
    numbers: Sequence[int],
    *,
    at: datetime,
) -> list[Added]:
    """Mark attachments for the reply to what came from another site, before it is closed with an answer."""
    row, rules = loaded.row, exchange.rules_of(machine, loaded.row.number)
    if loaded.actor.roles.isdisjoint(rules.taken_in_by):
        exchange.refuse_role(office, rules.taken_in_by)
    if machine.states[row.state].kind is StateKind.FINAL:
        raise refused("answered_already", f"{row.number} 已答复并办结。", f"{row.number} was answered and is closed.",
                      zh="请另行去函补充。", en="Send what is missing with a letter of its own.")  # fmt: skip
    chosen = _fitting(session, row, row, numbers)
    if foreign := [one for one in chosen if one.how not in (ADDED, CARRIED)]:
        raise refused("came_with_it", f"第 {foreign[0].number} 号附件是对方送来的，或已列入答复。",
                      f"Attachment {foreign[0].number} came from the other site, or goes with the reply already.",
                      zh="请选择本机关添加的附件。", en="Choose among those that were added here.")  # fmt: skip
    _check_size([*attachments.of_matter(session, row.id, how=MARKED), *chosen])
    made = []
    for one in chosen:
        made.append(attachments.put(session, row, New.again(one, how=MARKED), actor=loaded.actor.id, at=at))
        row = gathering.load_by_id(session, row.id).row
    return made


def _check_size(going: Sequence[Attachment]) -> None:
    if sum(one.size for one in going) > MOST_IN_REPLY:
        most = MOST_IN_REPLY >> 20
        raise refused("too_much_enclosed", f"随答复的附件合计不得超过 {most} MB。",
                      f"The attachments of a reply come to {most} MB at most.",
                      zh="请压缩，或另行报送。", en="Make them smaller, or send them apart.")  # fmt: skip


def _check_not_gone(machine: Machine, row: OnFile) -> None:
    """Raises Refused where the escalation is past the states in which somebody dispatches it."""
    sending = [move for move in machine.moves.values() if move.sends and not move.engine]
    before = {machine.initial, *(state for move in sending for state in move.from_)}
    if row.state not in before or row.values.get("incoming") is True:
        raise refused("already_dispatched", f"{row.number} 已发出。", f"{row.number} was dispatched already.",
                      zh="请另行上报补充材料。", en="Send what is missing with an escalation of its own.")  # fmt: skip


def _clue_of(session: Session, office: Office, row: OnFile, *, actor: str) -> OnFile:
    """The matter an escalation came out of, as this person sees it. Raises NoSuchMatter."""
    query = select(col(MatterLink.parent)).where(col(MatterLink.child) == row.id).order_by(col(MatterLink.id))
    parent = session.execute(query).scalars().first()
    if parent is None:
        raise NoSuchMatter(row.number)
    number = gathering.load_by_id(session, parent).row.number
    return gathering.load(session, office, number, login=actor, for_change=True).row


def _fitting(session: Session, to: OnFile, of: OnFile, numbers: Sequence[int]) -> list[Attachment]:
    chosen = [attachments.one_of(session, of.id, number) for number in dict.fromkeys(numbers)]
    there = {one.origin for one in attachments.of_matter(session, to.id)}
    for one in chosen:
        if one.id in there:
            raise refused("marked_already", f"第 {one.number} 号附件已列入 {to.number}。",
                          f"Attachment {one.number} goes with {to.number} already.",
                          zh="无需重复。", en="There is nothing left to do.")  # fmt: skip
    check_names(session, to, chosen)
    return chosen


def check_names(session: Session, row: OnFile, chosen: Iterable[Attachment]) -> None:
    """Raises Refused where the name or caption of an attachment about to leave holds something of who reported."""
    parents = select(col(MatterLink.parent)).where(col(MatterLink.child) == row.id)
    secrets = unnamed.reporters(session, session.execute(parents).scalars().all())
    for one in chosen:
        if named_in(f"{one.name}\n{one.caption}", secrets):
            raise refused("names_the_reporter", f"第 {one.number} 号附件的文件名或说明含有举报人信息。",
                          f"The name or caption of attachment {one.number} holds something of who reported.",
                          zh="请改名后重新添加。", en="Add it anew under another name.")  # fmt: skip


# ------------------------------------------------------------------------------------------------- into a packet


def going(session: Session, row: OnFile, numbers: Sequence[int]) -> list[Attachment]:
    """The attachments that go with a packet: those asked for, or else those marked for the escalation.

    Raises Refused: no_such_attachment, names_the_reporter, too_much_enclosed.
    """
    if numbers:
        chosen = [attachments.one_of(session, row.id, number) for number in sorted(set(numbers))]
    else:
        chosen = list(attachments.of_matter(session, row.id, how=MARKED))
    check_names(session, row, chosen)
    if sum(one.size for one in chosen) > MOST_ENCLOSED:
        most = MOST_ENCLOSED >> 20
        raise refused("too_much_enclosed", f"附件合计超过 {most} MB。", f"The attachments come to more than {most} MB.",
                      zh="请用 --attach 选择部分附件。", en="Choose some of them with --attach.")  # fmt: skip
    return chosen


def enclosed(room: EvidenceRoom, chosen: Iterable[Attachment]) -> Iterator[Enclosed]:
    """Attachments as a packet carries them. Raises Refused("attachment_damaged")."""
    for one in chosen:
        with room.opened(one.sha256, one.size) as stream:
            data = base64.b64encode(stream.read()).decode()
        yield Enclosed(number=one.number, name=one.name, caption=one.caption, media_type=one.media_type,
                       size=one.size, sha256=one.sha256, data=data)  # fmt: skip


def without_data(text: bytes) -> str:
    """A packet's file as it is kept in the database: the bytes of attachments lie in the evidence room already."""
    envelope = canonical.read(text)
    for one in envelope["content"].get("attachments", ()):
        one["data"] = ""
    return canonical.written(envelope).decode() + "\n"


def with_data(room: EvidenceRoom, text: str) -> bytes:
    """The file as it was signed, to the byte. Raises Refused("attachment_damaged")."""
    envelope: dict[str, Any] = canonical.read(text.encode())
    for one in envelope["content"].get("attachments", ()):
        with room.opened(one["sha256"], one["size"]) as stream:
            one["data"] = base64.b64encode(stream.read()).decode()
    return canonical.written(envelope) + b"\n"


# ----------------------------------------------------------------------------------------------- out of a packet


@dataclass(frozen=True, slots=True)
class Unpacked:
    """An attachment of a packet, as a draft that was found good."""

    enclosed: Enclosed
    draft: Draft
    kind: Kind


def unpacked(room: EvidenceRoom, came: Sequence[Enclosed], until: ExitStack) -> list[Unpacked]:
    """The attachments of a packet, each examined as an upload is. Raises Refused with every reason; then none is kept."""
    found, reasons = [], []
    for one in came:
        try:
            draft = until.enter_context(room.draft(_bytes_of(one)))
            kind = file_kinds.examine(draft.path)
            _check(one, draft, kind)
            found.append(Unpacked(one, draft, kind))
        except Refused as refusal:
            reasons += [_of(one, reason) for reason in refusal.reasons]
    if reasons:
        raise Refused("bad_attachment", tuple(reasons))
    return found


def take_out(
    session: Session, room: EvidenceRoom, matter: int, found: Sequence[Unpacked], *, by: str, at: datetime
) -> None:
    """Put the attachments of a packet or a reply on file, those that did not come before."""
    for one in not_there(session, matter, found):
        row = gathering.load_by_id(session, matter).row
        new = New.of(one.draft, one.kind, name=one.enclosed.name, caption=one.enclosed.caption, how=ARRIVED)
        attachments.put(session, row, new, actor=by, at=at)
        room.keep(one.draft)


def not_there(session: Session, matter: int, found: Sequence[Unpacked]) -> list[Unpacked]:
    """Those of these attachments that no earlier file brought."""
    known = {(one.name, one.sha256) for one in attachments.of_matter(session, matter, how=ARRIVED)}
    return [one for one in found if (one.enclosed.name, one.draft.sha256) not in known]


def _bytes_of(one: Enclosed) -> io.BytesIO:
    try:
        return io.BytesIO(base64.b64decode(one.data, validate=True))
    except (binascii.Error, ValueError):
        raise _not_as_told() from None


def _check(one: Enclosed, draft: Draft, kind: Kind) -> None:
    told = (one.sha256, one.size, one.media_type, one.name)
    if told != (draft.sha256, draft.size, kind.media_type, file_names.cleaned(one.name, kind.endings)):
        raise _not_as_told()


def _not_as_told() -> Refused:
    return refused("not_as_told", "内容与所述的名称、类型、大小或散列值不符。",
                   "It is not what its name, kind, size and hash say.")  # fmt: skip


def _of(one: Enclosed, reason: Reason) -> Reason:
    says = Label(zh=f"附件“{one.name}”：{reason.message.zh}", en=f"{one.name}: {reason.message.en}")
    return Reason(reason.code, says, reason.cure)
