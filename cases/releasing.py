"""Photographs for a brief: copies without metadata, released from a clue to a round of it. The originals stay there."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from cases import (
    attachments,
    convening,
    disclosures,
    exchange,
    gathering,
    history,
    photographs,
    recusals,
    unnamed,
)
from cases.attachments import RELEASED, Added, Attachment, New
from cases.disclosures import Left
from cases.errors import NoSuchMatter
from cases.evidence import Draft, EvidenceRoom
from cases.file_kinds import Kind
from cases.gathering import Loaded
from cases.matters import MatterLink, OnFile, Seat
from cases.office import Office
from cases.people import Person
from states.facts import Reason, Refused
from states.name_search import named_in
from states.rulebook import Label, Reach, Rulebook, StateKind


@dataclass(frozen=True, slots=True)
class Copied:
    """A photograph of a clue, and the draft of its copy."""

    number: int
    draft: Draft


def chosen(
    session: Session, office: Office, consultation: str, clue: str, numbers: Sequence[int], *, actor: str,
    caption: str | None,
) -> list[Attachment]:  # fmt: skip
    """The photographs that may be released, in the order asked for. Nothing is changed yet.

    Raises NoSuchMatter, and Refused: not_your_role, round_over, no_such_attachment, not_a_photograph,
    released_already, not_redacted, names_the_reporter.
    """
    to, of = _both(session, office, consultation, clue, actor=actor, for_change=False)
    found = _fitting(session, _going(session, to), of, numbers, caption=caption)
    for one in found:
        session.expunge(one)
    return found


def chosen_for_new(
    session: Session, office: Office, clue: str, move: str, given: Mapping[str, Any], *, actor: str
) -> list[Attachment]:
    """The photographs that a move's form names, for a round that is only to be convened. Nothing is changed yet.

    Raises what `chosen` raises.
    """
    of = gathering.load(session, office, clue, login=actor, for_change=False)
    book = office.rulebook(of.row.rulebook)
    numbers = convening.named(book.machines[of.row.machine], move, given)
    if not numbers:
        return []
    opens = book.machines[of.row.machine].moves[move].opens
    _check_right(office, book, opens.machine if opens else "", of)
    found = _fitting(session, _Going(frozenset({of.row.id})), of.row, numbers, caption=None)
    for one in found:
        session.expunge(one)
    return found


def example(session: Session, of: OnFile, field: str) -> dict[str, str]:
    """What a form that releases photographs of a clue may say, as an example: the first that can go, if there is one."""
    for one in attachments.of_matter(session, of.id) if attachments.any_of(session, of.id) else ():
        try:
            _fitting(session, _Going(frozenset({of.id})), of, [one.number], caption=None)
        except Refused:
            continue
        return {field: str(one.number)}
    return {}


def copies(room: EvidenceRoom, photos: Sequence[Attachment], keep_until: ExitStack) -> Iterator[Copied]:
    """The copies, as drafts. Raises Refused: attachment_damaged, not_a_photograph."""
    for one in photos:
        with room.opened(one.sha256, one.size) as stream:
            try:
                content = photographs.copy(stream)
            except photographs.BrokenImage:
                raise _not_a_photograph(one) from None
        yield Copied(one.number, keep_until.enter_context(room.draft(io.BytesIO(content))))


def release(
    session: Session, office: Office, room: EvidenceRoom, consultation: str, clue: str, copied: Sequence[Copied], *,
    actor: str, at: datetime, caption: str | None = None,
) -> list[Added]:  # fmt: skip
    """Release copies to a round: members see those, under names that say nothing. Raises what `chosen` raises."""
    to, of = _both(session, office, consultation, clue, actor=actor, for_change=True)
    photos = _fitting(session, _going(session, to), of, [one.number for one in copied], caption=caption)
    told = _told(session, to, of)
    made = []
    for photo, one in zip(photos, copied, strict=True):
        room.keep(one.draft)
        made.append(_release(session, to, of, photo, one.draft, told, actor=actor, at=at, caption=caption))
        to, of = (gathering.load_by_id(session, row.id).row for row in (to, of))
    return made


def _release(
    session: Session, to: OnFile, of: OnFile, photo: Attachment, draft: Draft, told: Sequence[str], *, actor: str,
    at: datetime, caption: str | None,
) -> Added:  # fmt: skip
    kind = Kind(photographs.COPIES)
    name = f"{to.number}-{len(attachments.of_matter(session, to.id)) + 1}.jpg"
    new = New(name, attachments.checked_caption(photo.caption if caption is None else caption), kind, draft.sha256,
              draft.size, RELEASED, photo.id)  # fmt: skip
    added = attachments.put(session, to, new, actor=actor, at=at)
    history.note(session, of, at=at, actor=actor, move=f"attachment.{RELEASED}",
                 data={"number": photo.number, "to": to.number, "copy": added.number, "sha256": draft.sha256})  # fmt: skip
    for body in told:
        left = Left((label(photo),), sha256=draft.sha256)
        disclosures.record(session, of.id, "brief", left, told=body, by=actor, at=at)
    return added


def label(one: Attachment) -> str:
    """What the ledger of disclosures calls an attachment."""
    return f"attachment/{one.number}"


def _both(
    session: Session, office: Office, consultation: str, clue: str, *, actor: str, for_change: bool
) -> tuple[OnFile, OnFile]:
    """The round, then the clue, each as this person sees it and may release to and from.

    The round comes first: a round's move may drive its clues, and two who lock in one order never wait for each other.
    """
    to = gathering.load(session, office, consultation, login=actor, for_change=for_change)
    of = gathering.load(session, office, clue, login=actor, for_change=for_change)
    book = office.rulebook(to.row.rulebook)
    _check_right(office, book, to.row.machine, of)
    if to.row.id not in _rounds_of(session, of.row):
        raise NoSuchMatter(consultation)
    if book.machines[to.row.machine].states[to.row.state].kind is StateKind.FINAL:
        raise _refused("round_over", f"{to.row.number} 已结束。", f"{to.row.number} is over.",
                       "请在新一轮会商中发布。", "Release it to the next round.")  # fmt: skip
    return to.row, of.row


def _check_right(office: Office, book: Rulebook, machine: str, of: Loaded) -> None:
    """Raises Refused("not_your_role"). Who sees only clues of their own releases as their handler."""
    allowed = book.machines[machine].released_by
    held = of.actor.roles.intersection(allowed)
    if not of.actor.is_handler:
        held = frozenset(role for role in held if not _sees_own_only(book, role, of.row.machine))
    if not held:
        exchange.refuse_role(office, allowed)


def _sees_own_only(book: Rulebook, role: str, machine: str) -> bool:
    return book.roles[role].sees.get(machine) is Reach.OWN


def _rounds_of(session: Session, clue: OnFile) -> set[int]:
    query = select(col(MatterLink.child)).where(
        col(MatterLink.parent) == clue.id, col(MatterLink.kind).not_in(recusals.APART)
    )
    return set(session.execute(query).scalars())


def _clues_of(session: Session, to: OnFile) -> set[int]:
    """Everything this round is about: a photograph of one clue must not tell whom another is about."""
    query = select(col(MatterLink.parent)).where(col(MatterLink.child) == to.id)
    return set(session.execute(query).scalars())


@dataclass(frozen=True, slots=True)
class _Going:
    """Where photographs go: a round with these clues, which has copies of these already. One yet to be convened has no
    number."""

    clues: frozenset[int]
    number: str = ""
    gone: frozenset[int | None] = frozenset()


def _going(session: Session, to: OnFile) -> _Going:
    gone = frozenset(one.origin for one in attachments.of_matter(session, to.id))
    return _Going(frozenset(_clues_of(session, to)), to.number, gone)


def _fitting(
    session: Session, to: _Going, of: OnFile, numbers: Sequence[int], *, caption: str | None
) -> list[Attachment]:
    photos = [attachments.one_of(session, of.id, number) for number in dict.fromkeys(numbers)]
    names, secrets = unnamed.subjects(session, to.clues), unnamed.reporters(session, to.clues)
    for one in photos:
        if not one.is_photograph:
            raise _not_a_photograph(one)
        if one.id in to.gone:
            raise _refused("released_already", f"第 {one.number} 号照片已发布到 {to.number}。",
                           f"Photograph {one.number} was released to {to.number} already.",
                           "无需重复发布。", "There is nothing left to do.")  # fmt: skip
        texts = (one.name, one.caption if caption is None else caption)
        if any(named_in(text, names) for text in texts):
            raise _refused("not_redacted", f"第 {one.number} 号照片的文件名或说明出现了被反映人。",
                           f"The name or caption of photograph {one.number} names the person concerned.",
                           "会商成员只能看到问题；请用 --caption 另写说明，或改名后重新添加。",
                           "Members see the problem, not the person: give another --caption, or add the file anew "
                           "under another name.")  # fmt: skip
        if any(named_in(text, secrets) for text in texts):
            raise _refused("names_the_reporter", f"第 {one.number} 号照片的文件名或说明含有举报人信息。",
                           f"The name or caption of photograph {one.number} holds something of who reported.",
                           "请用 --caption 另写说明，或改名后重新添加。",
                           "Give another --caption, or add the file anew under another name.")  # fmt: skip
    return photos


def _told(session: Session, to: OnFile, of: OnFile) -> list[str]:
    """The bodies whose members sit in the round and are kept out neither of it nor of the clue."""
    out = recusals.out_of(session, to.id) | recusals.out_of(session, of.id)
    query = (
        select(col(Person.organisation))
        .join(Seat, col(Seat.person) == col(Person.login))
        .where(col(Seat.matter) == to.id, col(Seat.person).not_in(out))
        .distinct()
        .order_by(col(Person.organisation))
    )
    return list(session.execute(query).scalars())


def _not_a_photograph(one: Attachment) -> Refused:
    return _refused("not_a_photograph", f"第 {one.number} 号附件不是完好的照片。",
                    f"Attachment {one.number} is not a photograph that can be copied.",
                    "只能发布 JPEG、PNG、WebP 图片；其他材料请写入脱敏情况说明。",
                    "Only JPEG, PNG and WebP pictures are released; put other things into words in the brief.")  # fmt: skip


def _refused(code: str, zh: str, en: str, cure_zh: str, cure_en: str) -> Refused:
    return Refused(code, (Reason(code, Label(zh=zh, en=en), Label(zh=cure_zh, en=cure_en)),))
