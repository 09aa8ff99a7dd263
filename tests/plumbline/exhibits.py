"""Evidence on a site in tests: added, looked at, released, as its people do it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from cases import attachments
from cases.attachments import Added, Attachment
from cases.errors import NoSuchMatter
from cases.history import Event
from cases.matters import Matter
from plumbline.attaching import Attaching
from states.facts import Refused
from tests.cases import bad_files
from tests.plumbline.shell import NOON
from tests.plumbline.sites import Site


def add(site: Site, number: str, content: bytes | None = None, *, name: str = "photo.jpg", who: str = "registrar",
        caption: str = "", at: datetime = NOON) -> Added:  # fmt: skip
    """A file, by default a photograph with a place in it."""
    source = io.BytesIO(bad_files.photograph() if content is None else content)
    return Attaching(site.work).add(number, source, name=name, actor=who, at=at, caption=caption)


def content(site: Site, number: str, attachment: int, *, who: str) -> bytes:
    with Attaching(site.work).opened(number, attachment, actor=who, at=NOON) as (_, stream):
        return stream.read()


def listed(site: Site, number: str, *, who: str) -> list[dict[str, Any]]:
    with site.work.reading() as session:
        return attachments.listed(session, site.work.office, number, actor=who)


def release(
    site: Site, round_: str, clue: str, *numbers: int, who: str = "leader", caption: str | None = None
) -> list[Added]:
    return Attaching(site.work).release(round_, clue, numbers, actor=who, at=NOON, caption=caption)


def events(site: Site, number: str, *, of: str = "attachment.") -> list[tuple[str, str, dict[str, Any]]]:
    """What history says of attachments: move, actor, data."""
    query = select(Event).join(Matter).where(Matter.number == number).order_by(col(Event.seq))
    return [(one.move, one.actor, one.data) for one in site.ask(query) if one.move.startswith(of)]


def rows(site: Site) -> int:
    return len(site.ask(select(Attachment.id)))


def blobs(site: Site) -> int:
    """Files in the evidence room."""
    return sum(1 for path in site.work.evidence.folder.rglob("*") if path.is_file())


def answer(act: Callable[[], object]) -> str:
    """The code of a refusal; "nothing" where it does not exist for this person."""
    try:
        act()
    except NoSuchMatter:
        return "nothing"
    except Refused as refused:
        told = [(one.message.zh, one.message.en, one.cure.zh, one.cure.en) for one in refused.reasons]
        return refused.code if told and all(map(all, told)) else f"{refused.code}, and not in both languages"
    return "done"


def convened(site: Site, **clue: str) -> tuple[str, str]:
    """A clue of the officer's, and its round, whose brief is with the owner's and the contractor's members."""
    number = site.clue(**clue)
    site.move("registrar", number, "propose_assignment")
    site.move("head", number, "approve_assignment", handler="officer")
    site.move("officer", number, "sign_for")
    moved = site.move("officer", number, "convene", seats=["owner", "contractor"])
    round_ = moved.consequences[0].number
    site.move("registrar", round_, "send_brief")
    return number, round_
