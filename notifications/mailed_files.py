"""A Plumbline file in a mail: written so that the mail says nothing of what is in it, and found again in a saved one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from cases import canonical
from cases.packets import refused
from notifications.mail import Enclosure
from notifications.mail import Message as Letter

MOST_BYTES = 2 * canonical.MOST_BYTES + 100_000
"""Of a saved mail: what is attached is a third longer there, and a mail may have come with another text."""

KIND = "application/json"
SUBJECT = "Plumbline 文件 / A Plumbline file is attached"
TEXT = """附件是一份 Plumbline 签名文件。请将附件或整封邮件另存，交收件人员在 Plumbline 中导入；请勿改动文件。

Attached is a signed Plumbline file. Save it, or this mail as a whole, and hand it to whoever takes such files in;
do not change it.
"""
_HEADERS = ("from", "received", "mime-version", "message-id", "return-path")


@dataclass(frozen=True, slots=True)
class Ends:
    """Between whom a mail goes: from this address, to the mailbox `to` of that site."""

    sender: str
    to: str
    site: str


def letter(content: bytes, *, what: str, mark: str, ends: Ends, at: datetime) -> Letter:
    """The mail that carries a file. `mark` tells one file from another: the same is the same mail, with the same
    Message-ID."""
    name = hashlib.sha256(f"{ends.site} {what} {mark}".encode()).hexdigest()[:32]
    domain = ends.sender.rpartition("@")[2]
    return Letter(
        message_id=f"<exchange-{name}@{domain}>", sender=ends.sender, to=ends.to, recipient=ends.site, lang="zh",
        subject=SUBJECT, text=TEXT, dated_at=at,
        enclosures=(Enclosure(f"plumbline-{name[:12]}.json", KIND, content),),
    )  # fmt: skip


def opened(data: bytes) -> bytes:
    """The Plumbline file itself, whether `data` is that or a saved mail with it; anything else as it is.

    Raises Refused: no_attachment, several_attachments.
    """
    if data.lstrip()[:1] == b"{" or len(data) > MOST_BYTES:
        return data
    mail = message_from_bytes(data, policy=policy.default)
    if not any(name in mail for name in _HEADERS):
        return data
    found = list(dict.fromkeys(_files(mail)))  # a mail program may show the same file twice
    if not found:
        raise refused("no_attachment", "邮件中没有 Plumbline 文件。", "There is no Plumbline file in this mail.",
                      zh="请另存原始邮件（含附件）。", en="Save the mail as it came, with what was attached.")  # fmt: skip
    if len(found) > 1:
        raise refused("several_attachments", f"邮件中有 {len(found)} 份 Plumbline 文件。",
                      f"There are {len(found)} Plumbline files in this mail.",
                      zh="请分别另存附件，逐份导入。", en="Save them one by one, and take each in.")  # fmt: skip
    return found[0]


def _files(mail: EmailMessage | Message) -> Iterator[bytes]:
    """What is attached and looks like one of ours, also within a mail that was forwarded whole."""
    for part in mail.walk():
        content = None if part.is_multipart() else part.get_payload(decode=True)
        if isinstance(content, bytes) and content[:1] == b"{" and b'"plumbline":' in content:
            yield content
