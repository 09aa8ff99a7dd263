"""Whether somebody may still be told what was planned for them. Asked again when it is sent: days may lie between."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from cases import radar_telling, recusal_notices
from cases.history import Event
from cases.matters import Matter, OnFile
from cases.office import PERSON, Occurred, Office, occurred
from cases.recusals import IN_FORCE, Recusal
from notifications.notices import Notice
from notifications.rules import Directive, Directory

_MATTER = tuple(getattr(Matter, part.name) for part in fields(OnFile))
_ABOVE = (
    "above",
    "higher",
)  # who is told though they see nothing: a ladder that ended in silence would be none


def may_be_told(session: Session, office: Office, notice: int) -> bool:
    """Whether the recipient of this notice may know of its matter, as both are now; a digest is of no matter."""
    query = (
        select(
            col(Notice.recipient),
            col(Notice.document),
            col(Notice.planned_at),
            col(Event.id),
            col(Event.move),
            *_MATTER,
        )
        .join(Matter, col(Matter.id) == col(Notice.matter))
        .join(Event, col(Event.id) == col(Notice.event), isouter=True)
        .where(col(Notice.id) == notice)
    )
    found = session.execute(query).first()
    if found is None:
        return True
    login, document, planned_at, event, move, *matter = found
    row = OnFile(*matter)
    if document == radar_telling.DOCUMENT:
        return _of_the_radar(session, office, row, login, told_at=planned_at)
    if event is None:
        return _of_no_event(session, row.id, login, document)
    return _of_event(session, office, login, occurred(row, event=event, move=move, at=row.moved_at, by=""))


def _of_event(session: Session, office: Office, login: str, one: Occurred) -> bool:
    directory = Directory(session, office, [(one, (Directive((PERSON + login, *_ABOVE), ""),))])
    if any(directory.may_know(who, one) for who in directory.named(PERSON + login, one)):
        return True
    return any(who.login == login for name in _ABOVE for who in directory.named(name, one))


def _of_the_radar(session: Session, office: Office, row: OnFile, login: str, *, told_at: datetime) -> bool:
    """That something stands still: while they may see it, and nothing was done about it since that was planned."""
    if not radar_telling.stands(office, row, told_at=told_at):
        return False
    one = occurred(row, event=None, move="", at=told_at, by="")
    directory = Directory(session, office, [(one, (Directive((PERSON + login,), ""),))])
    return any(directory.may_know(who, one) for who in directory.named(PERSON + login, one))


def _of_no_event(session: Session, matter: int, login: str, document: str) -> bool:
    """What recusals tell. Their own somebody hears of, unless the matter is about them; of nothing else of it."""
    query = select(col(Recusal.concerns_them)).where(
        col(Recusal.matter) == matter, col(Recusal.person) == login, col(Recusal.state) == IN_FORCE
    )
    out = session.execute(query).scalars().all()
    return not out or (document == recusal_notices.NOTICE and not any(out))
