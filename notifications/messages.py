"""What a notice says. A number, the kind of message, a date and a link: whoever reads a mailbox learns no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape

from cases.office import Office
from notifications.mail import Message
from notifications.notices import DIGEST
from notifications.outbox import Claimed
from states.rulebook import Label

_TEMPLATES = Environment(
    loader=PackageLoader("notifications"),
    autoescape=select_autoescape(("html",)),  # these are plain text
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What every message of an installation has in common: the office's words, where its links lead, who sends."""

    office: Office
    rehearsal: bool
    base_url: str
    sender: str


def render(claimed: Claimed, letterhead: Letterhead) -> Message:
    """The message of a notice: from its row alone, so that every attempt sends the same bytes."""
    link = _link(claimed, letterhead.base_url)
    said = _template(claimed.lang, claimed.document).render(
        number=claimed.number or "",
        kind=_label(claimed, letterhead).in_(claimed.lang),
        on=_day(letterhead.office.day(claimed.planned_at), claimed.lang),
        due_on=_day(claimed.due_on, claimed.lang),
        link=link,
        rehearsal=letterhead.rehearsal,
        counts=claimed.counts or {},
    )
    subject, _, text = said.partition("\n\n")
    return Message(
        message_id=claimed.message_id, sender=letterhead.sender, to=claimed.address, recipient=claimed.recipient,
        lang=claimed.lang, subject=subject.removeprefix("Subject:").strip(), text=text.strip("\n") + "\n",
        dated_at=claimed.planned_at, link=link,
    )  # fmt: skip


@lru_cache(maxsize=256)
def _template(lang: str, document: str) -> Template:
    """The template of this document in this language; without one of its own, the one for any notice."""
    folder = "zh" if lang == "zh" else "en"
    return _TEMPLATES.select_template([f"{folder}/{document}.txt", f"{folder}/notice.txt"])


def _label(claimed: Claimed, letterhead: Letterhead) -> Label:
    """The rulebook's word for this kind of message; its bare name where the rulebook has none."""
    rulebook = letterhead.office.rulebooks.get(claimed.rulebook or letterhead.office.current)
    bare = claimed.document.replace("_", " ")
    return (rulebook.documents.get(claimed.document) if rulebook else None) or Label(zh=bare, en=bare)


def _link(claimed: Claimed, base_url: str) -> str:
    base = base_url.rstrip("/")
    if claimed.document == DIGEST or claimed.number is None:
        return f"{base}/"
    return f"{base}/matters/{quote(claimed.number, safe='')}"


def _day(day: date | datetime | None, lang: str) -> str:
    if day is None:
        return ""
    return f"{day.year}年{day.month}月{day.day}日" if lang == "zh" else day.strftime("%Y-%m-%d")
