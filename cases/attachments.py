"""Attachments of a matter: evidence as it was handed in, copies released to a round, what travels with an escalation.

A row refers to bytes in the evidence room; the same bytes again are another row and no further file. That one was added
is an event of the matter's history, by hash and never by content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, bindparam, insert, select
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col

from cases import access, file_names, gathering, history, round_items, round_sight
from cases.evidence import Draft, EvidenceRoom
from cases.file_kinds import PHOTOGRAPHS, Kind
from cases.gathering import Loaded
from cases.history import Event
from cases.matters import Matter, OnFile
from cases.office import Office
from cases.people import postings_of
from cases.prepared import Prepared
from states import form_values
from states.agenda import FIRST
from states.facts import Reason, Refused
from states.form_values import BadValue
from states.refusals import not_your_role
from states.rulebook import Label, Machine

ADDED, RELEASED, MARKED, ARRIVED, CARRIED = "added", "released", "marked", "arrived", "carried"
READ, DAMAGED = "attachment.read", "attachment.damaged"
LONGEST_CAPTION = 200
SEALED = "sealed_unread"  # the guard of an opening that lets in an envelope and no content


class Attachment(SQLModel, table=True):
    """One file of one matter. `how` it came: added here, released to this round, marked for this escalation, arrived
    with a packet, or carried along with the finding it shows. `origin` is the attachment that a copy was made of, or that
    was marked or carried."""

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("matter", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    matter: int = Field(foreign_key="matter.id", index=True)
    number: int
    name: str = Field(max_length=120)
    caption: str = Field(default="", max_length=LONGEST_CAPTION)
    media_type: str = Field(max_length=100)
    size: int
    sha256: str = Field(index=True, max_length=64)
    flags: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    how: str = Field(max_length=16)
    origin: int | None = Field(default=None, foreign_key="attachment.id", index=True)
    added_by: str = Field(max_length=64)
    added_at: datetime
    event: int = Field(foreign_key="event.id")

    @property
    def is_photograph(self) -> bool:
        """Whether a copy of it can be released."""
        return self.media_type in PHOTOGRAPHS and not self.flags


@dataclass(frozen=True, slots=True)
class New:
    """A file about to be put on file: what it is called and said to show, and what it is."""

    name: str
    caption: str
    kind: Kind
    sha256: str
    size: int
    how: str = ADDED
    origin: int | None = None

    @classmethod
    def of(cls, draft: Draft, kind: Kind, *, name: str, caption: str = "", how: str = ADDED) -> New:
        """A draft as it will be kept, its name cleaned. Raises Refused for a caption that no form would take."""
        return cls(
            file_names.cleaned(name, kind.endings),
            checked_caption(caption),
            kind,
            draft.sha256,
            draft.size,
            how,
        )

    @classmethod
    def again(cls, one: Attachment, *, how: str) -> New:
        """The same file on another matter."""
        return cls(
            one.name, one.caption, Kind(one.media_type, tuple(one.flags)), one.sha256, one.size, how, one.id
        )


@dataclass(frozen=True, slots=True)
class Added:
    """An attachment that is on file now, and which others of the matter hold the same bytes."""

    matter: str
    number: int
    name: str
    media_type: str
    size: int
    sha256: str
    flags: tuple[str, ...]
    same_as: tuple[int, ...]

    @classmethod
    def of_dict(cls, told: Mapping[str, Any]) -> Added:
        """What was once told of it, such as the answer that is kept for a repeated request."""
        return cls(told["number"], told["attachment"], told["name"], told["media_type"], told["size"], told["sha256"],
                   tuple(told["flags"]), tuple(told["same_as"]))  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"number": self.matter, "attachment": self.number, "name": self.name, "media_type": self.media_type,
                "size": self.size, "sha256": self.sha256, "flags": list(self.flags),
                "same_as": list(self.same_as)}  # fmt: skip


def checked_caption(text: str) -> str:
    """The caption as it is kept. Raises Refused."""
    try:
        return form_values.clean(text, LONGEST_CAPTION)
    except BadValue as bad:
        says = Label(zh=f"附件说明{bad.says.zh}。", en=f"The caption {bad.says.en}.")
        reason = Reason(bad.code, says, Label(zh=f"{bad.cure.zh}。", en=f"{bad.cure.en}."))
        raise Refused(bad.code, (reason,)) from None


# ------------------------------------------------------------------------------------------------------ who may


def to_add(session: Session, office: Office, number: str, *, actor: str, for_change: bool = False) -> Loaded:
    """The matter, if this person may add to it: who sees it, and could make some move of its machine or open one.

    Raises NoSuchMatter, and Refused: not_your_role; only_released, because what members of a round see was chosen for
    them; sealed_content.
    """
    loaded = gathering.load(session, office, number, login=actor, for_change=for_change)
    gathering.takes_part(loaded)
    book = office.rulebook(loaded.row.rulebook)
    machine = book.machines[loaded.row.machine]
    held = loaded.actor.roles
    if loaded.actor.is_opener:  # who noted a clue brings its evidence, whichever project it is put to
        held |= {posting.role for posting in postings_of(session, actor)}
    if held.isdisjoint(acting := acting_roles(machine)):
        reason = not_your_role(acting, book.roles)
        raise Refused(reason.code, (reason,))
    if machine.rounds is not None:
        raise _only_released()
    if machine.file is not None:
        raise _only_leaves()
    if _is_sealed(machine, loaded.row):
        raise _sealed()
    return loaded


def acting_roles(machine: Machine) -> tuple[str, ...]:
    """The roles that do anything with such matters, in the rulebook's order."""
    moves = [role for move in machine.moves.values() if not move.engine for role in move.roles]
    return tuple(dict.fromkeys((*machine.registered_by, *moves)))


def _is_sealed(machine: Machine, row: OnFile) -> bool:
    """Whether the rulebook lets only the envelope of such a report in (Reports Rules 2020 Art. 15)."""
    conditions = [use.argument["where"] for use in machine.register_guards if use.name == SEALED]
    return any(all(row.values.get(name) in words for name, words in where.items()) for where in conditions)


# ----------------------------------------------------------------------------------------------- adding, listing


def put(
    session: Session, row: OnFile, new: New, *, actor: str, at: datetime, note: Mapping[str, Any] | None = None
) -> Added:  # fmt: skip
    """Put an attachment on file, with its event. The matter is locked; its history ends where `row` says."""
    before = _of(session, row.id)
    number = max((one.number for one in before), default=0) + 1
    same = tuple(one.number for one in before if one.sha256 == new.sha256)
    data = {"number": number, "name_sha256": hashlib.sha256(new.name.encode()).hexdigest(), "sha256": new.sha256,
            "media_type": new.kind.media_type, "size": new.size} | ({"same_as": list(same)} if same else {})  # fmt: skip
    event = history.note(
        session, row, at=at, actor=actor, move=f"attachment.{new.how}", data=data | dict(note or {})
    )
    session.execute(insert(Attachment).values(
        matter=row.id, number=number, name=new.name, caption=new.caption, media_type=new.kind.media_type,
        size=new.size, sha256=new.sha256, flags=list(new.kind.flags), how=new.how, origin=new.origin, added_by=actor,
        added_at=at, event=event))  # fmt: skip
    return Added(
        row.number, number, new.name, new.kind.media_type, new.size, new.sha256, new.kind.flags, same
    )


def listed(session: Session, office: Office, number: str, *, actor: str) -> list[dict[str, Any]]:
    """The attachments of a matter, for whoever sees it; of a clue's, to which rounds and escalations they went; of a
    round's, the item they are about, and none of an item that this person is kept out of.

    Raises NoSuchMatter.
    """
    row = gathering.load(session, office, number, login=actor, for_change=False).row
    about = _about(session, office, row, actor=actor)
    rows = [one for one in _of(session, row.id) if about.get(one.number, FIRST) is not None]
    went = _went(session, office, [one.id for one in rows], actor=actor)
    return [
        {"attachment": one.number, "name": one.name, "caption": one.caption, "media_type": one.media_type,
         "size": one.size, "sha256": one.sha256, "flags": one.flags, "how": one.how, "added_by": one.added_by,
         "added_at": one.added_at.isoformat(), "went_to": went.get(one.id or 0, [])}
        | ({"item": about[one.number]} if one.number in about else {})
        for one in rows
    ]  # fmt: skip


def _about(session: Session, office: Office, row: OnFile, *, actor: str) -> dict[int, int | None]:
    """The item of the agenda that each copy released to a round belongs to, by the copy's number: that of the clue it was
    made of, or else what the round was convened for. None for an item out of sight. Empty for what is no round."""
    sight = round_sight.sight(session, office, row, actor=actor)
    if sight.rules is None:
        return {}
    items = {clue: item for item, clue in round_items.clues(session, row.id).items()}
    origin = aliased(Attachment)
    query = (
        select(col(Attachment.number), col(origin.matter))
        .join(origin, col(origin.id) == col(Attachment.origin))
        .where(col(Attachment.matter) == row.id)
    )
    found = {number: items.get(clue, FIRST) for number, clue in session.execute(query)}
    return {number: item if item in sight.items else None for number, item in found.items()}


def one_of(session: Session, matter: int, number: int) -> Attachment:
    """The attachment of a matter with this number. Raises Refused("no_such_attachment")."""
    query = select(Attachment).where(col(Attachment.matter) == matter, col(Attachment.number) == number)
    found: Attachment | None = session.execute(query).scalar()
    if found is None:
        raise _no_such(number)
    return found


def _of(session: Session, matter: int) -> Sequence[Attachment]:
    query = select(Attachment).where(col(Attachment.matter) == matter).order_by(col(Attachment.number))
    return session.execute(query).scalars().all()


_ANY = Prepared(select(col(Attachment.id)).where(col(Attachment.matter) == bindparam("matter")).limit(1))


def any_of(session: Session, matter: int) -> bool:
    """Whether a matter has an attachment."""
    return _ANY.row(session, {"matter": matter}) is not None


def of_matter(session: Session, matter: int, *, how: str | None = None) -> Sequence[Attachment]:
    """The attachments of a matter, in their order; those that came in one way, if one is named."""
    return [one for one in _of(session, matter) if how in (None, one.how)]


def _went(
    session: Session, office: Office, origins: Sequence[int | None], *, actor: str
) -> dict[int, list[str]]:
    """Where they went, as far as this person sees that."""
    query = (
        select(col(Attachment.origin), col(Matter.number))
        .join(Matter, col(Matter.id) == col(Attachment.matter))
        .where(col(Attachment.origin).in_(origins), access.visible_to(session, actor, office.rulebook()))
        .order_by(col(Attachment.id))
    )
    found: dict[int, list[str]] = {}
    for origin, number in session.execute(query):
        found.setdefault(origin, []).append(number)
    return found


# ------------------------------------------------------------------------------------------------------ reading


def to_read(
    session: Session, office: Office, number: str, attachment: int, *, actor: str, at: datetime
) -> Attachment:
    """An attachment about to be handed to somebody who sees its matter. That somebody of another body than the keeping
    one read it, is on record. Raises NoSuchMatter; Refused("no_such_attachment")."""
    row = gathering.load(session, office, number, login=actor, for_change=True).row
    found = one_of(session, row.id, attachment)
    session.expunge(found)
    if _about(session, office, row, actor=actor).get(attachment, FIRST) is None:
        raise _no_such(attachment)
    if row.organisation not in {held.organisation for held in postings_of(session, actor)}:
        history.note(session, row, at=at, actor=actor, move=READ, data={"number": attachment})
    return found


def note_damage(session: Session, room: EvidenceRoom, one: Attachment, *, by: str, at: datetime) -> None:
    """Put on record, once, that an attachment could not be read any more."""
    row = gathering.load_by_id(session, one.matter).row
    data = {"number": one.number, "trouble": room.trouble(one.sha256, one.size) or "damaged"}
    query = select(col(Event.data)).where(col(Event.matter) == row.id, col(Event.move) == DAMAGED)
    if data not in session.execute(query).scalars().all():
        history.note(session, row, at=at, actor=by, move=DAMAGED, data=data)


# ---------------------------------------------------------------------------------------------------- refusals


def _no_such(number: int) -> Refused:
    return _refused("no_such_attachment", f"没有第 {number} 号附件。", f"There is no attachment {number}.",
                    "请用 attachment list 查看。", "`attachment list` shows which there are.")  # fmt: skip


def _only_released() -> Refused:
    return _refused("only_released", "会商只接收从线索中发布的照片。",
                    "A round takes in photographs released from a clue only.",
                    "请先把照片加入线索，再用 attachment release 发布。",
                    "Add the photograph to the clue, then release it to the round.")  # fmt: skip


def _only_leaves() -> Refused:
    return _refused("only_leaves", "个人廉政档案不接收附件：附件不经批准即可打开。",
                    "A person's integrity file takes no attachments: one could open them without an approval.",
                    "请归入材料（put_in_own、put_in_supplied），原件由专管人员保管。",
                    "Put a leaf in (put_in_own, put_in_supplied); the keeper holds the paper.")  # fmt: skip


def _sealed() -> Refused:
    return _refused("sealed_content", "应由上级受理的检举控告只登记信封，内容不得录入（检举控告规则第十五条）。",
                    "Of a report that belongs above only the envelope is put down, none of its content (Reports Rules "
                    "Art. 15).", "请将原件密封径送。", "Send the original up, sealed.")  # fmt: skip


def _refused(code: str, zh: str, en: str, cure_zh: str, cure_en: str) -> Refused:
    return Refused(code, (Reason(code, Label(zh=zh, en=en), Label(zh=cure_zh, en=cure_en)),))
