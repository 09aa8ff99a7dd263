"""Extracts: an issued paper on a round for somebody who is kept out of an item of it, without that item, which it says."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session

from notifications.documents import discretion, facts, wording
from notifications.documents.context import NoticeContext
from notifications.documents.register import IssuedDocument, NoSuchDocument
from notifications.documents.wording import Ask, Wish

if TYPE_CHECKING:
    from notifications.documents.issued import Desk


def extract(
    session: Session, desk: Desk, row: IssuedDocument, matter: str, *, actor: str, at: datetime
) -> tuple[NoticeContext, tuple[str, ...]]:
    """What the extract says, and the names of the facts on it: those of the paper that this person may see.

    Nothing that was added to the paper by hand is on it, nor any text that speaks of all items: nobody can tell what of
    them is about which. Raises NoSuchDocument for a paper of which nothing is left, and Refused, as issuing does.
    """
    found = facts.about(session, desk.office, matter, actor=actor, at=at, lang=row.lang)
    paper = desk.shelf.papers.papers.get(row.document)
    if paper is None or not found.left_out:
        raise NoSuchDocument(NoSuchDocument.__doc__)
    ask = Ask(
        row.document, row.lang, desk.office.day(row.issued_at), Wish(), row.number, rehearsal=desk.rehearsal
    )
    composed = wording.compose(desk.shelf, ask, found, paper)
    says = wording.on_extract(desk.shelf, ask, found)
    texts = desk.shelf.languages[row.lang]
    context = composed.model_copy(
        update={"body": (says, *composed.body), "stamp": composed.stamp or texts.stamps["extract"]}
    )
    discretion.check(session, found.row.id, paper, context)
    return context, wording.used(desk.shelf, ask, found, paper)
